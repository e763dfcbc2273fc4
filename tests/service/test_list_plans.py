"""Which index leads each list on SQLite while there are no statistics, and that statistics are kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from dugai.kernel import planner
from dugai.ledger import paging, queries_list
from dugai.ledger.listing import Ask, Place
from dugai.ledger.states import Lamp
from tests.cast import Cast, make_inspection, make_problem

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the plans are SQLite's"),
]


def plan_of(rows) -> str:
    """Return the steps of the plan as one text."""
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        return "\n".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("person", "query", "index"),
    [
        ("province_clerk", {}, "task_board ("),
        ("province_clerk", {"progress": "in_progress"}, "task_progress ("),
        ("province_clerk", {"progress": "in_progress", "region": "city"}, "task_board_a1 ("),
        ("city_reviewer", {}, "task_board_a1 ("),
        ("city_reviewer", {"progress": "done"}, "task_board_a1 ("),
        ("province_clerk", {"progress": "done", "region": "county"}, "task_board_a2 ("),
    ],
)
def test_lists_and_counts_are_led_by_their_board(cast: Cast, person: str, query: dict[str, str], index: str):
    viewer = cast.users[person]
    region = query.get("region")
    ask = Ask.read({**query, "region": str(getattr(cast, region).pk)} if region else query)
    rows = queries_list.tasks(viewer, ask, queries_list.ground(viewer, ask))
    run = paging.runs([Lamp.OVERDUE], ask.sort, None, backwards=False)[0]
    condition, order = next(run.slices())
    assert index in plan_of(rows.filter(condition).order_by(*order).values_list("lamp", "due", "pk")[:26])
    assert index in plan_of(rows.filter(lamp=Lamp.CLOSED).order_by().values_list("pk")[:1001])


@pytest.mark.parametrize("query", [{}, {"lamp": "overdue"}, {"region": "city"}, {"region": "county"}])
@pytest.mark.parametrize("sort", ["worst", "due", "due_late"])
def test_a_page_is_found_in_the_index_alone(cast: Cast, query: dict[str, str], sort: str):
    """Whatever page it is: no row of the table is opened to learn which rows the page has."""
    asked = {**query, "sort": sort}
    if "region" in query:
        asked["region"] = str(getattr(cast, query["region"]).pk)
    viewer, ask = cast.province_clerk, Ask.read(asked)
    rows = queries_list.tasks(viewer, ask, queries_list.ground(viewer, ask))
    at = Place(Lamp.OVERDUE, dt.date(2026, 5, 1), 7)
    for place in (None, at):
        for run in paging.runs(ask.shown_lamps, ask.sort, place, backwards=False):
            for condition, order in run.slices():
                found = rows.filter(condition).order_by(*order).values_list("lamp", "due", "pk")[:51]
                plan = plan_of(found)
                assert "COVERING INDEX task_board" in plan, plan
                assert "TEMP B-TREE" not in plan, plan


def test_statistics_are_kept_and_answers_stay_the_same(cast: Cast):
    inspection = make_inspection(cast)
    for number in range(1, 4):
        make_problem(cast, inspection, number)
    viewer, ask = cast.province_clerk, Ask.read({"progress": "not_started"})
    where = queries_list.ground(viewer, ask)
    before = list(queries_list.tasks(viewer, ask, where).order_by("pk"))
    assert planner.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'dugai_task'")
        assert cursor.fetchone()[0] > 0
    assert list(queries_list.tasks(viewer, ask, where).order_by("pk")) == before
