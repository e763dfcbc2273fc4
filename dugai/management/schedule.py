"""What happens by the clock: name, cron text in Asia/Shanghai, and the kind of job it enqueues."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from croniter import croniter

from dugai.jobs import services as jobs
from dugai.kernel import clock


@dataclass(frozen=True)
class Entry:
    """One line of the timetable."""

    name: str
    cron: str
    kind: str


TIMETABLE = (
    Entry("roll_day", "0 0 * * *", "ledger.roll_day"),
    Entry("fold_tallies", "*/10 * * * *", "ledger.fold_tallies"),
    Entry("sample_day", "10 0 * * *", "ledger.sample_day"),
    Entry("append_leaves", "* * * * *", "journal.append"),
    Entry("seal_day", "5 0 * * *", "journal.seal_day"),
    Entry("housekeeping", "30 3 * * *", "housekeeping"),
    Entry("deliver_notices", "* * * * *", "notices.deliver"),
    Entry("remind", "0 6 * * *", "notices.remind"),
    Entry("queue_digests", "30 7 * * *", "notices.digest"),
    Entry("send_deliveries", "* * * * *", "notices.send"),
    Entry("refresh_portal", "* * * * *", "portal.refresh"),
    Entry("backup", "15 * * * *", "upkeep.backup"),
    Entry("drill", "45 2 * * 0", "upkeep.drill"),
    Entry("scrub", "*/10 * * * *", "upkeep.scrub"),
    Entry("verify", "15 4 * * 6", "upkeep.verify"),
    Entry("enqueue_webhooks", "* * * * *", "webhooks.enqueue"),
)


def last_moment(entry: Entry, now: dt.datetime) -> dt.datetime:
    """Return the latest moment at or before `now` at which `entry` was due."""
    found: dt.datetime = croniter(entry.cron, clock.local(now) + dt.timedelta(seconds=1)).get_prev(
        dt.datetime
    )
    return found.astimezone(dt.UTC)


def tick(now: dt.datetime) -> list[str]:
    """Enqueue what is due, each moment once over all schedulers; a missed moment is made up once."""
    started = []
    for entry in TIMETABLE:
        moment = last_moment(entry, now)
        if jobs.take_turn(name=entry.name, moment=moment):
            jobs.enqueue(actor=None, kind=entry.kind, key=entry.name)
            started.append(entry.name)
    return started
