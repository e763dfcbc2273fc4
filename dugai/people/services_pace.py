"""次数: how often one token may ask in a minute, counted in the database so that all web processes agree.

A process takes a few requests at a time from the minute's row and hands them out from memory: a busy token
costs at most some twenty writes a minute. No minute ever gives out more than the limit; what a process took
and did not use by the end of the minute is lost, so with several processes a little less may come through.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from dugai.people.models import TokenMinute

if TYPE_CHECKING:
    import datetime as dt

SHARES = 20
"""Into how many portions the limit of a minute is cut."""
KEPT_MINUTES = 60

_left: dict[tuple[int, int], int] = {}
_lock = threading.Lock()


def wait_seconds(*, token_id: int, now: dt.datetime) -> int:
    """Count one request of a token; return 0 when it may go on, else the seconds until the next minute."""
    limit = settings.API_PER_MINUTE
    if limit <= 0:
        return 0
    second = int(now.timestamp())
    key = (token_id, second // 60)
    with _lock:
        if _left.get(key, 0) > 0:
            _left[key] -= 1
            return 0
    for portion in (max(1, limit // SHARES), 1):
        if _reserve(token_id, key[1], portion, limit):
            with _lock:
                for old in [one for one in _left if one[1] < key[1]]:
                    del _left[old]
                _left[key] = _left.get(key, 0) + portion - 1
            return 0
    return 60 - second % 60


def forget() -> None:
    """Give up what this process has taken and not used."""
    with _lock:
        _left.clear()


def sweep_minutes(*, now: dt.datetime) -> int:
    """Remove the counts of minutes gone by an hour ago; return how many."""
    oldest = int(now.timestamp()) // 60 - KEPT_MINUTES
    return TokenMinute.objects.filter(minute__lt=oldest).delete()[0]


def _reserve(token_id: int, minute: int, portion: int, limit: int) -> bool:
    """Take `portion` requests out of the minute, whole or not at all."""
    row = TokenMinute.objects.filter(token=token_id, minute=minute)
    if row.filter(n__lte=limit - portion).update(n=F("n") + portion):
        return True
    if row.exists():
        return False
    try:
        with transaction.atomic():
            TokenMinute.objects.create(token_id=token_id, minute=minute, n=portion)
    except IntegrityError:  # another process was faster
        return bool(row.filter(n__lte=limit - portion).update(n=F("n") + portion))
    return True
