"""`make soak ARGS="--minutes 60"`: mixed load against `dugai up` for minutes, watched for what grows.

Printed each minute and at the end: requests, errors, slowest tenth, resident memory of all processes, open
descriptors, the write-ahead log, threads. The slope of the memory is taken over the second half of the run.
Exit 1 when a request failed, or memory grows by more than `--most-mib-per-hour`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

from bench.browser import Browser, once
from bench.server import free_port

PAGES = (
    "/",
    "/board/",
    "/tasks/",
    "/tasks/?sort=due",
    "/problems/",
    "/measures/",
    "/search/?q=污水",
    "/messages/",
)
READY_SECONDS = 600
EVERY_SECONDS = 5.0


@dataclass
class Watch:
    """What was seen: one row each five seconds (seconds, MiB, descriptors, WAL MiB, threads), and requests."""

    rows: list[tuple[float, float, int, float, int]] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    processes: set[int] = field(default_factory=set)


def main(words: list[str] | None = None) -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=4, help="how many work at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-mib-per-hour", type=float, default=60.0)
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="dugai-soak-") as folder:
        server, port, accounts = start(Path(folder))
        try:
            watch = work(server, port, accounts, Path(folder), chosen)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
    return verdict(watch, chosen)


def start(folder: Path) -> tuple[subprocess.Popen[str], int, list[tuple[str, str]]]:
    """Start the demo province with two web processes and a worker; return it with its printed accounts."""
    port = free_port()
    place = {name: value for name, value in os.environ.items() if not name.startswith("DUGAI_")}
    words = ["up", "--demo", "--port", str(port), "--portal-port", "0", "--data", str(folder)]
    command = [sys.executable, "-m", "dugai.cli", *words]
    server = subprocess.Popen(command, env=place, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own program
    assert server.stdout is not None
    password, names = "", []
    for line in server.stdout:
        if "密码都是" in line:
            password = line.partition("密码都是 ")[2].rstrip("）：\n")
        elif line.startswith("  "):
            names.append(line.split()[0])
        elif line.startswith("按 Ctrl+C"):
            break
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            Browser(port).get("/sign-in/")
        except (OSError, RuntimeError):
            time.sleep(0.2)
        else:
            return server, port, [(name, password) for name in names]
    message = "the server did not start"
    raise RuntimeError(message)


def work(
    server: subprocess.Popen[str],
    port: int,
    accounts: list[tuple[str, str]],
    folder: Path,
    chosen: argparse.Namespace,
) -> Watch:
    """Let people read and write until the time is up, and look at the processes all the while."""
    watch, stop = Watch(), threading.Event()
    people = [
        threading.Thread(
            target=person, args=(port, account, random.Random(chosen.seed + number), watch, stop)
        )
        for number, account in zip(range(chosen.people), itertools.cycle(accounts), strict=False)
    ]
    for one in people:
        one.start()
    began, told = time.monotonic(), 0.0
    while time.monotonic() - began < chosen.minutes * 60:
        time.sleep(EVERY_SECONDS)
        look(server.pid, folder, time.monotonic() - began, watch)
        if time.monotonic() - told >= 60:
            told = time.monotonic()
            table(watch)
    stop.set()
    for one in people:
        one.join()
    return watch


def person(
    port: int, account: tuple[str, str], draw: random.Random, watch: Watch, stop: threading.Event
) -> None:
    """Sign in, read pages, keep and forget a view now and then, sign in anew after a while."""
    browser = Browser(port)
    while not stop.is_set():
        try:
            browser.cookies.clear()
            watch.taken.append(once(lambda: browser.sign_in(*account)))
            for _ in range(40):
                if stop.is_set():
                    return
                read(browser, quote(draw.choice(PAGES), safe="/?=&"), watch)
                if draw.random() < 0.1:
                    keep_a_view(browser, draw, watch)
        except (OSError, RuntimeError) as trouble:
            watch.wrong.append(f"{account[0]}: {trouble}")
            time.sleep(1)


def keep_a_view(browser: Browser, draw: random.Random, watch: Watch) -> None:
    """One write that anybody who sees the ledger may do as often as wanted."""
    status, page = browser.send("GET", "/tasks/")
    if status == 200:
        values = {"page": "tasks", "query": "sort=due", "name": f"视图 {draw.randrange(20)}"}
        watch.taken.append(once(lambda: browser.post("/views/save", page, values)))


def read(browser: Browser, path: str, watch: Watch) -> None:
    """Read one page; an administrator who sees no ledger is told so, and that is right."""
    began = time.perf_counter()
    status, _ = browser.send("GET", path)
    watch.taken.append((time.perf_counter() - began) * 1000)
    if status not in {200, 403}:
        watch.wrong.append(f"GET {path}: {status}")


def look(pid: int, folder: Path, seconds: float, watch: Watch) -> None:
    """Look at the server and all its children once."""
    memory, descriptors, threads = 0, 0, 0
    top = psutil.Process(pid)
    for process in (top, *top.children(recursive=True)):
        try:
            memory += process.memory_info().rss
            descriptors += process.num_fds()
            threads += process.num_threads()
            watch.processes.add(process.pid)
        except psutil.NoSuchProcess:
            continue
    wal = folder / "dugai.sqlite3-wal"
    size = wal.stat().st_size if wal.exists() else 0
    watch.rows.append((seconds, memory / (1 << 20), descriptors, size / (1 << 20), threads))


def slope(rows: list[tuple[float, float, int, float, int]]) -> float:
    """Return the growth of memory over the second half, in MiB an hour; 0 with too few rows."""
    half = rows[len(rows) // 2 :]
    if len(half) < 3:
        return 0.0
    found = statistics.linear_regression([row[0] for row in half], [row[1] for row in half])
    return found.slope * 3600


def table(watch: Watch) -> None:
    """Print one line of what is now."""
    if not watch.rows:
        return
    seconds, memory, descriptors, wal, threads = watch.rows[-1]
    ordered = sorted(watch.taken) or [0.0]
    slow = ordered[int(len(ordered) * 0.9)]
    print(
        f"{seconds / 60:6.1f} min  {len(watch.taken):7d} requests  {len(watch.wrong):3d} wrong  p90 {slow:7.0f} ms  "
        f"RSS {memory:7.1f} MiB  fds {descriptors:4d}  WAL {wal:6.1f} MiB  threads {threads:3d}",
        flush=True,
    )


def verdict(watch: Watch, chosen: argparse.Namespace) -> int:
    """Print the end, and say whether it held."""
    table(watch)
    growth = slope(watch.rows)
    most_wal = max((row[3] for row in watch.rows), default=0.0)
    print(f"memory over the second half: {growth:+.1f} MiB an hour; largest WAL {most_wal:.1f} MiB")
    print(f"processes seen: {len(watch.processes)}; requests wrong: {len(watch.wrong)}")
    for sentence in watch.wrong[:10]:
        print(f"  {sentence}")
    return 1 if watch.wrong or growth > chosen.most_mib_per_hour else 0


if __name__ == "__main__":
    sys.exit(main())
