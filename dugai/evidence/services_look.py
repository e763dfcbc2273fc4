"""Looking into files: once for each content, in the cage, by a worker. Small pictures can be drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.evidence import derived
from dugai.evidence.look import Look, look
from dugai.evidence.models import Derivative, Reading
from dugai.evidence.states import ReadingState
from dugai.files import queries as files
from dugai.files.models import StoredFile
from dugai.files.services_care import mark_damaged
from dugai.journal.services import record, shown
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible, Refused

if TYPE_CHECKING:
    from dugai.people.models import User

FACTS = ("width", "height", "pages", "taken_at", "zone_given", "latitude", "longitude", "camera", "software")


def look_into(*, actor: User | None, sha256: str) -> ReadingState:
    """Read what the content of a blob says of itself and draw small pictures; again, it only draws them anew.

    The child process runs outside any transaction. A file that cannot be read is noted with the reason and
    kept; a damaged blob is marked and never looked into.
    """
    stored = StoredFile.objects.filter(blob=sha256).select_related("blob", "uploaded_by").first()
    if stored is None:
        raise NotVisible("没有这个文件")
    try:
        with files.open_checked(stored.uploaded_by, stored) as stream:
            seen = look(stream, media=stored.blob.media_type, size=stored.blob.size)
    except Refused as refusal:
        if refusal.code != files.DAMAGED:
            raise
        mark_damaged(actor=actor, sha256=sha256, finding="内容已损坏")
        return ReadingState.UNREADABLE
    digests = {drawn.kind: derived.write(drawn.data) for drawn in seen.drawn}
    _keep(actor, stored, seen, digests)
    return seen.state


@transaction.atomic
def _keep(actor: User | None, stored: StoredFile, seen: Look, digests: dict[str, str]) -> None:
    now = clock.now()
    if not Reading.objects.filter(blob=stored.blob_id).exists():
        facts = {name: getattr(seen, name) for name in FACTS}
        reading = Reading(blob=stored.blob, state=seen.state, reason=seen.reason, read_at=now, **facts)
        reading.save(force_insert=True)
        record(
            actor=actor,
            kind="reading.made",
            subject=reading,
            after=shown(reading, "blob", "state", "reason", *FACTS),
        )
    for drawn in seen.drawn:
        Derivative.objects.update_or_create(
            blob=stored.blob,
            kind=drawn.kind,
            defaults={
                "sha256": digests[drawn.kind],
                "width": drawn.width,
                "height": drawn.height,
                "size": len(drawn.data),
                "made_at": now,
            },
        )
