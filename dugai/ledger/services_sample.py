"""每日一记: the lamp counts of every place, kept once a day, so that the cockpit can draw where they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.ledger import tallies
from dugai.ledger.models import LampSample

if TYPE_CHECKING:
    import datetime as dt

CHUNK = 5000


@transaction.atomic
def sample_day(day: dt.date) -> int:
    """Keep the roll-ups as they are now as the counts of `day`; return how many rows."""
    LampSample.objects.filter(day=day).delete()
    found = [
        LampSample(day=day, organisation_id=organisation, level=level, lamp=lamp, n=max(n, 0))
        for (organisation, level, lamp), n in tallies.stored().items()
    ]
    LampSample.objects.bulk_create(found, batch_size=CHUNK)
    return len(found)
