"""What the database itself refuses: a state without its event, and any change of the journal.

The guards are triggers, made anew after every migration from the list of recorded models, so that
a new table or column is guarded without anyone remembering it. On both engines

- inserting a recorded row, or raising its version, moves its row in `dugai_anchor`, whose deferred
  foreign key demands the event with that subject and version before the transaction commits;
- changing a journalled column without raising `version` by one is refused at once;
- deleting a recorded row is refused;
- journal tables, and others whose rows are only ever added, refuse UPDATE and DELETE (and TRUNCATE on PostgreSQL).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections

from dugai.journal.models import AppendOnly, DailyRoot, Event, Leaf, Recorded, Tile, TreeHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db import models

    Statements = Callable[[str, set[str]], Iterable[str]]

ANCHOR = "dugai_anchor"
APPEND_ONLY: tuple[type[models.Model], ...] = (Event, Leaf, Tile, TreeHead, DailyRoot)

MORE: list[Statements] = []
"""Guards of higher rooms: functions of the engine's name and the tables that are there, registered once
in apps.py. Their triggers are called `guard_…` too, and so are lifted with all others."""


def append_only_models() -> list[type[models.Model]]:
    """Return the journal's own tables and those of other rooms whose rows are only ever added."""
    found = [model for model in apps.get_app_config("dugai").get_models() if issubclass(model, AppendOnly)]
    return [*APPEND_ONLY, *sorted(found, key=lambda model: model._meta.db_table)]


def recorded_models() -> list[type[Recorded]]:
    """Return every model whose changes need events, in a stable order."""
    found = [model for model in apps.get_app_config("dugai").get_models() if issubclass(model, Recorded)]
    return sorted(found, key=lambda model: model._meta.db_table)


def journalled_columns(model: type[Recorded]) -> list[str]:
    """Return the columns of `model` that may change only with an event."""
    free = {"id", "version", *model.derived}
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if field.name not in free and field.column is not None
    ]


def install_after_migrate(using: str = "default", **_: Any) -> None:
    """Put the guards back; Django calls this after each migration."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if ANCHOR in tables:
        install(using, tables)


def install(using: str = "default", tables: set[str] | None = None) -> None:
    """Create or replace every guard."""
    connection = connections[using]
    present = tables if tables is not None else set(connection.introspection.table_names())
    write = _sqlite if connection.vendor == "sqlite" else _postgres
    with connection.cursor() as cursor:
        for statement in write(present):
            cursor.execute(statement)
        for more in MORE:
            for statement in more(connection.vendor, present):
                cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Drop every guard. Only the tests' own clean-up and the tamper tests call this."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal AND tgname LIKE 'guard\\_%'"
            )
            for name, table in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')


@contextmanager
def lifted(using: str = "default") -> Iterator[None]:
    """Lift the guards for a while, as somebody with the owner's rights could; for tests only."""
    remove(using)
    try:
        yield
    finally:
        install(using)


def _sqlite(tables: set[str]) -> Iterator[str]:
    for model in recorded_models():
        table, kind = model._meta.db_table, model.subject_type
        if table not in tables:
            continue
        changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in journalled_columns(model))
        yield f'DROP TRIGGER IF EXISTS "guard_{table}_insert"'
        yield (
            f'CREATE TRIGGER "guard_{table}_insert" AFTER INSERT ON "{table}" BEGIN '
            f"INSERT INTO {ANCHOR}(subject_type, subject_id, version) VALUES ('{kind}', NEW.id, NEW.version); END"
        )
        yield f'DROP TRIGGER IF EXISTS "guard_{table}_update"'
        yield (
            f'CREATE TRIGGER "guard_{table}_update" AFTER UPDATE ON "{table}" '
            f"WHEN NEW.version IS NOT OLD.version OR {changed} BEGIN "
            f"SELECT RAISE(ABORT, 'guard: {kind} changed without its next version') "
            f"WHERE NEW.version IS NOT OLD.version + 1 OR NEW.id IS NOT OLD.id; "
            f"UPDATE {ANCHOR} SET version = NEW.version WHERE subject_type = '{kind}' AND subject_id = NEW.id; END"
        )
        yield f'DROP TRIGGER IF EXISTS "guard_{table}_delete"'
        yield (
            f'CREATE TRIGGER "guard_{table}_delete" BEFORE DELETE ON "{table}" BEGIN '
            f"SELECT RAISE(ABORT, 'guard: {kind} is never deleted'); END"
        )
    for table in (model._meta.db_table for model in append_only_models()):
        if table not in tables:
            continue
        for act in ("UPDATE", "DELETE"):
            name = f"guard_{table}_{act.lower()}"
            yield f'DROP TRIGGER IF EXISTS "{name}"'
            yield (
                f'CREATE TRIGGER "{name}" BEFORE {act} ON "{table}" BEGIN '
                f"SELECT RAISE(ABORT, 'guard: the journal only grows'); END"
            )
    event, pending = Event._meta.db_table, "dugai_pending"
    yield f'DROP TRIGGER IF EXISTS "guard_{event}_pending"'
    yield (
        f'CREATE TRIGGER "guard_{event}_pending" AFTER INSERT ON "{event}" BEGIN '
        f"INSERT INTO {pending}(event_id) VALUES (NEW.id); END"
    )


def _postgres(tables: set[str]) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'guard: % on % is refused', TG_OP, TG_TABLE_NAME; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION guard_pending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO dugai_pending(event_id) VALUES (NEW.id); RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO {ANCHOR}(subject_type, subject_id, version) VALUES (TG_ARGV[0], NEW.id, NEW.version); "
        "RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.version IS DISTINCT FROM OLD.version + 1 OR NEW.id IS DISTINCT FROM OLD.id THEN "
        "RAISE EXCEPTION 'guard: % changed without its next version', TG_ARGV[0]; END IF; "
        f"UPDATE {ANCHOR} SET version = NEW.version WHERE subject_type = TG_ARGV[0] AND subject_id = NEW.id; "
        "RETURN NULL; END $$"
    )
    for model in recorded_models():
        table, kind = model._meta.db_table, model.subject_type
        if table not in tables:
            continue
        changed = " OR ".join(
            f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in journalled_columns(model)
        )
        yield from _postgres_trigger(
            table, "insert", "AFTER INSERT", "FOR EACH ROW", f"guard_insert('{kind}')"
        )
        when = f"FOR EACH ROW WHEN (NEW.version IS DISTINCT FROM OLD.version OR {changed})"
        yield from _postgres_trigger(table, "update", "AFTER UPDATE", when, f"guard_update('{kind}')")
        yield from _postgres_trigger(table, "delete", "BEFORE DELETE", "FOR EACH ROW", "guard_refuse()")
        yield from _postgres_trigger(
            table, "truncate", "BEFORE TRUNCATE", "FOR EACH STATEMENT", "guard_refuse()"
        )
    for table in (model._meta.db_table for model in append_only_models()):
        if table not in tables:
            continue
        yield from _postgres_trigger(
            table, "change", "BEFORE UPDATE OR DELETE", "FOR EACH ROW", "guard_refuse()"
        )
        yield from _postgres_trigger(
            table, "truncate", "BEFORE TRUNCATE", "FOR EACH STATEMENT", "guard_refuse()"
        )
    event = Event._meta.db_table
    yield from _postgres_trigger(event, "pending", "AFTER INSERT", "FOR EACH ROW", "guard_pending()")


def _postgres_trigger(table: str, name: str, moment: str, each: str, call: str) -> Iterator[str]:
    yield f'DROP TRIGGER IF EXISTS "guard_{table}_{name}" ON "{table}"'
    yield f'CREATE TRIGGER "guard_{table}_{name}" {moment} ON "{table}" {each} EXECUTE FUNCTION {call}'
