"""Pages about one's own account: what it is, its password, its second factor, its sessions, its deputies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import DomainError
from dugai.notices import policy_webhook
from dugai.people import (
    profile,
    queries_people,
    rules,
    secrets,
    services,
    services_password,
    services_session,
    services_signin,
)
from dugai.people.states import Role
from dugai.web.forms_people import ChangePasswordForm, DeputyForm, TotpForm
from dugai.web.sessions import address_of, has_stepped_up, session_row, step_up_required, told_once, viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show what the account is and what protects it."""
    viewer = viewer_of(request)
    person = viewer.person
    context = {
        "person": person,
        "role": Role(person.role).label,
        "codes_left": len(person.recovery_hashes),
        "sessions": len(queries_people.sessions_of(viewer)),
        "deputisings": len(queries_people.deputisings_of(viewer, clock.today())),
        "profile": profile.current(),
        "totp_demanded": profile.totp_demanded(person.role),
        "may_push": policy_webhook.may_keep_webhooks(viewer),
    }
    return render(request, "people/account.html", context)


@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Set one's own password; the first thing a person does who came in with a first one."""
    person = viewer_of(request).person
    first = person.must_change_password
    form = ChangePasswordForm(request.POST or None, first=first)
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if not first:
                services_signin.prove_password(
                    user=person, password=values["old"], address=address_of(request)
                )
            changed = services_password.change_password(
                actor=viewer_of(request), old=None if first else values["old"], new=values["new"]
            )
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            old_key = request.session.session_key or ""
            update_session_auth_hash(request, changed)
            services_session.renew(
                actor=changed, session_key=old_key, new_key=request.session.session_key or ""
            )
            messages.success(request, "密码已改。其他地方的登录都已退出。")
            return redirect("today")
    context = {
        "form": form,
        "first": first,
        "due": services_signin.must_set_password(person, clock.now()),
        "profile": profile.current(),
        "classes": rules.CLASSES,
    }
    return render(request, "people/change_password.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def totp_setup(request: HttpRequest) -> HttpResponse:
    """Tie a phone to the account: a picture to scan, a code to prove it, ten spare codes to keep."""
    person = viewer_of(request).person
    if person.totp_secret and not has_stepped_up(request):
        return step_up_required(totp_setup)(request)
    secret = request.session.setdefault("totp_secret", secrets.new_totp_secret())
    form = TotpForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            codes = services_password.switch_on_totp(
                actor=viewer_of(request), secret=secret, code=form.cleaned_data["code"]
            )
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            del request.session["totp_secret"]
            return told_once(render(request, "people/recovery_codes.html", {"codes": codes}), "account")
    address = secrets.totp_address(secret, person.username, settings.DUGAI_NAME)
    context = {
        "form": form,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=2),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "bound": bool(person.totp_secret),
        "demanded": profile.totp_demanded(person.role),
    }
    return render(request, "people/totp_setup.html", context, status=status)


@require_POST
@step_up_required
def totp_off(request: HttpRequest) -> HttpResponse:
    """Untie the phone."""
    services_password.switch_off_totp(actor=viewer_of(request))
    messages.success(request, "两步验证已关闭。")
    return redirect("account")


@require_GET
def my_sessions(request: HttpRequest) -> HttpResponse:
    """List one's own sessions."""
    row = session_row(request)
    context = {
        "sessions": queries_people.sessions_of(viewer_of(request)),
        "here": row.pk if row else 0,
        "limit": settings.SESSION_LIMIT,
    }
    return render(request, "people/my_sessions.html", context)


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one session: one's own, or any below the security administrator."""
    ended = services_session.end_session(actor=viewer_of(request), session_id=session_id)
    messages.success(request, f"{ended.user.name} 从 {ended.address or '本机'} 的登录已退出。")
    own = ended.user_id == viewer_of(request).person.pk
    return redirect("my_sessions" if own else "security")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    count = services_session.end_other_sessions(
        actor=viewer_of(request), session_key=request.session.session_key or ""
    )
    messages.success(request, f"其他 {count} 处登录已退出。" if count else "没有别处的登录。")
    return redirect("my_sessions")


@require_http_methods(["GET", "POST"])
def deputies(request: HttpRequest) -> HttpResponse:
    """Show and appoint who stands in for whom."""
    viewer = viewer_of(request)
    form = DeputyForm(request.POST or None, initial={"starts_on": clock.today()})
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            deputy = queries_people.colleague(viewer, values.pop("deputy"))
            row = services.appoint_deputy(actor=viewer, principal=viewer.person, deputy=deputy, **values)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            messages.success(request, f"{row.deputy.name} 从 {row.starts_on} 到 {row.ends_on} 代理您。")
            return redirect("deputies")
    rows = queries_people.deputisings_of(viewer, clock.today())
    context = {
        "form": form,
        "given": [row for row in rows if row.principal_id == viewer.person.pk],
        "taken": [row for row in rows if row.deputy_id == viewer.person.pk],
        "may_appoint": not viewer.person.is_admin and viewer.principal_of is None,
    }
    return render(request, "people/deputies.html", context, status=status)


@require_POST
def revoke_deputy(request: HttpRequest, deputy_id: int) -> HttpResponse:
    """End a deputising before its last day."""
    row = services.revoke_deputy(actor=viewer_of(request), deputy_id=deputy_id)
    messages.success(request, f"{row.deputy.name} 的代理已撤销。")
    return redirect("deputies")
