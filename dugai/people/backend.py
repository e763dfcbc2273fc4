"""How Django finds the account of a session, with its organisation, in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import BaseBackend

from dugai.people.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountBackend(BaseBackend):
    """Loads accounts for sessions. It accepts no credentials: `services_signin` counts every try."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return nobody: there is one door for passwords, and this is not it."""
        del request, credentials
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session, closed ones not."""
        return User.objects.select_related("organisation__parent").filter(pk=user_id, is_active=True).first()
