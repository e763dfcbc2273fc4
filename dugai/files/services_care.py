"""What is done about files whose bytes are no longer theirs: marked as damaged, and as whole again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.files.models import Blob, StoredFile
from dugai.journal.services import Draft, record_many
from dugai.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.people.models import User


@transaction.atomic
def mark_damaged(*, actor: User | None, sha256: str, finding: str) -> int:
    """Keep that a blob is damaged, missing or swapped, with an event for each file that is this blob.

    From then on it is refused at download. Says nothing twice; returns how many files are touched.
    """
    now = clock.now()
    if not Blob.objects.filter(sha256=sha256, damaged_at=None).update(damaged_at=now, checked_at=now):
        Blob.objects.filter(sha256=sha256).update(checked_at=now)
        return 0
    return _tell(actor, "file.damaged", sha256, finding)


@transaction.atomic
def mark_whole(*, actor: User | None, sha256: str, reason: str) -> int:
    """Keep that a damaged blob has its own bytes again; returns how many files are touched."""
    found = Blob.objects.filter(sha256=sha256).exclude(damaged_at=None)
    if not found.update(damaged_at=None, checked_at=clock.now()):
        return 0
    return _tell(actor, "file.repaired", sha256, reason)


@transaction.atomic
def mark_checked(*, digests: Iterable[str]) -> None:
    """Keep that these blobs were read and are whole; the scrub goes on behind them."""
    Blob.objects.filter(sha256__in=list(digests)).update(checked_at=clock.now())


def _tell(actor: User | None, kind: str, sha256: str, reason: str) -> int:
    files = StoredFile.objects.filter(blob=sha256).order_by("pk")
    return record_many(
        actor=actor,
        drafts=[
            Draft(kind, row, after={"blob": sha256, "name": row.name}, reason=reason, changed=False)
            for row in files
        ],
    )
