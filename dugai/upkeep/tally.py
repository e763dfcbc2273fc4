"""Requests counted for `/metrics`: each process counts for itself and leaves its counts in a small file.

Whoever is asked adds the files up, so that one answer speaks for all web processes of this host. The counts
of a process that has ended are added to the file `ended`, so that no counter ever goes back.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LEFT_EVERY = 2.0
ENDED = "ended.json"
_lock = threading.Lock()
_counts: Counter[str] = Counter()
_left_at = 0.0
_owner = os.getpid()


def count(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request under its route's name, never under its address."""
    global _left_at, _owner  # noqa: PLW0603  one tally for the process
    with _lock:
        if _owner != os.getpid():  # forked: what the parent counted is the parent's
            _counts.clear()
            _owner = os.getpid()
        _counts[_key("requests", route, method, str(status))] += 1
        for limit in BUCKETS:
            if seconds <= limit:
                _counts[_key("bucket", route, str(limit))] += 1
        _counts[_key("count", route)] += 1
        _counts[_key("microseconds", route)] += round(seconds * 1_000_000)
        if time.monotonic() - _left_at < LEFT_EVERY:
            return
        _left_at = time.monotonic()
        content = json.dumps(_counts)
    _leave(content)


def total() -> Counter[tuple[str, ...]]:
    """Return the counts of all processes of this host, those that have ended included."""
    with _lock:
        own = json.dumps(_counts) if _owner == os.getpid() else "{}"
    _leave(own)
    found: Counter[str] = Counter()
    with _alone():
        ended = Counter(_read(_folder() / ENDED))
        for place in _folder().glob("[0-9]*.json"):
            counts = _read(place)
            found.update(counts)
            if not Path(f"/proc/{place.stem}").exists():
                ended.update(counts)
                place.unlink()
                _write(_folder() / ENDED, json.dumps(ended))
                found.subtract(counts)
        found.update(ended)
    return Counter({tuple(json.loads(name)): number for name, number in found.items() if number})


def _key(*parts: str) -> str:
    return json.dumps(parts, ensure_ascii=True)


def _folder() -> Path:
    place = Path(settings.DATA) / "run"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _leave(content: str) -> None:
    with contextlib.suppress(OSError):  # a full disk must not stop a request; readiness says it
        _write(_folder() / f"{os.getpid()}.json", content)


def _write(place: Path, content: str) -> None:
    part = place.with_name(f".{place.name}.{threading.get_ident()}")
    part.write_text(content, encoding="ascii")
    part.replace(place)


def _read(place: Path) -> dict[str, int]:
    try:
        found: dict[str, int] = json.loads(place.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (_folder() / "lock").open("a+", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
