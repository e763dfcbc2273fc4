"""Who sits behind a session, asked anew at every request; and how a sensitive act asks once more."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dugai.kernel import clock
from dugai.people import profile, rules, services_session, services_signin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from dugai.people.models import User, UserSession

FORBIDDEN = 403
ALWAYS_OPEN = frozenset({"sign_in", "sign_in_code", "sign_out", "change_password", "totp_setup"})


class SessionGuardMiddleware:
    """Refuses a session that was ended, ran out, or whose account was closed since the last request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the session up, drop it when it no longer holds, and note what was refused."""
        user = request.user
        if user.is_authenticated:
            now = clock.now()
            row = services_session.live_session(request.session.session_key or "", user, now)
            if row is None or not services_signin.may_enter(user, clock.today()):
                services_session.forget_session(request.session.session_key or "")
                logout(request)
                request.user = AnonymousUser()
                request.session["ended"] = True
            else:
                request.session_row = row  # type: ignore[attr-defined]
        response = self.get_response(request)
        if response.status_code == FORBIDDEN and request.user.is_authenticated:
            route = request.resolver_match.view_name if request.resolver_match else ""
            services_session.note_refusal(actor=request.user, route=route, method=request.method or "")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send a person who still owes a password or a second factor to the page where it is set."""
        del view, args, kwargs
        if not request.user.is_authenticated or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if name in ALWAYS_OPEN:
            return None
        person = request.user.person
        if services_signin.must_set_password(person, clock.now()):
            return redirect("change_password")
        if profile.totp_demanded(person.role) and not person.totp_secret:
            return redirect("totp_setup")
        return None


def viewer_of(request: HttpRequest) -> User:
    """Return who is signed in, as the account they work through."""
    return cast("User", request.user)


def session_row(request: HttpRequest) -> UserSession | None:
    """Return the row of the session that asks."""
    return getattr(request, "session_row", None)


def address_of(request: HttpRequest) -> str:
    """Return the address the request came from, as the edge worked it out."""
    return str(getattr(request, "client_address", ""))


def has_stepped_up(request: HttpRequest) -> bool:
    """Say whether the person confirmed who they are within the last ten minutes."""
    row = session_row(request)
    return row is not None and rules.stepped_up(row.stepped_up_at, clock.now())


def step_up_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask a person to confirm who they are before a sensitive act (reliability S13).

    Put it on the view of the act. A page is shown again afterwards; an act is asked for once more.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_stepped_up(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "")
        words = urlencode({"next": own_address(request, back)})
        return redirect(f"{reverse('step_up')}?{words}")

    return asked


def told_once(response: HttpResponse, name: str, **arguments: int) -> HttpResponse:
    """Mark an answer that holds a secret: no record keeps it; a repeated request goes to `name` instead."""
    response["Cache-Control"] = "no-store"
    response.told_once = reverse(name, kwargs=arguments)  # type: ignore[attr-defined]
    return response


def own_address(request: HttpRequest, wanted: str, otherwise: str = "today") -> str:
    """Return `wanted` when it is an address of this house, else the address named `otherwise`."""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse(otherwise)
