"""A large file arrives whole whatever happens to its pieces: cut off, repeated, spoiled, sent twice (F13, C10)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import random
import threading
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection
from django.http import UnreadablePostError

from dugai.files import parts, queries, services, services_care, store
from dugai.files import services_upload as uploads
from dugai.files.models import Blob, StoredFile, Upload, UploadPart
from dugai.files.states import UploadState
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, DomainError, InvalidInput, NotVisible, Refused, TooLarge
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)  # pieces go when the transaction is through
TEXT = random.Random(7).randbytes(3000).hex().encode()
PIECE = 700


class Cut:
    """A sender who goes away after `left` bytes, as Django tells of it."""

    def __init__(self, data: bytes, left: int) -> None:
        self._data, self._left = io.BytesIO(data), left

    def read(self, size: int = -1, /) -> bytes:
        if not self._left:
            raise UnreadablePostError("gone")
        piece = self._data.read(min(size, self._left))
        self._left -= len(piece)
        return piece


def begin(actor, data: bytes = TEXT, name: str = "记录.txt", **more) -> Upload:
    return uploads.begin_upload(actor=actor, name=name, size=len(data), purpose="test", **more)


def put(actor, upload: Upload, data: bytes, offset: int, **more) -> Upload:
    piece = data[offset : offset + PIECE]
    return uploads.put_chunk(
        actor=actor, key=upload.pk, offset=offset, stream=io.BytesIO(piece), length=len(piece), **more
    )


def send(actor, upload: Upload, data: bytes = TEXT) -> None:
    while (offset := queries.get_upload(actor, upload.pk).offset) < len(data):
        put(actor, upload, data, offset)


def incoming() -> list[Path]:
    return [path for path in (store.root() / "incoming").rglob("*") if path.is_file()]


def test_pieces_become_one_file(cast: Cast):
    upload = begin(cast.county_clerk, sha256=hashlib.sha256(TEXT).hexdigest())
    send(cast.county_clerk, upload)
    kept = uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    assert (kept.blob_id, kept.name, kept.blob.size) == (
        hashlib.sha256(TEXT).hexdigest(),
        "记录.txt",
        len(TEXT),
    )
    assert uploads.finish_upload(actor=cast.county_clerk, key=upload.pk) == kept
    assert (StoredFile.objects.count(), UploadPart.objects.count(), incoming()) == (1, 0, [])


def test_forty_cuts_lose_nothing(cast: Cast):
    dice, upload = random.Random(13), begin(cast.county_clerk)
    for _ in range(40):
        offset = queries.get_upload(cast.county_clerk, upload.pk).offset
        if offset == len(TEXT):
            break
        length = min(PIECE, len(TEXT) - offset)
        left = dice.randrange(length + 1) if dice.random() < 0.9 else length
        after = uploads.put_chunk(
            actor=cast.county_clerk,
            key=upload.pk,
            offset=offset,
            stream=Cut(TEXT[offset : offset + length], left),
            length=length,
        )
        assert after.offset == offset + left
    send(cast.county_clerk, upload)
    kept = uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    assert kept.blob_id == hashlib.sha256(TEXT).hexdigest()


def test_a_piece_with_a_promise_is_kept_whole_or_not_at_all(cast: Cast):
    upload = begin(cast.county_clerk)
    digest = hashlib.sha256(TEXT[:PIECE]).hexdigest()
    with pytest.raises(Refused, match="损坏"):
        put(cast.county_clerk, upload, TEXT[1:], 0, sha256=digest)
    with pytest.raises(Refused, match="损坏"):
        uploads.put_chunk(
            actor=cast.county_clerk,
            key=upload.pk,
            offset=0,
            stream=Cut(TEXT, 10),
            length=PIECE,
            sha256=digest,
        )
    assert (queries.get_upload(cast.county_clerk, upload.pk).offset, incoming()) == (0, [])
    assert put(cast.county_clerk, upload, TEXT, 0, sha256=digest).offset == PIECE


def test_a_repeated_piece_changes_nothing(cast: Cast):
    upload = begin(cast.county_clerk)
    put(cast.county_clerk, upload, TEXT, 0)
    with pytest.raises(Conflict) as caught:
        put(cast.county_clerk, upload, TEXT, 0)
    assert caught.value.code == "offset_mismatch"
    assert (UploadPart.objects.count(), len(incoming())) == (1, 1)


def test_of_two_senders_of_one_piece_one_is_heard(cast: Cast, monkeypatch):
    upload, write = begin(cast.county_clerk), parts.write

    def while_another_sends(key, offset, stream, *, length):
        monkeypatch.setattr(parts, "write", write)
        put(cast.county_clerk, upload, TEXT, 0)
        return write(key, offset, stream, length=length)

    monkeypatch.setattr(parts, "write", while_another_sends)
    with pytest.raises(Conflict):
        put(cast.county_clerk, upload, TEXT, 0)
    assert (queries.get_upload(cast.county_clerk, upload.pk).offset, len(incoming())) == (PIECE, 1)
    send(cast.county_clerk, upload)
    assert uploads.finish_upload(actor=cast.county_clerk, key=upload.pk).blob.size == len(TEXT)


def test_a_wrong_whole_is_not_stored(cast: Cast):
    upload = begin(cast.county_clerk, sha256="0" * 64)
    send(cast.county_clerk, upload)
    with pytest.raises(Refused, match="校验值不同"):
        uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    ended = queries.get_upload(cast.county_clerk, upload.pk)
    assert (ended.state, incoming(), StoredFile.objects.count()) == (UploadState.REFUSED, [], 0)


def test_content_that_is_not_what_the_name_says_is_not_stored(cast: Cast):
    upload = begin(cast.county_clerk, name="现场.jpg")
    send(cast.county_clerk, upload)
    with pytest.raises(InvalidInput, match="不符"):
        uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    assert not Blob.objects.exists()


def test_what_cannot_begin(cast: Cast, settings):
    settings.UPLOAD_LARGEST = settings.UPLOAD_SHARE = 10_000
    with pytest.raises(TooLarge):
        uploads.begin_upload(actor=cast.county_clerk, name="a.txt", size=10_001, purpose="test")
    for name, size, digest in (("a.exe", 5, ""), ("a.txt", 0, ""), ("a.txt", 5, "X" * 64), ("a.txt", -1, "")):
        with pytest.raises(InvalidInput):
            uploads.begin_upload(actor=cast.county_clerk, name=name, size=size, purpose="test", sha256=digest)
    begin(cast.county_clerk)
    with pytest.raises(Refused, match="合起来超过"):
        begin(cast.county_clerk)
    assert begin(cast.county_reviewer).offset == 0


def test_pieces_stay_within_their_limits(cast: Cast, settings):
    settings.UPLOAD_CHUNK = 100
    upload = begin(cast.county_clerk)
    for length in (0, 101, len(TEXT) + 1):
        with pytest.raises(TooLarge):
            uploads.put_chunk(
                actor=cast.county_clerk, key=upload.pk, offset=0, stream=io.BytesIO(TEXT), length=length
            )
    with pytest.raises(Refused, match="还差"):
        uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    assert incoming() == []


def test_nobody_else_sees_or_moves_an_upload(cast: Cast):
    upload = begin(cast.county_clerk)
    for act in (
        lambda: queries.get_upload(cast.county_reviewer, upload.pk),
        lambda: put(cast.county_reviewer, upload, TEXT, 0),
        lambda: uploads.finish_upload(actor=cast.county_reviewer, key=upload.pk),
        lambda: uploads.cancel_upload(actor=cast.county_reviewer, key=upload.pk),
    ):
        with pytest.raises(NotVisible):
            act()
    assert queries.get_upload(cast.county_clerk, upload.pk).offset == 0


def test_what_is_left_lying_is_swept(cast: Cast):
    old, done = begin(cast.county_clerk), begin(cast.county_clerk)
    put(cast.county_clerk, old, TEXT, 0)
    send(cast.county_clerk, done)
    uploads.finish_upload(actor=cast.county_clerk, key=done.pk)
    assert uploads.sweep_uploads(now=clock.now()) == 0
    assert uploads.sweep_uploads(now=clock.now() + dt.timedelta(hours=25)) == 1
    with pytest.raises(Refused, match="清除"):
        put(cast.county_clerk, old, TEXT, PIECE)
    assert (incoming(), StoredFile.objects.count()) == ([], 1)


def test_giving_up_removes_the_pieces(cast: Cast):
    upload = begin(cast.county_clerk)
    put(cast.county_clerk, upload, TEXT, 0)
    uploads.cancel_upload(actor=cast.county_clerk, key=upload.pk)
    with pytest.raises(Refused):
        uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    assert incoming() == []


def test_fifty_megabytes_pass_through_flat_memory(cast: Cast):
    size, piece = 50 << 20, random.Random(3).randbytes(1 << 19).hex().encode()
    upload = uploads.begin_upload(actor=cast.county_clerk, name="大.txt", size=size, purpose="test")
    tracemalloc.start()
    for offset in range(0, size, len(piece)):
        uploads.put_chunk(
            actor=cast.county_clerk,
            key=upload.pk,
            offset=offset,
            stream=io.BytesIO(piece),
            length=len(piece),
        )
    kept = uploads.finish_upload(actor=cast.county_clerk, key=upload.pk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept.blob.size == size
    assert peak < 16 << 20, f"{peak >> 20} MB at once for a file of 50 MB"


def test_sixteen_people_store_the_same_file_once(cast: Cast):
    people = [cast.users[name] for name in sorted(cast.users)][:16]
    together, wrong = threading.Barrier(len(people)), []

    def store_it(person) -> None:
        try:
            upload = begin(person)
            send(person, upload)
            together.wait(60)
            uploads.finish_upload(actor=person, key=upload.pk)
        except (DomainError, threading.BrokenBarrierError) as trouble:
            wrong.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=store_it, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []
    assert Blob.objects.count() == 1
    assert {row.uploaded_by_id for row in StoredFile.objects.all()} == {person.pk for person in people}


def test_a_known_damage_is_never_served(cast: Cast):
    kept = services.store_file(actor=cast.county_clerk, name="a.txt", stream=io.BytesIO(TEXT))
    services_care.mark_damaged(actor=None, sha256=kept.blob_id, finding="内容已损坏")
    with pytest.raises(Refused, match="已损坏"):
        queries.open_checked(cast.county_clerk, kept)
