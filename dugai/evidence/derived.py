"""Where small pictures lie: apart from the originals, below `derived/`, and they may all be drawn again."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from dugai.files import store

if TYPE_CHECKING:
    from dugai.evidence.models import Derivative


def write(data: bytes) -> str:
    """Keep the bytes of a small picture under their digest and return it; written whole or not at all."""
    digest = hashlib.sha256(data).hexdigest()
    if store.is_local():
        place = _place(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(f".{secrets.token_hex(6)}.part")
        part.write_bytes(data)
        part.replace(place)
    elif not default_storage.exists(_key(digest)):
        default_storage.save(_key(digest), ContentFile(data))
    return digest


def read(drawn: Derivative) -> bytes | None:
    """Return the bytes of a small picture; None when they are gone or no longer what was drawn."""
    try:
        if store.is_local():
            data = _place(drawn.sha256).read_bytes()
        else:
            with default_storage.open(_key(drawn.sha256), "rb") as handle:
                data = handle.read()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == drawn.sha256 else None


def _key(digest: str) -> str:
    return f"derived/{digest[:2]}/{digest}.jpg"


def _place(digest: str) -> Path:
    return store.root() / _key(digest)
