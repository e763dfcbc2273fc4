"""Laws of numerals and periods."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from dugai.kernel import canonical
from dugai.kernel.chinese import chinese_to_int, fold_width, int_to_chinese, squeeze, year_to_chinese
from dugai.kernel.months import Period, PeriodKind, add_months, parse_period

DAYS = st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31))
PERIODS = st.builds(Period.of, st.sampled_from(list(PeriodKind)), DAYS)


@given(st.integers(0, 10**12 - 1))
def test_numerals_round_trip(number):
    assert chinese_to_int(int_to_chinese(number)) == number


@given(st.integers(1000, 9999))
def test_years_round_trip(year):
    assert chinese_to_int(year_to_chinese(year)) == year


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold_width(fold_width(text)) == fold_width(text)
    assert squeeze(squeeze(text)) == squeeze(text)


@given(PERIODS)
def test_a_period_is_read_back_from_its_name_and_its_code(period):
    assert parse_period(period.label) == period
    assert parse_period(period.code) == period


@given(PERIODS)
def test_periods_join_without_gap_or_overlap(period):
    assert period.next().start == period.end + dt.timedelta(days=1)
    assert period.next().previous() == period
    assert period.previous().next() == period
    assert period < period.next()


@given(st.sampled_from(list(PeriodKind)), DAYS)
def test_the_period_of_a_day_contains_it(kind, day):
    period = Period.of(kind, day)
    assert period.contains(day)
    assert not period.next().contains(day)


@given(DAYS, st.integers(-600, 600))
def test_adding_months_keeps_the_day_or_shortens_it(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_canonical_text_is_what_the_standard_library_writes_too(value):
    written = json.dumps(canonical.plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical.dump(value) == written
    assert json.loads(written) == canonical.plain(value)
