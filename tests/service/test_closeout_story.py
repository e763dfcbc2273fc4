"""One problem from adopted 100 % to its number, a rebound, and its number again, by more than six people."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine

from dugai.acceptance import (
    queries_case,
    services_again,
    services_close,
    services_look_back,
    services_notice,
)
from dugai.acceptance.entries import Answers
from dugai.acceptance.models import CloseoutProposal, LookBack, Verification
from dugai.acceptance.states import CaseState, GateKey
from dugai.journal.models import Event
from dugai.ledger.models import Problem, Task
from tests import closeout as way
from tests.cast import Cast, make_problem
from tests.closeout import WHY, day, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(cast: Cast) -> Problem:
    return make_problem(cast)


def test_the_whole_way(cast: Cast, problem: Problem):
    held = {gate.key: gate.holds for gate in queries_case.gates_of(cast.city_clerk, problem)}
    assert held == dict.fromkeys(GateKey, False) | {GateKey.OBJECTIONS: True}
    case = way.bring(cast, problem, "in_notice")
    assert (case.state, fresh(problem).closure) == ("in_notice", "in_notice")
    with time_machine.travel(day(7), tick=False):
        objection = services_notice.lodge_objection(
            actor=cast.city_clerk,
            case_id=case.pk,
            content="雨天仍有污水味",
            channel="电话",
            contact="王先生 13800000000",
            received_on=dt.date(2026, 3, 9),
        )
        assert fresh(problem).closure == "objected"
    with time_machine.travel(day(9), tick=False):
        services_notice.answer_objection(
            actor=cast.city_reviewer,
            objection_id=objection.pk,
            seen_version=1,
            upheld=False,
            answer="经复查为雨水井，已清掏。",
        )
        assert fresh(problem).closure == "in_notice"
    with time_machine.travel(day(14), tick=False):
        proposal = way.propose(cast, case)
    with time_machine.travel(day(15), tick=False):
        entry = way.close(cast, proposal)
        assert entry.text == "江源省督改销号〔2026〕1号"
    assert fresh(problem).closure == "closed"
    with time_machine.travel(day(16), tick=False):
        filed = services_close.file(
            actor=cast.province_clerk,
            case_id=case.pk,
            seen_version=fresh(case).version,
            filed_with="生态环境部",
        )
        assert (filed.filed_on, fresh(problem).closure) == (dt.date(2026, 3, 18), "filed")
        services_close.consolidate(
            actor=cast.province_clerk, case_id=case.pk, seen_version=fresh(case).version
        )
    people = set(Verification.objects.filter(case=case).values_list("person", flat=True))
    people |= {case.applied_by_id, proposal.proposed_by_id, entry.closed_by_id}
    assert len(people) >= 6
    assert all(gate.holds for gate in queries_case.gates_of(cast.city_clerk, problem))
    task = Task.objects.unscoped(WHY).get(problem=problem)
    assert (task.closure, task.lamp, fresh(problem).lamp) == ("in_consolidation", "closed", "closed")
    a_rebound_opens_it_again(cast, problem)


def a_rebound_opens_it_again(cast: Cast, problem: Problem) -> None:
    """The second half of the story: look-back, reopening with a link, and the second number."""
    with time_machine.travel(day(200), tick=False):
        plan = services_look_back.plan_look_back(
            actor=cast.supervisor,
            region_id=cast.province.pk,
            title="2026年第三季度回头看",
            seed="2026-09-18 根",
            due=dt.date(2026, 10, 30),
            visitor_ids=[cast.supervisor.organisation_id],
        )
        item = LookBack.objects.get(plan=plan)
        assert (plan.population, item.visitor_unit) == (1, cast.supervisor.organisation)
        body = json.loads(Event.objects.get(kind="look_back_plan.drawn").body)
        assert (body["after"]["seed"], body["after"]["drawn"]) == ("2026-09-18 根", [item.case_id])
        services_look_back.record_look_back(
            actor=cast.supervisor,
            item_id=item.pk,
            seen_version=1,
            answers=Answers(
                rebound=True,
                in_place=False,
                stable=False,
                findings="排口再次直排",
                visited_on=dt.date(2026, 9, 18),
            ),
        )
    proposal = CloseoutProposal.objects.get(kind="reopen")
    assert (proposal.proposed_by, fresh(problem).closure) == (cast.supervisor, "in_consolidation")
    services_again.approve(actor=cast.province_reviewer, proposal_id=proposal.pk, seen_version=1)
    first = way.case_of(problem)
    assert (fresh(problem).closure, first.state) == ("reopened", CaseState.REOPENED)
    assert Task.objects.unscoped(WHY).get(problem=problem).progress == "in_progress"
    second = way.bring(cast, problem, "closed")
    assert (second.attempt, second.previous_id, second.entry.number) == (2, first.pk, 2)
    assert fresh(problem).closure == "closed"
    versions = Event.objects.filter(subject_type="problem", subject_id=problem.pk, version__isnull=False)
    assert versions.count() == fresh(problem).version


def test_who_objects_stays_in_the_row(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "in_notice")
    with time_machine.travel(day(7), tick=False):
        objection = services_notice.lodge_objection(
            actor=cast.city_clerk,
            case_id=case.pk,
            content="仍有异味",
            channel="信函",
            contact="赵女士 地址某处",
            received_on=dt.date(2026, 3, 9),
        )
    assert "赵女士" not in objection.contact
    said = "".join(Event.objects.filter(subject_type="objection").values_list("body", flat=True))
    assert "赵女士" not in said
    assert "仍有异味" not in said
    assert objection.commitment in said
