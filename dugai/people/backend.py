"""How Django finds the account of a session, with its organisation, in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import Exists, OuterRef

from dugai.kernel import clock
from dugai.people.models import Deputy, User

if TYPE_CHECKING:
    from django.http import HttpRequest


class AccountBackend(BaseBackend):
    """Loads accounts for sessions. It accepts no credentials: `services_signin` counts every try."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return nobody: there is one door for passwords, and this is not it."""
        del request, credentials
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session, closed ones not; `stands_in` says whether it deputises today."""
        today = clock.today()
        turns = Deputy.objects.filter(
            deputy=OuterRef("pk"), revoked=False, starts_on__lte=today, ends_on__gte=today
        )
        found = User.objects.select_related("organisation__parent").annotate(stands_in=Exists(turns))
        return found.filter(pk=user_id, is_active=True).first()
