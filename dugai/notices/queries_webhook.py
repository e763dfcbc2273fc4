"""Questions about webhooks: those of one's own account, and what one of them is to be told next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.insight import queries_subject
from dugai.journal.models import Event, Leaf
from dugai.kernel.errors import NotVisible
from dugai.notices.models import Webhook

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from dugai.people.models import User


def webhooks(viewer: User) -> QuerySet[Webhook]:
    """Return the viewer's own webhooks, the newest first."""
    return Webhook.objects.filter(user=viewer).order_by("-pk")


def get_webhook(viewer: User, webhook_id: int) -> Webhook:
    """Return one of the viewer's own webhooks."""
    found = webhooks(viewer).filter(pk=webhook_id).first()
    if found is None:
        raise NotVisible("没有这个推送，或它是别人设的。")
    return found


def news_for(viewer: User, webhook: Webhook, limit: int) -> tuple[list[Event], int]:
    """Return events a webhook is to be told of and how many leaves were read; `viewer` is its own account."""
    span = {"index__gte": webhook.position, "index__lt": webhook.position + limit}
    leaves = list(Leaf.objects.filter(**span).order_by("index").values_list("event", flat=True))
    events = Event.objects.filter(pk__in=leaves, kind__in=webhook.kinds).order_by("pk")
    seen = [event for event in events if queries_subject.sees(viewer, event.subject_type, event.subject_id)]
    return seen, len(leaves)
