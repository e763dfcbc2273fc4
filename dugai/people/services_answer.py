"""A write may come twice: the first time it acts, the second time it is answered from the record."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, OperationalError, transaction

from dugai.kernel import clock
from dugai.kernel.errors import Refused
from dugai.people.models import Answer

if TYPE_CHECKING:
    from dugai.people.models import User

KEPT = dt.timedelta(days=7)


def first_time(*, actor: User, key: str, fingerprint: str) -> Answer | None:
    """Claim `key` for this request, inside the caller's transaction; None when an answer is already kept.

    A twin that runs at this moment makes us wait for its commit. Raises `Refused` when the key was
    used for another request, or when the twin takes longer than the database lets us wait.
    """
    try:
        with transaction.atomic():
            return Answer.objects.create(user=actor, key=key, fingerprint=fingerprint, at=clock.now())
    except IntegrityError:
        kept = kept_answer(actor, key)
        if kept is None or kept.fingerprint != fingerprint:
            message = "这个提交编号已经用于另一次提交。请刷新页面后重试。"
            raise Refused(message, code="idempotency_key_reused") from None
        return None
    except OperationalError as busy:
        if "lock timeout" not in str(busy):
            raise
        raise Refused("同一次提交还在办理，请稍后再提交一次看结果。", code="in_progress") from busy


def kept_answer(viewer: User, key: str) -> Answer | None:
    """Return what this person's request with `key` was answered."""
    return Answer.objects.filter(user=viewer, key=key).first()


def keep(answer: Answer, *, status: int, headers: dict[str, str], body: str) -> None:
    """Keep the answer beside its effect."""
    answer.status, answer.headers, answer.body = status, headers, body
    answer.save(update_fields=["status", "headers", "body"])


def sweep_answers() -> int:
    """Forget answers older than seven days; return how many."""
    return Answer.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
