"""What the database knows of its own tables, so that it chooses the right index."""

from __future__ import annotations

from django.db import connection, transaction

SAMPLED = 1000
"""Entries of each index that SQLite looks at; enough to tell a region from the nation."""
GROWN_TABLES = 0x10002
"""PRAGMA optimize: run ANALYZE, on every table that has grown and not only on those this connection read."""


def refresh() -> str:
    """Bring the statistics up to date and return the engine's name; cheap when little has changed.

    SQLite gathers none by itself. PostgreSQL does (autovacuum), yet not at once after a large load.
    Works inside a transaction on both.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit={SAMPLED}")
            cursor.execute(f"PRAGMA optimize={GROWN_TABLES}")
        return connection.vendor
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        usual = str(cursor.fetchone()[0])
        cursor.execute("SET LOCAL statement_timeout = 0")  # a large database takes longer than a page may
        cursor.execute("ANALYZE")
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [usual])
    return connection.vendor
