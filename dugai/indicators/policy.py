"""Who may define indicators, enter readings and set targets. A unit says what is so for its own region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.indicators.sight import home_of
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Level, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


def may_see(viewer: User) -> bool:
    """Whoever belongs to a region reads its indicators."""
    return home_of(viewer) is not None


def may_define(actor: User) -> bool:
    """A manager of the province's office, or of the highest there is, says what is measured everywhere."""
    home = home_of(actor)
    if home is None or actor.role != Role.OFFICE_MANAGER:
        return False
    return home.depth == 0 or home.level in {Level.NATION, Level.PROVINCE}


def may_enter_at_all(actor: User) -> bool:
    """Units and offices enter readings."""
    return actor.role in UNIT_ROLES | OFFICE_ROLES and home_of(actor) is not None


def may_enter(actor: User, region: Organisation) -> bool:
    """A unit enters readings of its own region, an office those of its region and of the regions inside."""
    home = home_of(actor)
    if home is None:
        return False
    if actor.role in OFFICE_ROLES:
        return region.is_within(home)
    return actor.role in UNIT_ROLES and region.pk == home.pk


def may_set_target(actor: User, region: Organisation) -> bool:
    """An office sets targets for its region and for the regions inside."""
    home = home_of(actor)
    return home is not None and actor.role in OFFICE_ROLES and region.is_within(home)
