"""`q` of the lists goes through the word index: complete, scoped, and not row by row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dugai.ledger.models import Problem, Task
from tests.api.world import api_of
from tests.web.ledger_sample import make_ledger

pytestmark = pytest.mark.django_db


def test_words_are_found_through_the_index_and_in_sight_alone(cast):
    make_ledger(cast, problems=12)
    api = api_of(cast.city_reviewer)
    with CaptureQueriesContext(connection) as seen:
        found = api.get("/problems", q="矿山", limit=100).json()["items"]
    expected = Problem.objects.unscoped("test").filter(text__contains="矿山").values_list("pk", flat=True)
    assert {one["id"] for one in found} == set(expected)
    assert found
    assert any("dugai_search" in query["sql"] for query in seen.captured_queries)
    assert not any("text" in query["sql"] and "LIKE" in query["sql"] for query in seen.captured_queries)
    tasks = api.get("/tasks", q="矿山 望渡县", limit=100).json()["items"]
    both = Task.objects.unscoped("test").filter(title__contains="矿山").filter(title__contains="望渡县")
    assert {one["id"] for one in tasks} == set(both.values_list("pk", flat=True))
    assert api_of(cast.other_city_reviewer).get("/problems", q="矿山").json()["items"] == []


def test_a_lone_character_is_still_found(cast):
    make_ledger(cast, problems=6)
    found = api_of(cast.city_reviewer).get("/problems", q="煤", limit=100).json()["items"]
    assert len(found) == Problem.objects.unscoped("test").filter(text__contains="煤").count() > 0
