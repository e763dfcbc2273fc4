"""Who looks after what did not go out, and who may have notices sent outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import Role

if TYPE_CHECKING:
    from dugai.people.models import User


def may_keep_deliveries(actor: User) -> bool:
    """The system administrator, for the people of their own organisation and below."""
    return actor.role == Role.SYSTEM_ADMIN


def may_have_notices(actor: User) -> bool:
    """Everybody who works here, for the own account; the public account is nobody in particular."""
    return actor.person.role not in {Role.PUBLIC, Role.SERVICE}
