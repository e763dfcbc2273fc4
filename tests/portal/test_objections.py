"""An objection from the public: into the box, through the office, back as a status; nothing else comes back."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from dugai.acceptance import services_notice
from dugai.acceptance.models import Objection
from dugai.acceptance.queries_notice import contact_of
from dugai.acceptance.states import CaseState
from dugai.disclosure import services_portal
from dugai.disclosure.models import PublicEntry, Snapshot
from dugai.journal.models import Event
from dugai.kernel import dropbox
from dugai.management import portal as office
from dugai.portal import views_notices
from dugai.portal.gate import PAGES
from tests import closeout
from tests.cast import Cast, make_inspection, make_problem
from tests.closeout import case_of, day, fresh
from tests.portal.conftest import PRIVATE

WORDS = "柳汀河排口昨夜仍在排水，水是黑的。"
WHO = "钱知秋 甲乙丙丁戊"
pytestmark = pytest.mark.django_db


@pytest.fixture
def noticed(cast: Cast, portal: Client, settings, tmp_path):
    """A problem whose notice runs; the office's key opens what the portal seals."""
    (tmp_path / "portal" / "spool").mkdir(parents=True)
    (tmp_path / dropbox.KEY_FILE).write_bytes(PRIVATE)
    with time_machine.travel(day(0), tick=False):
        problem = make_problem(cast, make_inspection(cast), 1)
    closeout.bring(cast, problem, "in_notice")
    with time_machine.travel(day(7), tick=False):
        services_portal.refresh_portal(actor=None)
        PAGES.clear()
        yield case_of(problem)


def key_of(case) -> str:
    return f"{case.notice.starts_on:%Y%m%d}-{case.notice.pk}"


def once_in(client: Client, path: str) -> str:
    return re.search(r'name="once" value="([0-9a-f]{32})"', client.get(path).content.decode())[1]


def send(client: Client, path: str, once: str, **values: str) -> tuple[int, str]:
    answer = client.post(path, {"once": once, "content": WORDS, "contact": WHO, **values})
    found = re.search(r'id="receipt">([A-Z2-7-]+)<', answer.content.decode())
    return answer.status_code, found[1] if found else ""


def status(client: Client, receipt: str) -> str:
    PAGES.clear()
    page = client.post("/receipt", {"receipt": receipt}).content.decode()
    found = re.search(r'answer-status"><b>([^<]+)<', page)
    assert WORDS not in page
    assert WHO not in page
    return found[1] if found else ""


def test_the_whole_way_of_an_objection(cast: Cast, noticed, portal: Client, settings):
    page = portal.get(f"/notices/{key_of(noticed)}/").content.decode()
    assert "我有异议" in page
    path = f"/notices/{key_of(noticed)}/objection"
    once = once_in(portal, path)
    code, receipt = send(portal, path, once)
    assert (code, len(receipt.replace("-", ""))) == (200, 26)
    assert send(portal, path, once) == (200, receipt)  # the same form again: the same objection
    (sealed,) = Path(settings.PORTAL_SPOOL).iterdir()
    assert WORDS.encode() not in sealed.read_bytes()
    assert receipt.replace("-", "").encode() not in sealed.read_bytes() + sealed.name.encode()
    told = dropbox.unseal(PRIVATE, sealed.read_bytes())
    assert set(told) == {"kind", "notice", "at", "content", "contact"}  # no address, no browser
    assert status(portal, receipt.lower().replace("-", " ")) == "已收到，等待转交"

    copy = sealed.read_bytes()
    assert office.work()["entries"] == 1
    sealed.write_bytes(copy)  # as if the worker had died between its commit and the file
    assert office.work()["entries"] == 1
    (objection,) = Objection.objects.all()
    assert objection.content == WORDS
    assert objection.channel == "公众门户"
    assert contact_of(cast.city_reviewer, objection) == WHO
    assert fresh(noticed).state == CaseState.OBJECTED
    assert status(portal, receipt) == "已受理，正在核查"
    services_notice.answer_objection(
        actor=cast.city_reviewer,
        objection_id=objection.pk,
        seen_version=objection.version,
        upheld=False,
        answer="已查看监控。",
    )
    services_portal.refresh_portal(actor=None)
    assert status(portal, receipt) == "已答复：异议不成立"
    shown = Snapshot.objects.filter(kind="receipt").values_list("payload", "words", "title")
    assert not any(secret in str(row) for row in shown for secret in (WORDS, WHO, receipt, "监控"))
    told_by = Event.objects.filter(kind__in=("public_entry.received", "objection.lodged")).values_list(
        "body", flat=True
    )
    assert len(told_by) == 2
    assert not any(secret in body for body in told_by for secret in (WHO, receipt))


def test_what_is_refused_is_not_in_the_box(noticed, portal: Client, settings):
    path = f"/notices/{key_of(noticed)}/objection"
    for wrong, code in (({"content": " "}, 422), ({"content": "长" * 4001}, 422), ({"once": "x"}, 400)):
        page = portal.post(path, {"once": once_in(portal, path), "content": WORDS, **wrong})
        assert page.status_code == code
        assert "请改：" in page.content.decode()
    assert (
        portal.post(
            path, {"once": "a" * 32, "content": WORDS}, headers={"sec-fetch-site": "cross-site"}
        ).status_code
        == 400
    )
    settings.PORTAL_KEY = ""
    assert send(portal, path, "a" * 32)[0] == 422
    assert dropbox.waiting(settings.PORTAL_SPOOL) == []
    assert portal.get("/notices/20260101-1/objection").status_code == 404


def test_one_network_sends_so_many_an_hour(noticed, portal: Client, settings):
    settings.PORTAL_PER_HOUR = 2
    path = f"/notices/{key_of(noticed)}/objection"
    assert [send(portal, path, f"{n}" * 32)[0] for n in range(3)] == [200, 200, 429]
    assert send(portal, path, "0" * 32)[0] == 200  # known already
    answer = portal.post(
        path,
        {"once": "9" * 32, "content": WORDS},
        REMOTE_ADDR="10.9.9.9",
        headers={"x-forwarded-for": "10.1.1.1"},
    )
    assert answer.status_code == 200
    assert len(dropbox.waiting(settings.PORTAL_SPOOL)) == 3


def test_a_full_box_takes_no_more(noticed, portal: Client, settings, monkeypatch):
    monkeypatch.setattr(views_notices, "MOST_WAITING", 1)
    path = f"/notices/{key_of(noticed)}/objection"
    assert [send(portal, path, f"{n}" * 32)[0] for n in range(2)] == [200, 503]


def test_an_objection_after_the_end_is_told_so(noticed, portal: Client):
    path = f"/notices/{key_of(noticed)}/objection"
    _, receipt = send(portal, path, once_in(portal, path))
    with time_machine.travel(day(60), tick=False):
        late = {
            "kind": "objection",
            "notice": key_of(noticed),
            "at": dt.datetime(2026, 5, 1, tzinfo=dt.UTC).isoformat(),
            "content": WORDS,
        }
        name = views_notices.digest("AAAAA-AAAAA")
        dropbox.put(office.folder() / "spool", name, dropbox.public_half(PRIVATE), late)
        office.work()
        assert status(portal, "AAAAA AAAAA").startswith("未受理：收到日期要在公示期内")
        assert status(portal, receipt) == "已受理，正在核查"  # it was sent in time, and taken in late
        assert portal.get(f"/notices/{key_of(noticed)}/").status_code == 404
    assert PublicEntry.objects.count() == 2


def test_a_damaged_entry_is_put_aside(noticed, portal: Client, settings):
    place = Path(settings.PORTAL_SPOOL) / "broken.entry"
    place.write_bytes(b"no entry")
    assert office.collect() == 0
    assert [one.name for one in Path(settings.PORTAL_SPOOL).iterdir()] == ["broken.unreadable"]
    assert not Objection.objects.exists()


def test_a_notice_leaves_the_portal_when_its_case_moves_on(cast: Cast, noticed, portal: Client):
    assert portal.get("/notices/").content.decode().count("受理异议至") == 1
    with time_machine.travel(day(8), tick=False):
        objection = services_notice.lodge_objection(
            actor=cast.city_clerk,
            case_id=noticed.pk,
            content="没有改好",
            channel="来信",
            received_on=dt.date(2026, 3, 10),
        )
        services_notice.answer_objection(
            actor=cast.city_reviewer, objection_id=objection.pk, seen_version=1, upheld=True, answer="属实"
        )
        services_portal.refresh_portal(actor=None)
    PAGES.clear()
    assert portal.get(f"/notices/{key_of(noticed)}/").status_code == 404
    assert "公示" not in portal.get("/feed.xml").content.decode().split("<entry>", 1)[-1]
