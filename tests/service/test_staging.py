"""A workbook is staged row by row; counts add up, errors name their cell, and nothing is half-imported."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from dugai.kernel import planner
from dugai.kernel.errors import DomainError, NotVisible, Refused, TooLarge
from dugai.staging import queries, services, workbook
from dugai.staging.models import ImportBatch, ImportRow
from dugai.staging.rows import BadCellError, CellError, Column, Proposed, as_day, as_digits, as_text, shown
from tests.cast import Cast


def book(*rows: tuple[object, ...], sheet: str = "表一") -> bytes:
    """Write a small workbook; dates are written as dates, everything else by its type."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as made:
        page = made.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


class Towns:
    """A reader of towns: a code of six digits, a name, a day."""

    columns = (
        Column("code", "编码", required=True),
        Column("name", "名称", required=True),
        Column("since", "启用日期"),
    )
    known: set[str] = set()
    accepted: list[Proposed] = []

    def __init__(self, actor, context):
        self.accepted.clear()

    def read(self, place, cells):
        errors = []
        values = {}
        for name, how in (
            ("code", lambda cell: as_digits(cell, lengths=(6,))),
            ("name", lambda cell: as_text(cell, longest=10)),
            ("since", as_day),
        ):
            try:
                values[name] = shown(how(cells.get(name)))
            except BadCellError as bad:
                errors.append(CellError(name, bad.says))
        return errors or Proposed(values["code"], values)

    def taken(self, keys):
        return self.known & set(keys)

    def accept(self, *, actor, batch, rows):
        self.accepted.extend(rows)
        return len(self.accepted)


@pytest.fixture(autouse=True)
def _towns(monkeypatch):
    monkeypatch.setitem(services._factories, "reports", Towns)
    monkeypatch.setattr(Towns, "known", set())


def stage(cast: Cast, data: bytes) -> ImportBatch:
    return services.stage(
        actor=cast.county_clerk, kind="reports", file_name="乡镇.xlsx", data=data, context={}
    )


def test_counts_add_up_and_errors_name_the_cell(cast: Cast):
    Towns.known = {"990003"}
    data = book(
        ("乡镇名录",),
        ("编码*", "名称", "启用日期"),
        ("990001", "柳汀镇", dt.date(2026, 5, 1)),
        (990002, "沙洲镇", "2026年6月31日"),
        ("990003", "旧镇", ""),
        ("990001", "柳汀镇", ""),
        ("", "", ""),
        (12345, "短码镇", 45000),
    )
    batch = stage(cast, data)
    assert (batch.rows_read, batch.rows_good, batch.rows_rejected, batch.rows_duplicate) == (5, 1, 2, 2)
    messages = [error["message"] for row in batch.rows.order_by("pk") for error in row.errors]
    assert messages == [
        "“表一”表 C4 单元格是“2026年6月31日”，没有这一天。请改成日历上有的日期。",
        "“990003”已经在系统里，这一行不会再录入。",
        "与“表一”表第 3 行重复，只取前一行。",
        "“表一”表 A8 单元格是“12345”，有 5 位，应为 6 位。前面的 0 可能被 Excel 去掉了。请设为“文本”格式后补全。",
        "“表一”表 C8 单元格是“45000”，是一个数，疑似日期序号。请改写成 2026-05-18 这样的日期。",
    ]


def test_accepting_writes_the_good_rows_once(cast: Cast):
    batch = stage(cast, book(("编码", "名称"), ("990001", "柳汀镇")))
    batch = services.accept(actor=cast.county_clerk, batch_id=batch.pk, seen_version=batch.version)
    assert batch.state == ImportBatch.State.ACCEPTED
    assert [row.key for row in Towns.accepted] == ["990001"]
    with pytest.raises(Refused):
        services.accept(actor=cast.county_clerk, batch_id=batch.pk)
    with pytest.raises(Refused):
        services.discard(actor=cast.county_clerk, batch_id=batch.pk)


@pytest.mark.parametrize(("large", "counted"), [(1, 1), (2, 0)])
def test_a_large_import_lets_the_database_count_its_tables(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks, large: int, counted: int
):
    monkeypatch.setattr(services, "LARGE", large)
    batch = stage(cast, book(("编码", "名称"), ("990001", "柳汀镇")))
    with django_capture_on_commit_callbacks(execute=True) as called:
        services.accept(actor=cast.county_clerk, batch_id=batch.pk)
    assert called.count(planner.refresh) == counted


def test_what_came_in_meanwhile_stops_the_whole_import(cast: Cast):
    batch = stage(cast, book(("编码", "名称"), ("990001", "柳汀镇"), ("990002", "沙洲镇")))
    Towns.known = {"990002"}
    with pytest.raises(Refused, match="1 行已由别人录入"):
        services.accept(actor=cast.county_clerk, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, Towns.accepted) == (ImportBatch.State.STAGED, [])


def test_another_person_neither_sees_nor_decides(cast: Cast):
    batch = stage(cast, book(("编码", "名称"), ("990001", "柳汀镇")))
    with pytest.raises(NotVisible):
        queries.get_batch(cast.county_reviewer, batch.pk)
    with pytest.raises(NotVisible):
        services.accept(actor=cast.county_reviewer, batch_id=batch.pk)
    services.discard(actor=cast.county_clerk, batch_id=batch.pk, reason="传错了")
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.DISCARDED


def rezip(data: bytes, **changes: bytes) -> bytes:
    """Return the workbook with parts replaced or added; `sheet1` stands for the first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename not in changes:
                new.writestr(part.filename, old.read(part))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
HOSTILE = {
    "not a zip": b"\xd0\xcf\x11\xe0" + b"x" * 500,
    "a torn zip": book(("编码", "名称"), ("990001", "甲"))[:-300],
    "far cell": rezip(book(("编码",)), **{SHEET: FAR}),
    "entity": rezip(book(("编码",)), **{SHEET: ENTITY}),
    "bomb": rezip(book(("编码",)), **{"xl/media/a.bin": b"\0" * 30_000_000}),
    "macro": rezip(book(("编码",)), **{"xl/vbaProject.bin": b"x"}),
    "parent path": rezip(book(("编码",)), **{"../x.xml": b"<x/>"}),
    "utf-16": rezip(book(("编码",)), **{SHEET: "<worksheet/>".encode("utf-16")}),
    "broken xml": rezip(book(("编码",)), **{SHEET: b"<worksheet><sheetData><row><c"}),
    "no header": book(("甲", "乙"), ("1", "2")),
    "empty": book(("编码", "名称")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_empty_workbook_is_refused_in_words(cast: Cast, name: str):
    with pytest.raises(DomainError) as refusal:
        stage(cast, HOSTILE[name])
    assert "请" in refusal.value.message
    assert not ImportBatch.objects.exists()
    assert not ImportRow.objects.exists()


def test_too_many_rows_are_refused_with_their_number():
    data = book(*[("编码", "名称")] * 300)
    with pytest.raises(TooLarge, match="300 行，最多 200 行"):
        list(workbook.read(data, workbook.Limits(rows=200)))


def test_long_numbers_and_early_days_are_not_guessed():
    with pytest.raises(BadCellError, match="超过 15 位"):
        as_text(110101199003074512.0, longest=40)
    with pytest.raises(BadCellError, match="1900 年"):
        as_day(dt.datetime(1900, 1, 2))  # noqa: DTZ001  a spreadsheet's days have no zone
    with pytest.raises(BadCellError, match="改成了日期"):
        as_text(dt.datetime(2026, 1, 2), longest=40)  # noqa: DTZ001
    assert as_text("007", longest=5) == "007"
