"""Python's collector of cycles, held back while many rows are made at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Make rows without looking for cycles among them: a batch keeps every row until it is written.

    The collector would walk all rows made so far again and again and free none. What a batch leaves
    behind is collected when it ends. Nested and parallel use is safe: at worst it collects earlier.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
