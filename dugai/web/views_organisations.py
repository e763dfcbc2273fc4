"""Pages of organisations: the tree, one organisation, its groups; the system administrator changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, require
from dugai.people import policy, queries_people, services, services_organisation
from dugai.people.states import Kind, Level
from dugai.web.forms_people import (
    CloseOrganisationForm,
    EditOrganisationForm,
    GroupForm,
    MemberForm,
    OrganisationForm,
    ReasonForm,
)
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.people.models import Organisation, User

ONLY_ADMIN = "只有上级系统管理员可以改单位。"
PARTS = ("name", "short_name", "kind", "level", "region_code", "line", "active_from")


@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Show the tree where the viewer stands, or what a search finds."""
    viewer = viewer_of(request)
    words = request.GET.get("q", "")[:60]
    if not words:
        return redirect("organisation", organisation_id=queries_people.home_of_tree(viewer).pk)
    context = {
        "words": words,
        "found": queries_people.find_organisations(viewer, words),
        "limit": queries_people.PAGE,
    }
    return render(request, "people/organisations_found.html", context)


@require_GET
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Show one organisation: what stands below it, its groups and, to administrators, its people."""
    viewer = viewer_of(request)
    here = queries_people.organisation_in_tree(viewer, organisation_id)
    after = request.GET.get("after", "")[:64]
    below = queries_people.children_of(viewer, here, after=after)
    page = below[: queries_people.PAGE]
    context = {
        "here": here,
        "kind": Kind(here.kind).label,
        "level": Level(here.level).label,
        "above": queries_people.ancestors(here),
        "below": page,
        "after": page[-1].path if len(below) > queries_people.PAGE else "",
        "first": not after,
        "groups": queries_people.groups_of(viewer, here),
        "people": queries_people.people_of(viewer, here),
        "may_keep": policy.may_keep_organisations(viewer, here),
        "may_see_people": policy.may_see_accounts(viewer) and here.is_within(viewer.organisation),
        "may_add_person": _grantable(viewer, here),
        "close_form": CloseOrganisationForm(initial={"until": clock.today()}),
        "reason_form": ReasonForm(),
    }
    return render(request, "people/organisation.html", context)


def _grantable(viewer: User, here: Organisation) -> bool:
    return any(policy.may_grant(viewer, role, here) for role in ("unit_clerk", viewer.role))


@require_http_methods(["GET", "POST"])
def add_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Add an organisation below another."""
    viewer = viewer_of(request)
    parent = queries_people.organisation_in_tree(viewer, organisation_id)
    require(policy.may_keep_organisations(viewer, parent), ONLY_ADMIN, error=Forbidden)
    form = OrganisationForm(
        request.POST or None,
        initial={"region_code": parent.region_code, "level": parent.level, "kind": Kind.DEPARTMENT},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            values = _with_line_parent(viewer, form.cleaned_data)
            made = services.add_organisation(actor=viewer, parent=parent, **values)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, f"已增加 {made.name}。")
            return redirect("organisation", organisation_id=made.pk)
    context = {"form": form, "parent": parent, "title": f"在{parent}下增加单位", "save": "增加单位"}
    return render(request, "people/organisation_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Rename an organisation or correct its columns."""
    viewer = viewer_of(request)
    here = queries_people.organisation_in_tree(viewer, organisation_id)
    require(policy.may_keep_organisations(viewer, here), ONLY_ADMIN, error=Forbidden)
    shown = {name: getattr(here, name) for name in PARTS}
    shown |= {"line_parent": here.line_parent.code if here.line_parent else "", "seen_version": here.version}
    form = EditOrganisationForm(request.POST or None, initial=shown)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            values = _with_line_parent(viewer, form.cleaned_data)
            services_organisation.edit_organisation(actor=viewer, organisation_id=here.pk, **values)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, "单位信息已改。")
            return redirect("organisation", organisation_id=here.pk)
    context = {"form": form, "parent": here, "title": f"改{here}", "save": "保存"}
    return render(request, "people/organisation_form.html", context, status=status)


def _with_line_parent(viewer: User, cleaned: dict[str, Any]) -> dict[str, Any]:
    values = dict(cleaned)
    code = values.pop("line_parent", "")
    values["line_parent"] = queries_people.organisation_by_code(viewer, code)
    if code and values["line_parent"] is None:
        message = "没有这个单位编码。请核对，或留空。"
        raise InvalidInput(message, fields={"line_parent": message})
    return values


@require_POST
def close_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Set the last day of an organisation."""
    form = CloseOrganisationForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("请填停用的最后一天和原因。", code="close_incomplete")
    closed = services_organisation.close_organisation(
        actor=viewer_of(request), organisation_id=organisation_id, **form.cleaned_data
    )
    messages.success(request, f"{closed.name} 到 {closed.active_until} 停用。")
    return redirect("organisation", organisation_id=organisation_id)


@require_POST
def reopen_organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Take back the last day of an organisation."""
    reason = request.POST.get("reason", "")[:200]
    services_organisation.reopen_organisation(
        actor=viewer_of(request), organisation_id=organisation_id, reason=reason
    )
    messages.success(request, "单位已恢复启用。")
    return redirect("organisation", organisation_id=organisation_id)


@require_http_methods(["GET", "POST"])
def add_group(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Set up a leading group or a working group."""
    viewer = viewer_of(request)
    here = queries_people.organisation_in_tree(viewer, organisation_id)
    require(policy.may_keep_group(viewer, here), "只有上级系统管理员可以设组。", error=Forbidden)
    parents = [(group.pk, group.name) for group in queries_people.groups_of(viewer, here)]
    form = GroupForm(request.POST or None, parents=parents)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            group = services_organisation.add_group(
                actor=viewer,
                organisation_id=here.pk,
                name=values["name"],
                kind=values["kind"],
                parent_id=values["parent"],
            )
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, f"已设{group.name}。请添加组长和成员。")
            return redirect("group", group_id=group.pk)
    context = {"form": form, "parent": here, "title": f"给{here}设组", "save": "设组"}
    return render(request, "people/organisation_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Show a group and its members; the system administrator adds one here."""
    viewer = viewer_of(request)
    here = queries_people.get_group(viewer, group_id)
    may_keep = policy.may_keep_members(viewer, here)
    form = MemberForm(request.POST or None)
    status = 200
    if request.method == "POST":
        require(may_keep, "只有上级系统管理员可以改组的成员。", error=Forbidden)
        if form.is_valid():
            try:
                user = queries_people.colleague(viewer, form.cleaned_data["username"])
                services_organisation.add_member(
                    actor=viewer, group_id=here.pk, user=user, position=form.cleaned_data["position"]
                )
            except DomainError as refusal:
                form.take(refusal)
                status = refusal.status
            else:
                messages.success(request, f"{user.name} 已进组。")
                return redirect("group", group_id=here.pk)
    context = {
        "here": here,
        "members": queries_people.members_of(viewer, here),
        "form": form,
        "may_keep": may_keep,
    }
    return render(request, "people/group.html", context, status=status)


@require_POST
def retire_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """End a person's place in a group today."""
    member = services_organisation.retire_member(actor=viewer_of(request), member_id=member_id)
    messages.success(request, f"{member.user.name} 已离任。")
    return redirect("group", group_id=member.group_id)
