"""The nightly job forgets what may be forgotten and lets the database count its tables."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from dugai.files import leftovers, store
from dugai.jobs import services as jobs
from dugai.kernel import clock
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
        "uploads": 0,
        "leftovers": 0,
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


def test_what_a_killed_process_left_half_written_goes_after_a_day(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    temporary, incoming = tmp_path / "temporary", store.incoming()
    blob = store.root() / store.key_of("ab" * 32)
    for folder in (
        temporary,
        incoming,
        blob.parent,
        temporary / "dugai-cage-old",
        temporary / "dugai-cage-new",
    ):
        folder.mkdir(parents=True, exist_ok=True)
    old = [
        incoming / "old.part",
        temporary / "dugai-export-old.xlsx",
        temporary / "dugai-cage-old" / "page.png",
    ]
    kept = [incoming / "new.part", temporary / "dugai-cage-new", temporary / "somebody-else.xlsx", blob]
    for place in (*old, *kept):
        if not place.is_dir():
            place.write_bytes(b"half")
    long_ago = clock.now().timestamp() - leftovers.KEPT_SECONDS - 60
    for place in (*old, temporary / "dugai-cage-old", temporary / "somebody-else.xlsx", blob):
        os.utime(place, (long_ago, long_ago))
    assert leftovers.sweep(clock.now()) == 3
    assert not any(place.exists() for place in (*old, temporary / "dugai-cage-old"))
    assert all(place.exists() for place in kept)
    assert leftovers.sweep(clock.now()) == 0
