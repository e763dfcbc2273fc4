"""Questions about tokens: one's own, and whose a presented one is."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dugai.kernel.errors import NotVisible
from dugai.people import policy_token
from dugai.people.models import ApiToken

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from dugai.people.models import User

LONGEST = 200


def tokens(viewer: User) -> QuerySet[ApiToken]:
    """Return the viewer's own tokens, the newest first; the revoked and expired ones stay in the list."""
    return ApiToken.objects.filter(user=viewer.person.pk).order_by("-pk")


def get_token(viewer: User, token_id: int) -> ApiToken:
    """Return a token the viewer may end. Raises `NotVisible` for anybody else's."""
    found = ApiToken.objects.select_related("user__organisation").filter(pk=token_id).first()
    if found is None or not policy_token.may_revoke_token(viewer, found):
        raise NotVisible("没有这个令牌，或它是别人的。")
    return found


def live_tokens(viewer: User, now: dt.datetime) -> int:
    """Return how many of the viewer's tokens work now."""
    return ApiToken.objects.filter(user=viewer.person.pk, revoked=False, expires_at__gt=now).count()


def public_token(secret: str, now: dt.datetime, today: dt.date) -> ApiToken | None:
    """Return the live token with this secret, with its person; None for every other, whatever is wrong.

    Asked before anybody is known. A disabled or expired account, or one of a closed organisation, ends all
    its tokens.
    """
    if not secret.isascii() or len(secret) > LONGEST:
        return None
    found = ApiToken.objects.select_related("user__organisation__parent")
    token = found.filter(sha256=digest(secret), revoked=False, expires_at__gt=now).first()
    return token if token is not None and is_open(token.user, today) else None


def digest(secret: str) -> str:
    """Return what is stored of a secret: it is random, so a slow hash would add nothing."""
    return hashlib.sha256(b"dugai token " + secret.encode()).hexdigest()


def is_open(viewer: User, today: dt.date) -> bool:
    """Say whether an account may act: not disabled, not past its last day, its organisation not closed."""
    closed = viewer.organisation.active_until
    expired = viewer.expires_on is not None and today > viewer.expires_on
    return viewer.is_active and not expired and (closed is None or today <= closed)
