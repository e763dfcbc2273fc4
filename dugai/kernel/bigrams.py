"""Chinese text as overlapping pairs of characters, so that any two characters can be found, exactly.

督查整改 becomes 督查 查整 整改; a phrase is found where its pairs stand one behind another. Letters
and digits form words of their own. A run of one Chinese character is kept as that character.
Source of the method: FTS5's trigrams silently find nothing for two characters; pairs are complete.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from operator import add

RUN = re.compile(r"[0-9a-z]+|[㐀-鿿豈-﫿\U00020000-\U0003ffff]+")
LONGEST = 20_000


@dataclass(frozen=True)
class Phrase:
    """Words that must stand one behind another; `prefix` when the last word may continue."""

    words: tuple[str, ...]
    prefix: bool = False


def fold(text: str) -> str:
    """Return text as it is compared: compatibility forms folded, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """Return the words of a text in their order, at most 20,000 characters of it."""
    found: list[str] = []
    for run in RUN.findall(fold(text[:LONGEST])):
        if run[0].isascii():
            found.append(run)
        else:
            found += map(add, run, run[1:]) if len(run) > 1 else [run]
    return found


def phrases(query: str) -> list[Phrase]:
    """Return what a query asks for: one phrase for each part between spaces; all must be found."""
    found = []
    for part in fold(query).split():
        listed = words(part)
        if listed:
            lonely = len(listed) == 1 and len(listed[0]) == 1
            found.append(Phrase(tuple(listed), prefix=lonely))
    return found
