"""The embedded SQLite: which library, which version, which settings (reliability rule D20).

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write and checkpoint at
once, which is exactly our web workers beside the job worker. So the wheel `pysqlite3` takes the
place of the standard module before Django loads its backend, and the version is checked at start.
"""

from __future__ import annotations

import sys
from typing import Any

SAFE_WAL = (3, 51, 3)
BACKPORTS = {(3, 44): 6, (3, 50): 7}
BUSY_SECONDS = 20
COMMON = ("PRAGMA foreign_keys=ON", "PRAGMA trusted_schema=OFF", "PRAGMA mmap_size=0")


def install() -> None:
    """Let every later `import sqlite3` find pysqlite3, if that is installed and newer."""
    try:
        import pysqlite3  # noqa: PLC0415  optional: a platform may ship a good SQLite of its own
        from pysqlite3 import dbapi2  # noqa: PLC0415
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2


def version() -> tuple[int, int, int]:
    """Return the version of the SQLite library in use."""
    import sqlite3  # noqa: PLC0415  must come after install()

    major, minor, patch = sqlite3.sqlite_version_info[:3]
    return major, minor, patch


def wal_is_safe(number: tuple[int, int, int]) -> bool:
    """Say whether this SQLite has the repair of the WAL-reset defect."""
    return number >= SAFE_WAL or number[2] >= BACKPORTS.get(number[:2], 1 << 30)


def pragmas(number: tuple[int, int, int]) -> str:
    """Return the statements each new connection runs; never WAL on an affected version."""
    if wal_is_safe(number):
        mode = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
    else:
        mode = ("PRAGMA journal_mode=TRUNCATE", "PRAGMA synchronous=EXTRA")
    return ";".join((*mode, *COMMON, "PRAGMA cache_size=-65536", "PRAGMA temp_store=MEMORY"))


def options() -> dict[str, Any]:
    """Return the `OPTIONS` of a Django SQLite database under our profile."""
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": BUSY_SECONDS,
        "init_command": pragmas(version()),
    }
