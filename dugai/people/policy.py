"""Who may do what with organisations and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


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


def may_appoint_deputy(actor: User, principal: User) -> bool:
    """The person themselves, or the system administrator above them."""
    return actor.person.pk == principal.pk or may_keep_people(actor, principal.organisation)
