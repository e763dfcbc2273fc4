"""Going to the provider of identities and coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dugai.kernel.errors import DomainError, NotVisible
from dugai.people import services_signin
from dugai.web import oidc
from dugai.web.sessions import address_of
from dugai.web.views_signin import open_session

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _require_provider() -> None:
    if not oidc.configured():
        raise NotVisible("本站没有接统一身份认证。")


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oidc_return"))


@login_not_required
@never_cache
@require_GET
def oidc_start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    _require_provider()
    try:
        address, kept = oidc.begin(_back(request))
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("sign_in")
    request.session["oidc"] = {**kept, "next": request.GET.get("next", "")}
    return redirect(address)


@login_not_required
@never_cache
@require_GET
def oidc_return(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer: one account, or a refusal; never a new account."""
    _require_provider()
    kept = request.session.pop("oidc", {})
    try:
        person = oidc.finish(_back(request), request.GET.dict(), kept)
        passed = services_signin.enter_by_external(external_id=person, address=address_of(request))
        return open_session(request, passed, kept.get("next", ""), "oidc")
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(settings.LOGIN_URL)
