"""The trend of the cockpit: samples kept once a day, drawn when there are two, said in words before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from dugai.insight import queries_today
from dugai.insight.queries_today import Sample
from dugai.kernel import clock
from dugai.ledger import services_sample, tallies
from dugai.ledger.models import LampSample
from dugai.management import handlers, schedule
from dugai.web import charts_trend
from tests.cast import Cast
from tests.web.ledger_sample import make_ledger


def home(person) -> str:
    client = Client()
    client.force_login(person)
    return client.get(reverse("today")).content.decode()


@pytest.mark.django_db
def test_a_sample_is_the_rollups_and_harmless_when_repeated(cast: Cast):
    make_ledger(cast, problems=8)
    today = clock.today()
    assert services_sample.sample_day(today) == services_sample.sample_day(today)
    found = {
        (row.organisation_id, row.level, row.lamp): row.n for row in LampSample.objects.filter(day=today)
    }
    assert found == dict(tallies.stored())


@pytest.mark.django_db
def test_one_day_is_said_in_words_and_two_are_drawn(cast: Cast):
    make_ledger(cast, problems=8)
    today = clock.today()
    services_sample.sample_day(today)
    assert "现在只有今天" in home(cast.city_reviewer)
    services_sample.sample_day(today - dt.timedelta(days=30))
    services_sample.sample_day(today - dt.timedelta(weeks=13))
    text = home(cast.city_reviewer)
    assert "<polyline" in text
    assert "近 2 次记录" in text
    late = tallies.counts_of([cast.city.pk], tallies.TASK)[cast.city.pk]
    found = queries_today.trend(cast.city_reviewer, cast.city, today)
    assert found == [Sample(today - dt.timedelta(days=30), late.get("overdue", 0), late.get("behind", 0))]


@pytest.mark.django_db
def test_the_last_sample_of_a_week_stands_for_it(cast: Cast):
    make_ledger(cast, problems=2)
    monday = dt.date(2026, 6, 1)
    for days in range(14):
        services_sample.sample_day(monday + dt.timedelta(days=days))
    found = queries_today.trend(cast.city_reviewer, cast.city, dt.date(2026, 6, 18))
    assert [one.day for one in found] == [dt.date(2026, 6, 7), dt.date(2026, 6, 14)]


def test_the_job_is_on_the_timetable():
    entry = next(one for one in schedule.TIMETABLE if one.name == "sample_day")
    assert (entry.cron, entry.kind in handlers.HANDLERS) == ("10 0 * * *", True)


@pytest.mark.parametrize(
    "values", [[(0, 0), (0, 0)], [(3, 3), (3, 3)], [(0, 40_000), (12, 1)], [(7, 9)] * 12]
)
def test_a_drawing_stays_inside_its_box(values: list[tuple[int, int]]):
    samples = [
        Sample(dt.date(2026, 4, 1) + dt.timedelta(weeks=week), *pair) for week, pair in enumerate(values)
    ]
    drawn = charts_trend.trend(samples)
    assert drawn is not None
    for line in drawn.lines:
        for point in line.points.split():
            x, y = map(float, point.split(","))
            assert charts_trend.LEFT <= x <= charts_trend.RIGHT
            assert charts_trend.TOP <= y <= charts_trend.BOTTOM
    first, second = (float(line.words_y) for line in drawn.lines)
    assert abs(first - second) >= charts_trend.APART - 0.1
    assert len(drawn.levels) <= 6
    assert charts_trend.trend(samples[:1]) is None
