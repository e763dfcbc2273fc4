"""信访: a batch is handed over, letters are answered, reviewed, sent back, closed and opened again."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from dugai.complaints import queries, services, services_handle
from dugai.complaints.entries import NewLetter
from dugai.complaints.models import Letter, LetterBatch
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused
from dugai.people.models import Organisation
from dugai.rulebook.services import adopt_rules
from dugai.staging import services as staging
from dugai.staging.models import ImportRow
from tests.cast import Cast, make_inspection, make_problem
from tests.letter_texts import identity_number
from tests.letters import ANSWER, make_batch, make_letter
from tests.sheets import workbook

pytestmark = pytest.mark.django_db


def stored(letter: Letter) -> Letter:
    return Letter.objects.unscoped("a test looks at its own row").get(pk=letter.pk)


def kinds(letter: Letter) -> list[str]:
    return list(
        Event.objects.filter(subject_type="letter", subject_id=letter.pk)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def test_no_row_of_the_room_can_hold_who_complained():
    columns = {field.name for model in (Letter, LetterBatch) for field in model._meta.get_fields()}
    unwanted = (
        "name",
        "phone",
        "tel",
        "address",
        "email",
        "idcard",
        "identity",
        "complainant",
        "reporter",
        "sender",
    )
    assert [one for one in columns if any(word in one for word in unwanted)] == []
    with pytest.raises(TypeError):
        NewLetter(number="1", region=None, summary="", phone="1")  # type: ignore[call-arg]


def test_a_letter_goes_from_hand_over_to_close(cast: Cast):
    letter = make_letter(cast)
    assert (letter.state, letter.due) == ("handed", clock.today() + dt.timedelta(days=10))
    taken = services_handle.take_letter(actor=cast.county_clerk, letter_id=letter.pk, seen_version=1)
    assert taken.state == "working"
    services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=ANSWER, seen_version=2)
    services_handle.send_back_letter(
        actor=cast.city_reviewer, letter_id=letter.pk, reason="没有写明废水去向", seen_version=3
    )
    services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=ANSWER, seen_version=4)
    ahead = clock.today() + dt.timedelta(days=60)
    services_handle.stage_letter(
        actor=cast.city_reviewer, letter_id=letter.pk, follow_up=ahead, seen_version=5
    )
    assert (stored(letter).state, stored(letter).follow_up) == ("staged", ahead)
    services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=ANSWER, seen_version=6)
    closed = services_handle.close_letter(actor=cast.city_reviewer, letter_id=letter.pk, seen_version=7)
    assert (closed.state, closed.follow_up, closed.persons, closed.person_times) == ("done", None, 1, 2)
    services_handle.reopen_letter(
        actor=cast.city_reviewer, letter_id=letter.pk, reason="再次举报", seen_version=8
    )
    assert stored(letter).state == "returned"
    assert kinds(letter) == [
        *("letter.entered", "letter.taken", "letter.answered", "letter.sent_back", "letter.answered"),
        *("letter.staged", "letter.answered", "letter.closed", "letter.reopened"),
    ]


def test_the_last_day_is_computed_from_the_rules_of_the_place_and_kept(cast: Cast):
    inspection = make_inspection(cast)
    adopt_rules(
        actor=None,
        name="letters",
        region=cast.city,
        values={"answer_days": 5, "working_days": True},
        legal_reference="朔岭市信访办理规程（2026）",
        valid_from=dt.date(2026, 1, 1),
    )
    # 30 April 2026 is a Thursday; 1 to 5 May are the Labour Day holidays.
    batch = make_batch(cast, inspection=inspection, handed_on=dt.date(2026, 4, 30))
    assert batch.rules == {"answer_days": 5, "working_days": True, "soon_days": 3}
    assert batch.due_on > dt.date(2026, 5, 8)
    adopt_rules(
        actor=None, name="letters", region=cast.city, values={"answer_days": 30}, legal_reference="2026 修订"
    )
    assert make_letter(cast, batch).due == batch.due_on


def test_others_see_nothing_and_change_nothing(cast: Cast):
    letter = make_letter(cast)
    for name in (
        "neighbour_clerk",
        "neighbour_office_clerk",
        "other_city_reviewer",
        "system_admin",
        "public",
    ):
        with pytest.raises(NotVisible):
            queries.get_letter(cast.users[name], letter.pk)
        with pytest.raises(NotVisible):
            queries.get_batch(cast.users[name], letter.batch_id)
        with pytest.raises(NotVisible):
            services_handle.take_letter(actor=cast.users[name], letter_id=letter.pk)
    for name in ("county_clerk", "county_office_clerk", "city_leader", "supervisor", "discipline"):
        assert queries.get_letter(cast.users[name], letter.pk).pk == letter.pk
    for name in ("city_clerk", "county_office_clerk"):
        with pytest.raises(Forbidden):
            services_handle.take_letter(actor=cast.users[name], letter_id=letter.pk)
    assert kinds(letter) == ["letter.entered"]


def test_a_unit_sees_its_letters_and_no_others_of_the_batch(cast: Cast):
    batch = make_batch(cast)
    mine = make_letter(cast, batch, 1)
    make_letter(cast, batch, 2, region=cast.neighbour, lead=cast.neighbour_bureau)
    assert [row.pk for row in queries.letters_of(cast.county_clerk, batch)] == [mine.pk]
    assert [row.pk for row in queries.to_handle(cast.county_clerk)] == [mine.pk]
    (shown,) = queries.batches(cast.county_clerk)
    assert shown.counts.total == 1
    assert queries.batches(cast.city_clerk)[0].counts.total == 2


def test_nobody_reviews_their_own_answer(cast: Cast):
    letter = make_letter(cast, lead=None, state="working")  # without a unit the office answers itself
    services_handle.answer_letter(actor=cast.city_reviewer, letter_id=letter.pk, answer=ANSWER)
    with pytest.raises(Forbidden, match="您自己"):
        services_handle.close_letter(actor=cast.city_reviewer, letter_id=letter.pk)
    with pytest.raises(IntegrityError, match="letter_reviewed_by_another"), transaction.atomic():
        Letter.objects.unscoped("a direct write").filter(pk=letter.pk).update(reviewed_by=cast.city_reviewer)
    assert services_handle.close_letter(actor=cast.province_reviewer, letter_id=letter.pk).state == "done"


def test_what_the_table_of_moves_lacks_is_refused(cast: Cast):
    letter = make_letter(cast)
    with pytest.raises(Refused, match="已交办"):
        services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=ANSWER)
    with pytest.raises(Refused):
        services_handle.close_letter(actor=cast.city_reviewer, letter_id=letter.pk)
    with pytest.raises(Conflict):
        services_handle.take_letter(actor=cast.county_clerk, letter_id=letter.pk, seen_version=7)
    assert stored(letter).state == "handed"


def test_an_answer_must_say_everything_and_a_staged_one_looks_ahead(cast: Cast):
    letter = make_letter(cast)
    services_handle.take_letter(actor=cast.county_clerk, letter_id=letter.pk)
    bare = replace(ANSWER, verdict="", findings=" ", handling="", person_times=0)
    with pytest.raises(InvalidInput) as refusal:
        services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=bare)
    assert set(refusal.value.fields) == {"verdict", "findings", "handling", "person_times"}
    services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=ANSWER)
    with pytest.raises(InvalidInput, match="今天以后"):
        services_handle.stage_letter(actor=cast.city_reviewer, letter_id=letter.pk, follow_up=clock.today())
    with pytest.raises(InvalidInput, match="退回原因"):
        services_handle.send_back_letter(actor=cast.city_reviewer, letter_id=letter.pk, reason=" ")


def test_a_phone_waits_for_a_person_and_an_id_number_never_comes_in(cast: Cast):
    batch = make_batch(cast)
    with pytest.raises(InvalidInput) as refusal:
        make_letter(cast, batch, summary="工厂夜间排烟，值班电话 13912345678。")
    assert (refusal.value.code, list(refusal.value.fields)) == ("identity_found", ["summary"])
    assert "13912345678" not in refusal.value.message
    with pytest.raises(InvalidInput) as refusal:
        services.enter_letters(
            actor=cast.city_clerk,
            batch_id=batch.pk,
            letters=[NewLetter("X1", cast.county, f"证件 {identity_number(random.Random(1))}。")],
            confirmed="核对过",
        )
    assert refusal.value.code == "identity_refused"
    assert not Letter.objects.unscoped("none came in").exists()
    said = NewLetter("X1", cast.county, "工厂夜间排烟，公示的值班电话 13912345678。")
    (letter,) = services.enter_letters(
        actor=cast.city_clerk, batch_id=batch.pk, letters=[said], confirmed="企业公示的值班电话"
    )
    assert letter.confirmed == [["summary", "phone"]]
    body = json.loads(Event.objects.get(subject_type="letter", subject_id=letter.pk).body)
    assert (body["reason"], body["after"]["confirmed"]) == ("企业公示的值班电话", [["summary", "phone"]])


def test_letters_come_in_all_or_none(cast: Cast):
    batch = make_batch(cast)
    good = NewLetter("A1", cast.county, "扬尘。")
    for wrong in (
        NewLetter("A1", cast.county, "重号。"),
        NewLetter("D3JY20261328001", cast.county, "编号不对。"),
        NewLetter("D3JY202613280018", cast.county, "没有十三月。"),
        NewLetter("A2", cast.province, "不在本市。"),
        NewLetter("A2", cast.county, " "),
        NewLetter("A2", cast.county, "没有判断。", state="done"),
        NewLetter("A2", cast.county, "别县的单位。", lead=cast.neighbour_bureau),
        NewLetter("A2", cast.county, "问责。", persons=3, person_times=2),
        NewLetter("A2", cast.county, "类型。", types=("fire",)),
    ):
        with pytest.raises(InvalidInput):
            services.enter_letters(actor=cast.city_clerk, batch_id=batch.pk, letters=[good, wrong])
    assert not Letter.objects.unscoped("none came in").exists()
    with pytest.raises(Forbidden):
        services.enter_letters(
            actor=cast.county_clerk, batch_id=make_letter(cast, batch).batch_id, letters=[good]
        )


def test_a_batch_is_opened_once_and_by_the_office_alone(cast: Cast):
    batch = make_batch(cast)
    with pytest.raises(InvalidInput, match="已经登记过"):
        make_batch(cast, inspection=batch.inspection)
    with pytest.raises(InvalidInput, match="还没有到"):
        make_batch(cast, 2, batch.inspection, clock.today() + dt.timedelta(days=1))
    with pytest.raises((Forbidden, NotVisible)):
        services.open_batch(
            actor=cast.county_clerk,
            inspection_id=batch.inspection_id,
            region=cast.county,
            number=9,
            handed_on=clock.today(),
        )


def test_a_letter_changes_hands_and_may_join_a_problem(cast: Cast):
    problem = make_problem(cast)
    letter = make_letter(cast, make_batch(cast, inspection=problem.inspection))
    moved = services.reassign_letter(
        actor=cast.city_clerk, letter_id=letter.pk, lead=cast.city_bureau, reason="属市局管", seen_version=1
    )
    assert (moved.lead_id, moved.state) == (cast.city_bureau.pk, "handed")
    with pytest.raises(NotVisible):
        queries.get_letter(cast.county_clerk, letter.pk)
    joined = services.link_letter(actor=cast.city_clerk, letter_id=letter.pk, problem_id=problem.pk)
    assert joined.problem_id == problem.pk
    assert kinds(letter)[1:] == ["letter.reassigned", "letter.linked"]


HEAD = [
    "序号",
    "受理编号",
    "交办问题基本情况",
    "行政区域",
    "污染类型",
    "调查核实情况",
    "是否属实",
    "处理和整改情况",
    "是否办结",
    "责任人被处理情况",
]


def test_a_printed_table_comes_in_through_staging(cast: Cast):
    batch = make_batch(cast)
    rows = [
        [
            "1",
            "D3JY202605280001",
            "石桥村偷排废水。",
            "望渡县",
            "水、噪声污染",
            "属实。",
            "属实",
            "已整改。",
            "已办结",
            "约谈1人",
        ],
        [
            "2",
            "D3JY202605280002",
            "采石扬尘。",
            "雁回县",
            "大气",
            "部分属实。",
            "部分属实",
            "正在整改。",
            "阶段性办结",
            "无",
        ],
        [
            "3",
            "D3JY202605280003",
            "举报人王建国称油烟扰民，电话13912345678。",
            "望渡县",
            "油烟",
            "",
            "",
            "",
            "",
            "",
        ],
        ["4", "D3JY202605280001", "同一件。", "望渡县", "水", "", "", "", "", ""],
        ["5", "D3JY202605280005", "判断不对。", "望渡县", "水", "x", "大概属实", "x", "是", ""],
        ["合计", "", "", "", "", "", "", "", "", ""],
    ]
    staged = staging.stage(
        actor=cast.city_clerk,
        kind="letters",
        file_name="一览表.xlsx",
        data=workbook(HEAD, rows, title="群众信访举报转办和边督边改公开情况一览表", sheet="一览表"),
        context={"batch": batch.pk},
    )
    assert (staged.rows_read, staged.rows_good, staged.rows_rejected, staged.rows_duplicate) == (5, 2, 2, 1)
    kept = json.dumps(
        [[row.cells, row.errors, row.values] for row in ImportRow.objects.all()], ensure_ascii=False
    )
    assert "13912345678" not in kept
    assert "王建国" not in kept
    staging.accept(actor=cast.city_clerk, batch_id=staged.pk)
    found = queries.letters_of(cast.city_clerk, batch)
    assert [(row.number[-1], row.verdict, row.state, row.types, row.persons) for row in found] == [
        ("1", "true", "done", ["water", "noise"], 1),
        ("2", "partly", "staged", ["air"], None),
    ]
    counts = queries.counts_of(found)
    assert (counts.total, counts.rate_a, counts.rate_b, sum(counts.types.values())) == (2, "50%", "100%", 3)
    with pytest.raises(NotVisible):
        staging.reader_for(actor=cast.neighbour_clerk, kind="letters", context={"batch": batch.pk})


def test_a_list_costs_the_same_with_one_batch_and_with_three(cast: Cast, django_assert_max_num_queries):
    inspection = make_inspection(cast)
    for number in (1, 2, 3):
        batch = make_batch(cast, number, inspection)
        make_letter(cast, batch, number)
    with django_assert_max_num_queries(4):
        rows = queries.batches(cast.city_clerk)
        assert [(row.number, row.counts.total) for row in rows] == [(3, 1), (2, 1), (1, 1)]
        assert isinstance(rows[0].region, Organisation)
