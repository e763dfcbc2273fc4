"""The security profile this installation runs under."""

from __future__ import annotations

from django.conf import settings

from dugai.people.rules import PROFILES, STANDARD, Profile
from dugai.people.states import Role


def current() -> Profile:
    """Return the profile named by the setting DUGAI_PROFILE; an unknown name stops the start elsewhere."""
    return PROFILES.get(settings.DUGAI_PROFILE, STANDARD)


def totp_demanded(role: str) -> bool:
    """Say whether people of this role must use a second factor here: all staff, in the stricter profile."""
    return current().totp_required and role != Role.PUBLIC
