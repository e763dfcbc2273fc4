"""通知: the journal is the outbox. Messages follow from committed events, by a cursor (rule D8).

The cursor counts leaves of the journal's tree: they have no gaps and their order never changes, so
an event that was committed late is not passed over. Messages and the cursor commit together, and a
message is one per person, event and channel: delivering again, in any order, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from dugai.jobs.models import Cursor
from dugai.journal.models import Event, Leaf
from dugai.journal.sequencing import append_all
from dugai.kernel import clock
from dugai.notices import services_delivery
from dugai.notices.audiences import AUDIENCES, page_of, title_of
from dugai.notices.models import Message
from dugai.notices.news import News

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.people.models import User

PAGE = "page"
CURSOR = "notices.page"
BATCH = 500


def deliver(*, batch: int = BATCH) -> int:
    """Tell people of everything that has happened since the last time; return how many messages are new."""
    append_all()
    total = 0
    while True:
        new, read = _deliver_batch(batch)
        total += new
        if read < batch:
            return total


@transaction.atomic
def _deliver_batch(batch: int) -> tuple[int, int]:
    """Read one stretch of leaves under the cursor's lock; return new messages and leaves read."""
    cursor, _ = Cursor.objects.select_for_update().get_or_create(name=CURSOR)
    leaves = list(
        Leaf.objects.filter(index__gte=cursor.position, index__lt=cursor.position + batch)
        .order_by("index")
        .values_list("event", flat=True)
    )
    events = Event.objects.filter(pk__in=leaves, kind__in=list(AUDIENCES)).order_by("pk")
    new = announce(events=events)
    cursor.position += len(leaves)
    cursor.at = clock.now()
    cursor.save(update_fields=["position", "at"])
    return new, len(leaves)


@transaction.atomic
def announce(*, events: Iterable[Event]) -> int:
    """Write the messages of `events`; those already written are left alone. Return how many are new."""
    wanted: list[Message] = []
    for event in events:
        notice = AUDIENCES.get(event.kind)
        news = News(event)
        if notice is None or news.subject is None:
            continue
        people = dict.fromkeys(pk for pk in notice.audience(news) if pk != event.actor_id)
        title, link = title_of(news, notice.words)[:200], page_of(news, notice.page)
        wanted += [
            Message(user_id=pk, event=event, channel=PAGE, title=title, link=link, at=event.at)
            for pk in people
        ]
    told = Message.objects.filter(event__in={message.event_id for message in wanted})
    before = told.count()
    Message.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=BATCH)
    services_delivery.queue(wanted)
    return told.count() - before


@transaction.atomic
def mark_read(*, actor: User, message_ids: Iterable[int] | None = None) -> int:
    """Mark the actor's own messages as read: those named, or all; return how many were unread."""
    waiting = Message.objects.filter(user=actor, read_at=None)
    if message_ids is not None:
        waiting = waiting.filter(pk__in=list(message_ids))
    return int(waiting.update(read_at=clock.now()))
