"""Figures through somebody's eyes: a value at a place and a day, and the rows behind it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from dugai.disclosure import catalogue, standing_at
from dugai.disclosure.catalogue import CATALOGUE, SUMS, Definition, FigureLevel, Where
from dugai.disclosure.facts import HUNDRED, Fact, FigureValue, grouped, holds
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, NotVisible
from dugai.ledger.sight import Scope
from dugai.people.models import Organisation
from dugai.people.states import Kind
from dugai.progress.models import Round
from dugai.progress.states import RoundKind, RoundState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.people.models import User

Key = tuple[FigureLevel, dt.date]
Group = tuple[Fact, int]
EARLIEST = 2000
"""The first year for which a figure may be asked; central inspections began in 2015."""


def place_of(viewer: User, region_id: int | None = None) -> Organisation:
    """Return the place figures are asked for: the viewer's own, or one inside it. Raises `NotVisible`."""
    top = Scope.top(viewer)
    found = top if region_id is None else Organisation.objects.filter(pk=region_id).first()
    if top is None or found is None or not found.is_within(top):
        raise NotVisible("没有这个地区，或您的单位看不到它")
    return found


def sheet(
    viewer: User,
    place: Organisation,
    as_of: dt.date | None = None,
    *,
    since: dt.date | None = None,
    inspection: int | None = None,
    problem: int | None = None,
    batch: int | None = None,
) -> Sheet:
    """Return a sheet on which figures below `place` are computed; see `Sheet`."""
    today = clock.today()
    day = as_of or today
    if day > today:
        message = f"数据截至日 {day.isoformat()} 还没有到。请改成今天或以前的日子。"
        raise InvalidInput(message, fields={"as_of": message}, code="as_of_future")
    if day.year < EARLIEST:
        message = f"数据截至日 {day.isoformat()} 太早，台账没有那时的数据。"
        raise InvalidInput(message, fields={"as_of": message}, code="as_of_early")
    if since is not None and since >= day:
        message = "上期末应早于数据截至日。"
        raise InvalidInput(message, fields={"since": message}, code="since_after_as_of")
    ground = standing_at.Ground(viewer, place_of(viewer, place.pk), inspection, problem, batch)
    return Sheet(ground, day, since)


class Sheet:
    """Figures of one place, day and inspection; the rows of a level and day are read once.

    `since` is the last day of the period before, for figures of what happened in a period.
    """

    def __init__(self, ground: standing_at.Ground, as_of: dt.date, since: dt.date | None) -> None:
        self.ground, self.as_of, self.since = ground, as_of, since
        self.viewer, self.place = ground.viewer, ground.place
        self._levels: dict[dt.date, standing_at.Levels] = {}
        self._reports: dict[dt.date, list[Fact]] = {}
        self._letters: dict[dt.date, list[Fact]] = {}
        self._groups: dict[tuple[FigureLevel, str], list[Group]] = {}
        self._flows: dict[str, list[Fact]] = {}

    def value(self, code: str, place: Organisation | None = None) -> FigureValue:
        """Return a figure at the sheet's place, or at a place inside it."""
        definition = catalogue.get(code)
        where = place or self.place
        if definition.is_rate:
            over = self._count(CATALOGUE[definition.numerator], where)
            under = self._count(CATALOGUE[definition.denominator], where)
            share = Decimal(over) * HUNDRED / Decimal(under) if under else None
        else:
            over, under = self._count(definition, where), None
            share = Decimal(over)
        return FigureValue(definition, where.pk, where.name, self.as_of, self.since, share, over, under)

    def rows(self, code: str, place: Organisation | None = None) -> list[Fact]:
        """Return the rows behind a figure; those of a rate are its denominator's."""
        definition = catalogue.get(code)
        if definition.is_rate:
            definition = CATALOGUE[definition.denominator]
        where = place or self.place
        if definition.code in SUMS:
            return [row for part in SUMS[definition.code] for row in self.rows(part, where)]
        facts = [fact for fact in self._of(definition) if fact.path.startswith(where.path)]
        return sorted(facts, key=lambda fact: (fact.code, fact.pk))

    def _count(self, definition: Definition, place: Organisation) -> int:
        if definition.code in SUMS:
            return sum(self._count(CATALOGUE[part], place) for part in SUMS[definition.code])
        condition = definition.where or Where()
        if condition.flow:
            return sum(fact.path.startswith(place.path) for fact in self._of(definition))
        return sum(
            n * (getattr(fact, condition.adds) if condition.adds else 1)
            for fact, n in self._grouped(definition.level, place.path)
            if holds(condition, fact, self.as_of)
        )

    def _grouped(self, level: FigureLevel, path: str) -> list[Group]:
        if (level, "") not in self._groups:
            counts: Counter[Fact] = grouped(self.facts(level, self.as_of), self.as_of)
            self._groups[level, ""] = list(counts.items())
        if (level, path) not in self._groups:
            self._groups[level, path] = [
                (fact, n) for fact, n in self._groups[level, ""] if fact.path.startswith(path)
            ]
        return self._groups[level, path]

    def _of(self, definition: Definition) -> list[Fact]:
        condition = definition.where or Where()
        facts = [
            fact for fact in self.facts(definition.level, self.as_of) if holds(condition, fact, self.as_of)
        ]
        if not condition.flow:
            return facts
        if definition.code not in self._flows:
            start = self._start()
            before = {
                fact.pk for fact in self.facts(definition.level, start) if holds(condition, fact, start)
            }
            self._flows[definition.code] = [fact for fact in facts if fact.pk not in before]
        return self._flows[definition.code]

    def _start(self) -> dt.date:
        return self.since or self.as_of.replace(day=1) - dt.timedelta(days=1)

    def facts(self, level: FigureLevel, day: dt.date) -> list[Fact]:
        """Return every row of a level below the place at the end of a day."""
        now = day == clock.today()
        if level is FigureLevel.REPORT:
            if day not in self._reports:
                round_ = last_round(self.viewer, self.place, day)
                self._reports[day] = (
                    standing_at.reports_at(self.ground, round_.pk, day, now=now) if round_ else []
                )
            return self._reports[day]
        if level is FigureLevel.LETTER:
            if day not in self._letters:
                self._letters[day] = standing_at.letters_at(self.ground, day, now=now)
            return self._letters[day]
        if day not in self._levels:
            read = standing_at.today if now else standing_at.at_day
            self._levels[day] = read(self.ground, day)
        found: list[Fact] = getattr(self._levels[day], level)
        return found


def last_round(viewer: User, place: Organisation, day: dt.date) -> Round | None:
    """Return the last regular round over `place`, or over what it lies in, that had begun by `day`."""
    rounds = Round.objects.visible_to(viewer).filter(
        region__path__in=place.ancestor_paths, starts_on__lte=day
    )
    found: Round | None = (
        rounds.exclude(kind=RoundKind.SPECIAL)
        .exclude(state=RoundState.OPENING)
        .order_by("-starts_on", "-pk")
        .first()
    )
    return found


def regions_below(viewer: User, place: Organisation) -> Sequence[Organisation]:
    """Return the regions one step below a place, for rankings."""
    top = Scope.top(viewer)
    if top is None or not place.is_within(top):
        raise NotVisible("没有这个地区，或您的单位看不到它")
    found = Organisation.objects.filter(parent=place, kind=Kind.REGION, active_until=None)
    return list(found.order_by("path"))


def places_below(viewer: User, place: Organisation) -> Sequence[Organisation]:
    """Return the regions inside a place, two steps deep, for choosing one."""
    top = Scope.top(viewer)
    if top is None or not place.is_within(top):
        raise NotVisible("没有这个地区，或您的单位看不到它")
    found = Organisation.objects.below(place).filter(kind=Kind.REGION, depth__lte=place.depth + 2)
    return list(found.exclude(pk=place.pk).order_by("path")[:400])
