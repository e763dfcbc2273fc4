"""A list of edits over a text that itself never changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from dugai.intake.text.fold import fold


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace ``original[start:end]`` by ``replacement``.

    ``kind`` is a code such as ``column_jump``; ``reason`` is a sentence in Chinese for the reviewer.
    """

    start: int
    end: int
    replacement: str
    kind: str
    reason: str


def compatible(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits in order of place; of two that overlap the longer one stays."""
    kept: list[Edit] = []
    for edit in sorted(set(edits), key=lambda e: (e.start, -(e.end - e.start), e.kind)):
        if kept and edit.start < kept[-1].end:
            if edit.end - edit.start <= kept[-1].end - kept[-1].start:
                continue
            kept.pop()
        kept.append(edit)
    return tuple(kept)


@dataclass(frozen=True)
class CleanText:
    """The cleaned reading of ``original``; every character knows where it came from."""

    original: str
    edits: tuple[Edit, ...]

    @cached_property
    def _built(self) -> tuple[str, list[int]]:
        pieces: list[str] = []
        origin: list[int] = []
        at = 0
        for edit in self.edits:
            pieces.append(self.original[at : edit.start])
            origin.extend(range(at, edit.start))
            pieces.append(edit.replacement)
            origin.extend([edit.start] * len(edit.replacement))
            at = edit.end
        pieces.append(self.original[at:])
        origin.extend(range(at, len(self.original)))
        return "".join(pieces), origin

    @cached_property
    def text(self) -> str:
        """The cleaned text."""
        return self._built[0]

    @cached_property
    def folded(self) -> str:
        """The cleaned text in half width; same offsets as ``text``."""
        return fold(self.text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of ``text[start:end]``."""
        origin = self._built[1]
        if not origin:
            return 0, 0
        if start >= end:
            place = origin[start] if start < len(origin) else len(self.original)
            return place, place
        first, last = origin[start], origin[end - 1]
        return first, max(first, last) + 1

    def quote(self, start: int, end: int) -> str:
        """The literal piece of the original behind ``text[start:end]``."""
        first, last = self.span(start, end)
        return self.original[first:last]

    def place_of(self, original: int) -> int:
        """The offset in the cleaned text of an offset in the original (of what follows, where it was removed)."""
        return bisect_left(self._built[1], original)

    def without(self, edit: Edit) -> CleanText:
        """The same reading with one edit undone."""
        return CleanText(self.original, tuple(e for e in self.edits if e != edit))
