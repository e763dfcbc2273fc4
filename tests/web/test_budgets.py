"""What a page costs: the same number of queries for a few rows and for thirty, and never more than fifteen."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dugai.ledger.models import Task
from dugai.notices import services as notices
from tests.cast import Cast
from tests.web.ledger_sample import make_ledger, make_round

MOST = 15
PEOPLE = ("province_clerk", "city_reviewer", "county_clerk", "verifier", "leader", "supervisor")
PAGES = ("today", "wall", "tasks", "problems", "board", "inspections", "messages")
pytestmark = pytest.mark.django_db


def cost(person, address: str) -> tuple[int, list[str]]:
    """Return how many queries a page costs somebody who has just come in, and the queries."""
    client = Client()
    client.force_login(person)
    client.get(reverse("messages"))  # the first request of a session notes when it was seen
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        response = client.get(address)
    assert response.status_code == 200, address
    sql = [
        query["sql"]
        for query in seen.captured_queries
        if query["sql"].startswith(("SELECT", "UPDATE", "INSERT"))
    ]
    return len(sql), sql


def costs(cast: Cast) -> dict[str, int]:
    found = {}
    for name in PEOPLE:
        for page in PAGES:
            found[f"{page} {name}"], _ = cost(cast.users[name], reverse(page))
    return found


def test_a_list_costs_the_same_with_few_rows_and_with_many(cast: Cast):
    problems = make_ledger(cast, problems=9)  # so many that everybody has a task that is late
    round_ = make_round(cast)
    notices.deliver()
    one = costs(cast)
    more = make_ledger(cast, problems=25, code="JY4")
    assert len(problems) + len(more) == 34
    notices.deliver()
    many = costs(cast)
    assert many == one
    assert {page: n for page, n in many.items() if n > MOST} == {}
    assert round_.state == "open"


def test_one_problem_and_one_task_stay_within_the_budget(cast: Cast):
    problem = make_ledger(cast, problems=3)[1]
    make_round(cast)
    task = Task.objects.unscoped("a test looks at its own row").filter(problem=problem)[0]
    for name, args in (("problem", [problem.pk]), ("measure", [task.measure_id]), ("task", [task.pk])):
        count, sql = cost(cast.city_reviewer, reverse(name, args=args))
        assert count <= MOST, "\n".join(sql)


def test_filters_sorts_and_further_pages_stay_within_the_budget(cast: Cast):
    make_ledger(cast, problems=31)
    make_round(cast)
    viewer = cast.province_clerk
    first, _ = cost(viewer, reverse("tasks"))
    county = f"{reverse('tasks')}?region={cast.county.pk}"
    for query in (
        "",
        "&lamp=overdue,behind",
        "&sort=due",
        "&closure=unclosed&sector=水环境",
        "&q=管网",
        "&progress=done",
    ):
        count, sql = cost(viewer, county + query)
        assert count <= MOST, query + "\n" + "\n".join(sql)
    client = Client()
    client.force_login(viewer)
    after = client.get(reverse("tasks")).context["pager"]["after"]
    assert cost(viewer, after)[0] <= first
