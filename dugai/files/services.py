"""Storing files: the bytes first, then the row, in the act's own transaction."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from dugai.files import services_care, sniff, store
from dugai.files.models import Blob, StoredFile
from dugai.journal.services import record, shown
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from dugai.files.store import Readable, Written
    from dugai.people.models import User

LONGEST_NAME = 120


@transaction.atomic
def store_file(
    *,
    actor: User,
    name: str,
    stream: Readable,
    limit: int | None = None,
    note: str = "",
    recognise: Callable[[str, bytes], str] = sniff.media_type,
) -> StoredFile:
    """Keep an upload: `name` is what the person called it, and stays mere text.

    `recognise` gives the media type from name and first bytes; a room that takes other files has its own.

    Raises `TooLarge`, or `InvalidInput` when the type is not accepted or does not match the name.
    """
    shown_name = clean_name(name)
    written = store.write(stream, limit=limit or settings.UPLOAD_LIMIT)
    if not written.size:
        message = f"“{shown_name}”是空文件。请检查后重传。"
        raise InvalidInput(message, fields={"file": message})
    media = recognise(shown_name, written.head)
    return settle(actor=actor, name=shown_name, written=written, media=media, note=note)


@transaction.atomic
def settle(*, actor: User, name: str, written: Written, media: str, note: str = "") -> StoredFile:
    """Write the rows of bytes that are in the store: the blob once, the file for this person."""
    blob, _ = Blob.objects.get_or_create(
        sha256=written.sha256,
        defaults={"sm3": written.sm3, "size": written.size, "media_type": media, "stored_at": clock.now()},
    )
    if blob.damaged_at:
        services_care.mark_whole(actor=actor, sha256=blob.sha256, reason="重新上传了同样的内容")
    kept = StoredFile(
        blob=blob,
        name=name,
        organisation=actor.organisation,
        uploaded_by=actor.person,
        uploaded_at=clock.now(),
        note=note,
    )
    kept.save(force_insert=True)
    record(actor=actor, kind="file.stored", subject=kept, after=shown(kept, "blob", "name", "organisation"))
    return kept


def clean_name(name: str) -> str:
    """Return a file name as text to show: no folders, no control marks, at most 120 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    marks = unicodedata.normalize("NFC", last)
    kept = "".join(mark for mark in marks if unicodedata.category(mark)[0] != "C").strip()
    stem, dot, suffix = kept.rpartition(".")
    if dot and len(kept) > LONGEST_NAME:
        kept = stem[: LONGEST_NAME - len(suffix) - 1] + dot + suffix
    if not kept or not stem:
        message = "文件没有名字或没有扩展名。请改名后再传。"
        raise InvalidInput(message, fields={"file": message})
    return kept
