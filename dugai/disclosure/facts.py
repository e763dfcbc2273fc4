"""One row as figures see it, and whether a condition of the catalogue holds for it. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.disclosure.catalogue import Definition, Where


class Fact(NamedTuple):
    """A row of one level at the end of one day.

    `closure` of a report is its state and `lamp` is empty; a site is 已完成 or 序时. Of a letter `closure` is
    the state, `progress` the verdict and `lamp` how it stands in time. `path` is the place in the tree by
    which the row belongs to a region.
    """

    pk: int
    code: str
    title: str
    who: str
    path: str
    lamp: str
    progress: str
    closure: str
    due: dt.date | None
    kind: str = ""
    late: bool = False
    persons: int = 0
    person_times: int = 0


def holds(where: Where, fact: Fact, as_of: dt.date) -> bool:
    """Say whether a row counts, on the day; `flow` is decided by comparing two days and is not asked here."""
    return (
        (not where.lamps or fact.lamp in where.lamps)
        and (not where.closures or fact.closure in where.closures)
        and fact.closure not in where.not_closures
        and (not where.progress or fact.progress in where.progress)
        and (not where.kinds or fact.kind in where.kinds)
        and (not where.due or (fact.due is not None and fact.due <= as_of))
        and (not where.late or fact.late)
        and (not where.adds or getattr(fact, where.adds) > 0)
    )


def grouped(facts: Iterable[Fact], as_of: dt.date) -> Counter[Fact]:
    """Return how many facts are alike in all that conditions ask; a date is reduced to whether it came."""
    came, never = dt.date.min, None
    return Counter(
        Fact(
            0,
            "",
            "",
            "",
            fact.path,
            fact.lamp,
            fact.progress,
            fact.closure,
            came if fact.due is not None and fact.due <= as_of else never,
            fact.kind,
            fact.late,
            fact.persons,
            fact.person_times,
        )
        for fact in facts
    )


HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure at one place and day: a count, or two counts and their quotient in percent, exactly.

    `value` is None for a rate whose denominator is 0.
    """

    definition: Definition
    region: int
    region_name: str
    as_of: dt.date
    since: dt.date | None
    value: Decimal | None
    numerator: int
    denominator: int | None = None

    @property
    def shown(self) -> str:
        """Return the number with its unit as a text prints it: 120项, 72.2%; 无 for a rate of nothing."""
        if self.value is None:
            return "无"
        if self.definition.is_rate:
            return f"{percent(self.numerator, self.denominator or 1)}%"
        return f"{self.numerator}{self.definition.unit}"


def percent(numerator: int, denominator: int) -> str:
    """Return a quotient in percent with one place, rounded half up; a whole number keeps no nought: 100."""
    value = Decimal(numerator) * HUNDRED / Decimal(denominator)
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    text = f"{rounded:f}"
    return text.removesuffix(".0")
