"""Two people at once on the way to closing: one succeeds, the other is told; numbers have no gap (C01–C03, C07)."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connections

from dugai.acceptance import services_again, services_apply, services_close
from dugai.acceptance.models import ClosureEntry, SiteVisit, Verification, VisitPhoto
from dugai.journal.models import Event
from dugai.kernel.errors import DomainError
from dugai.ledger.models import Problem
from tests import closeout as way
from tests.cast import Cast, make_cast, make_inspection, make_problem
from tests.closeout import day, fresh

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = int(os.environ.get("DUGAI_TEST_PAIRS", "2"))
NUMBERED = int(os.environ.get("DUGAI_TEST_NUMBERED", "8"))
WAIT = 60
TRIES = 20


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run acts in threads that start together; return for each `done` or the name of its refusal."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            gate.wait(WAIT)
            patiently(act)
        except DomainError as refusal:
            return type(refusal).__name__
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def patiently(act: Callable[[], Any]) -> None:
    """Try again when the database was too busy to give a lock in its three seconds, as a client does on 503."""
    for left in reversed(range(TRIES)):
        try:
            act()
        except OperationalError:
            if not left:
                raise
        else:
            return


@pytest.fixture
def cast(transactional_db) -> Cast:
    return make_cast()


@pytest.fixture
def problems(cast: Cast) -> Callable[[], Problem]:
    inspection, numbers = make_inspection(cast), iter(range(1, 1000))
    return lambda: make_problem(cast, inspection, number=next(numbers))


TWICE: dict[str, tuple[str, int, Callable[[Cast, Any], Any]]] = {
    "check": ("applied", 2, way.check),
    "visit": ("checked_papers", 2, way.go),
    "sign": ("checked", 3, lambda cast, case: way.sign(cast, case, "sign_city", "city_reviewer")),
    "publish": ("verified", 5, way.publish),
    "propose": ("in_notice", 14, way.propose),
    "close": ("proposed", 15, lambda cast, case: way.close(cast, case.proposals.get())),
}


@pytest.mark.parametrize("name", TWICE)
def test_each_act_happens_once(cast: Cast, problems: Callable[[], Problem], name: str):
    stage, at, act = TWICE[name]
    for _ in range(PAIRS):
        problem = problems()
        case = way.bring(cast, problem, stage)
        with time_machine.travel(day(at), tick=False):
            if name == "visit":
                way.snap(cast, case)
            outcomes = Counter(at_once(partial(act, cast, case), partial(act, cast, case)))
        told = outcomes["Refused"] + outcomes["Conflict"]
        # The same visit sent twice is answered twice and recorded once.
        assert (outcomes["done"], told) == ((2, 0) if name == "visit" else (1, 1)), outcomes
        versions = Event.objects.filter(subject_type="closeout_case", subject_id=case.pk).count()
        assert fresh(case).version == versions
        steps = list(Verification.objects.filter(case=case).values_list("step", flat=True))
        assert len(steps) == len(set(steps))
    assert SiteVisit.objects.filter(draft_key="v1").count() <= VisitPhoto.objects.count()


def test_different_acts_on_one_case_end_as_one_after_the_other(cast: Cast, problems: Callable[[], Problem]):
    """C02: withdraw ∥ check, and close ∥ refuse: one of the two serial orders, never both."""
    for _ in range(PAIRS):
        problem = problems()
        case = way.bring(cast, problem, "applied")

        def withdraw(case: Any = case) -> None:
            services_apply.withdraw(
                actor=cast.city_bureau_clerk, case_id=case.pk, seen_version=case.version, reason="补"
            )

        with time_machine.travel(day(2), tick=False):
            outcomes = at_once(withdraw, partial(way.check, cast, case))
        assert outcomes.count("done") == 1
        assert fresh(case).state == ("withdrawn" if outcomes[0] == "done" else "applied")
        other = way.bring(cast, problems(), "proposed")
        proposal = other.proposals.get()

        def refuse(proposal: Any = proposal) -> None:
            services_again.refuse(
                actor=cast.province_reviewer, proposal_id=proposal.pk, seen_version=1, opinion="再看"
            )

        def close(proposal: Any = proposal) -> None:
            services_close.close(actor=cast.province_manager, proposal_id=proposal.pk, seen_version=1)

        with time_machine.travel(day(15), tick=False):
            outcomes = at_once(close, refuse)
        assert outcomes.count("done") == 1
        assert fresh(other.problem).closure == ("closed" if outcomes[0] == "done" else "in_notice")


def test_numbers_are_gapless_when_many_close_at_once(cast: Cast, problems: Callable[[], Problem]):
    """C07: every problem is closed by its own thread, and four threads fight for each; one number for each."""
    proposals = [way.bring(cast, problems(), "proposed").proposals.get() for _ in range(NUMBERED)]
    people = ("province_manager", "province_reviewer", "province_manager", "province_reviewer")

    def closing(proposal: Any, who: str) -> Callable[[], Any]:
        return lambda: services_close.close(actor=cast.users[who], proposal_id=proposal.pk, seen_version=1)

    with time_machine.travel(day(15), tick=False):
        outcomes = Counter(at_once(*[closing(proposal, who) for proposal in proposals for who in people]))
    assert outcomes["done"] == NUMBERED
    assert outcomes["done"] + outcomes["Refused"] + outcomes["Conflict"] == NUMBERED * len(people)
    numbers = list(ClosureEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, NUMBERED + 1))
