"""What a killed process left half written: its own temporary files, found again by name and age."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dugai.files import store

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

KEPT_SECONDS = 24 * 3600
"""No upload, export or reading takes a day; whatever is older has no process behind it any more."""
NAMES = ("dugai-export-*", "dugai-cage-*", "dugai-office-*")
"""What the product makes in the machine's folder for temporary files."""


def sweep(now: dt.datetime) -> int:
    """Delete temporary files and folders untouched for a day; return how many. Blobs are never touched."""
    gone = 0
    for place in _places():
        with contextlib.suppress(FileNotFoundError, PermissionError):  # somebody else's, or just ended
            if place.lstat().st_mtime < now.timestamp() - KEPT_SECONDS:
                if place.is_dir() and not place.is_symlink():
                    shutil.rmtree(place)
                else:
                    place.unlink()
                gone += 1
    return gone


def _places() -> Iterator[Path]:
    yield from store.incoming().glob("*.part")
    for name in NAMES:
        yield from Path(tempfile.gettempdir()).glob(name)
