"""Who may look at and decide on a staged import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dugai.people.models import User
    from dugai.staging.models import ImportBatch


def may_decide(actor: User, batch: ImportBatch) -> bool:
    """The person who brought the workbook accepts or discards it; a deputy does so through their account."""
    return actor.pk == batch.uploaded_by_id
