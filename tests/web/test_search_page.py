"""The search page: what is found for whom, in groups, marked, page by page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, make_problem
from tests.web.ledger_sample import make_ledger
from tests.web.test_budgets import MOST, cost

pytestmark = pytest.mark.django_db


def seen(person, **query):
    client = Client()
    client.force_login(person)
    return client.get(reverse("search"), query)


def test_hits_are_grouped_by_kind_and_marked(cast: Cast):
    make_problem(cast)
    page = seen(cast.city_reviewer, q="污水")
    text = page.content.decode()
    assert [group["kind"] for group in page.context["groups"]] == ["problem", "measure", "task"]
    assert "<mark>污水</mark>" in text
    assert 'action="/search/"' in text
    assert 'value="污水"' in text


def test_others_find_nothing_and_are_told_so(cast: Cast):
    make_problem(cast)
    for person in ("neighbour_clerk", "other_city_reviewer"):
        page = seen(cast.users[person], q="污水")
        assert page.context["groups"] == [], person
        assert "没有找到“污水”" in page.content.decode()


@pytest.mark.parametrize(("query", "words"), [("", "两个字就能找"), ("，。", "标点和符号不算字词")])
def test_nothing_to_find_is_said_in_words(cast: Cast, query: str, words: str):
    make_problem(cast)
    page = seen(cast.city_reviewer, q=query)
    assert words in page.content.decode()


def test_markup_in_words_stays_words(cast: Cast):
    page = seen(cast.city_reviewer, q="<script>污水")
    assert "<script>污水" not in page.content.decode()


def test_one_kind_goes_on_page_by_page_to_its_count(cast: Cast):
    make_ledger(cast, problems=31)
    first = seen(cast.city_reviewer, q="整治", kind="task")
    group = first.context["groups"][0]
    assert group["count"] == "62"
    found, page = [], first
    for _ in range(5):
        group = page.context["groups"][0]
        found += [one.url for one in group["rows"]]
        if not group["next_url"]:
            break
        before = re.search(r"before=(\d+)", group["next_url"])[1]
        page = seen(cast.city_reviewer, q="整治", kind="task", before=before)
    assert len(found) == len(set(found)) == 62


def test_a_search_stays_within_the_budget(cast: Cast):
    make_ledger(cast, problems=31)
    for person in ("province_clerk", "city_reviewer", "county_clerk", "verifier", "leader"):
        for query in ("q=整治", "q=整治&kind=task", "q="):
            count, sql = cost(cast.users[person], f"{reverse('search')}?{query}")
            assert count <= MOST, (person, query, "\n".join(sql))
