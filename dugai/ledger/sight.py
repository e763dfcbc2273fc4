"""What one viewer may see of the ledger, as conditions inside SQL and never as lists of ids.

A row knows its owner's place in the tree as three equal columns `a1`, `a2`, `a3` (the ancestors at
depth 1, 2 and 3, the root being depth 0) and as `owner_path`. So a whole subtree is one equality
with an index made for it, at any size (peers.md B1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.db import models
from django.db.models import Q

from dugai.people.states import SUBTREE_ROLES, Kind, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User

Row = TypeVar("Row", bound=models.Model)
DEEPEST_COLUMN = 3


class Unscoped(RuntimeError):
    """A query of the ledger did not say who is looking (reliability rule D3)."""


class ScopedQuerySet(models.QuerySet[Row]):
    """Refuses to read until `visible_to` or `unscoped` has been asked."""

    _scoped: bool = False

    def _clone(self) -> Any:
        clone = cast("Any", super())._clone()
        clone._scoped = self._scoped
        return clone

    def _mark(self) -> Any:
        clone = self._clone()
        clone._scoped = True
        return clone

    def unscoped(self, why: str) -> Any:
        """Read without a viewer; `why` says in words what makes that right, for the reader of the code."""
        if not why:
            message = "say why nobody is looking"
            raise Unscoped(message)
        return self._mark()

    def _check(self) -> None:
        if not self._scoped:
            message = f"{self.model.__name__}: ask visible_to(viewer) first"
            raise Unscoped(message)

    def _fetch_all(self) -> None:
        self._check()
        cast("Any", super())._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        """Stream the rows, once scoped."""
        self._check()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        """Count the rows, once scoped."""
        self._check()
        return super().count()

    def exists(self) -> bool:
        """Ask whether there is any row, once scoped."""
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregate the rows, once scoped."""
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Update the rows, once scoped."""
        self._check()
        return super().update(**kwargs)


class Scope:
    """One viewer's range in the tree: nothing, everything, or one subtree."""

    columns: ClassVar = ("a1", "a2", "a3")

    @staticmethod
    def top(viewer: User) -> Organisation | None:
        """Return the organisation whose subtree the viewer oversees, or None.

        Offices, supervision and discipline bodies oversee the region they belong to; leaders of a
        region oversee it too. A clerk of a unit oversees the unit and what stands under it.
        """
        organisation = viewer.organisation
        if viewer.is_admin or viewer.role == Role.PUBLIC:
            return None
        if viewer.role in SUBTREE_ROLES or (viewer.role == Role.LEADER and organisation.kind == Kind.REGION):
            belongs = organisation.kind in {Kind.OFFICE, Kind.SUPERVISION, Kind.DISCIPLINE}
            return organisation.parent if belongs and organisation.parent else organisation
        return organisation

    @classmethod
    def subtree(cls, top: Organisation, prefix: str = "") -> Q:
        """Return the condition 'owned by `top` or by something under it' on a row's scope columns."""
        if top.depth == 0:
            return Q()
        if top.depth <= DEEPEST_COLUMN:
            return Q(**{f"{prefix}a{top.depth}": top.pk})
        return Q(**{f"{prefix}owner_path__gte": top.path, f"{prefix}owner_path__lt": top.path_end})

    @staticmethod
    def columns_of(owner: Organisation, ancestors: dict[str, int]) -> dict[str, Any]:
        """Return `a1`, `a2`, `a3`, `owner_path` for a row owned by `owner`.

        `ancestors` maps path to id for every ancestor of `owner`, itself included.
        """
        paths = owner.ancestor_paths
        found = {
            f"a{depth}": ancestors[paths[depth]] if depth < len(paths) else None
            for depth in range(1, DEEPEST_COLUMN + 1)
        }
        return {**found, "owner_path": owner.path}


class OwnedRow(models.Model):
    """Scope columns of a row that belongs to one organisation; derived from its owner."""

    a1 = models.BigIntegerField(null=True)
    a2 = models.BigIntegerField(null=True)
    a3 = models.BigIntegerField(null=True)
    owner_path = models.CharField(max_length=64)

    class Meta:
        abstract = True
