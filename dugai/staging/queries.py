"""Questions about staged imports. A batch belongs to the person who brought it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.kernel.errors import NotVisible
from dugai.staging.models import ImportBatch, ImportRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from dugai.people.models import User


def batches(viewer: User, kind: str) -> QuerySet[ImportBatch]:
    """Return the viewer's own imports of one kind, the newest first."""
    return ImportBatch.objects.filter(uploaded_by=viewer, kind=kind).order_by("-pk")


def get_batch(viewer: User, batch_id: int, *, kind: str | None = None, lock: bool = False) -> ImportBatch:
    """Return one of the viewer's own imports. Raises `NotVisible` for another person's or another kind."""
    found = ImportBatch.objects.filter(pk=batch_id, uploaded_by=viewer)
    if kind is not None:
        found = found.filter(kind=kind)
    if lock:
        found = found.select_for_update(of=("self",))
    batch = found.first()
    if batch is None:
        raise NotVisible("没有这次导入，或它是别人上传的。")
    return batch


def rows(
    viewer: User, batch: ImportBatch, verdict: str = "", *, after: int = 0, limit: int = 50
) -> list[ImportRow]:
    """Return at most `limit` rows of a batch after the row id `after`, in the order of the workbook."""
    found = get_batch(viewer, batch.pk).rows.filter(pk__gt=after)
    if verdict:
        found = found.filter(verdict=verdict)
    return list(found.order_by("pk")[:limit])
