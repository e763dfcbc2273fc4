"""Who sees which readings: people of a region see it and what lies below; those without a place see none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.ledger.sight import ScopedQuerySet
from dugai.people.states import ADMIN_ROLES, Kind, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User


def home_of(viewer: User) -> Organisation | None:
    """Return the region the viewer's unit belongs to; None for administrators and for the public."""
    if viewer.role in ADMIN_ROLES or viewer.role == Role.PUBLIC:
        return None
    found: Organisation | None = viewer.organisation
    while found is not None and found.kind != Kind.REGION:
        found = found.parent
    return found


class ByRegion(ScopedQuerySet[Any]):
    """Rows of regions through somebody's eyes."""

    def visible_to(self, viewer: User) -> Any:
        """Those of the viewer's own region and of the regions inside it."""
        marked = self._mark()
        home = home_of(viewer)
        if home is None:
            return marked.none().unscoped("nobody sees nothing")
        return marked.filter(region__path__gte=home.path, region__path__lt=home.path_end)
