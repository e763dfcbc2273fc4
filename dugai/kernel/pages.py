"""Pages by key: a page begins behind the last row of the one before; page 1,000 costs what page 1 does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import F, Q

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the value its rows are sorted by (None where there is none) and the row's id."""

    value: Any
    pk: int


@dataclass(frozen=True, slots=True)
class Order:
    """By one column, then by id; `column` is the id itself or one that may be empty (empty comes last)."""

    column: str = "pk"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page and the place the next one starts behind, or None at the end."""

    rows: list[Row]
    next: Place | None


def page(found: Any, order: Order, after: Place | None, limit: int) -> Page[Any]:
    """Read one page of at most `limit` rows of a queryset, and one more to know whether there is a next."""
    found = found.order_by(*_ordering(order))
    if after is not None:
        found = found.filter(_behind(order, after))
    rows = list(found[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, Place(getattr(rows[-1], order.column), rows[-1].pk) if more else None)


def _ordering(order: Order) -> list[Any]:
    if order.column == "pk":
        return ["-pk" if order.descending else "pk"]
    column = F(order.column)
    first = column.desc(nulls_last=True) if order.descending else column.asc(nulls_last=True)
    return [first, "pk"]


def _behind(order: Order, after: Place) -> Q:
    if order.column == "pk":
        return Q(pk__lt=after.pk) if order.descending else Q(pk__gt=after.pk)
    empty = Q(**{f"{order.column}__isnull": True})
    if after.value is None:
        return empty & Q(pk__gt=after.pk)
    step = "lt" if order.descending else "gt"
    same = Q(**{order.column: after.value}) & Q(pk__gt=after.pk)
    return Q(**{f"{order.column}__{step}": after.value}) | same | empty
