"""Who may set rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.states import Kind, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


def may_adopt_rules(actor: User | None, region: Organisation | None) -> bool:
    """The manager of the office sets the rules of the region it belongs to and of those below it.

    Only the set-up itself (no actor) and the system's own account set rules for everybody.
    """
    if actor is None or actor.role == Role.SERVICE:
        return True
    if actor.role != Role.OFFICE_MANAGER or region is None:
        return False
    own = actor.organisation
    top = own.parent if own.kind == Kind.OFFICE and own.parent else own
    return region.is_within(top)
