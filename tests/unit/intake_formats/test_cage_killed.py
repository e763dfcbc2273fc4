"""The parser's child dies of memory, of a kill, of a hang, two hundred times: the parent stays, the file too (F20)."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter
from pathlib import Path

import psutil
import pytest

from dugai.intake.readers import cage
from dugai.intake.readers.cage import Cage
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import MEGA

DEATHS = int(os.environ.get("DUGAI_TEST_CAGE_DEATHS", "200"))
ENDS = {
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 26, 1 << 26)); x = bytearray(1 << 30)",
    "hang": "import time; time.sleep(3600)",
    "processor": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass",
    "half an answer": 'import os; os.write(1, b\'{"text": "half\'); os._exit(0)',
    "grandchild": "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600)']); time.sleep(3600)",
}
"""What happens in the child instead of reading, after it has its limits."""
SLOW = {"hang", "processor", "grandchild"}
"""They wait for their limit, so each comes a few times only."""
EXPECTED = {
    "killed": "crashed",
    "memory": "crashed",
    "hang": "timeout",
    "processor": "timeout",
    "half an answer": "crashed",
    "grandchild": "timeout",
}


def children() -> set[int]:
    """Return what still runs under this process."""
    return {one.pid for one in psutil.Process().children(recursive=True)}


@pytest.mark.slow
def test_the_child_dies_two_hundred_times_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "方案.txt"
    place.write_text("整改任务：改造管网。", encoding="utf-8")
    digest = hashlib.sha256(place.read_bytes()).hexdigest()
    before, threads, handles = children(), threading.active_count(), psutil.Process().num_fds()
    limits = Cage(memory=512 * MEGA, wall=1.0)
    plan = [name for name in sorted(SLOW) for _ in range(2)]
    quick = sorted(set(ENDS) - SLOW)
    plan += [quick[at % len(quick)] for at in range(DEATHS - len(plan))]
    found: Counter[tuple[str, str]] = Counter()
    for name in plan:
        monkeypatch.setattr(cage, "_START", ENDS[name])
        with pytest.raises(Unreadable) as refusal:
            cage.read_caged(place, limits if name in SLOW - {"processor"} else Cage(memory=512 * MEGA))
        found[name, refusal.value.code] += 1
        assert "方案.txt" in refusal.value.message
    assert dict(found.keys()) == EXPECTED
    assert found.total() == DEATHS
    assert children() == before, "a child, or what it had started, is still there"
    assert (threading.active_count(), psutil.Process().num_fds()) == (threads, handles)
    assert hashlib.sha256(place.read_bytes()).hexdigest() == digest
    monkeypatch.undo()
    assert cage.read_caged(place).text.strip() == "整改任务：改造管网。"
