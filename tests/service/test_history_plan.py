"""The history of a problem looks its subjects up one kind after another, never along the whole journal."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dugai.insight import queries_detail
from tests.cast import Cast, make_inspection, make_problem
from tests.rounds import open_may

pytestmark = pytest.mark.django_db


def plan_of(sql: str) -> str:
    """Return the plan as text; on PostgreSQL the one it takes where reading a whole small table is dear."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            return "\n".join(row[3] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


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
    plan = plan_of(sql)
    assert "SCAN dugai_event" not in plan, plan
    assert "Backward" not in plan, plan
    assert "subject_type" in plan, plan
