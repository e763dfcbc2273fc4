"""疑点 of two problems proved with the same files: who is told, and how much of what is out of their sight."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dugai.insight import queries_traces
from dugai.kernel.errors import NotVisible
from dugai.ledger.models import Problem
from tests import closeout as way
from tests.cast import Cast, make_inspection, make_problem
from tests.web.test_budgets import MOST, cost

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast: Cast) -> tuple[Problem, Problem]:
    """One problem of the neighbour's and one of ours; the story's evidence is the same bytes for both."""
    inspection = make_inspection(cast)
    theirs = make_problem(cast, inspection, 1, owners=(cast.neighbour_bureau,), home=cast.neighbour)
    ours = make_problem(cast, inspection, 2)
    for problem in (theirs, ours):
        way.bring(cast, problem, "checked")
    return theirs, ours


def words(cast: Cast, person: str, problem: Problem) -> dict[str, str]:
    _, _, found = queries_traces.of_problem(cast.users[person], problem.pk)
    return {one.detector.code: one.words for one in found}


def test_the_same_file_for_two_problems_is_told_to_who_judges(cast: Cast, pair: tuple[Problem, Problem]):
    theirs, ours = pair
    told = words(cast, "city_reviewer", ours)
    assert f"问题 {theirs.code}" in told["shared_file"]
    near = words(cast, "county_office_clerk", ours)
    assert "别的问题" in near["shared_file"]
    assert theirs.code not in " ".join(near.values())


def test_the_units_that_carry_it_out_are_not_told(cast: Cast, pair: tuple[Problem, Problem]):
    _, ours = pair
    assert cast.city_bureau_clerk.organisation_id == ours.lead_id
    for person in ("city_bureau_clerk", "county_clerk", "county_reviewer", "neighbour_clerk", "public"):
        with pytest.raises(NotVisible):
            queries_traces.of_problem(cast.users[person], ours.pk)
    client = Client()
    client.force_login(cast.city_bureau_clerk)
    page = client.get(reverse("problem_closeout", args=[ours.pk]))
    assert page.status_code == 200
    assert "疑点" not in page.content.decode()
    assert client.get(reverse("problem_traces", args=[ours.pk])).status_code == 404


def test_traces_stand_where_somebody_decides(cast: Cast, pair: tuple[Problem, Problem]):
    theirs, ours = pair
    address = reverse("problem_traces", args=[ours.pk])
    client = Client()
    client.force_login(cast.city_reviewer)
    assert f'hx-get="{address}"' in client.get(reverse("problem_closeout", args=[ours.pk])).content.decode()
    whole = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    for shown in (whole, part):
        assert "同一个文件用在别处" in shown
        assert theirs.code in shown
        assert "不是结论" in shown
    assert "<html" in whole
    assert "<html" not in part
    assert "过了时限才申请" in whole  # what was looked at and not found is named too
    count, sql = cost(cast.city_reviewer, address)
    assert count <= MOST, "\n".join(sql)
