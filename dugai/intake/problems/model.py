"""What the readers of prose and of tables hand to the builder of the record."""

from __future__ import annotations

from dataclasses import dataclass, field

from dugai.intake.text.edits import CleanText


@dataclass(slots=True)
class Piece:
    """A stretch of cleaned text with its place in the original (code points)."""

    text: str
    start: int
    end: int
    clean: CleanText | None = None  # where the text was edited, the cleaned text it comes from
    at: int = 0  # its offset there

    def cut(self, begin: int, stop: int | None = None) -> Piece:
        """A part of it; the place is exact where nothing was edited inside."""
        stop = len(self.text) if stop is None else stop
        inside = self.text[begin:stop]
        lead = len(inside) - len(inside.lstrip())
        inside = inside.strip()
        begin += lead
        if self.clean is not None:
            at = self.at + begin
            first, last = self.clean.span(at, at + len(inside))
            return Piece(inside, first, last, self.clean, at)
        if self.end - self.start == len(self.text):
            return Piece(inside, self.start + begin, self.start + begin + len(inside))
        share = (self.end - self.start) / max(1, len(self.text))
        start = self.start + int(begin * share)
        return Piece(inside, start, min(self.end, start + int(len(inside) * share) + 1))


@dataclass(slots=True)
class MeasureDraft:
    """One measure under a problem."""

    text: Piece
    no: str | None = None
    no_raw: str | None = None
    status: str | None = None
    status_raw: str | None = None
    deadline: Piece | None = None
    units: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class ProblemDraft:
    """One problem with the fields that were printed for it."""

    text: Piece | None = None
    no: str | None = None
    no_raw: str | None = None
    heading: str | None = None
    fields: dict[str, list[Piece]] = field(default_factory=dict)
    measures: list[MeasureDraft] = field(default_factory=list)
    from_table: bool = False
    order: list[tuple[str, Piece, int]] = field(
        default_factory=list
    )  # fields as printed, and measures known before

    def add(self, role: str, piece: Piece) -> None:
        """Keep one more value of a field."""
        if piece.text.strip():
            self.fields.setdefault(role, []).append(piece)
            self.order.append((role, piece, len(self.measures)))
