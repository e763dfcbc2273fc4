"""`dugai backup restore` and `drill`: an installation made anew from a backup, and proved to be the same."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, connections

from dugai.journal import keys
from dugai.kernel import clock, dropbox
from dugai.kernel.errors import Refused
from dugai.settings.databases import database_from_url
from dugai.upkeep import (
    carrying,
    checking,
    child,
    databases,
    postgres_copy,
    services,
    sqlite_copy,
    tables,
)
from dugai.upkeep.checking import Verdict
from dugai.upkeep.manifest import Manifest
from dugai.upkeep.states import RunKind

Tell = Callable[[str, int, int], None]
UNFINISHED = "restore.unfinished"
EVERYTHING = ("journal", "rows", "tallies", "files")


@dataclass
class Restored:
    """A restore or drill: the backup, where it went, the report of its verification, what does not hold."""

    folder: Path
    into: Path
    made: Manifest
    report: dict[str, Any]
    findings: list[str]

    @property
    def holds(self) -> bool:
        """Say whether everything held."""
        return not self.findings


def restore(
    folder: Path, into: Path, *, by: str, url: str = "", safe: Path | None = None, tell: Tell = tables.silent
) -> Restored:
    """Make an installation in the empty folder `into` from one backup, and verify it.

    `url` is the empty PostgreSQL it goes to (needed when it came from one; moves an office when it did not).
    `safe` is a folder with the site file and the journal's key that were kept apart from the backups.
    Raises `Refused` before anything is written: `target_not_empty`, `backup_unfinished`, `backup_damaged`,
    `backup_newer`, `backup_forged`, `database_missing`.
    """
    began = clock.now()
    verdict = checking.verify_parts(folder, tell)
    lost = set(verdict.made.lost)
    damaged = [finding for finding in verdict.findings if not (lost and finding.startswith("备份时就有"))]
    if damaged:
        raise Refused(f"备份不完整，不恢复：{damaged[0]}", code="backup_damaged")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Refused(f"{into} 不是空目录。恢复只写进空目录，请另选一个。", code="target_not_empty")
    if verdict.made.engine == "postgresql" and not url:
        raise Refused("这是 PostgreSQL 的备份，请用 --database 给出一个空库的地址。", code="database_missing")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    (into / UNFINISHED).touch()
    values = _site_values(verdict.made, url, safe)
    _bring_keys(folder, into, safe)
    findings = _bring_database(verdict, into, url, tell)
    orders = {
        "migrate": True,
        "refill": str(folder),
        "reindex": bool(url) and verdict.made.engine == "sqlite",
        "verify": EVERYTHING,
        "note": {
            "kind": RunKind.RESTORE,
            "by": by,
            "started_at": began.isoformat(),
            "holds": not findings,
            "summary": f"由备份 {folder.name} 恢复",
            "result": {"backup": folder.name, "root": verdict.made.journal["sha256"]},
        },
    }
    report = child.settle(into, values, orders, tell)
    findings += report["findings"] + checking.root_differs(verdict.made, report)
    findings += [f"文件 {sha256[:16]}… 备份里没有，未能放回" for sha256 in report["unfilled"]]
    _write_site(into, values)
    (into / UNFINISHED).unlink()
    return Restored(folder, into, verdict.made, report, findings)


def drill(folder: Path, *, by: str, url: str = "", tell: Tell = tables.silent) -> Restored:
    """Restore one backup into a scratch place, compare it with its manifest, forget it, and keep the result.

    A PostgreSQL backup needs a scratch database: `url`, or the right to create one beside our own.
    """
    began, clock_began = clock.now(), time.monotonic()
    verdict = checking.verify_parts(folder, tell)
    scratch = folder.parent / f".drill-{secrets.token_hex(4)}"
    scratch.mkdir(mode=0o700)
    try:
        with ExitStack() as undo:
            values = checking.scratch_values(folder, scratch)
            if verdict.made.engine == "postgresql" and not url:
                url = _scratch_database(undo)
            if url:
                values["DUGAI_DATABASE_URL"] = url
            findings = [*verdict.findings, *_bring_database(verdict, scratch, url, tell)]
            orders = {"migrate": True, "verify": EVERYTHING}
            report = child.settle(scratch, values, orders, tell)
    finally:
        shutil.rmtree(scratch)
    findings += report["findings"] + checking.root_differs(verdict.made, report)
    seconds = round(time.monotonic() - clock_began)
    services.note_run(
        actor=services.system_account(),
        kind=RunKind.DRILL,
        by=by,
        started_at=began,
        holds=not findings,
        summary=f"{folder.name} 恢复到临时位置，用时 {seconds} 秒，"
        + ("全部相符" if not findings else f"{len(findings)} 处不符：{findings[0]}"),
        result={"backup": folder.name, "seconds": seconds, "findings": findings[:20]},
    )
    return Restored(folder, scratch, verdict.made, report, findings)


def _bring_database(verdict: Verdict, into: Path, url: str, tell: Tell) -> list[str]:
    """Put the backup's database where it belongs, and compare counts and digests before anything else."""
    made, comparable = verdict.made, checking.same_tables(verdict.made)
    if not url:
        source, place = verdict.folder / sqlite_copy.NAME, into / "dugai.sqlite3"
        sqlite_copy.refuse_live(source)
        shutil.copyfile(source, place)
        place.chmod(0o600)
        if wrong := sqlite_copy.check(place):
            raise Refused(f"备份里的数据库已损坏，不恢复：{wrong[0]}", code="backup_damaged")
        with databases.opened(databases.sqlite_file(place)) as alias:
            return tables.differences(made.tables, tables.held(alias, tell)) if comparable else []
    with databases.opened(database_from_url(url)) as target:
        if made.engine == "postgresql":
            if there := postgres_copy.tables_of(target):
                raise Refused(f"目标库不是空的：里面有 {len(there)} 张表。", code="target_not_empty")
            postgres_copy.restore(
                connections[target].settings_dict, target, verdict.folder / postgres_copy.NAME, tell
            )
            return tables.differences(made.tables, tables.held(target, tell)) if comparable else []
        if not comparable:
            raise Refused(
                "旧版本的备份不能直接换到 PostgreSQL。请先恢复成 SQLite，再 move-to-postgres。",
                code="backup_older",
            )
        place = into / "from.sqlite3"
        shutil.copyfile(verdict.folder / sqlite_copy.NAME, place)
        if not carrying.prepare(target):
            raise Refused("目标库不是空的：里面已有督改的数据。", code="target_not_empty")
        with databases.opened(databases.sqlite_file(place)) as source_alias:
            carrying.carry(source_alias, target, made.tables, tell)
        place.unlink()
        return []


def _site_values(made: Manifest, url: str, safe: Path | None) -> dict[str, str]:
    values = {name: value for name, value in made.config.items() if not name.endswith("_URL")}
    values = {name: value for name, value in values.items() if name not in {"DUGAI_DATA", "DUGAI_OPERATOR"}}
    if safe and (safe / "site.json").exists():
        values |= json.loads((safe / "site.json").read_text(encoding="utf-8"))
    else:  # without the bucket's key the files come back into the folder
        values = {name: value for name, value in values.items() if "_S3_" not in name}
    values.pop("DUGAI_FILES", None)  # the files come back into the folder itself, wherever they were before
    values.pop("DUGAI_DATABASE_URL", None)
    values.setdefault("DUGAI_SECRET_KEY", secrets.token_urlsafe(64))
    return {**values, "DUGAI_DATABASE_URL": url} if url else values


def _bring_keys(folder: Path, into: Path, safe: Path | None) -> None:
    checking.known_keys(folder, into)
    for name in (keys.key_path().name, dropbox.KEY_FILE):
        if safe and (safe / name).exists():
            place = into / name
            shutil.copyfile(safe / name, place)
            place.chmod(0o600)


def _write_site(into: Path, values: dict[str, str]) -> None:
    handle = os.open(into / "site.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(values, out, ensure_ascii=False, indent=2)
        out.flush()
        os.fsync(out.fileno())


def _scratch_database(undo: ExitStack) -> str:
    """Create a database beside our own for the length of a drill; return its address."""
    own = connection.settings_dict
    name = f"dugai_drill_{secrets.token_hex(4)}"
    alias = undo.enter_context(databases.opened(own))

    def say(statement: str) -> None:
        with connections[alias].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(statement)

    say(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    undo.callback(say, f'DROP DATABASE "{name}" WITH (FORCE)')
    return databases.url_of({**own, "NAME": name})
