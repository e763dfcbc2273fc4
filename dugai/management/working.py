"""One worker: claims jobs, runs them, keeps the timetable. Several may run side by side."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress

from django.db import close_old_connections, transaction

from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, DomainError
from dugai.management import schedule
from dugai.management.handlers import HANDLERS, WITHOUT_TRANSACTION, Handler

log = logging.getLogger("dugai.jobs")
IDLE_SECONDS = 0.5
TICK_SECONDS = 5.0


def run_one(handlers: Mapping[str, Handler] = HANDLERS) -> Job | None:
    """Run the next job, if any: effect and end in one transaction, a failure back with its reason.

    A job of `WITHOUT_TRANSACTION` may run twice, as one whose worker died does.
    """
    job = jobs.claim(kinds=list(handlers))
    if job is None:
        return None
    try:
        with nullcontext() if job.kind in WITHOUT_TRANSACTION else transaction.atomic():
            result = handlers[job.kind](job)
            jobs.finish(job, result=result)
    except Exception as trouble:
        log.warning("job failed", exc_info=trouble, extra={"job": job.pk, "kind": job.kind})
        reason = (
            trouble.message if isinstance(trouble, DomainError) else f"{type(trouble).__name__}: {trouble}"
        )
        with suppress(Conflict):  # another worker has taken it over: it is theirs to end
            jobs.fail(job, message=reason)
    return job


def work(stop: threading.Event, after_each: Callable[[], None] = close_old_connections) -> None:
    """Work until told to stop."""
    next_tick = 0.0
    while not stop.is_set():
        if time.monotonic() >= next_tick:
            schedule.tick(clock.now())
            next_tick = time.monotonic() + TICK_SECONDS
        if run_one() is None:
            after_each()
            stop.wait(IDLE_SECONDS)
