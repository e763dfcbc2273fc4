"""消息: what the journal has for one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dugai.notices import queries, services
from dugai.web import navigation

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """A message and whether it leads somewhere that exists."""

    it: Any
    leads: bool


@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """Show the viewer's messages, newest first, or only those not read yet."""
    before, unread = request.GET.get("before", ""), request.GET.get("unread") == "1"
    page = queries.inbox(request.user, before=int(before) if before.isdecimal() else None, unread_only=unread)
    context = {
        "messages_": [Shown(message, bool(_target(message.link))) for message in page.messages],
        "next_id": page.next_id,
        "unread_only": unread,
    }
    return render(request, "shell/messages.html", context)


@require_POST
def open_message(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Mark one message as read and go to what it speaks of."""
    message = queries.get_message(request.user, message_id)
    services.mark_read(actor=request.user, message_ids=[message.pk])
    return redirect(_target(message.link) or reverse("messages"))


@require_POST
def read_messages(request: SignedInRequest) -> HttpResponse:
    """Mark all messages as read."""
    services.mark_read(actor=request.user)
    return redirect("messages")


def _target(link: str) -> str:
    """Return the address of the page a message names; empty when the house has no such page."""
    name, _, number = link.partition(" ")
    if not name:
        return ""
    return navigation.address_of(name, int(number)) if number.isdecimal() else navigation.address(name)
