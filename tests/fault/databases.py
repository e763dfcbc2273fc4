"""Empty databases on a server of the tests."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import psycopg


def empty_postgres(name: str, server: str) -> str:
    """Make an empty database of this name, dropping the one of an earlier test; return its address."""
    parts = urlsplit(server)
    admin = urlunsplit(parts._replace(path="/postgres", query=""))
    with psycopg.connect(admin, autocommit=True) as session:
        session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        session.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return urlunsplit(parts._replace(path=f"/{name}", query=""))
