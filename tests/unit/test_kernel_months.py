"""Periods: what they are called, where they begin and end, and what is no period."""

from __future__ import annotations

import datetime as dt

import pytest

from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import Period, PeriodKind, add_months, month_end, parse_period

K = PeriodKind


@pytest.mark.parametrize(
    ("period", "label", "code", "start", "end"),
    [
        (Period(K.MONTH, 2026, 5), "2026年5月", "2026-05", "2026-05-01", "2026-05-31"),
        (Period(K.QUARTER, 2026, 2), "2026年第2季度", "2026-Q2", "2026-04-01", "2026-06-30"),
        (Period(K.HALF, 2026, 1), "2026年上半年", "2026-H1", "2026-01-01", "2026-06-30"),
        (Period(K.HALF, 2026, 2), "2026年下半年", "2026-H2", "2026-07-01", "2026-12-31"),
        (Period(K.YEAR, 2026), "2026年", "2026", "2026-01-01", "2026-12-31"),
        (Period(K.WEEK, 2026, 21), "2026年5月18日—24日当周", "2026-W21", "2026-05-18", "2026-05-24"),
        (Period(K.WEEK, 2026, 18), "2026年4月27日—5月3日当周", "2026-W18", "2026-04-27", "2026-05-03"),
        (
            Period(K.WEEK, 2026, 1),
            "2025年12月29日—2026年1月4日当周",
            "2026-W01",
            "2025-12-29",
            "2026-01-04",
        ),
    ],
)
def test_a_period_has_names_and_bounds(period, label, code, start, end):
    assert (str(period), period.code) == (label, code)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert parse_period(label) == period
    assert parse_period(code) == period


def test_short_labels_leave_the_year_to_the_page():
    assert Period(K.WEEK, 2026, 21).short_label == "5月18日—24日当周"
    assert Period(K.MONTH, 2026, 5).short_label == "5月"
    assert Period(K.YEAR, 2026).short_label == "2026年"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("二〇二六年五月份", Period(K.MONTH, 2026, 5)),
        ("２０２６ 年 第二季度", Period(K.QUARTER, 2026, 2)),
        ("2026年度", Period(K.YEAR, 2026)),
        ("2026年全年", Period(K.YEAR, 2026)),
        ("2026-5", Period(K.MONTH, 2026, 5)),
        ("2026年5月18日至24日", Period(K.WEEK, 2026, 21)),
    ],
)
def test_other_spellings_are_read(text, period):
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "上个月",
        "2026年5月19日—25日当周",
        "2026年5月18日—25日当周",
        "2026年6月31日—7月6日当周",
        "2026-W1",
        "26年5月",
    ],
)
def test_what_is_no_period_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput) as refused:
        parse_period(text)
    assert refused.value.code == "period_unreadable"
    assert refused.value.message == f"读不懂时段“{text}”。请写成 2026年5月、2026年第2季度 或 2026-05。"


@pytest.mark.parametrize(
    ("kind", "year", "number"),
    [(K.MONTH, 2026, 13), (K.QUARTER, 2026, 0), (K.WEEK, 2025, 53), (K.YEAR, 1899, 1), (K.WEEK, 99999, 1)],
)
def test_a_period_that_does_not_exist_is_refused(kind, year, number):
    with pytest.raises(InvalidInput) as refused:
        Period(kind, year, number)
    assert refused.value.code == "period_invalid"


def test_neighbours_cross_the_year():
    assert Period(K.MONTH, 2026, 12).next() == Period(K.MONTH, 2027, 1)
    assert Period(K.QUARTER, 2026, 1).previous() == Period(K.QUARTER, 2025, 4)
    assert Period(K.WEEK, 2026, 1).previous() == Period(K.WEEK, 2025, 52)
    assert Period(K.YEAR, 2026).next() == Period(K.YEAR, 2027)


def test_months_are_added_and_short_months_shorten_the_day():
    assert add_months(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert add_months(dt.date(2024, 3, 15), -3) == dt.date(2023, 12, 15)
    assert month_end(2023, 2) == dt.date(2023, 2, 28)


def test_containing_counts_both_ends():
    may = Period(K.MONTH, 2026, 5)
    days = [dt.date(2026, 4, 30), dt.date(2026, 5, 1), dt.date(2026, 5, 31), dt.date(2026, 6, 1)]
    assert [may.contains(day) for day in days] == [False, True, True, False]
