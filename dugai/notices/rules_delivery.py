"""When a message may go out, how long a failed one waits, and which reminder falls on which day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from dugai.notices.states_delivery import DEFAULTS, Channel, NoticeGroup, When

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
"""The waits between tries, in sum nearly two days: longer than a weekend evening without a mail server."""

MORNING = dt.time(8)


def chosen(choices: Mapping[str, Mapping[str, str]], group: NoticeGroup, channel: Channel) -> When:
    """Return when a group reaches a person on a channel: as chosen, else as the house does it."""
    value = choices.get(group, {}).get(channel, "")
    return When(value) if value in When.values else DEFAULTS[group]


def pause_after(attempts: int) -> dt.timedelta | None:
    """Return the wait after the given number of failed tries (from 1); None when no further try is made."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def open_from(moment: dt.datetime, quiet_from: int | None, quiet_until: int | None) -> dt.datetime:
    """Return the first moment at or after `moment` (wall-clock time) outside the quiet hours.

    The hours are 0 to 23 and may span midnight; None, or twice the same hour, means no quiet hours.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return moment
    hour = moment.hour
    over_night = quiet_from > quiet_until
    quiet = hour >= quiet_from or hour < quiet_until if over_night else quiet_from <= hour < quiet_until
    if not quiet:
        return moment
    end = moment.replace(hour=quiet_until, minute=0, second=0, microsecond=0)
    return end if end > moment else end + dt.timedelta(days=1)


def reminder_step(due: dt.date, steps: Iterable[int], last: dt.date, today: dt.date) -> int | None:
    """Return the smallest step (days before `due`) whose day lies after `last` and not after `today`.

    So each step of a date is named on one day only, and after days without a run the nearest stands for all.
    None for a date that has passed: overdue is no reminder's word.
    """
    if due < today:
        return None
    crossed = [step for step in steps if last < due - dt.timedelta(days=step) <= today]
    return min(crossed, default=None)
