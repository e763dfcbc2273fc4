"""`dugai move-to-postgres`: an office leaves its SQLite file for PostgreSQL, whole and provably so.

The server must be stopped: the caller holds the folder's lock. Killed at any point it can be started again:
rows arrive in one transaction, and what is already there and equal is not carried twice.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from dugai.journal import sequencing
from dugai.kernel import clock
from dugai.kernel.errors import Refused, require
from dugai.settings.databases import database_from_url
from dugai.upkeep import carrying, child, databases, tables
from dugai.upkeep.states import RunKind
from dugai.upkeep.tables import Held

Tell = Callable[[str, int, int], None]
MOVED = "moved.json"
LEFT = "dugai.moved.sqlite3"
EVERYTHING = ("journal", "rows", "tallies", "files")


@dataclass
class Moved:
    """What was carried, the report of the target's own verification, and what does not hold."""

    held: dict[str, Held]
    report: dict[str, Any]
    findings: list[str]


def move(url: str, *, by: str, tell: Tell = tables.silent) -> Moved:
    """Carry this office to the empty PostgreSQL at `url`, prove it, and switch the site to it.

    Raises `Refused` and changes nothing here when the target is not empty (`target_not_empty`), differs, or
    this is no SQLite office (`not_sqlite`). The old file stays beside the site, read-only, under a new name.
    """
    require(connection.vendor == "sqlite", "这个站点用的不是 SQLite，不需要搬。", code="not_sqlite")
    began = clock.now()
    sequencing.append_all()
    head = sequencing.sign_head()
    held = tables.held(tell=tell)
    database = database_from_url(url)
    require(
        database["ENGINE"].endswith("postgresql"), "--to 要给 postgresql:// 开头的地址", code="not_postgres"
    )
    with databases.opened(database) as target:
        if carrying.prepare(target):
            carrying.carry("default", target, held, tell)
        elif tables.differences(held, tables.held(target, tell)):
            raise Refused("目标库不是空的：里面已有督改的数据，而且与本站不同。", code="target_not_empty")
        findings = [f"表 {table} 上没有守卫" for table in carrying.missing_guards(target)]
        connections[target].close()
    site = {**_site(), "DUGAI_DATABASE_URL": url}
    report = child.settle(
        Path(settings.DATA),
        site,
        {"reindex": True, "verify": EVERYTHING},
        tell,
    )
    findings += report["findings"]
    size, root = (head.size, head.sha256) if head else (0, "")
    if (report["journal"]["size"], report["journal"]["sha256"]) != (size, root):
        findings.append("留痕的树根与原来不同")
    if not findings:
        _switch(url, root)
        child.settle(Path(settings.DATA), site, {"note": _note(by, began.isoformat(), held, root)}, tell)
    return Moved(held, report, findings)


def refuse_moved(folder: Path) -> str:
    """Return why an office that has moved away must not start on SQLite again; empty when it may."""
    place = folder / MOVED
    if not place.exists() or connection.vendor != "sqlite":
        return ""
    where = json.loads(place.read_text(encoding="utf-8"))
    return f"这个站点已于 {where['at'][:10]} 迁到 PostgreSQL（{where['to']}）。请检查 DUGAI_DATABASE_URL。"


def _note(by: str, began: str, held: dict[str, Held], root: str) -> dict[str, Any]:
    rows = sum(table.count for table in held.values())
    return {
        "kind": RunKind.MOVE,
        "by": by,
        "started_at": began,
        "holds": True,
        "summary": f"由 SQLite 迁到 PostgreSQL：{len(held)} 张表，{rows} 行，逐表摘要与树根相同",
        "result": {"tables": len(held), "rows": rows, "root": root},
    }


def _site() -> dict[str, str]:
    named = {name: value for name, value in os.environ.items() if name.startswith("DUGAI_")}
    return {
        **settings.SITE,
        **{name: value for name, value in named.items() if name not in {"DUGAI_DATA", "DUGAI_DATABASE_URL"}},
        "DUGAI_SECRET_KEY": str(settings.SECRET_KEY),
        "DUGAI_FILES": str(settings.FILES_ROOT),
    }


def _switch(url: str, root: str) -> None:
    """Point the site file at the new database, and leave the old file behind, read-only."""
    folder = Path(settings.DATA)
    parts = database_from_url(url)
    note = {"to": f"{parts['HOST']}/{parts['NAME']}", "at": clock.now().isoformat(), "root": root}
    _replace(folder / MOVED, note)
    place = folder / "site.json"
    if place.exists():
        _replace(place, {**json.loads(place.read_text(encoding="utf-8")), "DUGAI_DATABASE_URL": url})
    old = Path(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    old.chmod(0o400)
    old.replace(old.with_name(LEFT))


def _replace(place: Path, content: dict[str, Any]) -> None:
    part = place.with_name(f"{place.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=2)
        out.flush()
        os.fsync(out.fileno())
    part.replace(place)
