"""A site visit where there is no signal at all: the page that was opened once opens again, for its owner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, expect

from dugai.acceptance.models import SiteVisit, VisitPhoto
from tests import closeout as way
from tests.browser.test_closeout import PHONE, Story, fill_visit
from tests.cast import make_cast, make_problem
from tests.pictures import photo

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const room = await caches.open(name);
    found[name] = (await room.keys()).map((one) => new URL(one.url).pathname);
  }
  return found;
}"""


@pytest.fixture
def story(browser, live_server) -> Story:
    cast = make_cast()
    return Story(browser, live_server.url, cast, make_problem(cast))


def place(story: Story) -> str:
    """Bring the problem to its visit; return the address of the form."""
    case = way.bring(story.cast, story.problem, "checked_papers")
    return story.address + reverse("closeout_visit", args=[case.pk])


def open_with_signal(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-away=kept]")).to_contain_text("没有信号、关掉以后也能再打开")


def rooms(page: Page) -> dict[str, list[str]]:
    """Return what the device keeps of pages and files, by account."""
    return {name: held for name, held in page.evaluate(KEPT).items() if name.startswith("dugai-visit-")}


def other_session(context: BrowserContext, story: Story, username: str) -> None:
    """Let somebody else be signed in in the same browser."""
    client = Client()
    client.force_login(story.cast.users[username])
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": story.address}])


def test_a_visit_is_opened_filled_and_kept_without_signal_and_sent_once(story: Story):
    address = place(story)
    with story.as_("verifier", 2, PHONE) as page:
        open_with_signal(page, address)
        context = page.context
        context.set_offline(True)
        page.reload()
        expect(page.locator("h1")).to_have_text("现场核查")
        expect(page.locator("[data-away=kept]")).to_be_visible()
        assert page.locator(".actbar .btn-main").evaluate("one => getComputedStyle(one).minHeight") != "0px"
        fill_visit(page, 2)
        shot = {"name": "排口.jpg", "mimeType": "image/jpeg", "buffer": photo("outlet")}
        page.set_input_files("[data-photos]", shot)
        expect(page.locator("[data-kept] .says")).to_have_text("存在本机，等信号")
        story.look(page, "a visit page out of the worker")
        page.close()
        again = context.new_page()
        again.goto(address)
        expect(again.locator("input[name=place]")).to_have_value("望渡县老城区柳汀河段")
        expect(again.locator("[data-kept] .name")).to_have_text("排口.jpg")
        again.get_by_role("button", name="核查通过").click()
        expect(again.locator("[data-device-head]")).to_have_text("存在本机，等信号")
        again.close()
        last = context.new_page()
        last.goto(address)
        expect(last.locator("[data-kept] .name")).to_have_text("排口.jpg")
        assert not SiteVisit.objects.exists()
        context.set_offline(False)
        last.wait_for_url(f"**{reverse('problem_closeout', args=[story.problem.pk])}", timeout=60_000)
        expect(last.locator("main")).to_contain_text("管网已通水")
    assert (SiteVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1)
    assert story.wrong == []
    assert story.complaints == []


def test_only_the_visit_is_kept_and_signing_out_empties_it(story: Story):
    address = place(story)
    with story.as_("verifier", 2, PHONE) as page:
        open_with_signal(page, address)
        for name in ("today", "tasks", "closeout"):
            page.goto(story.address + reverse(name))
        page.goto(address)
        expect(page.locator("[data-away=kept]")).to_be_visible()
        (held,) = rooms(page).values()
        pages = [path for path in held if not path.startswith("/static/")]
        assert pages == [address.removeprefix(story.address)]
        assert any(path.endswith("visit-store.js") for path in held)
        page.locator("details.who summary").click()
        page.get_by_role("button", name="退出").click()
        page.wait_for_url("**/sign-in/")
        page.wait_for_function(
            f"async () => !Object.keys(await ({KEPT})()).some((one) => /^dugai-/.test(one))"
        )
        page.context.set_offline(True)
        with pytest.raises(Error, match="ERR_"):
            page.goto(address)


def test_an_answer_goes_before_what_is_kept_and_another_account_sees_nothing(story: Story):
    address = place(story)
    with story.as_("verifier", 2, PHONE) as page:
        open_with_signal(page, address)
        context = page.context
        context.clear_cookies()
        page.goto(address)
        page.wait_for_url("**/sign-in/**")
        other_session(context, story, "county_clerk")
        page.goto(story.address + reverse("today"))
        page.wait_for_function(
            f"async () => !Object.keys(await ({KEPT})()).some((one) => /-visit-/.test(one))"
        )
        context.set_offline(True)
        with pytest.raises(Error, match="ERR_"):
            page.goto(address)


def test_a_session_that_ran_out_loses_no_photo(story: Story):
    """Signal is back but the session is over: nothing is refused, and signing in again sends everything."""
    address = place(story)
    with story.as_("verifier", 2, PHONE) as page:
        open_with_signal(page, address)
        context = page.context
        context.set_offline(True)
        fill_visit(page, 2)
        shot = {"name": "排口.jpg", "mimeType": "image/jpeg", "buffer": photo("outlet")}
        page.set_input_files("[data-photos]", shot)
        page.get_by_role("button", name="核查通过").click()
        expect(page.locator("[data-device-head]")).to_have_text("存在本机，等信号")
        context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        context.set_offline(False)
        expect(page.locator("[data-device-head]")).to_have_text("请先登录，再接着送", timeout=30_000)
        expect(page.locator("[data-kept] .says")).to_have_text("存在本机，等信号")
        story.look(page, "a visit whose session ran out")
        page.get_by_role("link", name="去登录").click()
        page.wait_for_url("**/sign-in/**")
        other_session(context, story, "verifier")
        page.goto(address)
        page.wait_for_url(f"**{reverse('problem_closeout', args=[story.problem.pk])}", timeout=60_000)
    assert (SiteVisit.objects.count(), VisitPhoto.objects.count()) == (1, 1)
    assert story.wrong == []
