"""The one place that asks what time it is, so that tests and replays can set it.

Server time is UTC; days are days in Asia/Shanghai (reliability rule D19). Rules never call this
module: the caller passes `today` in.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """Return the present moment, timezone-aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC)


def today() -> dt.date:
    """Return the present calendar day in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def local(moment: dt.datetime) -> dt.datetime:
    """Return `moment` as wall-clock time in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)
