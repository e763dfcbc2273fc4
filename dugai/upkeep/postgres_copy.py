"""PostgreSQL: a dump of one snapshot by its own programs, of the server's own version or newer."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import connections

from dugai.kernel.errors import Refused
from dugai.upkeep import databases

Tell = Callable[[str, int, int], None]
NAME = "database.dump"
PROGRAMS = Path("/usr/lib/postgresql")


def server_version(alias: str) -> int:
    """Return the major version of the server."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def program(name: str, server: int) -> str:
    """Return `pg_dump` or `pg_restore` fit for a server; Debian keeps each version in a folder of its own.

    Raises `Refused` (code `pg_program_missing`) when there is none, or none new enough.
    """
    places = [str(place / "bin" / name) for place in PROGRAMS.glob("*") if (place / "bin" / name).exists()]
    found = {version: place for place in [*places, name] if (version := _version(place)) >= server}
    if not found:
        message = (
            f"找不到 {server} 版或更新的 {name}（服务器是 PostgreSQL {server}）。请安装 postgresql-client。"
        )
        raise Refused(message, code="pg_program_missing")
    return found[min(found)]


def dump(database: dict[str, Any], alias: str, snapshot: str, target: Path, tell: Tell) -> None:
    """Dump what the exported `snapshot` sees, in PostgreSQL's custom format."""
    words = [program("pg_dump", server_version(alias)), "--format=custom", "--no-owner", "--no-privileges"]
    words += [f"--snapshot={snapshot}", f"--file={target}"]
    _run(words, databases.libpq(database), "导出数据库", tell)
    with target.open("rb+") as handle:
        os.fsync(handle.fileno())


def restore(database: dict[str, Any], alias: str, source: Path, tell: Tell) -> None:
    """Fill an empty database from a dump, all of it or nothing."""
    words = [program("pg_restore", server_version(alias)), "--no-owner", "--no-privileges"]
    words += ["--exit-on-error", "--single-transaction", f"--dbname={database['NAME']}", str(source)]
    environment = databases.libpq(database)
    environment.pop("PGDATABASE")
    _run(words, environment, "导入数据库", tell)


def check(source: Path) -> list[str]:
    """Return what is wrong with a dump as a file; its contents are proved by restoring it."""
    try:
        words = [program("pg_restore", 0), "--list", str(source)]
    except Refused as trouble:
        return [trouble.message]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  PostgreSQL's own
    return [] if done.returncode == 0 else [f"数据库导出文件读不出来：{done.stderr.strip()[:300]}"]


def tables_of(alias: str) -> list[str]:
    """Return the tables of a database, of all schemas but PostgreSQL's own."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def _version(place: str) -> int:
    try:
        shown = subprocess.run([place, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:
        return -1
    found = re.search(r"(\d+)(?:\.\d+)*\s*(?:\(|$)", shown)
    return int(found[1]) if found else -1


def _run(words: list[str], environment: Mapping[str, str], stage: str, tell: Tell) -> None:
    """Run one of PostgreSQL's programs to its end, telling that it goes on."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603  PostgreSQL's own
            words, env={**clean, **environment}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as child,
    ):
        while child.poll() is None:
            tell(stage, 0, 0)
            time.sleep(0.1)
        said.seek(0)
        words_said = said.read().decode(errors="replace").strip()
    if child.returncode:
        raise Refused(f"{stage}没有成功：{words_said[-400:]}", code="pg_program_failed")
