"""Which page of a list is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404

from dugai.portal import store

if TYPE_CHECKING:
    from django.http import HttpRequest

    from dugai.portal.store import Shown

MOST = 100_000
CODE = 12


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list and its neighbours."""

    rows: list[Shown]
    total: int
    page: int
    region: str

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // store.PAGE))

    @property
    def before(self) -> int:
        """The page before, 0 for none."""
        return self.page - 1

    @property
    def after(self) -> int:
        """The page after, 0 for none."""
        return self.page + 1 if self.page < self.pages else 0


def listing(request: HttpRequest, kind: str) -> Listing:
    """Return the page of a list that is asked for; a page beyond its end does not exist."""
    asked = request.GET.get("page", "1")
    region = request.GET.get("region", "").strip()
    if (
        not asked.isdecimal()
        or not 1 <= int(asked) <= MOST
        or len(region) > CODE
        or not (region.isalnum() or not region)
    ):
        raise Http404
    found = Listing(
        store.listed(kind, region=region, page=int(asked)),
        store.count(kind, region=region),
        int(asked),
        region,
    )
    if found.page > found.pages:
        raise Http404
    return found
