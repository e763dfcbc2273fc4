"""A document becomes ledger entries in a real browser: brought in by the page, reviewed by keyboard, entered.

The annex is set in the layout of a city's disclosure by the house's own generator of sample documents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dugai.intake.models import Document, FieldSource, Proposal
from dugai.intake.samples import draw_sample
from dugai.ledger.models import Measure, Problem
from dugai.management import working
from tests.browser.test_frame import faults, sign_in
from tests.cast import make_cast, make_inspection
from tests.documents import ANNEX, bring
from tests.sheets import find_document

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHY = "the story looks at its own rows"
WIDTHS = (1440, 390)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def upload(page: Page, address: str, file: Path, lead: str) -> Document:
    """Choose a file on the page, send it, let the worker read it, and open what became of it."""
    page.goto(address + reverse("documents"))
    page.set_input_files("input[name=file]", file)
    page.fill("input[name=lead]", lead)
    page.click("main .actbar button")
    expect(page.locator("main")).to_contain_text("排队等待读取")
    while working.run_one({"intake.read": working.HANDLERS["intake.read"]}) is not None:
        pass
    document = Document.objects.latest("pk")
    page.goto(address + reverse("document", args=[document.pk]))
    return document


def press(page: Page, key: str) -> None:
    """Press a key of the review and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_an_annex_is_reviewed_by_keyboard_and_stands_in_the_ledger_with_its_places(
    page: Page, live_server, tmp_path
):
    cast = make_cast()
    make_inspection(cast)
    sample = draw_sample(7, "disclosure", "docx")
    file = tmp_path / "整改情况.docx"
    file.write_bytes(sample.data)
    complaints = sign_in(page, live_server, cast.city_clerk)
    document = upload(page, live_server.url, file, "朔岭市住建局")
    truth = sample.truth["problems"]
    measures = [one for problem in truth for one in problem["measures"]]
    expect(page.locator("h1")).to_have_text(sample.truth["document"]["title"])
    expect(page.locator("main")).to_contain_text(f"认出 问题 {len(truth)} 个、措施 {len(measures)} 条")

    page.keyboard.press("?")
    expect(page.locator("details.keys")).to_have_attribute("open", "")
    page.keyboard.press("j")
    second = page.locator("[data-prop].on")
    page.keyboard.press("k")
    expect(page.locator("[data-prop]").first).to_have_class(re.compile(r"\bon\b"))
    first = Proposal.objects.filter(document=document).order_by("ordinal")[0]
    expect(page.locator(f"#s{first.pk}-text")).to_have_class("at")
    assert second.count() == 1

    press(page, "a")
    first.refresh_from_db()
    assert (first.state, first.decided_by) == ("accepted", cast.city_clerk)
    press(page, "e")
    fixed = page.locator("input[name=status]")
    fixed.fill("按序时进度推进，正在收尾")
    page.click("main .actbar button")
    page.wait_for_load_state()
    corrected = Proposal.objects.get(document=document, state="corrected")
    press(page, "Shift+A")
    while page.locator("[data-act=accept]").count():
        press(page, "a")
    assert not Proposal.objects.filter(document=document, state="proposed").exists()

    page.click("main .acts button.btn-main")
    page.click("dialog [data-confirm-yes]")
    expect(page.locator("main")).to_contain_text(f"已入账 {len(truth) + len(measures)} 条")
    told = [
        (
            str(row.number),
            [
                (str(one.number))
                for one in Measure.objects.unscoped(WHY).filter(problem=row).order_by("number")
            ],
        )
        for row in Problem.objects.unscoped(WHY).order_by("number")
    ]
    assert told == [(one["no"], [each["no"] for each in one["measures"]]) for one in truth]
    for row, one in zip(Problem.objects.unscoped(WHY).order_by("number"), truth, strict=True):
        assert bare(row.text).startswith(bare(one["text_starts"]))
        place = FieldSource.objects.get(subject_type="problem", subject_id=row.pk, field="text")
        assert bare(place.quote) == bare(row.text)
    assert FieldSource.objects.get(proposal=corrected, field="status").corrected_by == cast.city_clerk

    problem = Problem.objects.unscoped(WHY).order_by("number")[0]
    page.goto(live_server.url + reverse("problem", args=[problem.pk]))
    expect(page.locator("main")).to_contain_text("出处")
    if not page.locator(".sources a").first.is_visible():
        page.click("text=逐项看原文")
    page.click(".sources a >> nth=0")
    expect(page.locator(".doc mark").first).to_be_visible()
    assert complaints == []


def test_the_pages_are_clean_for_everyone_at_both_widths(page: Page, live_server):
    cast = make_cast()
    inspection = make_inspection(cast)
    first = bring(cast, inspection=inspection)
    from dugai.intake import services_enter, services_review  # noqa: PLC0415  only this story enters by hand

    services_review.accept_proposals(actor=cast.city_clerk, document_id=first.pk)
    services_enter.enter_document(actor=cast.city_clerk, document_id=first.pk)
    text = ANNEX.replace("2027年6月底前", "2027年9月底前").replace("完成19处", "完成（下转三版）19处")
    newer = bring(cast, text.encode() + "页脚".encode() + b"\xff\n", "第二版.txt", inspection=inspection)
    complaints = sign_in(page, live_server, cast.city_clerk)
    row = Proposal.objects.filter(document=newer, state="proposed")[0]
    addresses = [
        reverse("documents"),
        reverse("document", args=[newer.pk]),
        reverse("document", args=[newer.pk]) + "?only=doubts",
        reverse("document_findings", args=[newer.pk]),
        reverse("proposal_edit", args=[newer.pk, row.pk]),
    ]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(live_server.url + address)
            assert faults(page) == [], f"{address} at {width}"
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{address} at {width} is {wide} px too wide"
    assert complaints == []


def test_a_review_works_without_script(browser, live_server):
    cast = make_cast()
    document = bring(cast)
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, cast.city_clerk)
    page.goto(live_server.url + reverse("document", args=[document.pk]))
    page.click("text=采纳无疑点的 5 条")
    page.click("text=入账 5 条")
    expect(page.locator("main")).to_contain_text("已入账 5 条")
    assert Problem.objects.unscoped(WHY).count() == 2
    context.close()


def test_the_annex_of_the_newspaper_page_stands_in_the_ledger(page: Page, live_server, tmp_path):
    kept = find_document("000_liuzhou_daily.txt")
    if kept is None:
        pytest.skip("the reference shelf is not beside the checkout")
    cast = make_cast()
    make_inspection(cast)
    sign_in(page, live_server, cast.city_clerk)
    document = upload(page, live_server.url, kept, "朔岭市住建局")
    page.click("button:has-text('采纳无疑点的')")
    page.wait_for_load_state()
    page.goto(live_server.url + reverse("document", args=[document.pk]) + "?only=doubts")
    while page.locator("[data-act=accept]").count():
        press(page, "a")
    while page.locator("button:has-text('采纳无疑点的')").count():
        page.click("button:has-text('采纳无疑点的')")
        page.wait_for_load_state()
    page.click("main .acts button.btn-main")
    page.click("dialog [data-confirm-yes]")
    expect(page.locator("main")).to_contain_text("已入账 9 条")
    found = [
        (
            row.number,
            [one.number for one in Measure.objects.unscoped(WHY).filter(problem=row).order_by("number")],
        )
        for row in Problem.objects.unscoped(WHY).order_by("number")
    ]
    assert found == [(1, [1, 2, 4, 5]), (2, [7]), (10, [11])]
    whole = kept.read_text(encoding="utf-8")
    assert all(whole[row.start : row.end] == row.quote for row in FieldSource.objects.all())
