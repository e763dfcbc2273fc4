"""What the timetable does for the installation: backup, drill, scrub, verify. They may take long."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.kernel import clock
from dugai.kernel.errors import Conflict
from dugai.management import verification
from dugai.upkeep import backup, queries, restoring, scrubbing
from dugai.upkeep.states import RunKind

BY = "定时任务"
BEAT_SECONDS = 20.0
SLICE_SECONDS = 50.0
SCRUB_EVERY = dt.timedelta(days=6)
OFF = {"skipped": "没有设置 DUGAI_BACKUP_TO"}


@contextmanager
def beating(job: Job) -> Iterator[None]:
    """Prolong a job's lease from beside it, however long its work takes."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            with suppress(Conflict):
                jobs.heartbeat(job)
        connection.close()

    beside = threading.Thread(target=beat, daemon=True)
    beside.start()
    try:
        yield
    finally:
        stop.set()
        beside.join()


def back_up(job: Job) -> dict[str, Any]:
    """Make a backup and forget those past the policy, where the site says where to."""
    if not settings.BACKUP_TO:
        return OFF
    with beating(job):
        folder, made = backup.create(Path(settings.BACKUP_TO), by=BY, prune=True)
    return {"backup": folder.name, "files": made.files["count"], "lost": len(made.lost)}


def drill(job: Job) -> dict[str, Any]:
    """Prove that the newest backup can be restored."""
    if not settings.BACKUP_TO:
        return OFF
    with beating(job):
        folder = backup.newest(Path(settings.BACKUP_TO))
        done = restoring.drill(folder, by=BY, url=settings.DRILL_DATABASE)
    return {"backup": folder.name, "holds": done.holds}


def scrub(job: Job) -> dict[str, Any]:
    """Read on for a minute; a new pass begins a week after the last, and others get their turn between."""
    last = queries.public_latest(RunKind.SCRUB)
    if last and clock.now() - last.finished_at < SCRUB_EVERY and not scrubbing.is_open():
        return {"skipped": "本周已巡检"}
    with beating(job):
        until = time.monotonic() + SLICE_SECONDS
        done = scrubbing.scrub(by=BY, rate=settings.SCRUB_RATE << 20, until=until)
    return {"read": done.read, "wrong": len(done.wrong), "finished": done.finished}


def verify(job: Job) -> dict[str, Any]:
    """Verify journal and rows."""
    with beating(job):
        report = verification.verify_and_note(("journal", "rows"), BY)
    return {"holds": report.holds, "findings": report.findings[:5]}


HANDLERS: dict[str, Callable[[Job], dict[str, Any]]] = {
    "upkeep.backup": back_up,
    "upkeep.drill": drill,
    "upkeep.scrub": scrub,
    "upkeep.verify": verify,
}
