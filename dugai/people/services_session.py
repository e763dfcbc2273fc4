"""Sessions: opened at sign-in, touched by use, ended by owner, administrator or a change of rights."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from dugai.journal.services import record
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.people import policy, rules
from dugai.people.models import SignInAttempt, User, UserSession

if TYPE_CHECKING:
    from django.http import HttpRequest

TOUCH_EVERY = dt.timedelta(seconds=60)
SHOWN_AGENT = 200


def register_session(sender: Any, *, request: HttpRequest, user: User, **_: Any) -> None:
    """Keep a row for a session that Django has just opened; connected to its `user_logged_in` signal."""
    del sender
    now = clock.now()
    if not request.session.session_key:
        request.session.create()
    UserSession.objects.create(
        user=user,
        session_key=str(request.session.session_key),
        started_at=now,
        seen_at=now,
        address=getattr(request, "client_address", request.META.get("REMOTE_ADDR", ""))[:64],
        agent=request.META.get("HTTP_USER_AGENT", "")[:SHOWN_AGENT],
    )
    over = list(user.sessions.order_by("-started_at", "-pk")[settings.SESSION_LIMIT :])
    if over:
        with transaction.atomic():
            _kill(over)
            record(
                actor=user,
                kind="session.ended",
                subject=user,
                after={"count": len(over)},
                reason=f"同时在线超过 {settings.SESSION_LIMIT} 个",
                changed=False,
            )


def live_session(session_key: str, user: User, now: dt.datetime) -> UserSession | None:
    """Return the row of a session that still holds, touched; None when it was ended or has run out."""
    row = UserSession.objects.filter(session_key=session_key, user=user).first()
    if row is None:
        return None
    if rules.session_over(row.started_at, row.seen_at, now):
        _kill([row])
        return None
    if now - row.seen_at >= TOUCH_EVERY:
        UserSession.objects.filter(pk=row.pk).update(seen_at=now)
        row.seen_at = now
    return row


def forget_session(session_key: str) -> None:
    """Drop the row of a session that signs out."""
    UserSession.objects.filter(session_key=session_key).delete()


@transaction.atomic
def sign_out(*, actor: User, session_key: str) -> None:
    """End the session that asks; the server forgets it at once."""
    forget_session(session_key)
    Session.objects.filter(session_key=session_key).delete()
    record(actor=actor, kind="session.closed", subject=actor.person, changed=False)


@transaction.atomic
def end_session(*, actor: User, session_id: int) -> UserSession:
    """End one session: one's own, or any below when one keeps security. Others do not exist."""
    row = UserSession.objects.select_related("user__organisation").filter(pk=session_id).first()
    if row is None or not policy.may_end_session(actor, row):
        raise NotVisible("没有这个登录，或它已经结束。")
    _kill([row])
    record(
        actor=actor,
        kind="session.ended",
        subject=row.user,
        after={"address": row.address, "started_at": row.started_at},
        changed=False,
    )
    return row


@transaction.atomic
def end_other_sessions(*, actor: User, session_key: str) -> int:
    """End all of one's own sessions but the one that asks; return how many."""
    person = actor.person
    rows = list(person.sessions.exclude(session_key=session_key))
    if rows:
        _kill(rows)
        record(actor=actor, kind="session.ended", subject=person, after={"count": len(rows)}, changed=False)
    return len(rows)


def end_all(user: User) -> int:
    """End every session of an account, inside the caller's transaction.

    Called when rights change: disabling, another unit or role, a reset password. Tokens are asked for
    their account at every use and need nothing more.
    """
    return _kill(list(user.sessions.all()))


def _kill(rows: list[UserSession]) -> int:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def mark_stepped_up(session_key: str, new_key: str, now: dt.datetime) -> None:
    """Remember that the person behind a session has just confirmed who they are, under its new id."""
    UserSession.objects.filter(session_key=session_key).update(session_key=new_key, stepped_up_at=now)


@transaction.atomic
def note_refusal(*, actor: User, route: str, method: str) -> None:
    """Leave a security event: somebody who is signed in tried what their role does not allow."""
    record(
        actor=actor,
        kind="access.refused",
        subject=actor.person,
        after={"route": route, "method": method},
        changed=False,
    )


@transaction.atomic
def release_lock(*, actor: User, user_id: int) -> User:
    """Let an account try again at once, after the security administrator has spoken to its person."""
    user = User.objects.select_related("organisation").filter(pk=user_id).first()
    if (
        user is None
        or not policy.may_keep_security(actor)
        or not user.organisation.is_within(actor.organisation)
    ):
        raise NotVisible("没有这个账户，或它不归您管。")
    failed = SignInAttempt.objects.filter(
        username=user.username.lower(), succeeded=False, reason__in=("pending", "password", "code")
    )
    released = failed.filter(at__gte=clock.now() - rules.WINDOW).update(reason="released")
    record(actor=actor, kind="sign_in.released", subject=user, after={"failures": released}, changed=False)
    return user


@transaction.atomic
def renew(*, actor: User, session_key: str, new_key: str) -> None:
    """Carry a session over to its new id after a new password, and end the person's others."""
    UserSession.objects.filter(session_key=session_key, user=actor).update(session_key=new_key)
    others = list(actor.sessions.exclude(session_key=new_key))
    if others:
        _kill(others)
        record(actor=actor, kind="session.ended", subject=actor, after={"count": len(others)}, changed=False)
