"""A list keeps its shape: the columns somebody chose, and an export that is the list on the screen."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from dugai.ledger.models import Measure, SavedView, Task
from tests.cast import Cast
from tests.web.ledger_sample import make_ledger

pytestmark = pytest.mark.django_db
HEAD_ROWS = 3


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def exported(client: Client, query: str) -> list[tuple[str, ...]]:
    """Return the rows of an exported workbook, without its head."""
    answer = client.get(f"{reverse('ledger_export')}?{query}")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return list(sheet.iter_rows(min_row=HEAD_ROWS + 1, values_only=True))


@pytest.mark.parametrize("page", ["tasks", "problems"])
@pytest.mark.parametrize("person", ["city_reviewer", "county_clerk", "verifier"])
def test_an_export_has_the_rows_of_the_list(cast: Cast, page: str, person: str):
    make_ledger(cast, problems=31)
    client = client_of(cast.users[person])
    questions = (
        "",
        "lamp=overdue,behind",
        "closure=unclosed&sort=due",
        "unit=望渡县住建局",
        "q=矿山&source_class=central",
        f"region={cast.county.pk}&due_from=2020-01-01",
        "sector=水环境&lamp=soon",
    )
    for question in questions:
        shown = client.get(f"{reverse(page)}?{question}")
        rows = exported(client, f"list={page}&{question}")
        assert str(len(rows)) == shown.context["total"], question
        codes = [row.it.code for row in shown.context["rows"]]
        assert [row[1] for row in rows[: len(codes)]] == codes, question


def test_the_measures_behind_a_list_are_those_of_its_tasks(cast: Cast):
    make_ledger(cast, problems=9)
    viewer = cast.city_reviewer
    tasks = Task.objects.visible_to(viewer).filter(lamp="overdue")
    behind = Measure.objects.visible_to(viewer).filter(tasks__in=tasks).distinct().count()
    rows = exported(client_of(viewer), "list=tasks&form=measures&lamp=overdue")
    assert len(rows) == behind > 0


def test_chosen_columns_stand_and_the_others_do_not(cast: Cast):
    make_ledger(cast, problems=4)
    client = client_of(cast.city_reviewer)
    head = client.get(f"{reverse('tasks')}?cols=owner&cols=closure").content.decode()
    head = head.split("<thead>")[1].split("</thead>")[0]
    assert "责任单位" in head
    assert "闭环状态" in head
    assert "编号" not in head
    usual = client.get(f"{reverse('tasks')}?cols=no-such").content.decode()
    assert "公布口径" in usual.split("<thead>")[1].split("</thead>")[0]


def test_a_saved_view_remembers_its_columns(cast: Cast):
    make_ledger(cast, problems=4)
    client = client_of(cast.city_reviewer)
    page = client.get(f"{reverse('tasks')}?cols=owner&cols=last&lamp=overdue")
    values = {"page": "tasks", "query": page.context["query"], "name": "超期简表"}
    client.post(reverse("save_view"), values)
    assert SavedView.objects.get().query == "lamp=overdue&cols=owner%2Clast"
    again = client.get(f"{reverse('tasks')}?{SavedView.objects.get().query}")
    assert again.context["cols"] == {"owner", "last"}
