"""The database refuses what the application must never say of journal and recorded rows (T02), on both engines."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from dugai.journal import guards
from tests.api.world import make_whole_world
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def recorded() -> list[tuple[str, str]]:
    """Return table and column of every column that changes only with an event."""
    return [
        (model._meta.db_table, column)
        for model in guards.recorded_models()
        for column in guards.journalled_columns(model)
    ]


ROLES = ["owner", "application"] if "postgresql" in settings.DATABASES["default"]["ENGINE"] else ["owner"]


@pytest.fixture(params=ROLES)
def as_role(request: pytest.FixtureRequest, cast: Cast) -> None:
    """Write as the owner of the tables, and on PostgreSQL as a role that may write every table and owns none.

    The role gets more than an installation gives it (TRUNCATE too), so that the guards alone refuse.
    """
    make_whole_world(cast)
    if request.param == "owner":
        return
    role = f"application_{secrets.token_hex(6)}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"SET LOCAL ROLE {role}")


def refused(statement: str, *values: object, by_guard: bool = False) -> bool:
    """Run a statement and say whether the database refused it, at once or at commit.

    With `by_guard` only the refusal of a guard or constraint counts, not that the value did not fit its column.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            connection.check_constraints()
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return "guard:" in str(refusal) or isinstance(refusal, IntegrityError) or not by_guard
    return False


def other_value(field: Any) -> str:
    """Return SQL for a value of the column's own type that no row has."""
    kind = (field.target_field if field.is_relation else field).get_internal_type()
    column = f'"{field.column}"'
    if kind == "BooleanField":
        return f"NOT {column}"
    if "Integer" in kind or kind in {"BigAutoField", "DecimalField"}:
        return f"coalesce({column}, 0) + 1"
    forged = {
        "CharField": "substr('changed', 1, 2)",
        "SlugField": "'changed'",
        "TextField": "'changed'",
        "DateField": "'1999-12-31'",
        "DateTimeField": "'1999-12-31 08:00:00+00:00'",
        "JSONField": "'{\"forged\": true}'",
    }
    return forged[kind]


def filled(tables: set[str]) -> set[str]:
    """Return those of the tables that have a row for a statement to reach."""
    found = set()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  a table of ours
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.mark.usefixtures("as_role")
def test_no_row_of_the_journal_changes_or_goes():
    reached = filled({model._meta.db_table for model in guards.APPEND_ONLY})
    assert "dugai_event" in reached
    for model in guards.APPEND_ONLY:
        table = model._meta.db_table
        if table in reached:
            for field in model._meta.concrete_fields:
                statement = f'UPDATE "{table}" SET "{field.column}" = "{field.column}"'  # noqa: S608  ours
                assert refused(statement), statement
            assert refused(f'DELETE FROM "{table}"'), table  # noqa: S608  ours
        if connection.vendor == "postgresql":
            assert refused(f'TRUNCATE "{table}" CASCADE'), table


@pytest.mark.usefixtures("as_role")
def test_no_recorded_column_changes_without_its_version():
    reached = filled({table for table, _ in recorded()})
    tried: set[tuple[str, str]] = set()
    types: set[str] = set()
    for model in guards.recorded_models():
        table = model._meta.db_table
        if table not in reached:
            continue
        for field in model._meta.concrete_fields:
            if field.column not in guards.journalled_columns(model):
                continue
            statement = f'UPDATE "{table}" SET "{field.column}" = {other_value(field)}'  # noqa: S608  ours
            assert refused(statement, by_guard=True), statement
            tried.add((table, field.column))
            types.add(field.get_internal_type())
    assert tried == {pair for pair in recorded() if pair[0] in reached}
    assert types >= {"BooleanField", "CharField", "DateField", "DateTimeField", "DecimalField", "ForeignKey"}
    assert types >= {"JSONField", "PositiveIntegerField", "TextField"}


@pytest.mark.usefixtures("as_role")
def test_no_version_rises_without_its_event_and_no_recorded_row_goes():
    tables = {model._meta.db_table for model in guards.recorded_models()}
    reached = filled(tables)
    assert len(reached) >= 14
    for table in sorted(reached):
        assert refused(f'UPDATE "{table}" SET version = version + 1'), table  # noqa: S608  ours
        assert refused(f'UPDATE "{table}" SET version = version + 2'), table  # noqa: S608  ours
        assert refused(f'DELETE FROM "{table}"'), table  # noqa: S608  ours
    if connection.vendor == "postgresql":
        for table in sorted(tables):
            assert refused(f'TRUNCATE "{table}" CASCADE'), table


@pytest.mark.postgres
@pytest.mark.parametrize("as_role", ["application"], indirect=True)
@pytest.mark.usefixtures("as_role")
def test_the_application_role_cannot_lift_a_guard():
    for statement in (
        "ALTER TABLE dugai_event DISABLE TRIGGER ALL",
        'DROP TRIGGER "guard_dugai_event_change" ON dugai_event',
        "DROP TABLE dugai_anchor",
        "ALTER TABLE dugai_event ADD COLUMN x int",
        "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "SET session_replication_role = replica",
    ):
        assert refused(statement), statement
