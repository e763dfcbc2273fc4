"""Cursors: opaque to the client, read strictly, and never more than a place to go on from."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from dugai.kernel.errors import InvalidInput
from dugai.kernel.pages import Order, Page, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from dugai.api.shapes import Ask

ORDERS = {
    "oldest": Order("pk"),
    "newest": Order("pk", descending=True),
    "due": Order("due"),
}
LARGEST = 2**63 - 1


def paged(
    ask: Ask, read: Callable[[Order, Place | None, int], Page[Any]], sort: str = "oldest"
) -> dict[str, Any]:
    """Return one page as {items, next}; `read` gets the order, the place to go on from and the limit."""
    page = read(ORDERS[sort], place_of(ask.cursor, sort), ask.limit)
    return {"items": page.rows, "next": cursor_of(page.next, sort)}


def after(ask: Ask, sort: str = "oldest") -> int | None:
    """Return the id of the row that the page begins behind; for lists ordered by id."""
    place = place_of(ask.cursor, sort)
    return place.pk if place else None


def page_of(found: Page[Any], sort: str = "oldest") -> dict[str, Any]:
    """Return a page that was read already as {items, next}."""
    return {"items": found.rows, "next": cursor_of(found.next, sort)}


def cursor_of(place: Place | None, sort: str) -> str | None:
    """Write a place down for the client; None at the end."""
    if place is None:
        return None
    value = place.value.isoformat() if isinstance(place.value, dt.date) else None
    return base64.urlsafe_b64encode(json.dumps([sort, value, place.pk]).encode()).decode().rstrip("=")


def place_of(cursor: str | None, sort: str) -> Place | None:
    """Read a cursor of the same list and order. Raises `InvalidInput` for any other text."""
    if cursor is None:
        return None
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(data)
    except (binascii.Error, ValueError, RecursionError):
        raise _wrong() from None
    if not (isinstance(found, list) and len(found) == 3 and found[0] == sort and type(found[2]) is int):
        raise _wrong()
    if not 0 < found[2] <= LARGEST:
        raise _wrong()
    return Place(_value(found[1]), found[2])


def _value(text: Any) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise _wrong() from None


def _wrong() -> InvalidInput:
    sentence = "这个 cursor 不是这个列表、这个排序给出的。请从第一页重新读。"
    return InvalidInput(sentence, fields={"cursor": sentence}, code="cursor_invalid")
