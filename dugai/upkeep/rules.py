"""Which backups are kept (promise E2): the newest, then one an hour, a day and a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

HOURLY, DAILY, MONTHLY = 24, 30, 12

STEPS: tuple[tuple[int, Callable[[dt.datetime], tuple[int, ...]]], ...] = (
    (HOURLY, lambda at: (at.year, at.month, at.day, at.hour)),
    (DAILY, lambda at: (at.year, at.month, at.day)),
    (MONTHLY, lambda at: (at.year, at.month)),
)


def kept(moments: Iterable[dt.datetime]) -> set[dt.datetime]:
    """Return the moments of backups to keep: the last of each of the newest 24 hours, 30 days, 12 months."""
    newest_first = sorted(moments, reverse=True)
    found = set(newest_first[:1])
    for most, unit in STEPS:
        seen: set[tuple[int, ...]] = set()
        for moment in newest_first:
            if unit(moment) not in seen and len(seen) < most:
                seen.add(unit(moment))
                found.add(moment)
    return found
