"""The frame in a real browser: it can be read by everyone, used by keyboard, and runs nothing of its own in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dugai.notices import services as notices
from dugai.web import navigation
from tests.cast import Cast, make_cast, task_of
from tests.web.ledger_sample import make_ledger, make_round, progress_some

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1440, 390)


@pytest.fixture
def world(db) -> tuple[Cast, dict[str, str]]:
    """A ledger, a round, messages; and the addresses of the pages to look at."""
    cast = make_cast()
    problems = make_ledger(cast, problems=12)
    progress_some(cast)
    make_round(cast)
    notices.deliver()
    task = task_of(problems[0])
    addresses = {
        name: reverse(name) for name in ("today", "tasks", "problems", "board", "messages", "inspections")
    }
    addresses |= {
        "problem": reverse("problem", args=[problems[0].pk]),
        "measure": reverse("measure", args=[task.measure_id]),
        "task": reverse("task", args=[task.pk]),
        "more": reverse("tasks") + "?more=1&lamp=overdue",
        "sectors": reverse("board") + "?by=sector",
        "missing": "/no-such-page",
    }
    return cast, addresses


def sign_in(page: Page, live_server, person) -> list[str]:
    """Give the browser a session and collect what its console complains about."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def faults(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_can_be_read_by_everyone(page: Page, live_server, world, width):
    cast, addresses = world
    complaints = sign_in(page, live_server, cast.city_reviewer)
    page.set_viewport_size({"width": width, "height": 900})
    wrong = []
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        wrong += [f"{name}: {fault}" for fault in faults(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            wrong.append(f"{name}: {wide} px wider than the screen")
    assert wrong == []
    expected = [line for line in complaints if "404" not in line]
    assert expected == []


@pytest.mark.parametrize("person", ["city_reviewer", "audit_admin"])
def test_every_place_of_the_navigation_opens_and_fits_a_phone(page: Page, live_server, world, person):
    """Whatever stands in the navigation answers, fits both widths, and can be read by everyone on a phone."""
    viewer = world[0].users[person]
    complaints = sign_in(page, live_server, viewer)
    shelves = (navigation.FIRST, navigation.LOOP, navigation.COMMON, navigation.KEEPING, navigation.ACCOUNT)
    links = [link for shelf in shelves for link in navigation.links(shelf, viewer.role, "")]
    assert len(links) > 5
    wrong = []
    for link in links:
        answer = page.goto(live_server.url + link.url)
        if answer is None or answer.status != 200:
            wrong.append(f"{link.word}: does not open")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                wrong.append(f"{link.word} at {width}: {wide} px wider than the screen")
        wrong += [f"{link.word}: {fault}" for fault in faults(page)]
    assert wrong == []
    assert complaints == []


@pytest.mark.parametrize("person", ["county_clerk", "leader", "verifier", "system_admin", "public"])
def test_every_home_can_be_read_by_everyone(page: Page, live_server, world, person):
    cast, addresses = world
    complaints = sign_in(page, live_server, cast.users[person])
    page.goto(live_server.url + addresses["today"])
    assert faults(page) == []
    assert complaints == []


def test_the_list_is_used_by_keyboard(page: Page, live_server, world):
    cast, addresses = world
    complaints = sign_in(page, live_server, cast.city_reviewer)
    page.goto(live_server.url + addresses["tasks"])
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("tbody tr").nth(1).locator("a").get_attribute("href")
    assert page.evaluate("document.activeElement.getAttribute('href')") == second
    page.keyboard.press("x")
    assert page.locator("#bulk [data-chosen]").inner_text() == "已选 1 项"
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator("tr[aria-selected=true]").count() == 2
    page.get_by_role("button", name="只看所选").click()
    page.wait_for_url("**ids=**")
    assert page.locator("tbody tr").count() == 2
    assert complaints == []


def test_a_filter_changes_the_list_and_the_address_without_a_new_page(page: Page, live_server, world):
    cast, addresses = world
    complaints = sign_in(page, live_server, cast.city_reviewer)
    page.goto(live_server.url + addresses["tasks"])
    page.evaluate("window.sameDocument = true")
    page.locator(".seg a", has_text="临期").click()
    page.wait_for_url("**lamp=soon")
    page.locator("#f-region").select_option(label="望渡县")
    page.wait_for_url("**region=*")
    assert page.evaluate("window.sameDocument") is True
    assert set(page.locator("tbody .lamp").all_inner_texts()) == {"临期"}
    assert "=&" not in page.url
    assert not page.url.endswith("=")
    page.go_back()
    page.wait_for_url("**lamp=soon")
    assert page.locator("h1").inner_text() == "任务台账"
    assert complaints == []


def test_menus_close_and_a_question_is_asked_first(page: Page, live_server, world):
    cast, addresses = world
    sign_in(page, live_server, cast.city_reviewer)
    page.goto(live_server.url + addresses["tasks"] + "?lamp=soon")
    menu = page.locator(".views details:has(summary:text-is('存为视图'))")
    menu.locator("summary").click()
    page.locator("#view-name").fill("临期的")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state()
    assert page.locator(".views a[aria-current]").inner_text() == "临期的"
    menu.locator("summary").click()
    menu.get_by_role("button", name="临期的").click()
    dialog = page.locator("#confirm")
    assert dialog.is_visible()
    assert "临期的" in dialog.inner_text()
    dialog.get_by_role("button", name="取消").click()
    assert not dialog.is_visible()
    assert menu.evaluate("one => one.open") is True
    page.keyboard.press("Escape")
    assert menu.evaluate("one => one.open") is False
    menu.locator("summary").click()
    menu.get_by_role("button", name="临期的").click()
    dialog.get_by_role("button", name="删掉").click()
    page.wait_for_url("**/tasks/")
    assert page.locator(".views a", has_text="临期的").count() == 0


def test_a_lost_line_is_said_in_words(page: Page, live_server, world):
    cast, addresses = world
    sign_in(page, live_server, cast.city_reviewer)
    page.goto(live_server.url + addresses["tasks"])
    page.context.set_offline(True)
    page.locator(".seg a", has_text="临期").click()
    page.get_by_text("网络断了，这一步没有送到").wait_for()
    page.get_by_role("button", name="知道了").click()
    assert page.locator("[data-toast]").count() == 0


def test_paper_shows_the_list_and_not_the_frame(page: Page, live_server, world):
    cast, addresses = world
    sign_in(page, live_server, cast.city_reviewer)
    page.emulate_media(media="print")
    for name in ("today", "tasks", "problem"):
        page.goto(live_server.url + addresses[name])
        for part in (".top", ".side", ".tabs", ".filters", ".views", ".acts", "#toasts"):
            assert not any(one.is_visible() for one in page.locator(part).all()), (name, part)
        assert page.locator("h1").is_visible()
        assert page.locator("table").first.is_visible()
