"""The lists of the letters for programs: page by page behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.complaints import queries, rules
from dugai.complaints.models import Letter, LetterBatch
from dugai.complaints.states import TO_HANDLE
from dugai.kernel.pages import Order, Page, Place, page

if TYPE_CHECKING:
    from dugai.people.models import User


def batches(
    viewer: User, inspection: int | None, order: Order, after: Place | None, limit: int
) -> Page[LetterBatch]:
    """Return the batches in sight."""
    found = LetterBatch.objects.visible_to(viewer).select_related("inspection", "region")
    if inspection is not None:
        found = found.filter(inspection=inspection)
    return page(found, order, after, limit)


def whole_batch(viewer: User, batch_id: int) -> LetterBatch:
    """Return one batch with the published counts of the letters in sight."""
    batch = queries.get_batch(viewer, batch_id)
    counts: rules.Counts = queries.counts_of(queries.letters_of(viewer, batch))
    batch.counts_shown = counts  # type: ignore[attr-defined]
    return batch


def letters(
    viewer: User,
    batch: int | None,
    state: str | None,
    *,
    mine: bool,
    order: Order,
    after: Place | None,
    limit: int,
) -> Page[Letter]:
    """Return letters in sight; `mine` those that the viewer's own unit has to handle."""
    found: Any = Letter.objects.visible_to(viewer).select_related(*queries.ROW_RELATED)
    if mine:
        found = found.filter(lead=viewer.organisation_id, state__in=TO_HANDLE)
    exact = {"batch": batch, "state": state}
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    read = page(found, order, after, limit)
    return Page([queries.timed(viewer, row) for row in read.rows], read.next)


def whole_letter(viewer: User, letter_id: int) -> Letter:
    """Return one letter with how it stands in time."""
    return queries.timed(viewer, queries.get_letter(viewer, letter_id))
