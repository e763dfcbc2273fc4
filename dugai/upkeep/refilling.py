"""Bringing files back into the store from a backup: after a restore, and when some were found damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from dugai.files import store
from dugai.upkeep import pool
from dugai.upkeep.tables import silent

Tell = Callable[[str, int, int], None]
LISTING = "files.jsonl"


def refill(folder: Path, tell: Tell = silent) -> tuple[int, list[str]]:
    """Store every file that the backup at `folder` lists; return how many, and the digests it lacks."""
    return bring_back(folder, [sha256 for sha256, _ in pool.listed(folder / LISTING)], tell)


def bring_back(folder: Path, wanted: Iterable[str], tell: Tell = silent) -> tuple[int, list[str]]:
    """Put the files of these digests into the store if they are not there undamaged already.

    What lay under a digest's name and is not its content is set aside, never thrown away.
    """
    count, lacking = 0, []
    asked = list(wanted)
    for number, sha256 in enumerate(asked):
        if number % 50 == 0:
            tell("放回文件", number, len(asked))
        if store.digest_of(sha256) == sha256:
            continue
        source = pool.place_of(folder.parent, sha256)
        if pool.digest_of(source) != sha256:
            lacking.append(sha256)
            continue
        store.set_aside(sha256)
        with source.open("rb") as stream:
            store.write(stream, limit=source.stat().st_size, guard=False)
        count += 1
    tell("放回文件", len(asked), len(asked))
    return count, lacking
