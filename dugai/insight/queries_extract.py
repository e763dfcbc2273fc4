"""摘录: every event that speaks of one problem, for those who read the journal.

Offices, supervision and discipline get what they see of the problem; the audit administrator, who sees no
page of it, gets the events of the problems of their own region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from dugai.acceptance.models import (
    CaseMeasure,
    CaseProof,
    CloseoutCase,
    CloseoutProposal,
    ClosureEntry,
    LookBack,
    Objection,
    PublicNotice,
    SiteVisit,
    Verification,
    VisitPhoto,
)
from dugai.evidence.models import Evidence
from dugai.journal.models import Event
from dugai.kernel.errors import NotVisible
from dugai.ledger import queries as ledger
from dugai.ledger.models import Measure, Problem, Task
from dugai.people.states import Role
from dugai.progress.models import Report

if TYPE_CHECKING:
    from dugai.people.models import User

WHY = "the audit administrator reads the journal of a region, problem by problem"
SEEN: tuple[tuple[Any, str], ...] = (
    (Measure, "problem"),
    (Task, "problem"),
    (Report, "task__problem"),
    (Evidence, "problem"),
    (CloseoutCase, "problem"),
)
"""Rows with eyes of their own, and how they lead to the problem."""
OF_A_CASE: tuple[Any, ...] = (
    *(CaseMeasure, CaseProof, SiteVisit, VisitPhoto, Verification, PublicNotice, Objection, ClosureEntry),
    LookBack,
)
WHY_CASES = "cases of a problem that the viewer may read"
MOST = 5000


def events_of_problem(viewer: User, problem_id: int) -> list[int]:
    """Return the numbers of at most `MOST` events of a problem, of what belongs to it and its close-outs."""
    audits = viewer.role == Role.AUDIT_ADMIN
    problem = _in_region(viewer, problem_id) if audits else ledger.get_problem(viewer, problem_id)
    wanted = Q(subject_type=Problem.subject_type, subject_id=problem.pk)
    for model, way in SEEN:
        rows = model.objects.unscoped(WHY) if audits else model.objects.visible_to(viewer)
        wanted |= _about(model, rows.filter(**{way: problem}))
    cases = CloseoutCase.objects.unscoped("cases of a problem that the viewer may read").filter(
        problem=problem
    )
    for model in OF_A_CASE:
        wanted |= _about(model, model.objects.filter(case__in=cases.order_by().values("pk")))
    wanted |= _about(CloseoutProposal, CloseoutProposal.objects.filter(problem=problem))
    return list(Event.objects.filter(wanted).order_by("pk").values_list("pk", flat=True)[:MOST])


def _about(model: Any, rows: Any) -> Q:
    return Q(
        subject_type=model.subject_type, subject_id__in=list(rows.order_by().values_list("pk", flat=True))
    )


def _in_region(viewer: User, problem_id: int) -> Problem:
    top = viewer.organisation
    inside = Problem.objects.unscoped(WHY).filter(home__path__gte=top.path, home__path__lt=top.path_end)
    found: Problem | None = inside.filter(pk=problem_id).first()
    if found is None:
        raise NotVisible("没有这个问题，或您的单位看不到它")
    return found
