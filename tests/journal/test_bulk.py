"""Many rows go in with few statements, whole and in their order."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dugai.journal import bulk, services
from dugai.journal.models import Event
from dugai.ledger.models import Tally
from tests.cast import Cast

ROWS = 2600


@pytest.mark.django_db
def test_rows_of_several_statements_are_all_there(cast: Cast):
    rows = [Tally(organisation=cast.county_bureau, level="test", lamp=f"灯{n % 3}", n=n) for n in range(ROWS)]
    with transaction.atomic(), CaptureQueriesContext(connection) as caught:
        bulk.insert(rows)
    found = Tally.objects.filter(level="test").order_by("pk").values_list("pk", "lamp", "n")
    assert list(found) == [(row.pk, f"灯{n % 3}", n) for n, row in enumerate(rows)]
    inserts = [query["sql"] for query in caught if "INSERT INTO" in query["sql"]]
    if connection.vendor == "sqlite":
        assert len(inserts) == -(-ROWS * 5 // bulk.PARAMETERS)
        assert not any("times:" in sql for sql in inserts), (
            "a statement a row costs the square under a savepoint"
        )


@pytest.mark.django_db
def test_many_events_keep_their_order(cast: Cast):
    drafts = [
        services.Draft(f"test.{n}", cast.county_bureau, after={"数": n}, changed=False) for n in range(1500)
    ]
    assert services.record_many(actor=cast.county_clerk, drafts=drafts) == 1500
    kinds = Event.objects.filter(kind__startswith="test.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [f"test.{n}" for n in range(1500)]


@pytest.mark.django_db
def test_nothing_is_inserted_without_rows():
    before = Event.objects.count()
    assert services.record_many(actor=None, drafts=[]) == 0
    bulk.insert([])
    bulk.insert_values(services.EVENTS, [])
    assert Event.objects.count() == before


def test_a_statement_stays_within_what_sqlite_takes():
    widest = max(len(model._meta.concrete_fields) for model in Event._meta.apps.get_models())
    assert widest < bulk.PARAMETERS < 32_766
