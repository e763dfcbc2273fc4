"""Which function does which kind of job. A handler gets the job and returns what to keep as its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dugai.disclosure.services_release import REFRESH_JOB
from dugai.evidence import services_look
from dugai.evidence.services import LOOK_JOB
from dugai.files import leftovers, services_upload
from dugai.intake import services_reading
from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.journal import sequencing
from dugai.kernel import clock, planner
from dugai.ledger import services_sample, standing, tallies
from dugai.management import handlers_upkeep, portal
from dugai.management.beating import beating
from dugai.notices import services as notices
from dugai.notices import services_delivery, services_reminder, services_webhook
from dugai.people import services_answer, services_pace, services_retention
from dugai.progress import services_round_later
from dugai.staging import services_large

SEND = "notices.send"
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
    """Forget what may be forgotten, as old answers and finished jobs; let the database count its tables."""
    del job
    now = clock.now()
    return {
        "answers": services_answer.sweep_answers(),
        "uploads": services_upload.sweep_uploads(now=now),
        "minutes": services_pace.sweep_minutes(now=now),
        "attempts": services_retention.forget_attempts(now=now),
        "jobs": jobs.sweep_done(now=now),
        "leftovers": leftovers.sweep(now),
        "statistics": planner.refresh(),
    }


def deliver_notices(job: Job) -> dict[str, Any]:
    """Tell people what the journal has for them."""
    del job
    return {"messages": notices.deliver()}


def send_deliveries(job: Job) -> dict[str, Any]:
    """Send what waits by mail and to robots."""
    del job
    return {"sent": services_delivery.send_waiting()}


def queue_digests(job: Job) -> dict[str, Any]:
    """Write down today's digests."""
    del job
    return {"digests": services_delivery.queue_digests()}


def remind(job: Job) -> dict[str, Any]:
    """Write what comes due into the journal."""
    del job
    return {"reminders": services_reminder.remind()}


def enqueue_webhooks(job: Job) -> dict[str, Any]:
    """Make a job for everything other systems are to be told."""
    del job
    return {"deliveries": services_webhook.enqueue_news()}


def tell_webhook(job: Job) -> dict[str, Any]:
    """Tell one other system of one event."""
    values = job.arguments
    return services_webhook.tell(
        webhook_id=values["webhook"], event_id=values["event"], test=bool(values.get("test"))
    )


def read_import(job: Job) -> dict[str, Any]:
    """Read a large workbook into proposals."""
    return services_large.read_batch(job)


def accept_import(job: Job) -> dict[str, Any]:
    """Write the good rows of a large workbook."""
    return services_large.accept_batch(job)


def lay_out_round(job: Job) -> dict[str, Any]:
    """Lay a large round out."""
    return services_round_later.lay_out(job)


def close_round(job: Job) -> dict[str, Any]:
    """Close a large round."""
    return services_round_later.close(job)


def look_into_file(job: Job) -> dict[str, Any]:
    """Read what one file says of itself, and draw its small pictures."""
    return {"state": services_look.look_into(actor=None, sha256=job.arguments["blob"])}


def read_document(job: Job) -> dict[str, Any]:
    """Read a document that came in; the lease is prolonged while the cage works."""
    if job.asked_by is None:
        message = "a document is read for the person who brought it"
        raise ValueError(message)
    with beating(job):
        return services_reading.run_reading(actor=job.asked_by, document_id=job.arguments["document"])


HANDLERS: dict[str, Handler] = {
    "ledger.roll_day": roll_day,
    "ledger.fold_tallies": fold_tallies,
    "ledger.sample_day": sample_day,
    "journal.append": append_leaves,
    "journal.seal_day": seal_day,
    "housekeeping": sweep,
    "notices.deliver": deliver_notices,
    "notices.digest": queue_digests,
    "notices.remind": remind,
    SEND: send_deliveries,
    "webhooks.enqueue": enqueue_webhooks,
    services_webhook.JOB: tell_webhook,
    **handlers_upkeep.HANDLERS,
    REFRESH_JOB: portal.refresh,
    LOOK_JOB: look_into_file,
    services_reading.JOB: read_document,
    services_large.READ: read_import,
    services_large.ACCEPT: accept_import,
    services_round_later.LAY_OUT: lay_out_round,
    services_round_later.CLOSE: close_round,
}
# They wait for another machine, go batch by batch, or open their own transaction; one around the whole would
# hold up every writer and hide how far they are. What they do twice has one effect.
WITHOUT_TRANSACTION = frozenset(
    {
        *handlers_upkeep.HANDLERS,
        services_webhook.JOB,
        SEND,
        REFRESH_JOB,
        LOOK_JOB,
        services_reading.JOB,
        services_large.READ,
        services_large.ACCEPT,
        services_round_later.LAY_OUT,
        services_round_later.CLOSE,
        "journal.append",
        "journal.seal_day",
        "webhooks.enqueue",
    }
)
