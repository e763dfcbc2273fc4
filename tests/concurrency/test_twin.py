"""The twin of a write that takes too long is told to wait, and nothing of it happens."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from dugai.kernel.errors import Refused
from dugai.people import services_answer
from dugai.people.models import Answer, User
from tests.cast import make_cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


def test_a_twin_that_waits_too_long_is_told_so():
    clerk = User.objects.get(pk=make_cast().county_clerk.pk)
    claimed, done = threading.Event(), threading.Event()

    def first() -> None:
        try:
            with transaction.atomic():
                services_answer.first_time(actor=clerk, key="k", fingerprint="f")
                claimed.set()
                done.wait(60)
        finally:
            connection.close()

    other = threading.Thread(target=first)
    other.start()
    try:
        assert claimed.wait(60)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Refused) as told:
            services_answer.first_time(actor=clerk, key="k", fingerprint="f")
        assert told.value.code == "in_progress"
    finally:
        done.set()
        other.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert Answer.objects.count() == 1
    assert services_answer.first_time(actor=clerk, key="k", fingerprint="f") is None
