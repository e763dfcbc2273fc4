"""What is in the tables, in a form that is the same on both engines: a count and a digest for each.

A row's digest is the SHA-256 of its columns in canonical text; a table's is the sum of its rows'
digests modulo 2**256, so that the order of rows, which collations decide, does not matter. It shows
damage and loss between two copies made by us; against forgery stand the journal and the signed manifest.
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.migrations.recorder import MigrationRecorder

from dugai.journal.models import Anchor

Tell = Callable[[str, int, int], None]
EVERY = 5000
ROUND = 1 << 256


@dataclass(frozen=True)
class Held:
    """How many rows a table has, and their digest in hexadecimal."""

    count: int
    digest: str


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""
    del stage, done, total


def all_models() -> list[type[models.Model]]:
    """Return every model whose rows belong to the installation, in the order of their tables' names."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if (model._meta.managed and not model._meta.proxy) or model is Anchor
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the stored fields of a model in a stable order."""
    return [field for field in model._meta.concrete_fields if field.column is not None]


def rows_of(model: type[models.Model], alias: str = DEFAULT_DB_ALIAS) -> Iterator[tuple[Any, ...]]:
    """Yield each row of a model as the values of `fields_of`."""
    names = [str(field.attname) for field in fields_of(model)]
    return model._base_manager.using(alias).order_by().values_list(*names).iterator(chunk_size=EVERY)


def held(alias: str = DEFAULT_DB_ALIAS, tell: Tell = silent) -> dict[str, Held]:
    """Return count and digest of every table of one database, by the table's name."""
    found = {}
    listed = all_models()
    for number, model in enumerate(listed):
        tell("逐表计数", number, len(listed))
        found[model._meta.db_table] = held_in(model, alias)
    tell("逐表计数", len(listed), len(listed))
    return found


def held_in(model: type[models.Model], alias: str) -> Held:
    """Return count and digest of one table."""
    count, total = 0, 0
    for row in rows_of(model, alias):
        count += 1
        total = (total + int.from_bytes(hashlib.sha256(line(row)).digest())) % ROUND
    return Held(count, f"{total:064x}")


def line(row: tuple[Any, ...]) -> bytes:
    """Return the canonical text of one row."""
    return json.dumps(
        [_plain(value) for value in row], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def differences(before: dict[str, Held], after: dict[str, Held]) -> list[str]:
    """Return in words where two databases differ."""
    found = []
    for table in sorted(set(before) | set(after)):
        old, new = before.get(table), after.get(table)
        if old is None or new is None:
            found.append(f"表 {table} 只在一边")
        elif old.count != new.count:
            found.append(f"表 {table} 应有 {old.count} 行，实有 {new.count} 行")
        elif old.digest != new.digest:
            found.append(f"表 {table} 行数相同（{old.count}），内容不同")
    return found


def migrations(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the migrations one database has run, as `app.name`."""
    return sorted(".".join(key) for key in MigrationRecorder(connections[alias]).applied_migrations())


def _plain(value: Any) -> Any:
    kind = type(value)
    if value is None or kind is str or kind is int or kind is bool:
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
