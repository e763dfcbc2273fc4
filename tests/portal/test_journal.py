"""Roots on the portal, and receipts checked against them."""

from __future__ import annotations

import copy
import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from dugai.disclosure import services_portal
from dugai.journal import sequencing
from dugai.journal.models import Event
from dugai.portal.gate import PAGES
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(cast: Cast, portal: Client) -> Client:
    """A journal whose root of today is on the portal."""
    sequencing.seal_day()
    services_portal.refresh_portal(actor=None)
    PAGES.clear()
    return portal


def said(client: Client, receipt: object) -> str:
    words = receipt if isinstance(receipt, str) else json.dumps(receipt, ensure_ascii=False)
    answer = client.post("/journal/check", {"text": words})
    assert answer.status_code == 200
    return answer.content.decode()


def first_receipt() -> dict:
    return sequencing.receipt_of(Event.objects.order_by("pk").first().pk)


def test_a_receipt_under_the_published_root_holds(sealed: Client):
    receipt = first_receipt()
    page = said(sealed, receipt)
    assert "回执成立" in page
    assert "它的树根就是本站" in page
    assert receipt["root"] in sealed.get("/journal/").content.decode()


def test_what_was_changed_does_not_hold(sealed: Client):
    receipt = first_receipt()
    event = json.loads(receipt["event"])
    changed = {**receipt, "event": json.dumps({**event, "reason": "改过"}, ensure_ascii=False)}
    moved = {**receipt, "index": receipt["index"] + 1}
    for bad in (changed, moved, {**receipt, "root": "0" * 64}):
        page = said(sealed, bad)
        assert "回执不成立" in page
        assert "✓ 成立" not in page


def test_a_tree_of_somebody_else_does_not_hold(sealed: Client, settings, tmp_path):
    """A perfect receipt, signed with a key this installation never had."""
    settings.DATA = tmp_path / "elsewhere"
    settings.DATA.mkdir()
    receipt = first_receipt()
    other = Ed25519PrivateKey.generate()
    event = receipt["event"].replace('"kind":"', '"kind":"forged.')
    from dugai.kernel import canonical  # noqa: PLC0415  only here

    leaf = canonical.sha256(b"\x00" + event.encode())
    forged = {**receipt, "event": event, "index": 0, "size": 1, "proof": [], "root": leaf}
    lines = ["dugai-head-1", 1, leaf, forged["root_sm3"], forged["at"], ""]
    forged["signature"] = other.sign("\n".join(str(line) for line in lines).encode()).hex()
    forged["public_key"] = other.public_key().public_bytes_raw().hex()
    page = said(sealed, forged)
    assert "回执不成立" in page
    assert "签名的密钥不是本门户公布的" in page


def test_an_extract_is_counted(sealed: Client):
    extract = sequencing.extract_of([event.pk for event in Event.objects.order_by("pk")[:5]])
    assert "5 条全部成立" in said(sealed, extract)
    short = copy.deepcopy(extract)
    short["receipts"].pop()
    assert "摘录应有 5 条，实有 4 条" in said(sealed, short)
    bad = copy.deepcopy(extract)
    bad["receipts"][2]["event"] = bad["receipts"][1]["event"]
    assert "5 条里有 1 条不成立" in said(sealed, bad)
    file = io.BytesIO(json.dumps(extract).encode())
    file.name = "摘录.json"
    assert "5 条全部成立" in sealed.post("/journal/check", {"file": file}).content.decode()


@pytest.mark.parametrize(
    "words", ["", "不是 JSON", "[]", "{}", "[" * 5000, '{"receipts": 3}', '{"receipts": [null]}', '"x"']
)
def test_what_cannot_be_read_is_told_in_words(sealed: Client, words: str):
    page = said(sealed, words)
    assert "请改：" in page
    assert "成立</b>" not in page


def test_a_file_that_is_no_text_is_told_in_words(sealed: Client):
    file = io.BytesIO(b"\xff\xfe\x00")
    file.name = "x.json"
    assert "不是 UTF-8" in sealed.post("/journal/check", {"file": file}).content.decode()
