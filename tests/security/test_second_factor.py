"""The second factor: every code once, one step around now, limited; spare codes hashed; sensitive acts ask again (S13)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client

from dugai.journal.models import Event
from dugai.people import sealed, services_password
from dugai.people.models import Answer, User
from tests.cast import PASSWORD, Cast
from tests.security.test_sessions import is_in, sign_in

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 5, 18, 1, tzinfo=dt.UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(moment: Any = None, steps: int = 0) -> str:
    """Return what the phone shows now, or some steps away."""
    now = int(dt.datetime.now(tz=dt.UTC).timestamp())
    return pyotp.TOTP(SECRET).at(now + 30 * steps)


def bind(cast: Cast) -> list[str]:
    """Tie a phone to the county clerk's account."""
    return services_password.switch_on_totp(actor=cast.county_clerk, secret=SECRET, code=code())


def half_in() -> Client:
    """Give the right password; the second step is still due."""
    client = Client()
    response = client.post("/sign-in/", {"username": "county_clerk", "password": PASSWORD})
    assert response["Location"] == "/sign-in/code/"
    return client


def test_a_phone_is_tied_on_the_page_and_the_secret_is_sealed(cast: Cast):
    client = sign_in()
    page = client.get("/account/totp/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r"key-text\">([A-Z2-7 ]+)<", page).group(1).replace(" ", "")
    assert "验证码不对" in client.post("/account/totp/", {"code": "000000"}).content.decode()
    response = client.post("/account/totp/", {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r"<li class=\"mono\">([a-z0-9-]+)</li>", response.content.decode())
    user = User.objects.get(pk=cast.county_clerk.pk)
    assert len(codes) == 10
    assert secret not in user.totp_secret
    assert sealed.unseal(user.totp_secret) == secret
    assert not any(spare in str(user.recovery_hashes) for spare in codes)
    assert not Event.objects.filter(body__contains=secret).exists()


def test_the_password_alone_opens_nothing(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        bind(cast)
        clock.shift(60)
        client = half_in()
        assert not is_in(client)
        assert client.post("/sign-in/code/", {"code": code()}).status_code == 302
        assert is_in(client)


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_codes_one_step_around_now_are_good(cast: Cast, steps: int, opens: bool):  # noqa: FBT001  a table row
    with time_machine.travel(START, tick=False) as clock:
        bind(cast)
        clock.shift(600)
        client = half_in()
        client.post("/sign-in/code/", {"code": code(steps=steps)})
        assert is_in(client) == opens


def test_a_code_is_good_once(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        bind(cast)
        clock.shift(60)
        first, second = half_in(), half_in()
        shown = code()
        first.post("/sign-in/code/", {"code": shown})
        assert "已经用过" in second.post("/sign-in/code/", {"code": shown}).content.decode()
        assert (is_in(first), is_in(second)) == (True, False)


def test_codes_are_limited_and_right_passwords_do_not_reset_the_count(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        bind(cast)
        clock.shift(60)
        heard = 0
        for number in range(12):
            client = Client()
            response = client.post("/sign-in/", {"username": "county_clerk", "password": PASSWORD})
            if response.status_code == 302:
                heard += client.post("/sign-in/code/", {"code": f"00000{number % 10}"}).status_code == 422
            clock.shift(20)
        assert heard == 5


def test_a_spare_code_opens_once(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        spare = bind(cast)[0]
        clock.shift(60)
        first = half_in()
        first.post("/sign-in/code/", {"code": spare.upper()})
        assert is_in(first)
        second = half_in()
        second.post("/sign-in/code/", {"code": spare})
        assert not is_in(second)
    assert len(User.objects.get(pk=cast.county_clerk.pk).recovery_hashes) == 9
    assert Event.objects.filter(kind="recovery_code.used").count() == 1


def test_the_second_step_is_open_for_five_minutes(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        bind(cast)
        client = half_in()
        clock.shift(5 * 60)
        assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/sign-in/"
        assert not is_in(client)


def test_the_stricter_profile_demands_it_of_staff_and_not_of_the_public(cast: Cast, settings):
    settings.DUGAI_PROFILE = "dengbao3"
    User.objects.update(password_changed_at=dt.datetime.now(tz=dt.UTC))
    client = sign_in()
    assert client.get("/account/")["Location"] == "/account/totp/"
    assert client.get("/account/totp/").status_code == 200
    assert is_in(sign_in("public"))


def test_the_stricter_profile_wants_a_new_password_every_ninety_days(cast: Cast, settings):
    settings.DUGAI_PROFILE = "dengbao3"
    with time_machine.travel(START, tick=False) as clock:
        User.objects.update(password_changed_at=START)
        assert sign_in().get("/account/")["Location"] == "/account/totp/"
        clock.shift(dt.timedelta(days=91))
        client = sign_in()
        assert client.get("/account/")["Location"] == "/account/password/"
        assert (
            "至少要 3 类"
            in client.post(
                "/account/password/",
                {"old": PASSWORD, "new": "柳汀河边第三座桥的灯", "again": "柳汀河边第三座桥的灯"},
            ).content.decode()
        )


def test_a_sensitive_act_asks_once_more_and_the_session_gets_a_new_id(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        client = sign_in("system_admin")
        path = f"/people/{cast.county_clerk.pk}/password/"
        asked = client.post(path, HTTP_REFERER=f"http://testserver/people/{cast.county_clerk.pk}/")
        assert asked["Location"].startswith("/confirm/?next=")
        assert not Event.objects.filter(kind="password.reset").exists()
        before = client.cookies["sessionid"].value
        assert client.post(asked["Location"], {"password": "wrong"}).status_code == 422
        confirmed = client.post(asked["Location"], {"password": PASSWORD})
        assert confirmed["Location"].endswith(f"/people/{cast.county_clerk.pk}/")
        assert client.cookies["sessionid"].value != before
        assert client.post(path).status_code == 200
        clock.shift(10 * 60)
        assert client.post(path).status_code == 302
    assert Event.objects.filter(kind="password.reset").count() == 1


def test_confirming_asks_for_the_code_where_a_phone_is_tied(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        bind(cast)
        clock.shift(60)
        client = half_in()
        client.post("/sign-in/code/", {"code": code()})
        clock.shift(60)
        assert client.post("/account/totp/off/")["Location"].startswith("/confirm/")
        assert client.post("/confirm/", {"password": PASSWORD}).status_code == 200
        assert client.post("/confirm/", {"password": PASSWORD, "code": code()}).status_code == 302
        client.post("/account/totp/off/")
    assert User.objects.get(pk=cast.county_clerk.pk).totp_secret == ""


def test_the_keeper_unties_a_lost_phone_with_a_reason(cast: Cast):
    bind(cast)
    services_password.clear_totp(
        actor=cast.system_admin, user_id=cast.county_clerk.pk, reason="手机遗失，已当面核实"
    )
    assert User.objects.get(pk=cast.county_clerk.pk).totp_secret == ""
    assert Event.objects.get(kind="totp.cleared").actor_id == cast.system_admin.pk


def test_a_secret_sealed_with_another_key_opens_nothing(settings):
    token = sealed.seal("SECRET")
    settings.SECRET_KEY = "another-" + "z" * 60
    assert sealed.unseal(token) == ""


def test_a_stolen_session_is_no_place_to_guess_the_password(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        client, heard = sign_in(), {"confirm": 0, "account/password": 0}
        for page, data in (
            ("confirm", {}),
            ("account/password", {"new": "柳汀河边第三座桥", "again": "柳汀河边第三座桥"}),
        ):
            clock.shift(16 * 60)
            for number in range(9):
                guess = {"password": f"guess{number}", "old": f"guess{number}", **data}
                response = client.post(f"/{page}/", guess, headers={"Idempotency-Key": f"{page}{number}"})
                heard[page] += response.status_code == 422
                clock.shift(10)
    assert heard == {"confirm": 5, "account/password": 5}
    assert Event.objects.filter(kind="sign_in.failed").count() == 10


def test_a_first_password_is_told_once_even_to_a_repeated_request(cast: Cast):
    client = sign_in("system_admin")
    client.post("/confirm/", {"password": PASSWORD})
    path = f"/people/{cast.county_clerk.pk}/password/"
    first = client.post(path, headers={"Idempotency-Key": "k1"})
    again = client.post(path, headers={"Idempotency-Key": "k1"})
    password = re.search(r"首次密码\">([a-z0-9-]+)<", first.content.decode()).group(1)
    assert (again.status_code, again["Location"]) == (303, f"/people/{cast.county_clerk.pk}/")
    assert Event.objects.filter(kind="password.reset").count() == 1
    assert not Answer.objects.filter(body__contains=password).exists()
