"""The wording of deadlines: what each form means, in the order officials wrote it."""

from __future__ import annotations

import datetime as dt

import pytest

from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import PeriodKind
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.deadlines import Deadline, DeadlineKind, UnknownDeadline, canonical, codes

ISSUED = dt.date(2024, 3, 15)
K = DeadlineKind


def read(text, issued=ISSUED, **more):
    found = parse_deadline(text, issued=issued, **more)
    assert isinstance(found, Deadline), found
    assert found.raw == text
    return found


def parts(deadline):
    return [(str(part.due), part.precision.value, part.content) for part in deadline.parts]


@pytest.mark.parametrize(
    ("text", "due", "precision"),
    [
        ("2025年12月底前。", "2025-12-31", "month"),
        ("2025年12月", "2025-12-31", "month"),
        ("2025年12月末", "2025-12-31", "month"),
        ("2025年底前", "2025-12-31", "year"),
        ("2025年年底前完成", "2025-12-31", "year"),
        ("2025年", "2025-12-31", "year"),
        ("2025年完成", "2025-12-31", "year"),
        ("2025年内", "2025-12-31", "year"),
        ("2025年度内完成整改", "2025-12-31", "year"),
        ("2024年6月30日前", "2024-06-30", "day"),
        ("2024年6月30日", "2024-06-30", "day"),
        ("2024年6月上旬", "2024-06-10", "day"),
        ("2024年6月中旬前", "2024-06-20", "day"),
        ("2024年6月下旬", "2024-06-30", "month"),
        ("2025年上半年", "2025-06-30", "half"),
        ("2025年下半年内完成", "2025-12-31", "half"),
        ("2024年三季度末前", "2024-09-30", "quarter"),
        ("2025年第二季度", "2025-06-30", "quarter"),
        ("“十四五”末", "2025-12-31", "year"),
        ("“十四五”期间", "2025-12-31", "year"),
        ("十五五规划期末", "2030-12-31", "year"),
        ("２０２５年 １２ 月 底 前", "2025-12-31", "month"),
        ("2O25年l2月底前", "2025-12-31", "month"),
        ("二〇二五年十二月底前", "2025-12-31", "month"),
        ("2025年未", "2025-12-31", "year"),
        ("2024年6月30曰前", "2024-06-30", "day"),
        ("2025.12.31", "2025-12-31", "day"),
        ("2025/6/30前", "2025-06-30", "day"),
        ("2025-12", "2025-12-31", "month"),
        ("20251231", "2025-12-31", "day"),
        ("2024年1月—12月", "2024-12-31", "month"),
        ("2022年1月至2025年12月", "2025-12-31", "month"),
        ("2023—2025年", "2025-12-31", "year"),
        ("整改时限：2025年底前完成整改", "2025-12-31", "year"),
        ("完成整改时限为2025年底前", "2025-12-31", "year"),
        ("力争于2025年底前完成", "2025-12-31", "year"),
        ("持续推进雨污分流改造，2025年底前完成", "2025-12-31", "year"),
        ("2024年12月31日24时前", "2024-12-31", "day"),
        ("2024年6—12月", "2024-12-31", "month"),
        ("2024年全年", "2024-12-31", "year"),
        ("二0二五年底前", "2025-12-31", "year"),
        ("二O二五年底前", "2025-12-31", "year"),
        ("2025年前", "2025-12-31", "year"),
        ("自2024年1月1日起6个月内", "2024-07-01", "day"),
        ("完成A、B两项2025年底前", "2025-12-31", "year"),
    ],
)
def test_one_full_date_is_fixed_and_needs_no_issue(text, due, precision):
    found = read(text)
    assert (found.kind, parts(found)) == (K.FIXED, [(due, precision, parts(found)[0][2])])
    assert found.issued is None
    assert (found.immediate, found.standing, found.evidence) == (False, False, None)
    assert read(text, issued=None) == found


@pytest.mark.parametrize(
    ("text", "due", "precision"),
    [
        ("12月底前", "2024-12-31", "month"),
        ("年底前", "2024-12-31", "year"),
        ("年内", "2024-12-31", "year"),
        ("今年年底前", "2024-12-31", "year"),
        ("明年6月底前", "2025-06-30", "month"),
        ("2月底前", "2025-02-28", "month"),
        ("第三季度末", "2024-09-30", "quarter"),
        ("上半年", "2024-06-30", "half"),
        ("本月底前", "2024-03-31", "month"),
        ("月底前", "2024-03-31", "month"),
        ("下月10日前", "2024-04-10", "day"),
        ("本季度末", "2024-03-31", "quarter"),
        ("下季度末", "2024-06-30", "quarter"),
        ("3个月内", "2024-06-15", "day"),
        ("三个月内完成", "2024-06-15", "day"),
        ("两个季度内", "2024-09-15", "day"),
        ("30日内", "2024-04-14", "day"),
        ("两周内", "2024-03-29", "day"),
        ("半个月内", "2024-03-30", "day"),
        ("半年内", "2024-09-15", "day"),
        ("一年内", "2025-03-15", "day"),
        ("自方案印发之日起30日内", "2024-04-14", "day"),
        ("方案印发后一个月内", "2024-04-15", "day"),
    ],
)
def test_dates_without_a_year_and_periods_count_from_the_issue(text, due, precision):
    found = read(text)
    assert (found.kind, parts(found), found.issued) == (K.FIXED, [(due, precision, "")], ISSUED)
    lost = parse_deadline(text)
    assert isinstance(lost, UnknownDeadline)
    assert lost.raw == text
    assert "印发日期" in lost.reason


def test_what_was_supplied_is_said():
    assert read("2月底前").assumed == ("“2月底前”没写年份，按印发日期 2024-03-15 读作 2025 年",)
    assert read("2025年前").assumed == ("“2025年前”按 2025 年底前读",)
    assert read("25年底前").assumed == ("“25年底前”按 2025 年读",)
    assert read("2024年6月底前完成A，12月底前完成B").assumed == ("“12月底前”没写年份，随前文按 2024 年读",)


def test_a_range_remembers_what_its_beginning_needed():
    assert read("6月底至12月底").assumed == ("“6月底”没写年份，按印发日期 2024-03-15 读作 2024 年",)
    assert read("6月底至12月底").issued == ISSUED


@pytest.mark.parametrize(
    "text", ["立行立改", "立即整改。", "即知即改", "边督边改", "立行立政", "一律立行立改到位"]
)
def test_immediate(text):
    assert read(text) == Deadline(K.IMMEDIATE, immediate=True)


@pytest.mark.parametrize(
    "text",
    [
        "长期坚持",
        "持续推进",
        "长期整改",
        "常态化推进",
        "即日起长期坚持",
        "2021年起长期坚持",
        "已完成并长期坚持",
    ],
)
def test_standing_duties_are_proved_every_quarter_unless_said_otherwise(text):
    assert read(text) == Deadline(K.STANDING, standing=True, evidence=PeriodKind.QUARTER)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("长期坚持，每月报送", PeriodKind.MONTH),
        ("每年12月底前完成", PeriodKind.YEAR),
        ("应于每年12月底前完成", PeriodKind.YEAR),
        ("按季度推进", PeriodKind.QUARTER),
        ("每半年开展一次并长期坚持", PeriodKind.HALF),
        ("每周调度，长期坚持", PeriodKind.WEEK),
    ],
)
def test_a_rhythm_is_the_evidence_period(text, evidence):
    assert read(text) == Deadline(K.STANDING, standing=True, evidence=evidence)


@pytest.mark.parametrize(
    "text", ["立行立改，长期坚持。", "立行立改、长期坚持", "立即整改并长期坚持", "立行立改后持续推进"]
)
def test_immediate_and_standing(text):
    assert read(text) == Deadline(
        K.IMMEDIATE_STANDING, immediate=True, standing=True, evidence=PeriodKind.QUARTER
    )


@pytest.mark.parametrize("text", ["已完成", "已完成整改。", "已于2023年6月完成", "己完成", "目前已全部办结"])
def test_done_has_no_deadline(text):
    assert read(text) == Deadline(K.NONE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2022年6月底（2025年12月底前完成“十四五”碳排放和能耗强度下降目标）",
            [("2022-06-30", "month", ""), ("2025-12-31", "month", "完成“十四五”碳排放和能耗强度下降目标")],
        ),
        (
            "2024年6月底前完成A项目，12月底前完成B项目",
            [("2024-06-30", "month", "完成A项目"), ("2024-12-31", "month", "完成B项目")],
        ),
        (
            "一期工程2024年底前，二期工程2025年底前完成",
            [("2024-12-31", "year", "一期工程"), ("2025-12-31", "year", "二期工程")],
        ),
        (
            "2025年12月底前（其中管网改造2024年6月底前完成）",
            [("2025-12-31", "month", ""), ("2024-06-30", "month", "管网改造")],
        ),
        (
            "2023年底前完成60%，2024年底前完成100%",
            [("2023-12-31", "year", "完成60%"), ("2024-12-31", "year", "完成100%")],
        ),
        (
            "2024年6月底和12月底前",
            [("2024-06-30", "month", ""), ("2024-12-31", "month", "")],
        ),
        (
            "力争2025年底前完成，最迟2026年6月底前完成",
            [("2025-12-31", "year", ""), ("2026-06-30", "month", "")],
        ),
    ],
)
def test_several_dates_keep_their_own_content(text, expected):
    found = read(text)
    assert (found.kind, parts(found)) == (K.COMPOUND, expected)


def test_a_date_that_is_only_mentioned_is_no_deadline():
    found = read("2024年12月底前完成2023年度整改任务，较2020年下降10%")
    assert parts(found) == [("2024-12-31", "month", "完成2023年度整改任务，较2020年下降10%")]
    assert isinstance(parse_deadline("2020年以来的问题"), UnknownDeadline)


@pytest.mark.parametrize(
    "text", ["2024年6月底前并长期坚持", "2024年6月底前完成，并长期坚持", "2024年6月底前完成整改并持续推进"]
)
def test_a_date_and_a_standing_duty(text):
    found = read(text)
    assert (found.kind, found.standing, parts(found)) == (K.COMPOUND, True, [("2024-06-30", "month", "")])


def test_a_standing_duty_needs_no_comma_and_may_begin_later():
    for text in ("2025年12月底前 长期坚持", "2025年12月底前/长期坚持", "2025年12月底前\n持续推进"):
        assert codes(read(text)) == ["2025-12", "long_term"]
    assert codes(read("2021年12月底前完成，2022年起长期坚持")) == ["2021-12", "long_term"]


def test_at_once_and_a_date():
    found = read("边督边改，2024年12月底前")
    assert (found.kind, found.immediate, parts(found)) == (K.COMPOUND, True, [("2024-12-31", "month", "")])


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023年、2024年分年度", [2023, 2024]),
        ("2023年至2025年分年度完成", [2023, 2024, 2025]),
        ("2023—2025年分年度推进", [2023, 2024, 2025]),
        ("分年度推进，2026年底前全部完成", [2024, 2025, 2026]),
        ("逐年推进，2020年底前完成", [2020]),
        ("2024年至2026年，每年12月底前", [2024, 2025, 2026]),
    ],
)
def test_yearly(text, years):
    found = read(text)
    assert (found.kind, parts(found)) == (K.YEARLY, [(f"{year}-12-31", "year", "") for year in years])


def test_yearly_parts_may_have_content():
    found = read("分年度：2023年完成60%；2024年完成100%")
    assert parts(found) == [("2023-12-31", "year", "完成60%"), ("2024-12-31", "year", "完成100%")]
    assert canonical(found) == "分年度：2023年完成60%；2024年完成100%"


def test_yearly_without_a_year_is_unknown():
    found = parse_deadline("分年度完成", issued=ISSUED)
    assert found == UnknownDeadline("分年度完成", "写了“分年度”，没有写到哪一年。请补上年份。")


@pytest.mark.parametrize("text", ["短期攻坚、中期推进、长期坚持", "按短期攻坚、中期推进、长期坚持三阶段"])
def test_phases_without_dates(text):
    found = read(text)
    assert (found.kind, found.standing) == (K.PHASED, True)
    assert [part.content for part in found.parts] == ["短期攻坚", "中期推进"]
    assert [part.due for part in found.parts] == [None, None]


def test_phases_with_dates_and_with_a_rhythm():
    found = read("短期（2022年底前）攻坚，中期（2023年底前）推进，长期坚持（每月报送佐证）")
    assert parts(found) == [("2022-12-31", "year", "短期攻坚"), ("2023-12-31", "year", "中期推进")]
    assert found.evidence is PeriodKind.MONTH
    assert parts(read("近期2025年，远期2035年")) == [
        ("2025-12-31", "year", "近期"),
        ("2035-12-31", "year", "远期"),
    ]
    staged = read("第一阶段：2022年底前完成管网；第二阶段：2024年6月底前完成治理")
    assert parts(staged) == [
        ("2022-12-31", "year", "第一阶段：完成管网"),
        ("2024-06-30", "month", "第二阶段：完成治理"),
    ]


def test_working_days_need_the_callers_calendar():
    lost = parse_deadline("10个工作日内", issued=ISSUED)
    assert lost == UnknownDeadline("10个工作日内", "“工作日”要按节假日表推算，这里没有。请改写成日期。")
    found = read("10个工作日内", add_workdays=lambda day, count: day + dt.timedelta(days=count + 4))
    assert parts(found) == [("2024-03-29", "day", "")]


@pytest.mark.parametrize("text", ["", "  ", "。", "整改时限："])
def test_nothing_written_is_said_so(text):
    assert parse_deadline(text) == UnknownDeadline(text, "没有写整改时限。")


@pytest.mark.parametrize(
    "text", ["另行通知", "2025年春节前", "见附件", "已基本完成", "按程序推进", "情况报告每年12月底前报送"]
)
def test_what_cannot_be_read_is_kept_with_the_reason(text):
    reason = "读不出日期，也不是“立行立改”“长期坚持”一类说法。请对照原件登记。"
    assert parse_deadline(text, issued=ISSUED) == UnknownDeadline(text, reason)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025年6月31日前", "“6月31日”没有这一天。请改成 6月30日 或写“6月底前”。"),
        ("6月31日", "“6月31日”没有这一天。请改成 6月30日 或写“6月底前”。"),
        ("2025-02-30", "“2月30日”没有这一天。请改成 2月28日 或写“2月底前”。"),
        ("2025年13月底前", "“2025年13月底前”里没有 13 月这个月。请改成 1 月到 12 月。"),
        ("2025年第五季度", "“2025年第五季度”没有这个季度。请写第1季度到第4季度。"),
    ],
)
def test_a_day_that_does_not_exist_is_refused_in_plain_words(text, message):
    with pytest.raises(InvalidInput) as refused:
        parse_deadline(text, issued=ISSUED)
    assert (refused.value.message, refused.value.code) == (message, "date_impossible")
    assert refused.value.fields == {"deadline": message}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("立行立改，长期坚持。", ["immediate", "long_term"]),
        ("2022年6月底（2025年12月底前完成目标）", ["2022-06", "2025-12"]),
        ("2025年底前", ["2025-12"]),
        ("2024年6月30日前", ["2024-06-30"]),
        ("短期攻坚、中期推进、长期坚持", ["long_term"]),
        ("另行通知", []),
    ],
)
def test_codes_of_the_intake_record(text, expected):
    assert codes(parse_deadline(text)) == expected
