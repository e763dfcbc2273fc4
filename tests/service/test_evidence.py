"""Evidence is added by the unit that works, reviewed by another, and never lost."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dugai.evidence import queries, services
from dugai.evidence.models import Evidence
from dugai.evidence.services import Claim
from dugai.evidence.states import EvidenceState, SlotStatus, Stage
from dugai.files import services as files
from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused
from dugai.ledger import services_edit
from dugai.ledger.models import Problem
from tests.cast import Cast, make_problem, task_of
from tests.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(cast: Cast) -> Problem:
    return make_problem(cast)


def stored(actor: Any, data: bytes | None = None, name: str = "现场.jpg") -> int:
    found = files.store_file(actor=actor, name=name, stream=io.BytesIO(data or photo()))
    return found.pk


def add(
    actor: Any, problem: Problem, *, name: str = "报告.txt", data: bytes = b"done", **claim: Any
) -> Evidence:
    claim = {"slot": "self_report", **claim}
    return services.add_evidence(
        actor=actor, problem_id=problem.pk, file_id=stored(actor, data, name), claim=Claim(**claim)
    )


def picture(actor: Any, problem: Problem, phase: str, text: str = "") -> Evidence:
    return add(actor, problem, name=f"{phase}.jpg", data=photo(text + phase), slot="photos", phase=phase)


def accept(cast: Cast, one: Evidence) -> Evidence:
    return services.review_evidence(actor=cast.verifier, evidence_id=one.pk, act="accept", opinion="属实")


def kinds(one: Evidence) -> list[str]:
    found = Event.objects.filter(subject_type="evidence", subject_id=one.pk).order_by("pk")
    return [event.kind for event in found]


def state(one: Evidence) -> str:
    one.refresh_from_db()
    return one.state


def test_a_unit_adds_and_another_unit_accepts(cast: Cast, problem: Problem):
    one = add(cast.county_clerk, problem, task_id=task_of(problem).pk)
    assert (one.state, one.title, one.organisation) == ("pending", "报告", cast.county_bureau)
    done = accept(cast, one)
    assert (done.state, done.opinion, done.reviewer, done.reviewing_unit) == (
        "accepted",
        "属实",
        cast.verifier,
        cast.province_bureau,
    )
    assert kinds(one) == ["evidence.added", "evidence.accepted"]


def test_who_may_not_add(cast: Cast, problem: Problem):
    for person in (cast.verifier, cast.leader, cast.supervisor):
        file_id = stored(person)
        with pytest.raises(Forbidden):
            services.add_evidence(
                actor=person, problem_id=problem.pk, file_id=file_id, claim=Claim("self_report")
            )
    with pytest.raises(NotVisible):
        add(cast.neighbour_clerk, problem)
    assert not Evidence.objects.unscoped("a test").exists()


def test_another_persons_file_cannot_be_taken(cast: Cast, problem: Problem):
    file_id = stored(cast.county_reviewer)
    with pytest.raises(NotVisible):
        services.add_evidence(
            actor=cast.county_clerk, problem_id=problem.pk, file_id=file_id, claim=Claim("self_report")
        )


@pytest.mark.parametrize(
    ("claim", "field"),
    [
        ({"slot": "nothing"}, "slot"),
        ({"phase": "later"}, "phase"),
        ({"phase": "before"}, "phase"),
        ({"latitude": 26}, "latitude"),
        ({"latitude": 126, "longitude": 103}, "latitude"),
        ({"latitude": 26, "longitude": 203}, "longitude"),
        ({"measure_id": 10**9}, "measure"),
        ({"task_id": 10**9}, "task"),
        ({"site_id": 10**9}, "site"),
    ],
)
def test_what_is_claimed_is_checked(cast: Cast, problem: Problem, claim: dict[str, Any], field: str):
    with pytest.raises(InvalidInput) as caught:
        add(cast.county_clerk, problem, **claim)
    assert list(caught.value.fields) == [field]
    assert not Evidence.objects.unscoped("a test").exists()


def test_the_unit_that_added_never_reviews(cast: Cast, problem: Problem):
    one = add(cast.county_clerk, problem)
    by_office = add(cast.city_clerk, problem)
    for person, piece in (
        (cast.county_reviewer, one),
        (cast.county_clerk, one),
        (cast.city_reviewer, by_office),
        (cast.leader, one),
    ):
        with pytest.raises(Forbidden):
            services.review_evidence(actor=person, evidence_id=piece.pk, act="accept")
    assert (state(one), state(by_office)) == ("pending", "pending")
    assert accept(cast, by_office).state == "accepted"
    assert (
        services.review_evidence(actor=cast.city_reviewer, evidence_id=one.pk, act="accept").state
        == "accepted"
    )


def test_the_database_refuses_an_acceptance_by_the_same_unit(cast: Cast, problem: Problem):
    one = add(cast.county_clerk, problem)
    rows = Evidence.objects.unscoped("round the service").filter(pk=one.pk)
    for reviewer, unit in (
        (None, None),
        (cast.county_clerk, cast.province_bureau),
        (cast.verifier, cast.county_bureau),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(state="accepted", reviewer=reviewer, reviewing_unit=unit)
    assert state(one) == "pending"


def test_sending_back_needs_a_reason_and_leads_to_a_replacement(cast: Cast, problem: Problem):
    one = add(cast.county_clerk, problem)
    with pytest.raises(InvalidInput):
        services.review_evidence(actor=cast.verifier, evidence_id=one.pk, act="send_back", opinion=" ")
    services.review_evidence(actor=cast.verifier, evidence_id=one.pk, act="send_back", opinion="缺公章")
    new = services.replace_evidence(
        actor=cast.county_clerk, evidence_id=one.pk, file_id=stored(cast.county_clerk, b"stamped", "盖章.txt")
    )
    assert (state(one), new.state, new.slot, new.replaces_id, new.title) == (
        "replaced",
        "pending",
        "self_report",
        one.pk,
        "报告",
    )
    assert kinds(one) == ["evidence.added", "evidence.returned", "evidence.replaced"]


def test_withdrawing_keeps_the_row_and_the_file(cast: Cast, problem: Problem):
    one = add(cast.county_clerk, problem)
    with pytest.raises(Forbidden):
        services.withdraw_evidence(actor=cast.verifier, evidence_id=one.pk, reason="不要")
    services.withdraw_evidence(actor=cast.county_clerk, evidence_id=one.pk, reason="传错了")
    assert [piece.pk for piece in queries.past(cast.county_clerk, problem)] == [one.pk]
    kept, stream = queries.open_file(cast.county_clerk, one.pk)
    with stream:
        assert (kept.name, stream.read()) == ("报告.txt", b"done")


def test_an_accepted_piece_stays_and_may_be_revoked_with_a_reason(cast: Cast, problem: Problem):
    one = accept(cast, add(cast.county_clerk, problem))
    with pytest.raises(Refused, match="不能“撤回”"):
        services.withdraw_evidence(actor=cast.county_clerk, evidence_id=one.pk, reason="传错了")
    services.review_evidence(actor=cast.verifier, evidence_id=one.pk, act="revoke", opinion="照片是别处的")
    assert (state(one), kinds(one)[-1]) == ("returned", "evidence.revoked")


def test_a_stale_form_is_refused(cast: Cast, problem: Problem):
    one = add(cast.county_clerk, problem)
    seen = one.version
    accept(cast, one)
    with pytest.raises(Conflict):
        services.review_evidence(
            actor=cast.verifier, evidence_id=one.pk, act="revoke", opinion="再看", seen_version=seen
        )


# ---------- pairs ----------


def partners(one: Evidence) -> set[int]:
    one.refresh_from_db()
    return {piece.pk for piece in queries.partners(one.added_by, one)}


def test_views_before_and_after_make_a_pair(cast: Cast, problem: Problem):
    before, after = (picture(cast.county_clerk, problem, phase) for phase in ("before", "after"))
    key = services.pair_evidence(actor=cast.county_clerk, evidence_id=before.pk, other_id=after.pk)
    assert partners(before) == {before.pk, after.pk}
    during = picture(cast.county_clerk, problem, "during")
    assert services.pair_evidence(actor=cast.county_clerk, evidence_id=during.pk, other_id=after.pk) == key
    second = picture(cast.county_clerk, problem, "after", "另一张")
    with pytest.raises(Refused, match="同一阶段"):
        services.pair_evidence(actor=cast.county_clerk, evidence_id=second.pk, other_id=before.pk)
    services.part_evidence(actor=cast.county_clerk, evidence_id=after.pk)
    services.pair_evidence(actor=cast.county_clerk, evidence_id=second.pk, other_id=before.pk)
    assert partners(before) == {before.pk, during.pk, second.pk}


def test_what_cannot_be_a_pair(cast: Cast, problem: Problem):
    before = picture(cast.county_clerk, problem, "before")
    twin = picture(cast.county_clerk, problem, "before", "又")
    paper = add(cast.county_clerk, problem)
    for other in (twin, paper, before):
        with pytest.raises(Refused):
            services.pair_evidence(actor=cast.county_clerk, evidence_id=before.pk, other_id=other.pk)
    assert state(before) == "pending"
    assert before.pair == ""


def test_a_replacement_takes_the_place_in_the_pair(cast: Cast, problem: Problem):
    before, after = (picture(cast.county_clerk, problem, phase) for phase in ("before", "after"))
    key = services.pair_evidence(actor=cast.county_clerk, evidence_id=before.pk, other_id=after.pk)
    new = services.replace_evidence(
        actor=cast.county_clerk,
        evidence_id=after.pk,
        file_id=stored(cast.county_clerk, photo("新")),
    )
    assert (new.pair, new.phase) == (key, "after")
    with pytest.raises(InvalidInput):
        services.replace_evidence(
            actor=cast.county_clerk,
            evidence_id=new.pk,
            file_id=stored(cast.county_clerk, b"text", "a.txt"),
        )


# ---------- the checklist ----------


def status(cast: Cast, problem: Problem, code: str) -> SlotStatus:
    return next(slot.state for slot in queries.slots(cast.county_clerk, problem) if slot.code == code)


def test_the_checklist_follows_the_kind_of_problem(cast: Cast, problem: Problem):
    paper = [slot.code for slot in queries.slots(cast.county_clerk, problem)]
    assert "study" in paper
    assert "project" not in paper
    edited = services_edit.edit_problem(
        actor=cast.city_clerk, problem_id=problem.pk, seen_version=problem.version, engineering=True
    )
    works = [slot.code for slot in queries.slots(cast.county_clerk, edited)]
    assert "project" in works
    assert "study" not in works


def test_a_criterion_goes_from_missing_to_accepted(cast: Cast, problem: Problem):
    assert status(cast, problem, "self_report") is SlotStatus.MISSING
    one = add(cast.county_clerk, problem)
    assert status(cast, problem, "self_report") is SlotStatus.PENDING
    services.review_evidence(actor=cast.verifier, evidence_id=one.pk, act="send_back", opinion="缺章")
    assert status(cast, problem, "self_report") is SlotStatus.RETURNED
    accept(cast, add(cast.county_clerk, problem))
    assert status(cast, problem, "self_report") is SlotStatus.ACCEPTED


def test_the_gate_names_what_is_missing(cast: Cast, problem: Problem):
    open_ = [slot.code for slot in queries.public_open_slots(problem.pk, Stage.APPLY)]
    required = [slot.code for slot in queries.public_slots_of(problem.pk) if slot.required]
    assert open_ == required != []
    for code in required:
        accept(cast, add(cast.county_clerk, problem, slot=code))
    assert queries.public_open_slots(problem.pk) == ()


def test_the_queue_holds_what_waits_for_the_viewer(cast: Cast, problem: Problem):
    mine = [add(cast.county_clerk, problem).pk for _ in range(3)]
    own = add(cast.city_clerk, problem).pk
    seen = {
        person: [piece.pk for piece in queries.review_queue(cast.users[person]).rows]
        for person in ("verifier", "city_reviewer", "province_reviewer", "county_reviewer", "leader")
    }
    assert seen == {
        "verifier": [*mine, own],
        "city_reviewer": mine,
        "province_reviewer": [*mine, own],
        "county_reviewer": [],
        "leader": [],
    }
    first = queries.review_queue(cast.verifier, limit=2)
    assert first.next is not None
    rest = queries.review_queue(cast.verifier, after=first.next.pk, limit=2)
    assert [piece.pk for piece in first.rows + rest.rows] == [*mine, own]
    assert queries.review_count(cast.verifier) == 4


def test_looking_is_asked_for_once_a_content(cast: Cast, problem: Problem):
    data = photo("同一张")
    for _ in range(2):
        add(cast.county_clerk, problem, name="a.jpg", data=data, slot="photos", phase="before")
    assert Job.objects.filter(kind=services.LOOK_JOB).count() == 1


def test_every_state_is_one_the_database_knows():
    assert set(EvidenceState.values) == {"pending", "accepted", "returned", "replaced", "withdrawn"}
