"""令牌: a person makes a token for a program, once shown and never again, and ends it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from dugai.journal.services import change, record, shown
from dugai.kernel import clock, ids
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.people import policy_token, queries_token
from dugai.people.models import ApiToken
from dugai.people.states_token import TokenScope

if TYPE_CHECKING:
    from collections.abc import Collection

    from dugai.people.models import User

BEGINS = "dugai_"
SHOWN = 12
MOST = 20
LONGEST_DAYS = 366
TOUCH_EVERY = dt.timedelta(minutes=1)


@transaction.atomic
def make_token(
    *, actor: User, label: str, scopes: Collection[str], expires_on: dt.date
) -> tuple[ApiToken, str]:
    """Make a token that works until the end of `expires_on`; return its row and its secret, shown this once.

    Only the secret's digest is stored. Raises `InvalidInput` with the sentence for each wrong field.
    """
    require(policy_token.may_hold_tokens(actor), NOT_YOURS, code="may_not_hold_tokens", error=Forbidden)
    _check(label, scopes, expires_on)
    live = queries_token.live_tokens(actor, clock.now())
    require(live < MOST, f"最多同时有 {MOST} 个有效令牌。请先作废不用的。", code="too_many_tokens")
    secret = BEGINS + ids.secret(256)
    end = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    end = end + (expires_on - end.date()) + dt.timedelta(days=1)
    token = ApiToken(
        user=actor,
        label=label.strip(),
        prefix=secret[:SHOWN],
        sha256=queries_token.digest(secret),
        scopes=[scope.value for scope in TokenScope if scope.value in set(scopes)],
        expires_at=end,
    )
    token.save(force_insert=True)
    record(
        actor=actor,
        kind="token.made",
        subject=token,
        after=shown(token, "label", "prefix", "scopes", "expires_at"),
    )
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token_id: int) -> ApiToken:
    """End a token at once; its row stays for the record."""
    token = queries_token.get_token(actor, token_id)
    require(not token.revoked, "这个令牌已经作废", code="already_revoked", error=Refused)
    before, after = change(token, revoked=True)
    record(actor=actor, kind="token.revoked", subject=token, before=before, after=after)
    return token


def note_use(token: ApiToken, now: dt.datetime) -> None:
    """Remember when a token was last used, to the minute."""
    if token.last_used_at is None or now - token.last_used_at >= TOUCH_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


NOT_YOURS = "令牌只能给自己的账户开。代理他人期间不能开令牌。"


def _check(label: str, scopes: Collection[str], expires_on: dt.date) -> None:
    today = clock.today()
    wrong: dict[str, str] = {}
    if not 1 <= len(label.strip()) <= 80:
        wrong["label"] = "请写用途，最多 80 个字，例如“每晚同步到数据平台”"
    if not scopes or set(scopes) - set(TokenScope.values):
        wrong["scopes"] = "请至少选一项用途范围"
    if not today <= expires_on <= today + dt.timedelta(days=LONGEST_DAYS):
        wrong["expires_on"] = "有效期从今天起，最长一年"
    if wrong:
        raise InvalidInput("；".join(wrong.values()), fields=wrong)
