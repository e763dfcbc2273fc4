"""One's own messages for programs, page by page behind a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.kernel.pages import Order, Page, Place, page
from dugai.notices.models import Message

if TYPE_CHECKING:
    from dugai.people.models import User


def messages(viewer: User, *, unread: bool, order: Order, after: Place | None, limit: int) -> Page[Message]:
    """Return the viewer's own messages; with `unread`, those not read yet."""
    found = Message.objects.filter(user=viewer, channel="page")
    if unread:
        found = found.filter(read_at=None)
    return page(found, order, after, limit)
