"""The demo is built through the services: what it leaves behind verifies, and the seed decides all of it."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
import time_machine
from django.db import transaction

from dugai.disclosure import catalogue
from dugai.disclosure import queries_figure as figures
from dugai.evidence.models import Evidence
from dugai.kernel import clock
from dugai.ledger.models import ChangeRequest, Milestone, PlanVersion, Problem, Task
from dugai.management.demo import build
from dugai.management.demo.places import SCALES
from dugai.management.verification import verify
from dugai.people.models import Organisation, User
from dugai.progress.models import Report, Round

pytestmark = pytest.mark.django_db

WHY = "the test counts everything"
TINY = dataclasses.replace(SCALES["office"], counties=2, problems=10, months=1)
MID_MONTH = "2026-06-18T09:00:00+08:00"


def counted() -> dict[str, object]:
    """Count what the demo made, by state."""

    def states(model, column: str) -> Counter[str]:
        return Counter(model.objects.unscoped(WHY).values_list(column, flat=True))

    return {
        "organisations": Organisation.objects.count(),
        "people": User.objects.count(),
        "problems": states(Problem, "lamp"),
        "tasks": states(Task, "lamp"),
        "progress": states(Task, "progress"),
        "rounds": sorted(Round.objects.unscoped(WHY).values_list("title", "state", "total")),
        "reports": states(Report, "state"),
        "changes": Counter(ChangeRequest.objects.values_list("state", flat=True)),
        "evidence": states(Evidence, "state"),
        "plans": Counter(PlanVersion.objects.values_list("state", flat=True)),
    }


@pytest.fixture
def tiny(db) -> dict[str, object]:
    """A demo of one city and two counties in the middle of a month."""
    with time_machine.travel(MID_MONTH, tick=False):
        build.build(TINY, 7, build.silent)
    return counted()


def test_the_demo_holds_every_state_and_verifies(tiny):
    assert {"adopted", "submitted", "owed"} <= set(tiny["reports"])
    assert [(title, state) for title, state, _ in tiny["rounds"]] == [
        ("2026年5月中央督察整改调度", "closed"),
        ("2026年6月调度", "open"),
        ("涉水问题专项调度", "open"),
    ]
    assert tiny["changes"] == {"approved": 1, "returned": 1, "requested": 1}
    assert set(tiny["plans"]) == {"superseded", "approved"}
    assert tiny["evidence"] == {"accepted": 21, "pending": 2, "returned": 1}
    assert Task.objects.unscoped(WHY).exclude(parent=None).exists()
    assert Milestone.objects.filter(name="主体工程完工").exists()
    closed = Round.objects.unscoped(WHY).get(state="closed")
    assert closed.figures["owed"] == closed.total
    report = verify(("journal", "rows", "tallies"))
    assert report.findings == []
    with time_machine.travel(MID_MONTH, tick=False):
        office = User.objects.get(username="sheng-jingban")
        sheet = figures.sheet(office, office.organisation.parent, clock.today().replace(day=1))
        assert all(sheet.value(code).shown for code in catalogue.CATALOGUE)


def test_a_second_call_builds_nothing_more(tiny):
    assert build.ensure(scale="office") == build.accounts()
    assert counted() == tiny


def test_the_clock_is_given_back(tiny):
    with time_machine.travel(MID_MONTH, tick=False):
        assert clock.today().isoformat() == "2026-06-18"


def test_the_same_seed_gives_the_same_counts(db):
    found = []
    for _ in range(2):
        with time_machine.travel(MID_MONTH, tick=False), transaction.atomic():
            build.build(TINY, 7, build.silent)
            found.append(counted())
            transaction.set_rollback(True)
    assert found[0] == found[1]
