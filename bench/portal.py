"""Cached pages of a running portal: connections kept alive, one thread each. `python bench/portal.py HOST PORT`."""

from __future__ import annotations

import http.client
import sys
import threading
import time

PATHS = ("/", "/problems/", "/provinces/", "/releases/", "/journal/", "/about/")
CONNECTIONS, SECONDS = 16, 6.0


def ask(place: tuple[str, int], turn: int, until: float, took: list[float], bad: list[int]) -> None:
    """Fetch one page after another on one connection."""
    wire = http.client.HTTPConnection(*place, timeout=30)
    while time.monotonic() < until:
        began = time.perf_counter()
        wire.request("GET", PATHS[turn % len(PATHS)], headers={"Accept-Encoding": "gzip"})
        answer = wire.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            bad.append(answer.status)
        turn += 1
    wire.close()


def main() -> None:
    """Print requests a second and how long they took."""
    host, port = sys.argv[1], int(sys.argv[2])
    took: list[float] = []
    bad: list[int] = []
    until = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=ask, args=((host, port), at, until, took, bad)) for at in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    p50, p95 = (took[int(len(took) * share)] * 1000 for share in (0.5, 0.95))
    print(f"{len(took) / SECONDS:.0f} req/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms, not 200: {len(bad)}")


if __name__ == "__main__":
    main()
