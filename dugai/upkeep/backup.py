"""`dugai backup create`: the whole installation as it was at one moment, beside a pool of its files.

    folder/pool/ab/cd/…          files by digest, copied once, shared by all backups of the folder
    folder/20260131T020000Z-…/   database copy, list of files, configuration without secrets, manifest

The manifest comes last: without it a backup is unfinished.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, connections, transaction

from dugai import __version__
from dugai.files.models import Blob
from dugai.journal import sequencing
from dugai.journal.models import Event, Leaf, TreeHead
from dugai.kernel import clock
from dugai.kernel.errors import Refused
from dugai.upkeep import databases, manifest, pool, postgres_copy, rules, services, sqlite_copy, tables
from dugai.upkeep.manifest import Manifest
from dugai.upkeep.refilling import LISTING
from dugai.upkeep.states import RunKind
from dugai.upkeep.tables import Held

Tell = Callable[[str, int, int], None]
STAMP = "%Y%m%dT%H%M%SZ"
CONFIG = "config.json"
LEFT_OUT = ("SECRET", "KEY", "PASSWORD", "TOKEN", "_TEST_")


class Snapshot:
    """What was read from the database at the one moment of a backup."""

    def __init__(self, alias: str, tell: Tell) -> None:
        """Read counts, digests, migrations, the journal's tail and the files of the database `alias`."""
        self.tables: dict[str, Held] = tables.held(alias, tell)
        self.migrations = tables.migrations(alias)
        head = TreeHead.objects.using(alias).order_by("-size").first()
        self.journal: dict[str, Any] = {
            "size": head.size if head else 0,
            "sha256": head.sha256 if head else "",
            "sm3": head.sm3 if head else "",
            "signature": head.signature if head else "",
            "leaves": Leaf.objects.using(alias).count(),
            "events": Event.objects.using(alias).count(),
        }
        blobs = Blob.objects.using(alias).order_by("sha256").values_list("sha256", "size")
        self.blobs: list[tuple[str, int]] = list(blobs)


def create(to: Path, *, by: str, tell: Tell = tables.silent, prune: bool = False) -> tuple[Path, Manifest]:
    """Make one backup under `to`, keep the record of it, and return its folder and manifest.

    Raises `Refused` when another backup is running there, the database is damaged, or PostgreSQL's own
    programs are missing. With `prune`, backups past the policy are forgotten afterwards.
    """
    began = clock.now()
    with held_alone(to):
        folder = to / f"{began.strftime(STAMP)}-{secrets.token_hex(3)}"
        folder.mkdir(mode=0o700)
        sequencing.append_all()
        sequencing.sign_head()
        snapshot, name = _database(folder, tell)
        copied = pool.fill(to, snapshot.blobs, folder / LISTING, tell)
        config = public_settings()
        (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=2), encoding="utf-8")
        made = Manifest(
            version=__version__,
            engine=connection.vendor,
            engine_version=_engine_version(),
            began_at=began.isoformat(timespec="seconds"),
            finished_at=clock.now().isoformat(timespec="seconds"),
            host=socket.gethostname(),
            by=by,
            migrations=snapshot.migrations,
            tables=snapshot.tables,
            parts=[manifest.part_of(folder, part) for part in (name, LISTING, CONFIG)],
            files={"count": copied.count, "bytes": copied.size, "new": copied.fresh},
            lost=copied.lost,
            journal=snapshot.journal,
            config=config,
        )
        manifest.write(folder, made)
        forgotten = forget(to) if prune else 0
    _note(folder, made, by, began, forgotten)
    return folder, made


def finished(to: Path) -> list[Path]:
    """Return the finished backups under a folder, the newest last; unfinished ones have no manifest."""
    return sorted(place.parent for place in to.glob(f"*/{manifest.NAME}"))


def newest(place: Path) -> Path:
    """Return `place` when it is a backup, else the newest finished backup under it. Raises `Refused`."""
    if (place / manifest.NAME).exists():
        return place
    found = finished(place)
    if found:
        return found[-1]
    raise Refused(f"{place} 里没有完成的备份。", code="backup_unfinished")


def forget(to: Path) -> int:
    """Forget backups past the policy, unfinished ones older than a day, and files nobody lists any more."""
    all_finished = {_moment(place): place for place in finished(to)}
    kept = rules.kept(all_finished)
    gone = [place for moment, place in all_finished.items() if moment not in kept]
    day_ago = clock.now() - dt.timedelta(days=1)
    gone += [
        place
        for place in to.glob("*Z-??????")
        if not (place / manifest.NAME).exists() and _moment(place) < day_ago
    ]
    for place in gone:
        (place / manifest.NAME).unlink(missing_ok=True)
        shutil.rmtree(place)
    pool.sweep(to, [place / LISTING for place in to.glob("*Z-??????") if (place / LISTING).exists()])
    return len(gone)


@contextmanager
def held_alone(to: Path) -> Iterator[None]:
    """Let one backup at a time write under `to`."""
    to.mkdir(parents=True, exist_ok=True)
    with (to / ".lock").open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"{to} 里正有一次备份在进行，请等它结束。", code="backup_running") from None
        yield


def public_settings() -> dict[str, str]:
    """Return the settings of this installation by name, without anything secret."""
    named = {**settings.SITE, **{n: v for n, v in os.environ.items() if n.startswith("DUGAI_")}}
    found = {}
    for name, value in sorted(named.items()):
        if name.endswith("_URL"):
            parts = urlsplit(value)
            found[name] = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        elif not any(word in name for word in LEFT_OUT):
            found[name] = value
    return found


def _database(folder: Path, tell: Tell) -> tuple[Snapshot, str]:
    """Put the database into the backup; return what was in it at that moment, and the name of the part."""
    if connection.vendor == "sqlite":
        target = folder / sqlite_copy.NAME
        sqlite_copy.copy(str(connection.settings_dict["NAME"]), target, tell)
        if wrong := sqlite_copy.check(target):
            raise Refused(f"数据库已有损坏，备份停止：{wrong[0]}", code="database_damaged")
        with databases.opened(databases.sqlite_file(target)) as alias:
            return Snapshot(alias, tell), sqlite_copy.NAME
    with databases.opened(connection.settings_dict) as alias, transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            databases.without_timeout(alias)
            cursor.execute("SELECT pg_export_snapshot()")
            exported = str(cursor.fetchone()[0])
        target = folder / postgres_copy.NAME
        postgres_copy.dump(connection.settings_dict, alias, exported, target, tell)
        return Snapshot(alias, tell), postgres_copy.NAME


def _engine_version() -> str:
    if connection.vendor == "sqlite":
        return sqlite_copy.version()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _moment(place: Path) -> dt.datetime:
    return dt.datetime.strptime(place.name.split("-")[0], STAMP).replace(tzinfo=dt.UTC)


def _note(folder: Path, made: Manifest, by: str, began: dt.datetime, forgotten: int) -> None:
    rows = sum(held.count for held in made.tables.values())
    size = sum(part.size for part in made.parts)
    services.note_run(
        actor=services.system_account(),
        kind=RunKind.BACKUP,
        by=by,
        started_at=began,
        holds=not made.lost,
        summary=f"{folder.name}：{rows} 行，{made.files['count']} 个文件"
        + (f"，{len(made.lost)} 个文件读不出" if made.lost else ""),
        result={
            "backup": folder.name,
            "rows": rows,
            "database_bytes": size,
            **made.files,
            "lost": len(made.lost),
            "forgotten": forgotten,
            "root": made.journal["sha256"],
        },
    )
