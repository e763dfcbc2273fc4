"""The schedule: bars, nodes by state, the same in a table, for those who may see the tasks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from dugai.insight.queries_schedule import Scheduled
from dugai.kernel import clock
from dugai.ledger.models import Task
from dugai.web import charts_gantt
from tests.cast import Cast
from tests.web.ledger_sample import make_ledger
from tests.web.test_budgets import MOST, cost

pytestmark = pytest.mark.django_db


def page_of(person, address: str):
    client = Client()
    client.force_login(person)
    return client.get(address)


def test_the_schedule_of_a_problem_draws_its_tasks_and_says_them(cast: Cast):
    problem = make_ledger(cast, problems=4)[0]
    page = page_of(cast.city_reviewer, reverse("problem_gantt", args=[problem.pk]))
    text = page.content.decode()
    tasks = Task.objects.visible_to(cast.city_reviewer).filter(problem=problem, is_leaf=True)
    assert len(page.context["gantt"].bars) == tasks.count() > 0
    for task in tasks:
        assert reverse("task", args=[task.pk]) in text
    assert "今天" in text


def test_the_schedule_of_a_list_keeps_its_filters(cast: Cast):
    make_ledger(cast, problems=31)
    page = page_of(cast.city_reviewer, f"{reverse('gantt')}?lamp=overdue")
    assert {bar.lamp for bar in page.context["gantt"].bars} == {"overdue"}
    everything = page_of(cast.county_clerk, reverse("gantt"))
    own = Task.objects.visible_to(cast.county_clerk).filter(is_leaf=True).exclude(lamp="closed").count()
    assert len(everything.context["gantt"].bars) == own
    empty = page_of(cast.city_reviewer, f"{reverse('gantt')}?q=没有这样的任务")
    assert "没有可以画的任务" in empty.content.decode()


def test_nodes_differ_by_state_and_stay_in_the_box(cast: Cast):
    make_ledger(cast, problems=2)
    today = clock.today()
    task = Task.objects.visible_to(cast.city_reviewer).filter(is_leaf=True).first()
    day = dt.timedelta(days=1)
    task.due = today + 400 * day

    class Node:
        def __init__(self, due: dt.date, met_on: dt.date | None = None) -> None:
            self.due, self.met_on = due, met_on

    nodes = [Node(today - 40 * day, today - 50 * day), Node(today - 20 * day), Node(today + 30 * day)]
    chart = charts_gantt.gantt([Scheduled(task, today - 3000 * day, nodes)], today)
    bar = chart.bars[0]
    assert [node.state for node in bar.nodes] == ["met", "missed", "ahead"]
    assert len({node.word for node in bar.nodes}) == 3
    assert float(bar.x) >= charts_gantt.LEFT
    assert float(bar.x) + float(bar.width) <= charts_gantt.RIGHT
    assert 3 <= len(chart.months) <= 20


def test_a_schedule_stays_within_the_budget(cast: Cast):
    make_ledger(cast, problems=31)
    problem = Task.objects.visible_to(cast.county_clerk).first().problem
    for person in ("province_clerk", "county_clerk", "verifier", "leader"):
        for address in (reverse("gantt"), reverse("problem_gantt", args=[problem.pk])):
            count, sql = cost(cast.users[person], address)
            assert count <= MOST, (person, address, "\n".join(sql))
