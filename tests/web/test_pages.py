"""Pages and their fragments: what they show, to whom, and how they answer htmx."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from dugai.kernel import clock
from dugai.ledger.models import SavedView, Task
from dugai.notices import services as notices
from dugai.people import services as people
from tests.cast import Cast, make_problem, task_of
from tests.web.ledger_sample import make_ledger, make_round

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_fragment_is_the_inside_of_its_page(cast: Cast):
    make_ledger(cast, problems=4)
    client = client_of(cast.city_reviewer)
    for name in ("tasks", "problems"):
        page = client.get(reverse(name)).content.decode()
        fragment = client.get(reverse(name), **HTMX).content.decode()
        assert "<html" in page
        assert "<html" not in fragment
        clean = lambda text: re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)  # noqa: E731
        assert clean(fragment).strip() in clean(page)
        back = client.get(reverse(name), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
        assert "<html" in back.content.decode()


def test_no_page_holds_script_or_style(cast: Cast):
    problem = make_ledger(cast, problems=4)[0]
    make_round(cast)
    task = Task.objects.unscoped("a test looks at its own row").first()
    client = client_of(cast.province_clerk)
    addresses = [reverse(name) for name in ("today", "tasks", "problems", "board", "inspections", "messages")]
    addresses += [reverse("problem", args=[problem.pk]), reverse("task", args=[task.pk]), "/no-such-page"]
    for address in addresses:
        text = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text), address


def test_the_navigation_leads_only_where_the_viewer_may_go(cast: Cast):
    make_ledger(cast, problems=1)
    for name, person in cast.users.items():
        client = client_of(person)
        page = client.get(reverse("today"))
        assert page.status_code == 200, name
        side = page.content.decode().split('class="side"')[1].split("</nav>")[0]
        tabs = page.content.decode().split('class="tabs"')[1].split("</nav>")[0]
        for address in re.findall(r'href="([^"]+)"', side + tabs):
            assert client.get(address, follow=True).status_code == 200, (name, address)


def test_a_refusal_reaches_htmx_as_words_in_the_corner(cast: Cast):
    client = client_of(cast.system_admin)
    response = client.get(reverse("tasks"), **HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (403, "#toasts")
    assert "<html" not in response.content.decode()
    assert "整改台账" in response.content.decode()


def test_error_pages_stand_in_the_frame_for_everyone(cast: Cast):
    signed_in = client_of(cast.county_clerk).get("/no-such-page")
    assert signed_in.status_code == 404
    assert 'class="side"' in signed_in.content.decode()
    stranger = Client().get("/no-such-page")
    assert stranger.status_code == 404
    assert 'class="side"' not in stranger.content.decode()
    assert "没有这一项" in stranger.content.decode()


def test_what_is_hidden_and_what_never_was_look_alike(cast: Cast):
    problem = make_problem(cast)
    client = client_of(cast.neighbour_clerk)
    hidden = client.get(reverse("problem", args=[problem.pk])).content.decode()
    missing = client.get(reverse("problem", args=[10**9])).content.decode()
    token = re.compile(r'("X-CSRFToken": "|value=")\w+')
    assert token.sub("", hidden) == token.sub("", missing)


def test_a_problem_shows_its_words_its_axes_and_its_tree(cast: Cast):
    problem = make_problem(cast)
    task = task_of(problem)
    response = client_of(cast.county_clerk).get(reverse("problem", args=[problem.pk]))
    text = response.content.decode()
    assert problem.text in text
    for words in (
        "时间状态",
        "进展",
        "闭环",
        "公布口径",
        "牵头单位",
        "朔岭市住建局",
        "督导单位",
        "6.4 公里",
        "问题入账",
    ):
        assert words in text, words
    assert reverse("task", args=[task.pk]) in text
    assert [stage.here for stage in response.context["stages"]].count(True) == 1


def test_a_task_says_why_its_lamp_is_lit(cast: Cast):
    task = task_of(make_problem(cast, when="2026年1月底前"))
    late = (clock.today() - task.due).days
    text = client_of(cast.county_clerk).get(reverse("task", args=[task.pk])).content.decode()
    assert f"因 超 {late} 天" in text


def test_a_view_is_kept_written_over_and_forgotten(cast: Cast):
    make_ledger(cast, problems=2)
    client = client_of(cast.county_clerk)
    sent = {"page": "tasks", "name": "快到期", "query": "lamp=soon&region=nonsense&evil=1"}
    assert client.post(reverse("save_view"), sent)["Location"] == "/tasks/?lamp=soon"
    client.post(reverse("save_view"), {**sent, "query": "lamp=soon,overdue"})
    view = SavedView.objects.get()
    assert view.query == "lamp=overdue%2Csoon"
    assert "快到期" in client.get(reverse("tasks")).content.decode()
    assert client_of(cast.county_reviewer).post(reverse("delete_view", args=[view.pk])).status_code == 404
    assert SavedView.objects.count() == 1
    client.post(reverse("delete_view", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_chosen_rows_become_a_list_of_their_own(cast: Cast):
    make_ledger(cast, problems=4)
    client = client_of(cast.province_clerk)
    rows = client.get(reverse("tasks")).context["rows"][:3]
    chosen = client.get(reverse("tasks"), {"ids": [row.it.pk for row in rows]}).context["rows"]
    assert [row.it.pk for row in chosen] == [row.it.pk for row in rows]


def test_a_message_is_opened_once_and_leads_to_its_page(cast: Cast):
    task = task_of(make_problem(cast))
    notices.deliver()
    client = client_of(cast.county_clerk)
    page = client.get(reverse("messages"))
    (shown,) = page.context["messages_"]
    assert '<span class="pip"' in page.content.decode()
    opened = client.post(reverse("open_message", args=[shown.it.pk]))
    assert opened["Location"] == reverse("task", args=[task.pk])
    assert '<span class="pip"' not in client.get(reverse("messages")).content.decode()
    assert (
        client_of(cast.neighbour_clerk).post(reverse("open_message", args=[shown.it.pk])).status_code == 404
    )


def test_a_deputy_changes_posts_and_comes_back(cast: Cast):
    today = clock.today()
    people.appoint_deputy(
        actor=cast.city_reviewer,
        principal=cast.city_reviewer,
        deputy=cast.city_clerk,
        starts_on=today,
        ends_on=today,
        reason="出差",
    )
    client = client_of(cast.city_clerk)
    home = client.get(reverse("today")).content.decode()
    number = re.search(r'name="deputy" value="(\d+)"', home)
    assert number is not None
    client.post(reverse("switch_post"), {"deputy": number[1]})
    assert "代理 罗平" in client.get(reverse("today")).content.decode()
    client.post(reverse("switch_post"), {"deputy": ""})
    assert "代理 罗平 · " not in client.get(reverse("today")).content.decode()
    refused = client_of(cast.county_clerk).post(reverse("switch_post"), {"deputy": number[1]})
    assert refused.status_code == 422
