"""Questions about jobs: how far the work is that a page waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from dugai.jobs.models import Job
from dugai.kernel.errors import NotVisible

if TYPE_CHECKING:
    from dugai.people.models import User

OPEN = (Job.State.READY, Job.State.RUNNING)


def public_last(kind: str, key: str) -> Job | None:
    """Return the last job of a kind for one thing; the caller has shown that thing to the reader."""
    return Job.objects.filter(kind=kind, key=key).order_by("-pk").first()


def is_open(job: Job | None) -> bool:
    """Say whether a job waits or runs."""
    return job is not None and job.state in OPEN


def public_actor(job: Job) -> User:
    """Return who asked for a job, as they asked: the account, and the deputy who acted through it.

    The job names the human being as `person`. Raises `NotVisible` when either account is closed by now.
    """
    accounts = get_user_model().objects.select_related("organisation").filter(is_active=True)
    found = accounts.in_bulk({job.asked_by_id, job.arguments["person"]})
    account, person = found.get(job.asked_by_id), found.get(job.arguments["person"])
    if account is None or person is None:
        raise NotVisible("发起这项工作的账户已停用")
    if person.pk != account.pk:
        account.principal_of = person
    return account
