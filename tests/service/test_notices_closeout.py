"""On the way to closing, whoever's turn it is hears of it, and whoever's matter was decided."""

from __future__ import annotations

import io

import pytest
import time_machine

from dugai.acceptance import services_again, services_notice
from dugai.acceptance.models import CloseoutProposal
from dugai.evidence import queries as slots
from dugai.evidence import services as proving
from dugai.files import services as files
from dugai.insight import event_words
from dugai.journal.models import Event
from dugai.notices import queries, queries_delivery, services
from dugai.notices.audiences_closeout import CLOSEOUT
from tests import closeout as way
from tests.cast import Cast, make_problem
from tests.closeout import day

pytestmark = pytest.mark.django_db


def heard(cast: Cast, words: str) -> set[str]:
    """Return who hears words about close-out, by their names in the cast."""
    services.announce(events=Event.objects.order_by("pk"))
    return {
        name
        for name, person in cast.users.items()
        if any(words in message.title for message in queries.inbox(person).messages)
    }


def test_each_step_is_told_to_those_who_may_take_it(cast: Cast):
    problem = make_problem(cast)
    way.bring(cast, problem, "applied")
    told = heard(cast, "申请验收，等您单位资料初审")
    assert "city_clerk" in told
    assert told.isdisjoint({"city_bureau_clerk", "county_clerk", "neighbour_clerk", "other_city_reviewer"})


def test_what_is_sent_back_is_told_to_the_applicant(cast: Cast):
    case = way.bring(cast, make_problem(cast), "applied")
    with time_machine.travel(day(1), tick=False):
        way.check(cast, case, passed=False)
    told = heard(cast, "验收被退回")
    assert "city_bureau_clerk" in told
    assert "city_clerk" not in told  # who did it


def test_an_objection_is_told_to_those_who_answer_it(cast: Cast):
    case = way.bring(cast, make_problem(cast), "in_notice")
    assert "city_bureau_clerk" in heard(cast, "开始公示")
    with time_machine.travel(day(6), tick=False):
        services_notice.lodge_objection(
            actor=cast.city_clerk,
            case_id=case.pk,
            content="排口还在流。",
            channel="来信",
            received_on=day(6).date(),
        )
    told = heard(cast, "公示期收到异议")
    assert "city_reviewer" in told
    assert "city_bureau_clerk" not in told


def test_a_proposal_is_told_to_who_decides_and_its_end_to_who_made_it(cast: Cast):
    case = way.bring(cast, make_problem(cast), "proposed")
    proposal = CloseoutProposal.objects.get(case=case)
    told = heard(cast, "有人提议销号，等您审批")
    maker = next(name for name, person in cast.users.items() if person.pk == proposal.proposed_by_id)
    assert told
    assert maker not in told
    decider = next(iter(sorted(told)))
    with time_machine.travel(day(15), tick=False):
        services_again.refuse(
            actor=cast.users[decider], proposal_id=proposal.pk, seen_version=proposal.version, opinion="再核"
        )
    assert heard(cast, "您提议的销号没有同意") == {maker}


def test_returned_evidence_is_told_to_who_handed_it_in(cast: Cast):
    problem = make_problem(cast)
    stored = files.store_file(actor=cast.city_bureau_clerk, name="a.txt", stream=io.BytesIO(b"a"))
    slot = proving.Claim(slot=slots.slots(cast.city_bureau_clerk, problem)[0].code)
    added = proving.add_evidence(
        actor=cast.city_bureau_clerk, problem_id=problem.pk, file_id=stored.pk, claim=slot
    )
    proving.review_evidence(actor=cast.verifier, evidence_id=added.pk, act="send_back", opinion="看不清")
    assert heard(cast, "佐证被退回") == {"city_bureau_clerk"}


def test_every_kind_of_close_out_has_words_and_a_reader():
    assert set(CLOSEOUT) <= set(event_words.WORDS)


def test_a_title_is_said_only_to_somebody_who_still_sees_the_case(cast: Cast):
    way.bring(cast, make_problem(cast), "applied")
    event = Event.objects.get(kind="closeout.applied")
    assert queries_delivery.words_for(cast.city_clerk, event, "标题") == "标题"
    assert queries_delivery.words_for(cast.neighbour_clerk, event, "标题") is None
