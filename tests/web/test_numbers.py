"""A number is a link: the list behind every count holds exactly as many rows as the count says."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from dugai.ledger import tallies
from tests.cast import Cast
from tests.web.ledger_sample import make_ledger, make_round, progress_some

pytestmark = pytest.mark.django_db
VIEWERS = ("province_clerk", "city_reviewer", "county_office_clerk", "leader", "supervisor")


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows_of(client: Client, address: str) -> int:
    """Walk through a list to its end and count its rows."""
    count = 0
    while address:
        context = client.get(address).context
        count += len(context["rows"])
        address = context["pager"]["after"]
    return count


def figures(context) -> list:
    found = [context["sum"].total, *context["sum"].figures, *context["tiles"]]
    for line in context["lines"]:
        found += [line.total, *line.figures]
    return found


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_count_of_the_home_opens_the_list_that_adds_up_to_it(cast: Cast, viewer):
    make_ledger(cast, problems=14)
    progress_some(cast)
    make_round(cast)
    client = client_of(cast.users[viewer])
    context = client.get(reverse("today")).context
    shown = {figure.url: figure.n for figure in figures(context)}
    assert sum(line.total.n for line in context["lines"]) == context["sum"].total.n > 0
    assert {url: rows_of(client, url) for url in shown} == shown
    for figure, _ in context["levels"]:
        assert not figure.url or rows_of(client, figure.url) == figure.n


@pytest.mark.parametrize("query", ["", "?level=problem", "?by=sector"])
def test_every_count_of_a_board_opens_the_list_that_adds_up_to_it(cast: Cast, query):
    make_ledger(cast, problems=14)
    progress_some(cast)
    client = client_of(cast.province_clerk)
    for place in (cast.province, cast.city, cast.county):
        joint = "&" if query else "?"
        context = client.get(f"{reverse('board')}{query}{joint}region={place.pk}").context
        shown = figures(context)
        if "sectors" in context:
            shown = [
                figure for sector in context["sectors"] for figure in sector["figures"] if sector["linked"]
            ]
        for figure in shown:
            assert rows_of(client, figure.url) == figure.n, figure


def test_the_quick_split_of_a_list_says_what_each_part_holds(cast: Cast):
    make_ledger(cast, problems=14)
    progress_some(cast)
    for viewer in ("province_clerk", "county_clerk", "verifier"):
        client = client_of(cast.users[viewer])
        for query in (
            "",
            f"?region={cast.city.pk}",
            "?closure=unclosed",
            "?sector=水环境",
            f"?region={cast.city.pk}d",
        ):
            context = client.get(reverse("tasks") + query).context
            for way in context["ways"]:
                assert str(rows_of(client, way.url)) == way.count, (viewer, query, way)


def test_a_long_count_stops_at_its_cap(cast: Cast, monkeypatch):
    from dugai.ledger import paging  # noqa: PLC0415  only here

    monkeypatch.setattr(paging, "CAP", 3)
    make_ledger(cast, problems=14)
    client = client_of(cast.province_clerk)
    context = client.get(reverse("tasks") + "?progress=not_started").context
    assert {way.count for way in context["ways"] if way.lamp} <= {"0", "1", "2", "3", "3+"}
    assert any(way.count == "3+" for way in context["ways"])
    assert context["total"].endswith("+")


def test_a_place_out_of_range_has_no_board_and_an_empty_list(cast: Cast):
    make_ledger(cast, problems=3)
    client = client_of(cast.other_city_reviewer)
    assert client.get(f"{reverse('board')}?region={cast.city.pk}").status_code == 404
    response = client.get(f"{reverse('tasks')}?region={cast.city.pk}")
    assert (response.status_code, response.context["rows"]) == (200, [])
    assert {way.count for way in response.context["ways"]} == {"0"}
    assert client.get(f"{reverse('tasks')}?region=999999").status_code == 404


def test_levels_are_named_beside_every_count(cast: Cast):
    make_ledger(cast, problems=3)
    text = client_of(cast.province_clerk).get(reverse("today")).content.decode()
    for words in ("个问题", "条措施", "项任务"):
        assert re.search(rf">\d+</(a|b)> {words}", text), words
    assert tallies.TASK == "task"
