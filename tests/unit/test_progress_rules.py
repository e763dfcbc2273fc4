"""The pure rules of 调度: reading what was typed, what stops a report, dates, desks, receipts and figures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.kernel.errors import InvalidInput
from dugai.ledger.states import DONE_PROGRESS, Progress
from dugai.progress import rules, rules_round
from dugai.progress.entries import Baseline, Entry, Line, decimal_of, percent_of, plain, read_entry, unchanged
from dugai.progress.states import REPORT_MOVES, ReportState, RoundKind

PIPES = Line(1, "管网", "公里", Decimal("6.4"), Decimal(2))
BASE = Baseline(
    lines=(PIPES,), progress=Progress.IN_PROGRESS, percent=31, summary="上月的话", funds_paid=Decimal(320)
)
TYPED = {"progress": "in_progress", "summary": "做了两公里", "next_step": "再做两公里", "added_1": "2"}
AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=4)


def numbers(found) -> list[tuple[int, bool]]:
    """Return the rules that were broken and whether each stops the report."""
    return [(one.rule, one.stops) for one in found]


def test_what_was_typed_is_read_exactly():
    entry = read_entry({**TYPED, "funds_added": "１，２８０．５"}, BASE)
    assert (entry.lines[0].total, entry.percent, entry.funds_paid) == (Decimal(4), 62, Decimal("1600.5"))
    assert numbers(rules.findings(entry, BASE)) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", "2"),
        (" 2.50 ", "2.50"),
        ("１，０００", "1000"),
        ("-0.5", "-0.5"),
        ("−3", "-3"),
        ("1e3", None),
        ("二", None),
    ],
)
def test_numbers_as_officials_type_them(text, number):
    assert decimal_of(text) == (Decimal(number) if number else None)


def test_every_wrong_field_has_its_own_sentence():
    with pytest.raises(InvalidInput) as refusal:
        read_entry(
            {"progress": "great", "added_1": "NaN", "funds_added": "1e99", "funds_planned": "0.001"}, BASE
        )
    assert set(refusal.value.fields) == {"progress", "added_1", "funds_added", "funds_planned"}


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"summary": ""}, [(1, True)]),
        ({"next_step": ""}, [(2, True)]),
        ({"progress": "done", "next_step": ""}, [(3, True), (10, False)]),
        ({"progress": "not_started"}, [(4, True)]),
        ({"added_1": "-1"}, [(5, True)]),
        ({"added_1": "-1", "correction": "复测更正"}, []),
        ({"funds_added": "-20"}, [(5, True)]),
        ({"added_1": "5"}, [(7, False), (9, False)]),
        ({"added_1": "4.4"}, [(9, False)]),
        ({"added_1": "4.4", "progress": "done"}, [(10, False)]),
        ({"summary": "上月 的话"}, [(8, False)]),
        ({"funds_planned": "300"}, [(7, False)]),
    ],
)
def test_each_rule_by_its_number(change, broken):
    assert numbers(rules.findings(read_entry({**TYPED, **change}, BASE), BASE)) == broken


def test_done_is_proven_where_the_round_asks_it():
    entry = read_entry({**TYPED, "added_1": "4.4", "progress": "done"}, BASE)
    assert numbers(rules.findings(entry, BASE, done_needs_file=True)) == [(6, True)]
    assert numbers(rules.findings(entry, BASE, files=1, done_needs_file=True)) == []


def test_unchanged_breaks_no_rule_that_stops():
    entry = unchanged(BASE, "  汛期 停工 ")
    assert (entry.no_change_reason, entry.lines, entry.percent) == ("汛期 停工", BASE.lines, 31)
    assert rules.stops(rules.findings(entry, BASE)) == {}


@given(before=AMOUNTS, added=AMOUNTS, amount=AMOUNTS)
def test_last_plus_this_is_the_sum_and_never_more_than_the_whole(before, added, amount):
    line = Line(1, "管网", "公里", amount, before, added)
    assert line.total - line.added == line.before
    percent = percent_of([line])
    assert percent is None if amount == 0 else 0 <= percent <= 100
    assert (percent == 100) == (amount > 0 and line.total >= amount)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_a_number_written_is_read_back(number):
    assert decimal_of(plain(number)) == number


@given(progress=st.sampled_from(list(Progress)), before=AMOUNTS, added=AMOUNTS, amount=AMOUNTS)
def test_done_is_never_handed_in_short(progress, before, added, amount):
    entry = Entry(
        progress, 0, (Line(1, "管网", "公里", amount, before, added),), summary="做了", next_step="再做"
    )
    stopped = rules.stops(rules.findings(entry, Baseline()))
    if progress in DONE_PROGRESS and before + added < amount:
        assert "progress" in stopped
    elif progress is not Progress.NOT_STARTED:
        assert stopped == {}


RULES = {"monthly_due_day": 31, "weekly_due_weekday": 4, "adopt_days": 5}


@given(kind=st.sampled_from(list(RoundKind)), day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_dates_of_a_round_are_in_order_and_in_its_period(kind, day):
    dates = rules_round.dates_of(kind, day, RULES)
    assert dates.starts_on <= dates.due_on < dates.adopt_by
    period = rules_round.period_of(kind, day)
    if period is not None:
        assert (dates.starts_on, period.contains(dates.due_on), period.contains(day)) == (
            period.start,
            True,
            True,
        )


def test_the_due_day_itself_is_not_late():
    due = dt.date(2026, 5, 25)
    assert [rules_round.is_late(due + dt.timedelta(days=n), due) for n in (-1, 0, 1)] == [False, False, True]


CITY, COUNTY = rules_round.Office(20, "00010001", "city"), rules_round.Office(30, "000100010001", "county")
PROVINCE = rules_round.Office(10, "0001", "province")
OTHER = rules_round.Office(99, "00010002", "city")


def way(**values):
    """Return the way of a county bureau's report to the province."""
    usual = {
        "owner_id": 5,
        "owner_path": "0001000100010003",
        "fillers": {5},
        "offices": [PROVINCE, OTHER, CITY, COUNTY],
        "caller": PROVINCE,
        "unit_reviews": True,
        "levels": "all",
    }
    return rules_round.way_up(**{**usual, **values})


def test_a_report_goes_up_desk_by_desk():
    assert way() == (5, 30, 20, 10)
    assert way(unit_reviews=False) == (30, 20, 10)
    assert way(levels="caller") == (5, 10)
    assert way(levels=["county"]) == (5, 30, 10)
    assert way(caller=CITY) == (5, 30, 20)
    assert way(fillers={5, 30}, unit_reviews=False) == (20, 10)
    assert way(owner_id=10, owner_path="00010009", fillers={10}, unit_reviews=False) == (10,)


def test_the_next_desk_and_the_last():
    assert [rules_round.next_desk((5, 30, 10), desk) for desk in (None, 5, 30, 10, 77)] == [
        5,
        30,
        10,
        None,
        10,
    ]


def test_a_receipt_number_names_region_day_and_count():
    assert rules_round.receipt_number("JY", "990121", dt.date(2026, 4, 23), 417) == "JY-990121-260423-0417"


STATES = st.sampled_from(ReportState.values)
FACTS = st.lists(
    st.builds(
        lambda unit, state, late, task: rules_round.Fact(
            unit, f"单位{unit}", f"000{unit}", state, late, f"T{task}"
        ),
        st.integers(1, 4),
        STATES,
        st.booleans(),
        st.integers(0, 99),
    ),
    max_size=30,
)


@given(FACTS)
def test_frozen_figures_add_up_and_keep_their_digest(facts):
    figures = rules_round.freeze(
        facts, as_of=dt.datetime(2026, 6, 1, tzinfo=dt.UTC), due_on=dt.date(2026, 5, 25)
    )
    assert figures["owed"] == len(facts)
    for key, total in figures["counts"].items():
        assert total == sum(unit["counts"].get(key, 0) for unit in figures["units"])
    assert figures["digest"] == rules_round.digest_of(figures)
    if facts:
        changed = {**figures, "owed": figures["owed"] + 1}
        assert rules_round.digest_of(changed) != figures["digest"]
    rate = figures["rate"]
    assert rate is None or 0 <= rate <= 10_000


def test_no_move_leaves_the_table():
    assert REPORT_MOVES.allowed(ReportState.VOID) == ()
    assert [move.name for move in REPORT_MOVES.allowed(ReportState.MISSED)] == ["reopen"]
    assert [move.name for move in REPORT_MOVES if move.needs_reason] == ["send_back", "excuse", "reopen"]
