"""Where the tables live: an embedded SQLite file, or PostgreSQL named by a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from dugai.kernel import sqlite


def default_sqlite(path: Path) -> dict[str, Any]:
    """Return the Django database of an office that runs on one host."""
    return {
        "ENGINE": "dugai.kernel.sqlite_engine",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": sqlite.options(),
    }


def database_from_url(url: str) -> dict[str, Any]:
    """Read `postgresql://user:password@host:port[,host:port]/name?option=value` or `sqlite:///path`.

    Raises `ValueError` for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return default_sqlite(Path(parts.path))
    if parts.scheme not in {"postgresql", "postgres"}:
        message = f"数据库地址以 {parts.scheme or '（空）'} 开头；只支持 postgresql:// 和 sqlite:///"
        raise ValueError(message)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    hosts, ports = _places(parts.netloc)
    host = options.pop("host", None) or hosts
    options.setdefault("options", "-c lock_timeout=3000 -c statement_timeout=10000 -c timezone=UTC")
    options.setdefault("connect_timeout", "5")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": ports,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _places(netloc: str) -> tuple[str, str]:
    """Return hosts and ports of `user:password@host:port,host:port` as libpq takes them, with commas.

    Several hosts with `?target_session_attrs=read-write` are a primary and its standbys.
    """
    hosts, ports = [], []
    for place in netloc.rpartition("@")[2].split(","):
        host, port = place, ""
        if not place.endswith("]") and ":" in place:
            host, _, port = place.rpartition(":")
        hosts.append(unquote(host).strip("[]"))
        ports.append(port)
    return ",".join(hosts), ",".join(ports) if any(ports) else ""
