"""Receipts are checked by a script that knows nothing of the server; tampering shows (T01, T03, T05)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from dugai.journal import check_receipt, guards, sequencing, verifying
from dugai.journal.models import Event, Leaf, Tile, TreeHead
from dugai.journal.tree import StoredTree
from tests.cast import Cast, make_inspection, make_problem, task_of

SCRIPT = Path(check_receipt.__file__)


def faults() -> list[str]:
    return verifying.verify_journal().findings + verifying.verify_rows().findings


@pytest.mark.django_db
def test_a_receipt_is_checked_offline_and_a_changed_one_refused(cast: Cast, tmp_path: Path):
    make_problem(cast)
    event = Event.objects.filter(kind="problem.registered").get()
    receipt = sequencing.receipt_of(event.pk)
    place = tmp_path / "回执.json"
    place.write_text(sequencing.receipt_text(receipt), encoding="utf-8")
    good = subprocess.run(
        [sys.executable, str(SCRIPT), str(place)], capture_output=True, text=True, check=False
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert "problem.registered" in good.stdout
    for field, value in (
        ("event", receipt["event"].replace("JY3-01", "JY3-02")),
        ("index", receipt["index"] + 1),
        ("root", "0" * 64),
        ("signature", "0" * 128),
        ("proof", receipt["proof"][:-1]),
    ):
        place.write_text(json.dumps({**receipt, field: value}), encoding="utf-8")
        assert check_receipt.main([str(place)]) == 1, field
    place.write_text("{", encoding="utf-8")
    assert check_receipt.main([str(place)]) == 2


def test_the_offline_script_is_short_and_imports_nothing_of_ours():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    assert "dugai." not in text.replace("dugai-head-1", "").replace("dugai-receipt-1", "")


@pytest.mark.django_db
def test_every_event_of_a_tree_with_tiles_has_a_receipt(cast: Cast):
    inspection = make_inspection(cast)
    for number in range(1, 45):
        make_problem(cast, inspection, number)
    sequencing.append_all()
    total = Event.objects.count()
    assert Leaf.objects.count() == total > 256
    assert Tile.objects.filter(level=1).count() == total // 256
    head = sequencing.sign_head()
    assert head is not None
    tree = StoredTree("sha256")
    for leaf in Leaf.objects.select_related("event").order_by("index"):
        path = tree.proof(leaf.index, head.size)
        root = check_receipt.fold(leaf.index, head.size, bytes.fromhex(leaf.event.sha256), path)
        assert root is not None
        assert root.hex() == head.sha256
    assert faults() == []


TAMPERING = {
    "event_body": "UPDATE dugai_event SET body = replace(body, 'JY3', 'JY4') WHERE kind = 'problem.registered'",
    "event_kind": "UPDATE dugai_event SET kind = 'x' WHERE kind = 'problem.registered'",
    "event_date": "UPDATE dugai_event SET at = '2020-01-01 00:00:00' WHERE kind = 'problem.registered'",
    "row_deadline": 'UPDATE dugai_problem SET deadline = \'{"kind": "none"}\'',
    "row_text": "UPDATE dugai_problem SET text = '已完成'",
    "row_version": "UPDATE dugai_task SET version = 9",
    "row_gone": "DELETE FROM dugai_tasktarget",
    "leaf_order": "UPDATE dugai_leaf SET event_id = CASE event_id WHEN (SELECT min(event_id) FROM dugai_leaf) "
    "THEN (SELECT max(event_id) FROM dugai_leaf) ELSE (SELECT min(event_id) FROM dugai_leaf) END "
    "WHERE event_id IN ((SELECT min(event_id) FROM dugai_leaf), (SELECT max(event_id) FROM dugai_leaf))",
    "newest_dropped": 'DELETE FROM dugai_leaf WHERE "index" >= (SELECT max("index") FROM dugai_leaf)',
    "head_forged": "UPDATE dugai_treehead SET sha256 = '" + "0" * 64 + "'",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", sorted(TAMPERING))
def test_tampering_by_the_owner_of_the_database_is_found(cast: Cast, kind: str):
    make_problem(cast)
    sequencing.append_all()
    sequencing.sign_head()
    assert faults() == []
    with guards.lifted(), connection.cursor() as cursor:
        if kind == "leaf_order":
            ends = list(Leaf.objects.order_by("index").values_list("index", "event_id"))
            (first, a), (last, b) = ends[0], ends[-1]
            cursor.execute('DELETE FROM dugai_leaf WHERE "index" IN (%s, %s)', [first, last])
            cursor.execute(
                'INSERT INTO dugai_leaf ("index", event_id) VALUES (%s, %s), (%s, %s)', [first, b, last, a]
            )
        else:
            cursor.execute(TAMPERING[kind])
    assert faults() != [], kind


@pytest.mark.django_db
def test_a_day_is_sealed_once(cast: Cast):
    make_problem(cast)
    first = sequencing.seal_day()
    task_of(make_problem(cast, make_inspection(cast, "JY4")))
    second = sequencing.seal_day()
    assert first is not None
    assert second == first
    assert TreeHead.objects.count() == 1
