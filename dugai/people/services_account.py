"""Accounts after they were opened: details, another post, disabling. A change of rights ends sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal.services import change, record
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.people import policy, services_session
from dugai.people.models import User
from dugai.people.services_password import load_account
from dugai.people.states import ADMIN_ROLES, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation

DETAILS = ("name", "title", "email", "phone", "external_id", "expires_on")
NOT_YOURS = "不能改自己或不归您管的账户"


@transaction.atomic
def edit_account(*, actor: User, user_id: int, seen_version: int | None = None, **values: Any) -> User:
    """Correct what an account says of its person.

    `values` are among name, title, email, phone, external_id (text) and expires_on (a day or None).
    """
    user = load_account(actor, user_id)
    require(policy.may_keep_account(actor, user), NOT_YOURS, code="may_not_edit")
    unknown = set(values) - set(DETAILS)
    if unknown:
        raise InvalidInput(f"不能改这些字段：{'、'.join(sorted(unknown))}")
    _require_single_external(user, str(values.get("external_id", "")))
    _require_single_admin(user.role, str(values.get("phone", user.phone)), user.pk)
    if values.get("expires_on") and user.role == Role.SECURITY_ADMIN:
        guard_last_security_admin()
        _require_another_security_admin(user, "这是最后一个启用的安全管理员，不能设有效期。请先开设另一个。")
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if changed:
        before, after = change(user, seen_version=seen_version, **changed)
        record(actor=actor, kind="user.edited", subject=user, before=before, after=after)
    return user


@transaction.atomic
def change_post(
    *,
    actor: User,
    user_id: int,
    organisation: Organisation,
    role: str,
    reason: str,
    seen_version: int | None = None,
) -> User:
    """Move an account to another unit or role. Its sessions end: the next request asks anew who is there."""
    user = load_account(actor, user_id)
    require(policy.may_keep_account(actor, user), NOT_YOURS, code="may_not_edit")
    require(
        policy.may_grant(actor, role, organisation),
        "您没有这项权限可给，或单位不归您管",
        code="may_not_grant",
    )
    if user.role != role and (user.role in ADMIN_ROLES or role in ADMIN_ROLES):
        raise Refused(
            "三员账户单独开设，不能由别的角色改成，也不能改成别的角色。", code="administrator_fixed"
        )
    require(bool(reason.strip()), "请写明原因，例如“岗位调整”。", code="reason_missing")
    before, after = change(user, seen_version=seen_version, organisation=organisation, role=role)
    services_session.end_all(user)
    record(
        actor=actor, kind="user.post_changed", subject=user, before=before, after=after, reason=reason.strip()
    )
    return user


@transaction.atomic
def disable_account(*, actor: User, user_id: int, reason: str, seen_version: int | None = None) -> User:
    """Close an account. Its sessions end now; its history stays."""
    guard_last_security_admin()
    user = load_account(actor, user_id)
    require(policy.may_keep_account(actor, user), "不能停用自己或不归您管的账户", code="may_not_disable")
    require(user.is_active, "这个账户已经停用。", code="already_disabled")
    require(bool(reason.strip()), "请写明原因，例如“调离”。", code="reason_missing")
    if user.role == Role.SECURITY_ADMIN:
        _require_another_security_admin(user, "这是最后一个启用的安全管理员，不能停用。请先开设另一个。")
    before, after = change(user, seen_version=seen_version, is_active=False)
    services_session.end_all(user)
    record(actor=actor, kind="user.disabled", subject=user, before=before, after=after, reason=reason.strip())
    return user


@transaction.atomic
def enable_account(*, actor: User, user_id: int, reason: str, seen_version: int | None = None) -> User:
    """Open a closed account again; it needs a new first password."""
    user = load_account(actor, user_id)
    require(policy.may_keep_account(actor, user), "不能启用自己或不归您管的账户", code="may_not_enable")
    require(not user.is_active, "这个账户正在使用。", code="already_enabled")
    require(bool(reason.strip()), "请写明原因，例如“返岗”。", code="reason_missing")
    before, after = change(user, seen_version=seen_version, is_active=True)
    record(actor=actor, kind="user.enabled", subject=user, before=before, after=after, reason=reason.strip())
    return user


@transaction.atomic
def note_export(*, actor: User, kind: str) -> None:
    """Leave an event: a list of `organisations` or `people` left the house."""
    require(policy.may_keep_people(actor, actor.organisation), "只有系统管理员可以导出。", error=Forbidden)
    record(actor=actor, kind="people.exported", subject=actor.person, after={"kind": kind}, changed=False)


def guard_last_security_admin() -> None:
    """Lock the security administrators, so that two of them cannot disable each other at one moment."""
    list(
        User.objects.select_for_update(of=("self",))
        .filter(role=Role.SECURITY_ADMIN, is_active=True)
        .order_by("pk")
    )


def _require_another_security_admin(user: User, message: str) -> None:
    others = User.objects.filter(role=Role.SECURITY_ADMIN, is_active=True, expires_on=None).exclude(
        pk=user.pk
    )
    require(others.exists(), message, code="last_security_admin")


def _require_single_external(user: User, external_id: str) -> None:
    if external_id and User.objects.filter(external_id=external_id).exclude(pk=user.pk).exists():
        message = "这个统一身份号已经对应别的账户。请核对。"
        raise InvalidInput(message, fields={"external_id": message}, code="external_id_taken")


def _require_single_admin(role: str, phone: str, but: int) -> None:
    if role in ADMIN_ROLES and phone:
        require_one_administrator_each(phone, but)


def require_one_administrator_each(phone: str, but: int = 0) -> None:
    """三员分立: refuse a second administrator's account for one human being, known by the phone number."""
    if User.objects.filter(role__in=ADMIN_ROLES, phone=phone).exclude(pk=but).exists():
        message = "这个手机号已经是另一个三员账户的。三员要由不同的人担任。"
        raise InvalidInput(message, fields={"phone": message}, code="administrator_twice")
