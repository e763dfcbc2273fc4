"""A large list is written by a process of its own."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.db import connection

from dugai.kernel.errors import Refused
from dugai.ledger import services_export
from dugai.ledger.models import ListExport
from tests.cast import make_cast, make_problem

pytestmark = pytest.mark.django_db(transaction=True)


def address() -> str:
    """Return the address of the database of this test, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite://{name}"
    return urlsplit(os.environ["DUGAI_TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()


def test_a_child_writes_what_the_viewer_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cast = make_cast()
    first = make_problem(cast)
    make_problem(cast, inspection=first.inspection, number=2, owners=(cast.neighbour_bureau,))
    monkeypatch.setenv("DUGAI_TEST_DATABASE_URL", address())
    monkeypatch.setattr(services_export, "HERE_UP_TO", 0)
    path = tmp_path / "out.xlsx"
    assert services_export.export_list(actor=cast.neighbour_clerk, filters={}, path=path) == 1
    sheet = openpyxl.load_workbook(path).active
    assert [sheet.cell(4, column).value for column in (1, 2, 3)] == [
        "2",
        "",
        "督察发现，望渡县老城区污水管网缺口较大，部分生活污水直排柳汀河。",
    ]
    assert ListExport.objects.get().rows == 1


def test_a_child_that_fails_is_a_refusal_and_leaves_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cast = make_cast()
    make_problem(cast)
    monkeypatch.setenv("DUGAI_TEST_DATABASE_URL", address())
    monkeypatch.setattr(services_export, "HERE_UP_TO", 0)
    with pytest.raises(Refused, match="导出没有完成"):
        services_export.export_list(
            actor=cast.city_clerk, filters={}, path=tmp_path / "no" / "such" / "out.xlsx"
        )
    assert not ListExport.objects.exists()
