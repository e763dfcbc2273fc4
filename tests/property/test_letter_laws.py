"""Laws of letters: the table of moves, the counts, the time left."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dugai.complaints import rules
from dugai.complaints.states import LETTER_MOVES, SETTLED, LetterState, LetterTime, Pollution, Verdict

ACTS = sorted({move.name for move in LETTER_MOVES})
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
LETTERS = st.builds(
    rules.Counted,
    state=st.sampled_from(LetterState.values),
    verdict=st.sampled_from(["", *Verdict.values]),
    types=st.lists(st.sampled_from(Pollution.values), unique=True).map(tuple),
    persons=st.none() | st.integers(0, 9),
    person_times=st.none() | st.integers(0, 9),
)


@given(st.lists(st.sampled_from(ACTS), max_size=30))
def test_a_letter_is_settled_by_a_review_alone_and_is_never_stuck(acts):
    state = LetterState.HANDED
    for act in acts:
        if not LETTER_MOVES.allows(state, act):
            continue
        move = LETTER_MOVES.find(state, act)
        if move.target in SETTLED:
            assert state == LetterState.REVIEW
            assert move.two_people
        if state in SETTLED and act == "reopen":
            assert move.needs_reason
        state = move.target
    assert LETTER_MOVES.allowed(state) != ()


@given(st.lists(LETTERS, max_size=40))
def test_states_and_verdicts_add_up_and_kinds_may_not(letters):
    counts = rules.counted(letters)
    assert sum(counts.states.values()) == counts.total == len(letters)
    untold = sum(not one.verdict for one in letters)
    assert sum(counts.verdicts.values()) + untold == counts.total
    assert sum(counts.types.values()) == sum(len(one.types) for one in letters)
    assert counts.done <= counts.done + counts.staged <= counts.total


@given(
    state=st.sampled_from(LetterState.values),
    due=DAYS,
    follow_up=st.none() | DAYS,
    today=DAYS,
    soon=st.integers(0, 10),
)
def test_waiting_never_gives_more_time(state, due, follow_up, today, soon):
    order = [LetterTime.ANSWERED, LetterTime.RUNNING, LetterTime.SOON, LetterTime.OVERDUE]
    now = rules.time_of(state, due, follow_up, today, soon)
    later = rules.time_of(state, due, follow_up, today + dt.timedelta(days=1), soon)
    assert order.index(later) >= order.index(now)


@given(day=DAYS, days=st.integers(0, 60))
def test_the_last_day_is_so_many_days_away(day, days):
    assert rules.due_on(day, days, None) - day == dt.timedelta(days=days)
    span = frozenset(day + dt.timedelta(days=one) for one in range(200) if one % 7 not in {5, 6})
    last = rules.due_on(day, days, span)
    assert sum(day < one <= last for one in span) == days


def test_numbers_of_the_central_scheme_hold_a_day():
    assert rules.day_of("D3SX202505280018") == dt.date(2025, 5, 28)
    assert rules.number_fault("D3SX202505280018") == ""
    assert rules.number_fault("LZ2023-0801") == ""
    assert "不存在" in rules.number_fault("D3SX202513280018")
    assert "位数" in rules.number_fault("D3SX2025052818")
    assert rules.normal_number(" ｄ3sx202505280018 ") == "D3SX202505280018"


def test_kinds_are_read_as_people_write_them():
    assert rules.types_of("水、噪声污染，生态破坏") == (["water", "ecology", "noise"], [])
    assert rules.types_of("大气 光") == (["air"], ["光"])
    assert rules.types_of("") == ([], [])
