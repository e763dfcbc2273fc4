"""Kill -9 of the whole product, over real HTTP: what was acknowledged is there, no act is half done (F01).

Web, worker and timetable of `dugai up` form one process group that dies 0 to 600 ms after it answers,
while three people write and jobs run. The first trial is `dugai up` itself; the others run the same
programs forked from a process that has imported them. After every trial (a) each acknowledged act is
there, (b) an act and the kept answer of its key are both there or neither, (c) the journal, rows and
roll-ups verify, (d) the database's own check is clean, (e) every file has its digest. After the next
start every request without an answer is sent again with its key: it succeeds, and happens once.
At the end (f): one round of housekeeping leaves no temporary file and no lease behind.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
import time_machine
from django.db import connection, connections

from dugai.files import leftovers, store
from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.kernel import clock
from dugai.management import verification, working
from dugai.people.models import Answer as Kept
from dugai.progress import services_round
from dugai.progress.models import Report
from tests.cast import make_cast, make_inspection, make_problem
from tests.fault.errands import DONE, WHY, Errands, Sent
from tests.fault.house import House

TRIALS = int(os.environ.get("DUGAI_TEST_KILLS", "20"))
"""On each of the two engines: forty together; `DUGAI_TEST_KILLS=500` for a night."""
LONGEST = 0.6
REPORTS = 8
KINDS = ("journal.append", "notices.deliver", "ledger.fold_tallies", "ledger.roll_day", "housekeeping")
ACTS = {"problems", "split", "milestones", "attachments", "submit", "withdraw", "imports", "accept"}
HEAVY = 10
"""Every tenth trial and the last read everything again; the others only what the trial wrote."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True)
def test_the_whole_product_killed_at_any_moment_loses_nothing(tmp_path: Path, settings):
    settings.DATA, settings.FILES_ROOT = tmp_path, tmp_path / "files"
    cast = make_cast()
    inspection = make_inspection(cast)
    for number in range(1, REPORTS + 1):
        make_problem(cast, inspection, number)
    round_ = services_round.open_round(actor=cast.city_clerk, kind="monthly", region=cast.city)
    reports = list(Report.objects.unscoped(WHY).select_related("task").filter(round=round_).order_by("pk"))
    errands = Errands(cast, reports)
    draw = random.Random()
    seed = draw.randrange(1 << 32)
    draw.seed(seed)
    house = House(tmp_path, DUGAI_API_PER_MINUTE="0")  # three people ask for thirty here
    unanswered: list[Sent] = []
    try:
        for trial in range(1, TRIALS + 1):
            where = f"seed {seed}, trial {trial}"
            for kind in KINDS:
                jobs.enqueue(actor=None, kind=kind, key=f"trial-{trial}")
            house.start(cold=trial == 1)
            house.wait(errands.secrets["city_clerk"])
            send_again(house, unanswered, errands.sent, draw, where)
            first = len(errands.sent)
            threads = [
                threading.Thread(target=until_dead, args=(errands, house, errand))
                for errand in errands.everybody(trial)
            ]
            for thread in threads:
                thread.start()
            while (
                trial == 1 and not acts(errands) >= ACTS
            ):  # once, each act is seen to succeed before the kill
                assert any(thread.is_alive() for thread in threads), "an act was refused"
                time.sleep(0.02)
            time.sleep(draw.uniform(0, LONGEST))
            house.kill()
            for thread in threads:
                thread.join()
            new = errands.sent[first:]
            unanswered = [request for request in new if request.answer is None]
            check_acts(new, where)
            if trial % HEAVY == 0 or trial == TRIALS:
                check_everything(where)
    finally:
        house.kill()
        house.close()
    check_leftovers(tmp_path)


def acts(errands: Errands) -> set[str]:
    """Return which acts have been acknowledged."""
    return {request.path.rsplit("/", 1)[-1] for request in list(errands.sent) if request.answer}


def until_dead(errands: Errands, house: House, errand) -> None:
    """Do one errand in a thread of its own."""
    try:
        errands.run(house, errand)
    finally:
        connections.close_all()


def send_again(
    house: House, unanswered: list[Sent], sent: list[Sent], draw: random.Random, where: str
) -> None:
    """Send what had no answer again, and something that had one: one effect, the same answer."""
    for request in unanswered:
        had = request.kept()
        request.answer = request.send(house)
        assert request.answer.status in DONE, (where, request.path, request.answer)
        assert ("Idempotent-Replay" in request.answer.headers) == had, (where, request.path)
    check_acts(unanswered, where)
    for request in draw.sample(sent, min(3, len(sent))):
        again = request.send(house)
        assert request.answer is not None
        assert (again.status, again.body) == (request.answer.status, request.answer.body), (
            where,
            request.path,
        )


def check_acts(requests: list[Sent], where: str) -> None:
    """Hold each act against its answer: (a) and (b)."""
    for request in requests:
        assert request.answer is None or request.answer.status in DONE, (where, request.path, request.answer)
        there, kept = request.effect(), request.kept()
        assert there == kept, (where, request.path, request.key, there, kept)
        assert there or request.answer is None, (where, request.path, request.key)
    assert not Kept.objects.filter(status=0).exists(), where


def check_everything(where: str) -> None:
    """Read the whole database and every file: (c), (d) and (e)."""
    report = verification.verify(("journal", "rows", "tallies", "files"))
    assert report.findings == [], where
    if connection.vendor == "sqlite":
        connection.close()  # a new connection reads the file as it is, not what the old one remembers of it
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",), where
    else:
        check_indexes()


def check_indexes() -> None:
    """Let PostgreSQL compare every index of ours with its table (what pg_amcheck does)."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        cursor.execute(
            "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND i.indisvalid "
            "AND c.relnamespace = 'public'::regnamespace"
        )
        assert len(cursor.fetchall()) > 100


def check_leftovers(place: Path) -> None:
    """One housekeeping run and the worker's own way with lost leases leave nothing behind: (f)."""
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        while working.run_one() is not None:
            pass
        leftovers.sweep(clock.now())
    assert not list(store.incoming().glob("*")), "an upload half written"
    assert not [left.name for left in place.iterdir() if left.name.startswith("dugai-")]
    states = Counter(Job.objects.values_list("state", flat=True))
    assert set(states) == {Job.State.DONE}, list(Job.objects.exclude(state=Job.State.DONE).values())
