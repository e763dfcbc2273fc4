"""Pages of accounts for the administrators who keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, require
from dugai.people import policy, queries_people, services, services_account, services_password
from dugai.people.states import Role
from dugai.web.forms_people import EditDetailsForm, NewAccountForm, PostForm, ReasonForm
from dugai.web.sessions import step_up_required, told_once, viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.people.models import Organisation, User

DETAILS = ("name", "title", "phone", "email", "external_id", "expires_on")
NOT_KEPT = "这里的账户不归您开设。"


def _roles(viewer: User, organisation: Organisation) -> list[tuple[str, str]]:
    return [(role.value, role.label) for role in Role if policy.may_grant(viewer, role, organisation)]


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the accounts below an administrator, page by page by sign-in name."""
    viewer = viewer_of(request)
    asked = {name: request.GET.get(name, "")[:64] for name in ("q", "role", "state", "after")}
    found = queries_people.find_accounts(
        viewer, words=asked["q"], role=asked["role"], state=asked["state"], after=asked["after"]
    )
    page = found[: queries_people.PAGE]
    context = {
        "people": page,
        "asked": asked,
        "after": page[-1].username if len(found) > queries_people.PAGE else "",
        "roles": Role.choices[:-1],
        "may_import": policy.may_keep_people(viewer, viewer.organisation),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Open an account in an organisation; its first password is shown once, to be handed over."""
    viewer = viewer_of(request)
    here = queries_people.organisation_in_tree(viewer, organisation_id)
    roles = _roles(viewer, here)
    require(roles, NOT_KEPT, error=Forbidden)
    form = NewAccountForm(request.POST or None, roles=roles)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_user(actor=viewer, organisation=here, **form.cleaned_data)
            _, password = services_password.reset_password(actor=viewer, user_id=made.pk)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            shown = {"person": made, "password": password, "new": True}
            return told_once(render(request, "people/first_password.html", shown), "person", user_id=made.pk)
    context = {"form": form, "parent": here, "title": f"给{here}开账户", "save": "开账户并发首次密码"}
    return render(request, "people/organisation_form.html", context, status=status)


@require_GET
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show one account and what may be done with it."""
    viewer = viewer_of(request)
    found = queries_people.get_account(viewer, user_id)
    context = {
        "person": found,
        "role": Role(found.role).label,
        "may_keep": policy.may_keep_account(viewer, found),
        "sessions": found.sessions.count() if policy.may_keep_security(viewer) else None,
        "reason_form": ReasonForm(initial={"seen_version": found.version}, auto_id="off_%s"),
        "totp_form": ReasonForm(auto_id="totp_%s"),
    }
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "POST"])
def edit_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Correct what an account says of its person."""
    viewer = viewer_of(request)
    found = queries_people.get_account(viewer, user_id)
    require(policy.may_keep_account(viewer, found), "不能改自己或不归您管的账户。", error=Forbidden)
    shown = {name: getattr(found, name) for name in DETAILS} | {"seen_version": found.version}
    form = EditDetailsForm(request.POST or None, initial=shown)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services_account.edit_account(actor=viewer, user_id=found.pk, **form.cleaned_data)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, "账户信息已改。")
            return redirect("person", user_id=found.pk)
    context = {
        "form": form,
        "parent": found.organisation,
        "person": found,
        "title": f"改{found.name}的信息",
        "save": "保存",
    }
    return render(request, "people/organisation_form.html", context, status=status)


@step_up_required
@require_http_methods(["GET", "POST"])
def change_post(request: HttpRequest, user_id: int) -> HttpResponse:
    """Move an account to another unit or role; its sessions end."""
    viewer = viewer_of(request)
    found = queries_people.get_account(viewer, user_id)
    require(policy.may_keep_account(viewer, found), "不能改自己或不归您管的账户。", error=Forbidden)
    shown = {"organisation": found.organisation.code, "role": found.role, "seen_version": found.version}
    form = PostForm(request.POST or None, initial=shown, roles=_roles(viewer, found.organisation))
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            unit = queries_people.organisation_by_code(viewer, values.pop("organisation"))
            if unit is None:
                message = "没有这个单位编码。请核对。"
                raise InvalidInput(message, fields={"organisation": message})
            services_account.change_post(actor=viewer, user_id=found.pk, organisation=unit, **values)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, "岗位已调。这个账户的登录都已退出，重新登录后按新岗位办事。")
            return redirect("person", user_id=found.pk)
    context = {
        "form": form,
        "parent": found.organisation,
        "person": found,
        "title": f"调{found.name}的岗位",
        "save": "调岗",
    }
    return render(request, "people/organisation_form.html", context, status=status)


@require_POST
@step_up_required
@never_cache
def reset_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give an account a first password that opens once; shown this one time."""
    found, password = services_password.reset_password(actor=viewer_of(request), user_id=user_id)
    shown = {"person": found, "password": password, "new": False}
    return told_once(render(request, "people/first_password.html", shown), "person", user_id=found.pk)


def _reason(request: HttpRequest) -> dict[str, Any]:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("请写明原因。", code="reason_missing")
    return form.cleaned_data


@require_POST
@step_up_required
def disable_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account; its sessions end now."""
    found = services_account.disable_account(actor=viewer_of(request), user_id=user_id, **_reason(request))
    messages.success(request, f"{found.name} 的账户已停用，登录都已退出。")
    return redirect("person", user_id=user_id)


@require_POST
@step_up_required
def enable_person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Open a closed account again."""
    found = services_account.enable_account(actor=viewer_of(request), user_id=user_id, **_reason(request))
    messages.success(request, f"{found.name} 的账户已启用。需要时请重置密码。")
    return redirect("person", user_id=user_id)


@require_POST
@step_up_required
def clear_totp(request: HttpRequest, user_id: int) -> HttpResponse:
    """Untie a lost phone from an account."""
    reason = str(_reason(request)["reason"])
    found = services_password.clear_totp(actor=viewer_of(request), user_id=user_id, reason=reason)
    messages.success(request, f"{found.name} 的手机已解绑。")
    return redirect("person", user_id=user_id)
