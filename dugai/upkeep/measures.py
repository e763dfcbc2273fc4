"""`/metrics`: the signals of promise E6 in Prometheus' text format; listed in docs/reference/metrics.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count

from dugai.files import store
from dugai.files.models import Blob
from dugai.jobs.models import Cursor, Job
from dugai.journal.models import DailyRoot, Event, Pending, Sequencer, TreeHead
from dugai.kernel import clock
from dugai.notices.services import CURSOR
from dugai.upkeep import queries, tally
from dugai.upkeep.states import RunKind

NEVER = -1
"""What an age says of something that has not happened yet."""
AGES: tuple[tuple[str, tuple[RunKind, ...], bool | None, str], ...] = (
    ("hours_since_verified_restore", (RunKind.RESTORE, RunKind.DRILL), True, "a restore or drill that held"),
    ("hours_since_backup", (RunKind.BACKUP,), True, "a backup that held"),
    ("hours_since_scrub", (RunKind.SCRUB,), None, "all files were hashed"),
    ("hours_since_verify", (RunKind.VERIFY,), None, "the journal was verified"),
)
REFUSALS = frozenset({"403", "404", "409", "422", "429"})
Line = tuple[str, dict[str, str], float]


def text() -> str:
    """Return all measures as one page of text."""
    lines: list[str] = []
    for name, kind, help_, values in (*_requests(), *_database(), *_host()):
        lines += [f"# HELP dugai_{name} {help_}", f"# TYPE dugai_{name} {kind}"]
        for suffix, labels, value in values:
            listed = ",".join(f'{label}="{_escaped(word)}"' for label, word in labels.items())
            lines.append(f"dugai_{name}{suffix}" + (f"{{{listed}}}" if listed else "") + f" {float(value)!r}")
    return "\n".join(lines) + "\n"


Measure = tuple[str, str, str, list[Line]]


def _requests() -> Iterator[Measure]:
    counted = tally.total()
    requests: list[Line] = []
    seconds: list[Line] = []
    for (what, *rest), number in sorted(counted.items()):
        if what == "requests":
            route, method, status = rest
            requests.append(("_total", {"route": route, "method": method, "status": status}, number))
        elif what == "bucket":
            seconds.append(("_bucket", {"route": rest[0], "le": rest[1]}, number))
        elif what == "count":
            seconds.append(("_bucket", {"route": rest[0], "le": "+Inf"}, number))
            seconds.append(("_count", {"route": rest[0]}, number))
        else:
            seconds.append(("_sum", {"route": rest[0]}, number / 1_000_000))
    refusals = sum(value for _, labels, value in requests if labels["status"] in REFUSALS)
    errors = sum(value for _, labels, value in requests if labels["status"].startswith("5"))
    yield "requests", "counter", "answered requests by route, method and status", requests
    yield "request_seconds", "histogram", "time to answer by route", seconds
    yield "refusals", "counter", "answers 403, 404, 409, 422 and 429", [("_total", {}, refusals)]
    yield "errors", "counter", "answers 500 and above", [("_total", {}, errors)]


def _database() -> Iterator[Measure]:
    now = clock.now()
    locked = Event.objects.filter(kind="sign_in.locked").count()
    yield "lockouts", "counter", "accounts locked after wrong passwords", [("_total", {}, locked)]
    states = dict(Job.objects.values_list("state").annotate(n=Count("pk")).order_by())
    yield (
        "jobs",
        "gauge",
        "jobs by state",
        [("", {"state": state}, states.get(state, 0)) for state in Job.State.values],
    )
    oldest = Job.objects.filter(state=Job.State.READY, run_after__lte=now).order_by("run_after").first()
    waited = _age(oldest.run_after, now) if oldest else 0
    yield _plain("queue_age_seconds", "age of the oldest job whose time has come", waited)
    pending = Pending.objects.count()
    leaves = Sequencer.objects.values_list("size", flat=True).first() or 0
    told = Cursor.objects.filter(name=CURSOR).values_list("position", flat=True).first() or 0
    yield _plain("notice_lag_events", "events no message was made from yet", max(0, leaves - told) + pending)
    yield _plain("journal_pending_events", "events that wait for their leaf", pending)
    head = TreeHead.objects.order_by("-size").first()
    yield _plain(
        "journal_head_age_seconds", "age of the last signed head", _age(head.at if head else None, now)
    )
    day = DailyRoot.objects.select_related("head").order_by("-day").first()
    yield _plain(
        "journal_root_age_seconds", "age of the last daily root", _age(day.head.at if day else None, now)
    )
    for name, kinds, holds, help_ in AGES:
        run = queries.public_latest(*kinds, holds=holds)
        hours = NEVER if run is None else round((now - run.finished_at).total_seconds() / 3600, 2)
        yield _plain(name, f"hours since {help_}, -1 for never", hours)
    damaged = Blob.objects.exclude(damaged_at=None).count()
    yield _plain("damaged_files", "files found damaged, missing or swapped", damaged)
    last = queries.public_latest(RunKind.VERIFY)
    yield _plain(
        "verify_holds", "did the last verification hold, -1 for never", NEVER if last is None else last.holds
    )


def _host() -> Iterator[Measure]:
    places = {"data": Path(settings.DATA)} | ({"files": store.root()} if store.is_local() else {})
    free: list[Line] = [
        ("", {"place": name}, store.free_space(place)[0]) for name, place in places.items() if place.exists()
    ]
    yield "free_bytes", "gauge", "free bytes of a file system", free
    if connection.vendor == "sqlite":
        wal = Path(f"{connection.settings_dict['NAME']}-wal")
        yield _plain(
            "wal_bytes", "size of SQLite's write-ahead log", wal.stat().st_size if wal.exists() else 0
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_ls_waldir()', 'EXECUTE')")
        if cursor.fetchone()[0]:  # needs the role pg_monitor
            cursor.execute("SELECT COALESCE(sum(size), 0) FROM pg_ls_waldir()")
            yield _plain("wal_bytes", "size of PostgreSQL's write-ahead log", int(cursor.fetchone()[0]))
        cursor.execute(
            "SELECT application_name, COALESCE(EXTRACT(EPOCH FROM replay_lag), 0), sync_state "
            "FROM pg_stat_replication"
        )
        lag = [
            ("", {"standby": name, "sync": state}, float(seconds))
            for name, seconds, state in cursor.fetchall()
        ]
        yield "replication_lag_seconds", "gauge", "how far each standby is behind", lag


def _plain(name: str, help_: str, value: float) -> Measure:
    return name, "gauge", help_, [("", {}, value)]


def _age(moment: dt.datetime | None, now: dt.datetime) -> float:
    return NEVER if moment is None else round((now - moment).total_seconds(), 1)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
