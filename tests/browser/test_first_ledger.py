"""A ledger's first content comes in as a workbook, through the pages, and each role finds what is theirs in it.

The provincial office registers the inspection and imports an officials' 整改措施清单; the leader sees the red item
at a glance and on the wall; the city, the county, those who oversee and the auditor each see it on their own
page; the receipt of the import holds on the page where anybody checks one, and `dugai verify` finds nothing.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dugai.cli import verify
from dugai.journal.models import TreeHead
from dugai.ledger.models import Measure, Task
from tests.browser.test_month import Office
from tests.cast import make_cast
from tests.service.test_annex import city_of_the_annex
from tests.sheets import annex_rows, annex_workbook, find_document, workbook

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "the story looks at its own rows"
HEADERS = [
    "序号",
    "反馈问题",
    "整改目标",
    "措施序号",
    "整改措施",
    "完成时限",
    "牵头单位",
    "责任单位",
    "监管单位",
    "责任人",
    "状态",
]
SEWERS = "望渡县老城区污水管网缺口较大，生活污水直排柳汀河。"
MINES = "雁回县历史遗留矿山生态修复推进迟缓。"
ROWS = [
    [1, SEWERS, "不再直排", 1, "改造老城区管网 6.4 公里。", "2025年12月底前", "朔岭市住建局", "望渡县住建局",
     "江源省住建厅", "孟晴", "正在整改，达到时序进度"],
    [1, SEWERS, "不再直排", 2, "建立管网巡查制度。", "立行立改，长期坚持", "朔岭市住建局", "望渡县住建局",
     "江源省住建厅", "孟晴", "已完成整改并长期坚持"],
    [2, MINES, "全部修复", 3, "修复矿山 19 处。", "2099年12月底前", "朔岭市住建局", "雁回县住建局",
     "江源省住建厅", "方宁", "未启动"],
]  # fmt: skip


def register_inspection(page: Page, address: str, code: str, name: str, where: str) -> None:
    page.goto(address + reverse("ledger_imports"))
    page.goto(address + reverse("inspection_new"))
    page.fill("input[name=code]", code)
    page.fill("input[name=name]", name)
    page.fill("input[name=object]", where)
    page.click("main form button.btn-main")
    expect(page.locator("h1")).to_have_text(name)


def bring_in(page: Page, address: str, path: Path, *, home: str, lead: str, count: int) -> None:
    """Send a workbook in, look at what was read, and let it into the ledger."""
    page.goto(address + reverse("ledger_imports"))
    page.set_input_files("input[name=file]", str(path))
    page.fill("input[name=home]", home)
    page.fill("input[name=lead]", lead)
    page.get_by_role("button", name="读取").click()
    expect(page.locator("main")).to_contain_text(f"读到 {count} 行 ＝ 可入账 {count} ＋ 有误 0 ＋ 重复 0")
    page.get_by_role("button", name=f"入账 {count} 行").click()
    expect(page.locator("main")).to_contain_text("已入账")


def test_the_first_workbook_reaches_everybody(  # noqa: PLR0915  one story, told in one go
    browser: Browser, live_server, tmp_path
):
    make_cast()
    address = live_server.url
    office = Office(browser, address)
    path = tmp_path / "整改措施清单.xlsx"
    path.write_bytes(workbook(HEADERS, ROWS, title="江源省整改措施清单", merge=(0, 1, 2)))

    page = office.sign_in("province_clerk")
    register_inspection(page, address, "JY3", "第三轮督察", "江源省")
    bring_in(page, address, path, home="朔岭市", lead="朔岭市住建局", count=3)
    page.get_by_role("link", name="看台账").click()
    expect(page.locator("main")).to_contain_text("望渡县老城区污水管网缺口较大")
    for words in (row[-1] for row in ROWS):
        measure = Measure.objects.unscoped(WHY).get(status_raw=words)
        page.goto(address + reverse("measure", args=[measure.pk]))
        expect(page.locator("dd.song", has_text=words)).to_be_visible()
    red = Task.objects.unscoped(WHY).get(measure__number=1)

    page = office.sign_in("leader")
    tile = page.locator(".tile", has_text="超期")
    expect(tile.locator(".tile-n")).to_have_text("1")
    tile.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("望渡县住建局")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(address)
    page.get_by_role("link", name="大屏").click()
    expect(page.locator(".wall-worst")).to_contain_text("望渡县住建局")
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    assert page.evaluate(size) == [1920, 1080]
    bottom = "document.querySelector('.wall-worst').getBoundingClientRect().bottom"
    assert page.evaluate(bottom) <= 1080
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(page).to_have_url(address + reverse("today"))

    for username in ("county_clerk", "county_reviewer", "verifier"):
        page = office.sign_in(username)
        expect(page.locator("main")).to_contain_text(re.compile("超期"))
        page.goto(address + reverse("task", args=[red.pk]))
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main")).to_contain_text("超期")
    for username in ("city_reviewer", "province_reviewer", "province_manager", "supervisor", "discipline"):
        page = office.sign_in(username)
        expect(page.locator(".tile", has_text="超期").locator(".tile-n")).to_have_text("1")
    page = office.sign_in("neighbour_clerk")
    response = page.goto(address + reverse("task", args=[red.pk]))
    assert response is not None
    assert response.status == 404
    office.complaints[:] = [line for line in office.complaints if "404" not in line]
    page = office.sign_in("public")
    expect(page.locator("main")).not_to_contain_text("柳汀河")

    page = office.sign_in("province_clerk")
    page.goto(address + reverse("journal"))
    line = page.locator("tbody tr", has_text="导入入账").first
    with page.expect_download() as found:
        line.get_by_role("link", name=re.compile("回执")).click()
    receipt = tmp_path / "receipt.json"
    found.value.save_as(receipt)
    page = office.sign_in("audit_admin")
    page.goto(address + reverse("journal"))
    expect(page.locator("main")).to_contain_text("导入入账")
    page.get_by_role("link", name="核对回执").click()
    page.set_input_files("input[name=receipt]", str(receipt))
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("heading", name="回执成立")).to_be_visible()
    receipt.write_text(receipt.read_text().replace("import.accepted", "import.discarded"))
    page.set_input_files("input[name=receipt]", str(receipt))
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("heading", name="回执不成立")).to_be_visible()
    assert office.complaints == []


def test_a_receipt_holds_offline_and_the_command_finds_nothing(
    browser: Browser, live_server, tmp_path, capsys
):
    make_cast()
    address = live_server.url
    office = Office(browser, address)
    page = office.sign_in("province_clerk")
    register_inspection(page, address, "JY3", "第三轮督察", "江源省")
    page.goto(address + reverse("journal"))
    with page.expect_download() as found:
        page.locator("tbody tr", has_text="登记督察").get_by_role("link", name=re.compile("回执")).click()
    receipt = tmp_path / "receipt.json"
    found.value.save_as(receipt)
    page.goto(address + reverse("receipt_check"))
    with page.expect_download() as found:
        page.get_by_role("link", name="下载离线核对程序").click()
    script = tmp_path / "check_receipt.py"
    found.value.save_as(script)
    root = TreeHead.objects.latest("size").sha256
    command = [sys.executable, str(script), str(receipt), "--root", root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = subprocess.run([*command[:-1], "0" * 64], capture_output=True, text=True, check=False)
    assert wrong.returncode != 0
    assert verify.run(argparse.Namespace(parts=["journal", "rows", "tallies"], json=False)) == 0
    assert capsys.readouterr().out.endswith("全部成立\n")


@pytest.mark.skipif(find_document("000_liuzhou_daily.txt") is None, reason="the reference shelf is not here")
def test_the_annex_of_a_real_city_comes_in_and_keeps_its_own_words(browser: Browser, live_server, tmp_path):
    document = find_document("000_liuzhou_daily.txt")
    assert document is not None
    rows = annex_rows(document.read_text(encoding="utf-8"))
    home = city_of_the_annex(make_cast())
    path = tmp_path / "整改任务完成情况清单.xlsx"
    path.write_bytes(annex_workbook(rows))
    address = live_server.url
    office = Office(browser, address)
    page = office.sign_in("province_clerk")
    register_inspection(page, address, "LZ", "柳州市督察整改", home.name)
    bring_in(page, address, path, home=home.name, lead=home.name, count=len(rows))
    said = Measure.objects.unscoped(WHY).order_by("number").values_list("pk", "status_raw")
    assert sorted(words for _, words in said) == sorted(row["status"] for row in rows)
    for pk, words in said:
        page.goto(address + reverse("measure", args=[pk]))
        expect(page.locator("dd.song", has_text=words)).to_be_visible()
    assert office.complaints == []
