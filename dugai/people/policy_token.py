"""Who may hold tokens, and who may end them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import Role

if TYPE_CHECKING:
    from dugai.people.models import ApiToken, User


def may_hold_tokens(actor: User) -> bool:
    """Everyone but the public account, for their own account alone: a deputy makes none for the principal."""
    return actor.role != Role.PUBLIC and actor.person.pk == actor.pk


def may_revoke_token(actor: User, token: ApiToken) -> bool:
    """The person themselves, at any time; the security administrator above them, in an emergency."""
    if token.user_id == actor.person.pk:
        return True
    return actor.role == Role.SECURITY_ADMIN and token.user.organisation.is_within(actor.organisation)
