"""A cage for parsers: one child process a file, and nothing it does reaches further (reliability rule D10).

The child has an empty environment, an empty folder, no network where the system allows that, and limits
on memory, processor time, file size, open files and wall clock. It reads the file from standard input and
answers over a pipe whose length is capped. What the answer means is the caller's business.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

MEGA = 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Cage:
    """Limits of one child: bytes, seconds, counts."""

    memory: int = 1024 * MEGA
    cpu: int = 20
    wall: float = 30.0
    file: int = 256 * MEGA
    files: int = 64
    answer: int = 96 * MEGA


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child wrote, its exit code (negative: the signal that ended it), and whether time ran out."""

    data: bytes
    code: int | None
    late: bool

    @property
    def out_of_time(self) -> bool:
        """Say whether the wall clock or the processor time ended the child."""
        return self.late or self.code == -signal.SIGXCPU


def start_of(module: str) -> str:
    """Return the child's first words: find this program, and call `main` of `module`."""
    return f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"


def run(*, start: str, order: dict[str, Any], stream: IO[bytes], cage: Cage) -> Answer:
    """Run `start` in a child that reads `stream` and finds limits and `order` as JSON in its arguments.

    When this returns, the child and all it started are gone, and so is its folder.
    """
    limits = {"memory": cage.memory, "cpu": cage.cpu, "file": cage.file, "files": cage.files}
    with tempfile.TemporaryDirectory(prefix="dugai-cage-") as folder:
        child = subprocess.Popen(  # noqa: S603  our own Python, and no word of it comes from outside
            [sys.executable, "-I", "-c", start, str(_ROOT), json.dumps({**limits, **order})],
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
            env={
                "TMPDIR": folder,
                "HOME": folder,
                "LANG": "C.UTF-8",
                "PATH": "/usr/bin:/bin",
                "OMP_NUM_THREADS": "2",
                "DUGAI_CAGE": "1",
            },
        )
        try:
            data, late = _answer(child, cage)
        finally:
            _end(child)
    return Answer(data, child.returncode, late)


def _answer(child: subprocess.Popen[bytes], cage: Cage) -> tuple[bytes, bool]:
    """Return what the child wrote, at most `cage.answer` bytes, and whether its time ran out."""
    if child.stdout is None:
        return b"", False
    ends = time.monotonic() + cage.wall
    pieces: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = ends - time.monotonic()
            if left <= 0 or not selector.select(left):
                return b"", True
            piece = os.read(child.stdout.fileno(), 1 << 18)
            if not piece:
                break
            size += len(piece)
            if size > cage.answer:
                return b"", False
            pieces.append(piece)
    try:
        child.wait(max(0.1, ends - time.monotonic()))
    except subprocess.TimeoutExpired:
        return b"", True
    return b"".join(pieces), False


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()
