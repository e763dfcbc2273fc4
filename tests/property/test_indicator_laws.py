"""Laws of indicators: spans survive their names, per cent and percentage points never mix, better is not worse."""

from __future__ import annotations

import operator
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dugai.indicators import rules
from dugai.indicators.rules import Goal, Percent, Places, Points, Terms
from dugai.indicators.rules_span import Span, parse_span
from dugai.indicators.states import Against, Better, ComparisonKind, Nature
from dugai.kernel.errors import InvalidInput

VALUES = st.decimals(Decimal(-1000), Decimal(100000), places=2)
KINDS = (Percent, Points, Places)


@st.composite
def spans(draw) -> Span:
    year = draw(st.integers(1991, 2150))
    months = draw(st.sampled_from([1, 3, 6, 12, 0]))
    if months == 0:
        return Span.of_months(year, 1, draw(st.integers(1, 12)))
    first = draw(st.integers(0, 12 // months - 1)) * months + 1
    return Span.of_months(year, first, first + months - 1)


@given(spans())
def test_a_span_survives_its_name_and_its_code(span: Span):
    assert parse_span(span.label) == span
    assert parse_span(span.code) == span


@given(spans(), st.integers(1991, 2150))
def test_the_same_months_of_another_year_lead_back(span: Span, year: int):
    other = span.in_year(year)
    assert other.months == span.months
    assert other.in_year(span.start.year) == span


@given(spans())
def test_the_period_before_ends_where_this_one_begins(span: Span):
    before = span.before()
    if before is not None:
        assert before.months == span.months
        assert (span.start - before.end).days == 1


@pytest.mark.parametrize(
    "text",
    ["2026年13月", "2026年2—5月", "2026-W21", "去年", "2026年1—13月", "2026-T0", "2026年5月18日—24日当周"],
)
def test_what_is_no_span_is_refused_with_what_to_write(text: str):
    with pytest.raises(InvalidInput) as refusal:
        parse_span(text)
    assert "2026年1—11月" in refusal.value.fields["period"]


@given(VALUES, VALUES, st.sampled_from(KINDS), st.sampled_from(KINDS))
def test_changes_of_two_kinds_never_mix(one, two, kind, other):
    assume(kind is not other)
    for act in (operator.add, operator.lt):
        with pytest.raises(TypeError):
            act(kind(one), other(two))
    assert kind(one) + kind(two) == kind(one + two)
    assert (kind(one) < kind(two)) == (one < two)


@given(VALUES, VALUES)
def test_a_rate_changes_by_points_and_an_amount_by_per_cent(before, after):
    assert rules.change_of(Nature.RATE, before, after) == Points(after - before)
    assert rules.change_of(Nature.RANK, before, after) == Places(after - before)
    found = rules.change_of(Nature.AMOUNT, before, after)
    if before == 0:
        assert found is None
    else:
        assert isinstance(found, Percent)
        assert abs(abs(before) * found.value / 100 - (after - before)) < Decimal("0.000001")


@given(st.sampled_from(Better), VALUES, VALUES)
def test_worse_one_way_is_better_the_other_way(better, before, after):
    worse, back = rules.is_worse(better, before, after), rules.is_worse(better, after, before)
    assert not (worse and back)
    assert (worse or back) == (before != after)


@given(spans(), st.sampled_from(Better), VALUES, VALUES, st.booleans())
def test_nothing_that_meets_its_target_gives_an_alert(span, better, bound, value, cumulative):
    low, high = (bound, None) if better is Better.HIGHER else (None, bound)
    terms = Terms(Nature.AMOUNT, better, cumulative=cumulative)
    whole = Span.of_months(span.start.year, 1, 12)
    final = rules.against(terms, Goal(span, low, high), span, value)
    so_far = rules.against(terms, Goal(whole, low, high), span, value)
    misses = rules.is_worse(better, bound, value)
    assert final == (Against.SHORT if misses else Against.MET)
    if not misses:
        assert so_far == Against.MET
    elif span != whole:
        assert so_far == (Against.OPEN if cumulative else Against.SHORT_SO_FAR)


@given(spans(), VALUES, VALUES, st.sampled_from(Better))
def test_only_an_indicator_that_may_not_worsen_has_worsened(span, before, after, better):
    values = {span: after, span.in_year(span.start.year - 1): before}
    for no_worse in (False, True):
        terms = Terms(Nature.RATE, better, no_worse=no_worse)
        found = rules.comparisons(terms, span, values)
        assert [one.kind for one in found] == [ComparisonKind.YEAR_ON_YEAR]
        assert rules.has_worsened(terms, found) == (no_worse and rules.is_worse(better, before, after))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Percent(Decimal("-13.46")), "下降13.5%"),
        (Percent(Decimal("66.744")), "上升66.7%"),
        (Points(Decimal("2.40")), "上升2.4个百分点"),
        (Points(Decimal(0)), "持平"),
        (Places(Decimal(-17)), "前进17位"),
        (Places(Decimal(2)), "后退2位"),
    ],
)
def test_a_change_in_words(change, words):
    assert change.shown == words


def test_the_published_changes_of_the_field_come_out():
    """河南 2021: PM2.5 45, down 13.5 % from 52; 山西 2022: 优良天数 74.5 %, up 2.4 points from 72.1."""
    assert rules.change_of(Nature.AMOUNT, Decimal(52), Decimal(45)).shown == "下降13.5%"
    assert rules.change_of(Nature.RATE, Decimal("72.1"), Decimal("74.5")).shown == "上升2.4个百分点"


def test_a_year_has_no_period_before_and_the_base_year_is_compared():
    terms = Terms(Nature.AMOUNT, Better.LOWER, no_worse=True, base_year=2020)
    values = {Span.of_months(year, 1, 12): Decimal(n) for year, n in ((2020, 30), (2024, 33), (2025, 32))}
    found = rules.comparisons(terms, Span.of_months(2025, 1, 12), values)
    assert [(one.kind, one.shown, one.worse) for one in found] == [
        (ComparisonKind.YEAR_ON_YEAR, "下降3%", False),
        (ComparisonKind.ON_BASE, "上升6.7%", True),
    ]
    assert rules.has_worsened(terms, found)


def test_the_shortest_target_around_a_span_is_taken():
    year, half = Span.of_months(2026, 1, 12), Span.of_months(2026, 1, 6)
    goals = {one: Goal(one, Decimal(1), None) for one in (year, half)}
    assert rules.goal_for(Span.of_months(2026, 1, 3), goals) == goals[half]
    assert rules.goal_for(Span.of_months(2026, 1, 9), goals) == goals[year]
    assert rules.goal_for(Span.of_months(2026, 7, 7), goals) is None
    assert rules.goal_around(Span.of_months(2026, 7, 7), goals) == goals[year]
    assert rules.goal_for(Span.of_months(2025, 7, 7), goals) is None
