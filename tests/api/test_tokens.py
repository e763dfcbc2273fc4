"""Tokens: the only way in, never a session, never more than their person, dead when that is over (S08)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from dugai.people import services, services_account, services_organisation, services_token
from dugai.people.models import ApiToken, User
from dugai.people.states import Role
from tests.api.world import EVERY_SCOPE, Api, api_of, make_world, secret_of

pytestmark = pytest.mark.django_db


def tomorrow() -> dt.date:
    return clock.today() + dt.timedelta(days=1)


def test_a_token_says_who_it_is(cast):
    answer = api_of(cast.county_clerk, ("read", "report")).get("/me")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["username"], told["scopes"]) == ("county_clerk", ["read", "report"])
    assert told["organisation"]["code"] == cast.county_bureau.code


def test_the_secret_is_stored_nowhere(cast):
    secret = secret_of(cast.county_clerk)
    token = ApiToken.objects.get()
    assert secret not in repr(vars(token))
    assert not Event.objects.filter(body__contains=secret[12:]).exists()
    assert Event.objects.filter(kind="token.made", subject_id=token.pk).count() == 1


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer dugai_wrong", "Basic Zm9vOmJhcg==", "Bearer 令牌", "dugai"]
)
def test_without_a_live_token_nothing_is_told(cast, header):
    answer = Client().get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "token_invalid"


def test_a_session_is_no_way_in_and_a_token_opens_no_page(cast):
    client = Client()
    client.force_login(cast.county_clerk)
    assert client.get("/api/v1/me").status_code == 401
    secret = secret_of(cast.county_clerk)
    fresh = Client()
    answer = fresh.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert not fresh.cookies


def test_a_session_beside_a_token_adds_nothing(cast):
    services.appoint_deputy(
        actor=cast.county_clerk,
        principal=cast.county_clerk,
        deputy=cast.county_reviewer,
        starts_on=clock.today(),
        ends_on=tomorrow(),
        reason="出差",
    )
    client = Client()
    client.force_login(cast.county_reviewer)
    session = client.session
    session["deputy"] = cast.county_reviewer.stands_in_for.get().pk
    session.save()
    secret = secret_of(cast.county_reviewer)
    told = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()
    assert told["username"] == "county_reviewer"
    assert client.session.get("deputy")


def test_a_disabled_person_has_no_tokens(cast):
    api = api_of(cast.county_clerk)
    assert api.get("/me").status_code == 200
    user = User.objects.get(username="county_clerk")
    from dugai.journal.services import change, record  # noqa: PLC0415  a test moves the row by the front door

    before, after = change(user, is_active=False)
    record(actor=None, kind="user.disabled", subject=user, before=before, after=after)
    assert api.get("/me").status_code == 401


@pytest.mark.parametrize("how", ["disabled", "moved", "lesser role", "organisation closed", "expired"])
def test_the_next_call_after_a_change_of_rights_is_answered_anew(cast, how):
    """C09: a token is its person as they are now; nothing of what they were is kept."""
    world, user, admin = make_world(cast), cast.county_reviewer, cast.system_admin
    api = api_of(user)
    address = f"/tasks/{world.task.pk}"
    assert api.get(address).status_code == 200
    if how == "disabled":
        services_account.disable_account(actor=admin, user_id=user.pk, reason="离职")
    elif how == "expired":
        services_account.edit_account(actor=admin, user_id=user.pk, expires_on=dt.date(2020, 1, 1))
    elif how == "organisation closed":
        services_organisation.close_organisation(
            actor=admin, organisation_id=user.organisation_id, until=dt.date(2020, 1, 1), reason="并入"
        )
    else:
        unit = cast.neighbour_bureau if how == "moved" else cast.county_bureau
        role = Role.UNIT_REVIEWER if how == "moved" else Role.PUBLIC
        services_account.change_post(
            actor=admin, user_id=user.pk, organisation=unit, role=role, reason="调岗"
        )
    assert api.get(address).status_code in {401, 403, 404}
    body = {"seen_version": world.task.version, "milestones": [{"name": "设计", "due": "2026-12-01"}]}
    answer = api.post(f"/tasks/{world.task.pk}/milestones", body)
    assert answer.status_code in {401, 403, 404}
    world.task.refresh_from_db()
    assert world.task.version == body["seen_version"]


def test_an_expired_or_revoked_token_is_dead(cast):
    secret = secret_of(cast.county_clerk, days=2)
    with time_machine.travel(clock.now() + dt.timedelta(days=4)):
        assert Api(secret).get("/me").status_code == 401
    assert Api(secret).get("/me").status_code == 200
    services_token.revoke_token(actor=cast.county_clerk, token_id=ApiToken.objects.get().pk)
    assert Api(secret).get("/me").status_code == 401
    with pytest.raises(Refused):
        services_token.revoke_token(actor=cast.county_clerk, token_id=ApiToken.objects.get().pk)


def test_a_scope_is_a_fence(cast):
    world = make_world(cast)
    reads = api_of(cast.city_clerk, ("read",))
    answer = reads.post(f"/tasks/{world.task.pk}/split", {"shares": [{"owner": cast.county_bureau.pk}]})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert api_of(cast.city_clerk, ("report",)).get("/me").status_code == 403


def test_one_token_is_not_answered_from_what_another_did(cast):
    world = make_world(cast)
    body = {"seen_edition": 0, "values": {"progress": "in_progress"}}
    writes, reads = api_of(cast.county_clerk), api_of(cast.county_clerk, ("read",))
    path = f"/reports/{world.report.pk}/draft"
    assert writes.post(path, body, key="once").status_code == 200
    assert writes.post(path, body, key="once")["Idempotent-Replay"] == "true"
    assert reads.post(path, body, key="once").status_code == 403


def test_the_time_of_use_is_kept_to_the_minute(cast):
    api = api_of(cast.county_clerk)
    assert ApiToken.objects.get().last_used_at is None
    api.get("/me")
    first = ApiToken.objects.get().last_used_at
    api.get("/me")
    assert ApiToken.objects.get().last_used_at == first


def test_only_their_own_and_only_so_many(cast):
    with pytest.raises(Forbidden):
        services_token.make_token(actor=cast.public, label="甲", scopes=["read"], expires_on=tomorrow())
    for number in range(20):
        services_token.make_token(
            actor=cast.county_clerk, label=f"第 {number} 个", scopes=["read"], expires_on=tomorrow()
        )
    with pytest.raises(Refused, match="20"):
        services_token.make_token(
            actor=cast.county_clerk, label="多了", scopes=["read"], expires_on=tomorrow()
        )
    mine = ApiToken.objects.first()
    with pytest.raises(NotVisible):
        services_token.revoke_token(actor=cast.neighbour_clerk, token_id=mine.pk)
    assert services_token.revoke_token(actor=cast.security_admin, token_id=mine.pk).revoked


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("label", {"label": " "}),
        ("label", {"label": "长" * 81}),
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": [*EVERY_SCOPE, "admin"]}),
        ("expires_on", {"expires_on": dt.date(2020, 1, 1)}),
        ("expires_on", {"expires_on": dt.date(2099, 1, 1)}),
    ],
)
def test_what_cannot_be_is_named(cast, field, values):
    right = {"label": "同步", "scopes": ["read"], "expires_on": tomorrow()}
    with pytest.raises(InvalidInput) as refusal:
        services_token.make_token(actor=cast.county_clerk, **(right | values))
    assert list(refusal.value.fields) == [field]
    assert not ApiToken.objects.exists()
