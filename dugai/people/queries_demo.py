"""What a demonstration site shows of itself before anybody signs in."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from dugai.people.models import User
from dugai.people.states import Role


@dataclass(frozen=True)
class DemoAccount:
    """One account of each role, to try the house with."""

    username: str
    name: str
    role: str
    organisation: str


def public_demo_accounts() -> list[DemoAccount]:
    """Return the first open account of every role; nothing on a site that is not a demonstration."""
    if not settings.DUGAI_DEMO:
        return []
    found: dict[str, User] = {}
    first = User.objects.filter(is_active=True, must_change_password=False).exclude(role=Role.SERVICE)
    for role in Role.values:
        user = first.filter(role=role).select_related("organisation").order_by("pk").first()
        if user is not None:
            found[role] = user
    return [
        DemoAccount(user.username, user.name, Role(role).label, user.organisation.name)
        for role, user in found.items()
    ]
