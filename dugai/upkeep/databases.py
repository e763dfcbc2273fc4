"""A second database beside the one Django serves: opened for a while under a name of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connections
from django.db.utils import ConnectionHandler

from dugai.settings.databases import default_sqlite


@contextmanager
def opened(database: dict[str, Any]) -> Iterator[str]:
    """Yield the alias of `database` (a dictionary of Django's), good for this thread; closed afterwards."""
    alias = f"beside_{secrets.token_hex(4)}"
    connections[alias] = ConnectionHandler({"default": {}, alias: dict(database)})[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]


def sqlite_file(place: Path) -> dict[str, Any]:
    """Return the database of a copy that nobody else uses: one file, without a log beside it."""
    found = default_sqlite(place)
    found["OPTIONS"] = {
        **found["OPTIONS"],
        "init_command": "PRAGMA journal_mode=DELETE;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA trusted_schema=OFF;PRAGMA mmap_size=0",
    }
    return found


def without_timeout(alias: str) -> None:
    """Let the statements of this transaction take as long as they need; PostgreSQL alone has a limit."""
    if connections[alias].vendor == "postgresql":
        with connections[alias].cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


def libpq(database: dict[str, Any]) -> dict[str, str]:
    """Return a PostgreSQL database as the environment of its own programs; no password on a command line."""
    options = database.get("OPTIONS", {})
    named = {
        "PGHOST": str(database["HOST"]),
        "PGPORT": str(database["PORT"]),
        "PGUSER": str(database["USER"]),
        "PGPASSWORD": str(database["PASSWORD"]),
        "PGDATABASE": str(database["NAME"]),
        "PGTARGETSESSIONATTRS": str(options.get("target_session_attrs", "")),
        "PGSSLMODE": str(options.get("sslmode", "")),
        "PGSSLROOTCERT": str(options.get("sslrootcert", "")),
        "PGCONNECT_TIMEOUT": str(options.get("connect_timeout", "10")),
    }
    return {name: value for name, value in named.items() if value}


def url_of(database: dict[str, Any]) -> str:
    """Return a PostgreSQL database as the address that `DUGAI_DATABASE_URL` takes, password included."""
    who = f"{quote(str(database['USER']), safe='')}:{quote(str(database['PASSWORD']), safe='')}"
    hosts = [quote(host, safe="") for host in str(database["HOST"]).split(",")]
    ports = str(database["PORT"]).split(",")
    pairs = zip(hosts, ports if len(ports) == len(hosts) else ports * len(hosts), strict=True)
    where = ",".join(f"{host}:{port}" if port else host for host, port in pairs)
    options = {name: value for name, value in database.get("OPTIONS", {}).items() if isinstance(value, str)}
    return f"postgresql://{who}@{where}/{quote(str(database['NAME']), safe='')}?{urlencode(options)}"
