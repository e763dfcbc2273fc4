"""Letters out of documents: proposed with their places, entered once, restated by a newer version."""

from __future__ import annotations

import pytest

from dugai.complaints import queries as complaints
from dugai.complaints import services_handle
from dugai.complaints.models import Letter
from dugai.intake import queries_letters, services_letters
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, DomainError, InvalidInput, NotVisible
from tests.cast import Cast, make_inspection
from tests.documents import bring
from tests.letters import ANSWER, make_batch

pytestmark = pytest.mark.django_db

HEAD = "受理编号\t交办问题基本情况\t行政区域\t污染类型\t调查核实情况\t是否属实\t处理和整改情况\t是否办结\t责任人被处理情况"
ROWS = (
    "D3JY202605280001\t石桥村塑料加工点偷排废水，气味难闻。\t望渡县\t水、大气\t经查，加工点无环保手续。\t属实\t已责令停产，拆除设备2台。\t已办结\t约谈1人",
    "D3JY202605280002\t北坪镇采石场扬尘大，车辆不覆盖。\t雁回县\t扬尘\t经查，部分车辆未覆盖。\t部分属实\t已安装喷淋，道路硬化正在推进。\t阶段性办结\t无",
    "X3JY202605280003\t柳汀镇饭店油烟直排。\t望渡县\t油烟\t经查，净化器正常。\t不属实\t已向群众说明。\t已办结\t无",
    "X3JY202605280004\t举报人：王建国，电话13912345678，称猪场粪水外流。\t望渡县\t畜禽养殖\t正在核实。\t\t\t正在办理\t无",
)
TITLE = "朔岭市群众信访举报转办和边督边改公开情况一览表（第一批）"


def table(*rows: str) -> str:
    return "\n".join((TITLE, "", HEAD, *rows, ""))


def stored() -> dict[str, Letter]:
    rows = Letter.objects.unscoped("a test looks at its own rows")
    return {row.number: row for row in rows}


def test_a_table_is_entered_with_its_places_and_never_twice(cast: Cast):
    inspection = make_inspection(cast)
    batch = make_batch(cast, inspection=inspection)
    document = bring(cast, table(*ROWS), "一览表.txt", inspection=inspection)
    found = queries_letters.proposals(cast.city_clerk, document)
    assert [(one.found.number[-1], one.standing) for one in found] == [
        ("1", "new"),
        ("2", "new"),
        ("3", "new"),
        ("4", "blocked"),
    ]
    assert "13912345678" not in found[3].why
    one = services_letters.enter_found_letters(
        actor=cast.city_clerk, document_id=document.pk, batch_id=batch.pk, numbers=["D3JY202605280002"]
    )
    assert one == {"letters_entered": 1, "letters_restated": 0}
    rest = services_letters.enter_found_letters(
        actor=cast.city_clerk, document_id=document.pk, batch_id=batch.pk
    )
    assert rest == {"letters_entered": 2, "letters_restated": 0}
    rows = stored()
    first = rows["D3JY202605280001"]
    assert (first.state, first.verdict, first.types, first.persons, first.region_id) == (
        "done",
        "true",
        ["water", "air"],
        1,
        cast.county.pk,
    )
    start, end, quote = first.source_span["spans"]["findings"]
    assert table(*ROWS)[start:end] == quote == "经查，加工点无环保手续。"
    assert rows["D3JY202605280002"].state == "staged"
    assert [one.standing for one in queries_letters.proposals(cast.city_clerk, document)] == [
        "same",
        "same",
        "same",
        "blocked",
    ]
    with pytest.raises(Conflict):
        services_letters.enter_found_letters(
            actor=cast.city_clerk, document_id=document.pk, batch_id=batch.pk, numbers=["D3JY202605280001"]
        )
    again = bring(cast, table(*ROWS[:3]) + "\n注：数据截至今日。\n", "同一批.txt", inspection=inspection)
    assert {one.standing for one in queries_letters.proposals(cast.city_clerk, again)} == {"same"}
    with pytest.raises(DomainError, match="没有可登记"):
        services_letters.enter_found_letters(actor=cast.city_clerk, document_id=again.pk, batch_id=batch.pk)
    assert len(stored()) == 3


def test_a_newer_version_proposes_the_differences_and_spares_what_was_answered_here(cast: Cast):
    inspection = make_inspection(cast)
    batch = make_batch(cast, inspection=inspection)
    old = bring(cast, table(*ROWS[:3]), "一览表.txt", inspection=inspection)
    services_letters.enter_found_letters(actor=cast.city_clerk, document_id=old.pk, batch_id=batch.pk)
    third = stored()["X3JY202605280003"]
    services_handle.reopen_letter(actor=cast.city_reviewer, letter_id=third.pk, reason="再次举报")
    services_handle.answer_letter(actor=cast.city_clerk, letter_id=third.pk, answer=ANSWER)
    newer = ROWS[1].replace("阶段性办结", "已办结").replace("道路硬化正在推进", "道路硬化已完成")
    document = bring(cast, table(ROWS[0], newer, ROWS[2]), "一览表二.txt", inspection=inspection)
    found = queries_letters.proposals(cast.city_clerk, document)
    assert [one.standing for one in found] == ["same", "differs", "blocked"]
    assert found[1].differences == {
        "handling": ["已安装喷淋，道路硬化正在推进。", "已安装喷淋，道路硬化已完成。"],
        "state": ["阶段性办结", "办结"],
    }
    done = services_letters.enter_found_letters(actor=cast.city_clerk, document_id=document.pk, batch_id=None)
    assert done == {"letters_entered": 0, "letters_restated": 1}
    second = stored()["D3JY202605280002"]
    assert (second.state, second.source_span["document"]) == ("done", document.pk)
    kinds = Event.objects.filter(subject_type="letter", subject_id=second.pk).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["letter.entered", "letter.restated"]
    assert stored()["X3JY202605280003"].verdict == ANSWER.verdict


def test_letters_need_a_batch_and_an_office_that_keeps_the_place(cast: Cast):
    inspection = make_inspection(cast)
    document = bring(cast, table(*ROWS[:2]), "一览表.txt", inspection=inspection)
    with pytest.raises(InvalidInput, match="开立批次"):
        services_letters.enter_found_letters(actor=cast.city_clerk, document_id=document.pk, batch_id=None)
    with pytest.raises(NotVisible):
        services_letters.enter_found_letters(
            actor=cast.neighbour_clerk, document_id=document.pk, batch_id=None
        )
    assert stored() == {}
    assert complaints.batches(cast.city_clerk) == []
