"""Paging by key over lamp, date and number: any page costs what the first one costs.

A list is the concatenation (or, ordered by date, the merge) of runs, each of which is one range of
the index (…, lamp, due, id). The runs of a page are read in one statement.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from dugai.ledger.listing import Place, Sort
from dugai.ledger.states import Lamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

CAP = 1000
"""Counts are exact up to here; more is written as 1000+."""


@dataclass(frozen=True, slots=True)
class Run:
    """A range of the index in one direction: the rows of `lamp` with a date, or those without."""

    lamp: Lamp
    dated: bool
    descending: bool
    at: Place | None = None

    def slices(self) -> Iterator[tuple[Q, list[str]]]:
        """Yield condition and order of each index range of the run, in order."""
        sign, word = ("-", "lt") if self.descending else ("", "gt")
        base = Q(lamp=self.lamp, due__isnull=not self.dated)
        if not self.dated:
            yield base & (Q(**{f"pk__{word}": self.at.pk}) if self.at else Q()), [f"{sign}pk"]
            return
        if self.at:
            yield Q(lamp=self.lamp, due=self.at.due, **{f"pk__{word}": self.at.pk}), [f"{sign}pk"]
            base = Q(lamp=self.lamp, **{f"due__{word}": self.at.due})
        yield base, [f"{sign}due", f"{sign}pk"]


def runs(lamps: Sequence[Lamp], sort: Sort, at: Place | None, *, backwards: bool) -> list[Run]:
    """Return the runs that follow `at` (or precede it) in the order of `sort`.

    Rows without a date stand after those with one. Going backwards every order is turned round.
    """
    late = sort is Sort.DUE_LATE
    kinds = [(True, late), (False, late)]
    if backwards:
        kinds = [(dated, not descending) for dated, descending in reversed(kinds)]
    order = list(reversed(lamps)) if backwards else list(lamps)
    found = []
    for lamp in order:
        if sort is Sort.WORST and at and _passed(lamp, at.lamp, backwards=backwards):
            continue
        place = at if sort is not Sort.WORST or (at and lamp is at.lamp) else None
        for dated, descending in kinds:
            if place is None:
                found.append(Run(lamp, dated, descending))
            elif dated == (place.due is not None):
                found.append(Run(lamp, dated, descending, place))
            elif kinds.index((dated, descending)) == 1:  # the other kind comes later: all of it
                found.append(Run(lamp, dated, descending))
    return found


def _passed(lamp: Lamp, here: Lamp, *, backwards: bool) -> bool:
    return lamp.rank > here.rank if backwards else lamp.rank < here.rank


def read(
    rows: QuerySet[Any], wanted: Sequence[Run], sort: Sort, count: int, *, stepwise: bool = False
) -> list[Place]:
    """Return the first `count` places of `rows` along the runs, with one statement.

    `stepwise` asks for the first lamp alone and for the rest only where it does not fill the page:
    two statements at most, for rows that are dear to test.
    """
    if stepwise and sort is Sort.WORST and wanted:
        first = [run for run in wanted if run.lamp is wanted[0].lamp]
        found = _read(rows, first, count)
        if len(found) < count:
            found += _read(rows, wanted[len(first) :], count)
    else:
        found = _read(rows, wanted, count)
    found.sort(key=_key(wanted, sort))
    return found[:count]


def _read(rows: QuerySet[Any], wanted: Sequence[Run], count: int) -> list[Place]:
    parts: list[str] = []
    params: list[Any] = []
    for run in wanted:
        for condition, order in run.slices():
            part = rows.filter(condition).order_by(*order).values_list("lamp", "due", "pk")[:count]
            try:
                sql, values = part.query.sql_with_params()
            except EmptyResultSet:
                continue
            parts.append(f"SELECT * FROM ({sql}) part{len(parts)}")  # noqa: S608  compiled by the ORM
            params += values
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return [Place(Lamp(lamp), _date(due), pk) for lamp, due, pk in cursor.fetchall()]


def _date(value: Any) -> dt.date | None:
    """SQLite gives text where no column type is known."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def _key(wanted: Sequence[Run], sort: Sort) -> Any:
    """Return the sorting key that concatenates runs, or merges the lamps when the date decides."""
    first = {
        (run.lamp, run.dated): (number, run.descending) for number, run in reversed(list(enumerate(wanted)))
    }
    kinds = {dated: number for number, dated in reversed(list(enumerate(run.dated for run in wanted)))}

    def key(place: Place) -> tuple[int, int, int]:
        number, descending = first[place.lamp, place.due is not None]
        sign = -1 if descending else 1
        group = number if sort is Sort.WORST else kinds[place.due is not None]
        return group, sign * (place.due.toordinal() if place.due else 0), sign * place.pk

    return key


def all_places(rows: QuerySet[Any], most: int) -> list[Place] | None:
    """Return the places of all `rows`, unordered, in one query; None when there are more than `most`."""
    found = list(rows.order_by().values_list("lamp", "due", "pk")[: most + 1])
    return [Place(Lamp(lamp), due, pk) for lamp, due, pk in found] if len(found) <= most else None


def pick(
    known: Sequence[Place], lamps: Sequence[Lamp], sort: Sort, at: Place | None, *, backwards: bool
) -> list[Place]:
    """Return the known places that follow `at` in the order of `sort`, or precede it, nearest first."""
    late = -1 if sort is Sort.DUE_LATE else 1

    def key(place: Place) -> tuple[int, bool, int, int]:
        rank = place.lamp.rank if sort is Sort.WORST else 0
        day = late * place.due.toordinal() if place.due else 0
        return rank, place.due is None, day, late * place.pk

    kept = [place for place in known if place.lamp in lamps]
    if at is not None:
        here = key(at)
        kept = [place for place in kept if (key(place) < here if backwards else key(place) > here)]
    return sorted(kept, key=key, reverse=backwards)


def capped_counts(rows: QuerySet[Any], lamps: Sequence[Lamp], cap: int = CAP) -> dict[Lamp, int]:
    """Count `rows` of each lamp up to `cap` + 1, with one statement."""
    found: dict[Lamp, int] = dict.fromkeys(lamps, 0)
    parts: list[str] = []
    params: list[Any] = []
    kept: list[Lamp] = []
    for lamp in lamps:
        part = rows.filter(lamp=lamp).order_by().values_list("pk")[: cap + 1]
        try:
            sql, values = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) part{len(parts)})")  # noqa: S608  compiled by the ORM
        params += values
        kept.append(lamp)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), params)
            found |= dict(zip(kept, cursor.fetchone(), strict=True))
    return found
