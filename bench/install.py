"""How long it takes from an empty folder to the first page, once the packages are there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

from bench.server import free_port, wait_for


def first_page() -> dict[str, Any]:
    """Make an empty production site, start it, and time until the sign-in page is there (seconds)."""
    with tempfile.TemporaryDirectory(prefix="dugai-bench-") as folder:
        place = {name: value for name, value in os.environ.items() if not name.startswith("DUGAI_")}
        place["DUGAI_DATA"] = folder
        dugai = [sys.executable, "-m", "dugai.cli"]
        init = ["init", "--name", "江源省", "--region-code", "990000", "--hosts", "127.0.0.1", "--http"]
        init += ["--admin", "guanli", "--admin-name", "周明远"]
        start = time.perf_counter()
        subprocess.run([*dugai, *init], env=place, check=True, capture_output=True)  # noqa: S603  our own program
        made = time.perf_counter() - start
        port = free_port()
        command = [*dugai, "up", "--port", str(port), "--portal-port", "0"]
        child = subprocess.Popen(command, env=place, stdout=subprocess.DEVNULL)  # noqa: S603  our own program
        try:
            wait_for(port)
            return {
                "engine": "sqlite",
                "init": round(made, 1),
                "seconds": round(time.perf_counter() - start, 1),
            }
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(timeout=40)
