"""Questions about deliveries: what one webhook was told, what waits, what was put aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.kernel.errors import NotVisible
from dugai.notices import queries_webhook

if TYPE_CHECKING:
    from dugai.people.models import User

JOB = "webhooks.deliver"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery: its job, the kind of its event, and whether it was a test."""

    job: Job
    kind: str
    test: bool


def deliveries(viewer: User, webhook_id: int, limit: int = SHOWN) -> list[Delivery]:
    """Return the last deliveries of one of the viewer's own webhooks, the newest first."""
    webhook = queries_webhook.get_webhook(viewer, webhook_id)
    found = Job.objects.filter(kind=JOB, key__startswith=f"{webhook.pk}:").order_by("-pk")
    jobs = list(found[:limit])
    events = Event.objects.filter(pk__in=[job.arguments.get("event") for job in jobs])
    kinds = dict(events.values_list("pk", "kind"))
    return [
        Delivery(job, kinds.get(job.arguments.get("event", 0), ""), bool(job.arguments.get("test")))
        for job in jobs
    ]


def get_parked(viewer: User, webhook_id: int, job_id: int) -> Job:
    """Return a delivery of one of the viewer's own webhooks that was put aside."""
    webhook = queries_webhook.get_webhook(viewer, webhook_id)
    found = Job.objects.filter(
        kind=JOB, key__startswith=f"{webhook.pk}:", pk=job_id, state=Job.State.PARKED
    ).first()
    if found is None:
        raise NotVisible("没有这次推送，或它没有搁置。")
    return found
