"""Files are stored once, under their content, and a damaged one is never served."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from dugai.files import queries, services, store
from dugai.files.models import Blob, StoredFile
from dugai.kernel.errors import InvalidInput, NotVisible, Refused, TooLarge
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TEXT = "老城区管网改造验收记录".encode()


def keep(cast: Cast, data: bytes = TEXT, name: str = "记录.txt"):
    return services.store_file(actor=cast.county_clerk, name=name, stream=io.BytesIO(data))


def test_the_same_bytes_are_stored_once_and_owned_twice(cast: Cast):
    first, second = keep(cast), keep(cast, name="另一份.txt")
    assert first.blob_id == second.blob_id == hashlib.sha256(TEXT).hexdigest()
    assert (Blob.objects.count(), StoredFile.objects.count()) == (1, 2)
    assert (store.root() / store.key_of(first.blob_id)).read_bytes() == TEXT


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.exe", b"MZ"),
        ("a.png", b"<html>"),
        ("a.pdf", TEXT),
        ("a.txt", b"\x00\x01"),
        ("a.docx", TEXT),
        (".txt", TEXT),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(cast: Cast, name: str, data: bytes):
    with pytest.raises(InvalidInput):
        keep(cast, data, name)
    assert not StoredFile.objects.exists()


def test_too_large_and_empty_files_are_refused(cast: Cast):
    with pytest.raises(TooLarge):
        services.store_file(actor=cast.county_clerk, name="大.txt", stream=io.BytesIO(b"x" * 11), limit=10)
    with pytest.raises(InvalidInput, match="空文件"):
        keep(cast, b"")
    assert list((store.root() / "incoming").iterdir()) == []


def test_a_damaged_file_is_refused_not_served(cast: Cast):
    kept = keep(cast)
    (store.root() / store.key_of(kept.blob_id)).write_bytes(b"forged")
    with pytest.raises(Refused, match="已损坏"):
        queries.open_checked(cast.county_clerk, kept)


def test_names_are_text_and_never_a_path(cast: Cast):
    assert keep(cast, name="../../etc/密\u202ecod.txt").name == "密cod.txt"
    assert keep(cast, name="C:\\文件\\" + "长" * 300 + ".txt").name == "长" * 116 + ".txt"


def test_another_unit_does_not_see_the_file(cast: Cast):
    kept = keep(cast)
    assert queries.get_file(cast.county_reviewer, kept.pk) == kept
    with pytest.raises(NotVisible):
        queries.get_file(cast.neighbour_clerk, kept.pk)


def test_the_file_and_each_folder_above_it_are_on_the_disk_before_the_row(cast: Cast, monkeypatch):
    synced: list[str] = []
    really = os.fsync

    def watched(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        really(handle)

    monkeypatch.setattr(os, "fsync", watched)
    place = store.root() / store.key_of(keep(cast).blob_id)
    assert synced[0].endswith(".part")
    assert synced[1:4] == [str(place.parent), str(place.parent.parent), str(store.root())]
