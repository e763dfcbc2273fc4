"""登录: one try at a time, counted before it is checked, answered alike for known and unknown names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from dugai.journal.services import record
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, Refused, TooMany
from dugai.people import profile, rules, sealed, secrets
from dugai.people.models import SignInAttempt, User

if TYPE_CHECKING:
    import datetime as dt

WRONG = "登录名或密码不对。请核对后再试，连续 5 次不对要等 15 分钟。"
WRONG_CODE = "验证码不对，或已经用过。请等手机上出现下一个再填。"
COUNTED = ("pending", "password", "code")
NAME_LENGTH = 64


@dataclass(frozen=True)
class Passed:
    """A password was right: whose it was, and the attempt that completing the sign-in will close."""

    user: User
    attempt_id: int


def try_password(*, username: str, password: str, address: str) -> Passed:
    """Check a name and a password. Raises `TooMany` while waiting is due, `Refused` when they do not fit.

    The try is written down first and counted with its own row, so that a hundred at once are not a
    hundred free guesses; the answer and its cost are the same whether or not the name exists.
    """
    name = username.strip()[:NAME_LENGTH]
    now = clock.now()
    attempt = SignInAttempt.objects.create(
        at=now, username=name.lower(), address=address, succeeded=False, reason="pending"
    )
    user = User.objects.select_related("organisation").filter(username=name).first()
    _require_no_wait(attempt, user, now)
    fits = (
        check_password(rules.normal(password), user.password)
        if user and user.has_usable_password()
        else False
    )
    if user is None or not user.has_usable_password():
        make_password(rules.normal(password))  # the same work as a check
    if user is None or not fits or not may_enter(user, clock.today()):
        _fail(attempt, user, "password")
        raise Refused(WRONG, code="wrong_credentials")
    SignInAttempt.objects.filter(pk=attempt.pk).update(reason="code_due" if user.totp_secret else "passed")
    return Passed(user, attempt.pk)


def try_code(*, user: User, code: str, address: str) -> None:
    """Check the second factor of a sign-in: six digits from the phone, or a recovery code, each good once."""
    now = clock.now()
    attempt = SignInAttempt.objects.create(
        at=now, username=user.username.lower(), address=address, succeeded=False, reason="pending"
    )
    _require_no_wait(attempt, user, now)
    if not use_code(user=user, code=code):
        _fail(attempt, user, "code")
        raise Refused(WRONG_CODE, code="wrong_code")
    SignInAttempt.objects.filter(pk=attempt.pk).update(reason="passed")


@transaction.atomic
def use_code(*, user: User, code: str) -> bool:
    """Spend a TOTP code or a recovery code of `user`; say whether it was good. Each works once."""
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    secret = sealed.unseal(row.totp_secret) if row.totp_secret else ""
    step = secrets.totp_step(secret, code, row.totp_last_step, clock.now()) if secret else None
    if step is not None:
        User.objects.filter(pk=row.pk).update(totp_last_step=step)
        return True
    spent = secrets.recovery_hash(code)
    if spent not in row.recovery_hashes:
        return False
    left = [kept for kept in row.recovery_hashes if kept != spent]
    User.objects.filter(pk=row.pk).update(recovery_hashes=left)
    record(actor=row, kind="recovery_code.used", subject=row, after={"left": len(left)}, changed=False)
    return True


@transaction.atomic
def complete(*, user: User, attempt_id: int, address: str, way: str) -> User:
    """Finish a sign-in: the attempt counts as a success, a first password is spent, the journal knows.

    `way` is `password`, `totp` or `oidc`. The caller opens the session afterwards.
    """
    row = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not may_enter(row, clock.today()):
        raise Forbidden("账户已停用或过期。需要时请联系本单位的系统管理员。", code="account_closed")
    if row.must_change_password and way != "oidc":
        # A first password opens the door once. Whoever does not set their own asks for another.
        row.set_unusable_password()
        User.objects.filter(pk=row.pk).update(password=row.password)
        user.password = row.password
    SignInAttempt.objects.filter(pk=attempt_id).update(succeeded=True, reason="")
    record(
        actor=row, kind="session.opened", subject=row, after={"address": address, "way": way}, changed=False
    )
    return row


def enter_by_external(*, external_id: str, address: str) -> Passed:
    """Find the account a trusted provider vouches for; nothing is created, a stranger is refused."""
    user = (
        User.objects.select_related("organisation").filter(external_id=external_id).first()
        if external_id
        else None
    )
    attempt = SignInAttempt.objects.create(
        at=clock.now(),
        username=user.username.lower() if user else "",
        address=address,
        succeeded=False,
        reason="passed" if user else "unknown_external",
    )
    if user is None or not may_enter(user, clock.today()):
        _fail(attempt, user, "external")
        raise Refused(
            "统一身份已核对，但本系统没有对应的账户。请联系本单位的系统管理员开设。", code="no_account"
        )
    return Passed(user, attempt.pk)


def confirm(*, user: User, password: str, code: str, address: str) -> None:
    """Confirm again who sits there, before a sensitive act: the password, and the second factor if any."""
    attempt_id = prove_password(user=user, password=password, address=address)
    if user.totp_secret and not use_code(user=user, code=code):
        _fail(SignInAttempt.objects.get(pk=attempt_id), user, "code")
        raise Refused(WRONG_CODE, code="wrong_code")
    with transaction.atomic():
        record(actor=user, kind="session.confirmed", subject=user, changed=False)


def prove_password(*, user: User, password: str, address: str) -> int:
    """Check the password of somebody who is signed in, as limited as at the door; return the attempt's id.

    A stolen session must not become a place to guess passwords in.
    """
    now = clock.now()
    attempt = SignInAttempt.objects.create(
        at=now, username=user.username.lower(), address=address, succeeded=False, reason="pending"
    )
    _require_no_wait(attempt, user, now)
    if not check_password(rules.normal(password), user.password):
        _fail(attempt, user, "password")
        raise Refused("密码不对。请核对后再试。", code="wrong_password")
    SignInAttempt.objects.filter(pk=attempt.pk).update(reason="confirmed")
    return attempt.pk


def may_enter(user: User, today: dt.date) -> bool:
    """Say whether an account is open: not disabled, not past its last day, its organisation not closed."""
    closed = user.organisation.active_until
    return (
        user.is_active
        and (user.expires_on is None or today <= user.expires_on)
        and (closed is None or today <= closed)
    )


def must_set_password(user: User, now: dt.datetime) -> bool:
    """Say whether the person has to set a new password before anything else."""
    if user.must_change_password:
        return True
    return user.has_usable_password() and rules.password_expired(
        user.password_changed_at, now, profile.current()
    )


def waiting(username: str, address: str, now: dt.datetime, but: int = 0) -> dt.timedelta:
    """Return how long this name has to wait at this address; by name, whether it exists or not.

    Tries that are still being checked count as failures; `but` is the one that asks.
    """
    name = username.lower()
    since = now - rules.WINDOW
    seen = SignInAttempt.objects.filter(at__gte=since, reason__in=COUNTED, succeeded=False).exclude(pk=but)
    by_address = list(seen.filter(address=address).values_list("at", flat=True)) if address else []
    own = SignInAttempt.objects.filter(username=name, succeeded=True)
    familiar = set(
        own.filter(at__gte=now - rules.KNOWN_FOR).values_list("address", flat=True).distinct()[:50]
    )
    tries = seen.filter(username=name)
    if address in familiar:
        tries = tries.filter(address=address)
        last = own.filter(address=address).order_by("-at").values_list("at", flat=True).first()
        tries = tries.filter(at__gt=last) if last else tries
    elif familiar:
        tries = tries.exclude(address__in=familiar)
    return max(
        rules.wait(list(tries.values_list("at", flat=True)), now),
        rules.wait(by_address, now, rules.ADDRESS_LIMIT),
    )


def _require_no_wait(attempt: SignInAttempt, user: User | None, now: dt.datetime) -> None:
    """Refuse unheard when waiting is due; such a try does not lengthen the waiting."""
    left = waiting(attempt.username, attempt.address, now, but=attempt.pk)
    if not left:
        return
    with transaction.atomic():
        SignInAttempt.objects.filter(pk=attempt.pk).update(reason="locked")
        after = {"address": attempt.address}
        record(actor=None, kind="sign_in.locked", subject=user or attempt, after=after, changed=False)
    raise TooMany(f"试错次数多，请等 {rules.wait_words(left)}再试。", code="sign_in_wait")


def _fail(attempt: SignInAttempt, user: User | None, reason: str) -> None:
    with transaction.atomic():
        SignInAttempt.objects.filter(pk=attempt.pk).update(reason=reason)
        after = {"address": attempt.address, "reason": reason}
        # The typed name stays out of the journal: people type their password there by mistake.
        record(actor=None, kind="sign_in.failed", subject=user or attempt, after=after, changed=False)


def pending_user(user_id: int) -> User | None:
    """Return the account whose password was right and whose second factor is still due."""
    return User.objects.select_related("organisation").filter(pk=user_id).first()
