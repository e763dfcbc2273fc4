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
from django.db import connection

from dugai.files.models import Blob
from dugai.ledger.models import Problem, Task
from dugai.management import verification
from tests.cast import make_cast, make_inspection
from tests.fault.place import environment

TRIALS = int(os.environ.get("DUGAI_TEST_KILLS", "20"))  # on each of the two engines: forty together
LONGEST = 1.0
WRITER = Path(__file__).parent / "writer.py"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_acknowledged_is_lost_and_nothing_half_written_stays(tmp_path: Path):
    make_inspection(make_cast())
    draw = random.Random()
    seed = draw.randrange(1 << 32)
    draw.seed(seed)
    acknowledged: dict[str, set[str]] = {"problem": set(), "split": set(), "progressed": set(), "file": set()}
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
                act, value = line.split()
                acknowledged[act].add(value)
            check(acknowledged, f"seed {seed}, trial {trial}")
        writer.stdin.close()
    for act, subjects in acknowledged.items():
        assert subjects, f"{act} was never acknowledged: the test shows nothing of it"


def check(acknowledged: dict[str, set[str]], where: str) -> None:
    """Hold what was acknowledged against what is there."""
    tasks = Task.objects.unscoped("the oracle of the kill test")
    problems = Problem.objects.unscoped("the oracle of the kill test")
    for act, needed in (("problem", 1), ("split", 3), ("progressed", 3)):
        for pk in acknowledged[act]:
            assert problems.filter(pk=pk).exists(), where
            assert tasks.filter(problem=pk).count() >= needed, where
            assert act != "progressed" or tasks.filter(problem=pk, progress="in_progress").exists(), where
    assert acknowledged["file"] <= set(Blob.objects.values_list("sha256", flat=True)), where
    report = verification.verify(("journal", "rows", "tallies", "files"))
    assert report.findings == [], where
    if connection.vendor == "sqlite":
        connection.close()  # a new connection reads the file as it is, not what the old one remembers of it
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",), where
