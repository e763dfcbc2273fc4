"""The tree of organisations for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from dugai.kernel.pages import Order, Page, Place, page
from dugai.people import queries
from dugai.people.models import Organisation

if TYPE_CHECKING:
    from dugai.people.models import User


def organisations(  # noqa: PLR0917  a filter each
    viewer: User,
    parent: int | None,
    below: int | None,
    kind: str | None,
    level: str | None,
    q: str | None,
    order: Order,
    after: Place | None,
    limit: int,
) -> Page[Organisation]:
    """Return organisations: directly under `parent`, or anywhere at and below `below`, or all."""
    found = queries.public_organisations()
    if below is not None:
        found = found.below(queries.get_organisation(viewer, below))
    exact = {"parent": parent, "kind": kind, "level": level}
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if q:
        found = found.filter(Q(name__icontains=q) | Q(code__istartswith=q) | Q(short_name__icontains=q))
    return page(found, order, after, limit)
