"""The monthly 通报 in a real browser: drafted, edited, checked, approved and released by two people."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import expect

from dugai.disclosure import rules_body
from dugai.disclosure.models import Release, Snapshot, SnapshotFile, Text
from dugai.management import portal, verification
from tests.cast import PASSWORD, make_cast, make_problem
from tests.letters import make_batch, make_letter
from tests.portal.running import running

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "the story looks at its own rows"


class Office:
    """A browser in which one person after another signs in, each with a clean session."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.complaints: list[str] = []

    def sign_in(self, username: str) -> Page:
        """Sign in through the form, as a person does."""
        page = self.browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + reverse("sign_in"))
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        expect(page).to_have_url(self.address + reverse("today"))
        return page


def write(page: Page, words: str) -> None:
    """Type one paragraph into the empty one at the end, and save."""
    last = page.locator(".para-edit").last
    last.click()
    page.keyboard.insert_text(words)
    page.click(".editor button.btn-main")
    expect(page.locator("#toasts")).to_contain_text("已存")


def test_the_monthly_text_from_draft_to_release(browser: Browser, live_server, tmp_path: Path):  # noqa: PLR0915  one story
    cast = make_cast()
    make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau))
    office = Office(browser, live_server.url)

    page = office.sign_in("city_clerk")
    page.goto(live_server.url + reverse("texts"))
    page.click("text=起草 >> nth=0")
    page.goto(live_server.url + reverse("text_new"))
    page.select_option("select[name=genre]", "monthly")
    page.click("main form button.btn-main")
    expect(page.locator("h1")).to_contain_text("督察整改调度情况的通报")
    text = Text.objects.unscoped(WHY).get()

    chip = page.locator(".para-edit a.fig").first
    expect(chip).to_have_text("2项")
    with page.context.expect_page() as opened:
        chip.click()
    rows = opened.value
    rows.wait_for_load_state()
    expect(rows.locator("h1")).to_contain_text("任务总数")
    expect(rows.locator("tbody tr")).to_have_count(2)
    rows.close()

    write(page, "全市矿山整治任务120项，已完成70项，未完成40项。有事请打 13800138000。")
    page.click("button[name=act][value=check]")
    found = page.locator(".found")
    expect(found).to_contain_text("手机号码")
    expect(found).to_contain_text("70+40=120")
    page.click("button[name=act][value=submit]")
    expect(page.locator(".page-head .chip")).to_have_text("待审核")

    reviewer = office.sign_in("city_reviewer")
    reviewer.goto(live_server.url + reverse("text", args=[text.pk]))
    reviewer.click("button[name=act][value=approve]")
    expect(reviewer.locator("#toasts")).to_contain_text("须处理")
    reviewer.fill("#reason", "最后一段的合计不对，手机号码要删去。")
    reviewer.click("button[name=act][value=send_back]")
    expect(reviewer.locator(".page-head .chip")).to_have_text("已退回")

    page.goto(live_server.url + reverse("text", args=[text.pk]))
    expect(page.locator("main")).to_contain_text("手机号码要删去")
    page.locator(".para:has-text('13800138000')").hover()
    page.locator(".para:has-text('13800138000') [data-para-drop]").click()
    write(page, "全市矿山整治按计划推进，下月逐座核对。")
    page.click("button[name=act][value=submit]")
    expect(page.locator(".page-head .chip")).to_have_text("待审核")

    reviewer.goto(live_server.url + reverse("text", args=[text.pk]))
    reviewer.click("button[name=act][value=approve]")
    expect(reviewer.locator(".page-head .chip")).to_have_text("已核准")
    reviewer.click("text=发布 >> nth=-1") if reviewer.locator("a.btn-main").count() == 0 else reviewer.click(
        "a.btn-main"
    )
    reviewer.check("input[value=site]")
    reviewer.click("main form button.btn-main")
    expect(reviewer.locator("[role=alert]")).to_contain_text("请写明政府网站的名称")
    reviewer.fill("#address-site", "朔岭市人民政府网站")
    reviewer.click("main form button.btn-main")
    expect(reviewer.locator("main")).to_contain_text(re.compile(r"990100ZG-\d{4}-001"))

    release = Release.objects.get()
    assert Snapshot.objects.get(kind="release").payload == release.snapshot
    printed = rules_body.plain(Text.objects.unscoped(WHY).get().body)
    assert "逐座核对" in printed
    assert "13800138000" not in str(release.snapshot)
    word = SnapshotFile.objects.get(name__endswith=".docx")
    paragraphs = [one.text for one in Document(io.BytesIO(bytes(word.data))).paragraphs]
    assert paragraphs[0] == release.title
    assert any("逐座核对" in one for one in paragraphs)
    open_in_office(bytes(word.data), tmp_path, release.title)
    assert verification.verify(("journal", "rows", "tallies")).findings == []
    refused = "the server responded with a status of 422 (Unprocessable Entity)"  # the planted faults
    assert all(refused in one for one in office.complaints), office.complaints


def test_the_public_text_is_asked_for_its_numbers_and_read_on_the_portal(  # noqa: PLR0915  one story
    browser: Browser, live_server, tmp_path: Path, settings
):
    settings.DATA = tmp_path  # the portal's folder
    cast = make_cast()
    inspection = make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau)).inspection
    make_letter(cast, make_batch(cast, inspection=inspection))
    office = Office(browser, live_server.url)

    page = office.sign_in("city_clerk")
    page.goto(live_server.url + reverse("text_new"))
    page.select_option("select[name=genre]", "progress_public")
    page.select_option("select[name=inspection]", str(inspection.pk))
    page.click("main form button.btn-main")
    expect(page.locator("h1")).to_contain_text("整改落实情况")
    text = Text.objects.unscoped(WHY).get()
    numbers = page.locator(".para-edit a.fig")
    asked = {str(one.get_attribute("href")): one.inner_text() for one in numbers.all()}
    assert len(asked) >= 15
    rows = page.context.new_page()
    for address, shown in asked.items():
        rows.goto(live_server.url + address)
        assert rows.locator(".big-value").inner_text() == shown, address
        counted = re.fullmatch(r"(\d+)[个项件]", shown)
        if counted:
            expect(rows.locator("#h-rows + .note")).to_have_text(f"共 {counted[1]} 行")
    rows.close()

    open_places = page.locator(".para:has-text('【待填')")
    while open_places.count():
        open_places.first.hover()
        open_places.first.locator("[data-para-drop]").click()
    write(page, "移交的责任追究问题正在依规依纪办理。举报电话 010-12345678 转张三，手机 13800138000。")
    page.click("button[name=act][value=check]")
    expect(page.locator(".found")).to_contain_text("手机号码")
    page.locator(".para:has-text('13800138000')").hover()
    page.locator(".para:has-text('13800138000') [data-para-drop]").click()
    write(page, "移交的责任追究问题正在依规依纪办理，结果另行公开。")
    page.click("button[name=act][value=submit]")
    expect(page.locator(".page-head .chip")).to_have_text("待审核")

    reviewer = office.sign_in("city_reviewer")
    reviewer.goto(live_server.url + reverse("text", args=[text.pk]))
    reviewer.click("button[name=act][value=approve]")
    expect(reviewer.locator(".page-head .chip")).to_have_text("已核准")
    reviewer.goto(live_server.url + reverse("text_release", args=[text.pk]))
    reviewer.check("input[value=portal]")
    reviewer.click("main form button.btn-main")
    expect(reviewer.locator("main")).to_contain_text("-001")

    release = Release.objects.get()
    word = SnapshotFile.objects.get(name__endswith=".docx")
    open_in_office(bytes(word.data), tmp_path, release.title)
    place = portal.prepare()
    portal.write_file(place / portal.FILE)
    with running(place) as site:
        reader = browser.new_context(locale="zh-CN").new_page()
        reader.goto(site.url)
        reader.click(f"text={release.title}")
        expect(reader.locator("main")).to_contain_text("结果另行公开")
        expect(reader.locator("main")).to_contain_text("转办的群众信访举报1件")
        assert "13800138000" not in reader.content()
        with reader.expect_download() as taken:
            reader.click("a:has-text('.docx')")
        assert taken.value.path().read_bytes() == bytes(word.data)


def open_in_office(data: bytes, folder: Path, title: str) -> None:
    """Let LibreOffice open the Word file and read it back; its absence is said loudly."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail(
            "LibreOffice is missing: run scripts/system.sh test, which installs libreoffice-writer-nogui"
        )
    source = folder / "通报.docx"
    source.write_bytes(data)
    subprocess.run(
        [
            *(program, "--headless", f"-env:UserInstallation=file://{folder}/profile"),
            *("--convert-to", "pdf", "--outdir", str(folder), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    import pypdfium2  # noqa: PLC0415  only this story reads a PDF

    with pypdfium2.PdfDocument(folder / "通报.pdf") as made:
        width, height = made[0].get_size()
        words = made[0].get_textpage().get_text_range()
    assert (round(width), round(height)) == (595, 842)
    assert "".join(words.split()).startswith(title)
