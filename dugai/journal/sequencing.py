"""Events become leaves, leaves become signed heads and receipts (reliability rule D5).

Writers never wait for the tree: a trigger puts each new event into `Pending`, and one sequencer at
a time appends them in the order of their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal import keys, merkle
from dugai.journal.models import DailyRoot, Event, Leaf, Pending, Sequencer, Tile, TreeHead
from dugai.journal.tree import WIDTH, StoredTree
from dugai.kernel import canonical, clock
from dugai.kernel.errors import NotVisible

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 2000


@transaction.atomic
def append_pending(limit: int = BATCH) -> int:
    """Give the oldest pending events their leaves; return how many. Safe to call at any time."""
    sequencer, _ = Sequencer.objects.select_for_update().get_or_create(pk=1)
    waiting = list(Pending.objects.order_by("event").values_list("event", flat=True)[:limit])
    if not waiting:
        return 0
    start = sequencer.size
    Leaf.objects.bulk_create(
        [Leaf(index=start + offset, event_id=event) for offset, event in enumerate(waiting)], batch_size=500
    )
    _complete_tiles(start, start + len(waiting))
    for at in range(0, len(waiting), 500):
        Pending.objects.filter(event__in=waiting[at : at + 500]).delete()
    sequencer.size = start + len(waiting)
    sequencer.save(update_fields=["size"])
    return len(waiting)


def append_all() -> int:
    """Give every pending event its leaf."""
    total = 0
    while count := append_pending():
        total += count
    return total


def _complete_tiles(before: int, after: int) -> None:
    level, unit = 1, WIDTH
    while after // unit > before // unit:
        trees = (StoredTree("sha256"), StoredTree("sm3"))
        rows = []
        for index in range(before // unit, after // unit):
            sha256, sm3 = (tree.node(index * unit, unit // 2) for tree in trees)
            right = [tree.node(index * unit + unit // 2, unit // 2) for tree in trees]
            rows.append(
                Tile(
                    level=level,
                    index=index,
                    sha256=merkle.node_hash(sha256, right[0], merkle.sha256).hex(),
                    sm3=merkle.node_hash(sm3, right[1], merkle.sm3).hex(),
                )
            )
        Tile.objects.bulk_create(rows, batch_size=500)
        level, unit = level + 1, unit * WIDTH


@transaction.atomic
def sign_head() -> TreeHead | None:
    """Sign the tree as it is now; without a new leaf the last head comes back, None for an empty tree."""
    sequencer, _ = Sequencer.objects.select_for_update().get_or_create(pk=1)
    if not sequencer.size:
        return None
    last = TreeHead.objects.filter(size=sequencer.size).first()
    if last:
        return last
    moment = clock.now()
    sha256 = StoredTree("sha256").root(sequencer.size).hex()
    sm3 = StoredTree("sm3").root(sequencer.size).hex()
    signature = keys.sign(head_text(sequencer.size, sha256, sm3, moment.isoformat(timespec="microseconds")))
    return TreeHead.objects.create(
        at=moment, size=sequencer.size, sha256=sha256, sm3=sm3, signature=signature
    )


def head_text(size: int, sha256: str, sm3: str, at: str) -> str:
    """Return the words a head's signature stands under."""
    return f"dugai-head-1\n{size}\n{sha256}\n{sm3}\n{at}\n"


def seal_day() -> DailyRoot | None:
    """Append what waits, sign, and let the head stand for today; once a day, later calls return it."""
    append_all()
    today = clock.today()
    found = DailyRoot.objects.select_related("head").filter(day=today).first()
    if found:
        return found
    head = sign_head()
    if head is None:
        return None
    row, _ = DailyRoot.objects.select_related("head").get_or_create(day=today, defaults={"head": head})
    return row


def receipt_of(event_id: int) -> dict[str, Any]:
    """Return the receipt of one event: its text, its place in the tree, the proof and the signed head.

    The caller has decided that the reader may see the event. Appends what is still pending first.
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotVisible("没有这条记录")
    return _receipts([event])[0]


def extract_of(event_ids: Sequence[int]) -> dict[str, Any]:
    """Return receipts of many events under one signed head (摘录), in the order they happened.

    The caller has decided that the reader may see them. `check_receipt.py` checks the whole file.
    """
    events = list(Event.objects.filter(pk__in=event_ids).order_by("pk"))
    return {"format": "dugai-extract-1", "count": len(events), "receipts": _receipts(events)}


def _receipts(events: Sequence[Event]) -> list[dict[str, Any]]:
    append_all()
    head = sign_head()
    indexes = dict(Leaf.objects.filter(event__in=events).values_list("event", "index"))
    assert head is not None or not events  # noqa: S101  a tree with these leaves is not empty
    tree = StoredTree("sha256")
    return [
        {
            "format": "dugai-receipt-1",
            "event": event.body,
            "index": indexes[event.pk],
            "size": head.size,
            "proof": [step.hex() for step in tree.proof(indexes[event.pk], head.size)],
            "root": head.sha256,
            "root_sm3": head.sm3,
            "at": head.at.isoformat(timespec="microseconds"),
            "signature": head.signature,
            "public_key": keys.public_key_hex(),
        }
        for event in events
        if head is not None
    ]


def receipt_text(receipt: dict[str, Any]) -> str:
    """Return a receipt as the text people download."""
    return canonical.dump(receipt)
