"""One token asks at most so often a minute: counted in the database, told with 429 and Retry-After."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection

from dugai.kernel import clock
from dugai.people import services_pace
from dugai.people.models import ApiToken, TokenMinute
from tests.api.world import api_of

MINUTE = dt.datetime(2026, 5, 18, 2, 30, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def nothing_taken():
    """Begin and end without portions of another test's minute."""
    services_pace.forget()
    yield
    services_pace.forget()


@pytest.mark.django_db
def test_the_one_too_many_is_told_when_to_come_back(cast, settings):
    settings.API_PER_MINUTE = 3
    with time_machine.travel(MINUTE, tick=False):
        api, other = api_of(cast.county_clerk), api_of(cast.county_reviewer)
        assert [api.get("/me").status_code for _ in range(3)] == [200, 200, 200]
        refused = api.get("/me")
        assert (refused.status_code, refused["Retry-After"]) == (429, "48")
        assert refused["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "too_many_requests"
        assert "请等 48 秒" in refused.json()["detail"]
        assert other.get("/me").status_code == 200
    with time_machine.travel(MINUTE + dt.timedelta(seconds=48), tick=False):
        assert api.get("/me").status_code == 200


@pytest.mark.django_db
def test_processes_agree_through_the_database_and_never_give_out_more(cast, settings):
    settings.API_PER_MINUTE = 100
    api_of(cast.county_clerk)
    token = ApiToken.objects.get()
    passed = 0
    with time_machine.travel(MINUTE, tick=False):
        for turn in range(150):
            if turn % 7 == 0:
                services_pace.forget()  # as if the next request came to another process
            passed += services_pace.wait_seconds(token_id=token.pk, now=clock.now()) == 0
    assert passed <= 100
    assert TokenMinute.objects.get().n == 100
    settings.API_PER_MINUTE = 0
    with time_machine.travel(MINUTE, tick=False):
        assert services_pace.wait_seconds(token_id=token.pk, now=clock.now()) == 0


@pytest.mark.django_db
def test_one_process_gives_out_exactly_the_limit_and_writes_little(
    cast, settings, django_assert_max_num_queries
):
    settings.API_PER_MINUTE = 47
    api_of(cast.county_clerk)
    token = ApiToken.objects.get()
    with time_machine.travel(MINUTE, tick=False), django_assert_max_num_queries(120):
        waits = [services_pace.wait_seconds(token_id=token.pk, now=clock.now()) for _ in range(60)]
    assert waits == [0] * 47 + [48] * 13


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_at_once_get_no_more_than_the_limit(cast, settings):
    settings.API_PER_MINUTE = 20
    api_of(cast.county_clerk)
    token = ApiToken.objects.get()
    waits: list[int] = []

    def ask() -> None:
        waits.extend(services_pace.wait_seconds(token_id=token.pk, now=MINUTE) for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0) == 20
    assert TokenMinute.objects.get().n == 20


@pytest.mark.django_db
def test_old_minutes_are_swept(cast):
    api_of(cast.county_clerk)
    token = ApiToken.objects.get()
    now = int(MINUTE.timestamp()) // 60
    TokenMinute.objects.create(token=token, minute=now - 61, n=4)
    TokenMinute.objects.create(token=token, minute=now, n=4)
    assert services_pace.sweep_minutes(now=MINUTE) == 1
    assert TokenMinute.objects.get().minute == now
