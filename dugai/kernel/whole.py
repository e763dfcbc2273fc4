"""Making a small file so that a crash leaves it whole or not there at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_over(place: Path, data: bytes) -> None:
    """Put `data` in the place of a file, readable by its owner only: the old or the new, never a part."""
    part = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        _write(part, data)
        part.replace(place)
        _sync(place.parent)
    finally:
        part.unlink(missing_ok=True)


def write_new(place: Path, data: bytes) -> bool:
    """Make `place` with `data`, readable by its owner only; False when it exists, and then it stays as it is.

    The name appears only once the bytes are on the disk. Of several processes one makes it. Raises `OSError`.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        _write(part, data)
        with contextlib.suppress(FileExistsError):
            os.link(part, place)
            _sync(place.parent)
            return True
    finally:
        part.unlink(missing_ok=True)
    return False


def _write(part: Path, data: bytes) -> None:
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
