"""What the office does for its portal: the folder it lives in, its file of snapshots, the drop-box."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from dugai.disclosure import services_portal
from dugai.disclosure.models import Snapshot, SnapshotFile
from dugai.jobs.models import Job
from dugai.kernel import canonical, dropbox, whole
from dugai.upkeep import services as upkeep

log = logging.getLogger("dugai.portal")
FOLDER = "portal"
FILE = "portal.sqlite3"
SPOOL = "spool"
READABLE = ("dugai_snapshot", "dugai_snapshotfile")
"""The tables the portal's role may read; `tests/portal/test_grant.py` asks for every other."""
SNAPSHOT = ("id", "kind", "key", "region_code", "title", "release", "payload", "words", "sha256", "sm3",
            "released_at", "withdrawn_at")  # fmt: skip
FILES = ("id", "release", "name", "media_type", "size", "sha256", "data", "withdrawn_at")
KINDS = {"id": "integer primary key", "size": "integer", "data": "blob"}


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f"{one} {KINDS.get(one, 'text')}" for one in names)


SCHEMA = f"""
CREATE TABLE IF NOT EXISTS dugai_snapshot ({_columns(SNAPSHOT)});
CREATE TABLE IF NOT EXISTS dugai_snapshotfile ({_columns(FILES)});
CREATE INDEX IF NOT EXISTS snapshot_list ON dugai_snapshot (kind, withdrawn_at, released_at);
CREATE INDEX IF NOT EXISTS snapshot_key ON dugai_snapshot (kind, key);
CREATE INDEX IF NOT EXISTS file_release ON dugai_snapshotfile (release);
"""


def folder() -> Path:
    """Return where the portal of this installation lives: apart from everything of the staff."""
    return Path(settings.DATA) / FOLDER


def prepare(**values: str) -> Path:
    """Make the portal's folder, its settings and the key of its drop-box; what is there stays.

    Only the public half of the key follows the office's: what is sealed for another key nobody could open.
    """
    place = folder()
    (place / SPOOL).mkdir(parents=True, exist_ok=True)
    told = {"DUGAI_PORTAL_KEY": dropbox.public_half(private_key()), "DUGAI_PORTAL_NAME": name(), **values}
    site = place / "portal.json"
    whole.write_new(site, json.dumps(told, ensure_ascii=False, indent=2).encode())
    known = json.loads(site.read_text(encoding="utf-8"))
    if known.get("DUGAI_PORTAL_KEY") not in {None, told["DUGAI_PORTAL_KEY"]}:
        known["DUGAI_PORTAL_KEY"] = told["DUGAI_PORTAL_KEY"]
        whole.write_over(site, json.dumps(known, ensure_ascii=False, indent=2).encode())
    return place


def name() -> str:
    """Return what the portal calls itself: the first region of the installation."""
    from dugai.people.models import Organisation  # noqa: PLC0415  an installation may be empty

    top = Organisation.objects.filter(parent=None).order_by("pk").values_list("name", flat=True).first()
    return top or "督改"


def private_key() -> bytes:
    """Return the key that opens the drop-box; it never leaves the office."""
    place = Path(settings.DATA) / dropbox.KEY_FILE
    if not place.exists():
        whole.write_new(place, dropbox.new_key())
    return place.read_bytes()


def refresh(job: Job) -> dict[str, Any]:
    """Do the portal's work; each part is a transaction of its own and may be done again."""
    del job
    return work()


def work() -> dict[str, Any]:
    """Take in what the public sent, let the rows follow the day, and write the portal's file."""
    taken = collect()
    told = services_portal.refresh_portal(actor=None)
    written = write_file(folder() / FILE) if connection.vendor == "sqlite" and folder().is_dir() else 0
    return {**told, "entries": taken, "written": written}


def collect() -> int:
    """Turn the entries of the drop-box into objections; a file goes once its effect is committed."""
    waiting = dropbox.waiting(folder() / SPOOL)
    account = upkeep.system_account() if waiting else None
    taken = 0
    for place in waiting:
        receipt = place.name.removesuffix(dropbox.SUFFIX)
        try:
            entry = dropbox.unseal(private_key(), place.read_bytes()[: dropbox.LARGEST])
        except (OSError, dropbox.Unreadable):
            log.warning("an entry of the drop-box cannot be read", extra={"entry": receipt})
            with contextlib.suppress(OSError):
                place.rename(place.with_suffix(".unreadable"))
            continue
        if account is not None:
            services_portal.take_in_entry(actor=account, receipt=receipt, entry=entry)
            transaction.on_commit(functools.partial(place.unlink, missing_ok=True))
            taken += 1
    return taken


def write_file(place: Path) -> int:
    """Bring a file of snapshots level with the tables and return how many rows changed.

    It holds what stands and nothing that was withdrawn; deleted content is overwritten with zeros.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(opened)
    with contextlib.closing(sqlite3.connect(place, timeout=20, isolation_level=None)) as out:
        out.execute("PRAGMA journal_mode=DELETE")
        out.execute("PRAGMA secure_delete=ON")
        out.executescript(SCHEMA)
        out.execute("BEGIN IMMEDIATE")
        changed = _level(out, "dugai_snapshot", Snapshot, SNAPSHOT)
        changed += _level(out, "dugai_snapshotfile", SnapshotFile, FILES)
        out.execute("COMMIT")
    return changed


def _level(out: sqlite3.Connection, table: str, model: Any, columns: tuple[str, ...]) -> int:
    standing = set(model.objects.filter(withdrawn_at=None).values_list("pk", flat=True))
    held = {row[0] for row in out.execute(f"SELECT id FROM {table}")}
    gone = held - standing
    out.executemany(f"DELETE FROM {table} WHERE id=?", [(pk,) for pk in gone])
    marks = ",".join("?" * len(columns))
    fresh = sorted(standing - held)
    for at in range(0, len(fresh), 200):
        rows = model.objects.filter(pk__in=fresh[at : at + 200]).values_list(*columns)
        out.executemany(
            f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})",
            [tuple(_plain(value) for value in row) for row in rows],
        )
    return len(gone) + len(fresh)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return canonical.dump(value)
    if isinstance(value, memoryview | bytes):
        return bytes(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def grants(role: str, *, database: str = "") -> list[str]:
    """Return the statements that let a role of PostgreSQL read the snapshots and nothing else."""
    quoted = '"' + role.replace('"', '""') + '"'
    tables = ", ".join(READABLE)
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {quoted}",
        *([f'GRANT CONNECT ON DATABASE "{database}" TO {quoted}'] if database else []),
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT ON {tables} TO {quoted}",
        f"ALTER ROLE {quoted} SET default_transaction_read_only = on",
        f"ALTER ROLE {quoted} SET statement_timeout = '5s'",
        f"ALTER ROLE {quoted} CONNECTION LIMIT 40",
    ]
