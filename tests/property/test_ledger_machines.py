"""Requests for change and versions of a plan, two actors each, any order of acts: model and database agree (C11)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dugai.journal.models import Event
from dugai.kernel.errors import DomainError
from dugai.ledger import services_change, services_plan
from dugai.ledger.models import ChangeRequest, PlanVersion, Problem
from dugai.ledger.states import CHANGE_MOVES, PLAN_MOVES, ChangeState, PlanState
from tests.cast import Cast, make_problem

EXAMPLES = int(os.environ.get("DUGAI_TEST_MACHINE_EXAMPLES", "40"))
STEPS = 20
WHY = "a test looks at its own row"
AGE = st.integers(0, 1)
"""How many versions behind the page of the actor is."""
PEOPLE = st.sampled_from(["city_clerk", "city_reviewer", "county_clerk", "other_city_reviewer"])


class Machine(RuleBasedStateMachine):
    """What both machines share: one row, its model, and the acts upon it."""

    cast: Cast
    reached: ClassVar[set[str]] = set()
    moves: Any
    row: Any

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.problem = make_problem(self.cast)
        self.set_up()
        self.version = 1

    def set_up(self) -> None:
        """Make the row."""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def act(self, move: str, who: str, age: int, do: Callable[[int], Any]) -> None:
        """Try a move from a page that may be old; refused, nothing may have moved."""
        before = self.version
        try:
            with transaction.atomic():
                do(max(1, before - age))
        except DomainError:
            self.row.refresh_from_db()
            assert self.row.version == before
            return
        assert age == 0 or before == 1, "an old page was believed"
        self.state = self.moves.next(self.state, move)
        self.version += 1
        self.allowed(move, who)
        type(self).reached.add(move)

    def allowed(self, move: str, who: str) -> None:
        """Check that this person may do this."""

    @invariant()
    def model_and_database_agree(self) -> None:
        self.row.refresh_from_db()
        events = Event.objects.filter(subject_type=self.row.subject_type, subject_id=self.row.pk).count()
        assert (self.row.state, self.row.version, events) == (self.state, self.version, self.version)


class Changes(Machine):
    """A request of the office's clerk, and whoever decides on it."""

    moves = CHANGE_MOVES
    reached: ClassVar[set[str]] = set()

    def set_up(self) -> None:
        self.state, self.goal = ChangeState.REQUESTED, "不再直排"
        self.row = services_change.request_change(
            actor=self.cast.city_clerk,
            problem_id=self.problem.pk,
            field="wording",
            new={"column": "goal", "text": self.goal},
            reason="补充目标",
            seen_version=self.problem.version,
        )

    def allowed(self, move: str, who: str) -> None:
        own = move in {"resubmit", "withdraw"}
        assert who == ("city_clerk" if own else "city_reviewer"), (move, who)

    @rule(who=PEOPLE, age=AGE, name=st.sampled_from(["send_back", "refuse", "approve"]), why=st.booleans())
    def decide(self, who: str, age: int, name: str, why: bool) -> None:  # noqa: FBT001  drawn by name
        services: dict[str, Any] = {
            "send_back": services_change.return_change,
            "refuse": services_change.refuse_change,
            "approve": services_change.approve_change,
        }
        actor, opinion = self.cast.users[who], "意见" if why else " "
        act = services[name]
        self.act(
            name,
            who,
            age,
            lambda seen: act(actor=actor, change_id=self.row.pk, seen_version=seen, opinion=opinion),
        )

    @rule()
    def the_reviewer_approves_what_is_current(self) -> None:
        """Without this the few walks of every run rarely meet the right person with the right version."""
        self.decide(who="city_reviewer", age=0, name="approve", why=True)

    @rule(who=PEOPLE, age=AGE)
    def withdraw(self, who: str, age: int) -> None:
        actor = self.cast.users[who]
        self.act(
            "withdraw",
            who,
            age,
            lambda seen: services_change.withdraw_change(
                actor=actor, change_id=self.row.pk, seen_version=seen
            ),
        )

    @rule(who=PEOPLE, age=AGE, goal=st.sampled_from(["不直排", "雨污分流"]))
    def resubmit(self, who: str, age: int, goal: str) -> None:
        actor, before = self.cast.users[who], self.version
        self.act(
            "resubmit",
            who,
            age,
            lambda seen: services_change.resubmit_change(
                actor=actor,
                change_id=self.row.pk,
                seen_version=seen,
                new={"column": "goal", "text": goal},
                reason="已补",
            ),
        )
        self.goal = goal if self.version > before else self.goal

    @invariant()
    def only_what_was_approved_is_written(self) -> None:
        problem = Problem.objects.unscoped(WHY).get(pk=self.problem.pk)
        assert problem.goal == (self.goal if self.state == ChangeState.APPROVED else "")
        assert ChangeRequest.objects.count() == 1


class Plans(Machine):
    """A version of a plan, and whoever approves it."""

    moves = PLAN_MOVES
    reached: ClassVar[set[str]] = set()

    def set_up(self) -> None:
        self.state = PlanState.DRAFT
        self.row = services_plan.open_plan(
            actor=self.cast.city_clerk,
            inspection_id=self.problem.inspection_id,
            organisation=self.cast.city,
            title="朔岭市整改方案",
        )

    def allowed(self, move: str, who: str) -> None:
        assert who in {"city_clerk", "city_reviewer"}, (move, who)
        if move in {"approve", "publish"}:
            assert who == "city_reviewer"
        if move in {"approve", "send_back"}:
            self.row.refresh_from_db()
            assert self.row.submitted_by_id != self.cast.users[who].pk

    @rule(who=PEOPLE, age=AGE, name=st.sampled_from(["submit", "approve", "publish"]))
    def go_on(self, who: str, age: int, name: str) -> None:
        services: dict[str, Any] = {
            "submit": services_plan.submit_plan,
            "approve": services_plan.approve_plan,
            "publish": services_plan.publish_plan,
        }
        actor, act = self.cast.users[who], services[name]
        self.act(name, who, age, lambda seen: act(actor=actor, version_id=self.row.pk, seen_version=seen))

    @rule(who=PEOPLE, age=AGE, name=st.sampled_from(["send_back", "withdraw"]), why=st.booleans())
    def go_back(self, who: str, age: int, name: str, why: bool) -> None:  # noqa: FBT001  drawn by name
        act: Any = services_plan.return_plan if name == "send_back" else services_plan.withdraw_plan
        actor, reason, before = self.cast.users[who], "写错了" if why else " ", self.version
        self.act(
            name,
            who,
            age,
            lambda seen: act(actor=actor, version_id=self.row.pk, seen_version=seen, reason=reason),
        )
        assert why or self.version == before, "went back without a reason"

    @invariant()
    def there_is_one_version(self) -> None:
        assert PlanVersion.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("machine", "needed"), [(Changes, "approve"), (Plans, "submit")])
def test_no_order_of_acts_leaves_the_table(cast: Cast, machine: type[Machine], needed: str):
    machine.cast = cast
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="DUGAI_TEST_MACHINE_EXAMPLES" not in os.environ,  # few examples: always the same ones
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert needed in machine.reached  # the machine moved, and did not only meet refusals
