"""Rules of passwords, waiting and sessions, from values alone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.people import rules, secrets
from dugai.people.rules import DENGBAO3, STANDARD

NOW = dt.datetime(2026, 5, 18, 9, tzinfo=dt.UTC)
ABOUT = ("mengqing", "孟晴", "望渡县住建局")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short1!", "至少 10 个"),
        ("x" * 129, "最多 128 个"),
        ("aaaaaaaaaaaaa", "太常见"),
        ("1212121212", "太常见"),
        ("my-mengqing-pass", "“mengqing”"),
        ("孟晴喜欢在河边看书写字", "“孟晴”"),
        ("ＤＵＧＡＩ is the best", "“dugai”"),
        ("今天督改明天也督改啊啊啊", "“督改”"),
    ],
)
def test_a_weak_password_is_named_for_what_it_is(password: str, says: str):
    assert says in rules.password_fault(password, STANDARD, ABOUT, common=False)


@pytest.mark.parametrize(
    "password",
    ["山高月小，水落石出。", "correct horse battery", "柳汀河边第三座桥的灯", "😀😁😂🤣😃😄😅😆😉😊"],
)
def test_any_characters_make_a_good_password(password: str):
    assert rules.password_fault(password, STANDARD, ABOUT, common=False) == ""


def test_the_stricter_profile_wants_three_classes():
    assert "至少要 3 类" in rules.password_fault("correct horse battery", DENGBAO3, ABOUT, common=False)
    assert rules.password_fault("Correct horse battery", DENGBAO3, ABOUT, common=False) == ""


@pytest.mark.parametrize("password", ["password123", "qwertyuiop", "1q2w3e4r5t", "iloveyou2026!"])
def test_common_passwords_are_known_with_digits_around_them(password: str):
    assert secrets.is_common(password)


@given(st.text(min_size=0, max_size=140))
def test_a_password_is_either_refused_in_words_or_within_the_limits(password: str):
    fault = rules.password_fault(password, DENGBAO3, ABOUT, common=False)
    assert fault.endswith(("。", "）。")) if fault else DENGBAO3.shortest <= len(password) <= DENGBAO3.longest


@given(st.lists(st.integers(0, 2000), max_size=30), st.integers(0, 2000))
def test_waiting_runs_out_and_more_failures_never_shorten_it(ages: list[int], later: int):
    failures = [NOW - dt.timedelta(seconds=age) for age in ages]
    left = rules.wait(failures, NOW)
    assert dt.timedelta(0) <= left <= rules.WINDOW
    assert rules.wait([*failures, NOW], NOW) >= left
    assert rules.wait(failures, NOW + left) == dt.timedelta(0)
    assert rules.wait(failures, NOW + dt.timedelta(seconds=later)) <= left


def test_waiting_grows_with_each_failure():
    waits = [rules.wait([NOW] * count, NOW).total_seconds() for count in range(6)]
    assert waits == [0, 0, 2, 4, 8, 900]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 秒"), (59, "59 秒"), (61, "2 分钟"), (900, "15 分钟")]
)
def test_waiting_is_said_in_whole_units(seconds: float, words: str):
    assert rules.wait_words(dt.timedelta(seconds=seconds)) == words


def test_a_code_is_one_step_wide_and_never_used_twice():
    secret = secrets.new_totp_secret()
    here = int(NOW.timestamp()) // 30
    code_at = lambda step: secrets.pyotp.TOTP(secret).generate_otp(step)  # noqa: E731
    assert [secrets.totp_step(secret, code_at(here + d), 0, NOW) for d in (-2, -1, 0, 1, 2)] == [
        None,
        here - 1,
        here,
        here + 1,
        None,
    ]
    assert secrets.totp_step(secret, code_at(here), here, NOW) is None
    assert secrets.totp_step(secret, code_at(here - 1), here, NOW) is None
    assert secrets.totp_step(secret, " " + code_at(here)[:3] + " " + code_at(here)[3:], here - 1, NOW) == here
    assert secrets.totp_step(secret, "", 0, NOW) is None


def test_first_passwords_and_spare_codes_are_long_and_differ():
    assert len({secrets.first_password() for _ in range(200)}) == 200
    codes = secrets.new_recovery_codes()
    assert len(set(codes)) == 10
    assert secrets.recovery_hash(codes[0]) == secrets.recovery_hash(codes[0].upper().replace("-", " "))


def test_a_moment_of_the_future_locks_nobody_out_and_keeps_nobody_in():
    """A clock that was wrong for a while has written it."""
    ahead = NOW + dt.timedelta(days=70)
    assert rules.wait([ahead] * 9, NOW) == dt.timedelta(0)
    assert rules.session_over(ahead, ahead, NOW)
    assert rules.session_over(NOW, ahead, NOW)
    jitter = NOW + dt.timedelta(seconds=2)
    assert rules.wait([jitter] * 5, NOW) > dt.timedelta(minutes=15)
    assert not rules.session_over(jitter, jitter, NOW)
