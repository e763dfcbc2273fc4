"""大轮次: a large round is laid out and closed by a worker, while the page says how far it is.

Laying out goes batch by batch and the round remembers how far it came; closing is one transaction and the
round's state lets it happen once. So both jobs may run again after any stop.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.jobs import queries as waiting
from dugai.jobs import services as jobs
from dugai.kernel.errors import DomainError
from dugai.progress import coverage, queries_round, services_round
from dugai.progress.states import RoundState

if TYPE_CHECKING:
    from dugai.jobs.models import Job
    from dugai.people.models import User
    from dugai.progress.models import Round

LAY_OUT, CLOSE = "rounds.lay_out", "rounds.close"
LONG = dt.timedelta(minutes=15)


@transaction.atomic
def call_round(*, actor: User, in_request: int, **values: Any) -> Round:
    """Call a round as `services_round.open_round` does; above `in_request` tasks a worker lays it out."""
    round_ = services_round.open_round(actor=actor, at_once=in_request, **values)
    if round_.state == RoundState.OPENING:
        arguments = {"round": round_.pk, "person": actor.person.pk}
        jobs.enqueue(actor=actor, kind=LAY_OUT, arguments=arguments, key=str(round_.pk))
    return round_


def lay_out(job: Job) -> dict[str, Any]:
    """Lay a job's round out, batch by batch, each with its own transaction."""
    actor, round_ = _asked(job)
    total = coverage.tasks_in_scope(round_.region, round_.filters).count()
    while round_.state == RoundState.OPENING:
        jobs.heartbeat(job, done=round_.total, total=total)
        round_ = services_round.lay_out_round(actor=actor, round_id=round_.pk)
    return {"total": round_.total}


@transaction.atomic
def close_later(*, actor: User, round_id: int, seen_version: int, leave_unreviewed: bool = False) -> Job:
    """Ask a worker to close a round, once; what would be refused at once is refused here."""
    round_, _ = services_round.closable(
        actor=actor, round_id=round_id, seen_version=seen_version, leave_unreviewed=leave_unreviewed
    )
    arguments = {
        "round": round_.pk,
        "person": actor.person.pk,
        "seen_version": seen_version,
        "leave_unreviewed": leave_unreviewed,
    }
    return jobs.enqueue(actor=actor, kind=CLOSE, arguments=arguments, key=str(round_.pk))


def close(job: Job) -> dict[str, Any]:
    """Close a job's round in one transaction; a second run finds it closed."""
    actor, round_ = _asked(job)
    if round_.state == RoundState.CLOSED:
        return {"closed": True}
    jobs.heartbeat(job, lease=LONG)
    try:
        services_round.close_round(
            actor=actor,
            round_id=round_.pk,
            seen_version=job.arguments["seen_version"],
            leave_unreviewed=job.arguments["leave_unreviewed"],
        )
    except DomainError as refusal:
        return {"refused": refusal.message}
    return {"closed": True}


def _asked(job: Job) -> tuple[User, Round]:
    actor = waiting.public_actor(job)
    return actor, queries_round.get_round(actor, job.arguments["round"])
