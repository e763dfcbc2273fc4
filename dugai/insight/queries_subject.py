"""留痕 for programs: the events of one subject in sight, and the receipt of one of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dugai.journal import sequencing
from dugai.journal.models import Event
from dugai.kernel.choices import Choices
from dugai.kernel.errors import NotVisible
from dugai.kernel.pages import Order, Page, Place, page
from dugai.ledger import queries, queries_plan
from dugai.progress import queries_report, queries_round

if TYPE_CHECKING:
    from collections.abc import Callable

    from dugai.people.models import User

HIDDEN = "没有这条记录，或您的单位看不到它"


class SubjectType(Choices):
    """What has a history that programs may read."""

    INSPECTION = "inspection", "督察"
    PROBLEM = "problem", "问题"
    MEASURE = "measure", "措施"
    TASK = "task", "任务"
    PLAN = "plan", "整改方案"
    PLAN_VERSION = "plan_version", "方案版本"
    CHANGE_REQUEST = "change_request", "申请调整"
    ROUND = "round", "调度轮次"
    REPORT = "report", "进展填报"


GETTERS: dict[str, Callable[[User, int], Any]] = {
    SubjectType.INSPECTION: queries.get_inspection,
    SubjectType.PROBLEM: queries.get_problem,
    SubjectType.MEASURE: queries.get_measure,
    SubjectType.TASK: queries.get_task,
    SubjectType.PLAN: queries_plan.get_plan,
    SubjectType.PLAN_VERSION: queries_plan.get_version,
    SubjectType.CHANGE_REQUEST: queries_plan.get_change,
    SubjectType.ROUND: queries_round.get_round,
    SubjectType.REPORT: queries_report.get_report,
}


def sees(viewer: User, kind: str, pk: int) -> bool:
    """Say whether the viewer sees a subject now."""
    try:
        GETTERS[kind](viewer, pk)
    except (KeyError, NotVisible):
        return False
    return True


def events(  # noqa: PLR0917  a page of one subject's history
    viewer: User, kind: str, subject_id: int, order: Order, after: Place | None, limit: int
) -> Page[dict[str, Any]]:
    """Return the events of one subject in sight. Raises `NotVisible` for one out of sight."""
    GETTERS[kind](viewer, subject_id)
    found = page(Event.objects.filter(subject_type=kind, subject_id=subject_id), order, after, limit)
    return Page([told(event) for event in found.rows], found.next)


def told(event: Event) -> dict[str, Any]:
    """Return an event as it is told: from its own text, by a written list of names."""
    body = json.loads(event.body)
    return {
        "id": event.pk,
        "at": event.at,
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "version": event.version,
        "actor_name": body.get("actor_name", ""),
        "before": body.get("before", {}),
        "after": body.get("after", {}),
        "reason": body.get("reason", ""),
        "sha256": event.sha256,
        "sm3": event.sm3,
    }


def receipt(viewer: User, event_id: int) -> dict[str, Any]:
    """Return the receipt of one event whose subject is in sight; anybody can check it offline."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None or not sees(viewer, event.subject_type, event.subject_id):
        raise NotVisible(HIDDEN)
    return sequencing.receipt_of(event_id)
