"""From the cells of a workbook to staged rows: finding the header, reading each row, naming each error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.kernel.errors import InvalidInput
from dugai.staging import workbook
from dugai.staging.models import ImportRow
from dugai.staging.rows import Place, Proposed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dugai.staging.rows import Cell, CellError, Column, RowReader
    from dugai.staging.workbook import Sheet

HEADER_WITHIN = 15
KEPT_ERRORS = 20
SHOWN_VALUE = 40


@dataclass(frozen=True)
class _Where:
    """One row of one sheet, so that an error can be put into words."""

    sheet: Sheet
    place: Place
    places: Mapping[str, int]
    titles: Mapping[str, str]

    def in_order(self, errors: Sequence[CellError]) -> list[CellError]:
        """Return errors from left to right, those of the whole row last."""
        return sorted(errors, key=lambda error: self.places.get(error.column, len(self.places) + 1000))

    def word(self, error: CellError, cells: Mapping[str, Cell]) -> dict[str, Any]:
        """Name sheet, cell, value and what to do, in one sentence."""
        name, row = self.sheet.name, self.place.row
        if error.column not in self.places:
            title = self.titles.get(error.column)
            lacks = f"没有“{title}”列，{error.says}" if title else f"：{error.says}"
            return _told("", error.column, "", f"“{name}”表第 {row} 行{lacks}")
        cell = f"{workbook.letters(self.sheet.first_column + self.places[error.column])}{row}"
        value = shown(cells[error.column])
        brief = value if len(value) <= SHOWN_VALUE else value[:SHOWN_VALUE] + "…"
        what = f"是“{brief}”，" if value else "是空的。"
        return _told(cell, error.column, value[:200], f"“{name}”表 {cell} 单元格{what}{error.says}")


def _told(cell: str, column: str, value: str, message: str) -> dict[str, Any]:
    return {"cell": cell, "column": column, "value": value, "message": message}


def read_rows(reader: RowReader, data: bytes) -> list[ImportRow]:
    """Read every sheet that has the reader's header; return the rows with their verdicts, not yet saved."""
    staged: list[ImportRow] = []
    seen: dict[str, Place] = {}
    missing: list[str] = []
    found_any = False
    for sheet in workbook.read(data):
        header = find_header(sheet, reader.columns)
        if header is None:
            continue
        at, places = header
        lacking = [column.title for column in reader.columns if column.required and column.name not in places]
        if lacking:
            missing.append(f"“{sheet.name}”表缺少“{'”“'.join(lacking)}”列")
            continue
        found_any = True
        staged.extend(_read_sheet(reader, sheet, at, places, seen))
    if not found_any:
        what = "；".join(missing) or "没有找到标题行"
        raise InvalidInput(f"{what}。请下载模板，按模板的标题行填写。", code="header_missing")
    _mark_taken(reader, staged)
    settle = getattr(reader, "settle", None)
    if settle is not None:
        settle(staged)
    return staged


def find_header(sheet: Sheet, columns: Sequence[Column]) -> tuple[int, dict[str, int]] | None:
    """Return the index of the header row and the index of each known column in it, or None.

    The header is the row among the first fifteen that names the most known columns, at least two of them.
    """
    titles = {_bare(word): column.name for column in columns for word in (column.title, *column.aliases)}
    best: tuple[int, dict[str, int]] | None = None
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        places: dict[str, int] = {}
        for position, cell in enumerate(row):
            title = _bare(shown(cell))
            name = titles.get(title) or titles.get(title.split("（")[0])
            if name is not None:
                places.setdefault(name, position)
        if len(places) >= min(2, len(columns)) and (best is None or len(places) > len(best[1])):
            best = index, places
    return best


def _read_sheet(
    reader: RowReader, sheet: Sheet, header: int, places: dict[str, int], seen: dict[str, Place]
) -> Iterator[ImportRow]:
    merged = _merged_sources(sheet)
    for index in range(header + 1, len(sheet.rows)):
        row = sheet.rows[index]
        cells = {name: _cell(sheet, row, index, position, merged) for name, position in places.items()}
        if all(value is None or value == "" for value in cells.values()):
            continue
        place = Place(sheet.name, sheet.first_row + index + 1)
        staged = ImportRow(
            sheet=sheet.name[:60], row=place.row, cells={name: shown(value) for name, value in cells.items()}
        )
        outcome = reader.read(place, cells)
        if outcome is None:  # a heading inside the table or a line under it, no record
            continue
        if isinstance(outcome, Proposed):
            _propose(staged, outcome, place, seen)
        else:
            staged.verdict = ImportRow.Verdict.REJECTED
            where = _Where(sheet, place, places, {column.name: column.title for column in reader.columns})
            staged.errors = [where.word(error, cells) for error in where.in_order(outcome)[:KEPT_ERRORS]]
        yield staged


def _propose(staged: ImportRow, proposed: Proposed, place: Place, seen: dict[str, Place]) -> None:
    staged.values, staged.key = proposed.values, proposed.key[:200]
    first = seen.setdefault(staged.key, place)
    if first is place:
        staged.verdict = ImportRow.Verdict.GOOD
        return
    staged.verdict = ImportRow.Verdict.DUPLICATE
    message = f"与“{first.sheet}”表第 {first.row} 行重复，只取前一行。"
    staged.errors = [_told("", "", staged.key, message)]


def _mark_taken(reader: RowReader, staged: list[ImportRow]) -> None:
    good = [row for row in staged if row.verdict == ImportRow.Verdict.GOOD]
    taken = reader.taken([row.key for row in good])
    for row in good:
        if row.key in taken:
            row.verdict = ImportRow.Verdict.DUPLICATE
            message = f"“{row.key}”已经在系统里，这一行不会再录入。"
            row.errors = [_told("", "", row.key, message)]


def _merged_sources(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return cell → top-left cell for every cell under a merge, as indexes into `sheet.rows`."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    last_row, last_column = len(sheet.rows), max((len(row) for row in sheet.rows), default=0)
    for (top, left), (bottom, right) in sheet.merged:
        source = top - sheet.first_row, left - sheet.first_column
        for row in range(source[0], min(bottom - sheet.first_row + 1, last_row)):
            for column in range(source[1], min(right - sheet.first_column + 1, last_column)):
                if (row, column) != source:
                    found[row, column] = source
    return found


def _cell(
    sheet: Sheet, row: list[Cell], index: int, position: int, merged: dict[tuple[int, int], tuple[int, int]]
) -> Cell:
    source = merged.get((index, position))
    if source is not None and source[0] >= 0 and source[1] >= 0:
        return sheet.rows[source[0]][source[1]]
    return row[position] if position < len(row) else None


def _bare(title: str) -> str:
    return "".join(title.split()).replace("*", "").replace("＊", "").replace("(", "（").replace(")", "）")
