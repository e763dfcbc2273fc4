"""The words of a search inside a found text: cut into parts, so that a page can mark them itself.

Comparison is that of the index: compatibility forms folded, lower case; a number or Latin word is marked
from its beginning only.
"""

from __future__ import annotations

from dataclasses import dataclass

from dugai.kernel import bigrams

LEAD = 24
ELLIPSIS = "……"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; `hit` says that the search asked for it."""

    text: str
    hit: bool = False


def terms(query: str) -> list[str]:
    """Return what is marked: the runs of a query, folded, the longest first."""
    found = {run for part in bigrams.fold(query).split() for run in bigrams.RUN.findall(part)}
    return sorted(found, key=lambda term: (-len(term), term))


def parts(text: str, query: str) -> list[Part]:
    """Return `text` cut at the words of `query`; the parts joined are the text again."""
    marks = _marks(text, terms(query))
    found: list[Part] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marks[place] != marks[start]:
            found.append(Part(text[start:place], marks[start]))
            start = place
    return found


def excerpt(text: str, query: str, longest: int = 96) -> list[Part]:
    """Return the piece of `text` around the first word of `query`, in parts; ellipses where it was cut."""
    text = " ".join(text.split())
    first = next((place for place, hit in enumerate(_marks(text, terms(query))) if hit), 0)
    start = max(0, min(first - LEAD, len(text) - longest))
    cut = parts(text[start : start + longest], query)
    if start:
        cut.insert(0, Part(ELLIPSIS))
    if start + longest < len(text):
        cut.append(Part(ELLIPSIS))
    return cut


def _marks(text: str, wanted: list[str]) -> list[bool]:
    """Return for each character of `text` whether a wanted word covers it."""
    folded, places = "", []
    for place, character in enumerate(text):
        plain = bigrams.fold(character)
        folded += plain
        places += [place] * len(plain)
    marks = [False] * len(text)
    for term in wanted:
        at = folded.find(term)
        while at >= 0:
            inside = at and term[0].isascii() and folded[at - 1].isascii() and folded[at - 1].isalnum()
            if not inside:
                for place in places[at : at + len(term)]:
                    marks[place] = True
            at = folded.find(term, at + 1)
    return marks
