"""Organisations after they were added, and the groups they set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal.services import change, record, shown
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, NotVisible, Refused, require
from dugai.people import policy
from dugai.people.models import Group, GroupMember, Organisation, User

if TYPE_CHECKING:
    import datetime as dt

EDITABLE = ("name", "short_name", "kind", "level", "region_code", "line", "line_parent", "active_from")
ONLY_ADMIN = "只有上级系统管理员可以改单位"


def _load(actor: User, organisation_id: int) -> Organisation:
    found = Organisation.objects.select_for_update(of=("self",)).filter(pk=organisation_id).first()
    if found is None:
        raise NotVisible("没有这个单位。")
    require(policy.may_keep_organisations(actor, found), ONLY_ADMIN, code="may_not_keep")
    return found


@transaction.atomic
def edit_organisation(
    *, actor: User, organisation_id: int, seen_version: int | None = None, reason: str = "", **values: Any
) -> Organisation:
    """Rename an organisation or correct its columns; its place in the tree and its code stay for ever."""
    organisation = _load(actor, organisation_id)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise InvalidInput(f"不能改这些字段：{'、'.join(sorted(unknown))}")
    line_parent = values.get("line_parent")
    require(
        line_parent is None or line_parent.pk != organisation.pk, "业务上级不能是本单位。", code="own_parent"
    )
    changed = {name: value for name, value in values.items() if getattr(organisation, name) != value}
    if changed:
        before, after = change(organisation, seen_version=seen_version, **changed)
        record(
            actor=actor,
            kind="organisation.edited",
            subject=organisation,
            before=before,
            after=after,
            reason=reason,
        )
    return organisation


@transaction.atomic
def close_organisation(
    *, actor: User, organisation_id: int, until: dt.date, reason: str, seen_version: int | None = None
) -> Organisation:
    """Set the last day of an organisation. Its people can no longer sign in after it; its history stays."""
    organisation = _load(actor, organisation_id)
    require(bool(reason.strip()), "请写明原因，例如“机构改革，并入某某局”。", code="reason_missing")
    require(actor.organisation_id != organisation.pk, "不能停用您自己所在的单位。", code="own_organisation")
    if organisation.active_from and until < organisation.active_from:
        message = f"停用日期早于启用日期 {organisation.active_from.isoformat()}。"
        raise InvalidInput(message, fields={"until": message})
    open_below = Organisation.objects.below(organisation).exclude(pk=organisation.pk)
    left = open_below.filter(active_until=None).count()
    require(not left, f"下面还有 {left} 个单位没有停用。请先停用它们，或等它们并出。", code="open_below")
    before, after = change(organisation, seen_version=seen_version, active_until=until)
    record(
        actor=actor,
        kind="organisation.closed",
        subject=organisation,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    return organisation


@transaction.atomic
def reopen_organisation(*, actor: User, organisation_id: int, reason: str) -> Organisation:
    """Take back the last day of an organisation."""
    organisation = _load(actor, organisation_id)
    require(organisation.active_until is not None, "这个单位没有停用。", code="not_closed")
    require(bool(reason.strip()), "请写明原因。", code="reason_missing")
    before, after = change(organisation, active_until=None)
    record(
        actor=actor,
        kind="organisation.reopened",
        subject=organisation,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    return organisation


@transaction.atomic
def add_group(
    *, actor: User, organisation_id: int, name: str, kind: str, parent_id: int | None = None
) -> Group:
    """Set up a leading or a working group of an organisation, perhaps under another of its groups."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotVisible("没有这个单位。")
    require(policy.may_keep_group(actor, organisation), "只有上级系统管理员可以设组", code="may_not_keep")
    parent = Group.objects.filter(pk=parent_id, organisation=organisation).first() if parent_id else None
    require(parent_id is None or parent is not None, "上级组不在这个单位。", code="parent_elsewhere")
    if Group.objects.filter(organisation=organisation, name=name.strip()).exists():
        raise Refused(f"这个单位已经有“{name.strip()}”。请换个名称。", code="group_name_taken")
    group = Group(organisation=organisation, parent=parent, name=name.strip(), kind=kind)
    group.save(force_insert=True)
    record(
        actor=actor,
        kind="group.added",
        subject=group,
        after=shown(group, "organisation", "parent", "name", "kind"),
    )
    return group


@transaction.atomic
def add_member(*, actor: User, group_id: int, user: User, position: str) -> GroupMember:
    """Give a person a place in a group. Two heads (双组长) are two places of the position `head`."""
    group = _load_group(actor, group_id)
    require(not user.is_admin, "三员账户不进领导小组或专组。", code="administrator_member")
    require(user.is_active, "这个账户已停用。请换一位。", code="member_closed")
    if group.members.filter(user=user, until=None).exists():
        raise Refused(f"{user.name}已在“{group.name}”里。要换职务，请先离任。", code="member_twice")
    heads = group.members.filter(position=GroupMember.Position.HEAD, until=None).count()
    two = position != GroupMember.Position.HEAD or heads < 2
    require(two, "组长已有两位（双组长）。请先让一位离任。", code="two_heads")
    member = GroupMember(group=group, user=user, position=position)
    member.save(force_insert=True)
    record(
        actor=actor,
        kind="group_member.added",
        subject=member,
        after=shown(member, "group", "user", "position"),
    )
    return member


@transaction.atomic
def retire_member(*, actor: User, member_id: int) -> GroupMember:
    """End a person's place in a group today."""
    member = GroupMember.objects.select_for_update(of=("self",)).filter(pk=member_id, until=None).first()
    if member is None:
        raise NotVisible("没有这位成员，或已经离任。")
    _load_group(actor, member.group_id)
    before, after = change(member, until=clock.today())
    record(actor=actor, kind="group_member.retired", subject=member, before=before, after=after)
    return member


def _load_group(actor: User, group_id: int) -> Group:
    group = (
        Group.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(pk=group_id)
        .first()
    )
    if group is None:
        raise NotVisible("没有这个组。")
    require(policy.may_keep_members(actor, group), "只有上级系统管理员可以改组的成员", code="may_not_keep")
    return group
