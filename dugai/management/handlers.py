"""Which function does which kind of job. A handler gets the job and returns what to keep as its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dugai.jobs.models import Job
from dugai.kernel import clock
from dugai.ledger import standing, tallies

Handler = Callable[[Job], dict[str, Any]]


def roll_day(job: Job) -> dict[str, Any]:
    """Bring every lamp to today."""
    del job
    return {"changed": standing.roll_day(clock.today())}


def fold_tallies(job: Job) -> dict[str, Any]:
    """Fold the roll-up rows of each key into one."""
    del job
    return {"folded": tallies.fold()}


HANDLERS: dict[str, Handler] = {
    "ledger.roll_day": roll_day,
    "ledger.fold_tallies": fold_tallies,
}
