"""Rows as they stood at the end of a day: today's rows, rewound through the journal.

Every event from a row's first one after that day is undone, the newest first, by its `before` values. The
order is the journal's own: where the clock had been set back, what was written later counts as later too.
A row is then proved: the digest over its columns must be the one its last event of that day recorded. A row
that cannot be proved stops the computing, so that no figure rests on a guess.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Min, Subquery, Value

from dugai.journal.models import Event, Recorded
from dugai.journal.services import state_of
from dugai.kernel import clock
from dugai.kernel.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

Row = TypeVar("Row", bound=Recorded)
BATCH = 500
UNPROVED = (
    "{name} 在 {day} 的样子与留痕的摘要对不上，不能据此出数。请先运行 dugai verify rows 查明原因，"
    "或改用今天的数据。"
)


def cutoff_of(day: dt.date) -> dt.datetime:
    """Return the moment at which `day` is over in Asia/Shanghai."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=clock.SHANGHAI)


@dataclass(frozen=True, slots=True)
class Told:
    """What one event says about its row: its place in the journal, version, before, digest."""

    pk: int
    version: int
    before: dict[str, Any]
    state: str


@dataclass(slots=True)
class Journal:
    """All events after a day, by the rows they are about; read once for all kinds of rows."""

    day: dt.date
    later: dict[tuple[str, int], list[Told]] = field(default_factory=dict)

    @classmethod
    def after(cls, day: dt.date, subject_types: Collection[str]) -> Journal:
        """Read the events of some kinds of rows from each row's first one after `day`."""
        found = cls(day)
        cutoff = cutoff_of(day)
        first = Event.objects.filter(at__gte=cutoff).values(whole=Value(1)).values(first=Min("pk"))
        rows = Event.objects.filter(
            pk__gte=Subquery(first), subject_type__in=list(subject_types), version__isnull=False
        ).order_by("pk")
        columns = rows.values_list("pk", "at", "subject_type", "subject_id", "version", "body")
        for pk, at, subject_type, subject_id, version, body in columns.iterator(chunk_size=2000):
            key = (subject_type, subject_id)
            if version is None or (at < cutoff and key not in found.later):
                continue  # the clock had been set back, and this row was not touched since the day
            told = json.loads(body)
            found.later.setdefault(key, []).append(Told(pk, version, told["before"], told["state"]))
        return found

    def touched(self, model: type[Recorded]) -> list[int]:
        """Return the ids of rows of `model` that something happened to after the day."""
        return [pk for kind, pk in self.later if kind == model.subject_type]

    def rewind(self, rows: Iterable[Row], columns: Sequence[str] = ()) -> list[Row]:
        """Return the rows as they stood at the end of the day; those that did not exist yet are left out.

        Events of some rows name only the columns that decide. With `columns` those alone are right
        afterwards, and are proved against what the events up to that day say of them.
        """
        kept: list[Row] = []
        changed: list[Row] = []
        for row in rows:
            later = self.later.get((row.subject_type, row.pk))
            if later is None:
                kept.append(row)
            elif later[0].version > 1:
                was = _undone(row, later)
                kept.append(was)
                changed.append(was)
        self._prove(changed, columns)
        return kept

    def _prove(self, rows: list[Any], columns: Sequence[str]) -> None:
        """Compare each rewound row with what its events up to the day recorded."""
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            kind = batch[0].subject_type
            states: dict[int, str] = {}
            said: dict[int, dict[str, Any]] = {}
            found = Event.objects.filter(
                subject_type=kind, subject_id__in=[row.pk for row in batch], at__lt=cutoff_of(self.day)
            )
            for pk, subject_id, body in found.order_by("pk").values_list("pk", "subject_id", "body"):
                if pk >= self.later[kind, subject_id][0].pk:
                    continue
                told = json.loads(body)
                states[subject_id] = told["state"]
                said.setdefault(subject_id, {}).update(told["after"])
            for row in batch:
                if columns:
                    known = said.get(row.pk, {})
                    right = all(known.get(name, getattr(row, name)) == getattr(row, name) for name in columns)
                else:
                    right = row.pk not in states or state_of(row) == states[row.pk]
                if not right:
                    message = UNPROVED.format(name=str(row), day=self.day.isoformat())
                    raise Refused(message, code="history_unproved")


def _undone(row: Row, later: list[Told]) -> Row:
    """Return a copy of `row` with the events of `later` undone, the newest first."""
    was = copy.copy(row)
    columns = type(row)._meta.concrete_fields
    fields = {item.name: item for item in columns} | {item.attname: item for item in columns}
    for told in reversed(later):
        for name, value in told.before.items():
            column = fields.get(name)
            if column is not None and column.name not in row.derived:
                setattr(was, column.attname, _typed(column, value))
    return was


def _typed(column: models.Field[Any, Any], value: Any) -> Any:
    """Return a journalled value as the column holds it."""
    if value is None or isinstance(column, models.JSONField):
        return value
    target = getattr(column, "target_field", column)
    return target.to_python(value)
