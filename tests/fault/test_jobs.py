"""Jobs under trouble: a poison job is parked and harms nobody; a lost lease cannot finish (F14)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.kernel import clock
from dugai.kernel.errors import Conflict
from dugai.management import schedule, working

pytestmark = pytest.mark.django_db


def explode(job: Job) -> dict[str, object]:
    raise ValueError(f"第 {job.attempts} 次")


HANDLERS = {"poison": explode, "healthy": lambda job: {"n": job.arguments["n"]}}


def test_a_poison_job_is_parked_with_its_reason_and_a_hundred_healthy_ones_finish():
    start = dt.datetime(2026, 5, 18, 9, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clockwork:
        jobs.enqueue(actor=None, kind="poison")
        for number in range(100):
            jobs.enqueue(actor=None, kind="healthy", arguments={"n": number})
        waits = []
        for _ in range(40):
            while working.run_one(HANDLERS):
                pass
            poison = Job.objects.get(kind="poison")
            if poison.state == Job.State.PARKED:
                break
            waits.append(poison.run_after - clock.now())
            clockwork.move_to(poison.run_after)
    assert Job.objects.filter(kind="healthy", state=Job.State.DONE).count() == 100
    assert (poison.state, poison.attempts) == (Job.State.PARKED, 5)
    assert "第 5 次" in poison.message
    assert [wait.seconds for wait in waits] == [5, 10, 20, 40]
    assert working.run_one(HANDLERS) is None


def test_a_job_of_a_killed_worker_is_taken_over_and_the_old_worker_cannot_finish_it():
    jobs.enqueue(actor=None, kind="healthy", arguments={"n": 1})
    first = jobs.claim(kinds=["healthy"])
    assert first is not None
    assert jobs.claim(kinds=["healthy"]) is None
    with time_machine.travel(clock.now() + jobs.LEASE + dt.timedelta(seconds=1)):
        second = jobs.claim(kinds=["healthy"])
        assert second is not None
        assert (second.pk, second.fence) == (first.pk, first.fence + 1)
        with pytest.raises(Conflict):
            jobs.finish(first)
        jobs.finish(second, result={"n": 1})
    assert Job.objects.get().state == Job.State.DONE


def test_an_open_twin_is_not_enqueued_again():
    first = jobs.enqueue(actor=None, kind="healthy", key="day")
    assert jobs.enqueue(actor=None, kind="healthy", key="day") == first


def test_each_moment_of_the_timetable_comes_once_however_many_ask():
    now = dt.datetime(2026, 5, 18, 16, 0, 30, tzinfo=dt.UTC)  # half a minute past midnight in Shanghai
    assert "roll_day" in schedule.tick(now)
    assert schedule.tick(now) == []
    assert "roll_day" not in schedule.tick(now + dt.timedelta(hours=23))
    assert "roll_day" in schedule.tick(now + dt.timedelta(days=1))
