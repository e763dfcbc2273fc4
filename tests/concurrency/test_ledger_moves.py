"""Two people at once: of each pair exactly one succeeds, the other is told, one event is written (C01, C04, C07)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, NotVisible, Refused
from dugai.ledger import (
    queries_plan,
    services_change,
    services_edit,
    services_entry,
    services_plan,
    services_task,
    tallies,
)
from dugai.ledger.entries import NewProblem, NewTask
from dugai.ledger.models import ChangeRequest, PlanVersion, Problem, Task
from dugai.ledger.states import CHANGE_MOVES, PLAN_MOVES
from tests.cast import Cast, deadline, make_cast, make_inspection, make_problem, task_of
from tests.concurrency.together import Together

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = int(os.environ.get("DUGAI_TEST_PAIRS", "50"))
EDITS = int(os.environ.get("DUGAI_TEST_EDITS", "500"))
THREADS = 32


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run acts in threads that start together; return for each `done` or the name of its refusal."""
    with Together(len(acts)) as crowd:
        return crowd(*acts)


@dataclass
class World:
    """A made world and the requests and versions of its machines."""

    cast: Cast
    inspection: Any
    numbers: Iterator[int]

    def problem(self, **values: Any) -> Problem:
        """Register one more problem."""
        return make_problem(self.cast, inspection=self.inspection, number=next(self.numbers), **values)

    def request(self) -> ChangeRequest:
        """Ask for one more change."""
        return services_change.request_change(
            actor=self.cast.city_clerk,
            problem_id=self.problem().pk,
            field="wording",
            new={"column": "goal", "text": "不直排"},
            reason="补",
            seen_version=1,
        )

    def returned(self) -> ChangeRequest:
        """Send one more request back."""
        request = self.request()
        return services_change.return_change(
            actor=self.cast.city_reviewer, change_id=request.pk, seen_version=1, opinion="补材料"
        )


@pytest.fixture
def world(transactional_db) -> World:
    """江源省 with an inspection."""
    cast = make_cast()
    return World(cast, make_inspection(cast), iter(range(1, 10_000)))


def change_act(world: World, name: str) -> tuple[ChangeRequest, Callable[[], Any]]:
    """Return a request and the act of one move on it, with the version its page had shown."""
    cast = world.cast
    if name == "resubmit":
        row = world.returned()
        values: dict[str, Any] = {"new": {"column": "goal", "text": "再写"}, "reason": "已补"}
        return row, lambda: services_change.resubmit_change(
            actor=cast.city_clerk, change_id=row.pk, seen_version=2, **values
        )
    row = world.request()
    seen: dict[str, Any] = {"change_id": row.pk, "seen_version": 1}
    if name == "withdraw":
        return row, lambda: services_change.withdraw_change(actor=cast.city_clerk, **seen)
    services: dict[str, Any] = {
        "approve": services_change.approve_change,
        "send_back": services_change.return_change,
        "refuse": services_change.refuse_change,
    }
    return row, lambda: services[name](actor=cast.city_reviewer, opinion="意见", **seen)


def test_each_move_of_a_request_happens_once(world: World):
    names = dict.fromkeys(move.name for move in CHANGE_MOVES)
    assert len(names) == 5
    with Together(2) as two:
        for name in [name for name in names for _ in range(PAIRS)]:
            row, act = change_act(world, name)
            before = row.version
            outcomes = Counter(two(act, act))
            assert outcomes["done"] == 1, (name, outcomes)
            assert outcomes["Conflict"] + outcomes["Refused"] == 1, (name, outcomes)
            row.refresh_from_db()
            assert row.version == before + 1
            assert (
                Event.objects.filter(subject_type="change_request", subject_id=row.pk).count() == row.version
            )


def plan_act(world: World, name: str) -> tuple[PlanVersion, Callable[[], Any]]:
    """Bring the plan to where the move begins; return the version and the act."""
    cast = world.cast
    plan = queries_plan.plans(cast.city_clerk).first()
    if plan is None:
        world.problem()
        version = services_plan.open_plan(
            actor=cast.city_clerk, inspection_id=world.inspection.pk, organisation=cast.city, title="方案"
        )
    else:
        version = services_plan.draft_next_version(actor=cast.city_clerk, plan_id=plan.pk, reason="增补")
    seen = 1
    if name in {"approve", "send_back", "publish"}:
        services_plan.submit_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=1)
        seen = 2
    if name == "publish":
        services_plan.approve_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=2)
        seen = 3
    at: dict[str, Any] = {"version_id": version.pk, "seen_version": seen}
    acts: dict[str, Callable[[], Any]] = {
        "submit": lambda: services_plan.submit_plan(actor=cast.city_clerk, **at),
        "withdraw": lambda: services_plan.withdraw_plan(actor=cast.city_clerk, reason="重写", **at),
        "approve": lambda: services_plan.approve_plan(actor=cast.city_reviewer, **at),
        "send_back": lambda: services_plan.return_plan(actor=cast.city_reviewer, reason="补", **at),
        "publish": lambda: services_plan.publish_plan(actor=cast.city_reviewer, **at),
    }
    return version, acts[name]


def test_each_move_of_a_plan_happens_once(world: World):
    names = dict.fromkeys(move.name for move in PLAN_MOVES if not move.by_system)
    assert len(names) == 5
    with Together(2) as two:
        for name in [name for name in names for _ in range(PAIRS)]:
            version, act = plan_act(world, name)
            version.refresh_from_db()
            before = version.version
            outcomes = Counter(two(act, act))
            assert outcomes["done"] == 1, (name, outcomes)
            assert outcomes["Conflict"] + outcomes["Refused"] == 1, (name, outcomes)
            version.refresh_from_db()
            assert version.version == before + 1
            assert (
                Event.objects.filter(subject_type="plan_version", subject_id=version.pk).count()
                == version.version
            )
            if version.state in {"submitted", "returned", "draft"}:  # make way for the next pair
                services_plan.withdraw_plan(
                    actor=world.cast.city_clerk,
                    version_id=version.pk,
                    seen_version=version.version,
                    reason="下一次",
                )


def test_a_task_is_split_once(world: World):
    with Together(2) as two:
        for _ in range(PAIRS):
            task = task_of(world.problem(owners=(world.cast.city_bureau,)))
            shares = [NewTask(owner=world.cast.county_bureau)]

            def act(task: Task = task, shares: list[NewTask] = shares) -> None:
                services_task.split_task(
                    actor=world.cast.city_clerk, task_id=task.pk, seen_version=1, shares=shares, note="试"
                )

            outcomes = Counter(two(act, act))
            assert outcomes["done"] == 1, outcomes
            assert Task.objects.unscoped("test").filter(parent=task).count() == 1
    assert tallies.stored() == tallies.recount()


def test_one_request_at_a_time_for_one_thing(world: World):
    with Together(2) as two:
        for _ in range(PAIRS):
            problem = world.problem()

            def act(problem: Problem = problem) -> None:
                services_change.request_change(
                    actor=world.cast.city_clerk,
                    problem_id=problem.pk,
                    field="deadline",
                    new={"text": "2027年6月底前"},
                    reason="试",
                    seen_version=1,
                )

            assert Counter(two(act, act)) == {"done": 1, "Refused": 1}


def test_the_second_edit_from_one_version_is_told(world: World):
    """C04: neither edit is lost; the second one is asked to look again, and saves against what is there now."""
    problem = world.problem()

    def edit(column: str, at: int, seen: int) -> Callable[[], Any]:
        return lambda: services_edit.edit_problem(
            actor=world.cast.city_clerk, problem_id=problem.pk, seen_version=seen, **{column: f"第{at}次"}
        )

    with Together(2) as two:
        for at in range(EDITS):
            seen = 1 + 2 * at
            outcomes = two(edit("goal", at, seen), edit("standard", at, seen))
            assert Counter(outcomes) == {"done": 1, Conflict.__name__: 1}
            problem.refresh_from_db()
            kept, other = ("goal", "standard") if outcomes[0] == "done" else ("standard", "goal")
            before = f"第{at - 1}次" if at else ""
            assert (problem.version, getattr(problem, kept), getattr(problem, other)) == (
                seen + 1,
                f"第{at}次",
                before,
            )
            edit(other, at, seen + 1)()
            problem.refresh_from_db()
            assert {problem.goal, problem.standard} == {f"第{at}次"}
    assert Event.objects.filter(subject_type="problem", subject_id=problem.pk).count() == 1 + 2 * EDITS


def test_numbers_are_given_once_under_many_threads(world: World):
    """C07: 32 people register at once; every number is there once and nobody sees a fault of the database."""
    cast, inspection = world.cast, world.inspection

    def register(number: int) -> Callable[[], Any]:
        entry = NewProblem(
            number=number,
            home=cast.city,
            lead=cast.city_bureau,
            columns={
                "title": f"问题{number}",
                "text": "原文",
                "kind": "report",
                "source": "central_inspection",
                "source_class": "central",
                "deadline": deadline(),
            },
        )
        return lambda: services_entry.register_problems(
            actor=cast.city_clerk, inspection_id=inspection.pk, problems=[entry]
        )

    outcomes = Counter(at_once(*[register(1 + at // 2) for at in range(THREADS)]))
    assert outcomes == {"done": THREADS // 2, Refused.__name__: THREADS // 2}
    numbers = list(Problem.objects.unscoped("test").order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, THREADS // 2 + 1))
    assert tallies.stored() == tallies.recount()


def test_versions_of_a_plan_are_numbered_without_gap(world: World):
    """C07: 32 people begin the next version at once; there is one, and its number follows the last."""
    cast = world.cast
    world.problem()
    version = services_plan.open_plan(
        actor=cast.city_clerk, inspection_id=world.inspection.pk, organisation=cast.city, title="方案"
    )
    for number in (2, 3):
        version.refresh_from_db()
        services_plan.withdraw_plan(
            actor=cast.city_clerk, version_id=version.pk, seen_version=version.version, reason="重来"
        )

        def draft(plan_id: int = version.plan_id) -> None:
            services_plan.draft_next_version(actor=cast.city_clerk, plan_id=plan_id, reason="新版")

        outcomes = Counter(at_once(*[draft] * THREADS))
        assert outcomes == {"done": 1, Refused.__name__: THREADS - 1}
        version = PlanVersion.objects.order_by("-number")[0]
        assert version.number == number
    assert connection.vendor in {"sqlite", "postgresql"}


def test_what_is_out_of_sight_stays_so_in_a_race(world: World):
    row, approve = change_act(world, "approve")
    stranger = world.cast.other_city_reviewer

    def blind() -> None:
        services_change.approve_change(actor=stranger, change_id=row.pk, seen_version=1)

    assert at_once(approve, blind) == ["done", NotVisible.__name__]
