"""The one place that asks what time it is, so that tests and replays can set it.

Server time is UTC; days are days in Asia/Shanghai (reliability rule D19). Rules never call this
module: the caller passes `today` in.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

SHANGHAI = ZoneInfo("Asia/Shanghai")
_standing: contextvars.ContextVar[dt.datetime | None] = contextvars.ContextVar("standing", default=None)


def now() -> dt.datetime:
    """Return the present moment, timezone-aware, in UTC."""
    return _standing.get() or dt.datetime.now(tz=dt.UTC)


@contextlib.contextmanager
def standing_at(moment: dt.datetime) -> Iterator[None]:
    """Let it be `moment` (timezone-aware) inside the block: the demo's past months, never a request."""
    token = _standing.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _standing.reset(token)


def today() -> dt.date:
    """Return the present calendar day in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def local(moment: dt.datetime) -> dt.datetime:
    """Return `moment` as wall-clock time in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)
