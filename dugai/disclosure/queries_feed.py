"""Lists that programs read page by page: releases, and the rows behind a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.disclosure.models import Release, Text
from dugai.disclosure.states import OUT
from dugai.kernel.pages import Order, Page, Place, page

if TYPE_CHECKING:
    from dugai.disclosure.facts import Fact
    from dugai.disclosure.queries_figure import Sheet
    from dugai.people.models import User


def releases(viewer: User, order: Order, after: Place | None, limit: int) -> Page[Release]:
    """Return the releases in sight without their snapshots."""
    seen = Text.objects.visible_to(viewer).filter(state__in=OUT).order_by().values("pk")
    rows = Release.objects.filter(text__in=seen).select_related("text").defer("snapshot", "text__body")
    return page(rows, order, after, limit)


def figure_rows(viewer: User, sheet: Sheet, code: str, after: Place | None, limit: int) -> Page[Fact]:
    """Return the rows behind a figure by their ids; the sheet was opened through the viewer's eyes."""
    del viewer
    rows = sorted(sheet.rows(code), key=lambda fact: fact.pk)
    kept = [fact for fact in rows if after is None or fact.pk > after.pk]
    more = len(kept) > limit
    return Page(kept[:limit], Place(None, kept[limit - 1].pk) if more else None)
