"""通知发送: what did not go out, why, and what to do about it; the system administrator's page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dugai.insight import event_words
from dugai.kernel import clock, mailing
from dugai.kernel.errors import Forbidden, require
from dugai.notices import policy_delivery, queries_delivery, services_delivery
from dugai.notices.states_delivery import SPECIAL, Channel, DeliveryState
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """List what is stuck, the newest first, and count the rest of the last day."""
    viewer = viewer_of(request)
    require(policy_delivery.may_keep_deliveries(viewer), services_delivery.NOT_YOURS, error=Forbidden)
    rows = [
        {
            "it": row,
            "channel": Channel(row.channel).label,
            "state": DeliveryState(row.state).label,
            "kind": SPECIAL.get(row.kind) or event_words.words_of(row.kind),
        }
        for row in queries_delivery.stuck(viewer)
    ]
    counted = queries_delivery.counts(viewer, clock.now() - dt.timedelta(days=1))
    context = {
        "rows": rows,
        "tiles": [(state.label, counted.get(state.value, 0)) for state in DeliveryState],
        "mail": mailing.wrong_settings(),
        "most": queries_delivery.STUCK_SHOWN,
    }
    return render(request, "notices/deliveries.html", context)


@require_POST
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send a stuck message again."""
    row = services_delivery.retry_delivery(actor=viewer_of(request), delivery_id=delivery_id)
    messages.success(request, f"给{row.person.name}的这条通知会在一分钟内再发。")
    return redirect("deliveries")


@require_POST
def drop(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Give a stuck message up."""
    row = services_delivery.drop_delivery(actor=viewer_of(request), delivery_id=delivery_id)
    messages.success(request, f"给{row.person.name}的这条通知不再发。页面里的消息还在。")
    return redirect("deliveries")
