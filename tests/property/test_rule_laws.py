"""Laws of time, lamps, roll-ups and labels."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dugai.ledger.labels import published_label, read_label
from dugai.ledger.rollup import Child, derive_parent, split_conserves
from dugai.ledger.rules import (
    Clock,
    Milestone,
    Quantity,
    behind_from,
    counts_time,
    explain_lamp,
    lamp,
    time_status,
    worst_lamp,
)
from dugai.ledger.states import CLOSED_CLOSURES, DONE_PROGRESS, Closure, Lamp, Progress, TimeStatus

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))
SOME_DAY = st.none() | DAYS
AMOUNTS = st.decimals(0, 10_000, places=3)
NODES = st.builds(Milestone, st.just("节点"), DAYS, SOME_DAY, planned=st.none() | AMOUNTS)
CLOCKS = st.builds(
    Clock,
    due=SOME_DAY,
    internal_due=SOME_DAY,
    milestones=st.lists(NODES, max_size=3).map(tuple),
    done=st.none() | AMOUNTS,
    evidence_due=SOME_DAY,
    start_by=SOME_DAY,
)
PROGRESS, CLOSURES, TIMES = (st.sampled_from(list(kind)) for kind in (Progress, Closure, TimeStatus))
ONE_DAY = dt.timedelta(days=1)
WORSE = [
    TimeStatus.NOT_DUE,
    TimeStatus.ON_SCHEDULE,
    TimeStatus.DUE_SOON,
    TimeStatus.BEHIND,
    TimeStatus.OVERDUE,
]
LAMPS = {
    TimeStatus.OVERDUE: Lamp.OVERDUE,
    TimeStatus.BEHIND: Lamp.BEHIND,
    TimeStatus.DUE_SOON: Lamp.SOON,
    TimeStatus.ON_SCHEDULE: Lamp.ONTRACK,
    TimeStatus.NOT_DUE: Lamp.ONTRACK,
}


@given(CLOCKS, PROGRESS, CLOSURES, DAYS)
def test_waiting_never_calms_the_time_status(clock, progress, closure, today):
    now = time_status(clock, progress=progress, closure=closure, today=today)
    later = time_status(clock, progress=progress, closure=closure, today=today + ONE_DAY)
    assert WORSE.index(later) >= WORSE.index(now)


@given(CLOCKS, PROGRESS, CLOSURES, DAYS, st.integers(0, 60))
def test_the_stored_date_and_the_full_computation_agree(clock, progress, closure, today, soon_days):
    since = behind_from(clock, progress=progress, closure=closure)
    status = time_status(clock, progress=progress, closure=closure, today=today, soon_days=soon_days)
    shown = lamp(closure, progress, clock.due, since, today=today, soon_days=soon_days)
    if counts_time(progress, closure):
        assert shown is LAMPS[status]
        assert (status is TimeStatus.BEHIND) == (
            since is not None and since <= today and not (clock.due and today > clock.due)
        )
    else:
        assert status is TimeStatus.ON_SCHEDULE
    assert (shown is Lamp.CLOSED) == (closure in CLOSED_CLOSURES)
    assert explain_lamp(clock, progress=progress, closure=closure, today=today, soon_days=soon_days)


@given(CLOCKS, DAYS, DAYS)
def test_meeting_a_node_never_makes_it_worse(clock, today, met_on):
    met = replace(clock, milestones=tuple(replace(node, met_on=met_on) for node in clock.milestones))
    before = lamp_of(clock, today)
    assert lamp_of(met, today).rank >= before.rank


def lamp_of(clock, today):
    since = behind_from(clock, progress=Progress.IN_PROGRESS)
    return lamp(Closure.OPEN, Progress.IN_PROGRESS, clock.due, since, today=today)


@given(st.lists(st.sampled_from(list(Lamp)), min_size=1))
def test_no_child_is_worse_than_the_parents_lamp(lamps):
    worst = worst_lamp(lamps)
    assert worst is not None
    assert worst in lamps
    assert all(worst.rank <= one.rank for one in lamps)


@given(st.lists(PROGRESS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_children_does_not_matter(states, random):
    shuffled = states[:]
    random.shuffle(shuffled)
    assert derive_parent([Child(state) for state in states]) == derive_parent(
        [Child(state) for state in shuffled]
    )


@given(st.lists(PROGRESS, min_size=1, max_size=6))
def test_a_parent_is_done_only_when_every_child_is(states):
    parent = derive_parent([Child(state) for state in states])
    assert (parent.progress in DONE_PROGRESS) == all(state in DONE_PROGRESS for state in states)
    assert 0 <= parent.share <= 1
    assert (parent.share == 1) == (parent.progress in DONE_PROGRESS)


@given(PROGRESS)
def test_an_only_child_decides(state):
    assert derive_parent([Child(state)]).progress is state


@given(st.lists(AMOUNTS, min_size=1, max_size=6), AMOUNTS)
def test_a_split_is_conserved_exactly_when_the_sums_are_equal(amounts, total):
    children = [[Quantity(amount, unit="亩")] for amount in amounts]
    exact = sum(amounts, Decimal(0))
    assert split_conserves([Quantity(exact, unit="亩")], children) == ()
    findings = split_conserves([Quantity(total, unit="亩")], children)
    assert (findings == ()) == (total == exact)
    assert split_conserves([Quantity(total, unit="亩")], children, note="省直单位自办") == ()


@given(PROGRESS, TIMES, CLOSURES, st.booleans())
def test_only_what_is_signed_off_is_published_as_signed_off(progress, time, closure, has_standing_part):
    label = published_label(progress, time, closure, has_standing_part=has_standing_part)
    assert ("销号" in label) == (closure in CLOSED_CLOSURES)


@given(PROGRESS, TIMES, CLOSURES, st.booleans())
def test_every_label_we_publish_we_can_read(progress, time, closure, has_standing_part):
    label = published_label(progress, time, closure, has_standing_part=has_standing_part)
    read = read_label(label)
    assert read.understood
    assert read.closure is (None if closure in {Closure.OPEN, Closure.APPLIED, Closure.CHECKED} else closure)
    if read.closure is None and progress in DONE_PROGRESS:
        assert read.progress in DONE_PROGRESS
    if read.closure is None and progress not in DONE_PROGRESS:
        assert read.progress not in DONE_PROGRESS


@given(st.text(max_size=20))
def test_any_text_is_read_and_kept(text):
    assert str(read_label(text)) == text
