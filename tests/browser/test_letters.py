"""A table of letters read from a paper enters its batch through the review page, and every page can be read."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dugai.complaints.models import Letter
from tests.browser.test_frame import faults, sign_in
from tests.cast import make_cast, make_inspection
from tests.documents import bring
from tests.letters import make_batch
from tests.service.test_letter_documents import ROWS, table

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 390)


def letters() -> dict[str, Letter]:
    return {row.number: row for row in Letter.objects.unscoped("the story looks at its own rows")}


def test_a_published_table_is_accepted_through_the_review_page(page, live_server):
    cast = make_cast()
    inspection = make_inspection(cast)
    batch = make_batch(cast, inspection=inspection)
    document = bring(cast, table(*ROWS), "一览表.txt", inspection=inspection)
    complaints = sign_in(page, live_server, cast.city_clerk)
    page.goto(live_server.url + reverse("document", args=[document.pk]))
    page.get_by_role("link", name="信访件 4").click()
    expect(page.locator(".letter-found > ul > li")).to_have_count(4)
    expect(page.locator("main")).to_contain_text("疑似个人信息")
    page.get_by_label("选 D3JY202605280002").check()
    page.get_by_role("button", name="登记勾选的").click()
    expect(page.locator("main")).to_contain_text("已登记 1 件")
    assert list(letters()) == ["D3JY202605280002"]
    page.get_by_role("button", name="登记全部 2 件").click()
    expect(page.locator("main")).to_contain_text("已登记 3 件")
    assert len(letters()) == 3
    page.get_by_role("link", name="看登记的这一件").first.click()
    expect(page.locator("h1")).to_have_text("D3JY202605280001")
    expect(page.locator(".letter-sources")).to_contain_text("经查，加工点无环保手续。")
    page.get_by_role("link", name="调查核实情况的原文").click()
    expect(page.locator("main")).to_contain_text("加工点无环保手续")
    addresses = [
        reverse("letters"),
        reverse("my_letters"),
        reverse("letter_batch", args=[batch.pk]),
        reverse("letter", args=[letters()["D3JY202605280001"].pk]),
        reverse("letter_new", args=[batch.pk]),
        reverse("letter_import", args=[batch.pk]),
        reverse("document_letters", args=[document.pk]),
    ]
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(live_server.url + address)
            wrong += [f"{width} {address}: {fault}" for fault in faults(page)]
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                wrong.append(f"{width} {address}: {wide} px wider than the screen")
    assert not wrong, "\n".join(wrong)
    assert complaints == []
