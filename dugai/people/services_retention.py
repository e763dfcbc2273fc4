"""保留期: traces of signing in are kept for a number of days, then only their sums stay, in the journal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import transaction

from dugai.journal.services import record
from dugai.kernel import clock
from dugai.people.models import SignInAttempt

AT_ONCE = 5000
MOST = 200_000
"""How many rows one night removes; the rest waits for the next."""


@transaction.atomic
def forget_attempts(*, now: dt.datetime) -> int:
    """Remove attempts to sign in older than the days they are kept; return how many.

    One event keeps, by month of Chinese time, how many succeeded and how many failed. No name or address of a
    removed attempt stays in it.
    """
    before = now - dt.timedelta(days=settings.SIGN_IN_KEPT_DAYS)
    removed, sums, last = 0, Counter[tuple[str, str]](), None
    while removed < MOST:
        rows = list(SignInAttempt.objects.filter(at__lt=before).order_by("at", "pk")[:AT_ONCE])
        if not rows:
            break
        for row in rows:
            sums[f"{clock.local(row.at):%Y-%m}", "succeeded" if row.succeeded else "failed"] += 1
        last = rows[-1]
        keys = [row.pk for row in rows]
        for start in range(0, len(keys), 500):
            SignInAttempt.objects.filter(pk__in=keys[start : start + 500]).delete()
        removed += len(rows)
    if last is not None:
        months: dict[str, dict[str, Any]] = {}
        for (month, how), n in sorted(sums.items()):
            months.setdefault(month, {})[how] = n
        after = {"removed": removed, "before": before, "months": months}
        record(actor=None, kind="sign_in.attempts_removed", subject=last, after=after, changed=False)
    return removed
