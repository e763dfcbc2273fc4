"""Rotten, lost and swapped files are named exactly, refused at download, and brought back (F18)."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import pytest

from dugai.files import queries, store
from dugai.files import services as files
from dugai.files.models import Blob, StoredFile
from dugai.jobs.models import Cursor
from dugai.journal.models import Event
from dugai.kernel.errors import Refused
from dugai.upkeep import backup, repairing, scrubbing
from dugai.upkeep.models import UpkeepRun
from tests.cast import Cast

pytestmark = pytest.mark.django_db
FILES = int(os.environ.get("DUGAI_TEST_ROT_FILES", "1000"))
FLIPPED, LOST, SWAPPED = FILES // 50, FILES // 200, FILES // 200


def keep(cast: Cast, words: str) -> str:
    stream = io.BytesIO(words.encode())
    return files.store_file(actor=cast.county_clerk, name="记录.txt", stream=stream).blob_id


def place(sha256: str) -> Path:
    return store.root() / store.key_of(sha256)


def rot(sha256: str) -> None:
    """Flip one bit."""
    data = bytearray(place(sha256).read_bytes())
    data[len(data) // 2] ^= 1
    place(sha256).write_bytes(data)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_exactly_what_is_wrong_is_named_refused_and_repaired(cast: Cast, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # a thousand small files need not reach the disk
    digests = [keep(cast, f"佐证 {number}") for number in range(FILES)]
    folder, _ = backup.create(tmp_path / "backups", by="测试")
    chosen = random.Random(18).sample(digests, FLIPPED + LOST + 2 * SWAPPED)
    flipped, lost = chosen[:FLIPPED], chosen[FLIPPED : FLIPPED + LOST]
    pairs = chosen[FLIPPED + LOST :]
    for sha256 in flipped:
        rot(sha256)
    for sha256 in lost:
        place(sha256).unlink()
    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        first, second = place(one).read_bytes(), place(other).read_bytes()
        place(one).write_bytes(second)
        place(other).write_bytes(first)
    found = scrubbing.scrub(by="测试")
    expected = dict.fromkeys(flipped, scrubbing.DAMAGED)
    expected |= dict.fromkeys(lost, scrubbing.MISSING) | dict.fromkeys(pairs, scrubbing.SWAPPED)
    assert found.wrong == expected
    assert found.read == FILES
    assert set(Blob.objects.exclude(damaged_at=None).values_list("sha256", flat=True)) == set(chosen)
    assert Event.objects.filter(kind="file.damaged").count() == len(chosen)
    for sha256 in (flipped[0], lost[0], pairs[0]):
        with pytest.raises(Refused, match="已损坏"):
            queries.open_checked(cast.county_clerk, StoredFile.objects.get(blob=sha256))
    repaired, lacking = repairing.repair(folder, by="测试")
    assert (sorted(chosen), []) == (repaired, lacking)
    assert Event.objects.filter(kind="file.repaired").count() == len(chosen)
    assert scrubbing.scrub(by="测试").wrong == {}
    assert len(list((store.root() / "aside").iterdir())) == FLIPPED + 2 * SWAPPED
    assert [run.holds for run in UpkeepRun.objects.filter(kind="scrub").order_by("pk")] == [False, True]


def test_a_pass_goes_on_where_it_was_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scrubbing, "BATCH", 2)
    for number in range(6):
        keep(cast, f"佐证 {number}")
    steps: list[int] = []

    def stop_after_two(stage: str, done: int, total: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scrubbing.scrub(by="测试", tell=stop_after_two)
    assert Cursor.objects.get(name="schedule:scrub_pass").at is not None
    assert scrubbing.scrub(by="测试").read == 2
    assert scrubbing.scrub(by="测试").read == 6


def test_reading_keeps_to_the_rate(cast: Cast):
    keep(cast, "一" * 1000)
    waited: list[float] = []
    scrubbing.scrub(by="测试", rate=1000, pause=waited.append)
    assert 2 < sum(waited) <= 3


@pytest.mark.django_db(transaction=True)
def test_what_a_backup_lacks_stays_refused(cast: Cast, tmp_path: Path):
    folder, _ = backup.create(tmp_path / "backups", by="测试")
    sha256 = keep(cast, "备份之后才有的")
    rot(sha256)
    assert scrubbing.scrub(by="测试").wrong == {sha256: scrubbing.DAMAGED}
    assert repairing.repair(folder, by="测试") == ([], [sha256])
    with pytest.raises(Refused):
        queries.open_checked(cast.county_clerk, StoredFile.objects.get(blob=sha256))
    assert not UpkeepRun.objects.get(kind="repair").holds


@pytest.mark.parametrize("how", ["damaged", "missing"])
def test_the_same_bytes_sent_again_heal_the_file(cast: Cast, how: str):
    sha256 = keep(cast, "佐证")
    rot(sha256) if how == "damaged" else place(sha256).unlink()
    assert sha256 in scrubbing.scrub(by="测试").wrong
    assert keep(cast, "佐证") == sha256
    for stored in StoredFile.objects.filter(blob=sha256).select_related("blob"):
        with queries.open_checked(cast.county_clerk, stored) as handle:
            assert handle.read().decode() == "佐证"
    assert Event.objects.filter(kind="file.repaired").count() == 1


def test_what_came_back_by_another_way_is_seen_by_the_scrub(cast: Cast):
    sha256 = keep(cast, "佐证")
    data = place(sha256).read_bytes()
    place(sha256).unlink()
    scrubbing.scrub(by="测试")
    place(sha256).write_bytes(data)
    assert scrubbing.scrub(by="测试").wrong == {}
    assert Blob.objects.get(sha256=sha256).damaged_at is None
