"""The database refuses what the application must never say of journal and recorded rows (T02), on both engines."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

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


def refused(statement: str, *values: object) -> bool:
    """Run a statement and say whether the database refused it, at once or at commit."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            connection.check_constraints()
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def filled(tables: set[str]) -> set[str]:
    """Return those of the tables that have a row for a statement to reach."""
    found = set()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  a table of ours
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_no_row_of_the_journal_changes_or_goes(cast: Cast):
    make_whole_world(cast)
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


def test_no_recorded_column_changes_without_its_version(cast: Cast):
    make_whole_world(cast)
    reached = filled({table for table, _ in recorded()})
    tried = set()
    for model in guards.recorded_models():
        table = model._meta.db_table
        if table not in reached:
            continue
        for field in model._meta.concrete_fields:
            if field.column not in guards.journalled_columns(model):
                continue
            internal = field.get_internal_type()
            value = {
                "IntegerField": f'coalesce("{field.column}", 0) + 1',
                "PositiveSmallIntegerField": f'coalesce("{field.column}", 0) + 1',
                "SmallIntegerField": f'coalesce("{field.column}", 0) + 1',
                "ForeignKey": f'coalesce("{field.column}", 0) + 1',
                "CharField": "'changed'",
                "SlugField": "'changed'",
                "TextField": "'changed'",
            }.get(internal)
            if value is None:
                continue
            statement = f'UPDATE "{table}" SET "{field.column}" = {value}'  # noqa: S608  ours
            assert refused(statement), statement
            tried.add((table, field.column))
    assert len(tried) > 60


def test_no_version_rises_without_its_event_and_no_recorded_row_goes(cast: Cast):
    make_whole_world(cast)
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
