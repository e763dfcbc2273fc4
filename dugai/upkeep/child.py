"""Work on another installation than the one this process serves: a child with settings of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from dugai.kernel.errors import Refused

Tell = Callable[[str, int, int], None]
COMMAND = "settle"
OURS = ("DUGAI_", "DJANGO_")


def settle(
    folder: Path, values: Mapping[str, str], orders: Mapping[str, Any], tell: Tell, stage: str = "逐项核对"
) -> dict[str, Any]:
    """Carry out `orders` (see the command `settle`) in the installation at `folder`; return its report.

    `values` are its settings, whether or not its site file is there yet. Raises `Refused` (code
    `settle_failed`) with the last words of the child when it did not come to an end.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment = {
        **inherited,
        **values,
        "DUGAI_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "dugai.settings.production",
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(Path(settings.PACKAGE).parent), os.environ.get("PYTHONPATH")])
        ),
    }
    words = [sys.executable, "-m", "django", COMMAND]
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        asked.write(json.dumps(orders).encode())
        asked.seek(0)
        with subprocess.Popen(words, env=environment, stdin=asked, stdout=out, stderr=said) as child:  # noqa: S603  our own program
            while child.poll() is None:
                tell(stage, 0, 0)
                time.sleep(0.1)
        out.seek(0)
        said.seek(0)
        answer, trouble = out.read().decode(), said.read().decode(errors="replace")
    if child.returncode:
        raise Refused(f"{stage}没有完成：{trouble.strip()[-600:]}", code="settle_failed")
    report: dict[str, Any] = json.loads(answer)
    return report
