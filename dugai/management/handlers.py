"""Which function does which kind of job. A handler gets the job and returns what to keep as its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dugai.evidence import services_look
from dugai.evidence.services import LOOK_JOB
from dugai.files import services_upload
from dugai.jobs.models import Job
from dugai.journal import sequencing
from dugai.kernel import clock, planner
from dugai.ledger import services_sample, standing, tallies
from dugai.notices import services as notices
from dugai.notices import services_webhook
from dugai.people import services_answer

Handler = Callable[[Job], dict[str, Any]]


def roll_day(job: Job) -> dict[str, Any]:
    """Bring every lamp to today."""
    del job
    return {"changed": standing.roll_day(clock.today())}


def fold_tallies(job: Job) -> dict[str, Any]:
    """Fold the roll-up rows of each key into one."""
    del job
    return {"folded": tallies.fold()}


def sample_day(job: Job) -> dict[str, Any]:
    """Keep today's counts for the trend."""
    del job
    return {"rows": services_sample.sample_day(clock.today())}


def append_leaves(job: Job) -> dict[str, Any]:
    """Give waiting events their leaves and sign the tree."""
    del job
    count = sequencing.append_all()
    sequencing.sign_head()
    return {"appended": count}


def seal_day(job: Job) -> dict[str, Any]:
    """Let the tree as it is now stand for the day."""
    del job
    root = sequencing.seal_day()
    return {"day": root.day.isoformat(), "root": root.head.sha256} if root else {}


def sweep(job: Job) -> dict[str, Any]:
    """Forget what may be forgotten, kept answers older than a week; let the database count its tables."""
    del job
    return {
        "answers": services_answer.sweep_answers(),
        "uploads": services_upload.sweep_uploads(now=clock.now()),
        "statistics": planner.refresh(),
    }


def deliver_notices(job: Job) -> dict[str, Any]:
    """Tell people what the journal has for them."""
    del job
    return {"messages": notices.deliver()}


def enqueue_webhooks(job: Job) -> dict[str, Any]:
    """Make a job for everything other systems are to be told."""
    del job
    return {"deliveries": services_webhook.enqueue_news()}


def tell_webhook(job: Job) -> dict[str, Any]:
    """Tell one other system of one event."""
    values = job.arguments
    return services_webhook.tell(webhook_id=values["webhook"], event_id=values["event"])


def look_into_file(job: Job) -> dict[str, Any]:
    """Read what one file says of itself, and draw its small pictures."""
    return {"state": services_look.look_into(actor=None, sha256=job.arguments["blob"])}


HANDLERS: dict[str, Handler] = {
    "ledger.roll_day": roll_day,
    "ledger.fold_tallies": fold_tallies,
    "ledger.sample_day": sample_day,
    "journal.append": append_leaves,
    "journal.seal_day": seal_day,
    "housekeeping": sweep,
    "notices.deliver": deliver_notices,
    "webhooks.enqueue": enqueue_webhooks,
    services_webhook.JOB: tell_webhook,
    LOOK_JOB: look_into_file,
}
# They wait for another machine or process, and a transaction that waits would hold up every writer.
WITHOUT_TRANSACTION = frozenset({services_webhook.JOB, LOOK_JOB})
