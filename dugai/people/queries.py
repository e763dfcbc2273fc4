"""Questions about organisations and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.kernel.errors import NotVisible
from dugai.people.models import Deputy, Organisation, User

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from dugai.people.models_organisation import OrganisationQuerySet


def principal_for(viewer: User, deputy_id: int, today: dt.date) -> User | None:
    """Return the account `viewer` may act through by this deputising today, or None."""
    found = (
        Deputy.objects.select_related("principal__organisation__parent")
        .filter(pk=deputy_id, deputy=viewer, revoked=False, starts_on__lte=today, ends_on__gte=today)
        .filter(principal__is_active=True)
        .first()
    )
    if found is None:
        return None
    principal = found.principal
    principal.principal_of = viewer
    return principal


def public_organisations() -> OrganisationQuerySet:
    """Return every organisation; names and places in the tree are known to all who sign in."""
    return Organisation.objects.all()


def get_organisation(viewer: User, organisation_id: int) -> Organisation:
    """Return one organisation. Raises `NotVisible` when there is none."""
    del viewer  # organisations are known to everyone who is signed in
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise NotVisible("没有这个单位")
    return found


def public_ancestors(organisation: Organisation) -> list[Organisation]:
    """Return the organisations from the root down to this one, itself included."""
    return list(Organisation.objects.filter(path__in=organisation.ancestor_paths).order_by("path"))


def ancestors_by_path(organisations: list[Organisation]) -> dict[str, int]:
    """Return path → id for the given organisations and all their ancestors, in one query."""
    paths = {path for organisation in organisations for path in organisation.ancestor_paths}
    return dict(Organisation.objects.filter(path__in=paths).values_list("path", "pk"))


def public_organisations_by_id(keys: Collection[int]) -> dict[int, Organisation]:
    """Return the organisations with these ids, by id; names are known to all who sign in."""
    wanted, found = sorted(keys), dict[int, Organisation]()
    for start in range(0, len(wanted), 800):
        found |= Organisation.objects.in_bulk(wanted[start : start + 800])
    return found
