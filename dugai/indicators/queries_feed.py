"""Readings for programs, page by page behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.indicators.models import IndicatorReading
from dugai.indicators.states import RowState
from dugai.kernel.pages import Order, Page, Place, page

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


def readings(
    viewer: User,
    region: Organisation,
    order: Order,
    after: Place | None,
    limit: int,
    *,
    code: str | None = None,
    versions: bool = False,
) -> Page[IndicatorReading]:
    """Return the readings of a region in sight; with `versions` also those corrected or taken back."""
    rows = IndicatorReading.objects.visible_to(viewer).filter(region=region.pk)
    if code is not None:
        rows = rows.filter(indicator__code=code)
    if not versions:
        rows = rows.filter(state=RowState.STANDING)
    return page(rows.select_related("indicator", "region"), order, after, limit)
