"""Questions about the accounts one person may work through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.people.models import Deputy

if TYPE_CHECKING:
    import datetime as dt

    from dugai.people.models import User


def deputisings(viewer: User, today: dt.date) -> list[Deputy]:
    """Return the deputisings that hold today and let `viewer` work for somebody else, in one query."""
    return list(
        Deputy.objects.select_related("principal__organisation")
        .filter(
            deputy=viewer, revoked=False, starts_on__lte=today, ends_on__gte=today, principal__is_active=True
        )
        .order_by("ends_on", "pk")
    )
