"""Passwords and second factors: set by their owner, reset by an administrator who never chooses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password
from django.db import transaction

from dugai.journal.services import change, record, shown
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, NotVisible, Refused, require
from dugai.people import policy, profile, rules, sealed, secrets, services_session, services_signin
from dugai.people.models import PastPassword, User

if TYPE_CHECKING:
    from collections.abc import Iterable


def words_about(user: User) -> Iterable[str]:
    """Return the words an attacker would try first for this person."""
    organisation = user.organisation
    return [
        word
        for word in (
            user.username,
            user.name,
            user.phone,
            organisation.name,
            organisation.short_name,
            organisation.code,
        )
        if word
    ]


def check_new_password(user: User, password: str) -> str:
    """Return why a new password will not do for this person, or nothing."""
    given = rules.normal(password)
    common = secrets.is_common(given)
    fault = rules.password_fault(given, profile.current(), words_about(user), common=common)
    if fault:
        return fault
    limit = profile.current().history
    hashes = [user.password, *user.past_passwords.order_by("-pk").values_list("hash", flat=True)[:limit]]
    if any(check_password(given, old) for old in hashes[:limit]):
        return f"这个密码用过。最近 {limit} 个密码不能再用，请换一个。"
    return ""


@transaction.atomic
def change_password(*, actor: User, old: str | None, new: str) -> User:
    """Set one's own password. `old` is None only for a person who came in with a first password.

    All other sessions end; the caller keeps its own alive.
    """
    person = (
        User.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=actor.person.pk)
    )
    if old is None:
        require(person.must_change_password, "请填写原密码。", code="old_password_missing")
    elif not check_password(rules.normal(old), person.password):
        message = "原密码不对。请核对后再填。"
        raise InvalidInput(message, fields={"old": message}, code="wrong_password")
    if fault := check_new_password(person, new):
        raise InvalidInput(fault, fields={"new": fault}, code="weak_password")
    if person.has_usable_password():
        PastPassword.objects.create(user=person, at=clock.now(), hash=person.password)
        kept = person.past_passwords.order_by("-pk").values_list("pk", flat=True)[: profile.current().history]
        person.past_passwords.exclude(pk__in=list(kept)).delete()
    person.set_password(rules.normal(new))
    User.objects.filter(pk=person.pk).update(password=person.password, password_changed_at=clock.now())
    if person.must_change_password:
        before, after = change(person, must_change_password=False)
        record(actor=person, kind="password.changed", subject=person, before=before, after=after)
    else:
        record(actor=person, kind="password.changed", subject=person, changed=False)
    return person


@transaction.atomic
def reset_password(*, actor: User | None, user_id: int) -> tuple[User, str]:
    """Give an account a first password that opens once; return it, to be handed over in person.

    The administrator cannot choose it, and all sessions of the account end.
    """
    user = load_account(actor, user_id)
    require(policy.may_keep_account(actor, user), "不能重置自己或不归您管的账户", code="may_not_reset")
    password = secrets.first_password()
    if user.has_usable_password():
        PastPassword.objects.create(user=user, at=clock.now(), hash=user.password)
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(password=user.password, password_changed_at=None)
    before, after = change(user, must_change_password=True)
    services_session.end_all(user)
    record(actor=actor, kind="password.reset", subject=user, before=before, after=after)
    return user, password


@transaction.atomic
def switch_on_totp(*, actor: User, secret: str, code: str) -> list[str]:
    """Tie a phone to one's own account; return the recovery codes, which are shown this once."""
    person = User.objects.select_for_update(of=("self",)).get(pk=actor.person.pk)
    step = secrets.totp_step(secret, code, 0, clock.now())
    if step is None:
        message = "验证码不对。请核对手机时间，填最新的 6 位数字。"
        raise InvalidInput(message, fields={"code": message}, code="wrong_code")
    codes = secrets.new_recovery_codes()
    User.objects.filter(pk=person.pk).update(
        totp_secret=sealed.seal(secret),
        totp_last_step=step,
        recovery_hashes=[secrets.recovery_hash(c) for c in codes],
    )
    record(actor=person, kind="totp.switched_on", subject=person, changed=False)
    return codes


@transaction.atomic
def switch_off_totp(*, actor: User) -> None:
    """Untie the phone from one's own account; refused where the profile demands a second factor."""
    person = User.objects.select_for_update(of=("self",)).get(pk=actor.person.pk)
    require(
        not profile.totp_demanded(person.role),
        "本站要求两步验证，不能关闭。换手机请重新绑定。",
        code="totp_demanded",
    )
    require(bool(person.totp_secret), "两步验证没有打开。", code="totp_off")
    _clear_totp(person)
    record(actor=person, kind="totp.switched_off", subject=person, changed=False)


@transaction.atomic
def clear_totp(*, actor: User, user_id: int, reason: str) -> User:
    """Untie a lost phone from somebody's account; where it is demanded they bind another at sign-in."""
    user = load_account(actor, user_id)
    require(policy.may_keep_account(actor, user), "不能解绑自己或不归您管的账户", code="may_not_clear")
    require(bool(user.totp_secret), "这个账户没有打开两步验证。", code="totp_off")
    if not reason.strip():
        raise Refused("请写明原因，例如“手机遗失，已当面核实”。", code="reason_missing")
    _clear_totp(user)
    services_session.end_all(user)
    record(actor=actor, kind="totp.cleared", subject=user, reason=reason.strip(), changed=False)
    return user


def _clear_totp(user: User) -> None:
    User.objects.filter(pk=user.pk).update(totp_secret="", totp_last_step=0, recovery_hashes=[])


def load_account(actor: User | None, user_id: int) -> User:
    """Load an account for a change, locked, through the eyes of an administrator."""
    found = (
        User.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=user_id).first()
    )
    out = actor is not None and not (
        found and policy.may_see_accounts(actor) and found.organisation.is_within(actor.organisation)
    )
    if found is None or out:
        raise NotVisible("没有这个账户，或它不归您管。")
    return found


def account_facts(user: User) -> dict[str, object]:
    """Return what the journal shows of an account."""
    return shown(user, "username", "name", "organisation", "role", "is_active")


def due(user: User) -> bool:
    """Say whether the person must set a new password before anything else."""
    return services_signin.must_set_password(user, clock.now())
