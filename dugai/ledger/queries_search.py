"""What a full-text search shows: problems, measures and tasks, each kind by itself, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.ledger import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.people.models import User

FIRST, WHOLE = 6, 25
RELATED = {"problem": ("lead",), "measure": ("problem",), "task": ("owner",)}
SEEN = "the numbers were read through the viewer's eyes"


@dataclass(frozen=True, slots=True)
class Group:
    """The found rows of one kind: how many (`more`: counting stopped there), those shown, where they go on.

    `after` is the key of the next page; None at the end, and where only the first few are shown.
    """

    kind: str
    n: int
    more: bool
    rows: list[Any]
    after: int | None = None

    @property
    def count(self) -> str:
        """Return the count as it is shown: 1,204 or 1000+."""
        return f"{self.n}+" if self.more else f"{self.n:,}"


def groups(viewer: User, query: str) -> list[Group]:
    """Return the first rows of each kind that has any, in nine queries at most."""
    found = []
    for kind in search.KINDS:
        ids, more = search.newest(viewer, query, kind)
        if ids:
            found.append(Group(kind, len(ids), more, _rows(kind, ids[:FIRST])))
    return found


def group(viewer: User, query: str, kind: str, before: int | None = None) -> Group:
    """Return one page of one kind, from the key `before` on."""
    ids, more = search.newest(viewer, query, kind)
    hits, after = search.find(viewer, query, limit=WHOLE, before=before, kind=kind)
    return Group(kind, len(ids), more, _rows(kind, [hit.pk for hit in hits]), after)


def _rows(kind: str, ids: Sequence[int]) -> list[Any]:
    rows = search.MODELS[kind].objects.unscoped(SEEN).select_related(*RELATED[kind]).in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]
