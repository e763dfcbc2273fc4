"""One's own imports and their rows for programs, page by page behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.kernel.pages import Order, Page, Place, page
from dugai.staging import queries
from dugai.staging.models import ImportBatch, ImportRow

if TYPE_CHECKING:
    from dugai.people.models import User


def batches(viewer: User, order: Order, after: Place | None, limit: int) -> Page[ImportBatch]:
    """Return the viewer's own imports of every kind."""
    return page(ImportBatch.objects.filter(uploaded_by=viewer), order, after, limit)


def rows(  # noqa: PLR0917  a page of a list that is narrowed by a verdict
    viewer: User, batch_id: int, verdict: str | None, order: Order, after: Place | None, limit: int
) -> Page[ImportRow]:
    """Return rows of one of the viewer's own imports, in the order of the workbook."""
    found = queries.get_batch(viewer, batch_id).rows.all()
    if verdict is not None:
        found = found.filter(verdict=verdict)
    return page(found, order, after, limit)
