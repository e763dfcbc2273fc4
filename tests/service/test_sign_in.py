"""Signing in: tries are counted before they are checked, and a stranger's guesses lock out the stranger."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from dugai.journal.models import Event
from dugai.kernel.errors import Refused, TooMany
from dugai.people import (
    services_account,
    services_organisation,
    services_password,
    services_session,
    services_signin,
)
from dugai.people.models import SignInAttempt, User
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
HOME, AWAY = "10.1.1.1", "203.0.113.9"


def attempt(name: str = "county_clerk", password: str = "wrong", address: str = AWAY) -> str:  # noqa: S107  it is meant to be wrong
    """Try once; return what came of it in a word."""
    try:
        passed = services_signin.try_password(username=name, password=password, address=address)
    except TooMany:
        return "wait"
    except Refused as refusal:
        return refusal.code
    services_signin.complete(user=passed.user, attempt_id=passed.attempt_id, address=address, way="password")
    return "in"


def fail_five_times(clock: Any, name: str = "county_clerk", address: str = AWAY) -> None:
    """Fail as often as an account is allowed to, waiting out the growing pauses."""
    for _ in range(5):
        assert attempt(name, address=address) == "wrong_credentials"
        clock.shift(10)


def test_the_right_password_opens_and_is_recorded(cast: Cast):
    assert attempt(password=PASSWORD) == "in"
    event = Event.objects.filter(kind="session.opened").get()
    assert (event.subject_type, event.subject_id, event.version) == ("user", cast.county_clerk.pk, None)


@pytest.mark.parametrize("name", ["county_clerk", "nobody_here"])
def test_known_and_unknown_names_are_answered_alike(cast: Cast, name: str):
    said: list[str] = []
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(7):
            with pytest.raises(Refused if len(said) < 5 else TooMany) as refusal:
                services_signin.try_password(username=name, password="wrong", address=AWAY)
            said.append(refusal.value.message)
            clock.shift(10)
    assert said[:5] == [services_signin.WRONG] * 5
    assert said[5:] == ["试错次数多，请等 15 分钟再试。", "试错次数多，请等 14 分钟再试。"]


def test_five_failures_lock_for_fifteen_minutes_even_with_the_right_password(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        fail_five_times(clock)
        assert attempt(password=PASSWORD) == "wait"
        clock.shift(15 * 60 - 50 - 1)
        assert attempt(password=PASSWORD) == "wait"
        clock.shift(2)
        assert attempt(password=PASSWORD) == "in"


def test_pauses_grow_with_each_failure(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        assert [attempt(), attempt()] == ["wrong_credentials", "wrong_credentials"]
        assert attempt() == "wait"
        clock.shift(2)
        assert attempt() == "wrong_credentials"
        clock.shift(3)
        assert attempt() == "wait"
        clock.shift(1)
        assert attempt() == "wrong_credentials"


def test_guessing_while_locked_does_not_lengthen_the_lock(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        fail_five_times(clock)
        for _ in range(80):
            assert attempt() == "wait"
            clock.shift(10)
        clock.shift(60)
        assert attempt(password=PASSWORD) == "in"


def test_a_stranger_cannot_lock_out_a_person_at_their_usual_desk(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        assert attempt(password=PASSWORD, address=HOME) == "in"
        for _ in range(8):
            fail_five_times(clock, address=AWAY)
            assert attempt(password=PASSWORD, address=AWAY) == "wait"
            assert attempt(password=PASSWORD, address=HOME) == "in"
            clock.shift(15 * 60)


def test_signing_in_at_home_gives_a_stranger_no_new_tries(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        assert attempt(password=PASSWORD, address=HOME) == "in"
        fail_five_times(clock)
        assert attempt(password=PASSWORD, address=HOME) == "in"
        assert attempt(password=PASSWORD, address=AWAY) == "wait"


def test_one_address_may_fail_twenty_times_over_all_names(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        outcomes = []
        for number in range(22):
            outcomes.append(attempt(f"name{number}"))
            clock.shift(1)
        assert outcomes == ["wrong_credentials"] * 20 + ["wait"] * 2
        assert attempt(password=PASSWORD, address=HOME) == "in"


def test_ten_thousand_guesses_get_a_handful_heard(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        outcomes = []
        for number in range(1000):
            outcomes.append(attempt(password=f"guess-{number}", address=f"198.51.100.{number % 250}"))
            clock.shift(1)
    assert outcomes.count("in") == 0
    assert outcomes.count("wrong_credentials") <= 10


def test_tries_at_the_same_moment_count_before_they_are_checked(cast: Cast):
    for _ in range(5):
        SignInAttempt.objects.create(
            at=START, username="county_clerk", address=AWAY, succeeded=False, reason="pending"
        )
    with time_machine.travel(START, tick=False):
        assert attempt(password=PASSWORD) == "wait"


@pytest.mark.parametrize("how", ["disabled", "expired", "organisation closed"])
def test_a_closed_account_is_answered_like_a_wrong_password(cast: Cast, how: str):
    user = cast.county_clerk
    if how == "disabled":
        services_account.disable_account(actor=cast.system_admin, user_id=user.pk, reason="调离")
    elif how == "expired":
        services_account.edit_account(
            actor=cast.system_admin, user_id=user.pk, expires_on=dt.date(2020, 1, 1)
        )
    else:
        services_organisation.close_organisation(
            actor=cast.system_admin,
            organisation_id=user.organisation_id,
            until=dt.date(2020, 1, 1),
            reason="并入",
        )
    assert attempt(password=PASSWORD) == "wrong_credentials"


def test_failures_and_lock_outs_leave_events_without_the_typed_name(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        fail_five_times(clock, "Secret-typed-as-name")
        attempt("Secret-typed-as-name")
    kinds = list(
        Event.objects.filter(kind__startswith="sign_in").values_list("kind", flat=True).order_by("pk")
    )
    assert kinds == ["sign_in.failed"] * 5 + ["sign_in.locked"]
    assert not Event.objects.filter(body__contains="Secret-typed").exists()


def test_the_security_administrator_lets_a_locked_person_try_again(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        fail_five_times(clock)
        services_session.release_lock(actor=cast.security_admin, user_id=cast.county_clerk.pk)
        assert attempt(password=PASSWORD) == "in"
    assert Event.objects.filter(kind="sign_in.released", actor=cast.security_admin).count() == 1


def test_a_first_password_opens_once(cast: Cast):
    _, first = services_password.reset_password(actor=cast.system_admin, user_id=cast.county_clerk.pk)
    assert attempt(password=PASSWORD) == "wrong_credentials"
    assert attempt(password=first) == "in"
    assert not User.objects.get(pk=cast.county_clerk.pk).has_usable_password()
    assert attempt(password=first) == "wrong_credentials"
