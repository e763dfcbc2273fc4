"""Boards: how many problems, measures and tasks have each lamp, for a place and for what stands under it.

Every figure is a sum of roll-up rows, so a board costs what its rows cost, whatever the ledger's size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Sum

from dugai.kernel.errors import NotVisible
from dugai.ledger import tallies
from dugai.ledger.models import Problem, Site, Tally
from dugai.ledger.sight import Scope
from dugai.ledger.states import Lamp
from dugai.people.models import Organisation
from dugai.people.states import Kind
from dugai.progress.models import RoundTally
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.people.models import User

LEVELS = (tallies.PROBLEM, tallies.MEASURE, tallies.TASK)
CAME = (ReportState.SUBMITTED, ReportState.RETURNED, ReportState.ADOPTED)
MOST_ROWS = 200
SUBTREE = "a region inside the viewer's own range"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Reports of one round below one place, by state."""

    states: Counter[str] = field(default_factory=Counter)

    @property
    def owed(self) -> int:
        """Return how many reports the round asks for."""
        return self.states.total()

    @property
    def came(self) -> int:
        """Return how many have been submitted at least once and count as reported."""
        return sum(self.states[state] for state in CAME)

    @property
    def missing(self) -> int:
        """Return how many have not come yet."""
        return self.owed - self.came


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of a board: a place (None: what the place itself has), its counts by lamp, its reports."""

    organisation: Organisation | None
    counts: dict[str, int]
    coverage: Coverage

    @property
    def total(self) -> int:
        """Return the sum over all lamps."""
        return sum(self.counts.values())

    @property
    def late(self) -> int:
        """Return how many are overdue or behind."""
        return self.counts.get(Lamp.OVERDUE, 0) + self.counts.get(Lamp.BEHIND, 0)

    @property
    def late_share(self) -> float:
        """Return the share of late ones, from 0 to 1; 0 for an empty row."""
        return self.late / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Board:
    """A place, its counts at three levels, and its lines, the worst share first."""

    place: Organisation
    levels: dict[str, dict[str, int]]
    rows: list[BoardRow]
    rest: BoardRow | None
    whole: BoardRow
    by_region: bool
    more: bool = False


def place_of(viewer: User, region_id: int | None = None) -> Organisation:
    """Return the place a board is about: the viewer's own, or one inside it. Raises `NotVisible`."""
    top = Scope.top(viewer)
    if top is None:
        raise NotVisible("没有这个地区，或您的单位看不到它")
    if region_id is None or region_id == top.pk:
        return top
    found = Organisation.objects.filter(pk=region_id).first()
    if found is None or not found.is_within(top):
        raise NotVisible("没有这个地区，或您的单位看不到它")
    return found


def board(
    viewer: User, place: Organisation, *, level: str = tallies.TASK, round_id: int | None = None
) -> Board:
    """Return the board of `place`, a place inside the viewer's range, in three queries.

    Its lines are the regions one step below; where there are none, the units. What the place has
    besides them is the rest.
    """
    del viewer  # `place_of` has looked through the viewer's eyes
    below = list(Organisation.objects.filter(parent=place).order_by("path"))
    regions = [one for one in below if one.kind == Kind.REGION]
    lines = regions or below
    counts = _counts([place.pk, *(one.pk for one in lines)])
    reports = _coverage(round_id, [place.pk, *(one.pk for one in lines)])
    whole = BoardRow(place, counts[place.pk][level], reports[place.pk])
    rows = [BoardRow(one, counts[one.pk][level], reports[one.pk]) for one in lines]
    rest = _rest(whole, rows)
    rows = sorted(
        (row for row in rows if row.total), key=lambda row: (-row.late_share, -row.late, -row.total)
    )
    return Board(
        place,
        counts[place.pk],
        rows[:MOST_ROWS],
        rest if rest.total else None,
        whole,
        by_region=bool(regions),
        more=len(rows) > MOST_ROWS,
    )


def site_count(viewer: User, place: Organisation) -> int:
    """Return how many sites the problems below `place` have, by one indexed count."""
    del viewer  # `place_of` has looked through the viewer's eyes
    return Site.objects.filter(Scope.subtree(place, "problem__")).count()


def sectors(viewer: User, place: Organisation) -> list[tuple[str, dict[str, int]]]:
    """Return how many problems of each sector have each lamp below `place`, the most late ones first."""
    del viewer  # `place_of` has looked through the viewer's eyes
    rows = Problem.objects.unscoped(SUBTREE).filter(Scope.subtree(place)).order_by()
    found: dict[str, dict[str, int]] = {}
    for sector, lamp, n in rows.values_list("sector", "lamp").annotate(n=Count("pk")):
        found.setdefault(sector, {})[lamp] = n
    late = (Lamp.OVERDUE, Lamp.BEHIND)
    return sorted(found.items(), key=lambda item: (-sum(item[1].get(lamp, 0) for lamp in late), item[0]))


def _counts(ids: list[int]) -> dict[int, dict[str, dict[str, int]]]:
    """Return {organisation: {level: {lamp: count}}} in one query; every level is there, if only empty."""
    found: dict[int, dict[str, dict[str, int]]] = {pk: {level: {} for level in LEVELS} for pk in ids}
    rows = (
        Tally.objects.filter(organisation__in=ids, level__in=LEVELS)
        .values_list("organisation", "level", "lamp")
        .annotate(total=Sum("n"))
        .order_by()
    )
    for organisation, level, lamp, n in rows:
        if n:
            found[organisation][level][lamp] = n
    return found


def _coverage(round_id: int | None, ids: Iterable[int]) -> dict[int, Coverage]:
    """Return how the reports of a round stand below each organisation, in one query."""
    found = {pk: Coverage(Counter()) for pk in ids}
    if round_id is None:
        return found
    rows = (
        RoundTally.objects.filter(organisation__in=list(found), round=round_id, state__in=ReportState.values)
        .values_list("organisation", "state")
        .annotate(total=Sum("n"))
        .order_by()
    )
    for organisation, state, n in rows:
        if n:
            found[organisation].states[state] = n
    return found


def _rest(whole: BoardRow, rows: list[BoardRow]) -> BoardRow:
    """Return what the whole has beyond its lines: its own units, or the place itself."""
    counts, states = Counter(whole.counts), Counter(whole.coverage.states)
    for row in rows:
        counts.subtract(row.counts)
        states.subtract(row.coverage.states)
    return BoardRow(None, {lamp: n for lamp, n in counts.items() if n}, Coverage(+states))
