"""Who may do what with organisations, people, sessions and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import ADMIN_ROLES, Role

if TYPE_CHECKING:
    from dugai.people.models import Group, Organisation, User, UserSession


def may_keep_organisations(actor: User | None, parent: Organisation | None) -> bool:
    """The system administrator keeps the tree below their own organisation; the set-up itself is `None`."""
    if actor is None or actor.role == Role.SERVICE:
        return True
    return actor.role == Role.SYSTEM_ADMIN and parent is not None and parent.is_within(actor.organisation)


def may_keep_people(actor: User | None, organisation: Organisation) -> bool:
    """The system administrator keeps the accounts of their own organisation and of those below it."""
    if actor is None or actor.role == Role.SERVICE:
        return True
    return actor.role == Role.SYSTEM_ADMIN and organisation.is_within(actor.organisation)


def may_grant(actor: User | None, role: str, organisation: Organisation) -> bool:
    """Nobody grants what they lack, nor outside their subtree (reliability S31).

    The system administrator gives the roles of the work; each of the three administrators appoints only
    their own kind. The account of the system itself comes with the set-up and from nowhere else.
    """
    if actor is None or actor.role == Role.SERVICE:
        return True
    if role == Role.SERVICE or not organisation.is_within(actor.organisation):
        return False
    if role in ADMIN_ROLES:
        return actor.role == role
    return actor.role == Role.SYSTEM_ADMIN


def may_keep_account(actor: User | None, user: User) -> bool:
    """Disable, enable, reset: those who may give the account its role, and nobody for their own account."""
    return may_grant(actor, user.role, user.organisation) and (actor is None or actor.person.pk != user.pk)


def may_see_accounts(actor: User) -> bool:
    """Administrators see the accounts below their organisation; nobody else sees a list of accounts."""
    return actor.role in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def may_keep_security(actor: User) -> bool:
    """Lock-outs and sessions are the security administrator's."""
    return actor.role == Role.SECURITY_ADMIN


def may_end_session(actor: User, session: UserSession) -> bool:
    """A person ends their own sessions; the security administrator ends any below their organisation."""
    if session.user_id == actor.person.pk:
        return True
    return may_keep_security(actor) and session.user.organisation.is_within(actor.organisation)


def may_appoint_deputy(actor: User, principal: User) -> bool:
    """The person themselves, or the system administrator above them."""
    return actor.person.pk == principal.pk or may_keep_people(actor, principal.organisation)


def may_keep_group(actor: User, organisation: Organisation) -> bool:
    """The system administrator keeps the groups of the organisations below their own."""
    return may_keep_organisations(actor, organisation)


def may_keep_members(actor: User, group: Group) -> bool:
    """Who keeps the group keeps its members."""
    return may_keep_group(actor, group.organisation)
