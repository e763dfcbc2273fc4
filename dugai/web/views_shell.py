"""Acts of the frame itself: the choice of a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dugai.kernel import clock
from dugai.kernel.errors import Refused
from dugai.people import queries as people

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    """Work through the account of a principal, or through one's own again."""
    person = request.user.person  # type: ignore[union-attr]  # the sign-in middleware has been here
    wanted = request.POST.get("deputy", "")
    if wanted.isdigit():
        if people.principal_for(person, int(wanted), clock.today()) is None:
            raise Refused("这项代理已经到期或被收回，不能再用。", code="deputy_over")
        request.session["deputy"] = int(wanted)
    else:
        request.session.pop("deputy", None)
    # What one post may see, the other may not: only the home is sure to be open to both.
    return redirect("today")
