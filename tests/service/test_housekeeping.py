"""The nightly job forgets what may be forgotten and lets the database count its tables."""

from __future__ import annotations

import pytest
from django.db import connection

from dugai.jobs import services as jobs
from dugai.management import working
from dugai.management.handlers import HANDLERS
from tests.cast import Cast, make_problem


@pytest.mark.django_db
def test_the_nightly_job_keeps_the_statistics(cast: Cast):
    make_problem(cast)
    jobs.enqueue(actor=None, kind="housekeeping", key="housekeeping")
    done = working.run_one({"housekeeping": HANDLERS["housekeeping"]})
    assert done is not None
    done.refresh_from_db()
    assert done.result == {
        "answers": 0,
        "minutes": 0,
        "attempts": 0,
        "jobs": 0,
        "statistics": connection.vendor,
    }
    table = "sqlite_stat1" if connection.vendor == "sqlite" else "pg_stats"
    column = "tbl" if connection.vendor == "sqlite" else "tablename"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE {column} = 'dugai_organisation'")  # noqa: S608
        assert cursor.fetchone()[0] > 0
