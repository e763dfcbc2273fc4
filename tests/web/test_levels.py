"""The counts of the cockpit by level: measures open their list, sites are counted."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dugai.ledger import services_entry
from dugai.ledger.models import Measure
from tests.cast import Cast
from tests.web.ledger_sample import make_ledger
from tests.web.test_budgets import MOST, cost

pytestmark = pytest.mark.django_db


def test_the_count_of_measures_opens_a_list_that_adds_up_to_it(cast: Cast):
    make_ledger(cast, problems=31)
    client = Client()
    for person in ("province_clerk", "city_reviewer", "county_office_clerk"):
        client.force_login(cast.users[person])
        levels = client.get(reverse("today")).context["levels"]
        figure = next(figure for figure, words in levels if words == "条措施")
        page = client.get(figure.url)
        assert page.context["total"] == f"{figure.n:,}", person
        lamps = [int(way.count) for way in page.context["ways"]]
        assert lamps[0] == sum(lamps[1:]) == figure.n
        assert next(figure for figure, words in levels if words == "个点位").n == 0


def test_each_sees_their_own_measures_page_by_page(cast: Cast):
    make_ledger(cast, problems=31)
    for person in ("county_clerk", "verifier", "city_reviewer"):
        viewer, client = cast.users[person], Client()
        client.force_login(viewer)
        address, found = reverse("measures"), []
        while address:
            page = client.get(address)
            found += [row.it.pk for row in page.context["rows"]]
            address = page.context["pager"]["after"]
        assert sorted(found) == sorted(Measure.objects.visible_to(viewer).values_list("pk", flat=True))
        assert cost(viewer, reverse("measures"))[0] <= MOST


def test_sites_are_counted_where_their_problem_lies(cast: Cast):
    problem = make_ledger(cast, problems=1)[0]
    for name in ("一号口", "二号口"):
        services_entry.add_site(
            actor=cast.province_clerk, problem_id=problem.pk, region=cast.county, name=name
        )
    client = Client()
    for person, n in (("province_clerk", 2), ("city_reviewer", 2), ("other_city_reviewer", 0)):
        client.force_login(cast.users[person])
        levels = client.get(reverse("today")).context["levels"]
        assert next(figure for figure, words in levels if words == "个点位").n == n, person
