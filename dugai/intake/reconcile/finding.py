"""The verdict on one relation between printed numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dugai.intake.figures.extract import Figure


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. ``holds`` says whether the numbers agree; ``verdict`` softens a disagreement.

    ``expr`` is written with the printed numbers, ``computed`` is what they give, ``formula`` names the rule,
    ``implied`` lists numbers that the text does not print. ``spans`` are offsets in the original text.
    """

    kind: str  # sum | rate | change | unit_conversion | cross_reference | order | count | date_span
    expr: str
    holds: bool
    quotes: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] = ()
    verdict: str | None = None  # None | "minor" | "not_comparable"
    computed: str | None = None
    formula: str | None = None
    implied: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_error(self) -> bool:
        """Whether an editor has to look: it does not hold and can be compared."""
        return not self.holds and self.verdict != "not_comparable"

    def record(self) -> dict[str, Any]:
        """The entry for ``arithmetic`` in the record."""
        entry: dict[str, Any] = {
            "kind": self.kind,
            "expr": self.expr,
            "holds": self.holds,
            "quotes": list(self.quotes),
        }
        if self.verdict:
            entry["verdict"] = self.verdict
        if self.implied:
            entry["implied"] = list(self.implied)
        if self.note:
            entry["note"] = self.note
        if self.computed:
            entry["x_computed"] = self.computed
        if self.formula:
            entry["x_formula"] = self.formula
        if self.spans:
            entry["x_spans"] = [list(s) for s in self.spans]
        return entry


def number(figure: Figure) -> Decimal:
    """The printed number of a figure, exactly."""
    return Decimal(figure.quantity.number.split("-")[0])


def decimals(value: Decimal) -> int:
    """Digits printed after the point."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half up, the rule of the field."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def agree(computed: Decimal, printed: Decimal) -> bool:
    """Equal after rounding to the decimals of the printed value."""
    return rounded(computed, decimals(printed)) == printed


def nearly(computed: Decimal, printed: Decimal) -> bool:
    """Off by less than one unit of the last printed place."""
    return abs(computed - printed) < Decimal(1).scaleb(-decimals(printed))


def shown(value: Decimal, places: int = 2) -> str:
    """A computed value for people: without trailing zeros."""
    text = f"{rounded(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def make(kind: str, expr: str, holds: bool, figures: list[Figure], **more: Any) -> Finding:
    """A finding over figures: their quotes and places, each once."""
    quotes = tuple(dict.fromkeys(f.quote for f in figures))
    spans = tuple(dict.fromkeys(f.quote_at for f in figures))
    return Finding(kind, expr, holds, quotes, spans, **more)


def printed(figure: Figure) -> str:
    """The number as printed."""
    return figure.quantity.number
