"""Inserting many rows with few statements and known ids, round the ORM.

The ORM's compiler costs several times what the database does when tens of thousands of rows arrive
with an import. Constraints and guards are in the database and hold here as everywhere.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from collections.abc import Sequence

AS_IT_IS = frozenset({str, int, bool, type(None)})
"""Types both drivers take without help. A JSON column is never among them: its text is made first."""
PARAMETERS = 6000
"""Values in one statement of SQLite, which takes 32,766 as it comes."""


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model inside the caller's transaction; each has its id afterwards.

    A parent that was inserted earlier in the transaction gives its id to the rows that point to it.
    """
    if not rows:
        return
    model = type(rows[0])
    for row, number in zip(rows, take_ids(model, len(rows)), strict=True):
        row.pk = number
        row._state.adding = False
        row._state.db = connection.alias
    names, fields, parents = _columns(model)
    for name, attname in parents:
        for row in rows:
            kept = row._state.fields_cache
            if getattr(row, attname) is None and (parent := kept.get(name)) is not None:
                row.__dict__[attname] = parent.pk  # setattr would forget the parent it is taken from
    columns = [_column(field, rows) for field in fields]
    into = f"{connection.ops.quote_name(model._meta.db_table)} ({names})"
    insert_values(into, list(zip(*columns, strict=True)))


def insert_values(into: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values `into` a table: `dugai_event (at, kind)`, names of our own, never input.

    On SQLite many rows go in one statement. Each statement under a savepoint walks the whole journal
    of that savepoint when it ends, so that a statement a row costs the square of their number.
    """
    if not rows:
        return
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            sql = f"INSERT INTO {into} VALUES {marks}"  # noqa: S608
            cursor.executemany(sql, rows)
            return
        step = max(1, PARAMETERS // len(rows[0]))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            sql = f"INSERT INTO {into} VALUES {', '.join([marks] * len(part))}"  # noqa: S608
            cursor.execute(sql, [value for row in part for value in row])


def take_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Take `count` new ids of `model` for this transaction alone.

    SQLite writes one at a time, so the ids after the last are ours; PostgreSQL has its sequence.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()
            first = (last[0] if last else 0) + 1
            return range(first, first + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


@functools.cache
def _columns(model: type[models.Model]) -> tuple[str, list[models.Field[Any, Any]], list[tuple[str, str]]]:
    """Return the quoted column names, the fields, and (name, attribute) of each foreign key."""
    fields = list(model._meta.concrete_fields)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    keys = [(field.name, str(field.attname)) for field in fields if field.is_relation]
    return names, fields, keys


def _column(field: models.Field[Any, Any], rows: Sequence[models.Model]) -> list[Any]:
    """Return the values of one column as the driver takes them."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows]
    values = [getattr(row, str(field.attname)) for row in rows]
    if isinstance(field, models.JSONField):
        return _json(field, values)
    return [
        value if type(value) in AS_IT_IS else field.get_db_prep_save(value, connection) for value in values
    ]


def _json(field: models.JSONField[Any, Any], values: list[Any]) -> list[Any]:
    """Turn each value into its text once; rows of one import share most of their deadlines."""
    made: dict[int, Any] = {}
    for value in values:
        if id(value) not in made:
            made[id(value)] = field.get_db_prep_save(value, connection)
    return [made[id(value)] for value in values]
