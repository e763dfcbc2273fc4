"""Which of several open rounds a person sees first."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from dugai.insight import queries_frame
from dugai.progress import services_round
from tests.cast import Cast, make_problem

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 5, 4, 1, 0, tzinfo=dt.UTC)


def special(cast: Cast, region, title: str, due: dt.date):
    """Call a special round over `region`."""
    return services_round.open_round(
        actor=cast.city_clerk,
        kind="special",
        region=region,
        title=title,
        due_on=due,
        adopt_by=due + dt.timedelta(days=5),
    )


def test_a_round_one_still_owes_comes_before_one_that_is_over(cast: Cast):
    with time_machine.travel(START, tick=False):
        make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau))
        over = special(cast, cast.neighbour, "已截止的专项", dt.date(2026, 5, 8))
        now = special(cast, cast.county, "本月的专项", dt.date(2026, 5, 25))
    today = dt.date(2026, 5, 12)
    county = queries_frame.open_round(cast.county_clerk, today)
    office = queries_frame.open_round(cast.city_reviewer, today)
    assert county is not None
    assert office is not None
    assert (county.pk, office.pk) == (now.pk, now.pk)
    assert over.pk != now.pk


def test_without_any_round_there_is_none(cast: Cast):
    assert queries_frame.open_round(cast.county_clerk, dt.date(2026, 5, 12)) is None
