"""Changes of organisations and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from dugai.journal.services import change, record, shown
from dugai.kernel.errors import InvalidInput, NotVisible, Refused, require
from dugai.people import policy
from dugai.people.models import Deputy, Organisation, User
from dugai.people.models_organisation import STEP
from dugai.people.services_account import require_one_administrator_each
from dugai.people.states import ADMIN_ROLES

if TYPE_CHECKING:
    import datetime as dt

LONGEST_DEPUTISING = 366
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_FIELDS = ("code", "name", "short_name", "kind", "level", "region_code", "line")


def step(number: int) -> str:
    """Return a whole number as one step of a path: four characters, in order."""
    digits = ""
    for _ in range(STEP):
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    if number:
        message = "一个单位之下的单位太多了"
        raise InvalidInput(message)
    return digits


@transaction.atomic
def add_organisation(*, actor: User | None, parent: Organisation | None, **values: Any) -> Organisation:
    """Add an organisation under `parent` (None only for the very first). `values` are its columns by name."""
    require(policy.may_keep_organisations(actor, parent), "只有系统管理员可以增加单位")
    if Organisation.objects.filter(code=values["code"]).exists():
        message = f"单位编码 {values['code']} 已经用过"
        raise Refused(message, code="organisation_code_taken")
    last = Organisation.objects.filter(parent=parent).aggregate(last=Max("path"))["last"]
    number = int(last[-STEP:], len(ALPHABET)) + 1 if last else 0
    base = parent.path if parent else ""
    organisation = Organisation(
        parent=parent, path=base + step(number), depth=parent.depth + 1 if parent else 0, **values
    )
    organisation.save(force_insert=True)
    record(
        actor=actor,
        kind="organisation.added",
        subject=organisation,
        after=shown(organisation, *ORGANISATION_FIELDS, "parent"),
    )
    return organisation


@transaction.atomic
def add_user(
    *,
    actor: User | None,
    username: str,
    name: str,
    organisation: Organisation,
    role: str,
    password: str | None = None,
    must_change_password: bool = True,
    **values: Any,
) -> User:
    """Make an account: one person, one post. Without a password nobody can sign in until one is set."""
    require(
        policy.may_grant(actor, role, organisation),
        "您没有这项权限可给，或单位不归您管",
        code="may_not_grant",
    )
    if User.objects.filter(username=username).exists():
        message = f"登录名 {username} 已经用过。请换一个。"
        raise Refused(message, code="username_taken")
    if role in ADMIN_ROLES and values.get("phone"):
        require_one_administrator_each(str(values["phone"]))
    user = User(
        username=username,
        name=name,
        organisation=organisation,
        role=role,
        must_change_password=must_change_password,
        **values,
    )
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save(force_insert=True)
    record(
        actor=actor,
        kind="user.added",
        subject=user,
        after=shown(user, "username", "name", "organisation", "role"),
    )
    return user


@transaction.atomic
def appoint_deputy(
    *, actor: User, principal: User, deputy: User, starts_on: dt.date, ends_on: dt.date, reason: str
) -> Deputy:
    """Let `deputy` act through the account of `principal` from one day to another, both included."""
    require(policy.may_appoint_deputy(actor, principal), "只有本人或系统管理员可以设代理")
    require(principal.pk != deputy.pk, "不能由本人代理本人", code="deputy_self")
    require(
        not principal.is_admin and not deputy.is_admin, "三员账户不能代理，也不能被代理", code="deputy_admin"
    )
    around = principal.organisation.parent or principal.organisation
    require(
        deputy.organisation.is_within(around), f"代理人要在{around}之内。请换一位。", code="deputy_outside"
    )
    require(deputy.is_active, "代理人的账户已停用。请换一位。", code="deputy_closed")
    if ends_on < starts_on:
        message = "结束日期早于开始日期"
        raise InvalidInput(message, fields={"ends_on": message})
    if (ends_on - starts_on).days > LONGEST_DEPUTISING:
        message = f"一次代理最多 {LONGEST_DEPUTISING} 天。请改早结束日期。"
        raise InvalidInput(message, fields={"ends_on": message})
    row = Deputy(principal=principal, deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason)
    row.save(force_insert=True)
    record(
        actor=actor,
        kind="deputy.appointed",
        subject=row,
        after=shown(row, "principal", "deputy", "starts_on", "ends_on"),
        reason=reason,
    )
    return row


@transaction.atomic
def revoke_deputy(*, actor: User, deputy_id: int) -> Deputy:
    """End a deputising before its last day; the deputy's next request is their own again."""
    row = (
        Deputy.objects.select_for_update(of=("self",))
        .select_related("principal__organisation")
        .filter(pk=deputy_id)
        .first()
    )
    if row is None or not policy.may_appoint_deputy(actor, row.principal):
        raise NotVisible("没有这项代理，或它不归您管。")
    require(
        actor.person.pk == row.principal_id or actor.principal_of is None,
        "代理期间不能替本人撤销代理",
        code="deputy_acts",
    )
    require(not row.revoked, "这项代理已经撤销。", code="already_revoked")
    before, after = change(row, revoked=True)
    record(actor=actor, kind="deputy.revoked", subject=row, before=before, after=after)
    return row
