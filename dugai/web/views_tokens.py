"""Pages about one's own tokens: which there are, a new one shown once, the end of one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import DomainError
from dugai.people import policy_token, queries_token, services_token
from dugai.people.states_token import TokenScope
from dugai.web.forms_tokens import TokenForm
from dugai.web.sessions import step_up_required, viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

USUAL_DAYS = 90


@require_GET
def my_tokens(request: HttpRequest) -> HttpResponse:
    """List one's own tokens, those that ended included."""
    viewer = viewer_of(request)
    now = clock.now()
    rows = [
        {
            "token": token,
            "scopes": "、".join(TokenScope(scope).label.split("：")[0] for scope in token.scopes),
            "state": "已作废" if token.revoked else "已到期" if token.expires_at <= now else "",
            "last_day": (clock.local(token.expires_at) - dt.timedelta(seconds=1)).date(),
        }
        for token in queries_token.tokens(viewer)
    ]
    context = {"rows": rows, "may_make": policy_token.may_hold_tokens(viewer)}
    return render(request, "people/my_tokens.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token; the page that answers is the only place its secret is ever shown."""
    initial = {"scopes": ["read"], "expires_on": clock.today() + dt.timedelta(days=USUAL_DAYS)}
    form = TokenForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = services_token.make_token(actor=viewer_of(request), **form.cleaned_data)
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            return render(request, "people/token_made.html", {"token": token, "secret": secret})
    return render(request, "people/new_token.html", {"form": form}, status=status)


@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    token = services_token.revoke_token(actor=viewer_of(request), token_id=token_id)
    messages.success(request, f"令牌“{token.label}”已作废，用它的程序从现在起进不来。")
    return redirect("my_tokens")
