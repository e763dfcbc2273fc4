"""Where the tables live: an embedded SQLite file, or PostgreSQL named by a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from dugai.kernel import sqlite


def default_sqlite(path: Path) -> dict[str, Any]:
    """Return the Django database of an office that runs on one host."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": sqlite.options(),
    }


def database_from_url(url: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port/name?option=value` or `sqlite:///path`.

    Raises `ValueError` for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return default_sqlite(Path(parts.path))
    if parts.scheme not in {"postgresql", "postgres"}:
        message = f"数据库地址以 {parts.scheme or '（空）'} 开头；只支持 postgresql:// 和 sqlite:///"
        raise ValueError(message)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    options.setdefault("options", "-c lock_timeout=3000 -c statement_timeout=10000 -c timezone=UTC")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
