"""推送的一次次: a delivery is tried out before the webhook is switched on, and a parked one is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.jobs import services as jobs
from dugai.journal.services import record
from dugai.kernel import outbound
from dugai.kernel.errors import Forbidden, Refused, require
from dugai.notices import policy_webhook, queries_told, queries_webhook, services_webhook

if TYPE_CHECKING:
    from dugai.jobs.models import Job
    from dugai.people.models import User


@transaction.atomic
def test_webhook(*, actor: User, webhook_id: int) -> Job:
    """Ask for one delivery that says nothing but that it is a test; a switched-off webhook is tested too."""
    row = queries_webhook.get_webhook(actor, webhook_id)
    _require_keeper(actor)
    outbound.read(row.url)  # the list of hosts may have changed
    event = record(actor=actor, kind="webhook.tested", subject=row, changed=False)
    arguments = {"webhook": row.pk, "event": event.pk, "test": True}
    return jobs.enqueue(actor=actor, kind=queries_told.JOB, arguments=arguments, key=f"{row.pk}:{event.pk}")


@transaction.atomic
def retry_push(*, actor: User, webhook_id: int, job_id: int) -> Job:
    """Give a delivery that was put aside five more tries, under its old number."""
    row = queries_webhook.get_webhook(actor, webhook_id)
    _require_keeper(actor)
    job = queries_told.get_parked(actor, row.pk, job_id)
    require(
        row.active or job.arguments.get("test"),
        "推送停用着，请先启用再重发。",
        code="webhook_off",
        error=Refused,
    )
    jobs.retry_parked(actor=actor, job_id=job.pk)
    record(
        actor=actor,
        kind="webhook.retried",
        subject=row,
        after={"event": job.arguments.get("event")},
        changed=False,
    )
    return job


def _require_keeper(actor: User) -> None:
    require(
        policy_webhook.may_keep_webhooks(actor),
        services_webhook.NOT_YOURS,
        code="may_not_keep_webhooks",
        error=Forbidden,
    )
