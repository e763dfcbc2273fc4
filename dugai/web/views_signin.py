"""Pages of signing in and out: name and password, the second factor, and confirming once more."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from dugai.kernel import clock
from dugai.kernel.errors import DomainError
from dugai.people import queries_demo, rules, services_session, services_signin
from dugai.web import oidc
from dugai.web.forms_people import CodeForm, DemoSignInForm, SignInForm, StepUpForm
from dugai.web.sessions import address_of, own_address, viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BACKEND = "dugai.people.backend.AccountBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    if request.htmx:  # type: ignore[attr-defined]
        # A fragment of a page whose session ended: the whole page goes to sign in.
        return HttpResponseClientRedirect(request.path)
    if request.user.is_authenticated:
        return redirect("today")
    kind = DemoSignInForm if settings.DUGAI_DEMO else SignInForm
    form = kind(request.POST or None, initial=_initial(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            passed = services_signin.try_password(
                username=values["username"], password=values["password"], address=address_of(request)
            )
            return _passed(request, passed, values["next"], "password")
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
    context = {
        "form": form,
        "ended": request.session.pop("ended", False),
        "oidc_name": settings.OIDC_NAME if oidc.configured() else "",
        "accounts": queries_demo.public_demo_accounts() if settings.DUGAI_DEMO else [],
        "demo_password": settings.DUGAI_DEMO_PASSWORD,
    }
    return render(request, "people/sign_in.html", context, status=status)


def _initial(request: HttpRequest) -> dict[str, str]:
    initial = {"next": request.GET.get("next", "")}
    if settings.DUGAI_DEMO and request.GET.get("as"):
        initial |= {"username": request.GET["as"], "password": settings.DUGAI_DEMO_PASSWORD}
    return initial


def _passed(request: HttpRequest, passed: services_signin.Passed, wanted: str, way: str) -> HttpResponse:
    """Open the session, or ask for the second factor first."""
    if passed.user.totp_secret and way != "oidc":
        request.session["pending"] = {
            "user": passed.user.pk,
            "attempt": passed.attempt_id,
            "at": clock.now().isoformat(),
            "next": wanted,
        }
        return redirect("sign_in_code")
    return open_session(request, passed, wanted, way)


def open_session(request: HttpRequest, passed: services_signin.Passed, wanted: str, way: str) -> HttpResponse:
    """Finish the sign-in under a new session id and go where the person was heading."""
    user = services_signin.complete(
        user=passed.user, attempt_id=passed.attempt_id, address=address_of(request), way=way
    )
    request.session.pop("pending", None)
    request.session.pop("deputy", None)
    login(request, user, backend=BACKEND)
    return redirect(own_address(request, wanted))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of a sign-in whose password was right, for five minutes."""
    pending = request.session.get("pending")
    user = services_signin.pending_user(pending["user"]) if pending else None
    fresh = pending and clock.now() - dt.datetime.fromisoformat(pending["at"]) < rules.CODE_LIFE
    if pending is None or user is None or not fresh:
        request.session.pop("pending", None)
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services_signin.try_code(user=user, code=form.cleaned_data["code"], address=address_of(request))
            passed = services_signin.Passed(user, pending["attempt"])
            return open_session(request, passed, pending["next"], "totp")
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
    return render(request, "people/sign_in_code.html", {"form": form}, status=status)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server and go back to the sign-in page."""
    if request.user.is_authenticated:
        services_session.sign_out(actor=viewer_of(request), session_key=request.session.session_key or "")
    logout(request)
    return redirect("sign_in")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Confirm who sits there before a sensitive act; the session gets a new id."""
    person = viewer_of(request).person
    form = StepUpForm(request.POST or None, with_code=bool(person.totp_secret))
    wanted = own_address(request, request.GET.get("next", ""))
    status = 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services_signin.confirm(
                user=person,
                password=values["password"],
                code=values.get("code", ""),
                address=address_of(request),
            )
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            old = request.session.session_key or ""
            request.session.cycle_key()
            services_session.mark_stepped_up(old, request.session.session_key or "", clock.now())
            messages.success(request, "身份已确认，10 分钟内有效。请接着做刚才那一步。")
            return redirect(wanted)
    return render(request, "people/step_up.html", {"form": form, "back": wanted}, status=status)
