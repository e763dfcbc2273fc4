"""Carrying every row of a database into an empty PostgreSQL: one transaction, compared before it commits."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, models, transaction
from psycopg.types.json import Jsonb

from dugai.journal import guards
from dugai.kernel.errors import Refused
from dugai.upkeep import databases, postgres_copy, tables
from dugai.upkeep.tables import Held

Tell = Callable[[str, int, int], None]
SEEDED = frozenset({"auth_permission", "django_content_type", "django_migrations", "dugai_search"})
"""Tables that migrating fills by itself."""


def prepare(target: str) -> bool:
    """Make the tables in an empty database; return whether it was empty, False when rows are there already.

    Tables without rows, as an interrupted attempt leaves them, count as empty. Raises `Refused` (code
    `target_not_empty`) when the database holds tables that are not ours.
    """
    ours = {model._meta.db_table for model in tables.all_models()} | SEEDED
    foreign = [name for name in postgres_copy.tables_of(target) if name.rpartition(".")[2] not in ours]
    if foreign:
        raise Refused(
            f"目标库不是空的：里面有 {foreign[0]} 等 {len(foreign)} 张别的表。", code="target_not_empty"
        )
    call_command("migrate", database=target, interactive=False, verbosity=0)
    for model in tables.all_models():
        if model._meta.db_table not in SEEDED and model._base_manager.using(target).exists():
            return False
    return True


def carry(source: str, target: str, expected: dict[str, Held], tell: Tell) -> None:
    """Copy all rows from the alias `source` to the prepared alias `target`, and prove it before committing.

    Sequences go past the last id and the guards are back when it commits. Raises `Refused` (code
    `carry_differs`) and leaves the target empty when one table does not come out as `expected`.
    """
    listed = tables.all_models()
    with transaction.atomic(using=target):
        databases.without_timeout(target)
        guards.remove(target)
        with connections[target].cursor() as cursor:
            names = ", ".join(f'"{model._meta.db_table}"' for model in listed)
            cursor.execute(f"TRUNCATE {names}")
        total, done = sum(held.count for held in expected.values()), 0
        for model in listed:
            tell("搬运数据", done, total)
            done += _copy(model, source, target, functools.partial(_further, tell, done, total))
        tell("搬运数据", total, total)
        wrong = tables.differences(expected, tables.held(target, tell))
        if wrong:
            raise Refused(f"搬过去的数据与原来不同，已撤回：{wrong[0]}", code="carry_differs")
        with connections[target].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in sequences(target):
                cursor.execute(statement)
        guards.install(target)


def sequences(alias: str) -> list[str]:
    """Return the statements that set every sequence past the last id of its table."""
    listed = list(apps.get_models(include_auto_created=True))
    return connections[alias].ops.sequence_reset_sql(no_style(), listed)


def missing_guards(alias: str) -> list[str]:
    """Return the recorded and journal tables of a PostgreSQL database that no guard stands on."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled = 'O' AND tgname LIKE 'guard\\_%%'"
        )
        there = {row[0] for row in cursor.fetchall()}
    wanted = {model._meta.db_table for model in (*guards.recorded_models(), *guards.APPEND_ONLY)}
    return sorted(wanted - there)


def _further(tell: Tell, base: int, total: int, extra: int) -> None:
    tell("搬运数据", base + extra, total)


def _copy(model: type[models.Model], source: str, target: str, tell: Callable[[int], None]) -> int:
    fields = tables.fields_of(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    readers = [_reader(field, target) for field in fields]
    count = 0
    with connections[target].cursor() as cursor:
        into = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        with cursor.cursor.copy(into) as out:
            for row in tables.rows_of(model, source):
                out.write_row([read(value) for read, value in zip(readers, row, strict=True)])
                count += 1
                if count % tables.EVERY == 0:
                    tell(count)
    return count


def _reader(field: models.Field[Any, Any], target: str) -> Callable[[Any], Any]:
    """Return what turns a value into what PostgreSQL's driver takes for this column."""
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None and field.null else Jsonb(value)
    connection = connections[target]
    return lambda value: field.get_db_prep_save(value, connection)
