"""Signing in and the administrators' pages in a real browser: no faults of access, nothing wider than the screen."""

from __future__ import annotations

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe

from dugai.kernel import clock
from dugai.people import services, services_organisation
from dugai.people.models import SignInAttempt
from tests.cast import PASSWORD, Cast
from tests.service.test_staging import book

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def faults(page) -> list[str]:
    """Return what is wrong with the page that is shown, at desktop and phone width."""
    found = []
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for violation in Axe().run(page, options=RULES).response["violations"]:
            found += [f"{width} {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{width}: {wide} px too wide")
    return found


def sign_in(page, live_server, name: str) -> None:
    """Sign in as a person does, without touching the mouse."""
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in/")
    page.fill("#id_username", name)
    page.press("#id_username", "Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/")


def test_pages_of_people_are_open_to_everybody(cast: Cast, live_server, page, settings):
    settings.DUGAI_DEMO, settings.DUGAI_DEMO_PASSWORD = True, PASSWORD
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    group = services_organisation.add_group(
        actor=cast.system_admin, organisation_id=cast.county.pk, name="整改工作领导小组", kind="leading"
    )
    services_organisation.add_member(
        actor=cast.system_admin, group_id=group.pk, user=cast.county_reviewer, position="head"
    )
    today = clock.today()
    services.appoint_deputy(
        actor=cast.county_clerk,
        principal=cast.county_clerk,
        deputy=cast.county_reviewer,
        starts_on=today,
        ends_on=today + dt.timedelta(days=5),
        reason="外出",
    )
    found: dict[str, list[str]] = {}

    def look(path: str) -> None:
        page.goto(f"{live_server.url}{path}")
        found[path] = faults(page)

    look("/sign-in/")
    page.click("text=孟晴")
    assert page.input_value("#id_username") == "county_clerk"
    for person, paths in {
        "county_clerk": [
            "/account/",
            "/account/password/",
            "/account/totp/",
            "/account/sessions/",
            "/account/deputies/",
        ],
        "system_admin": [
            f"/organisations/{cast.county.pk}/",
            f"/organisations/{cast.county.pk}/add/",
            "/organisations/?q=望渡",
            f"/groups/{group.pk}/",
            "/people/",
            f"/people/{cast.county_clerk.pk}/",
            f"/people/{cast.county_clerk.pk}/edit/",
            "/people/import/people/",
            "/confirm/",
        ],
    }.items():
        sign_in(page, live_server, person)
        for path in paths:
            look(path)
    page.goto(f"{live_server.url}/people/import/people/")
    rows = (("登录名", "姓名", "单位编码", "角色"), ("zs", "张三", "990121ZJ", "单位填报"), ("ls", "李四", "9", "科长"))
    page.set_input_files("#id_file", {"name": "人员.xlsx", "mimeType": "application/zip", "buffer": book(*rows)})
    page.click("text=上传并检查")
    found["a staged workbook"] = faults(page)
    page.click("text=录入 1 行")
    page.click("dialog >> text=录入 1 行")
    page.wait_for_selector("text=已录入 1 行人员")
    for number in range(5):
        SignInAttempt.objects.create(
            at=clock.now(), username="county_clerk", address=f"10.9.9.{number}", succeeded=False, reason="password"
        )
    sign_in(page, live_server, "security_admin")
    look("/security/")
    assert page.is_visible("text=5 次")
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert complaints == []


def test_signing_in_works_without_script(cast: Cast, live_server, browser):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/account/")
    page.fill("#id_username", "county_clerk")
    page.fill("#id_password", "wrong")
    page.click("button.gate-go")
    assert "登录名或密码不对" in page.inner_text("main")
    page.fill("#id_password", PASSWORD)
    page.click("button.gate-go")
    page.wait_for_url(f"{live_server.url}/account/")
    assert "我的账号" in page.inner_text("h1")
    context.close()
