"""Organisations are renamed and closed with dates; groups have at most two heads; deputies act in their own name."""

from __future__ import annotations

import datetime as dt

import pytest

from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import DomainError, InvalidInput, NotVisible, Refused
from dugai.people import queries, queries_people, services, services_organisation, services_session
from dugai.people.models import Organisation
from dugai.people.states import Kind, Level
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_an_organisation_is_renamed_with_its_old_name_in_the_journal(cast: Cast):
    services_organisation.edit_organisation(
        actor=cast.system_admin,
        organisation_id=cast.county_bureau.pk,
        name="望渡县住房和城乡建设局",
        reason="机构改革",
    )
    event = Event.objects.get(kind="organisation.edited")
    assert '"before":{"name":"望渡县住建局"}' in event.body
    assert event.version == 2


@pytest.mark.parametrize(
    "person", ["county_clerk", "leader", "security_admin", "audit_admin", "province_manager"]
)
def test_only_the_system_administrator_keeps_the_tree(cast: Cast, person: str):
    actor = cast.users[person]
    with pytest.raises(DomainError):
        services.add_organisation(
            actor=actor, parent=cast.county, code="X", name="新", kind=Kind.DEPARTMENT, level=Level.COUNTY
        )
    with pytest.raises(DomainError):
        services_organisation.close_organisation(
            actor=actor, organisation_id=cast.county_bureau.pk, until=dt.date(2026, 6, 1), reason="试"
        )
    assert Organisation.objects.get(pk=cast.county_bureau.pk).active_until is None


def test_an_organisation_closes_after_those_below_it(cast: Cast):
    with pytest.raises(Refused, match="下面还有 2 个单位"):
        services_organisation.close_organisation(
            actor=cast.system_admin, organisation_id=cast.county.pk, until=dt.date(2026, 6, 1), reason="撤并"
        )
    closed = services_organisation.close_organisation(
        actor=cast.system_admin,
        organisation_id=cast.county_bureau.pk,
        until=dt.date(2026, 6, 1),
        reason="并入",
    )
    assert closed.active_until == dt.date(2026, 6, 1)
    opened = services_organisation.reopen_organisation(
        actor=cast.system_admin, organisation_id=cast.county_bureau.pk, reason="恢复"
    )
    assert opened.active_until is None


def test_a_leading_group_has_two_heads_at_most(cast: Cast):
    group = services_organisation.add_group(
        actor=cast.system_admin, organisation_id=cast.city.pk, name="整改工作领导小组", kind="leading"
    )
    add = lambda user, position: services_organisation.add_member(  # noqa: E731
        actor=cast.system_admin, group_id=group.pk, user=user, position=position
    )
    first = add(cast.city_leader, "head")
    add(cast.leader, "head")
    with pytest.raises(Refused, match="双组长"):
        add(cast.city_reviewer, "head")
    with pytest.raises(Refused, match="三员"):
        add(cast.audit_admin, "member")
    services_organisation.retire_member(actor=cast.system_admin, member_id=first.pk)
    add(cast.city_reviewer, "head")
    rows = queries_people.members_of(cast.county_clerk, group)
    assert [(row.user.name, row.until is None) for row in rows] == [
        ("陆文", True),
        ("罗平", True),
        ("钱川", False),
    ]


def test_working_groups_stand_under_a_leading_one(cast: Cast):
    lead = services_organisation.add_group(
        actor=cast.system_admin, organisation_id=cast.city.pk, name="领导小组", kind="leading"
    )
    names = ["综合协调小组", "案件分办小组"]
    for name in names:
        services_organisation.add_group(
            actor=cast.system_admin,
            organisation_id=cast.city.pk,
            name=name,
            kind="working",
            parent_id=lead.pk,
        )
    assert [group.name for group in lead.children.order_by("pk")] == names
    with pytest.raises(Refused, match="已经有"):
        services_organisation.add_group(
            actor=cast.system_admin, organisation_id=cast.city.pk, name="领导小组", kind="leading"
        )


def appoint(cast: Cast, **changes: object):
    today = clock.today()
    values = {
        "actor": cast.county_clerk,
        "principal": cast.county_clerk,
        "deputy": cast.county_reviewer,
        "starts_on": today,
        "ends_on": today + dt.timedelta(days=3),
        "reason": "外出培训",
    }
    return services.appoint_deputy(**(values | changes))


def test_a_deputy_acts_in_their_own_name_for_the_principal(cast: Cast):
    row = appoint(cast)
    principal = queries.principal_for(cast.county_reviewer, row.pk, clock.today())
    assert principal is not None
    assert (principal.pk, principal.person.pk) == (cast.county_clerk.pk, cast.county_reviewer.pk)
    services_session.note_refusal(actor=principal, route="x", method="post")
    event = Event.objects.get(kind="access.refused")
    assert event.actor_id == cast.county_reviewer.pk
    assert f'"for":{cast.county_clerk.pk}' in event.body


def test_a_deputising_begins_ends_and_can_be_revoked(cast: Cast):
    today = clock.today()
    row = appoint(cast, starts_on=today + dt.timedelta(days=1))
    look = lambda day: queries.principal_for(cast.county_reviewer, row.pk, day)  # noqa: E731
    assert look(today) is None
    assert look(today + dt.timedelta(days=3)) is not None
    assert look(today + dt.timedelta(days=4)) is None
    with pytest.raises(NotVisible):
        services.revoke_deputy(actor=cast.neighbour_clerk, deputy_id=row.pk)
    services.revoke_deputy(actor=cast.county_clerk, deputy_id=row.pk)
    assert look(today + dt.timedelta(days=3)) is None


def test_nobody_deputises_for_themselves_an_administrator_or_from_elsewhere(cast: Cast):
    for changes in (
        {"deputy": cast.county_clerk},
        {"deputy": cast.system_admin},
        {"deputy": cast.neighbour_clerk},
        {"actor": cast.neighbour_clerk},
    ):
        with pytest.raises(Refused):
            appoint(cast, **changes)
    today = clock.today()
    for ends in (today - dt.timedelta(days=1), today + dt.timedelta(days=400)):
        with pytest.raises(InvalidInput):
            appoint(cast, ends_on=ends)
    assert not Event.objects.filter(kind="deputy.appointed").exists()
