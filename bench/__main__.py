"""`make bench`: builds ledgers of some sizes on each engine and prints what each page and command costs.

    python -m bench --sizes 10000,100000,1000000 --engines sqlite,postgresql --shared ../shared/bench/gen.py

Everything happens in throw-away places. PostgreSQL is the cluster of `scripts/with_postgres.sh`.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench import install, tables

SETTINGS = "dugai.settings.production"


def main() -> int:
    """Measure what was asked for, print the table and keep it."""
    words = argparse.ArgumentParser(prog="bench", description=__doc__)
    words.add_argument("--sizes", default="10000,100000", help="numbers of tasks, joined by commas")
    words.add_argument("--engines", default="sqlite,postgresql")
    words.add_argument("--shared", type=Path, help="generator of the records the peers were measured with")
    words.add_argument("--out", type=Path, default=Path("bench/out"))
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--each", type=int, default=6, help="requests a round")
    words.add_argument("--imported", type=int, default=20_000, help="rows of the Excel import, 0 for none")
    words.add_argument("--no-install", action="store_true", help="leave out the empty installation")
    chosen = words.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    engines = [engine for engine in chosen.engines.split(",") if _there(engine)]
    started = time.strftime("%Y-%m-%d %H:%M")
    results = []
    for engine in engines:
        for size in sizes:
            sys.stderr.write(f"{engine} {size}\n")
            found = measured(engine, size, chosen)
            if found is not None:
                results.append(found)
    first = [] if chosen.no_install else [install.first_page()]
    table = tables.written(
        results, first, command=" ".join(["python -m bench", *sys.argv[1:]]), started=started
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "speed.md").write_text(table, encoding="utf-8")
    (chosen.out / "speed.json").write_text(
        json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    sys.stdout.write(table)
    return 0 if len(results) == len(engines) * len(sizes) else 1


def measured(engine: str, size: int, chosen: argparse.Namespace) -> dict[str, Any] | None:
    """Measure one engine at one size in a child process; None when that failed."""
    with tempfile.TemporaryDirectory(prefix="dugai-bench-") as folder:
        place = {
            "DUGAI_DATA": folder,
            "DUGAI_SECRET_KEY": secrets.token_hex(40),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
        }
        if engine == "postgresql":
            place["DUGAI_DATABASE_URL"] = new_database(f"bench_{size}_{secrets.token_hex(3)}")
        command = [sys.executable, "-m", "bench.measure", "--size", str(size), "--rounds", str(chosen.rounds)]
        command += ["--each", str(chosen.each), "--imported", str(chosen.imported)]
        command += ["--shared", str(chosen.shared)] if chosen.shared else []
        done = subprocess.run(  # noqa: S603  our own program
            command, env={**os.environ, **place}, stdout=subprocess.PIPE, text=True, check=False
        )
    if done.returncode:
        sys.stderr.write(f"{engine} {size}: 没有测完\n")
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def new_database(name: str) -> str:
    """Make an empty database in the cluster beside us and return its address."""
    import psycopg  # noqa: PLC0415  only with PostgreSQL

    url = os.environ["DUGAI_TEST_POSTGRES_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _there(engine: str) -> bool:
    if engine == "postgresql" and "DUGAI_TEST_POSTGRES_URL" not in os.environ:
        sys.stderr.write("没有 PostgreSQL（DUGAI_TEST_POSTGRES_URL 未设），只测 SQLite。\n")
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
