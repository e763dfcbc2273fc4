"""A job that waits long for a child keeps its lease: a second thread prolongs it until the work is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.kernel.errors import Conflict

EVERY_SECONDS = 20.0


@contextmanager
def beating(job: Job, every: float = EVERY_SECONDS) -> Iterator[None]:
    """Prolong the lease of `job` every so many seconds while the block runs."""
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(job, every, stop), daemon=True, name=f"job-{job.pk}")
    heart.start()
    try:
        yield
    finally:
        stop.set()
        heart.join()


def _beat(job: Job, every: float, stop: threading.Event) -> None:
    beats = False
    while not stop.wait(every):
        beats = True
        try:
            jobs.heartbeat(job)
        except Conflict:  # another worker has taken it over; `finish` will say so
            break
    if beats:
        connection.close()
