"""One problem through its close-out in a real browser, by the people it takes, through nothing but the pages.

The lead unit applies, the city checks the papers, the verifier visits with a phone that loses its signal,
city and province sign, the notice runs with one objection answered, two people close it, a look-back finds
a rebound, the problem is reopened and closed again. Whoever tries to skip a gate is refused by the page.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from dugai.acceptance.models import (
    CloseoutProposal,
    ClosureEntry,
    LookBack,
    LookBackPlan,
    Objection,
    SiteVisit,
    VisitPhoto,
)
from tests import closeout as way
from tests.browser.test_frame import faults
from tests.cast import Cast, make_cast, make_problem
from tests.closeout import day, fresh
from tests.pictures import photo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from dugai.ledger.models import Problem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


class Story:
    """People with their own browsers, on a day of the story."""

    def __init__(self, browser: Browser, address: str, cast: Cast, problem: Problem) -> None:
        self.browser, self.address, self.cast, self.problem = browser, address, cast, problem
        self.complaints: list[str] = []
        self.wrong: list[str] = []
        self.people: set[str] = set()

    @contextmanager
    def as_(self, username: str, number: int, size: dict[str, int] | None = None) -> Iterator[Page]:
        """Let somebody sit down on the story's day; their session is made anew."""
        self.people.add(username)
        with time_machine.travel(day(number)):
            client = Client()
            client.force_login(self.cast.users[username])
            context = self.browser.new_context(locale="zh-CN", viewport=size or DESK)
            name = settings.SESSION_COOKIE_NAME
            cookie: SetCookieParam = {
                "name": name,
                "value": client.cookies[name].value,
                "url": self.address,
            }
            context.add_cookies([cookie])
            page = context.new_page()
            page.on("console", self._complain)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            yield page
            context.close()

    def _complain(self, line: Any) -> None:
        expected = ("422", "403", "ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
        if line.type == "error" and not any(word in line.text for word in expected):
            self.complaints.append(line.text)

    def open(self, page: Page, name: str, *args: Any) -> None:
        """Open a page, and look whether everyone can read it and it fits the screen."""
        page.goto(self.address + reverse(name, args=args))
        self.look(page, name)

    def look(self, page: Page, name: str) -> None:
        """Note what axe finds and whether the page is wider than the screen."""
        self.wrong += [f"{name}: {fault}" for fault in faults(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.wrong += [f"{name}: {wide} px too wide"] if wide > 0 else []

    def start(self, page: Page, act: str) -> None:
        """Go from the problem to its close-out and press one of the acts there."""
        page.goto(self.address + reverse("problem_closeout", args=[self.problem.pk]))
        page.locator(".page-head .acts").get_by_role("link", name=act).click()
        page.wait_for_load_state()
        self.look(page, act)

    def press(self, page: Page, word: str) -> None:
        """Press a button of the form and arrive at the problem's close-out."""
        page.locator(".actbar").get_by_role("button", name=word, exact=True).click()
        page.wait_for_url(f"**{reverse('problem_closeout', args=[self.problem.pk])}")

    def refused(self, page: Page, name: str, *args: Any) -> None:
        """Try an act out of turn: the page says no and nothing changes."""
        before = fresh(self.problem).version
        answer = page.goto(self.address + reverse(name, args=args))
        assert answer is not None
        assert answer.status == 403
        assert fresh(self.problem).version == before


@pytest.fixture
def story(browser: Browser, live_server) -> Story:
    cast = make_cast()
    return Story(browser, live_server.url, cast, make_problem(cast))


def apply(story: Story, number: int) -> None:
    with story.as_("city_bureau_clerk", number) as page:
        story.start(page, "申请验收")
        page.locator("textarea[name^=claim_]").fill("管网")
        page.fill("textarea[name=statement]", "已逐条自查自验，全部达到要求。")
        page.locator(".actbar .btn-main").click()
        expect(page.locator(".field.bad .error")).to_contain_text("请写清做了什么")
        assert page.locator("textarea[name=statement]").input_value() == "已逐条自查自验，全部达到要求。"
        page.locator("textarea[name^=claim_]").fill("管网 6.4 公里已建成通水。")
        story.press(page, "申请验收")


def check(story: Story, number: int) -> None:
    with story.as_("city_clerk", number) as page:
        story.start(page, "资料初审")
        page.locator("input[name^=met_][value=met]").check()
        page.fill("textarea[name=opinion]", "资料齐全")
        story.press(page, "通过")


def fill_visit(page: Page, number: int) -> None:
    at = day(number)
    page.fill("input[name=members]", "沈岩、江月")
    page.fill("input[name=place]", "望渡县老城区柳汀河段")
    page.fill("input[name=began_at]", f"{at - dt.timedelta(hours=3):%Y-%m-%dT%H:%M}")
    page.fill("input[name=ended_at]", f"{at - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.fill("textarea[name=findings_text]", "管网已通水，排口无外溢。")
    page.locator("input[name^=met_][value=met]").check()


def cut_the_answers(context: BrowserContext, *addresses: str) -> list[str]:
    """Let the first request to each address arrive and lose its answer; return what was cut."""
    cut: list[str] = []

    def lose(route: Route) -> None:
        place = route.request.url.rsplit("/", 1)[-1]
        if place in cut:
            route.continue_()
            return
        cut.append(place)
        route.fetch()
        route.abort()

    for address in addresses:
        context.route(address, lose)
    return cut


def visit_without_signal(story: Story, number: int) -> None:
    """Fill the form with no signal at all; then both answers of the first sending are lost."""
    with story.as_("verifier", number, PHONE) as page:
        story.start(page, "填现场核查")
        cut = cut_the_answers(page.context, "**/visit/photo", "**/visit/send")
        page.context.set_offline(True)
        fill_visit(page, number)
        shot = {"name": "排口.jpg", "mimeType": "image/jpeg", "buffer": photo("outlet")}
        page.set_input_files("[data-photos]", shot)
        expect(page.locator("[data-kept] .says")).to_have_text("存在本机，等信号")
        page.get_by_role("button", name="核查通过").click()
        expect(page.locator("[data-device-head]")).to_have_text("存在本机，等信号")
        story.look(page, "a visit without signal")
        assert not SiteVisit.objects.exists()
        page.context.set_offline(False)
        page.wait_for_url(f"**{reverse('problem_closeout', args=[story.problem.pk])}", timeout=60_000)
        expect(page.locator("main")).to_contain_text("管网已通水")
        story.look(page, "after the visit")
        left = page.evaluate(
            """new Promise((done) => { const asked = indexedDB.open("dugai-visits", 1);
            asked.onsuccess = () => { const all = asked.result.transaction("photos").objectStore("photos").count();
            all.onsuccess = () => done(all.result); }; })"""
        )
    assert sorted(cut) == ["photo", "send"]
    assert left == 0
    assert (SiteVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1)


def visit_again(story: Story, number: int) -> None:
    with story.as_("verifier", number, PHONE) as page:
        story.start(page, "填现场核查")
        fill_visit(page, number)
        shot = {"name": "再看.jpg", "mimeType": "image/jpeg", "buffer": photo("again")}
        page.set_input_files("[data-photos]", shot)
        story.press(page, "核查通过")


def sign(story: Story, username: str, number: int, step: str) -> None:
    with story.as_(username, number) as page:
        story.start(page, step)
        page.fill("textarea[name=opinion]", "同意")
        story.press(page, "签字同意")


def publish(story: Story, number: int) -> None:
    with story.as_("city_clerk", number) as page:
        story.start(page, "发布公示")
        expect(page.locator(".doc-notice")).to_contain_text("完成情况：措施1：管网 6.4 公里已建成通水")
        page.fill("input[name=address]", "朔岭市政府网站/公示/12")
        page.fill("input[name=contact]", "朔岭市整改办 0000-0000000")
        story.press(page, "发布公示")


def object_and_answer(story: Story) -> None:
    with story.as_("city_clerk", 7) as page:
        story.start(page, "登记异议")
        page.fill("input[name=received_on]", "2026-03-09")
        page.fill("input[name=channel]", "电话")
        page.fill("textarea[name=content]", "雨天仍有污水味")
        page.fill("input[name=contact]", "王先生 13800000000")
        story.press(page, "登记")
    objection = Objection.objects.get()
    with story.as_("city_clerk", 8) as page:
        story.refused(page, "closeout_objection", objection.pk)
    with story.as_("city_reviewer", 9) as page:
        story.start(page, "答复异议")
        expect(page.locator("main")).to_contain_text("王先生")
        page.fill("textarea[name=answer]", "经复查为雨水井，已清掏。")
        story.press(page, "异议不成立")
        expect(page.locator("main")).not_to_contain_text("王先生")


def close(story: Story, number: int) -> str:
    """Propose and approve, by two people; return the number."""
    with story.as_("province_clerk", number) as page:
        story.start(page, "提出销号")
        story.press(page, "提出销号")
        proposal = CloseoutProposal.objects.filter(kind="close").latest("pk")
        page.goto(story.address + reverse("closeout_decide", args=[proposal.pk]))
        assert page.locator(".actbar button[value=approve]").count() == 0
    with story.as_("province_manager", number + 1) as page:
        story.start(page, "审批：销号")
        story.press(page, "批准销号")
        entry = ClosureEntry.objects.latest("pk")
        expect(page.locator("main .number h2")).to_have_text(entry.text)
    return str(entry.text)


def look_back(story: Story) -> None:
    with story.as_("supervisor", 200) as page:
        story.open(page, "look_back_new")
        page.fill("input[name=title]", "2026年第三季度回头看")
        page.fill("input[name=seed]", "2026-09-18 根")
        page.fill("input[name=due]", "2026-10-30")
        page.locator(".actbar .btn-main").click()
        page.wait_for_url("**/look-backs/*/")
        assert LookBackPlan.objects.get().population == 1
        story.look(page, "look_back_plan")
        page.get_by_role("link", name="填回访").click()
        page.wait_for_load_state()
        story.look(page, "look_back_item")
        for name, value in (("rebound", "yes"), ("in_place", "no"), ("stable", "no")):
            page.check(f"input[name={name}][value={value}]")
        page.fill("input[name=visited_on]", "2026-09-18")
        page.fill("textarea[name=findings]", "排口再次直排")
        story.press(page, "提交回访")
    assert LookBack.objects.get().rebound
    with story.as_("province_reviewer", 201) as page:
        story.start(page, "审批：重新整改")
        story.press(page, "同意")
        expect(page.locator("main")).to_contain_text("第 1 次验收已结束：已重新整改")


def test_from_done_to_a_number_and_back_and_to_the_next_number(  # noqa: PLR0915  one story, told in one go
    story: Story,
):
    cast, problem = story.cast, story.problem
    with story.as_("city_bureau_clerk", 0) as page:
        story.open(page, "problem_closeout", problem.pk)
        expect(page.locator(".gates").first).to_contain_text("措施全部完成")
        blocked = page.locator(".page-head .acts button[disabled]")
        expect(blocked).to_contain_text("还没有采纳为“已完成”")
    way.bring(cast, problem, "done")
    apply(story, 1)
    case = way.case_of(problem)
    with story.as_("province_manager", 1) as page:
        for name in ("closeout_sign", "closeout_notice", "closeout_close", "closeout_file", "closeout_visit"):
            story.refused(page, name, case.pk)
    with story.as_("city_bureau_clerk", 1) as page:
        story.refused(page, "closeout_check", case.pk)
    check(story, 1)
    visit_without_signal(story, 2)
    sign(story, "city_reviewer", 3, "市级审核签字")
    sign(story, "province_reviewer", 4, "省级核查签字")
    publish(story, 5)
    with story.as_("province_clerk", 6) as page:
        story.refused(page, "closeout_close", case.pk)
    object_and_answer(story)
    assert close(story, 14) == "江源省督改销号〔2026〕1号"
    with story.as_("province_clerk", 16) as page:
        story.open(page, "closeout")
        story.open(page, "closeout_register")
        expect(page.locator("main")).to_contain_text("江源省督改销号〔2026〕1号")
        story.start(page, "备案")
        page.fill("input[name=filed_with]", "生态环境部")
        story.press(page, "记为已备案")
        story.start(page, "进入巩固期")
        story.press(page, "进入巩固期")
        story.open(page, "consolidation")
        expect(page.locator("main")).to_contain_text("1 个问题在巩固期")
    look_back(story)
    assert fresh(problem).closure == "reopened"
    with time_machine.travel(day(202), tick=False):
        way.finish(cast, problem)
        way.prove(cast, problem)
    apply(story, 203)
    check(story, 203)
    visit_again(story, 204)
    sign(story, "city_reviewer", 205, "市级审核签字")
    sign(story, "province_reviewer", 206, "省级核查签字")
    publish(story, 207)
    assert close(story, 230) == "江源省督改销号〔2026〕2号"
    second = way.case_of(problem)
    assert (second.attempt, second.previous_id) == (2, case.pk)
    with story.as_("leader", 232, PHONE) as page:
        story.open(page, "problem_closeout", problem.pk)
        page.get_by_role("link", name="第 1 次验收").click()
        expect(page.locator(".banner").first).to_contain_text("江源省督改销号〔2026〕1号")
        for name in ("closeout", "closeout_register", "consolidation", "look_backs"):
            story.open(page, name)
        story.open(page, "look_back_plan", LookBackPlan.objects.get().pk)
    assert len(story.people) >= 6
    assert story.wrong == []
    assert story.complaints == []


def test_without_script_the_visit_goes_with_the_form(story: Story):
    case = way.bring(story.cast, story.problem, "checked_papers")
    with story.as_("verifier", 2) as page:
        plain = story.browser.new_context(
            java_script_enabled=False, storage_state=page.context.storage_state()
        ).new_page()
        plain.goto(story.address + reverse("closeout_visit", args=[case.pk]))
        fill_visit(plain, 2)
        plain.get_by_role("button", name="核查通过").click()
        expect(plain.locator(".banner[role=alert]")).to_contain_text("现场照片还差 1 张")
        assert plain.locator("input[name=place]").input_value() == "望渡县老城区柳汀河段"
        shot = {"name": "排口.jpg", "mimeType": "image/jpeg", "buffer": photo("outlet")}
        plain.set_input_files("#f-photos", shot)
        plain.get_by_role("button", name="核查通过").click()
        plain.wait_for_url(f"**{reverse('problem_closeout', args=[story.problem.pk])}")
        plain.context.close()
    assert (SiteVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1)
    assert fresh(case).waiting_for == "sign_city"


def test_a_draft_outlives_the_page_and_a_refusal_stands_beside_its_field(story: Story):
    """The page is loaded anew, the draft and its photo are there; what the server refuses is mended and sent."""
    case = way.bring(story.cast, story.problem, "checked_papers")
    with story.as_("verifier", 2, PHONE) as page:
        story.open(page, "closeout_visit", case.pk)
        page.route("**/uploads/", lambda route: route.abort())
        fill_visit(page, 2)
        page.fill("input[name=members]", "沈岩")
        shot = {"name": "排口.jpg", "mimeType": "image/jpeg", "buffer": photo("outlet")}
        page.set_input_files("[data-photos]", shot)
        expect(page.locator("[data-kept] .says")).to_have_text("存在本机，等信号")
        page.reload()
        expect(page.locator("input[name=place]")).to_have_value("望渡县老城区柳汀河段")
        expect(page.locator("[data-kept] .name")).to_have_text("排口.jpg")
        page.unroute("**/uploads/")
        page.get_by_role("button", name="核查通过").click()
        expect(page.locator("[data-error-for=members]")).to_have_text(
            "现场核查要 2 人以上，现在 1 人", timeout=30_000
        )
        story.look(page, "a refused visit")
        assert not SiteVisit.objects.exists()
        page.fill("input[name=members]", "沈岩、江月")
        story.press(page, "核查通过")
    assert (SiteVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1)
    assert story.wrong == []
