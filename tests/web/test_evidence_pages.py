"""The pages of evidence: what they show, what they refuse, and the protocol of uploads over HTTP."""

from __future__ import annotations

import base64
import hashlib
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dugai.evidence import services, services_look
from dugai.evidence.models import Evidence
from dugai.evidence.services import Claim
from dugai.files import services as files
from dugai.files import store
from dugai.files.models import StoredFile, Upload
from dugai.journal.models import Event
from dugai.ledger.models import Problem
from tests.cast import Cast, make_problem
from tests.pictures import photo

pytestmark = pytest.mark.django_db
PATCH = "application/offset+octet-stream"


@pytest.fixture
def problem(cast: Cast) -> Problem:
    return make_problem(cast)


def at(person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def add(
    cast: Cast, problem: Problem, *, data: bytes | None = None, name: str = "整改前.jpg", **claim
) -> Evidence:
    clerk = cast.county_clerk
    kept = files.store_file(actor=clerk, name=name, stream=io.BytesIO(data or photo()))
    claim = {"slot": "photos", "phase": "before", **claim}
    made = services.add_evidence(actor=clerk, problem_id=problem.pk, file_id=kept.pk, claim=Claim(**claim))
    services_look.look_into(actor=None, sha256=kept.blob_id)
    return made


def page(client: Client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, data: bytes, name: str = "现场.jpg", piece: int = 900) -> str:
    """Send a file over HTTP as the script does, and return the key."""
    made = client.post(reverse("upload_begin"), {"name": name, "size": len(data)})
    assert made.status_code == 201
    key = made.json()["key"]
    for offset in range(0, len(data), piece):
        part = data[offset : offset + piece]
        digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
        sent = client.patch(
            reverse("upload", args=[key]),
            part,
            content_type=PATCH,
            headers={"Upload-Offset": str(offset), "Upload-Checksum": f"sha256 {digest}"},
        )
        assert (sent.status_code, sent["Upload-Offset"]) == (200, str(offset + len(part)))
    return key


# ---------- uploads over HTTP ----------


def test_a_file_goes_in_piece_by_piece_and_becomes_evidence(cast: Cast, problem: Problem):
    client, data = at(cast.county_clerk), photo("before")
    key = send(client, data)
    done = client.post(reverse("upload_finish", args=[key]))
    assert (done.status_code, done.json()["finished"]) == (200, True)
    values = {"slot": "photos", "phase": "before", "upload": key, "claimed_at": "2026-05-03T09:30"}
    answer = client.post(reverse("evidence_new", args=[problem.pk]), values)
    assert answer.status_code == 302
    one = Evidence.objects.unscoped("a test").get()
    assert (one.file.blob_id, one.title) == (hashlib.sha256(data).hexdigest(), "现场")
    assert one.claimed_at is not None
    assert one.claimed_at.isoformat() == "2026-05-03T01:30:00+00:00"


def test_the_offset_is_told_and_a_wrong_one_refused(cast: Cast):
    client = at(cast.county_clerk)
    made = client.post(reverse("upload_begin"), {"name": "a.txt", "size": 10})
    key = made.json()["key"]
    address = reverse("upload", args=[key])
    assert client.head(address)["Upload-Offset"] == "0"
    wrong = client.patch(address, b"abc", content_type=PATCH, headers={"Upload-Offset": "3"})
    assert (wrong.status_code, wrong["Upload-Offset"], wrong.json()["code"]) == (409, "0", "offset_mismatch")
    spoiled = client.patch(
        address,
        b"abc",
        content_type=PATCH,
        headers={"Upload-Offset": "0", "Upload-Checksum": f"sha256 {base64.b64encode(bytes(32)).decode()}"},
    )
    assert (spoiled.status_code, spoiled.json()["code"]) == (422, "checksum_mismatch")
    for header in ({}, {"Upload-Offset": "-1"}, {"Upload-Offset": "0", "Upload-Checksum": "md5 AAAA"}):
        assert client.patch(address, b"abc", content_type=PATCH, headers=header).status_code == 422
    assert client.get(address).json()["offset"] == 0
    assert client.delete(address).json()["state"] == "cancelled"
    gone = client.patch(address, b"abc", content_type=PATCH, headers={"Upload-Offset": "0"})
    assert (gone.status_code, gone.json()["code"]) == (422, "upload_over")


def test_a_piece_needs_the_token_of_the_page(cast: Cast):
    upload = at(cast.county_clerk).post(reverse("upload_begin"), {"name": "a.txt", "size": 10}).json()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.county_clerk)
    address = reverse("upload", args=[upload["key"]])
    refused = strict.patch(address, b"abc", content_type=PATCH, headers={"Upload-Offset": "0"})
    assert refused.status_code == 403
    assert Upload.objects.get().offset == 0


# ---------- pages ----------


def test_the_form_comes_back_with_what_was_typed_and_sent(cast: Cast, problem: Problem):
    client = at(cast.county_clerk)
    key = send(client, photo("before"))
    values = {"slot": "photos", "phase": "before", "upload": key, "latitude": "126", "longitude": "103"}
    answer = client.post(reverse("evidence_new", args=[problem.pk]), values)
    text = answer.content.decode()
    assert (answer.status_code, "纬度应在 -90 到 90 之间" in text, f'value="{key}"' in text) == (
        422,
        True,
        True,
    )
    nothing = client.post(reverse("evidence_new", args=[problem.pk]), {"slot": "photos", "phase": "before"})
    assert (nothing.status_code, "还没有选文件" in nothing.content.decode()) == (422, True)
    assert not Evidence.objects.unscoped("a test").exists()


def test_several_files_at_once_keep_their_own_names(cast: Cast, problem: Problem):
    sent = [SimpleUploadedFile(f"第{n}张.jpg", photo(str(n))) for n in range(3)]
    values = {"slot": "photos", "phase": "during", "title": "同名", "files": sent}
    answer = at(cast.county_clerk).post(reverse("evidence_new", args=[problem.pk]), values)
    assert answer.status_code == 302
    titles = Evidence.objects.unscoped("a test").order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["第0张", "第1张", "第2张"]


def test_a_form_with_one_bad_file_adds_none(cast: Cast, problem: Problem):
    sent = [SimpleUploadedFile("好.jpg", photo()), SimpleUploadedFile("坏.jpg", b"no picture")]
    values = {"slot": "photos", "phase": "before", "files": sent, "_once": "one-form"}
    answer = at(cast.county_clerk).post(reverse("evidence_new", args=[problem.pk]), values)
    assert (answer.status_code, "内容与扩展名" in answer.content.decode()) == (422, True)
    assert (Evidence.objects.unscoped("a test").count(), StoredFile.objects.count()) == (0, 0)


def test_the_checklist_shows_what_is_missing_and_what_waits(cast: Cast, problem: Problem):
    empty = page(at(cast.county_clerk), "problem_evidence", problem.pk)
    assert "申请验收前还差 7 类" in empty
    one = add(cast, problem)
    text = page(at(cast.county_clerk), "problem_evidence", problem.pk)
    assert reverse("evidence_thumb", args=[one.pk]) in text
    assert "还缺整改后" in text
    assert "共 1 件，待审 1 件" in text
    assert "看佐证" in page(at(cast.county_clerk), "problem", problem.pk)


def test_one_piece_shows_both_claims_and_the_difference(cast: Cast, problem: Problem):
    one = add(cast, problem, place="柳汀河", latitude=Decimal("26.2"), longitude=Decimal("103.7"))
    text = page(at(cast.verifier), "evidence", one.pk)
    for words in ("填报的与文件里的对不上", "9.7 公里", "2026-05-03 09:30", "Jiangyuan P-1", "采纳", "退回"):
        assert words in text
    assert "换一份" not in text
    assert "换一份" in page(at(cast.county_clerk), "evidence", one.pk)


def test_the_review_leads_to_the_next_and_keeps_the_words(cast: Cast, problem: Problem):
    first, second = add(cast, problem), add(cast, problem, data=photo("2"))
    client = at(cast.verifier)
    address = reverse("evidence_review", args=[first.pk])
    bare = client.post(address, {"act": "send_back", "seen_version": 1, "opinion": " "})
    assert (bare.status_code, "请写明退回的原因" in bare.content.decode()) == (422, True)
    done = client.post(address, {"act": "accept", "seen_version": 1, "opinion": "看得清"})
    assert (done.status_code, done["Location"]) == (302, reverse("evidence", args=[second.pk]))
    assert client.post(address, {"act": "accept", "seen_version": 1}).status_code == 409
    assert "看得清" in page(at(cast.county_clerk), "evidence", first.pk)


def test_replacing_and_withdrawing_through_the_page(cast: Cast, problem: Problem):
    one, client = add(cast, problem), at(cast.county_clerk)
    empty = client.post(reverse("evidence_replace", args=[one.pk]), {"seen_version": 1})
    assert (empty.status_code, "还没有选文件" in empty.content.decode()) == (422, True)
    new = SimpleUploadedFile("新.jpg", photo("new"))
    done = client.post(reverse("evidence_replace", args=[one.pk]), {"seen_version": 1, "files": new})
    second = Evidence.objects.unscoped("a test").get(state="pending")
    assert done["Location"] == reverse("evidence", args=[second.pk])
    assert "这一份已被替换" in page(client, "evidence", one.pk)
    gone = client.post(
        reverse("evidence_withdraw", args=[second.pk]), {"seen_version": 1, "reason": "传错了"}
    )
    assert gone.status_code == 302
    assert "撤回和替换过的 2 件" in page(client, "problem_evidence", problem.pk)


def test_the_original_is_a_download_that_no_browser_interprets(cast: Cast, problem: Problem):
    one = add(cast, problem, name="<b>现场.jpg")
    answer = at(cast.verifier).get(reverse("evidence_file", args=[one.pk]))
    assert b"".join(answer.streaming_content) == photo()
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%3Cb%3E")
    assert "sandbox" in answer["Content-Security-Policy"]
    small = at(cast.verifier).get(reverse("evidence_thumb", args=[one.pk]))
    assert (small["Content-Type"], "sandbox" in small["Content-Security-Policy"]) == ("image/jpeg", True)
    assert b"Exif" not in small.content


def test_a_damaged_original_is_refused_marked_and_told(cast: Cast, problem: Problem):
    one = add(cast, problem)
    (store.root() / store.key_of(one.file.blob_id)).write_bytes(b"forged")
    client = at(cast.county_clerk)
    for _ in range(2):
        answer = client.get(reverse("evidence_file", args=[one.pk]))
        assert (answer.status_code, "已损坏" in answer.content.decode()) == (422, True)
    assert Event.objects.filter(kind="file.damaged").count() == 1
    assert client.get(reverse("evidence_thumb", args=[one.pk])).status_code == 404
    text = page(client, "evidence", one.pk)
    assert "文件在存储中已损坏" in text
    assert "下载原件" not in text


@pytest.mark.parametrize("name", ["problem_evidence", "evidence_queue", "problem", "closeout_summary"])
def test_more_evidence_costs_no_more_queries(cast: Cast, problem: Problem, name: str):
    from django.db import connection  # noqa: PLC0415  only here are queries counted
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415  the same

    client, costs = at(cast.city_reviewer), []
    args = [] if name == "evidence_queue" else [problem.pk]
    add(cast, problem)
    for n in range(2):
        page(client, name, *args)
        with CaptureQueriesContext(connection) as seen:
            page(client, name, *args)
        costs.append(len(seen))
        if not n:
            for k in range(4):
                add(cast, problem, data=photo(str(k)))
    assert costs[0] == costs[1]
