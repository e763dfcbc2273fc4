"""Jobs: enqueue, claim under a lease, finish with the effect, fail into a retry or the parking place.

A worker holds a job by a fencing number: whoever comes back after losing the lease cannot finish it.
`finish` belongs inside the transaction of the effect, so that effect and end commit together.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q

from dugai.jobs.models import Cursor, Job
from dugai.kernel import clock
from dugai.kernel.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Collection

    from dugai.people.models import User

LEASE = dt.timedelta(seconds=90)
TRIES = 5
FIRST_WAIT_SECONDS = 5
KEPT = dt.timedelta(days=30)


def enqueue(
    *,
    actor: User | None,
    kind: str,
    arguments: dict[str, Any] | None = None,
    key: str = "",
    run_after: dt.datetime | None = None,
) -> Job:
    """Ask for a piece of work, in the transaction that needs it. With a `key`, an open twin is returned."""
    if key:
        twin = Job.objects.filter(kind=kind, key=key, state__in=(Job.State.READY, Job.State.RUNNING)).first()
        if twin:
            return twin
    now = clock.now()
    return Job.objects.create(
        kind=kind,
        arguments=arguments or {},
        asked_by=actor,
        key=key,
        run_after=run_after or now,
        created_at=now,
    )


@transaction.atomic
def claim(*, kinds: Collection[str]) -> Job | None:
    """Take the next job whose time has come, or one whose worker let its lease run out."""
    now = clock.now()
    ready = Q(state=Job.State.READY, run_after__lte=now)
    # A lease further ahead than any worker takes was given by a clock that was wrong.
    lost = Q(state=Job.State.RUNNING) & (Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE))
    found = Job.objects.filter(ready | lost, kind__in=kinds).order_by("run_after", "pk")
    if connection.features.has_select_for_update_skip_locked:
        found = found.select_for_update(skip_locked=True)
    job = found.first()
    if job is None:
        return None
    if job.attempts >= TRIES:
        job.state, job.message, job.finished_at = Job.State.PARKED, "处理程序五次中断，已搁置", now
        job.save(update_fields=["state", "message", "finished_at"])
        return None
    job.state, job.attempts, job.fence, job.lease_until = (
        Job.State.RUNNING,
        job.attempts + 1,
        job.fence + 1,
        now + LEASE,
    )
    job.save(update_fields=["state", "attempts", "fence", "lease_until"])
    return job


def heartbeat(
    job: Job, *, done: int | None = None, total: int | None = None, lease: dt.timedelta = LEASE
) -> None:
    """Prolong the lease and say how far the work has come. Raises `Conflict` when the lease is lost."""
    values: dict[str, Any] = {"lease_until": clock.now() + lease}
    values |= {} if done is None else {"done": done}
    values |= {} if total is None else {"total": total}
    _held(job, **values)


def finish(job: Job, *, result: dict[str, Any] | None = None) -> None:
    """Mark the work done. Raises `Conflict` when another worker has taken it over meanwhile."""
    _held(
        job, state=Job.State.DONE, result=result or {}, finished_at=clock.now(), lease_until=None, message=""
    )


def fail(job: Job, *, message: str) -> None:
    """Put the job back with a growing pause, or park it after the last try, with the reason."""
    now = clock.now()
    if job.attempts >= TRIES:
        _held(job, state=Job.State.PARKED, message=message[:500], finished_at=now, lease_until=None)
        return
    pause = dt.timedelta(seconds=FIRST_WAIT_SECONDS * 2 ** (job.attempts - 1))
    _held(job, state=Job.State.READY, message=message[:500], run_after=now + pause, lease_until=None)


def retry_parked(*, actor: User, job_id: int) -> None:
    """Give a parked job five more tries; an operator has read its reason."""
    del actor  # the operator's command leaves its own event
    Job.objects.filter(pk=job_id, state=Job.State.PARKED).update(
        state=Job.State.READY, attempts=0, run_after=clock.now(), message=""
    )


def sweep_done(*, now: dt.datetime) -> int:
    """Forget jobs that were done a month ago; parked ones wait for a person. Return how many went away."""
    return Job.objects.filter(state=Job.State.DONE, finished_at__lt=now - KEPT).delete()[0]


@transaction.atomic
def take_turn(*, name: str, moment: dt.datetime) -> bool:
    """Say yes once for each scheduled `moment` of `name`, however many schedulers ask."""
    cursor, _ = Cursor.objects.select_for_update().get_or_create(name=f"schedule:{name}")
    if cursor.at is not None and cursor.at >= moment:
        return False
    cursor.at = moment
    cursor.save(update_fields=["at"])
    return True


def close_turn(*, name: str) -> None:
    """Say that what began with a turn has ended, so that the next one may begin at any moment."""
    Cursor.objects.filter(name=f"schedule:{name}").update(at=None)


def note_probe(*, name: str, moment: dt.datetime) -> None:
    """Write one small row and commit: can this installation still write?"""
    Cursor.objects.update_or_create(name=f"probe:{name}", defaults={"at": moment})


def _held(job: Job, **values: Any) -> None:
    held = Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING)
    if not held.update(**values):
        message = "这项后台任务已由别的进程接手"
        raise Conflict(message, code="lease_lost")
    for name, value in values.items():
        setattr(job, name, value)
