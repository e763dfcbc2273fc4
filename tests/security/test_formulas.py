"""No cell of any workbook that leaves is a formula, whatever the rows say (S22)."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from dugai.journal import guards
from dugai.ledger import sheet_writer
from dugai.ledger.models import Measure, Problem, Task
from dugai.ledger.sheet_columns import COLUMNS
from dugai.people.models import Organisation, User
from dugai.staging import export
from dugai.staging.rows import Column
from tests.api.world import make_whole_world
from tests.cast import Cast

MARKS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "'=",
    '"=',
    "\u200b=",
    "\ufeff=",
)
BODIES = ("1+1", 'HYPERLINK("http://x","看")', "cmd|' /C calc'!A0", "SUM(A1:A9)", "IMPORTXML(A1)")
PAYLOADS = [mark + body for body in BODIES for mark in MARKS][:80]
FREE = (models.CharField, models.TextField)


def cells(data: bytes) -> list[Any]:
    """Return every filled cell of a workbook; none may be a formula or an error."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in found if cell.data_type in {"f", "e"}] == []
    assert [cell.coordinate for cell in found if cell.hyperlink is not None] == []
    return found


def test_eighty_payloads_in_every_column_of_the_writers(tmp_path):
    columns = [Column(name=f"c{at}", title=f"列{at}") for at in range(6)]
    rows = [dict.fromkeys([column.name for column in columns], payload) for payload in PAYLOADS]
    with export.write_list("表", columns, rows) as made:
        texts = [str(cell.value) for cell in cells(made.read())]
    assert len(texts) == len(columns) * (len(PAYLOADS) + 1)
    path = tmp_path / "清单.xlsx"
    names = [column.name for column in COLUMNS]
    sheet_writer.write_list(
        path, [dict.fromkeys(names, payload) for payload in PAYLOADS], title="=1+1", note="@SUM(A1)"
    )
    assert len(cells(path.read_bytes())) > len(PAYLOADS) * (len(names) - 2)


@pytest.mark.django_db
def test_every_workbook_that_can_be_fetched(cast: Cast):
    make_whole_world(cast)
    connection.check_constraints()  # PostgreSQL drops no trigger of a table with open constraints
    with guards.lifted():
        for model in (Problem, Measure, Task, Organisation, User):
            free = [
                field
                for field in model._meta.concrete_fields
                if isinstance(field, FREE) and not field.choices and not field.unique and field.name in WORDS
            ]
            for at, row in enumerate(model._base_manager.order_by("pk")):
                words = {
                    field.name: PAYLOADS[(at + place) % len(PAYLOADS)][: field.max_length or 60]
                    for place, field in enumerate(free)
                }
                if words:
                    model._base_manager.filter(pk=row.pk).update(**words)
    fetched = 0
    for person in ("city_clerk", "county_clerk", "system_admin", "province_manager"):
        client = Client()
        client.force_login(cast.users[person])
        for address in addresses():
            answer = client.get(address)
            if answer.status_code == 200 and "spreadsheet" in answer.get("Content-Type", ""):
                found = cells(b"".join(answer.streaming_content))
                fetched += any(
                    str(cell.value).lstrip("'\t\r\n ").startswith(("=", "+", "@", "＝")) for cell in found
                )
    assert fetched >= 5, "the payloads did not come through to the workbooks"


WORDS = {
    "title",
    "text",
    "goal",
    "requirement",
    "standard",
    "note",
    "name",
    "short",
    "person",
    "leader_name",
    "status_raw",
}


def addresses() -> list[str]:
    """Return the addresses that give workbooks."""
    lists = [reverse("ledger_export") + f"?list={name}" for name in ("", "problems", "tasks", "measures")]
    people = [reverse("people_export", args=[kind]) for kind in ("organisations", "people")]
    return [*lists, *people, reverse("report_workbook"), reverse("ledger_import_template")]
