"""A running product beside the test, over real HTTP: started, asked, killed whole."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dugai import __version__
from dugai.cli import site
from tests.fault.place import environment

ZYGOTE = Path(__file__).parent / "stack.py"
SETTINGS = "dugai.settings.production"
PATIENCE = 120


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers, the bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as the JSON it is."""
        return json.loads(self.body)


class House:
    """One data folder, one port; the programs come and go."""

    def __init__(self, place: Path, *, pages: bool = False, **values: str) -> None:
        self.place = place
        site.write_site(place, {"DUGAI_HOSTS": "127.0.0.1", **values})
        if not pages:  # who fetches no page needs no style sheet
            (place / "static").mkdir(exist_ok=True)
            (place / "static" / f".gathered-{__version__}").touch()
        self.port = _free_port()
        self.log = (place / "house.log").open("ab")
        self.environment = environment(place, SETTINGS)
        self.zygote: subprocess.Popen[str] | None = None
        self.cold: subprocess.Popen[bytes] | None = None
        self.group = 0

    def start(self, *, cold: bool = False) -> None:
        """Start the programs: `dugai up` itself when cold, else the same programs forked from a warm process."""
        if cold:
            command = [
                sys.executable,
                "-m",
                "dugai.cli",
                "up",
                "--port",
                str(self.port),
                "--portal-port",
                "0",
            ]
            self.cold = subprocess.Popen(
                command, env=self.environment, stdout=self.log, stderr=self.log, start_new_session=True
            )
            self.group = self.cold.pid
        else:
            if self.zygote is None:
                self.zygote = subprocess.Popen(
                    [sys.executable, str(ZYGOTE)],
                    env=self.environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self.log,
                    text=True,
                )
            assert self.zygote.stdin is not None
            assert self.zygote.stdout is not None
            self.zygote.stdin.write(f"{self.port}\n")
            self.zygote.stdin.flush()
            self.group = int(self.zygote.stdout.readline())

    def wait(self, secret: str) -> None:
        """Return when the product answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/api/v1/me", secret).status == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the product did not start:\n" + (self.place / "house.log").read_text()[-3000:])

    def kill(self) -> None:
        """Kill every process of the product at once; nothing when none runs."""
        if not self.group:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self.group = 0
        if self.cold is not None:
            self.cold.wait()
            self.cold = None
        elif self.zygote is not None:
            assert self.zygote.stdout is not None
            assert self.zygote.stdout.readline() == "gone\n"

    def close(self) -> None:
        """End what is left."""
        if self.zygote is not None:
            assert self.zygote.stdin is not None
            assert self.zygote.stdout is not None
            self.zygote.stdin.close()
            self.zygote.wait()
            self.zygote.stdout.close()
        self.log.close()

    def ask(
        self, method: str, path: str, secret: str = "", body: Any = None, key: str = "", **headers: str
    ) -> Answer:
        """Send one request on a connection of its own. Raises `OSError` or `HTTPException` when it breaks."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret:
            told["Authorization"] = f"Bearer {secret}"
        if key:
            told["Idempotency-Key"] = key
        data = body
        if body is not None and not isinstance(body, bytes):
            data, told["Content-Type"] = json.dumps(body).encode(), "application/json"
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            wire.request(method, path, data, told)
            answer = wire.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            wire.close()


def multipart(name: str, data: bytes, **fields: Any) -> tuple[bytes, str]:
    """Return a form with one file and its content type."""
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return b"".join([*parts, head.encode(), data, f"\r\n--{mark}--\r\n".encode()]), (
        f"multipart/form-data; boundary={mark}"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
