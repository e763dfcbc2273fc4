"""The portal's real process beside a test: from its own folder, over real HTTP."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dugai.cli import portal as command

PATIENCE = 120


@dataclass(frozen=True)
class Running:
    """A portal that answers."""

    port: int
    group: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str) -> tuple[int, str, dict[str, str]]:
        """Return status, text and headers of one page."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            wire.request("GET", path)
            answer = wire.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())
        finally:
            wire.close()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start the portal of a folder, wait until it answers, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", *command.command("127.0.0.1", port, 1)],
        env={**command.environment(folder), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        cwd=Path(__file__).resolve().parents[2],
        start_new_session=True,
    )
    found = Running(port, process.pid)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if found.ask("/healthz")[0] == 200:
                    break
            assert process.poll() is None, "the portal ended by itself"
            assert time.monotonic() < end, "the portal did not start"
            time.sleep(0.05)
        yield found
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
