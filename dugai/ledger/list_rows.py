"""A list as it stands on the screen, all pages of it, for a workbook: one row for each task or problem."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dugai.ledger import queries_list
from dugai.ledger.labels_row import deadline_words, label_of_row
from dugai.ledger.listing import Ask
from dugai.ledger.states import Closure, Lamp, Progress, SourceClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

    from dugai.people.models import User

LISTS = {"tasks": "任务台账", "problems": "问题台账"}
CHUNK = 500
HEADS = {
    "tasks": (
        ("时间状态", 10),
        ("编号", 18),
        ("任务", 44),
        ("任务内容", 44),
        ("责任单位", 20),
        ("责任人", 10),
        ("整改时限", 16),
        ("到期日", 12),
        ("进展", 12),
        ("闭环状态", 12),
        ("公布口径", 20),
        ("最近报送", 12),
    ),
    "problems": (
        ("时间状态", 10),
        ("编号", 18),
        ("问题", 44),
        ("问题原文", 60),
        ("牵头单位", 20),
        ("所属地区", 14),
        ("交办层级", 14),
        ("整改时限", 16),
        ("到期日", 12),
        ("进展", 12),
        ("闭环状态", 12),
        ("公布口径", 20),
    ),
}
RELATED = {"tasks": ("owner",), "problems": ("lead", "home")}


def asked(filters: Mapping[str, str]) -> Ask:
    """Return the question of a list as an export keeps it: from its first row, in its order."""
    return Ask.read(filters).but()


def chosen(viewer: User, name: str, ask: Ask) -> QuerySet[Any]:
    """Return the rows of list `name` that answer `ask`, unordered."""
    where = queries_list.ground(viewer, ask)
    rows = (queries_list.tasks if name == "tasks" else queries_list.problems)(viewer, ask, where)
    found: QuerySet[Any] = rows.filter(lamp__in=ask.shown_lamps)
    return found


def cells(viewer: User, name: str, ask: Ask) -> Iterator[list[str]]:
    """Yield the rows of list `name` as texts under `HEADS`, in the order of the screen."""
    where = queries_list.ground(viewer, ask)
    rows = (queries_list.tasks if name == "tasks" else queries_list.problems)(viewer, ask, where)
    known = queries_list.few(viewer, rows, where)
    while True:
        page = queries_list.page_of(viewer, rows, ask, RELATED[name], size=CHUNK, known=known)
        for row in page.rows:
            yield _task(row) if name == "tasks" else _problem(row)
        if page.after is None:
            return
        ask = replace(ask, after=page.after)


def _task(row: Any) -> list[str]:
    return [
        Lamp(row.lamp).label,
        row.code,
        row.title,
        row.text,
        str(row.owner),
        row.person,
        *_ends(row),
        row.last_report_on.isoformat() if row.last_report_on else "",
    ]


def _problem(row: Any) -> list[str]:
    return [
        Lamp(row.lamp).label,
        row.code,
        row.title,
        row.text,
        str(row.lead),
        str(row.home),
        SourceClass(row.source_class).label,
        *_ends(row),
    ]


def _ends(row: Any) -> list[str]:
    return [
        deadline_words(row.deadline),
        row.due.isoformat() if row.due else "",
        Progress(row.progress).label,
        Closure(row.closure).label,
        label_of_row(row),
    ]
