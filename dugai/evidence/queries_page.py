"""What pages show beside evidence: choices of the form, a light summary, measures and their proof."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.evidence import rules
from dugai.evidence.models import Evidence
from dugai.evidence.queries import slot_list
from dugai.evidence.states import LIVE, EvidenceState
from dugai.ledger.models import Measure, Site, Task

if TYPE_CHECKING:
    from dugai.evidence.rules import Checklist
    from dugai.ledger.models import Problem
    from dugai.people.models import User

MOST = 500


@dataclass(frozen=True)
class Light:
    """As much of a piece of evidence as the rules need."""

    slot: str
    phase: str
    state: str
    pair: str


@dataclass(frozen=True)
class Choices:
    """To what a piece of evidence may be tied: measures, tasks and sites of the problem in sight."""

    measures: list[Measure]
    tasks: list[Task]
    sites: list[Site]


@dataclass(frozen=True)
class Proof:
    """A measure in sight and how many live pieces of evidence speak of it."""

    measure: Measure
    total: int
    accepted: int


def summary(viewer: User, problem: Problem) -> Checklist[Light]:
    """Return the checklist of a problem in sight from four columns a piece, for pages of counts."""
    rows = Evidence.objects.unscoped("counts for a problem that was fetched through the viewer's eyes")
    found = rows.filter(problem=problem, state__in=LIVE).values_list("slot", "phase", "state", "pair")
    kind = rules.work_kind(engineering=problem.engineering)
    return rules.checklist(slot_list(viewer, problem), (Light(*row) for row in found), kind)


def choices(viewer: User, problem: Problem) -> Choices:
    """Return what evidence of a problem in sight may be tied to; tasks as far as the viewer sees them."""
    tasks = Task.objects.visible_to(viewer).filter(problem=problem).select_related("owner", "measure")
    return Choices(
        list(Measure.objects.visible_to(viewer).filter(problem=problem).order_by("number")[:MOST]),
        list(tasks.order_by("code")[:MOST]),
        list(Site.objects.filter(problem=problem).order_by("name", "pk")[:MOST]),
    )


def proofs(viewer: User, problem: Problem) -> list[Proof]:
    """Return the measures of a problem in sight, each with its count of evidence."""
    seen = Evidence.objects.visible_to(viewer).filter(problem=problem, state__in=LIVE)
    states = list(seen.exclude(measure=None).order_by().values_list("measure", "state"))
    total = Counter(measure for measure, _ in states)
    accepted = Counter(measure for measure, state in states if state == EvidenceState.ACCEPTED)
    measures = Measure.objects.visible_to(viewer).filter(problem=problem).order_by("number")[:MOST]
    return [Proof(measure, total[measure.pk], accepted[measure.pk]) for measure in measures]


def sites(viewer: User, problem: Problem) -> list[Site]:
    """Return the sites of a problem in sight that have coordinates."""
    del viewer  # the caller got the problem through the viewer's eyes
    found = Site.objects.filter(problem=problem).exclude(latitude=None).exclude(longitude=None)
    return list(found.order_by("pk")[:MOST])
