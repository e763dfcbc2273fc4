"""Tables as text (csv, tsv): the separator is found, every cell stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from dugai.intake.blocks import SourceText
from dugai.intake.readers import txt
from dugai.intake.readers.builder import Builder, Cell
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.grid import around
from dugai.intake.readers.limits import DEFAULT, Limits

_CHUNK = 500
_SEPARATORS = ",\t;，|"


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """A csv or tsv file as one table."""
    text, broken = txt.decode(data, name)
    out = Builder(name, "csv", limits)
    if broken:
        out.skip(f"有 {broken} 处字节坏了，显示为“\ufffd”，请对照原件")
    rows: list[list[Cell | None]] = []
    cells = 0
    number: int | None = None
    first = 0
    for line in _rows(text, name, limits):
        if not any(value.strip() for value in line):
            continue
        cells += len(line)
        _refuse(len(line), first + len(rows) + 1, cells, name, limits)
        rows.append([Cell(value) for value in line])
        if len(rows) == _CHUNK:
            number = _put(out, rows, number)
            first, rows = first + len(rows), []
    if rows:
        _put(out, rows, number)
    return out.finish()


def _put(out: Builder, rows: list[list[Cell | None]], number: int | None) -> int | None:
    """A stretch of rows; returns the number of the table when one has begun."""
    before, table, after = around(rows, begun=number is not None)
    for text in before:
        out.paragraph(text)
    if table:
        number = out.table(table, number=number)
    for text in after:
        out.paragraph(text)
    return number


def _rows(text: str, name: str, limits: Limits) -> Iterator[list[str]]:
    csv.field_size_limit(limits.cell_chars)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    except csv.Error as broken:
        raise Unreadable(
            "damaged",
            f"“{name}”有一格超过 {limits.cell_chars:,} 字，或引号不成对，读不下去。请用 Excel 打开后另存为 xlsx。",
        ) from broken


def _separator(text: str) -> str:
    """The sign that cuts the first lines into the same number of columns, most columns first."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    best, most = ",", 0
    for sign in _SEPARATORS:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        score = usual * counts.count(usual)
        if usual and score > most:
            best, most = sign, score
    return best


def _refuse(width: int, row: int, cells: int, name: str, limits: Limits) -> None:
    if width > limits.columns:
        raise Unreadable(
            "too_many_columns",
            f"“{name}”第 {row} 行有 {width:,} 列，超过 {limits.columns} 列。请看一眼分隔符对不对。",
        )
    if row > limits.rows:
        raise Unreadable("too_many_rows", f"“{name}”超过 {limits.rows:,} 行。请拆成几份再导入。")
    if cells > limits.cells:
        raise Unreadable("too_many_cells", f"“{name}”超过 {limits.cells:,} 个单元格。请拆成几份再导入。")
