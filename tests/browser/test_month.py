"""One month of reporting in a real browser, by the people it takes, through nothing but the pages.

The provincial office calls a round, the county's clerk reports, the county office sends the report
back, the clerk mends it, four desks pass it up, the one unit that said nothing is named, the round is
closed and its figures stand. At the end the journal verifies and the clerk's receipt holds.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from dugai.journal import check_receipt, merkle, sequencing
from dugai.journal.models import Event
from dugai.management import verification
from dugai.progress.models import Report, Round
from tests.cast import PASSWORD, make_cast, make_problem, task_of

if TYPE_CHECKING:
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
        context = self.browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + reverse("sign_in"))
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        expect(page).to_have_url(self.address + reverse("today"))
        return page


def review(page: Page, address: str, report: Report, text: str, act: str) -> None:
    """Open the desk, open the report from it, write an opinion and press a button."""
    page.goto(address + reverse("review_desk"))
    page.goto(address + reverse("report", args=[report.pk]))
    page.fill("textarea[name=text]", text)
    page.click(f"button[name=act][value={act}]")
    page.wait_for_load_state()


def test_a_month_from_the_call_to_the_frozen_figures(  # noqa: PLR0915  one story, told in one go
    browser: Browser, live_server
):
    cast = make_cast()
    problem = make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau))
    task = task_of(problem)
    office = Office(browser, live_server.url)

    page = office.sign_in("province_clerk")
    page.goto(live_server.url + reverse("round_new"))
    page.select_option("select[name=kind]", "special")
    page.fill("input[name=title]", "汛前管网专项调度")
    today = dt.datetime.now(tz=dt.timezone(dt.timedelta(hours=8))).date()
    page.fill("input[name=due_on]", today.isoformat())
    page.click("button[name=act][value=preview]")
    expect(page.locator("main")).to_contain_text("2 个单位")
    page.click("button[name=act][value=open]")
    page.wait_for_load_state()
    round_ = Round.objects.unscoped(WHY).get()
    report = Report.objects.unscoped(WHY).get(round=round_, task=task)

    page = office.sign_in("county_clerk")
    expect(page.locator("main")).to_contain_text("汛前管网专项调度")
    page.goto(live_server.url + reverse("my_reports"))
    page.goto(live_server.url + reverse("report", args=[report.pk]))
    page.check("input[name=progress][value=in_progress]")
    target = task.targets.get()
    page.fill(f"input[name=added_{target.pk}]", "2.4")
    page.fill("textarea[name=summary]", "完成老城区新建街段管网 2.4 公里，已通水。")
    page.fill("textarea[name=next_step]", "下月完成柳汀路段 4 公里。")
    page.click("button[name=act][value=submit]")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text(re.compile("JY-"))

    review(office.sign_in("county_reviewer"), live_server.url, report, "属实", "approve")
    page = office.sign_in("county_office_reviewer")
    review(page, live_server.url, report, "请写明柳汀路段的完成日期。", "send_back")
    page = office.sign_in("county_clerk")
    page.goto(live_server.url + reverse("report", args=[report.pk]))
    expect(page.locator("main")).to_contain_text("请写明柳汀路段的完成日期。")
    page.fill("textarea[name=next_step]", "12月20日前完成柳汀路段 4 公里。")
    page.click("button[name=act][value=submit]")
    page.wait_for_load_state()
    for person in ("county_reviewer", "county_office_reviewer", "city_reviewer", "province_reviewer"):
        review(office.sign_in(person), live_server.url, report, "同意", "approve")
    report.refresh_from_db()
    assert report.state == "adopted"
    task.refresh_from_db()
    assert (task.progress, str(task.targets.get().done)) == ("in_progress", "2.4000")

    page = office.sign_in("province_clerk")
    page.goto(live_server.url + reverse("round", args=[round_.pk]))
    expect(page.locator("main")).to_contain_text("雁回县住建局")

    with time_machine.travel(dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=7)):
        page = office.sign_in("province_manager")
        page.goto(live_server.url + reverse("round_close", args=[round_.pk]))
        expect(page.locator("main")).to_contain_text("1 项记为未报")
        page.click("main form button.btn-main")
        page.wait_for_load_state()
        page.goto(live_server.url + reverse("round_figures", args=[round_.pk]))
        expect(page.locator("main")).to_contain_text("汛前管网专项调度")
    round_.refresh_from_db()
    assert round_.state == "closed"
    states = Report.objects.unscoped(WHY).filter(round=round_).values_list("owner__name", "state")
    assert dict(states) == {"望渡县住建局": "adopted", "雁回县住建局": "missed"}

    page = office.sign_in("audit_admin")
    page.goto(live_server.url + reverse("journal"))
    expect(page.locator("main")).to_contain_text("采纳报告")
    event = Event.objects.filter(kind="report.submitted").latest("pk")
    receipt = sequencing.receipt_of(event.pk)
    leaf = merkle.leaf_hash(receipt["event"].encode())
    path = [bytes.fromhex(step) for step in receipt["proof"]]
    assert check_receipt.fold(receipt["index"], receipt["size"], leaf, path).hex() == receipt["root"]
    assert verification.verify(("journal", "rows", "tallies")).findings == []
    assert office.complaints == []
