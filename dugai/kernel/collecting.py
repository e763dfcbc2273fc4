"""Python's collector of cycles, held back while many rows are made at once."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = {"batches": 0, "was_on": 0}


@contextmanager
def paused() -> Iterator[None]:
    """Make rows without looking for cycles among them: a batch keeps every row until it is written.

    The collector would walk all rows made so far again and again and free none. What a batch leaves
    behind is collected when it ends. Batches may be nested and run side by side: the last one to end
    puts the collector back as the first one found it.
    """
    with _lock:
        if _inside["batches"] == 0:
            _inside["was_on"] = gc.isenabled()
            gc.disable()
        _inside["batches"] += 1
    try:
        yield
    finally:
        with _lock:
            _inside["batches"] -= 1
            if _inside["batches"] == 0 and _inside["was_on"]:
                gc.enable()
