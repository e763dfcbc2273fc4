"""Pieces of an upload in the store, below `incoming/`, until they are one file.

A piece is one object of its own, written whole and synced before a row names it, so any web process of any
host can take the next one, and a folder and an S3 bucket behave alike.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.files.base import File
from django.core.files.storage import default_storage

from dugai.files import store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.files.store import Readable

PIECE = 1 << 18


@dataclass(frozen=True)
class Piece:
    """A piece that was written: its name in the store, size in bytes and digest in hexadecimal.

    `cut` says that the sender broke off before it had sent all it had promised.
    """

    name: str
    size: int
    sha256: str
    cut: bool


def write(key: str, offset: int, stream: Readable, *, length: int) -> Piece:
    """Keep at most `length` bytes of a stream that may break off; what arrived before the break is kept."""
    name = f"incoming/{key}/{offset:015d}-{secrets.token_hex(6)}"
    place = store.root() / name if store.is_local() else Path(tempfile.gettempdir()) / secrets.token_hex(16)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        size, digest, cut = _copy(stream, place, length)
        if not store.is_local() and size:
            with place.open("rb") as source:
                default_storage.save(name, File(source))
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    if not store.is_local() or not size:
        place.unlink(missing_ok=True)
    return Piece(name, size, digest, cut)


def _copy(stream: Readable, place: Path, length: int) -> tuple[int, str, bool]:
    hasher, size, cut = hashlib.sha256(), 0, False
    with place.open("xb") as out:
        while size < length:
            try:
                piece = stream.read(min(PIECE, length - size))
            except OSError:  # Django's UnreadablePostError is one: the sender is gone
                piece = b""
            if not piece:
                cut = True
                break
            size += len(piece)
            hasher.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return size, hasher.hexdigest(), cut


def drop(names: Sequence[str]) -> None:
    """Remove pieces; one that is gone already is no trouble."""
    for name in names:
        if store.is_local():
            (store.root() / name).unlink(missing_ok=True)
        elif default_storage.exists(name):
            default_storage.delete(name)


def drop_all(key: str) -> None:
    """Remove every piece of an upload, also those that no row names because the process died between."""
    if store.is_local():
        folder = store.root() / "incoming" / key
        for path in folder.glob("*"):
            path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            folder.rmdir()
        return
    _, names = default_storage.listdir(f"incoming/{key}")
    drop([f"incoming/{key}/{name}" for name in names])


class Joined:
    """The pieces of an upload as one stream; one piece is open at a time."""

    def __init__(self, names: Sequence[str]) -> None:
        """Read the pieces in the order given."""
        self._names = list(names)
        self._open: IO[bytes] | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; empty at the end of the last piece."""
        while True:
            if self._open is None:
                if not self._names:
                    return b""
                name = self._names.pop(0)
                local = store.is_local()
                self._open = (store.root() / name).open("rb") if local else default_storage.open(name, "rb")
            piece = self._open.read(size)
            if piece:
                return piece
            self.close()

    def close(self) -> None:
        """Close the piece that is open, if any."""
        if self._open is not None:
            self._open.close()
            self._open = None
