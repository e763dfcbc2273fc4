"""The portal in a real browser: read, search, object by keyboard, check a receipt; on a desk and on a phone."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dugai.disclosure.models import Snapshot
from dugai.disclosure.snapshots_portal import root_payload
from dugai.journal import sequencing
from dugai.journal.models import Event
from dugai.kernel import dropbox
from dugai.management import portal as office
from tests.cast import Cast
from tests.portal.addresses import ACCESS
from tests.portal.conftest import filled, portal, show  # noqa: F401  fixtures of the portal's own tests
from tests.portal.running import Running, running

pytestmark = pytest.mark.django_db
NOT_PAGES = (
    "feed",
    "region_feed",
    "problem_feed",
    "picture",
    "release_file",
    "data_csv",
    "data_json",
    "sitemap",
)
NOT_PAGES += ("robots", "healthz", "static")
NARROW = ("home", "problem", "objection", "provinces")
"""The pages whose parts change places on a phone; of the others only the width differs."""
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def faults(page: Page, name: str, *, axe: bool = True) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    found = Axe().run(page, options=RULES).response["violations"] if axe else []
    told = [f"{name}: {one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*told, *([f"{name}: {wide} px too wide"] if wide > 0 else [])]


@pytest.fixture
def site(cast: Cast, filled):  # noqa: F811
    """The portal's process with one thing of every kind, and today's root of a journal."""
    Snapshot.objects.filter(kind="root").delete()
    show("root", "2026-06-10", root_payload(sequencing.seal_day()), title="树根", region="")
    place = office.prepare()
    office.write_file(place / office.FILE)
    with running(place) as found:
        yield found


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(page: Page, site: Running, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    for name, (path, *_) in ACCESS.items():
        if name not in NOT_PAGES:
            page.goto(site.url + path)
            wrong += faults(page, name, axe=width > 390 or name in NARROW)
    assert wrong == []


def test_a_neighbour_reads_objects_and_checks(page: Page, site: Running):
    page.goto(site.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.get_by_label("搜索", exact=True).fill("柳汀")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="柳汀河水质反弹").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("柳汀河水质反弹")
    expect(page.get_by_text("按计划推进，期限还没有到。")).to_be_visible()

    page.goto(site.url + "/journal/check")
    receipt = sequencing.receipt_of(Event.objects.order_by("pk").first().pk)
    page.get_by_label("回执或摘录的内容").fill(json.dumps(receipt, ensure_ascii=False))
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("status")).to_contain_text("回执成立")
    assert faults(page, "a receipt that holds") == []

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site.url + "/notices/20260610-1/")
    page.get_by_role("link", name="我有异议").press("Enter")
    page.get_by_label("哪里没有改好").fill("排口还在流黑水。")
    page.keyboard.press("Tab")
    page.keyboard.type("某先生 甲乙丙丁")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="提交异议")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("异议已收到")
    number = page.locator("#receipt").inner_text()
    assert faults(page, "objection sent") == []
    (entry,) = dropbox.waiting(office.folder() / office.SPOOL)
    assert dropbox.unseal(office.private_key(), entry.read_bytes())["content"] == "排口还在流黑水。"
    page.get_by_role("link", name="查办理状态").click()
    page.get_by_label("回执号").fill(number)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已收到，等待转交")
