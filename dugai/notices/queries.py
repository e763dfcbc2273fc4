"""Questions about messages; each person reads only their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.kernel.errors import NotVisible
from dugai.notices.models import Message

if TYPE_CHECKING:
    from dugai.people.models import User

UNREAD_SHOWN = 99
PAGE = 50


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of messages, newest first; `next_id` asks for the messages before it."""

    messages: list[Message]
    next_id: int | None


def unread_count(viewer: User) -> int:
    """Return how many messages wait for `viewer`, counted up to one more than is shown."""
    waiting = Message.objects.filter(user=viewer, read_at=None, channel="page")
    return waiting[: UNREAD_SHOWN + 1].count()


def inbox(viewer: User, *, before: int | None = None, unread_only: bool = False) -> Inbox:
    """Return a page of the messages of `viewer`; `before` is the id the page starts under."""
    found = Message.objects.filter(user=viewer, channel="page").order_by("-pk")
    if unread_only:
        found = found.filter(read_at=None)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    return Inbox(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def get_message(viewer: User, message_id: int) -> Message:
    """Return one of the viewer's own messages. Raises `NotVisible`."""
    found = Message.objects.filter(user=viewer, pk=message_id).first()
    if found is None:
        raise NotVisible("没有这条消息，或它不是给您的")
    return found
