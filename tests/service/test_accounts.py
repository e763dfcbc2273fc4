"""Accounts: passwords nobody chooses for another, rights that end sessions, administrators who exclude each other."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.hashers import check_password
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, DomainError, InvalidInput, NotVisible, Refused
from dugai.people import policy, services, services_account, services_password
from dugai.people.models import PastPassword, User, UserSession
from dugai.people.states import ADMIN_ROLES, Role
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
GOOD = "柳汀河边第{}座桥的灯亮了"


def change(cast: Cast, new: str, old: str | None = PASSWORD) -> User:
    return services_password.change_password(actor=cast.county_clerk, old=old, new=new)


def sign(user: User, key: str) -> UserSession:
    """Open a session row for a person, as signing in does."""
    now = dt.datetime.now(tz=dt.UTC)
    return UserSession.objects.create(user=user, session_key=key, started_at=now, seen_at=now)


def test_one_sets_ones_own_password_and_the_last_five_cannot_come_back(cast: Cast):
    old = PASSWORD
    for number in range(6):
        change(cast, GOOD.format(number), old)
        old = GOOD.format(number)
    for number in range(2, 6):
        with pytest.raises(InvalidInput, match="用过"):
            change(cast, GOOD.format(number), old)
    change(cast, GOOD.format(0), old)
    assert PastPassword.objects.filter(user=cast.county_clerk).count() == 5
    assert Event.objects.filter(kind="password.changed").count() == 7


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("short", "至少 10 个"),
        ("county_clerk 2026!", "county_clerk"),
        ("我是孟晴我在望渡县上班", "孟晴"),
        ("password123", "太常见"),
    ],
)
def test_a_weak_password_changes_nothing(cast: Cast, new: str, says: str):
    with pytest.raises(InvalidInput, match=says) as refusal:
        change(cast, new)
    assert "new" in refusal.value.fields
    user = User.objects.get(pk=cast.county_clerk.pk)
    assert check_password(PASSWORD, user.password)
    assert not Event.objects.filter(kind="password.changed").exists()


def test_the_old_password_must_be_right_and_may_be_left_out_only_once(cast: Cast):
    with pytest.raises(InvalidInput, match="原密码不对"):
        change(cast, GOOD.format(1), "wrong")
    with pytest.raises(Refused):
        change(cast, GOOD.format(1), None)
    services_password.reset_password(actor=cast.system_admin, user_id=cast.county_clerk.pk)
    user = change(cast, GOOD.format(1), None)
    assert not user.must_change_password


def test_the_administrator_cannot_choose_a_password(cast: Cast):
    sign(cast.county_clerk, "k1")
    user, first = services_password.reset_password(actor=cast.system_admin, user_id=cast.county_clerk.pk)
    assert check_password(first, user.password)
    assert user.must_change_password
    assert not UserSession.objects.filter(user=user).exists()
    event = Event.objects.get(kind="password.reset")
    assert first not in event.body
    assert user.password not in event.body


@pytest.mark.parametrize("person", ["county_clerk", "security_admin", "audit_admin", "province_manager"])
def test_only_the_keeper_of_an_account_resets_it(cast: Cast, person: str):
    with pytest.raises(DomainError):
        services_password.reset_password(actor=cast.users[person], user_id=cast.neighbour_clerk.pk)
    assert not User.objects.get(pk=cast.neighbour_clerk.pk).must_change_password


def test_rights_that_change_end_every_session(cast: Cast):
    clerk, pk = cast.county_clerk, cast.county_clerk.pk
    sign(clerk, "a")
    services_account.change_post(
        actor=cast.system_admin,
        user_id=pk,
        organisation=cast.neighbour_bureau,
        role=Role.UNIT_CLERK,
        reason="调岗",
    )
    assert not clerk.sessions.exists()
    sign(clerk, "b")
    services_account.disable_account(actor=cast.system_admin, user_id=pk, reason="离职")
    assert not clerk.sessions.exists()
    with pytest.raises(Refused):
        services_account.disable_account(actor=cast.system_admin, user_id=pk, reason="离职")
    user = services_account.enable_account(actor=cast.system_admin, user_id=pk, reason="返岗")
    assert (user.is_active, user.organisation_id) == (True, cast.neighbour_bureau.pk)
    kinds = list(
        Event.objects.filter(kind__startswith="user.")
        .exclude(kind="user.added")
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert kinds == ["user.post_changed", "user.disabled", "user.enabled"]


def test_a_stale_edit_is_a_conflict(cast: Cast):
    pk, seen = cast.county_clerk.pk, cast.county_clerk.version
    services_account.edit_account(actor=cast.system_admin, user_id=pk, seen_version=seen, title="科员")
    with pytest.raises(Conflict):
        services_account.edit_account(actor=cast.system_admin, user_id=pk, seen_version=seen, title="科长")
    assert User.objects.get(pk=pk).title == "科员"


def test_nobody_keeps_their_own_account_or_one_outside(cast: Cast):
    county_admin = services.add_user(
        actor=cast.system_admin,
        username="county_admin",
        name="县管",
        organisation=cast.county,
        role=Role.SYSTEM_ADMIN,
    )
    with pytest.raises(NotVisible):
        services_account.disable_account(actor=county_admin, user_id=cast.neighbour_clerk.pk, reason="试")
    with pytest.raises(Refused):
        services_account.disable_account(actor=county_admin, user_id=county_admin.pk, reason="试")
    services_account.disable_account(actor=county_admin, user_id=cast.county_clerk.pk, reason="离职")


@pytest.mark.parametrize("mine", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("other", sorted(ADMIN_ROLES))
def test_three_administrators_appoint_only_their_own_kind(cast: Cast, mine: str, other: str):
    actor = cast.users[mine]
    made = {"username": "neu", "name": "新", "organisation": cast.city, "role": other}
    if mine == other:
        assert services.add_user(actor=actor, **made).role == other
        return
    with pytest.raises(Refused):
        services.add_user(actor=actor, **made)
    assert not User.objects.filter(username="neu").exists()


def test_an_account_never_turns_into_an_administrators(cast: Cast):
    with pytest.raises(Refused):
        services_account.change_post(
            actor=cast.system_admin,
            user_id=cast.county_clerk.pk,
            organisation=cast.county,
            role=Role.SYSTEM_ADMIN,
            reason="试",
        )
    assert User.objects.get(pk=cast.county_clerk.pk).role == Role.UNIT_CLERK


def test_the_database_refuses_two_roles_and_two_administrators_in_one_person(cast: Cast):
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dugai_user SET role = 'system_admin,audit_admin', version = version + 1 WHERE id = %s",
            [cast.system_admin.pk],
        )
    services_account.edit_account(
        actor=services.add_user(
            actor=None, username="s2", name="二", organisation=cast.province, role=Role.SYSTEM_ADMIN
        ),
        user_id=cast.system_admin.pk,
        phone="13800000001",
    )
    with pytest.raises(InvalidInput, match="三员"):
        services.add_user(
            actor=None,
            username="a2",
            name="审二",
            organisation=cast.province,
            role=Role.AUDIT_ADMIN,
            phone="13800000001",
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(
            username="a3", name="审三", organisation=cast.province, role=Role.AUDIT_ADMIN, phone="13800000001"
        )


def test_the_last_security_administrator_stays(cast: Cast):
    second = services.add_user(
        actor=cast.security_admin,
        username="sec2",
        name="安二",
        organisation=cast.province,
        role=Role.SECURITY_ADMIN,
    )
    services_account.disable_account(actor=second, user_id=cast.security_admin.pk, reason="离职")
    with pytest.raises(Refused):
        services_account.disable_account(actor=second, user_id=second.pk, reason="试")
    third = services.add_user(
        actor=second, username="sec3", name="安三", organisation=cast.province, role=Role.SECURITY_ADMIN
    )
    services_account.disable_account(actor=third, user_id=second.pk, reason="离职")
    assert User.objects.filter(role=Role.SECURITY_ADMIN, is_active=True).get() == third


ROLES = st.sampled_from([role.value for role in Role])
ACTORS = st.sampled_from(
    ["system_admin", "security_admin", "audit_admin", "province_manager", "county_clerk", "leader", "last"]
)
PLACES = st.sampled_from(["province", "city", "county", "neighbour", "county_bureau"])
STEPS = st.lists(
    st.tuples(
        ACTORS,
        st.sampled_from(["add", "move", "disable", "enable", "reset"]),
        ROLES,
        PLACES,
        st.integers(0, 30),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_sequence_of_acts_grows_a_right_from_nothing(
    cast: Cast, steps: list[tuple[str, str, str, str, int]]
):
    point = transaction.savepoint()
    made: list[User] = []
    for number, (who, act, role, place, which) in enumerate(steps):
        actor = User.objects.get(
            pk=(made[-1] if who == "last" and made else cast.users.get(who, cast.leader)).pk
        )
        organisation = getattr(cast, place)
        victim = list(User.objects.order_by("pk"))[which % User.objects.count()]
        try:
            if act == "add":
                made.append(
                    services.add_user(
                        actor=actor, username=f"h{number}", name="某", organisation=organisation, role=role
                    )
                )
                granted = made[-1]
            elif act == "move":
                granted = services_account.change_post(
                    actor=actor, user_id=victim.pk, organisation=organisation, role=role, reason="试"
                )
            else:
                if act == "disable":
                    services_account.disable_account(actor=actor, user_id=victim.pk, reason="试")
                elif act == "enable":
                    services_account.enable_account(actor=actor, user_id=victim.pk, reason="试")
                else:
                    services_password.reset_password(actor=actor, user_id=victim.pk)
                assert policy.may_keep_account(actor, victim)
                continue
        except DomainError:
            continue
        assert granted.organisation.is_within(actor.organisation)
        assert actor.role in {Role.SYSTEM_ADMIN, granted.role}
        assert granted.role not in ADMIN_ROLES or granted.role == actor.role
        assert granted.role != Role.SERVICE
    assert User.objects.filter(role=Role.SECURITY_ADMIN, is_active=True).exists()
    transaction.savepoint_rollback(point)
