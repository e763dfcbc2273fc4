"""Identifiers that sort by time, and secrets that cannot be guessed."""

from __future__ import annotations

import os
import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | 0x7 << 76
    value = (value & ~(0x3 << 62)) | 0x2 << 62
    return uuid.UUID(int=value)


def secret(bits: int = 160) -> str:
    """Return an unguessable, URL-safe secret of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)
