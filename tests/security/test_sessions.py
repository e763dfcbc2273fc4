"""A session is asked anew at every request: who, how old, how idle, still allowed (S11, C09)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from dugai.journal.models import Event
from dugai.people import services, services_account, services_organisation, services_password
from dugai.people.models import UserSession
from dugai.people.states import Role
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 5, 18, 1, tzinfo=dt.UTC)
SIGNED_OUT = "/sign-in/"


def sign_in(name: str = "county_clerk", password: str = PASSWORD, **extra: str) -> Client:
    """Sign in through the page, as a browser does."""
    client = Client(**extra)
    response = client.post("/sign-in/", {"username": name, "password": password})
    assert response.status_code == 302, response.content.decode()
    return client


def is_in(client: Client) -> bool:
    """Say whether the next request still belongs to somebody."""
    response = client.get("/account/")
    if response.status_code == 302:
        assert response["Location"].startswith(SIGNED_OUT)
    return response.status_code == 200


def test_the_session_id_changes_at_sign_in_and_nothing_of_before_remains(cast: Cast):
    client = Client()
    client.get("/sign-in/?next=/account/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post("/sign-in/", {"username": "county_clerk", "password": PASSWORD})
    after = client.cookies["sessionid"].value
    assert before != after
    stale = Client()
    stale.cookies["sessionid"] = before
    assert not is_in(stale)


def test_the_cookie_is_closed_to_scripts_and_other_sites(cast: Cast):
    cookie = sign_in().cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
        True,
        "Lax",
        "/",
        "",
    )
    assert cookie["max-age"] == 12 * 3600


def test_thirty_idle_minutes_end_it(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        client = sign_in()
        for _ in range(3):
            clock.shift(28 * 60)
            assert is_in(client)
        clock.shift(30 * 60)
        assert not is_in(client)
        assert not UserSession.objects.exists()
        assert "上次登录已结束" in client.get("/sign-in/").content.decode()


def test_twelve_hours_end_it_however_busy(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        client = sign_in()
        for _ in range(12 * 3 - 1):
            clock.shift(20 * 60)
            assert is_in(client)
        clock.shift(20 * 60)
        assert not is_in(client)


def test_signing_out_kills_it_on_the_server(cast: Cast):
    client = sign_in()
    key = client.cookies["sessionid"].value
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    client.post("/sign-out/")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert not is_in(thief)
    assert Event.objects.filter(kind="session.closed", actor=cast.county_clerk).count() == 1


def test_a_fourth_session_ends_the_first(cast: Cast):
    with time_machine.travel(START, tick=False) as clock:
        clients = []
        for _ in range(4):
            clients.append(sign_in())
            clock.shift(5)
        assert [is_in(client) for client in clients] == [False, True, True, True]


def test_one_lists_and_ends_only_ones_own(cast: Cast):
    mine, other, phone = sign_in(), sign_in("county_reviewer"), sign_in()
    theirs = UserSession.objects.get(user=cast.county_reviewer)
    assert mine.get("/account/sessions/").content.decode().count("<tr") == 3
    assert mine.post(f"/sessions/{theirs.pk}/end/").status_code == 404
    assert is_in(other)
    ours = UserSession.objects.get(session_key=phone.cookies["sessionid"].value)
    assert mine.post(f"/sessions/{ours.pk}/end/").status_code == 302
    assert (is_in(mine), is_in(phone)) == (True, False)
    third = sign_in()
    mine.post("/account/sessions/end-others/")
    assert (is_in(mine), is_in(third), is_in(other)) == (True, False, True)


def test_the_security_administrator_ends_any_below(cast: Cast):
    clerk, keeper = sign_in(), sign_in("security_admin")
    row = UserSession.objects.get(user=cast.county_clerk)
    assert "孟晴" in keeper.get("/security/").content.decode()
    keeper.post(f"/sessions/{row.pk}/end/")
    assert not is_in(clerk)


@pytest.mark.parametrize(
    "how", ["disabled", "moved", "other role", "reset", "expired", "organisation closed"]
)
def test_the_next_request_after_a_change_of_rights_is_refused(cast: Cast, how: str):
    client, user, admin = sign_in(), cast.county_clerk, cast.system_admin
    assert is_in(client)
    if how == "disabled":
        services_account.disable_account(actor=admin, user_id=user.pk, reason="离职")
    elif how == "reset":
        services_password.reset_password(actor=admin, user_id=user.pk)
    elif how == "expired":
        services_account.edit_account(actor=admin, user_id=user.pk, expires_on=dt.date(2020, 1, 1))
    elif how == "organisation closed":
        services_organisation.close_organisation(
            actor=admin, organisation_id=user.organisation_id, until=dt.date(2020, 1, 1), reason="并入"
        )
    else:
        unit = cast.neighbour_bureau if how == "moved" else cast.county_bureau
        role = Role.UNIT_CLERK if how == "moved" else Role.UNIT_REVIEWER
        services_account.change_post(
            actor=admin, user_id=user.pk, organisation=unit, role=role, reason="调岗"
        )
    assert not is_in(client)


def test_a_new_password_keeps_this_browser_and_ends_the_others(cast: Cast):
    here, there = sign_in(), sign_in()
    before = here.cookies["sessionid"].value
    new = "柳汀河边第三座桥的灯"
    response = here.post("/account/password/", {"old": PASSWORD, "new": new, "again": new})
    assert response.status_code == 302, response.content.decode()
    assert here.cookies["sessionid"].value != before
    assert (is_in(here), is_in(there)) == (True, False)
    sign_in(password=new)


def test_a_first_password_leads_to_the_password_page_and_nowhere_else(cast: Cast):
    _, first = services_password.reset_password(actor=cast.system_admin, user_id=cast.county_clerk.pk)
    client = sign_in(password=first)
    for path in ("/account/", "/organisations/", "/account/totp/off/"):
        assert client.get(path)["Location"] == "/account/password/"
    new = "柳汀河边第三座桥的灯"
    response = client.post("/account/password/", {"new": new, "again": new + "x"})
    assert "两遍写的不一样" in response.content.decode()
    client.post("/account/password/", {"new": new, "again": new})
    assert is_in(client)


def test_a_deputy_stops_being_one_when_it_is_revoked(cast: Cast):
    today = dt.datetime.now(tz=dt.UTC).date()
    row = services.appoint_deputy(
        actor=cast.county_clerk,
        principal=cast.county_clerk,
        deputy=cast.county_reviewer,
        starts_on=today - dt.timedelta(days=1),
        ends_on=today + dt.timedelta(days=2),
        reason="外出",
    )
    client = sign_in("county_reviewer")
    client.post("/switch-post", {"deputy": row.pk})
    assert client.get("/account/").wsgi_request.user.pk == cast.county_clerk.pk
    services.revoke_deputy(actor=cast.county_clerk, deputy_id=row.pk)
    assert client.get("/account/").wsgi_request.user.pk == cast.county_reviewer.pk


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(cast: Cast, wanted: str):
    client = Client()
    response = client.post("/sign-in/", {"username": "county_clerk", "password": PASSWORD, "next": wanted})
    assert response["Location"] == "/"


def test_a_refusal_leaves_a_security_event(cast: Cast):
    client = sign_in()
    assert client.get("/security/").status_code == 403
    event = Event.objects.get(kind="access.refused")
    assert (event.actor_id, '"route":"security"' in event.body) == (cast.county_clerk.pk, True)


def test_forwarded_addresses_count_only_from_a_listed_proxy(cast: Cast, settings):
    claim = {"HTTP_X_FORWARDED_FOR": "9.9.9.9, 10.0.0.2", "HTTP_X_FORWARDED_PROTO": "https"}
    sign_in(**claim)
    assert UserSession.objects.get().address == "127.0.0.1"
    UserSession.objects.all().delete()
    settings.PROXIES = ["127.0.0.1", "10.0.0.0/8"]
    sign_in(**claim)
    assert UserSession.objects.get().address == "9.9.9.9"
