"""The history of a problem looks its subjects up one kind after another, never along the whole journal."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dugai.insight import queries_detail
from tests.cast import Cast, make_inspection, make_problem
from tests.rounds import open_may

pytestmark = pytest.mark.django_db


def test_the_history_of_a_problem_is_found_by_its_subjects(cast: Cast):
    inspection = make_inspection(cast)
    problem, other = (make_problem(cast, inspection, number) for number in (1, 2))
    round_ = open_may(cast)
    with CaptureQueriesContext(connection) as seen:
        page = queries_detail.problem_page(cast.province_clerk, problem.pk, round_.pk)
    # What belongs to this problem is there, from the problem down to its reports; the other's is not.
    named = {line.what for line in page.history}
    assert len(page.history) >= 4
    assert not any(other.code in what for what in named)
    [sql] = [
        query["sql"]
        for query in seen.captured_queries
        if query["sql"].startswith('SELECT "dugai_event"."id"')
    ]
    assert sql.count("UNION ALL") == 3, sql
    assert " OR " not in sql, sql
    if connection.vendor == "sqlite":  # PostgreSQL chooses by size, and these tables are small
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = "\n".join(row[3] for row in cursor.fetchall())
        assert "SCAN" not in plan, plan


def test_the_other_end_of_a_link_is_looked_up_for_itself(cast: Cast):
    inspection = make_inspection(cast)
    problem = make_problem(cast, inspection)
    with CaptureQueriesContext(connection) as seen:
        queries_detail.problem_page(cast.province_clerk, problem.pk, None)
    [sql] = [query["sql"] for query in seen.captured_queries if 'FROM "dugai_problemlink"' in query["sql"]]
    assert sql.count("EXISTS") == 2, sql
