"""The security administrator's page: roles, lock-outs, who is signed in, the rules in force."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dugai.kernel import clock
from dugai.people import profile, queries_people, rules, services_session
from dugai.people.states import ADMIN_ROLES, Role
from dugai.web.sessions import session_row, viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

QUIET = dt.timedelta(days=90)


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Show how safe the accounts are, worst first."""
    viewer = viewer_of(request)
    now = clock.now()
    row = session_row(request)
    locked = queries_people.locked(viewer, now)
    context = {
        "locked": [(entry, rules.wait_words(entry.left)) for entry in locked],
        "sessions": queries_people.sessions_below(viewer),
        "here": row.pk if row else 0,
        "roles": queries_people.role_counts(viewer),
        "administrators": [
            (Role(user.role).label, user)
            for user in queries_people.accounts_of_role(viewer, frozenset(ADMIN_ROLES))
        ],
        "idle": queries_people.idle_accounts(viewer, now - QUIET),
        "profile": profile.current(),
        "limit": settings.SESSION_LIMIT,
        "account_limit": rules.ACCOUNT_LIMIT,
        "address_limit": rules.ADDRESS_LIMIT,
    }
    return render(request, "people/security.html", context)


@require_POST
def release_lock(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let a locked account try again at once."""
    user = services_session.release_lock(actor=viewer_of(request), user_id=user_id)
    messages.success(request, f"{user.name} 现在可以再登录。")
    return redirect("security")
