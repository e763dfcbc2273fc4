"""Backups of a live installation: whole or recognised as not, restorable, and proved the same (F16, F17)."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import sqlite3
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

from dugai.files import services as files
from dugai.files import store
from dugai.files.models import Blob
from dugai.journal.models import Event
from dugai.kernel import dropbox
from dugai.kernel.errors import Refused
from dugai.upkeep import backup, checking, databases, manifest, pool, restoring, sqlite_copy, tables
from dugai.upkeep.models import UpkeepRun
from tests.cast import make_cast, make_inspection, make_problem
from tests.fault import acts
from tests.fault.databases import empty_postgres

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = int(os.environ.get("DUGAI_TEST_BACKUP_KILLS", "6"))


@pytest.fixture
def office():
    """An installation with people, a problem, its tasks and two files."""
    cast = make_cast()
    make_problem(cast)
    for number in range(2):
        acts_file(cast.county_clerk, f"验收记录 {number}")
    return cast


def acts_file(actor, words: str) -> str:
    return files.store_file(actor=actor, name="记录.txt", stream=io.BytesIO(words.encode() * 500)).blob_id


def make(tmp_path: Path) -> tuple[Path, manifest.Manifest]:
    return backup.create(tmp_path / "backups", by="测试")


def target() -> str:
    """Return an empty database for a restore on PostgreSQL, nothing on SQLite."""
    return (
        empty_postgres("dugai_restored", databases.url_of(connection.settings_dict))
        if connection.vendor == "postgresql"
        else ""
    )


def test_a_restored_installation_is_the_same(office, tmp_path: Path):
    folder, made = make(tmp_path)
    assert checking.verify(folder).findings == []
    safe = tmp_path / "safe"
    safe.mkdir()
    (safe / dropbox.KEY_FILE).write_bytes(b"k" * 32)
    done = restoring.restore(folder, tmp_path / "new", by="测试", url=target(), safe=safe)
    assert done.findings == []
    brought = tmp_path / "new" / dropbox.KEY_FILE
    assert (brought.read_bytes(), brought.stat().st_mode & 0o077) == (b"k" * 32, 0)
    assert done.report["journal"]["size"] == made.journal["size"] > 0
    assert done.report["counts"]["files"] == Blob.objects.count() == 2
    assert done.report["refilled"] == 2
    assert (tmp_path / "new" / "site.json").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "new" / restoring.UNFINISHED).exists()
    assert Event.objects.filter(kind="upkeep.backed_up").count() == 1


def test_a_drill_leaves_nothing_but_its_record(office, tmp_path: Path):
    folder, _ = make(tmp_path)
    done = restoring.drill(folder, by="测试")
    assert done.findings == []
    assert [place.name for place in folder.parent.iterdir() if place.name.startswith(".drill")] == []
    run = UpkeepRun.objects.get(kind="drill")
    assert run.holds
    assert run.by == "测试"
    event = Event.objects.get(kind="upkeep.drilled")
    assert json.loads(event.body)["actor_name"] == "系统运维"


def test_an_office_is_restored_into_postgresql(office, tmp_path: Path, request: pytest.FixtureRequest):
    if connection.vendor != "sqlite":
        pytest.skip("the other direction of the same test")
    url = empty_postgres("dugai_office", request.getfixturevalue("postgres").url())
    folder, made = make(tmp_path)
    done = restoring.restore(folder, tmp_path / "new", by="测试", url=url)
    assert done.findings == []
    assert done.report["indexed"] > 0
    assert done.report["journal"]["sha256"] == made.journal["sha256"]


def test_files_are_copied_once_and_shared(office, tmp_path: Path):
    first, _ = make(tmp_path)
    acts_file(office.county_clerk, "后来的一份")
    second, made = make(tmp_path)
    assert made.files["new"] == 1
    assert made.files["count"] == 3
    assert first.parent == second.parent
    assert len(list((tmp_path / "backups" / "pool").glob("*/*/*"))) == 3


def test_a_backup_holds_no_secret(office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DUGAI_S3_SECRET", "not-to-be-found")
    monkeypatch.setenv("DUGAI_DATABASE_URL", "postgresql://someone:not-to-be-found@127.0.0.1/x")
    monkeypatch.setenv("DUGAI_NAME", "江源督改")
    folder, made = make(tmp_path)
    assert made.config["DUGAI_NAME"] == "江源督改"
    for place in folder.iterdir():
        assert b"not-to-be-found" not in place.read_bytes()
        assert settings.SECRET_KEY.encode() not in place.read_bytes()


def test_a_backup_under_writing_is_of_one_moment(office, tmp_path: Path):
    make_inspection(office, code="JY4").refresh_from_db()
    stop, wrote, trouble = threading.Event(), [], []

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                acts.one_file(io.BytesIO(f"边写边备 {number} ".encode() * 300))
                wrote.append(number)
        except Exception as problem:  # noqa: BLE001  shown by the assertion below
            trouble.append(problem)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        folder, _ = make(tmp_path)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert trouble == []
    assert wrote
    assert restoring.drill(folder, by="测试").findings == []


def test_a_killed_backup_is_recognised_as_unfinished(office, tmp_path: Path):
    steps = []
    folder, _ = backup.create(tmp_path / "whole", by="测试", tell=lambda *step: steps.append(step))
    connections.close_all()
    unfinished = set()
    for kill in range(KILLS):
        to = tmp_path / f"killed{kill}"
        last = kill * len(steps) // KILLS
        if os.fork() == 0:
            seen: list[object] = []

            def die_later(*step: object, seen: list[object] = seen, last: int = last) -> None:
                seen.append(step)
                if len(seen) > last:
                    os._exit(137)

            backup.create(to, by="测试", tell=die_later)
            os._exit(0)
        _, status = os.wait()
        assert os.waitstatus_to_exitcode(status) == 137
        assert backup.finished(to) == []
        with pytest.raises(Refused) as refusal:
            restoring.restore(next(to.glob("*Z-*")), tmp_path / "never", by="测试")
        unfinished.add(refusal.value.code)
        assert not (tmp_path / "never").exists()
        backup.create(to, by="测试")  # a killed one is in nobody's way
        assert len(backup.finished(to)) == 1
    assert unfinished == {"backup_unfinished"}
    assert checking.verify(folder).holds


def test_restore_refuses_what_it_cannot_trust(office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, made = make(tmp_path)
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    refused(folder, full, "target_not_empty")
    part = folder / made.parts[0].name
    whole = part.read_bytes()
    part.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    refused(folder, tmp_path / "new", "backup_damaged")
    part.write_bytes(whole)
    monkeypatch.setattr(checking, "__version__", "0.0.1")
    refused(folder, tmp_path / "new", "backup_newer")
    monkeypatch.undo()
    place = folder / manifest.NAME
    place.write_text(place.read_text(encoding="utf-8").replace('"count', '"COUNT', 1).replace("测试", "他人"))
    refused(folder, tmp_path / "new", "backup_forged")
    place.unlink()
    refused(folder, tmp_path / "new", "backup_unfinished")
    assert not (tmp_path / "new").exists()


def refused(folder: Path, into: Path, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        restoring.restore(folder, into, by="测试", url="postgresql://nobody@127.0.0.1:1/none")
    assert refusal.value.code == code


def test_a_copy_of_a_live_file_is_no_backup(office, tmp_path: Path):
    if connection.vendor != "sqlite":
        pytest.skip("a folder of PostgreSQL has no single file to copy")
    naive = tmp_path / "naive"
    naive.mkdir()
    source = Path(connection.settings_dict["NAME"])
    for suffix in ("", "-wal", "-shm"):
        if (part := source.with_name(source.name + suffix)).exists():
            (naive / f"database.sqlite3{suffix}").write_bytes(part.read_bytes())
    refused(naive, tmp_path / "new", "backup_unfinished")
    folder, _ = make(tmp_path)
    (folder / "database.sqlite3").write_bytes((naive / "database.sqlite3").read_bytes())
    refused(folder, tmp_path / "new", "backup_damaged")


def test_verify_names_a_damaged_file_and_a_changed_table(office, tmp_path: Path):
    folder, made = make(tmp_path)
    digest = next(sha256 for sha256, _ in pool.listed(folder / "files.jsonl"))
    place = pool.place_of(folder.parent, digest)
    place.write_bytes(b"rot")
    assert checking.verify(folder).findings == [f"文件 {digest[:16]}… 在备份里已损坏"]
    place.unlink()
    assert checking.verify(folder).findings == [f"文件 {digest[:16]}… 不在备份里"]
    assert tables.differences(made.tables, made.tables) == []


def test_a_lost_file_makes_the_backup_doubtful_and_is_named(office, tmp_path: Path):
    digest = acts_file(office.county_clerk, "会丢的一份")
    (store.root() / store.key_of(digest)).unlink()
    folder, made = make(tmp_path)
    assert made.lost == [digest]
    assert not UpkeepRun.objects.get(kind="backup").holds
    assert not checking.verify(folder).holds


def test_flipped_pages_of_the_database_are_detected(office, tmp_path: Path):
    """F19, small: twenty pages are flipped, one at a time, and the check that backup and doctor use sees each."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has checksums of its own")
    place = tmp_path / "flipped.sqlite3"
    sqlite_copy.copy(str(connection.settings_dict["NAME"]), place, tables.silent)
    with contextlib.closing(sqlite3.connect(place)) as owner:
        owner.execute("VACUUM")  # pages nobody uses hold nothing that could be damaged
        (size,) = owner.execute("PRAGMA page_size").fetchone()
    whole = place.read_bytes()
    pages = random.Random(19).sample(range(1, len(whole) // size), 20)
    missed = []
    for page in pages:
        begin = page * size
        flipped = bytes(byte ^ 0xFF for byte in whole[begin : begin + size])
        place.write_bytes(whole[:begin] + flipped + whole[begin + size :])
        if not sqlite_copy.check(place):
            missed.append(page)
    assert missed == []
    place.write_bytes(whole)
    assert sqlite_copy.check(place) == []
