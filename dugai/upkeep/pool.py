"""The files of all backups of one folder: each digest copied once and shared; a backup is an increment."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dugai.files import store

Tell = Callable[[str, int, int], None]
POOL = "pool"


@dataclass
class Copied:
    """What one backup did with the files: how many it holds, how many were new, what could not be read."""

    count: int = 0
    size: int = 0
    fresh: int = 0
    fresh_size: int = 0
    lost: list[str] = field(default_factory=list)


def place_of(folder: Path, sha256: str) -> Path:
    """Return where a file lies under the folder of backups."""
    return folder / POOL / store.key_of(sha256)


def fill(folder: Path, blobs: list[tuple[str, int]], listing: Path, tell: Tell) -> Copied:
    """Bring every blob (digest, size) into the pool and write the list of what this backup holds.

    A file that is missing or damaged in the store is named in `lost` and not copied.
    """
    done = Copied()
    with listing.open("x", encoding="utf-8") as out:
        for number, (sha256, size) in enumerate(blobs):
            if number % 50 == 0:
                tell("复制文件", number, len(blobs))
            kept = place_of(folder, sha256)
            if not (kept.exists() and kept.stat().st_size == size):
                if not _bring(sha256, kept):
                    done.lost.append(sha256)
                    continue
                done.fresh += 1
                done.fresh_size += size
            done.count += 1
            done.size += size
            out.write(json.dumps([sha256, size]) + "\n")
        out.flush()
        os.fsync(out.fileno())
    tell("复制文件", len(blobs), len(blobs))
    return done


def listed(listing: Path) -> Iterator[tuple[str, int]]:
    """Yield digest and size of each file of one backup."""
    with listing.open(encoding="utf-8") as lines:
        for line in lines:
            sha256, size = json.loads(line)
            yield str(sha256), int(size)


def digest_of(place: Path) -> str | None:
    """Return the SHA-256 of a file, None when there is none."""
    try:
        with place.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def sweep(folder: Path, listings: list[Path]) -> int:
    """Forget files that no backup lists any more; return how many."""
    wanted = {sha256 for listing in listings for sha256, _ in listed(listing)}
    gone = 0
    for place in (folder / POOL).glob("*/*/*"):
        if place.name not in wanted:
            place.unlink()
            gone += 1
    return gone


def _bring(sha256: str, kept: Path) -> bool:
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.parent / f".{secrets.token_hex(8)}.part"
    hasher = hashlib.sha256()
    try:
        with store.open_blob(sha256) as source, part.open("xb") as out:
            for piece in store.chunks(source):
                hasher.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if hasher.hexdigest() != sha256:
            return False
        part.replace(kept)
        store.sync_folder(kept.parent)
    except FileNotFoundError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True
