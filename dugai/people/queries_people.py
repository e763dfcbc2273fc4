"""Questions the administrators' pages ask about organisations, accounts, sessions and lock-outs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from dugai.kernel.errors import Forbidden, NotVisible, Refused
from dugai.people import policy, rules
from dugai.people.models import Deputy, Group, GroupMember, Organisation, SignInAttempt, User, UserSession
from dugai.people.states import Role

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

PAGE = 50


@dataclass(frozen=True)
class Locked:
    """A sign-in name that has to wait: whose it is, how long, and how often it failed."""

    user: User
    failures: int
    last: dt.datetime
    left: dt.timedelta


def organisation_in_tree(viewer: User, organisation_id: int) -> Organisation:
    """Return one organisation with its parents. Raises `NotVisible` when there is none."""
    del viewer  # organisations are known to everyone who is signed in
    found = Organisation.objects.select_related("parent", "line_parent").filter(pk=organisation_id).first()
    if found is None:
        raise NotVisible("没有这个单位。")
    return found


def home_of_tree(viewer: User) -> Organisation:
    """Return where the tree opens: the administrator's own organisation, else the viewer's region."""
    organisation = viewer.organisation
    return organisation if viewer.is_admin or organisation.parent is None else organisation.parent


def children_of(viewer: User, organisation: Organisation, *, after: str = "") -> list[Organisation]:
    """Return a page of the organisations directly below, in the order of the tree, with their own counts."""
    del viewer
    found = Organisation.objects.filter(parent=organisation, path__gt=after).order_by("path")
    counted = found.annotate(below=Count("children", distinct=True))
    return list(counted[: PAGE + 1])


def ancestors(organisation: Organisation) -> list[Organisation]:
    """Return the organisations above, from the root down, without the organisation itself."""
    return list(Organisation.objects.filter(path__in=organisation.ancestor_paths[:-1]).order_by("path"))


def find_organisations(viewer: User, words: str, *, limit: int = PAGE) -> list[Organisation]:
    """Return organisations whose name, short name or code holds `words`."""
    del viewer
    if not words.strip():
        return []
    word = words.strip()
    matching = Q(name__contains=word) | Q(short_name__contains=word) | Q(code__startswith=word)
    return list(Organisation.objects.filter(matching).select_related("parent").order_by("path")[:limit])


def organisation_by_code(viewer: User, code: str) -> Organisation | None:
    """Return the organisation of a code, if there is one."""
    del viewer
    return Organisation.objects.filter(code=code.strip()).first() if code.strip() else None


def accounts(viewer: User) -> QuerySet[User]:
    """Return the accounts below an administrator's organisation; nobody else sees accounts."""
    if not policy.may_see_accounts(viewer):
        raise Forbidden("账户只有三员可以看。")
    top = viewer.organisation
    below = User.objects.filter(organisation__path__gte=top.path, organisation__path__lt=top.path_end)
    return below.select_related("organisation").exclude(role=Role.SERVICE)


def find_accounts(
    viewer: User, *, words: str = "", role: str = "", state: str = "", after: str = ""
) -> list[User]:
    """Return a page (and one more) of accounts in the order of sign-in names, after the name `after`."""
    found = accounts(viewer).filter(username__gt=after)
    if words.strip():
        word = words.strip()
        found = found.filter(
            Q(name__contains=word) | Q(username__contains=word) | Q(organisation__name__contains=word)
        )
    if role in Role.values:
        found = found.filter(role=role)
    if state in {"on", "off"}:
        found = found.filter(is_active=state == "on")
    return list(found.order_by("username")[: PAGE + 1])


def get_account(viewer: User, user_id: int) -> User:
    """Return one account below an administrator's organisation. Raises `NotVisible` for any other."""
    if not policy.may_see_accounts(viewer):
        raise Forbidden("账户只有三员可以看。")
    found = accounts(viewer).filter(pk=user_id).first()
    if found is None:
        raise NotVisible("没有这个账户，或它不归您管。")
    return found


def people_of(viewer: User, organisation: Organisation) -> list[User]:
    """Return the accounts of one organisation, for those who keep them; nobody's otherwise."""
    if not policy.may_see_accounts(viewer) or not organisation.is_within(viewer.organisation):
        return []
    return list(accounts(viewer).filter(organisation=organisation).order_by("-is_active", "username")[:500])


def colleague(viewer: User, username: str) -> User:
    """Return the account of a sign-in name, for choosing a deputy or a member. Raises `Refused` for none."""
    del viewer
    known = User.objects.select_related("organisation").exclude(role=Role.SERVICE)
    found = known.filter(username=username.strip()).first()
    if found is None:
        raise Refused(f"没有登录名“{username.strip()}”。请核对，填登录名而不是姓名。", code="no_such_account")
    return found


def groups_of(viewer: User, organisation: Organisation) -> list[Group]:
    """Return the groups of an organisation with their present members, in three queries."""
    del viewer
    found = Group.objects.filter(organisation=organisation).select_related("parent").order_by("kind", "pk")
    return list(found.prefetch_related("members__user__organisation"))


def get_group(viewer: User, group_id: int) -> Group:
    """Return one group with its organisation. Raises `NotVisible` when there is none."""
    del viewer
    found = Group.objects.select_related("organisation", "parent").filter(pk=group_id).first()
    if found is None:
        raise NotVisible("没有这个组。")
    return found


def members_of(viewer: User, group: Group) -> list[GroupMember]:
    """Return the members of a group, those in office first, heads before the rest."""
    del viewer
    order = {position: place for place, position in enumerate(GroupMember.Position.values)}
    order["head"], order["deputy"], order["secretary"], order["member"] = 0, 1, 2, 3
    found = list(group.members.select_related("user__organisation"))
    return sorted(found, key=lambda member: (member.until is not None, order[member.position], member.pk))


def deputisings_of(viewer: User, today: dt.date) -> list[Deputy]:
    """Return the deputisings a person gave or was given that still matter, the newest first."""
    person = viewer.person
    mine = Q(principal=person) | Q(deputy=person)
    found = Deputy.objects.filter(mine, ends_on__gte=today).select_related(
        "principal", "deputy__organisation"
    )
    return list(found.order_by("revoked", "-pk"))


def sessions_of(viewer: User) -> list[UserSession]:
    """Return one's own sessions, the newest first."""
    return list(viewer.person.sessions.order_by("-seen_at"))


def sessions_below(viewer: User, *, limit: int = 200) -> list[UserSession]:
    """Return the sessions below the security administrator's organisation, the latest used first."""
    if not policy.may_keep_security(viewer):
        raise Forbidden("登录情况只有安全管理员可以看。")
    top = viewer.organisation
    found = UserSession.objects.filter(
        user__organisation__path__gte=top.path, user__organisation__path__lt=top.path_end
    )
    return list(found.select_related("user__organisation").order_by("-seen_at")[:limit])


def role_counts(viewer: User) -> list[tuple[str, int, int]]:
    """Return each role with how many accounts hold it, open and closed."""
    rows = (
        accounts(viewer)
        .order_by()
        .values("role")
        .annotate(on=Count("pk", filter=Q(is_active=True)), all=Count("pk"))
    )
    found = {row["role"]: (row["on"], row["all"] - row["on"]) for row in rows}
    return [(Role(role).label, *found[role]) for role in Role.values if role in found]


def accounts_of_role(viewer: User, roles: frozenset[str]) -> list[User]:
    """Return the open accounts of the given roles below the viewer."""
    return list(accounts(viewer).filter(role__in=roles, is_active=True).order_by("role", "username")[:500])


def locked(viewer: User, now: dt.datetime) -> list[Locked]:
    """Return the accounts below that have to wait after failures, the longest wait first."""
    if not policy.may_keep_security(viewer):
        raise Forbidden("锁定情况只有安全管理员可以看。")
    seen = SignInAttempt.objects.filter(
        at__gte=now - rules.WINDOW, succeeded=False, reason__in=("password", "code")
    )
    names: dict[str, list[dt.datetime]] = {}
    for name, at in seen.order_by("at").values_list("username", "at"):
        names.setdefault(name, []).append(at)
    many = {name: times for name, times in names.items() if len(times) >= rules.ACCOUNT_LIMIT}
    found = [
        Locked(
            user,
            len(many[user.username.lower()]),
            many[user.username.lower()][-1],
            rules.wait(many[user.username.lower()], now),
        )
        for user in accounts(viewer).filter(username__in=list(many))
    ]
    return sorted((row for row in found if row.left), key=lambda row: row.left, reverse=True)


def idle_accounts(viewer: User, before: dt.datetime) -> int:
    """Count open accounts below that nobody used since `before`: the list 等保 asks to look through."""
    quiet = Q(last_login__lt=before) | Q(last_login=None)
    return accounts(viewer).filter(quiet, is_active=True).count()
