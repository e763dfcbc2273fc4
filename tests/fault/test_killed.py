"""Kill -9 in the middle of writing, forty times: what was acknowledged is there, and all of it holds (F01).

The writer is a process group of its own with two writing threads and the sequencer; each trial
kills it at a random instant. The oracle after every trial: acknowledged acts are in the database,
journal, rows and roll-ups verify, every stored file has its digest, SQLite's own check is clean.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from dugai.files.models import Blob
from dugai.ledger.models import Problem, Task
from dugai.management import verification
from tests.cast import make_cast, make_inspection

TRIALS = int(os.environ.get("DUGAI_TEST_KILLS", "20"))  # on each of the two engines: forty together
LONGEST = 0.6
WRITER = Path(__file__).parent / "writer.py"


def environment(tmp_path: Path) -> dict[str, str]:
    """Return what makes the writer use this test's database, files and key."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite://{database['NAME']}"
    else:
        url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.fault.settings",
        "DUGAI_TEST_DATABASE_URL": url,
        "DUGAI_TEST_PLACE": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(settings.PACKAGE.parent), os.environ.get("PYTHONPATH", "")]),
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_acknowledged_is_lost_and_nothing_half_written_stays(tmp_path: Path):
    make_inspection(make_cast())
    draw = random.Random()
    seed = draw.randrange(1 << 32)
    draw.seed(seed)
    problems: set[int] = set()
    blobs: set[str] = set()
    with subprocess.Popen(
        [sys.executable, str(WRITER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        for trial in range(1, TRIALS + 1):
            writer.stdin.write(f"{trial}\n")
            writer.stdin.flush()
            kind, pid = writer.stdout.readline().split()
            assert kind == "ready"
            time.sleep(draw.uniform(0, LONGEST))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(pid), signal.SIGKILL)
            for line in iter(writer.stdout.readline, "gone\n"):
                kind, value = line.split()
                if kind == "problem":
                    problems.add(int(value))
                elif kind == "file":
                    blobs.add(value)
            check(problems, blobs, f"seed {seed}, trial {trial}")
        writer.stdin.close()
    assert problems, "no act was ever acknowledged: the test shows nothing"
    assert blobs


def check(problems: set[int], blobs: set[str], where: str) -> None:
    """Hold what was acknowledged against what is there."""
    why = "the oracle of the kill test"
    kept = set(Problem.objects.unscoped(why).filter(pk__in=problems).values_list("pk", flat=True))
    assert kept == problems, where
    for pk in problems:
        assert Task.objects.unscoped(why).filter(problem=pk).count() == 3, where
    assert blobs <= set(Blob.objects.values_list("sha256", flat=True)), where
    report = verification.verify(("journal", "rows", "tallies", "files"))
    assert report.findings == [], where
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",), where
