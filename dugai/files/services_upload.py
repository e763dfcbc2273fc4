"""Resumable uploads: begin with a name and a size, send pieces at an offset, finish into a stored file.

The shape is that of tus (begin, HEAD for the offset, PATCH a piece, finish): whoever loses the connection
asks how far it came and goes on from there. A piece is written and synced first; then one statement moves
the offset from what the sender believed to what is now, so of two senders of one piece only one is heard.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum

from dugai.files import parts, queries, sniff, store
from dugai.files.models import Upload, UploadPart
from dugai.files.services import clean_name, settle
from dugai.files.states import UploadState
from dugai.kernel import clock, ids
from dugai.kernel.errors import Conflict, InvalidInput, Refused, TooLarge

if TYPE_CHECKING:
    from dugai.files.models import StoredFile
    from dugai.files.store import Readable
    from dugai.people.models import User

DIGEST = re.compile(r"[0-9a-f]{64}")
MEGA = 1 << 20
MOST_OPEN = 30
LIVES = dt.timedelta(hours=24)


@transaction.atomic
def begin_upload(*, actor: User, name: str, size: int, purpose: str, sha256: str = "") -> Upload:
    """Announce a file of `size` bytes; `sha256` (hexadecimal), when given, is what it must come to.

    Raises `TooLarge` past the limit for one file, `Refused` (`uploads_full`) past the person's share.
    """
    shown_name = clean_name(name)
    sniff.require_accepted(shown_name)
    if size <= 0:
        message = f"“{shown_name}”是空文件。请检查后重传。"
        raise InvalidInput(message, fields={"file": message})
    if size > settings.UPLOAD_LARGEST:
        raise TooLarge(f"“{shown_name}”超过 {settings.UPLOAD_LARGEST // MEGA} MB。请压缩或拆分后再传。")
    if sha256 and not DIGEST.fullmatch(sha256):
        raise InvalidInput("校验值应为 64 位小写十六进制的 SHA-256", fields={"sha256": "格式不对"})
    _require_share(actor, size)
    now = clock.now()
    return Upload.objects.create(
        key=ids.secret(192),
        person=actor.person,
        organisation=actor.organisation,
        purpose=purpose,
        name=shown_name,
        size=size,
        sha256=sha256,
        created_at=now,
        expires_at=now + LIVES,
    )


def put_chunk(
    *, actor: User, key: str, offset: int, stream: Readable, length: int, sha256: str = ""
) -> Upload:
    """Take the piece of `length` bytes that begins at `offset`, and say by the row how far the upload came.

    A piece that breaks off is kept as far as it came, unless a digest was promised for all of it. Raises
    `Conflict` (`offset_mismatch`) when the upload stands elsewhere, `Refused` (`checksum_mismatch`).
    """
    upload = queries.get_upload(actor, key)
    _require_open(upload)
    if offset != upload.offset:
        raise _elsewhere(upload)
    if not 0 < length <= min(settings.UPLOAD_CHUNK, upload.size - offset):
        most = settings.UPLOAD_CHUNK // MEGA
        raise TooLarge(f"一段最多 {most} MB，且不能超出文件的长度", code="chunk_too_large")
    piece = parts.write(key, offset, stream, length=length)
    if sha256 and (piece.cut or piece.sha256 != sha256):
        parts.drop([piece.name])
        raise Refused("这一段在传输中损坏，没有收下。请再传一次。", code="checksum_mismatch")
    if piece.size:
        _advance(upload, offset, piece)
    return queries.get_upload(actor, key)


def finish_upload(*, actor: User, key: str) -> StoredFile:
    """Make one file of the pieces; asked again, it answers with the same file.

    Raises `Refused` (`upload_incomplete`, `checksum_mismatch`) or `InvalidInput` when the content is not what
    the name says; after the last two the upload is over and its bytes are gone.
    """
    upload = queries.get_upload(actor, key)
    if upload.state == UploadState.FINISHED and upload.file is not None:
        return upload.file
    _require_open(upload)
    if upload.offset != upload.size:
        raise Refused(
            f"还差 {upload.size - upload.offset} 字节没有传完。请继续上传。", code="upload_incomplete"
        )
    try:
        written = _assembled(upload)
        media = sniff.media_type(upload.name, written.head)
    except FileNotFoundError:  # another request finished or cancelled it meanwhile, and took the pieces away
        return _finished_elsewhere(actor, key)
    except (InvalidInput, Refused) as refusal:
        if refusal.code != "disk_nearly_full":
            _end(upload, UploadState.REFUSED, refusal.message)
        raise
    with transaction.atomic():
        held = Upload.objects.select_for_update(of=("self",)).select_related("file").get(pk=key)
        if held.file is not None:
            return held.file
        kept = settle(actor=actor, name=upload.name, written=written, media=media)
        held.file, held.state = kept, UploadState.FINISHED
        held.save(update_fields=["file", "state"])
        UploadPart.objects.filter(upload=held).delete()
        transaction.on_commit(lambda: parts.drop_all(key))  # a caller's transaction may still come to nothing
    return kept


def cancel_upload(*, actor: User, key: str) -> Upload:
    """Give up an upload; its pieces are removed at once."""
    upload = queries.get_upload(actor, key)
    _require_open(upload)
    _end(upload, UploadState.CANCELLED, "")
    return upload


def sweep_uploads(*, now: dt.datetime) -> int:
    """Give up what was left lying for a day; return how many."""
    late = list(Upload.objects.filter(state=UploadState.OPEN, expires_at__lt=now)[:1000])
    for upload in late:
        _end(upload, UploadState.CANCELLED, "超过一天没有传完，已清除")
    return len(late)


def _require_share(actor: User, size: int) -> None:
    mine = Upload.objects.filter(person=actor.person, state=UploadState.OPEN, expires_at__gte=clock.now())
    sums = mine.aggregate(n=Count("pk"), bytes=Sum("size"))
    if sums["n"] >= MOST_OPEN:
        raise Refused(f"您有 {sums['n']} 个文件正在上传。请等它们传完，或取消几个再传。", code="uploads_full")
    if (sums["bytes"] or 0) + size > settings.UPLOAD_SHARE:
        most = settings.UPLOAD_SHARE // MEGA
        raise Refused(
            f"您正在上传的文件合起来超过 {most} MB。请等它们传完，或取消几个再传。", code="uploads_full"
        )


def _require_open(upload: Upload) -> None:
    if upload.state != UploadState.OPEN:
        words = upload.refusal or "这次上传已经结束。要传请重新选文件。"
        raise Refused(words, code="upload_over")
    if upload.expires_at < clock.now():
        raise Refused("这次上传超过一天没有传完，已经失效。请重新选文件。", code="upload_expired")


def _elsewhere(upload: Upload) -> Conflict:
    return Conflict(
        f"已收到 {upload.offset} 字节，与所传的位置不同。请从已收到的地方接着传。", code="offset_mismatch"
    )


def _advance(upload: Upload, offset: int, piece: parts.Piece) -> None:
    with transaction.atomic():
        mine = Upload.objects.filter(pk=upload.pk, offset=offset, state=UploadState.OPEN)
        if mine.update(offset=offset + piece.size, expires_at=clock.now() + LIVES):
            UploadPart.objects.create(upload=upload, offset=offset, size=piece.size, name=piece.name)
            return
    parts.drop([piece.name])
    upload.refresh_from_db()
    _require_open(upload)
    raise _elsewhere(upload)


def _finished_elsewhere(actor: User, key: str) -> StoredFile:
    upload = queries.get_upload(actor, key)
    if upload.file is None:
        raise Refused("这次上传已在另一处取消。要传请重新选文件。", code="upload_over")
    return upload.file


def _assembled(upload: Upload) -> store.Written:
    rows = list(UploadPart.objects.filter(upload=upload).order_by("offset"))
    joined = parts.Joined([row.name for row in rows])
    try:
        written = store.write(joined, limit=upload.size)
    finally:
        joined.close()
    if written.size != upload.size or (upload.sha256 and written.sha256 != upload.sha256):
        message = f"“{upload.name}”收到的内容与本机的校验值不同，没有存入。请重新上传。"
        raise Refused(message, code="checksum_mismatch")
    return written


def _end(upload: Upload, state: UploadState, refusal: str) -> None:
    with transaction.atomic():
        open_still = Upload.objects.filter(pk=upload.pk, state=UploadState.OPEN)
        if not open_still.update(state=state, refusal=refusal[:300]):
            return
        UploadPart.objects.filter(upload=upload).delete()
        transaction.on_commit(lambda: parts.drop_all(upload.pk))
    upload.state, upload.refusal = state, refusal[:300]
