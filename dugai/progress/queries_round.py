"""Questions about rounds: the list, the board, who is missing or late, and what an act will do in numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.ledger.models import Inspection
from dugai.ledger.sight import Scope
from dugai.ledger.states import WORKING_CLOSURES
from dugai.people.models import Organisation, User
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Kind
from dugai.progress import coverage, policy, rules_round, tallies
from dugai.progress.models import Report, Round, sees_whole_subtree
from dugai.progress.states import COVERED, UNREPORTED, ReportState, RoundState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.progress.models import ReportQuerySet

WHY = "a round covers every open task of its region; whether the office may call it was asked before"
KEYS = (*ReportState.values, rules_round.LATE)
FILTERS = ("inspection", "source_class", "sector", "lamp")


def get_round(viewer: User, round_id: int, *, lock: bool = False) -> Round:
    """Return one round through the viewer's eyes; locked, nothing in it can change meanwhile."""
    found = Round.objects.visible_to(viewer).select_related("caller__parent", "region", "opened_by")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    round_: Round | None = found.filter(pk=round_id).first()
    if round_ is None:
        raise NotVisible("没有这一轮调度，或您的单位看不到它")
    return round_


def rounds(viewer: User, limit: int = 50) -> list[Round]:
    """Return the rounds the viewer sees, open ones first, then the newest."""
    found = Round.objects.visible_to(viewer).select_related("caller", "region").order_by("-starts_on", "-pk")
    return sorted(found[:limit], key=lambda row: row.state == RoundState.CLOSED)


def current_round(viewer: User) -> Round | None:
    """Return the open round that is due next, for the top bar."""
    found: Round | None = (
        Round.objects.visible_to(viewer).filter(state=RoundState.OPEN).order_by("due_on", "pk").first()
    )
    return found


def counts(viewer: User, round_: Round, at: Organisation | None = None) -> dict[str, int]:
    """Return {state or `late`: count} of a round below `at`, as far as the viewer oversees it."""
    top = board_top(viewer, round_, at)
    return tallies.counts_of(round_.pk, [top.pk])[top.pk] if top else {}


def totals(viewer: User, rounds_: Sequence[Round]) -> dict[int, BoardRow | None]:
    """Return {round id: its counts as far as the viewer oversees it}, in one query for all rounds."""
    tops = {round_.pk: board_top(viewer, round_) for round_ in rounds_}
    found = tallies.counts_by_round({pk: top.pk for pk, top in tops.items() if top is not None})
    return {pk: BoardRow(top, found[pk]) if top is not None else None for pk, top in tops.items()}


def board_top(viewer: User, round_: Round, at: Organisation | None = None) -> Organisation | None:
    """Return the highest organisation of the round the viewer oversees, or `at` when it lies under it."""
    top = Scope.top(viewer)
    if top is None:
        return None
    start = top if top.is_within(round_.region) else round_.region
    if not start.is_within(top):
        return None
    return at if at is not None and at.is_within(start) else start


@dataclass(frozen=True)
class BoardRow:
    """One organisation's reports in a round: counts by state, and what follows from them."""

    organisation: Organisation
    counts: dict[str, int]
    has_below: bool = False
    owed: int = field(init=False)
    covered: int = field(init=False)
    missing: int = field(init=False)

    def __post_init__(self) -> None:
        """Add up: owed leaves out those excused, covered are handed in, missing are still with the unit."""
        whole = sum(self.counts.get(state, 0) for state in ReportState.values)
        object.__setattr__(self, "owed", whole - self.counts.get(ReportState.VOID, 0))
        object.__setattr__(self, "covered", rules_round.covered(self.counts))
        object.__setattr__(
            self, "missing", rules_round.unreported(self.counts) + self.counts.get(ReportState.MISSED, 0)
        )

    @property
    def share(self) -> int:
        """Handed in over owed, in whole percent, rounded down."""
        return self.covered * 100 // self.owed if self.owed else 0


def board(viewer: User, round_: Round, at: Organisation | None = None) -> list[BoardRow]:
    """Return unit × state below `at`: the organisation itself, then those under it, worst first."""
    top = board_top(viewer, round_, at)
    if top is None:
        return []
    below = list(Organisation.objects.filter(parent=top).annotate(n=Count("children")).order_by("path"))
    found = tallies.counts_of(round_.pk, [top.pk, *(row.pk for row in below)])
    rows = [
        BoardRow(row, found[row.pk], has_below=bool(getattr(row, "n", 0)))
        for row in below
        if any(found[row.pk].values())
    ]
    rows.sort(key=lambda row: (row.share, -row.missing, row.organisation.path))
    return [BoardRow(top, found[top.pk]), *rows]


SHOWN = {
    "missing": Q(state__in=[*UNREPORTED, ReportState.MISSED]),
    "late": Q(late=True),
    "covered": Q(state__in=COVERED),
    **{state: Q(state=state) for state in ReportState.values},
}

KEYS_OF: dict[str, tuple[str, ...]] = {
    "missing": (*UNREPORTED, ReportState.MISSED),
    "late": (rules_round.LATE,),
    "covered": tuple(COVERED),
    **{state: (state,) for state in ReportState.values},
}
"""The roll-up keys that add up to what `SHOWN` selects."""


def reports_of(
    viewer: User,
    round_: Round,
    *,
    show: str = "",
    at: Organisation | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Report]:
    """Return reports of a round by state (or `missing`, `late`, `covered`) below `at`, after an id."""
    found = _reports(viewer, round_, at).filter(pk__gt=after)
    if show in SHOWN:
        found = found.filter(SHOWN[show])
    related = found.select_related("task", "owner", "problem", "at_desk_of", "reporter")
    return list(related.order_by("pk")[:limit])


def count_of(viewer: User, round_: Round, *, show: str = "", at: Organisation | None = None) -> int:
    """Return how many reports that list has."""
    found = _reports(viewer, round_, at)
    return int((found.filter(SHOWN[show]) if show in SHOWN else found).count())


def _reports(viewer: User, round_: Round, at: Organisation | None) -> ReportQuerySet:
    found = Report.objects.visible_to(viewer).filter(round=round_.pk)
    return found.filter(Scope.subtree(at)) if at is not None else found


@dataclass(frozen=True)
class Named:
    """One unit of a missing or late list: how many, and who can be called."""

    unit: Organisation
    n: int
    people: list[User]


def named_units(
    viewer: User, round_: Round, show: str, at: Organisation | None = None, limit: int = 500
) -> list[Named]:
    """Return the units behind a missing or late list, most first, with the people who fill in."""
    numbers = _owners(viewer, round_, show, at, limit)
    if not numbers:
        return []
    units = Organisation.objects.in_bulk(numbers)
    people: dict[int, list[User]] = {pk: [] for pk in numbers}
    for person in User.objects.filter(
        organisation__in=numbers, role__in=UNIT_ROLES | OFFICE_ROLES, is_active=True
    ):
        people[person.organisation_id].append(person)
    return [Named(units[pk], n, people[pk]) for pk, n in numbers.items()]


def _owners(viewer: User, round_: Round, show: str, at: Organisation | None, limit: int) -> dict[int, int]:
    """Return {unit: how many}, most first: from the roll-ups, or for who sees parts, from the reports."""
    top = board_top(viewer, round_, at)
    if top is not None and sees_whole_subtree(viewer) and (at is None or at.is_within(top)):
        counts = tallies.counts_of_owners(round_.pk, KEYS_OF[show], top)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit])
    found = _reports(viewer, round_, at).filter(SHOWN[show]).values_list("owner").annotate(n=Count("pk"))
    return dict(found.order_by("-n", "owner")[:limit])


# ---------- what an act will do, in numbers, before it happens ----------


@dataclass(frozen=True)
class Preview:
    """What opening a round would do: tasks, units, those nobody can fill in for, and rounds beside it."""

    tasks: int
    units: int
    unmanned: list[Organisation]
    beside: list[Round]


def preview(viewer: User, region: Organisation, filters: Mapping[str, Any]) -> Preview:
    """Return what opening a round would do. Refuses nothing; the service does."""
    if not policy.may_open_round(viewer, region):
        raise NotVisible("没有这个范围，或您的单位不能对它发起调度")
    tasks = coverage.tasks_in_scope(region, filters)
    owners = Organisation.objects.filter(pk__in=tasks.order_by().values("owner"))
    filled = User.objects.filter(is_active=True, role__in=UNIT_ROLES | OFFICE_ROLES).values("organisation")
    offices = Organisation.objects.filter(kind=Kind.OFFICE, pk__in=filled).values("parent")
    unmanned = owners.exclude(pk__in=filled).exclude(Q(kind=Kind.REGION) & Q(pk__in=offices))
    beside = Round.objects.visible_to(viewer).filter(
        state=RoundState.OPEN, region__path__in=region.ancestor_paths
    )
    return Preview(
        tasks.count(), owners.count(), list(unmanned.order_by("path")[:200]), list(beside.order_by("pk"))
    )


@dataclass(frozen=True)
class Closing:
    """What closing a round would do: how many become 未报, are excused, stay unreviewed, and who is new."""

    counts: dict[str, int]
    to_miss: int
    to_excuse: int
    unreviewed: int
    uncovered: int
    desks: list[tuple[str, int]]


def closing(viewer: User, round_: Round) -> Closing:
    """Return what closing would do now."""
    found = Report.objects.visible_to(viewer).filter(round=round_.pk)
    by_state = dict(found.values_list("state").annotate(n=Count("pk")).order_by())
    gone = (
        found.filter(state__in=UNREPORTED)
        .exclude(task__is_leaf=True, task__closure__in=WORKING_CLOSURES)
        .count()
    )
    desks = found.filter(state=ReportState.SUBMITTED).values_list("at_desk_of__name").annotate(n=Count("pk"))
    return Closing(
        counts=by_state,
        to_miss=rules_round.unreported(by_state) - gone,
        to_excuse=gone,
        unreviewed=by_state.get(ReportState.SUBMITTED, 0),
        uncovered=coverage.uncovered(round_).count(),
        desks=list(desks.order_by("-n")),
    )


def figures_for(viewer: User, round_: Round) -> dict[str, Any]:
    """Return the frozen figures of a closed round as far as the viewer oversees them.

    `intact` says whether the figures still have their digest; `exceptions` are the reports handed in after
    closing. Only a viewer who oversees the whole region sees the totals; others see their own units.
    """
    top = board_top(viewer, round_)
    figures = round_.figures
    units = [unit for unit in figures["units"] if top is not None and unit["path"].startswith(top.path)]
    exceptions = Report.objects.visible_to(viewer).filter(round=round_.pk, exception=True)
    return {
        "figures": figures,
        "whole": top is not None and round_.region.is_within(top),
        "units": units,
        "intact": rules_round.digest_of(figures) == figures["digest"],
        "exceptions": list(exceptions.select_related("task", "owner").order_by("pk")),
        "as_of": clock.local(dt.datetime.fromisoformat(figures["as_of"])),
    }


# ---------- choices of the opening page ----------


def regions_to_call(viewer: User) -> list[Organisation]:
    """Return the regions the viewer's office may call a round over: its own and two levels below."""
    top = Scope.top(viewer)
    if top is None or not policy.may_open_round(viewer, top):
        return []
    found = Organisation.objects.below(top).filter(kind=Kind.REGION, depth__lte=top.depth + 2)
    return list(found.order_by("path")[:400])


def inspections_to_call(viewer: User) -> list[Inspection]:
    """Return inspections of the regions above the viewer, for the filter."""
    found = Inspection.objects.filter(object__path__in=viewer.organisation.ancestor_paths)
    return list(found.order_by("-fed_back_on", "code"))
