"""The product as it runs: a gunicorn child with one sync worker on a free port of loopback."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 60


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve until the block ends; gives the port and the process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "dugai.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--worker-class", "sync", "--timeout", "300", "--log-level", "error"]
    child = subprocess.Popen(command, env=os.environ.copy())  # noqa: S603  our own program
    try:
        wait_for(port)
        yield port, child
    finally:
        child.terminate()
        child.wait(timeout=30)


def wait_for(port: int) -> None:
    """Wait until the sign-in page is there."""
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/sign-in/")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.05)
    message = "the server did not start"
    raise RuntimeError(message)


def family(pid: int) -> list[str]:
    """Return the ids of a process and its children."""
    return [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def processor_ms(pid: int) -> float:
    """Return the processor time a process and its children have had, in ms; other work does not lengthen it."""
    found = 0.0
    for one in family(pid):
        for thread in Path(f"/proc/{one}/task").iterdir():
            found += int((thread / "schedstat").read_text(encoding="ascii").split()[0]) / 1e6
    return found


def peak_memory(pid: int) -> float:
    """Return the largest peak of a process and its children, in MiB."""
    peaks = []
    for one in family(pid):
        lines = Path(f"/proc/{one}/status").read_text(encoding="utf-8").splitlines()
        peaks += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    return max(peaks)
