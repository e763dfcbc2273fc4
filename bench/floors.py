"""The floor under each figure: the same rows by plain SQL over one open connection, without the product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from bench.browser import Timing, timed

LIST = "SELECT id, code, title, owner_id, lamp, due, progress FROM dugai_task"
PAGE = 50


def fetch(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and read all of it."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def floor(*statements: tuple[str, Sequence[Any]], rounds: int, each: int) -> Timing:
    """Time some statements, one after another, as one act."""
    return timed(
        lambda: [fetch(sql, values) for sql, values in statements], rounds=rounds, each=each, warm_ups=1
    )


def statements(
    *, region: int, problem: int, round_id: int, words: str
) -> dict[str, list[tuple[str, Sequence[Any]]]]:
    """Return the plain statements for each page, by the page's name."""
    like = f"%{words}%"
    return {
        "list": [
            (
                (
                    f"{LIST} WHERE a1 = %s AND lamp IN ('overdue', 'behind') AND progress = 'in_progress' "
                    f"AND is_leaf ORDER BY due, id LIMIT {PAGE}"
                ),
                [region],
            )
        ],
        "page100": [(f"{LIST} WHERE is_leaf ORDER BY due, id LIMIT {PAGE} OFFSET {99 * PAGE}", [])],
        "cockpit": [
            ("SELECT lamp, COUNT(*) FROM dugai_task WHERE is_leaf GROUP BY lamp", []),
            ("SELECT a1, lamp, COUNT(*) FROM dugai_task WHERE is_leaf GROUP BY a1, lamp", []),
        ],
        "board": [("SELECT a1, lamp, COUNT(*) FROM dugai_task WHERE is_leaf GROUP BY a1, lamp", [])],
        "problem": [
            ("SELECT * FROM dugai_problem WHERE id = %s", [problem]),
            ("SELECT * FROM dugai_measure WHERE problem_id = %s ORDER BY number", [problem]),
            ("SELECT * FROM dugai_task WHERE problem_id = %s ORDER BY id", [problem]),
        ],
        "round": [
            (
                "SELECT a1, state, COUNT(*) FROM dugai_report WHERE round_id = %s GROUP BY a1, state",
                [round_id],
            )
        ],
        "search": [
            (f"{LIST} WHERE title LIKE %s OR text LIKE %s ORDER BY id DESC LIMIT {PAGE}", [like, like]),
            ("SELECT COUNT(*) FROM dugai_task WHERE title LIKE %s OR text LIKE %s", [like, like]),
        ],
    }


def single_write() -> None:
    """Write one row and commit: what a submission costs at least."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_scratch (text) VALUES (%s)", ["x" * 300])


def make_scratch() -> None:
    """Make the table the floors write to."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_scratch (text TEXT)")
