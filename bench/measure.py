"""One engine at one size, in a process of its own: builds the ledger through the services and measures it.

Run by `python -m bench` with a throw-away data folder and database in the environment; prints JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django

WORDS = "污水处理厂"
WRITES = 20
EXPORTED = 50_000
IMPORTED = 20_000


def main() -> int:
    """Build, measure, print."""
    words = argparse.ArgumentParser()
    words.add_argument("--size", type=int, required=True)
    words.add_argument("--shared", type=Path)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--each", type=int, default=6)
    words.add_argument("--imported", type=int, default=IMPORTED)
    chosen = words.parse_args()
    django.setup()
    from bench.steps import Steps  # noqa: PLC0415  models load after Django is set up

    steps = Steps(chosen.size, chosen.shared, chosen.rounds, chosen.each)
    tell("建库")
    steps.prepare()
    tell(f"登记 {chosen.size} 条")
    steps.load()
    tell("发起全国一轮调度")
    steps.open_round()
    tell("网页")
    steps.pages()
    steps.count_queries()
    tell("报送与采纳")
    steps.writes(WRITES)
    tell("导出")
    steps.result["export"] = in_child("export", EXPORTED)
    if chosen.imported:
        tell("导入")
        steps.result["import"] = in_child("import", chosen.imported)
    json.dump(steps.result, sys.stdout, ensure_ascii=False)
    return 0


def tell(stage: str) -> None:
    """Say on the error channel how far it is; the other one carries the figures."""
    sys.stderr.write(f"    {time.strftime('%H:%M:%S')} {stage}\n")
    sys.stderr.flush()


def in_child(work: str, rows: int) -> dict[str, Any]:
    """Run an import or export in a process of its own and return what it says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.sheets", work, "--rows", str(rows), "--folder", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no words"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_json(timing: Any) -> dict[str, float]:
    """Return a timing as JSON types."""
    return {name: round(value, 2) for name, value in asdict(timing).items()}


Act = Callable[[], object]

if __name__ == "__main__":
    raise SystemExit(main())
