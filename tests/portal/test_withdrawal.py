"""P12 and D13 through the services: released on the portal, corrected, withdrawn; searched everywhere."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import time_machine
from django.test import Client
from PIL import Image

from dugai.disclosure import queries_text, services_check, services_release, services_text
from dugai.disclosure.models import Release, Snapshot, SnapshotFile
from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.ledger import standing
from dugai.management.working import run_one
from dugai.portal.gate import AGE, LOOK, PAGES
from tests.cast import Cast, make_inspection, make_problem

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
pytestmark = pytest.mark.django_db


@pytest.fixture
def released(cast: Cast, portal: Client):
    """The annex of one county's problem, released on the portal."""
    with time_machine.travel(dt.datetime(2026, 1, 20, 9, tzinfo=SHANGHAI), tick=False):
        inspection = make_inspection(cast)
        make_problem(cast, inspection, 1, when="2026年12月底前")
    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=SHANGHAI), tick=False):
        standing.roll_day()
        text = services_text.draft_text(
            actor=cast.city_clerk, genre="task_annex", region=cast.city, inspection=inspection
        )
        text = services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
        text = services_text.approve_text(
            actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version
        )
        yield services_release.release_text(
            actor=cast.city_reviewer,
            text_id=text.pk,
            seen_version=text.version,
            channels=[{"channel": "portal"}],
        )


def everywhere(portal: Client) -> dict[str, str]:
    """Every page that tells of what is there now."""
    PAGES.clear()
    paths = ("/", "/problems/", "/releases/", "/search?q=任务完成", "/search?q=JY3", "/sitemap.xml", "/feed.xml",
             "/data/problems.csv", "/data/measures.json", "/data/releases.json", "/data/figures.json")  # fmt: skip
    return {path: portal.get(path).content.decode() for path in paths}


def test_released_shown_and_gone(cast: Cast, released: Release, portal: Client):
    pages = everywhere(portal)
    code = Snapshot.objects.get(kind="problem").key
    assert [path for path, page in pages.items() if code not in page and released.number not in page] == [
        "/data/figures.json"
    ]
    problem = portal.get(f"/problems/{code}/").content.decode()
    assert "承诺的" in problem
    name = SnapshotFile.objects.filter(name__endswith=".pdf").get().name
    assert portal.get(f"/releases/{released.number}/files/{name}").content.startswith(b"%PDF")
    assert Job.objects.filter(kind="portal.refresh").count() == 1

    services_release.withdraw_release(
        actor=cast.city_reviewer, release_id=released.pk, seen_version=released.version, reason="数据有误"
    )
    gone = everywhere(portal)
    title = released.title
    assert [path for path, page in gone.items() if title in page or f"{code}/" in page] == []
    for path in (
        f"/problems/{code}/",
        f"/releases/{released.number}/",
        f"/releases/{released.number}/files/{name}",
        f"/problems/{code}/feed.xml",
    ):
        assert portal.get(path).status_code == 404, path
    assert Event.objects.filter(kind="release.withdrawn").count() == 1
    assert LOOK + 2 * AGE <= 60  # the gate, a proxy and a browser, one behind the other


def test_a_kept_page_is_forgotten_by_itself(cast: Cast, released: Release, portal: Client, monkeypatch):
    """Without anybody clearing: the gate looks at the snapshots again, and the old page is gone."""
    path = f"/releases/{released.number}/"
    assert portal.get(path).status_code == 200
    services_release.withdraw_release(
        actor=cast.city_reviewer, release_id=released.pk, seen_version=released.version, reason="数据有误"
    )
    assert portal.get(path).status_code == 200  # kept for a moment
    monkeypatch.setattr(PAGES, "_looked", PAGES._looked - LOOK)
    assert portal.get(path).status_code == 404


def test_pictures_of_a_close_out_are_shown_without_what_they_carry(
    cast: Cast, released: Release, portal: Client
):
    """Attached, checked, approved by another, released: copies with nothing but pixels, gone with the release."""
    problem = queries_text.problem_named(cast.city_clerk, "JY3-01")
    text = services_text.draft_text(
        actor=cast.city_clerk, genre="close_notice", region=cast.city, problem=problem
    )
    exif = Image.Exif()
    exif[0x010E] = "王小明拍摄"
    for name in ("整改前 排口.jpg", "整改后 排口.jpg", "会议.jpg"):
        made = io.BytesIO()
        Image.new("RGB", (64, 48), "green").save(made, "JPEG", exif=exif)
        services_text.attach_to_text(
            actor=cast.city_clerk, text_id=text.pk, name=name, stream=io.BytesIO(made.getvalue())
        )
    text.refresh_from_db()
    text = services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
    for found in services_check.check(actor=cast.city_reviewer, text=text):
        if found.stops:
            services_check.overrule_finding(
                actor=cast.city_reviewer, finding_id=found.pk, seen_version=text.version, reason="已核对"
            )
    text = services_text.approve_text(actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version)
    done = services_release.release_text(
        actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version, channels=[{"channel": "portal"}]
    )
    PAGES.clear()
    page = portal.get("/problems/JY3-01/").content.decode()
    assert page.index("整改前 排口") < page.index("整改后 排口")
    assert "会议" not in page
    path = f"/pictures/{done.number}/picture-1.jpg"
    data = portal.get(path).content
    assert "王小明".encode() not in data
    with Image.open(io.BytesIO(data)) as picture:
        assert dict(picture.getexif()) == {}
    assert "picture-1" not in portal.get(f"/releases/{done.number}/").content.decode()
    services_release.withdraw_release(
        actor=cast.city_reviewer, release_id=done.pk, seen_version=done.version, reason="照片用错"
    )
    PAGES.clear()
    assert portal.get(path).status_code == 404


def test_the_worker_does_the_portals_work(released: Release):
    job = run_one()
    while job is not None and job.kind != "portal.refresh":
        job = run_one()
    assert job is not None
    job.refresh_from_db()
    assert job.state == Job.State.DONE
