"""Photographs go in through the page, are paired, compared by keyboard and reviewed by another unit."""

from __future__ import annotations

import hashlib

import pytest

from dugai.evidence.models import Evidence, Reading
from dugai.management.working import run_one
from tests.browser.test_people_pages import faults, sign_in
from tests.cast import Cast, make_problem
from tests.pictures import photo

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = (26.2, 103.7)


def work_off() -> None:
    """Do what the worker would do now."""
    while run_one() is not None:
        pass


def chosen(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def hand_in(page, live_server, problem, phase: str, name: str, data: bytes, when: str) -> None:
    """Send one photograph in through the form, in pieces."""
    page.goto(f"{live_server.url}/problems/{problem.pk}/evidence/new?slot=photos&phase={phase}")
    page.set_input_files("#f-files", chosen(name, data))
    page.wait_for_selector("[data-upload-list] [data-done]")
    page.fill("#id_claimed_at", when)
    page.fill("#id_place", "柳汀河北岸")
    page.fill("#id_latitude", "26.123456")
    page.fill("#id_longitude", "103.654321")
    page.click("text=提交 >> nth=-1")
    page.wait_for_url(f"{live_server.url}/problems/{problem.pk}/evidence/#s-photos")


def move_the_edge(page) -> None:
    """Compare the two views by keyboard alone."""
    slider = page.locator("[data-compare] input[type=range]")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert slider.input_value() == "60"
    assert "40%" in page.locator(".laid .over").evaluate("node => node.style.clipPath")
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "整改前占 0%"


def review(page, live_server, first: Evidence, second: Evidence) -> dict[str, list[str]]:
    """Accept the one and send the other back, as a person of another unit; return the faults of the pages."""
    page.goto(f"{live_server.url}/evidence/")
    found = {"queue": faults(page)}
    page.click("table a >> nth=0")
    page.click("button[value=send_back]")
    page.wait_for_selector("text=请写明退回的原因")
    found["a form with an error"] = faults(page)
    page.fill("#f-opinion", "看得清")
    page.click("button[value=accept]")
    page.wait_for_url(f"{live_server.url}/evidence/{second.pk}/")
    page.fill("#f-opinion", "定位不在现场，请说明")
    page.click("button[value=send_back]")
    page.wait_for_selector("text=已退回")
    return found


def test_two_photographs_become_a_reviewed_pair(cast: Cast, live_server, page):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    problem = make_problem(cast)
    found: dict[str, list[str]] = {}
    sign_in(page, live_server, "county_clerk")
    page.goto(f"{live_server.url}/problems/{problem.pk}/evidence/")
    assert page.is_visible("text=申请验收前还差")
    found["nothing yet"] = faults(page)
    page.goto(f"{live_server.url}/problems/{problem.pk}/evidence/new")
    found["form"] = faults(page)
    before = photo("before", taken="2026:03:01 09:30:00")
    after = photo("after", colour="#4f8a5b", taken="2026:09:01 09:31:00", place=ELSEWHERE)
    hand_in(page, live_server, problem, "before", "整改前.jpg", before, "2026-03-01T09:30")
    hand_in(page, live_server, problem, "after", "整改后.jpg", after, "2026-09-20T10:00")
    work_off()
    first, second = Evidence.objects.unscoped("a test").order_by("pk")
    assert Reading.objects.count() == 2
    page.goto(f"{live_server.url}/evidence/{second.pk}/")
    assert page.is_visible("text=填报的与文件里的对不上")
    assert "9.7 公里" in page.inner_text("main")
    found["one piece"] = faults(page)
    page.click("text=配成一组")
    page.wait_for_selector(".laid")
    move_the_edge(page)
    found["the pair"] = faults(page)
    sign_in(page, live_server, "verifier")
    found |= review(page, live_server, first, second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, first.reviewer) == ("accepted", "returned", cast.verifier)
    page.goto(f"{live_server.url}/problems/{problem.pk}/evidence/")
    found["the checklist"] = faults(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    assert [said for said in complaints if "422" not in said] == []


def test_a_lost_line_is_waited_for_and_the_file_goes_on(cast: Cast, live_server, page):
    """Every second piece is cut off on its way; the file arrives whole all the same."""
    problem, tried = make_problem(cast), []
    sign_in(page, live_server, "county_clerk")

    def half_the_time(route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        tried.append(route.request.headers["upload-offset"])
        route.abort() if len(tried) % 2 else route.continue_()

    page.goto(f"{live_server.url}/problems/{problem.pk}/evidence/new?slot=self_report")
    page.route("**/uploads/**", half_the_time)
    data = bytes(range(32, 127)) * 100_000
    page.set_input_files("#f-files", {"name": "大.txt", "mimeType": "text/plain", "buffer": data})
    page.wait_for_selector("[data-upload-list] [data-done]", timeout=60_000)
    page.click(".actbar button")
    page.wait_for_url("**/evidence/#s-self_report")
    (one,) = Evidence.objects.unscoped("a test")
    assert one.file.blob_id == hashlib.sha256(data).hexdigest()
    assert len(tried) == 2 * len(set(tried)) == 6


def test_without_script_a_file_goes_in_with_the_form(cast: Cast, live_server, browser, page):
    problem = make_problem(cast)
    sign_in(page, live_server, "county_clerk")
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{live_server.url}/problems/{problem.pk}/evidence/new?slot=photos&phase=before")
    plain.set_input_files("#f-files", chosen("整改前.jpg", photo("before")))
    plain.click(".actbar button")
    plain.wait_for_url("**/evidence/#s-photos")
    (one,) = Evidence.objects.unscoped("a test")
    assert (one.file.name, one.phase, one.title) == ("整改前.jpg", "before", "整改前")
    context.close()
