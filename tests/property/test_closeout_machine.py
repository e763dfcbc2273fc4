"""One problem, many hands, any order of acts: model and database agree and no gate is ever open behind it (C11)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dugai.acceptance import queries_case, services_again, services_apply, services_close, services_notice
from dugai.acceptance.models import CloseoutCase, CloseoutProposal, Objection
from dugai.acceptance.rules_gates import open_gates
from dugai.acceptance.states import CASE_MOVES, CLOSED_CASES, LIVE_CASES, CaseState
from dugai.journal.models import Event
from dugai.kernel.errors import DomainError
from dugai.ledger import tallies
from dugai.ledger.models import Measure, Task
from dugai.ledger.states import CLOSED_CLOSURES, CLOSURE_MOVES, Closure
from tests import closeout as way
from tests.cast import Cast, make_problem
from tests.closeout import WHY, day, fresh

EXAMPLES = int(os.environ.get("DUGAI_TEST_MACHINE_EXAMPLES", "8"))
STEPS = 20
PEOPLE = (
    "city_bureau_clerk",
    "city_clerk",
    "city_reviewer",
    "verifier",
    "province_clerk",
    "province_reviewer",
    "province_manager",
    "neighbour_clerk",
)
WAYS = {(Closure(source), move.target) for move in CLOSURE_MOVES for source in move.sources}
CASE_WAYS = {(CaseState(source), move.target) for move in CASE_MOVES for source in move.sources}


class Machine(RuleBasedStateMachine):
    """Everybody tries everything; time passes."""

    cast: Cast
    closed = 0
    reopened = 0

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day = 0
        self.keys = 0
        self.problem = make_problem(self.cast)
        self.closure = Closure.OPEN
        way.prove(self.cast, self.problem)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @property
    def case(self) -> CloseoutCase | None:
        return CloseoutCase.objects.unscoped(WHY).filter(problem=self.problem).order_by("-attempt").first()

    def act(self, do: Callable[[], Any]) -> bool:
        """Try an act: it goes one way of the table, or nothing at all has happened."""
        events, case = Event.objects.count(), self.case
        with time_machine.travel(day(self.day), tick=False):
            try:
                with transaction.atomic():
                    do()
            except DomainError:
                assert Event.objects.count() == events
                return False
        now = Closure(fresh(self.problem).closure)
        if now != self.closure:
            assert (self.closure, now) in WAYS
            if case is not None and fresh(case).state != case.state:
                assert (CaseState(case.state), CaseState(fresh(case).state)) in CASE_WAYS
            Machine.closed += now == Closure.CLOSED
            Machine.reopened += now == Closure.REOPENED
            self.closure = now
        return True

    @rule(days=st.sampled_from([1, 5, 9]))
    def time_passes(self, days: int) -> None:
        self.day = min(self.day + days, 150)

    @rule()
    def the_work_is_done(self) -> None:
        self.act(lambda: way.finish(self.cast, self.problem))

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_applies(self, who: str) -> None:
        self.act(lambda: way.apply(self.cast, self.problem, who))

    @precondition(lambda self: self.case is not None)
    @rule(who=st.sampled_from(PEOPLE), passed=st.booleans())
    def somebody_checks(self, who: str, passed: bool) -> None:  # noqa: FBT001  hypothesis draws it
        self.act(lambda: way.check(self.cast, self.case, who, passed=passed))

    @precondition(lambda self: self.case is not None)
    @rule(who=st.sampled_from(PEOPLE), passed=st.booleans())
    def somebody_visits(self, who: str, passed: bool) -> None:  # noqa: FBT001  hypothesis draws it
        self.keys += 1
        self.day = max(self.day, 2)
        self.act(lambda: way.visit(self.cast, self.case, who, f"v{self.keys}", passed=passed))

    @precondition(lambda self: self.case is not None)
    @rule(
        who=st.sampled_from(PEOPLE),
        step=st.sampled_from(["sign_city", "sign_province"]),
        passed=st.booleans(),
    )
    def somebody_signs(self, who: str, step: str, passed: bool) -> None:  # noqa: FBT001  hypothesis draws it
        self.act(lambda: way.sign(self.cast, self.case, step, who, passed=passed))

    @precondition(lambda self: self.case is not None)
    @rule(who=st.sampled_from(PEOPLE))
    def somebody_publishes(self, who: str) -> None:
        self.act(lambda: way.publish(self.cast, self.case, who))

    @precondition(lambda self: self.case is not None)
    @rule()
    def somebody_objects(self) -> None:
        on = day(self.day).date()
        self.act(
            lambda: services_notice.lodge_objection(
                actor=self.cast.city_clerk,
                case_id=self.case.pk,
                content="异味",
                channel="电话",
                received_on=on,
            )
        )

    @precondition(lambda self: Objection.objects.filter(case__problem=self.problem, state="open").exists())
    @rule(who=st.sampled_from(PEOPLE), upheld=st.booleans())
    def somebody_answers(self, who: str, upheld: bool) -> None:  # noqa: FBT001  hypothesis draws it
        one = Objection.objects.filter(case__problem=self.problem, state="open").earliest("pk")
        self.act(
            lambda: services_notice.answer_objection(
                actor=self.cast.users[who], objection_id=one.pk, seen_version=1, upheld=upheld, answer="查过"
            )
        )

    @precondition(lambda self: self.case is not None)
    @rule(who=st.sampled_from(PEOPLE))
    def somebody_proposes_to_close(self, who: str) -> None:
        self.act(lambda: way.propose(self.cast, self.case, who))

    @rule(who=st.sampled_from(PEOPLE), what=st.sampled_from(["reopen", "carry_over", "strengthen"]))
    def somebody_proposes(self, who: str, what: str) -> None:
        more: dict[str, Any] = (
            {"requirement": "再建", "due": dt.date(2099, 1, 1)} if what == "strengthen" else {}
        )
        propose = getattr(services_again, f"propose_{what}")
        self.act(
            lambda: propose(
                actor=self.cast.users[who],
                problem_id=self.problem.pk,
                seen_version=fresh(self.problem).version,
                reason="反弹",
                **more,
            )
        )

    @precondition(
        lambda self: CloseoutProposal.objects.filter(problem=self.problem, state="proposed").exists()
    )
    @rule(who=st.sampled_from(PEOPLE))
    def somebody_decides(self, who: str) -> None:
        one = CloseoutProposal.objects.filter(problem=self.problem, state="proposed").latest("pk")
        service = services_close.close if one.kind == "close" else services_again.approve
        self.act(lambda: service(actor=self.cast.users[who], proposal_id=one.pk, seen_version=one.version))

    @precondition(lambda self: self.case is not None)
    @rule(what=st.sampled_from(["file", "consolidate", "withdraw"]))
    def somebody_goes_on(self, what: str) -> None:
        given: dict[str, Any] = {"case_id": self.case.pk, "seen_version": self.case.version}
        acts: dict[str, Callable[[], Any]] = {
            "file": lambda: services_close.file(actor=self.cast.province_clerk, filed_with="部", **given),
            "consolidate": lambda: services_close.consolidate(actor=self.cast.province_clerk, **given),
            "withdraw": lambda: services_apply.withdraw(
                actor=self.cast.city_bureau_clerk, reason="补", **given
            ),
        }
        self.act(acts[what])

    @precondition(lambda self: self.closure in {Closure.OPEN, Closure.REOPENED})
    @rule()
    def it_goes_all_the_way(self) -> None:
        """Without this the walk rarely gets past the first desk."""
        self.keys += 1
        key = f"way{self.keys}"
        self.the_work_is_done()
        self.somebody_applies("city_bureau_clerk")
        self.day = max(self.day, 2)
        self.somebody_checks("city_clerk", passed=True)
        self.act(lambda: way.visit(self.cast, self.case, "verifier", key))
        self.somebody_signs("city_reviewer", "sign_city", passed=True)
        self.somebody_signs("province_reviewer", "sign_province", passed=True)
        self.somebody_publishes("city_clerk")
        if self.day < 130:
            self.day += 20
            self.somebody_proposes_to_close("province_clerk")
            self.somebody_decides_as_manager()

    def somebody_decides_as_manager(self) -> None:
        found = CloseoutProposal.objects.filter(problem=self.problem, kind="close", state="proposed").first()
        if found is not None:
            self.act(
                lambda: services_close.close(
                    actor=self.cast.province_manager, proposal_id=found.pk, seen_version=found.version
                )
            )

    @invariant()
    def case_and_problem_say_the_same(self) -> None:
        case, problem = self.case, fresh(self.problem)
        assert problem.closure == self.closure
        if case is not None and case.state in LIVE_CASES:
            assert case.state == problem.closure
        else:
            assert problem.closure not in CLOSED_CLOSURES
        living = CloseoutCase.objects.unscoped(WHY).filter(state__in=sorted(LIVE_CASES)).count()
        assert living <= 1

    @invariant()
    def measures_and_tasks_follow(self) -> None:
        for model in (Measure, Task):
            rows = model.objects.unscoped(WHY).filter(problem=self.problem)
            assert set(rows.values_list("closure", flat=True)) == {fresh(self.problem).closure}
        assert tallies.stored() == tallies.recount()

    @invariant()
    def events_equal_versions(self) -> None:
        for row in filter(None, (fresh(self.problem), self.case)):
            found = Event.objects.filter(
                subject_type=row.subject_type, subject_id=row.pk, version__isnull=False
            )
            assert found.count() == row.version

    @invariant()
    def nothing_is_closed_with_a_gate_open(self) -> None:
        case = self.case
        if case is None or case.state not in CLOSED_CASES:
            return
        with time_machine.travel(day(self.day), tick=False):
            viewer = self.cast.province_manager
            procedure = queries_case.procedure_of(viewer, self.problem, case)
            assert open_gates(procedure, queries_case.facts_of(viewer, self.problem, case)) == []
        hands = [case.applied_by_id, *case.verifications.values_list("person", flat=True)]
        assert len(set(hands)) >= 3
        assert case.entry.number >= 1


@pytest.mark.slow
@pytest.mark.django_db
def test_a_case_never_leaves_its_table(cast: Cast):
    Machine.cast = cast
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="DUGAI_TEST_MACHINE_EXAMPLES" not in os.environ,  # few examples: always the same ones
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Machine.closed > 0  # the machine came all the way, not only to refusals
