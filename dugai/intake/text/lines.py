"""Lines and paragraphs with their offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n\v\f\u2028\u2029]+")
ENDS_SENTENCE = re.compile(r"[。!?;:…][”’\")\]》]*$|[。!?][”’\")\]》]*\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, without the white space around it."""

    start: int
    end: int
    text: str
    gap: int  # number of line breaks before it

    def __len__(self) -> int:
        return self.end - self.start


def lines_of(folded: str) -> list[Line]:
    """The lines of a folded text that are not blank."""
    found: list[Line] = []
    last = 0
    for match in _LINE.finditer(folded):
        raw = match.group()
        text = raw.strip()
        if not text:
            continue
        start = match.start() + len(raw) - len(raw.lstrip())
        gap = folded.count("\n", last, start)
        found.append(Line(start, start + len(text), text, gap))
        last = start + len(text)
    return found


def ends_sentence(text: str) -> bool:
    """Whether a line closes with the mark of a finished sentence."""
    return bool(ENDS_SENTENCE.search(text.rstrip()))
