"""The small languages: deadlines, states, units, dates, places, numerals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.intake.grammar.dates import full_dates, whens
from dugai.intake.grammar.deadlines import deadlines_of, looks_like_deadline
from dugai.intake.grammar.labels import role_of
from dugai.intake.grammar.numerals import chinese, integer
from dugai.intake.grammar.organisations import split_units
from dugai.intake.grammar.places import full_name, lies_in, place_named, places_in
from dugai.intake.grammar.statuses import status_at_start, status_in


@pytest.mark.parametrize(
    ("raw", "dates"),
    [
        ("立行立改，长期坚持", ["immediate", "long_term"]),
        ("2022年6月底（2025年12月底前完成目标）", ["2022-06", "2025-12"]),
        ("2025年12月31日前", ["2025-12-31"]),
        ("2023年底前", ["2023-12"]),
        ("2022年6月底、12月底前", ["2022-06", "2022-12"]),
        ("2024年上半年", ["2024-06"]),
        ("2024年第三季度", ["2024-09"]),
        ("2024.6.30", ["2024-06-30"]),
        ("２０２３年１２月底前", ["2023-12"]),
        ("立即整改并长期坚持", ["immediate", "long_term"]),
        ("按国家规定时限", []),
    ],
)
def test_a_deadline_gives_all_its_parts_in_order(raw: str, dates: list[str]) -> None:
    assert deadlines_of(raw) == dates


def test_a_relative_year_is_dated_only_from_the_year_of_issue() -> None:
    assert deadlines_of("今年底前") == []
    assert deadlines_of("今年底前", issue_year=2024) == ["2024-12"]
    assert deadlines_of("明年6月底前", issue_year=2024) == ["2025-06"]


def test_a_sentence_is_not_a_deadline() -> None:
    assert looks_like_deadline("2025年12月底前")
    assert not looks_like_deadline("2025年底前城区生活污水集中收集率达到70%以上。")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("已完成并长期坚持。", "completed_long_term"),
        ("已完成整改，长期坚持", "completed_long_term"),
        ("已完成并持续推进。", "completed_continuing"),
        ("部分已完成，其他按序时进度推进。", "partial"),
        ("达到序时进度", "on_schedule"),
        ("未达到序时进度", "behind_schedule"),
        ("未按期完成", "behind_schedule"),
        ("进展滞后", "behind_schedule"),
        ("基本完成", "in_progress"),
        ("正在推进", "in_progress"),
        ("已销号", "closed_out"),
        ("未启动", "not_started"),
        ("已完成", "completed"),
    ],
)
def test_a_state_has_one_code(raw: str, code: str) -> None:
    found = status_at_start(raw)
    assert found is not None
    assert found.code == code


def test_a_promise_is_no_state() -> None:
    assert status_in("确保2025年底前完成整改") is None


@pytest.mark.parametrize(
    ("raw", "units"),
    [
        ("市生态环境局、各县（市、区）人民政府", {"responsible": ["市生态环境局", "各县(市、区)人民政府"]}),
        (
            "市生态环境局牵头，市水利局、市住建局配合",
            {"lead": ["市生态环境局"], "cooperating": ["市水利局", "市住建局"]},
        ),
        ("牵头单位：市发改委；配合单位：市财政局", {"lead": ["市发改委"], "cooperating": ["市财政局"]}),
        ("市生态\n环境局\n市水利局", {"responsible": ["市生态环境局", "市水利局"]}),
    ],
)
def test_units_are_split_by_name_and_role(raw: str, units: dict[str, list[str]]) -> None:
    assert split_units(raw) == units


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("责任\n单位", "responsible"),
        ("整改目标：", "goal"),
        ("验收销号单位", "acceptance"),
        ("【整改时限】", "deadline"),
        ("受理编号", "case_no"),
        ("天气", None),
    ],
)
def test_a_label_plays_one_role(word: str, role: str | None) -> None:
    assert role_of(word) == role


@given(st.integers(0, 999))
def test_numerals_go_both_ways(number: int) -> None:
    assert integer(chinese(number)) == number


def test_dates_in_both_numerals() -> None:
    assert [d[2] for d in full_dates("2024年1月30日，二〇二四年三月一日，2024年13月1日")] == [
        "2024-01-30",
        "2024-03-01",
    ]


def test_words_without_a_date_keep_their_words_only() -> None:
    assert [(w.raw, w.as_of) for w in whens("截至目前,完成;截至2022年12月底,完成")] == [
        ("截至目前", None),
        ("截至2022年12月底", "2022-12"),
    ]


def test_places_by_full_and_short_name() -> None:
    assert full_name("广西") == "广西壮族自治区"
    assert [p.name for _, _, p in places_in("湖南郴州和延边州")] == ["湖南省", "郴州市", "延边朝鲜族自治州"]
    city, province = place_named("柳州市"), place_named("广西")
    assert city
    assert province
    assert lies_in(city, province)
