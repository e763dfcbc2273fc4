"""Near copies: how much of one paragraph stands, word for word, in another. Pure.

A paragraph is the set of its runs of eight characters (width, blanks and digits aside, so that a copy with
new numbers is still a copy). The share of one set that lies in the other needs no drawing of samples at the
lengths official texts have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dugai.kernel.chinese import squeeze

WIDTH = 8
SHORTEST = 60
ALIKE = 0.8
_LOOSE = re.compile(r"[\d\W_]+")


@dataclass(frozen=True, slots=True)
class Copy:
    """Paragraph `mine` has `share` (0 to 1) of its words in paragraph `theirs` of `source`."""

    mine: int
    source: int
    theirs: str
    share: float


def shingles(paragraph: str) -> frozenset[str]:
    """Return the runs of eight characters of a paragraph; empty for one too short to be called a copy."""
    plain = _LOOSE.sub("", squeeze(paragraph))
    if len(plain) < SHORTEST:
        return frozenset()
    return frozenset(plain[at : at + WIDTH] for at in range(len(plain) - WIDTH + 1))


def copies(
    mine: Iterable[tuple[int, str]], others: Iterable[tuple[int, str]], least: float = ALIKE
) -> list[Copy]:
    """Return, for each paragraph of `mine` (position, words), its nearest copy in `others` (source, words).

    An index from run to paragraphs keeps the cost at the length of the texts, not at their product.
    """
    known: list[tuple[int, str]] = []
    index: dict[str, list[int]] = {}
    for source, words in others:
        found = shingles(words)
        if found:
            known.append((source, words))
            for run in found:
                index.setdefault(run, []).append(len(known) - 1)
    result = []
    for position, words in mine:
        runs = shingles(words)
        hits: dict[int, int] = {}
        for run in runs:
            for at in index.get(run, ()):
                hits[at] = hits.get(at, 0) + 1
        best = max(hits, key=lambda at: hits[at], default=None)
        if best is not None and hits[best] / len(runs) >= least:
            source, theirs = known[best]
            result.append(Copy(position, source, theirs, hits[best] / len(runs)))
    return result
