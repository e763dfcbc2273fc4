"""Paging by key: whatever the lamps and dates, all pages together are the list, each row once."""

from __future__ import annotations

import datetime as dt
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dugai.ledger import paging, queries_list
from dugai.ledger.listing import Ask, Place, Sort
from dugai.ledger.models import Task
from dugai.ledger.states import Lamp
from tests.cast import make_problem

WHY = "a test looks at its own rows"
DAYS = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 4))
ROWS = st.lists(st.tuples(st.sampled_from(list(Lamp)), DAYS), min_size=12, max_size=12)


def expected(rows, ask):
    """Return the numbers of `rows` in order, by sorting them all."""

    def key(row):
        day = row.due.toordinal() if row.due else 0
        sign = -1 if ask.sort is Sort.DUE_LATE else 1
        lamp = Lamp(row.lamp).rank if ask.sort is Sort.WORST else 0
        return lamp, row.due is None, sign * day, sign * row.pk

    return [row.pk for row in sorted((row for row in rows if row.lamp in ask.shown_lamps), key=key)]


def walk(rows, ask, size):
    """Return all pages forwards, then all pages backwards from the last one."""
    forwards, place = [], None
    while True:
        found = paging.read(
            rows, paging.runs(ask.shown_lamps, ask.sort, place, backwards=False), ask.sort, size
        )
        if not found:
            break
        forwards.append([one.pk for one in found])
        place = found[-1]
    backwards = []
    if place is not None:
        backwards.append([place.pk])
        while True:
            found = paging.read(
                rows, paging.runs(ask.shown_lamps, ask.sort, place, backwards=True), ask.sort, size
            )
            if not found:
                break
            backwards.append([one.pk for one in found])
            place = found[-1]
    return list(chain.from_iterable(forwards)), list(chain.from_iterable(backwards))


@pytest.mark.django_db
def test_pages_have_no_gap_and_no_double(cast):
    make_problem(cast, owners=(cast.county_bureau,) * 12)
    tasks = list(Task.objects.unscoped(WHY).order_by("pk"))
    rows = Task.objects.unscoped(WHY)

    @settings(max_examples=60, deadline=None)
    @given(ROWS, st.sampled_from(list(Sort)), st.integers(1, 5), st.sets(st.sampled_from(list(Lamp))))
    def law(values, sort, size, lamps):
        for task, (lamp, due) in zip(tasks, values, strict=True):
            task.lamp, task.due = lamp, due
        Task.objects.unscoped(WHY).bulk_update(tasks, ["lamp", "due"])
        ask = Ask(lamps=tuple(lamp for lamp in Lamp if lamp in lamps), sort=sort)
        forwards, backwards = walk(rows, ask, size)
        assert forwards == expected(tasks, ask)
        known = paging.all_places(rows, 100)
        assert known is not None
        picked = paging.pick(known, ask.shown_lamps, sort, None, backwards=False)
        assert [place.pk for place in picked] == forwards
        for at, place in enumerate(picked):
            after = paging.pick(known, ask.shown_lamps, sort, place, backwards=False)
            before = paging.pick(known, ask.shown_lamps, sort, place, backwards=True)
            assert ([one.pk for one in after], [one.pk for one in before]) == (
                forwards[at + 1 :],
                forwards[:at][::-1],
            )
        assert backwards == forwards[::-1]

    law()


@pytest.mark.django_db
def test_more_than_few_rows_are_not_read_whole(cast):
    make_problem(cast, owners=(cast.county_bureau,) * 4)
    rows = Task.objects.unscoped(WHY)
    assert paging.all_places(rows, 3) is None
    assert len(paging.all_places(rows, 4)) == 4


@pytest.mark.django_db
def test_a_page_knows_its_neighbours(cast):
    make_problem(cast, owners=(cast.county_bureau,) * 7)
    rows = Task.objects.unscoped(WHY)
    everything = [task.pk for task in rows.order_by("due", "pk")]
    ask = Ask()

    def look(ask):
        page = queries_list.page_of(cast.province_clerk, rows, ask, ("owner",), size=3)
        return [row.pk for row in page.rows], page

    first, page = look(ask)
    assert (first, page.before) == (everything[:3], None)
    second, page = look(ask.but(after=page.after))
    assert (second, page.before is None) == (everything[3:6], False)
    third, last = look(ask.but(after=page.after))
    assert (third, last.after) == (everything[6:], None)
    again, back = look(ask.but(before=last.before))
    assert (again, back.after is None) == (second, False)
    home, start = look(ask.but(before=back.before))
    assert (home, start.before) == (first, None)


@given(
    st.builds(
        Ask,
        lamps=st.sets(st.sampled_from(list(Lamp))).map(
            lambda found: tuple(lamp for lamp in Lamp if lamp in found)
        ),
        region=st.none() | st.integers(0, 10**9),
        direct=st.booleans(),
        closure=st.sampled_from(["", "unclosed", "open", "filed"]),
        sector=st.sampled_from(["", "水环境"]),
        due_from=st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
        ids=st.sets(st.integers(0, 10**12), max_size=5).map(tuple),
        sort=st.sampled_from(list(Sort)),
        size=st.sampled_from([25, 50, 100]),
        after=st.none() | st.builds(Place, st.sampled_from(list(Lamp)), DAYS, st.integers(0, 10**12)),
    )
)
def test_an_address_remembers_the_whole_question(ask):
    assert Ask.read(ask.query()) == ask


@given(st.dictionaries(st.sampled_from([*sorted(Ask.__dataclass_fields__), "lamp"]), st.text(max_size=40)))
def test_no_address_is_too_strange_to_read(query):
    asked = Ask.read(query)
    assert Ask.read(asked.query()) == asked
