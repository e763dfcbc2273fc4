"""The content-addressed store: bytes under the name of their digest, written once, never changed (D6).

Two back ends share one shape: a folder on this host (the default), or an S3 bucket through Django's
storage. A file is written to a temporary name, hashed while it streams, synced to disk, and only
then renamed to its digest; the row that names it comes after.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

from dugai.kernel.errors import Refused, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 20
HEAD = 8192


class Readable(Protocol):
    """Anything that gives bytes: an upload, an open file."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        ...


@dataclass(frozen=True)
class Written:
    """What came out of writing a stream: digests in hexadecimal, size in bytes, the first bytes."""

    sha256: str
    sm3: str
    size: int
    head: bytes


def key_of(sha256: str) -> str:
    """Return the place of a blob in the store: two folders, so that no folder grows too wide."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def root() -> Path:
    """Return the folder of the local store."""
    return Path(settings.FILES_ROOT)


def incoming() -> Path:
    """Return the folder where a file lies while it is written: on the disk of the store, to be renamed."""
    return (root() if is_local() else Path(tempfile.gettempdir())) / "incoming"


def is_local() -> bool:
    """Say whether blobs lie in a folder of this host."""
    return (
        isinstance(default_storage, FileSystemStorage)
        or default_storage.__class__.__name__ == "FileSystemStorage"
    )


def write(stream: Readable, *, limit: int, guard: bool = True) -> Written:
    """Store a stream and return its digests; the same bytes are stored once.

    Raises `TooLarge` past `limit` bytes and, with `guard`, `Refused` when the disk is nearly full. Nothing is
    left behind by a refusal or a crash but a temporary file, which housekeeping sweeps.
    """
    folder = incoming()
    folder.mkdir(parents=True, exist_ok=True)
    if is_local() and guard:
        guard_space(folder)
    part = folder / f"{secrets.token_hex(16)}.part"
    try:
        written = _copy(stream, part, limit)
        if is_local():
            _settle(part, root() / key_of(written.sha256))
        elif not default_storage.exists(key_of(written.sha256)):
            with part.open("rb") as source:
                default_storage.save(key_of(written.sha256), File(source))
    finally:
        part.unlink(missing_ok=True)
    return written


def open_blob(sha256: str) -> IO[bytes]:
    """Open a blob for reading. Raises `FileNotFoundError` when it is gone."""
    if is_local():
        return (root() / key_of(sha256)).open("rb")
    return default_storage.open(key_of(sha256), "rb")


def chunks(handle: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece, so that memory stays flat."""
    while piece := handle.read(CHUNK):
        yield piece


def digest_of(sha256: str) -> str | None:
    """Hash what lies under a digest's name again; None when nothing does. Equal means undamaged."""
    try:
        with open_blob(sha256) as handle:
            hasher = hashlib.sha256()
            for piece in chunks(handle):
                hasher.update(piece)
            return hasher.hexdigest()
    except FileNotFoundError:
        return None


def _copy(stream: Readable, part: Path, limit: int) -> Written:
    sha256, sm3, size, head = hashlib.sha256(), hashlib.new("sm3"), 0, b""
    with part.open("xb") as out:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > limit:
                message = f"文件超过 {limit // (1 << 20)} MB。请压缩或拆分后再传。"
                raise TooLarge(message)
            if len(head) < HEAD:
                head = (head + piece)[:HEAD]
            sha256.update(piece)
            sm3.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return Written(sha256.hexdigest(), sm3.hexdigest(), size, head)


def _settle(part: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        if digest_of(place.name) == place.name:
            return
        set_aside(place.name)  # what lies there is damaged, and here are its own bytes
    part.replace(place)
    for folder in (
        place.parent,
        place.parent.parent,
        root(),
    ):  # a new folder has a name to keep
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(sha256: str) -> None:
    """Move what lies under a digest's name into `aside`, so that the undamaged bytes can take its place."""
    if not is_local():
        default_storage.delete(key_of(sha256))  # a bucket keeps earlier versions by itself
        return
    place = root() / key_of(sha256)
    if place.exists():
        aside = root() / "aside"
        aside.mkdir(parents=True, exist_ok=True)
        place.replace(aside / f"{sha256}.{secrets.token_hex(4)}")


def probe() -> None:
    """Write a few bytes to the store and read them back; raises `OSError` or the bucket's own error."""
    if not is_local():
        default_storage.exists("probe")
        return
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{secrets.token_hex(8)}.probe"
    try:
        with place.open("xb") as out:
            out.write(b"probe")
            out.flush()
            os.fsync(out.fileno())
        place.read_bytes()
    finally:
        place.unlink(missing_ok=True)


def free_space(folder: Path) -> tuple[int, int]:
    """Return free and total bytes of the file system that `folder` lies on."""
    space = os.statvfs(folder)
    return space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize


def is_short(free: int, total: int) -> bool:
    """Say whether uploads stop: less free than `SPACE_LEAST` bytes or than `SPACE_SHARE` of the whole."""
    return free < settings.SPACE_LEAST or free < total * settings.SPACE_SHARE


def guard_space(folder: Path) -> None:
    """Raise `Refused` (code `disk_nearly_full`) when what is free must be left to the database."""
    if is_short(*free_space(folder)):
        message = "服务器的存储空间快满了，暂时不能上传。已有的内容不受影响，请联系系统管理员。"
        raise Refused(message, code="disk_nearly_full")
