"""All checks over the figures of one text."""

from __future__ import annotations

from dataclasses import replace

from dugai.intake.figures.extract import Figure
from dugai.intake.reconcile import changes, closing, counts, cross, rates, sums
from dugai.intake.reconcile.cross import Frame, SectionOf
from dugai.intake.reconcile.finding import Finding
from dugai.intake.text.edits import CleanText


def reconcile(clean: CleanText, figures: list[Figure], section_of: SectionOf) -> list[Finding]:
    """Every relation that can be checked; places and quotes are those of the original text."""
    folded = clean.folded
    found = [
        *sums.sums(figures, folded),
        *sums.sums_of_next(figures, folded),
        *sums.orders(figures, folded),
        *sums.letters_within(figures),
        *closing.parts_of_earlier(figures, folded),
        *rates.rates(figures, folded),
        *changes.changes(figures, folded),
        *changes.spans_of_years(folded),
        *counts.counts(figures, folded),
        *cross.crossings(figures, Frame(folded, section_of)),
    ]
    seen: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        placed = _in_original(finding, clean)
        seen.setdefault((placed.kind, placed.expr, placed.spans), placed)
    return sorted(seen.values(), key=lambda f: (f.spans[0] if f.spans else (0, 0), f.kind, f.expr))


def _in_original(finding: Finding, clean: CleanText) -> Finding:
    spans = tuple(clean.span(a, b) for a, b in finding.spans)
    quotes = tuple(clean.original[a:b].strip() for a, b in spans) or finding.quotes
    return replace(finding, spans=spans, quotes=tuple(q for q in quotes if q))
