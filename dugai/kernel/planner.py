"""What the database knows of its own tables, so that it chooses the right index."""

from __future__ import annotations

from django.db import connection

SAMPLED = 1000
"""Entries of each index that SQLite looks at; enough to tell a region from the nation."""
GROWN_TABLES = 0x10002
"""PRAGMA optimize: run ANALYZE, on every table that has grown and not only on those this connection read."""


def refresh() -> str:
    """Bring the statistics up to date and return the engine's name; cheap when little has changed.

    SQLite gathers none by itself. PostgreSQL does (autovacuum), yet not at once after a large load.
    Works inside a transaction on both.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit={SAMPLED}")
            cursor.execute(f"PRAGMA optimize={GROWN_TABLES}")
        else:
            cursor.execute("ANALYZE")
    return connection.vendor
