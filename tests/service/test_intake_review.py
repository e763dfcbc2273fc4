"""A document comes in, people decide on what it proposes, and the ledger holds it with its places."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from dugai.intake import queries, services_cleaning, services_enter, services_review, services_shape
from dugai.intake.models import FieldSource
from dugai.intake.states import DocumentState, ProposalState
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused
from dugai.ledger.models import ChangeRequest, Measure, Problem, Task
from dugai.management import verification
from tests.cast import Cast, make_inspection
from tests.documents import ANNEX, bring, proposals, the

pytestmark = pytest.mark.django_db
WHY = "the test looks at its own rows"


def accept_all(cast: Cast, document) -> int:
    return services_review.accept_proposals(actor=cast.city_clerk, document_id=document.pk)


def test_a_document_becomes_problems_with_their_measures(cast: Cast):
    document = bring(cast)
    assert (document.state, document.kind, document.region) == ("review", "disclosure", "朔岭市")
    assert document.issued_on == "2026-03-30"
    said = [
        (row.kind, row.values["number"], row.state, row.parent_id and row.parent.values["number"])
        for row in proposals(document)
    ]
    assert said == [
        ("problem", 1, "proposed", None),
        ("measure", 1, "proposed", 1),
        ("measure", 2, "proposed", 1),
        ("problem", 2, "proposed", None),
        ("measure", 3, "proposed", 2),
    ]
    assert queries.source_of(cast.city_clerk, document).text == ANNEX
    for row in proposals(document):
        for start, end, quote in row.spans.values():
            assert ANNEX[start:end] == quote
    assert not Problem.objects.unscoped(WHY).exists()


def test_accepted_proposals_enter_the_ledger_in_one_stroke_with_their_places(cast: Cast):
    document = bring(cast)
    assert accept_all(cast, document) == 5
    document.refresh_from_db()
    assert document.state == DocumentState.DONE
    counts = services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    assert (counts["total"], counts["accepted"], counts["entered"]) == (5, 5, 5)
    problems = list(Problem.objects.unscoped(WHY).order_by("number"))
    assert [(row.number, row.home.name, row.lead.name) for row in problems] == [
        (1, "朔岭市", "朔岭市住建局"),
        (2, "朔岭市", "朔岭市住建局"),
    ]
    assert problems[0].text == "望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河。"
    assert str(problems[0].due) == "2026-12-31"
    measures = Measure.objects.unscoped(WHY).order_by("number")
    assert [(row.number, row.problem.number, str(row.due)) for row in measures] == [
        (1, 1, "2026-12-31"),
        (2, 1, "2026-12-31"),
        (3, 2, "2027-06-30"),
    ]
    assert [task.progress for task in Task.objects.unscoped(WHY).order_by("measure__number")] == [
        "in_progress",
        "done",
        "in_progress",
    ]
    places = queries.sources(cast.city_clerk, [("problem", problems[0].pk)])[("problem", problems[0].pk)]
    assert {row.field: row.quote for row in places} == {
        "number": "问题一",
        "text": "望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河。",
        "category": "一、生活污水直排问题",
        "deadline": "2026年12月底前",
        "status": "正在整改",
    }
    assert all(ANNEX[row.start : row.end] == row.quote for row in FieldSource.objects.all())
    event = Event.objects.filter(kind="document.entered").get()
    assert '"total":5' in event.body
    assert verification.verify(("rows", "tallies")).findings == []
    with pytest.raises(Refused, match="没有采纳了还没入账"):
        services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)


def test_places_are_never_changed_nor_deleted(cast: Cast):
    document = bring(cast)
    accept_all(cast, document)
    services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    for act in (lambda: FieldSource.objects.update(quote="别的"), lambda: FieldSource.objects.all().delete()):
        with pytest.raises(DatabaseError, match="guard"), transaction.atomic():
            act()
    assert not FieldSource.objects.filter(quote="别的").exists()


def test_a_corrected_value_keeps_its_place_and_says_who_corrected_it(cast: Cast):
    document = bring(cast)
    row = the(document, "problem", 1)
    done = services_review.correct_proposal(
        actor=cast.city_clerk,
        proposal_id=row.pk,
        seen_version=row.version,
        values={"deadline": "2026年10月底前"},
    )
    assert done.state == ProposalState.CORRECTED
    assert done.corrections["deadline"]["name"] == "何晓"
    accept_all(cast, document)
    services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    problem = Problem.objects.unscoped(WHY).get(number=1)
    assert str(problem.due) == "2026-10-31"
    place = FieldSource.objects.get(subject_type="problem", subject_id=problem.pk, field="deadline")
    assert (place.quote, place.corrected_by, place.corrected_from) == (
        "2026年12月底前",
        cast.city_clerk,
        "2026年12月底前",
    )


def test_a_value_that_cannot_be_is_refused_beside_its_field(cast: Cast):
    row = the(bring(cast), "problem", 1)
    with pytest.raises(InvalidInput) as refused:
        services_review.correct_proposal(
            actor=cast.city_clerk,
            proposal_id=row.pk,
            seen_version=row.version,
            values={"deadline": "6月31日", "number": "零", "text": " "},
        )
    assert set(refused.value.fields) == {"deadline", "number", "text"}
    row.refresh_from_db()
    assert (row.state, row.version) == ("proposed", 1)


def test_a_rejected_problem_takes_its_measures_along_and_can_be_reopened(cast: Cast):
    document = bring(cast)
    row = the(document, "problem", 1)
    assert (
        services_review.reject_proposals(
            actor=cast.city_clerk, document_id=document.pk, proposal_ids=[row.pk]
        )
        == 3
    )
    assert accept_all(cast, document) == 2
    services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    assert [one.number for one in Problem.objects.unscoped(WHY)] == [2]
    row.refresh_from_db()
    back = services_review.reopen_proposal(
        actor=cast.city_clerk, proposal_id=row.pk, seen_version=row.version
    )
    document.refresh_from_db()
    assert (back.state, document.state) == ("proposed", "review")


def test_two_proposals_become_one_and_one_becomes_two(cast: Cast):
    document = bring(cast)
    second = the(document, "measure", 2)
    merged = services_shape.merge_proposal(
        actor=cast.city_clerk, proposal_id=second.pk, seen_version=second.version
    )
    assert merged.values["text"].count("\n") == 1
    assert ANNEX[merged.spans["text"][0] : merged.spans["text"][1]] == merged.spans["text"][2]
    text = the(document, "measure", 3).values["text"]
    row = the(document, "measure", 3)
    at = text.index("历史")
    first, rest = services_shape.split_proposal(
        actor=cast.city_clerk, proposal_id=row.pk, seen_version=row.version, at=at
    )
    assert first.values["text"] + rest.values["text"] == text
    assert rest.spans["text"][2].startswith("历史遗留")
    assert rest.values["number"] is None
    accept_all(cast, document)
    counts = services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    states = {
        name: counts[name] for name in ("total", "accepted", "corrected", "merged", "split", "proposed")
    }
    assert states == {"total": 7, "accepted": 2, "corrected": 3, "merged": 1, "split": 1, "proposed": 0}
    found = Measure.objects.unscoped(WHY).order_by("number").values_list("number", "problem__number")
    assert list(found) == [(1, 1), (3, 2), (4, 2)]


def test_the_same_file_and_the_same_words_propose_nothing_new(cast: Cast):
    inspection = make_inspection(cast)
    first = bring(cast, inspection=inspection)
    again = bring(cast, inspection=inspection)
    spaced = bring(cast, ANNEX.replace("\n", "\r\n"), "另存.txt", inspection=inspection)
    assert [document.state for document in (first, again, spaced)] == ["review", "same", "same"]
    assert [document.previous_id for document in (again, spaced)] == [first.pk, first.pk]
    assert "没有新的建议" in spaced.message
    assert proposals(again) == proposals(spaced) == []
    with pytest.raises(Refused, match="没有可审的条目"):
        accept_all(cast, again)


def test_a_newer_version_proposes_only_what_differs(cast: Cast):
    inspection = make_inspection(cast)
    first = bring(cast, inspection=inspection)
    accept_all(cast, first)
    services_enter.enter_document(actor=cast.city_clerk, document_id=first.pk)
    newer = bring(cast, ANNEX.replace("2027年6月底前", "2027年9月底前"), "第二版.txt", inspection=inspection)
    assert newer.previous_id == first.pk
    open_ = [row for row in proposals(newer) if row.state == "proposed"]
    assert [(row.kind, row.values["number"]) for row in open_] == [("problem", 2)]
    assert open_[0].conflict["differences"] == {"deadline": ["2027年6月底前", "2027年9月底前"]}
    with pytest.raises(Refused, match="请选：另建"):
        services_review.accept_proposals(
            actor=cast.city_clerk, document_id=newer.pk, proposal_ids=[open_[0].pk]
        )
    services_review.choose_entry(
        actor=cast.city_clerk,
        proposal_id=open_[0].pk,
        seen_version=open_[0].version,
        choice="same",
        take=["deadline"],
    )
    services_enter.enter_document(actor=cast.city_clerk, document_id=newer.pk)
    request = ChangeRequest.objects.get()
    assert (request.problem.number, request.field, request.state) == (2, "deadline", "requested")
    assert "2027年9月底前" in str(request.new)
    assert Problem.objects.unscoped(WHY).count() == 2
    open_[0].refresh_from_db()
    assert (open_[0].became_type, open_[0].became_id) == ("problem", request.problem_id)


def test_another_problem_under_a_taken_number_needs_another_number(cast: Cast):
    inspection = make_inspection(cast)
    first = bring(cast, inspection=inspection)
    accept_all(cast, first)
    services_enter.enter_document(actor=cast.city_clerk, document_id=first.pk)
    other = ANNEX.replace(
        "望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河", "临河工业园固废长期露天堆放，防渗设施缺失"
    )
    other = other.replace("问题二：雁回县历史遗留", "问题八：雁回县历史遗留").replace(
        "污水管网6.4公里", "固废堆场"
    )
    second = bring(cast, other, "另一份.txt", inspection=inspection)
    row = the(second, "problem", 1)
    assert row.conflict["kind"] == "number"
    with pytest.raises(Refused, match="换一个序号"):
        services_review.choose_entry(
            actor=cast.city_clerk, proposal_id=row.pk, seen_version=row.version, choice="new"
        )
    row = services_review.correct_proposal(
        actor=cast.city_clerk, proposal_id=row.pk, seen_version=row.version, values={"number": ""}
    )
    assert (row.state, row.conflict, row.values["number"]) == ("corrected", {}, None)


def test_of_two_people_at_once_one_wins_and_the_other_is_told(cast: Cast):
    document = bring(cast)
    row = the(document, "problem", 1)
    services_review.accept_proposals(
        actor=cast.city_reviewer, document_id=document.pk, proposal_ids=[row.pk], seen={row.pk: row.version}
    )
    with pytest.raises(Conflict, match="罗平刚刚处理过问题 1"):
        services_review.reject_proposals(
            actor=cast.city_clerk, document_id=document.pk, proposal_ids=[row.pk], seen={row.pk: row.version}
        )
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("accepted", cast.city_reviewer)


def test_a_unit_nobody_knows_is_asked_for_once_and_remembered(cast: Cast):
    text = ANNEX.replace("整改时限：2026年12月底前", "整改时限：2026年12月底前\n责任单位：县城建中心")
    document = bring(cast, text)
    row = the(document, "problem", 1)
    assert row.values["responsible"] == ["县城建中心"]
    assert accept_all(cast, document) == 2
    with pytest.raises(Refused, match="县城建中心”还没对上单位"):
        services_review.accept_proposals(
            actor=cast.city_clerk, document_id=document.pk, proposal_ids=[row.pk]
        )
    services_review.remember_unit(
        actor=cast.city_clerk,
        document_id=document.pk,
        text="县城建中心",
        organisation_id=cast.county_bureau.pk,
    )
    assert accept_all(cast, document) == 3
    services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    owners = set(Task.objects.unscoped(WHY).filter(problem__number=1).values_list("owner__name", flat=True))
    assert owners == {"望渡县住建局"}


def test_measures_may_come_later_than_their_problem(cast: Cast):
    document = bring(cast)
    problem = the(document, "problem", 1)
    services_review.accept_proposals(
        actor=cast.city_clerk, document_id=document.pk, proposal_ids=[problem.pk]
    )
    services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    measure = the(document, "measure", 1)
    services_review.accept_proposals(
        actor=cast.city_clerk, document_id=document.pk, proposal_ids=[measure.pk]
    )
    counts = services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    assert (counts["entered"], counts["proposed"]) == (1, 3)
    assert [row.number for row in Measure.objects.unscoped(WHY)] == [1]
    orphan = the(document, "measure", 3)
    services_review.accept_proposals(actor=cast.city_clerk, document_id=document.pk, proposal_ids=[orphan.pk])
    with pytest.raises(Refused, match="措施 3所属的问题 2还没采纳"):
        services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)


def test_a_document_that_was_not_read_whole_needs_a_named_decision(cast: Cast):
    document = bring(cast, ANNEX.encode() + "页脚".encode() + b"\xff\n")
    assert (document.complete, document.state) == (False, "review")
    accept_all(cast, document)
    with pytest.raises(Refused, match="没有读全"):
        services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)
    assert not Problem.objects.unscoped(WHY).exists()
    document.refresh_from_db()
    services_cleaning.allow_incomplete(
        actor=cast.city_reviewer, document_id=document.pk, seen_version=document.version, why="末尾是页脚"
    )
    assert services_enter.enter_document(actor=cast.city_clerk, document_id=document.pk)["entered"] == 5
    assert Event.objects.filter(kind="document.incomplete_allowed").count() == 1


def test_what_cannot_be_read_stays_as_it_came_with_the_reason(cast: Cast):
    document = bring(cast, b"%PDF-1.4 cut off", "坏的.pdf")
    assert document.state == DocumentState.UNREADABLE
    assert "坏的.pdf" in document.message
    assert document.file.name == "坏的.pdf"


def test_a_cleaning_edit_is_taken_back_and_the_text_read_again(cast: Cast):
    text = ANNEX.replace("部分生活污水直排", "部分生活污（下转二版）水直排")
    document = bring(cast, text)
    assert (
        the(document, "problem", 1).values["text"] == "望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河。"
    )
    services_review.accept_proposals(
        actor=cast.city_clerk, document_id=document.pk, proposal_ids=[the(document, "problem", 2).pk]
    )
    document.refresh_from_db()
    edits = queries.record_of(cast.city_clerk, document)["x_edits"]
    (place,) = [at for at, edit in enumerate(edits) if edit["kind"] == "column_jump"]
    services_cleaning.undo_cleaning(
        actor=cast.city_clerk, document_id=document.pk, seen_version=document.version, edit=place
    )
    live = [row for row in proposals(document) if row.state != "withdrawn"]
    texts = {row.values["number"]: row.values["text"] for row in live if row.kind == "problem"}
    assert "（下转二版）" in texts[1]
    assert {row.state for row in live if row.values["number"] == 2 and row.kind == "problem"} == {"accepted"}
    document.refresh_from_db()
    assert document.undone == [[edits[place]["start"], edits[place]["end"], "column_jump"]]


def test_only_the_offices_of_the_region_see_and_decide(cast: Cast):
    document = bring(cast)
    for person in (cast.county_clerk, cast.other_city_reviewer, cast.county_office_clerk, cast.supervisor):
        with pytest.raises(NotVisible):
            services_review.accept_proposals(actor=person, document_id=document.pk)
    with pytest.raises((Forbidden, NotVisible)):
        bring(cast, "别的" + ANNEX, actor=cast.county_clerk, inspection=document.inspection)
    assert services_review.accept_proposals(actor=cast.province_clerk, document_id=document.pk) == 5


def test_another_responsible_unit_is_a_difference_and_not_taken_for_the_same(cast: Cast):
    inspection = make_inspection(cast)
    first = bring(cast, inspection=inspection)
    accept_all(cast, first)
    services_enter.enter_document(actor=cast.city_clerk, document_id=first.pk)
    text = ANNEX.replace("整改时限：2026年12月底前", "整改时限：2026年12月底前\n责任单位：望渡县住建局")
    row = the(bring(cast, text, "第二版.txt", inspection=inspection), "problem", 1)
    assert (row.state, row.conflict["differences"]) == ("proposed", {"responsible": ["", "望渡县住建局"]})
    with pytest.raises(Refused, match="只能取有出入的内容"):
        services_review.choose_entry(
            actor=cast.city_clerk,
            proposal_id=row.pk,
            seen_version=row.version,
            choice="same",
            take=["responsible"],
        )
