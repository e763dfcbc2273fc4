"""Eight processes append to the journal at once: no fork in the tree, no deadlock, nothing lost (C08)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from dugai.journal import sequencing, verifying
from dugai.journal.models import Event, Leaf, Pending, TreeHead
from dugai.ledger.models import Problem
from tests.cast import make_cast, make_problem
from tests.concurrency.appender import PROCESSES
from tests.fault.place import environment

APPENDER = Path(__file__).parent / "appender.py"
APPENDS = int(os.environ.get("DUGAI_TEST_APPENDS", "60"))
"""Appends of each process: few here, `DUGAI_TEST_APPENDS=2000` for a night."""


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.django_db(transaction=True)
def test_eight_processes_append_and_the_tree_does_not_fork(tmp_path: Path):
    problem = make_problem(make_cast())
    before = Event.objects.count()
    done = subprocess.run(
        [sys.executable, str(APPENDER), str(APPENDS)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert sorted(done.stdout.split()[1::2]) == ["done"] * PROCESSES, done.stderr
    kinds = Counter(Event.objects.filter(pk__gt=before).values_list("kind", flat=True))
    assert Event.objects.count() == before + PROCESSES * APPENDS
    assert kinds["problem.edited"] == PROCESSES * (APPENDS // 2)
    row = Problem.objects.unscoped("test").get(pk=problem.pk)
    assert row.version == 1 + PROCESSES * (APPENDS // 2)
    sequencing.append_all()
    sequencing.sign_head()
    assert Pending.objects.count() == 0
    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(
        range(Event.objects.count())
    )
    assert TreeHead.objects.count() > PROCESSES, "the processes did not place leaves while others wrote"
    assert verifying.verify_journal().findings == []
    assert verifying.verify_rows().findings == []
