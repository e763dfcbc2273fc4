"""An event as the notices read it: what it speaks of, and the people of an organisation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dugai.acceptance.models import CloseoutCase, CloseoutProposal, LookBack
from dugai.disclosure.models import Text
from dugai.evidence.models import Evidence
from dugai.indicators.models import IndicatorReading
from dugai.ledger.models import ChangeRequest, PlanVersion, Problem, Task
from dugai.people.models import Deputy, Organisation, User
from dugai.people.states import Kind
from dugai.progress.models import Report, Round

if TYPE_CHECKING:
    from dugai.journal.models import Event

WHY = "the journal tells people of their own matters"


ROWS: dict[str, Callable[[], Any]] = {
    "report": lambda: Report.objects.unscoped(WHY).select_related("task", "round", "owner"),
    "task": lambda: Task.objects.unscoped(WHY).select_related("owner"),
    "problem": lambda: Problem.objects.unscoped(WHY).select_related("home", "lead"),
    "round": lambda: Round.objects.unscoped(WHY).select_related("region"),
    "change_request": lambda: ChangeRequest.objects.select_related("problem__home"),
    "plan_version": lambda: PlanVersion.objects.select_related("plan__organisation"),
    "deputy": lambda: Deputy.objects.select_related("principal", "deputy"),
    "text": lambda: Text.objects.unscoped(WHY).defer("body"),
    "closeout_case": lambda: CloseoutCase.objects.unscoped(WHY).select_related("problem__home"),
    "closeout_proposal": lambda: CloseoutProposal.objects.select_related(
        "problem__home", "case__problem__home"
    ),
    "look_back": lambda: LookBack.objects.select_related("case__problem__home"),
    "evidence": lambda: Evidence.objects.unscoped(WHY).select_related("problem"),
    "indicator_reading": lambda: IndicatorReading.objects.unscoped(WHY).select_related("indicator", "region"),
    "user": User.objects.all,
}
"""What an event may speak of, with what its audiences ask of it."""


@dataclass
class News:
    """An event with what it speaks of, loaded once."""

    event: Event

    @cached_property
    def body(self) -> dict[str, Any]:
        """Return the event's body."""
        found: dict[str, Any] = json.loads(self.event.body)
        return found

    @property
    def after(self) -> dict[str, Any]:
        """Return what the event says the subject is now."""
        return self.body.get("after") or {}

    @cached_property
    def subject(self) -> Any:
        """Return the row the event is about, with what its audiences ask of it; None when it is gone."""
        rows = ROWS.get(self.event.subject_type)
        return rows().filter(pk=self.event.subject_id).first() if rows else None


People = Iterable[int]
Audience = Callable[[News], People]


def active(**conditions: Any) -> People:
    """Return the accounts in use that meet the conditions."""
    return User.objects.filter(is_active=True, **conditions).order_by("pk").values_list("pk", flat=True)


def offices_of(region: Organisation, roles: Iterable[str]) -> People:
    """Return people of the offices that belong to `region`, or of `region` itself if it is an office."""
    offices = Organisation.objects.filter(parent=region, kind=Kind.OFFICE).values("pk")
    return [
        *active(organisation__in=offices, role__in=roles),
        *active(organisation=region.pk, role__in=roles),
    ]


@dataclass(frozen=True, slots=True)
class Notice:
    """Who hears, the words (`{}` is what the subject is called) and the page it leads to."""

    audience: Audience
    words: str
    page: str
