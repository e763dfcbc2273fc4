"""SQLite: a whole copy of a live database by the backup API, from one read transaction (rule D20)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from dugai.kernel.errors import Refused

Tell = Callable[[str, int, int], None]
PAGES = 4000
NAME = "database.sqlite3"


def copy(source: str, target: Path, tell: Tell) -> None:
    """Copy the database at `source` while others write to it; the copy is of one moment.

    The reading transaction holds that moment, so that writers in between do not make the copy begin anew.
    """
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=20, isolation_level=None)
    writer = sqlite3.connect(target)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        reader.backup(
            writer,
            pages=PAGES,
            progress=lambda _, rest, total: tell("复制数据库", total - rest, total),
        )
        writer.execute("PRAGMA journal_mode=DELETE")
    finally:
        writer.close()
        reader.close()
    with target.open("rb+") as handle:
        os.fsync(handle.fileno())


def check(place: Path) -> list[str]:
    """Return what SQLite itself finds wrong with a copy; empty when it is whole."""
    try:
        database = sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)
        try:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(20)")]
            broken = database.execute("PRAGMA foreign_key_check").fetchmany(20)
        finally:
            database.close()
    except sqlite3.DatabaseError as trouble:
        return [f"数据库打不开：{trouble}"]
    return [line for line in found if line != "ok"] + [f"外键断开：{row[0]} 行 {row[1]}" for row in broken]


def version() -> str:
    """Return the version of the SQLite library."""
    return sqlite3.sqlite_version


def refuse_live(place: Path) -> None:
    """Refuse a database file that was copied while somebody wrote: its log lies beside it or is missing."""
    for suffix in ("-wal", "-journal"):
        if place.with_name(place.name + suffix).exists():
            raise Refused(f"{place.name} 旁边有 {suffix} 文件：是运行中直接拷贝的，不能用", code="naive_copy")
