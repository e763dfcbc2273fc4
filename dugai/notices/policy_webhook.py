"""Who may let another system be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import Role

if TYPE_CHECKING:
    from dugai.people.models import User


def may_keep_webhooks(actor: User) -> bool:
    """A manager of an office, for the own account alone: what is told is what this account sees."""
    return actor.role == Role.OFFICE_MANAGER and actor.person.pk == actor.pk
