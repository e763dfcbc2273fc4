"""What close-out refuses: skipped steps, wrong hands, one person twice, stale forms. Nothing happens then."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import time_machine

from dugai.acceptance import (
    queries_case,
    queries_notice,
    services_again,
    services_apply,
    services_check,
    services_close,
    services_notice,
    services_rules,
    services_visit,
)
from dugai.acceptance.entries import Claim, Photo
from dugai.acceptance.models import CloseoutCase, ClosureEntry, SiteVisit, VisitPhoto
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotVisible, Refused
from dugai.ledger import services_closure, services_entry, services_task
from dugai.ledger.entries import NewMeasure
from dugai.ledger.models import Problem
from tests import closeout as way
from tests.cast import Cast, deadline, make_problem, task_of
from tests.closeout import day, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(cast: Cast) -> Problem:
    return make_problem(cast)


def refuse(error: type[DomainError], act: Callable[[], Any], at: int = 1) -> str:
    """Try an act, see it refused, see that no event was written, and return the code."""
    before = Event.objects.count()
    with time_machine.travel(day(at), tick=False), pytest.raises(error) as said:
        act()
    assert Event.objects.count() == before
    return said.value.code


def test_nobody_applies_before_all_is_done(cast: Cast, problem: Problem):
    assert refuse(Refused, lambda: way.apply(cast, problem)) == "measures_not_done"
    way.finish(cast, problem)
    assert refuse(Refused, lambda: way.apply(cast, problem)) == "evidence_missing"
    way.prove(cast, problem)
    assert refuse(Forbidden, lambda: way.apply(cast, problem, "county_clerk")) == "may_not_apply"
    assert refuse(Forbidden, lambda: way.apply(cast, problem, "province_clerk")) == "may_not_apply"
    assert refuse(NotVisible, lambda: way.apply(cast, problem, "neighbour_clerk")) == "not_found"
    assert not CloseoutCase.objects.unscoped("a test").exists()


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ([], "claims_incomplete"),
        (["管网 6.4 公里已建成", "再写一行也不行"], "claims_incomplete"),
        (["好"], "claim_missing"),
    ],
)
def test_every_measure_has_one_line(cast: Cast, problem: Problem, claims: list[str], code: str):
    way.bring(cast, problem, "done")
    measure = problem.measures.unscoped("a test").get()

    def apply() -> CloseoutCase:
        return services_apply.apply(
            actor=cast.city_bureau_clerk,
            problem_id=problem.pk,
            seen_version=fresh(problem).version,
            statement="自查",
            claims=[Claim(measure.pk, text) for text in claims],
        )

    assert refuse(InvalidInput, apply) == code


SKIPS: dict[str, dict[str, Callable[[Cast, CloseoutCase], Any]]] = {
    "applied": {
        "visit": way.go,
        "sign_city": lambda cast, case: way.sign(cast, case, "sign_city", "city_reviewer"),
        "sign_province": lambda cast, case: way.sign(cast, case, "sign_province", "province_reviewer"),
        "publish": way.publish,
        "propose": way.propose,
    },
    "checked_papers": {
        "check again": way.check,
        "sign_city": lambda cast, case: way.sign(cast, case, "sign_city", "city_reviewer"),
        "publish": way.publish,
        "propose": way.propose,
    },
    "checked": {
        "visit again": lambda cast, case: way.go(cast, case, key="v2"),
        "sign_province": lambda cast, case: way.sign(cast, case, "sign_province", "province_reviewer"),
        "publish": way.publish,
        "propose": way.propose,
    },
    "signed": {
        "publish": way.publish,
        "propose": way.propose,
    },
    "verified": {
        "sign again": lambda cast, case: way.sign(cast, case, "sign_province", "province_reviewer"),
        "propose": way.propose,
        "file": lambda cast, case: services_close.file(
            actor=cast.province_clerk, case_id=case.pk, seen_version=case.version, filed_with="部"
        ),
    },
    "in_notice": {
        "publish again": way.publish,
        "propose": way.propose,
        "consolidate": lambda cast, case: services_close.consolidate(
            actor=cast.province_clerk, case_id=case.pk, seen_version=case.version
        ),
    },
}


@pytest.mark.parametrize("stage", SKIPS)
def test_no_step_is_skipped_or_taken_twice(cast: Cast, problem: Problem, stage: str):
    case = way.bring(cast, problem, stage)
    for name, act in SKIPS[stage].items():
        assert refuse(Refused, partial(act, cast, case), 6), name
    assert fresh(case).version == case.version
    assert not ClosureEntry.objects.exists()


def test_whose_hand_takes_which_step(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "applied")
    for actor in ("city_bureau_clerk", "county_office_clerk", "county_clerk"):
        assert refuse(Forbidden, partial(way.check, cast, case, actor)) == "may_not_verify", actor
    assert refuse(NotVisible, lambda: way.check(cast, case, "neighbour_office_clerk"))
    way.check(cast, case)
    assert refuse(Forbidden, lambda: way.snap(cast, case, actor="city_bureau_clerk")) == "may_not_verify"
    with time_machine.travel(day(2), tick=False):
        way.visit(cast, case, "city_reviewer")
    assert refuse(Forbidden, lambda: way.sign(cast, case, "sign_city", "city_clerk"), 3) == "may_not_verify"
    assert refuse(Forbidden, lambda: way.sign(cast, case, "sign_city", "city_reviewer"), 3) == "two_people"
    with time_machine.travel(day(3), tick=False):
        way.sign(cast, case, "sign_city", "province_reviewer")
    code = refuse(Forbidden, lambda: way.sign(cast, case, "sign_province", "province_reviewer"), 4)
    assert code == "two_people"
    assert refuse(Forbidden, lambda: way.sign(cast, case, "sign_province", "city_reviewer"), 4)


def test_sent_back_at_each_step_it_begins_again(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "applied")
    assert refuse(Refused, lambda: _return_without_words(cast, case)) == "reason_missing"
    with time_machine.travel(day(2), tick=False):
        way.check(cast, case, passed=False)
        assert (fresh(case).state, fresh(problem).closure) == ("returned", "open")
        second = way.apply(cast, problem)
        way.check(cast, second)
        way.visit(cast, second, passed=False)
        third = way.apply(cast, problem)
        way.check(cast, third)
        way.visit(cast, third)
        way.sign(cast, third, "sign_city", "city_reviewer")
        way.sign(cast, third, "sign_province", "province_reviewer", passed=False)
    assert [case.attempt, second.attempt, third.attempt] == [1, 2, 3]
    assert (fresh(third).state, fresh(problem).closure) == ("returned", "open")
    assert fresh(third).previous is None


def _return_without_words(cast: Cast, case: CloseoutCase) -> None:
    services_check.check_documents(
        actor=cast.city_clerk, case_id=case.pk, seen_version=case.version, passed=False, opinion=" "
    )


def test_a_measure_that_is_wanting_does_not_pass(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "applied")

    def check() -> None:
        services_check.check_documents(
            actor=cast.city_clerk,
            case_id=case.pk,
            seen_version=case.version,
            passed=True,
            opinion="",
            findings=way.findings(case, met=False),
        )

    assert refuse(Refused, check) == "measures_not_met"


def test_a_visit_arrives_once_however_often_it_is_sent(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "checked_papers")
    visit = way.a_visit(day(2))
    sent: dict[str, Any] = {
        "actor": cast.verifier,
        "case_id": case.pk,
        "draft_key": "phone-1",
        "passed": True,
        "opinion": "属实",
        "findings": way.findings(case),
    }
    code = refuse(Refused, lambda: services_visit.record_visit(visit=visit, **sent), 2)
    assert code == "photos_missing"
    with time_machine.travel(day(2), tick=False):
        photos = {way.snap(cast, case, "phone-1", "a").pk for _ in range(3)}
        visits = {services_visit.record_visit(visit=visit, **sent).pk for _ in range(3)}
        assert len(photos) == len(visits) == VisitPhoto.objects.count() == SiteVisit.objects.count() == 1
        with pytest.raises(Conflict):
            services_visit.record_visit(visit=replace(visit, place="别处"), **sent)
    assert Event.objects.filter(kind="site_visit.recorded").count() == 1
    assert fresh(case).state == "checked"


UNSOUND = [
    ({"members": ("沈岩",)}, "members"),
    ({"members": ("沈岩", "沈岩")}, "members"),
    ({"place": " "}, "place"),
    ({"findings": ""}, "findings"),
    ({"ended_at": day(1)}, "ended_at"),
    ({"ended_at": day(30)}, "ended_at"),
    ({"longitude": None}, "longitude"),
]


@pytest.mark.parametrize(("change", "field"), UNSOUND)
def test_a_visit_that_cannot_have_been(cast: Cast, problem: Problem, change: dict[str, Any], field: str):
    case = way.bring(cast, problem, "checked_papers")
    with time_machine.travel(day(2), tick=False):
        way.snap(cast, case)
        with pytest.raises(InvalidInput) as said:
            services_visit.record_visit(
                actor=cast.verifier,
                case_id=case.pk,
                draft_key="v1",
                visit=replace(way.a_visit(day(2)), **change),
                passed=True,
                opinion="",
            )
    assert set(said.value.fields) == {field}


def test_a_photo_is_a_picture(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "checked_papers")

    def send() -> None:
        services_visit.keep_photo(
            actor=cast.verifier,
            case_id=case.pk,
            visit_key="v1",
            photo_key="p",
            name="记录.txt",
            stream=io.BytesIO(b"text"),
            photo=Photo(),
        )

    assert refuse(InvalidInput, send) == "not_a_picture"


def test_a_stale_form_is_told(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "applied")
    for seen in (case.version - 1, case.version + 1):
        with pytest.raises(Conflict):
            services_check.check_documents(
                actor=cast.city_clerk, case_id=case.pk, seen_version=seen, passed=True, opinion=""
            )
    assert fresh(case).version == case.version


def test_only_the_applicant_withdraws_and_only_before_the_check(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "applied")
    given: dict[str, Any] = {"case_id": case.pk, "seen_version": case.version, "reason": "再补材料"}
    assert refuse(Forbidden, lambda: services_apply.withdraw(actor=cast.city_clerk, **given))
    services_apply.withdraw(actor=cast.city_bureau_clerk, **given)
    assert (fresh(case).state, fresh(problem).closure) == ("withdrawn", "open")


def test_two_people_close(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "proposed")
    proposal = case.proposals.get()
    for actor in ("province_clerk", "city_reviewer", "verifier", "city_bureau_clerk"):
        assert refuse(Forbidden, partial(way.close, cast, proposal, actor), 15) == "two_people", actor
    assert refuse(Refused, lambda: way.propose(cast, case), 15) == "proposed_already"
    with time_machine.travel(day(15), tick=False):
        services_again.refuse(
            actor=cast.province_reviewer, proposal_id=proposal.pk, seen_version=1, opinion="再等等"
        )
    assert refuse(Refused, lambda: way.close(cast, proposal), 15) == "move_refused"
    assert fresh(problem).closure == "in_notice"


def test_an_objection_upheld_begins_the_work_anew(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "in_notice")
    given: dict[str, Any] = {"case_id": case.pk, "content": "直排", "channel": "来信"}
    late = dt.date(2026, 4, 1)
    assert refuse(
        InvalidInput,
        lambda: services_notice.lodge_objection(actor=cast.city_clerk, received_on=late, **given),
        40,
    )
    with time_machine.travel(day(8), tick=False):
        one, two = (
            services_notice.lodge_objection(
                actor=cast.city_clerk, received_on=dt.date(2026, 3, 9), contact="某", **given
            )
            for _ in range(2)
        )
    assert queries_notice.contact_of(cast.city_reviewer, one) == "某"
    with pytest.raises(Forbidden):
        queries_notice.contact_of(cast.city_bureau_clerk, one)
    assert refuse(Refused, lambda: way.propose(cast, case), 14) == "move_refused"
    with time_machine.travel(day(9), tick=False):
        answer: dict[str, Any] = {"seen_version": 1, "answer": "查过"}
        services_notice.answer_objection(
            actor=cast.city_reviewer, objection_id=one.pk, upheld=False, **answer
        )
        assert fresh(problem).closure == "objected"
        services_notice.answer_objection(actor=cast.city_reviewer, objection_id=two.pk, upheld=True, **answer)
    assert (fresh(problem).closure, fresh(case).state) == ("reopened", "reopened")
    assert task_of(problem).progress == "in_progress"
    assert refuse(Refused, lambda: way.apply(cast, problem), 10) == "measures_not_done"


def test_strengthened_and_carried_over_by_two_people(cast: Cast, problem: Problem):
    given: dict[str, Any] = {"problem_id": problem.pk, "seen_version": 1, "reason": "成效不稳"}
    due = dt.date(2099, 1, 1)
    assert refuse(
        Forbidden,
        lambda: services_again.propose_strengthen(
            actor=cast.city_clerk, requirement="再建 2 公里", due=due, **given
        ),
    )
    more = services_again.propose_strengthen(
        actor=cast.province_clerk, requirement="再建 2 公里", due=due, **given
    )
    own = {"proposal_id": more.pk, "seen_version": 1}
    assert refuse(Forbidden, lambda: services_again.approve(actor=cast.province_clerk, **own)) == "two_people"
    services_again.approve(actor=cast.province_manager, **own)
    assert fresh(problem).closure == "strengthened"
    other = make_problem(cast, problem.inspection, number=2)
    over = services_again.propose_carry_over(
        actor=cast.province_clerk,
        problem_id=problem.pk,
        seen_version=fresh(problem).version,
        reason="并入下一轮",
        successor_id=other.pk,
    )
    services_again.approve(actor=cast.province_reviewer, proposal_id=over.pk, seen_version=1)
    assert (fresh(problem).closure, fresh(over).successor) == ("carried_over", other)


def test_the_rules_of_the_first_day_stay(cast: Cast, problem: Problem):
    case = way.bring(cast, problem, "applied")
    services_rules.install_variant(actor=cast.province_manager, region_id=cast.city.pk, variant="boshan")
    keys = [step.key for step in queries_case.procedure_of(cast.city_clerk, problem, fresh(case)).steps]
    assert keys == ["documents", "visit", "sign_city", "sign_province", "notice"]
    other = make_problem(cast, problem.inspection, number=2)
    keys = [step.key for step in queries_case.procedure_of(cast.city_clerk, other, None).steps]
    assert keys == [
        "documents",
        "visit",
        "sign_county",
        "notice",
        "sign_leader",
        "sign_city",
        "sign_province",
    ]
    for actor in (cast.city_reviewer, cast.province_clerk):
        with pytest.raises(Forbidden):
            services_rules.install_variant(actor=actor, region_id=cast.city.pk, variant="hunan")


def test_signatures_behind_the_notice(cast: Cast, problem: Problem):
    """博山: the leader and the city sign when the notice is over, and not before."""
    with time_machine.travel(day(-1), tick=False):
        services_rules.install_variant(actor=cast.province_manager, region_id=cast.city.pk, variant="boshan")
    case = way.bring(cast, problem, "checked")
    with time_machine.travel(day(3), tick=False):
        way.sign(cast, case, "sign_county", "city_reviewer")
        assert fresh(problem).closure == "verified"
        way.publish(cast, case)
    assert refuse(Refused, lambda: way.sign(cast, case, "sign_leader", "city_leader"), 5) == "not_this_step"
    with time_machine.travel(day(14), tick=False):
        way.sign(cast, case, "sign_leader", "city_leader")
    assert refuse(Refused, lambda: way.propose(cast, case), 14) == "gates_open"
    with time_machine.travel(day(15), tick=False):
        way.sign(cast, case, "sign_city", "province_reviewer")
        way.sign(cast, case, "sign_province", "province_manager")
        proposal = way.propose(cast, case)
        entry = way.close(cast, proposal, "province_reviewer")
    assert (entry.number, fresh(problem).closure) == (1, "closed")


def test_a_closed_problem_takes_no_progress_and_no_quiet_move(cast: Cast, problem: Problem):
    way.bring(cast, problem, "closed")
    task = task_of(problem)
    with pytest.raises(Refused):
        services_task.apply_progress(
            actor=cast.province_clerk,
            task_id=task.pk,
            progress="done",
            done={},
            reported_on=dt.date(2026, 4, 1),
        )
    with pytest.raises(Refused):
        services_closure.move_closure(actor=cast.province_clerk, problem_id=problem.pk, move="apply")
    assert fresh(problem).closure == "closed"


def test_measures_are_added_while_the_work_goes_on_and_not_after(cast: Cast, problem: Problem):
    way.bring(cast, problem, "applied")
    entry = NewMeasure(number=9, columns={"text": "再建 2 公里。", "deadline": deadline()})
    given: dict[str, Any] = {"actor": cast.province_clerk, "problem_id": problem.pk, "measures": [entry]}
    code = refuse(
        Refused, lambda: services_entry.add_measures(seen_version=fresh(problem).version, **given), 2
    )
    assert code == "not_open"
    case = way.case_of(problem)
    services_apply.withdraw(
        actor=cast.city_bureau_clerk, case_id=case.pk, seen_version=case.version, reason="再加措施"
    )
    more = services_again.propose_strengthen(
        actor=cast.province_clerk,
        problem_id=problem.pk,
        seen_version=fresh(problem).version,
        reason="成效不稳",
        requirement="再建 2 公里",
        due=dt.date(2099, 1, 1),
    )
    services_again.approve(actor=cast.province_manager, proposal_id=more.pk, seen_version=1)
    (added,) = services_entry.add_measures(seen_version=fresh(problem).version, **given)
    assert fresh(added).closure == fresh(problem).closure == "strengthened"
