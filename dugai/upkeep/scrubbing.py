"""`dugai scrub`: every file hashed again, slowly and from where the last run stopped (promise E1, fault F18).

A pass begins at a moment kept in a cursor; a blob is due while it was not read since. Killed and started
again, it goes on with what is still due.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q

from dugai.files import services_care, store
from dugai.files.models import Blob
from dugai.jobs import services as jobs
from dugai.jobs.models import Cursor
from dugai.kernel import clock
from dugai.upkeep import services
from dugai.upkeep.states import RunKind
from dugai.upkeep.tables import silent

Tell = Callable[[str, int, int], None]
log = logging.getLogger("dugai.upkeep")
TURN = "scrub_pass"
"""Not the name of the timetable's entry: a pass that ended would make the timetable begin at once again."""
BATCH = 100
DAMAGED, MISSING, SWAPPED = "内容已损坏", "不见了", "被换成了另一个文件"


@dataclass
class Scrubbed:
    """What one run read, and each file that is not what it should be: digest and what is wrong with it."""

    finished: bool = False
    read: int = 0
    size: int = 0
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> list[str]:
        """Return the wrong files in sentences."""
        return [f"文件 {sha256} {what}" for sha256, what in sorted(self.wrong.items())]


def scrub(
    *,
    by: str,
    rate: int = 0,
    until: float | None = None,
    tell: Tell = silent,
    pause: Callable[[float], None] = time.sleep,
) -> Scrubbed:
    """Finish the present pass over all files and keep its record; `rate` in bytes a second, 0 for no limit.

    With `until` (on the monotonic clock) it stops there, and the next call goes on.
    """
    began = clock.now()
    since = _begin_pass()
    done = Scrubbed()
    actor = services.system_account()
    total = Blob.objects.count()
    clock_began = time.monotonic()
    while until is None or time.monotonic() < until:
        due = list(
            Blob.objects.filter(_due(since))
            .order_by("sha256")
            .values_list("sha256", "size", "damaged_at")[:BATCH]
        )
        if not due:
            done.finished = True
            break
        whole = []
        for sha256, size, damaged_at in due:
            what = look(sha256)
            if what:
                done.wrong[sha256] = what
                services_care.mark_damaged(actor=actor, sha256=sha256, finding=what)
                log.error("file damaged", extra={"kind": what, "code": sha256[:16]})
            else:
                whole.append(sha256)
                if damaged_at:
                    services_care.mark_whole(actor=actor, sha256=sha256, reason="巡检时已完好")
            done.read += 1
            done.size += size
            if rate:
                pause(max(0.0, done.size / rate - (time.monotonic() - clock_began)))
        services_care.mark_checked(digests=whole)
        tell("巡检文件", total - Blob.objects.filter(_due(since)).count(), total)
    if not done.finished:
        return done
    damaged = Blob.objects.exclude(damaged_at=None).values_list("sha256", flat=True)
    done.wrong |= {sha256: look(sha256) for sha256 in damaged if sha256 not in done.wrong}  # earlier slices'
    wrong = len(done.wrong)
    services.note_run(
        actor=actor,
        kind=RunKind.SCRUB,
        by=by,
        started_at=began,
        holds=wrong == 0,
        summary=f"共 {total} 个文件，本次读 {done.read} 个，损坏、缺失或被换 {wrong} 个",
        result={"files": total, "read": done.read, "bytes": done.size, "wrong": wrong},
    )
    jobs.close_turn(name=TURN)
    return done


def is_open() -> bool:
    """Say whether a pass has begun and not ended."""
    return Cursor.objects.filter(name=f"schedule:{TURN}").exclude(at=None).exists()


def look(sha256: str) -> str:
    """Return what is wrong with the bytes under a digest's name; empty when nothing is."""
    there = store.digest_of(sha256)
    if there == sha256:
        return ""
    if there is None:
        return MISSING
    return SWAPPED if Blob.objects.filter(sha256=there).exists() else DAMAGED


def _begin_pass() -> object:
    """Return the moment the unfinished pass began, or begin one now."""
    found = Cursor.objects.filter(name=f"schedule:{TURN}").first()
    if found is None or found.at is None:
        jobs.take_turn(name=TURN, moment=clock.now())
        found = Cursor.objects.get(name=f"schedule:{TURN}")
    return found.at


def _due(since: object) -> Q:
    return Q(checked_at=None) | Q(checked_at__lt=since)
