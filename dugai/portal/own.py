"""The portal's own settings, as values with a type (they stand in `dugai/settings/portal.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

_told: Any = settings  # the checker knows the staff's settings alone


def name() -> str:
    """Return what the portal calls itself."""
    return str(_told.PORTAL_NAME)


def url() -> str:
    """Return the portal's public address, empty when it goes by the request."""
    return str(_told.PORTAL_URL)


def key() -> str:
    """Return the public key objections are sealed to; without one they are not taken."""
    return str(_told.PORTAL_KEY)


def spool() -> Path:
    """Return the folder of the drop-box."""
    return Path(_told.PORTAL_SPOOL)


def proxies() -> frozenset[str]:
    """Return the proxies whose word about an address is believed."""
    return frozenset(_told.PORTAL_PROXIES)


def per_hour() -> int:
    """Return how many objections one network may send in an hour."""
    return int(_told.PORTAL_PER_HOUR)
