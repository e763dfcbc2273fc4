"""Whom a keeper of the ledger may give work, and whom it may name to oversee it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dugai.ledger.models_entry import OVERSEEING_PARTS
from dugai.ledger.sight import Scope
from dugai.people.models_organisation import STEP
from dugai.people.states import Kind

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


class Place(Protocol):
    """What is needed of an organisation to know where it stands."""

    @property
    def name(self) -> str:
        """The full name, for the sentence of a refusal."""

    @property
    def path(self) -> str:
        """The steps from the root, four characters each."""

    @property
    def kind(self) -> str:
        """Whether it is a region, an office, a department …"""


def may_give_work(actor: User, unit: Place) -> bool:
    """A keeper gives tasks, 责任 and 配合, to its own region and to what stands under it, never beside it."""
    top = Scope.top(actor)
    return top is not None and unit.path.startswith(top.path)


def may_name(actor: User, unit: Place, part: str) -> bool:
    """Those who lead, supervise and accept may also stand above the keeper, in its own line of regions."""
    top = Scope.top(actor)
    if top is None:
        return False
    return may_give_work(actor, unit) or (part in OVERSEEING_PARTS and _stands_above(top, unit))


def _stands_above(top: Organisation, unit: Place) -> bool:
    """Say whether the unit is a region above `top`, or belongs to one without being a region itself."""
    above = top.ancestor_paths[:-1]
    return unit.path in above or (unit.kind != Kind.REGION and unit.path[:-STEP] in above)
