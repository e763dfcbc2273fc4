"""The words by which the public finds a thing: every text of its payload, folded once when it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dugai.disclosure.states import SnapshotKind
from dugai.kernel.bigrams import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSEARCHED = frozenset({SnapshotKind.ROOT, SnapshotKind.RECEIPT})
LONGEST = 60_000
_DIGEST = re.compile(r"[0-9a-f]{32,}")


def words_of(title: str, payload: dict[str, Any]) -> str:
    """Return title and texts of a payload, folded, one a line; digests are not words."""
    lines = dict.fromkeys(fold(text) for text in (title, *_texts(payload)))
    return "\n".join(line for line in lines if line.strip() and not _DIGEST.fullmatch(line))[:LONGEST]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
