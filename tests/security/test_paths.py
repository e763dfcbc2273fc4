"""Three hundred ways to name another folder, in every place that takes a name: nothing outside is read or written (S18)."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dugai.files import services, store
from dugai.files.models import StoredFile
from dugai.kernel.errors import InvalidInput
from tests.api.world import api_of, make_world
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CANARY = "canary-5f1c2e"
UPS = (
    "../",
    "..\\",
    "..%2f",
    "%2e%2e/",
    "..%5c",
    "..;/",
    "....//",
    "..%252f",
    "..\x00/",
    "／．．／",
    "‥/",
    "/",
    "~/",
    "C:\\",
    "file:///",
)
DEPTHS = (1, 3, 8, 16)
TARGETS = ("canary.txt", "site.json", "journal.key", "etc/passwd", "dugai.sqlite3")
PAYLOADS = [up * depth + target for up, depth, target in itertools.product(UPS, DEPTHS, TARGETS)]


def seen(folder: Path) -> set[str]:
    """Return every path under a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_there_are_three_hundred():
    assert len(set(PAYLOADS)) == 300


def test_a_name_is_text_and_never_a_place(cast: Cast, tmp_path: Path):
    (tmp_path / "canary.txt").write_text(CANARY, encoding="utf-8")
    outside = {path for path in seen(tmp_path) if not path.startswith("files")}
    kept = 0
    for number, payload in enumerate(PAYLOADS):
        upload = SimpleUploadedFile("x.txt", f"内容 {number}".encode())
        try:
            row = services.store_file(actor=cast.county_clerk, name=payload, stream=upload)
        except InvalidInput:
            continue
        kept += 1
        assert not {"/", "\\", "\x00"} & set(row.name), payload
        assert (store.root() / store.key_of(row.blob_id)).read_bytes() == f"内容 {number}".encode()
    assert kept == len([payload for payload in PAYLOADS if payload.endswith(".txt")])
    assert {path for path in seen(tmp_path) if not path.startswith("files")} == outside
    stored = [path for path in store.root().rglob("*") if path.is_file()]
    assert {path.name for path in stored} >= set(StoredFile.objects.values_list("blob_id", flat=True))


def test_no_upload_over_http_leaves_its_place(cast: Cast, tmp_path: Path):
    world = make_world(cast)
    outside = {path for path in seen(tmp_path) if not path.startswith("files")}
    api = api_of(cast.county_clerk)
    office = api_of(cast.city_clerk)
    for payload in PAYLOADS[::10]:
        for program, address, more in (
            (api, f"/api/v1/reports/{world.report.pk}/attachments", {}),
            (
                office,
                "/api/v1/imports",
                {"kind": "ledger", "inspection": world.inspection.pk, "home": cast.city.pk},
            ),
        ):
            file = SimpleUploadedFile("x.txt", "说明".encode())
            file._name = payload  # the setter would already take the folders off
            answer = program.client.post(
                address, {"file": file, **more}, HTTP_AUTHORIZATION=f"Bearer {program.secret}"
            )
            assert answer.status_code in {201, 400, 422}, (payload, answer.content)
    own = {"journal.key", "run", f"run/{os.getpid()}.json"}  # the key and the counts of this process
    assert {path for path in seen(tmp_path) if not path.startswith("files")} <= outside | own


def test_no_address_gives_a_file_that_is_not_its_own(cast: Cast, settings, tmp_path: Path):
    place = Path(settings.STATIC_ROOT).parent / "canary.txt"
    place.write_text(CANARY, encoding="utf-8")
    (tmp_path / "canary.txt").write_text(CANARY, encoding="utf-8")
    world = make_world(cast)
    client = Client(raise_request_exception=False)
    client.force_login(cast.county_clerk)
    asked = [f"/static/{quote(payload)}" for payload in PAYLOADS]
    asked += [
        f"/reports/{world.report.pk}/files/{payload}".replace("\x00", "%00") for payload in PAYLOADS[::5]
    ]
    for address in asked:
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in {301, 302, 400, 404}, (address, answer.status_code)
        assert CANARY.encode() not in body
        assert b"root:x:" not in body
    place.unlink()
