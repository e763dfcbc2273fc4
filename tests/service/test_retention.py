"""Attempts to sign in are kept 180 days; then their sums by month stand in the journal and nothing else."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.people import services_retention
from dugai.people.models import SignInAttempt
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 1, 19, 30, tzinfo=dt.UTC)


def attempt(days: float, *, succeeded: bool) -> SignInAttempt:
    return SignInAttempt.objects.create(
        at=NOW - dt.timedelta(days=days), username="county_clerk", address="10.1.2.3", succeeded=succeeded
    )


def test_what_is_old_goes_and_its_sums_stay(cast: Cast, settings):
    settings.SIGN_IN_KEPT_DAYS = 180
    for days in (181, 182, 200):
        attempt(days, succeeded=False)
    attempt(200.5, succeeded=True)
    kept = {attempt(179.9, succeeded=True).pk, attempt(1, succeeded=False).pk}
    assert services_retention.forget_attempts(now=NOW) == 4
    assert set(SignInAttempt.objects.values_list("pk", flat=True)) == kept
    body = Event.objects.get(kind="sign_in.attempts_removed").body
    after = json.loads(body)["after"]
    assert after["removed"] == 4
    assert after["months"] == {
        "2026-04": {"failed": 1, "succeeded": 1},
        "2026-05": {"failed": 2},
    }
    assert "10.1.2.3" not in body
    assert "county_clerk" not in body


def test_nothing_old_leaves_no_event(cast: Cast):
    attempt(10, succeeded=True)
    assert services_retention.forget_attempts(now=NOW) == 0
    assert not Event.objects.filter(kind="sign_in.attempts_removed").exists()


def test_a_shorter_time_than_the_law_asks_is_not_taken(tmp_path):
    import subprocess  # noqa: PLC0415  the setting is read once, when a process begins
    import sys  # noqa: PLC0415  the same

    found = subprocess.run(
        [sys.executable, "-c", "from dugai.settings import base; print(base.SIGN_IN_KEPT_DAYS)"],
        env={"DUGAI_SIGN_IN_KEPT_DAYS": "30", "DUGAI_DATA": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "180"


def test_finished_jobs_go_after_a_month_and_parked_ones_stay(cast: Cast):
    for state, days in (("done", 31), ("done", 29), ("parked", 90)):
        Job.objects.create(
            kind="x", state=state, run_after=NOW, created_at=NOW, finished_at=NOW - dt.timedelta(days=days)
        )
    assert jobs.sweep_done(now=NOW) == 1
    assert Job.objects.count() == 2
