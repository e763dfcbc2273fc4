"""One row of a 整改措施清单: cells in, plain values or errors out; touches no table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dugai.kernel.errors import InvalidInput
from dugai.ledger import deadlines, sheet_text
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.labels import LabelReading, read_label
from dugai.ledger.sheet_columns import COLUMNS
from dugai.ledger.states import CLOSED_CLOSURES, Progress
from dugai.staging.rows import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.ledger.units import Unit, Units
    from dugai.staging.rows import Cell

LONGEST = {
    "category": 200,
    "title": 200,
    "person": 60,
    "leader": 60,
    "status": 200,
    "overall": 200,
    "deadline": 500,
}
TEXT_MAX = 20_000
NARRATIVE_FROM = 20
KNOWN_WORDS = "未启动、正在整改、达到序时进度、未达序时进度、基本完成、已完成、已完成并长期坚持"
EXCEL_ROUNDS = 10**15


@dataclass(slots=True)
class Row:
    """The words of a row, cleaned, and what was found wrong so far."""

    cells: dict[str, str]
    errors: list[CellError] = field(default_factory=list)

    def bad(self, column: str, says: str) -> None:
        """Note what is wrong with a cell and what to do."""
        error = CellError(column, says)
        if error not in self.errors:  # two questions may read one cell
            self.errors.append(error)


def words(cells: Mapping[str, Cell]) -> Row:
    """Turn cells into words: days as 2025年12月31日, whole numbers without a point."""
    row = Row({})
    for column in COLUMNS:
        value = cells.get(column.name)
        row.cells[column.name] = _word(row, column.name, value)
        text = row.cells[column.name]
        longest = LONGEST.get(column.name, TEXT_MAX)
        if len(text) > longest:
            row.bad(column.name, f"有 {len(text)} 个字，最多 {longest} 个。请缩短，或把详情移到“备注”。")
    return row


def _word(row: Row, name: str, value: Cell) -> str:
    if isinstance(value, dt.datetime | dt.date) and not isinstance(value, dt.time):
        if name == "deadline":
            return f"{value.year}年{value.month}月{value.day}日前"
        if name in {"number", "measure_number", "person"}:
            row.bad(name, "被 Excel 改成了日期。请把这一列设为“文本”格式后重新填写。")
        return shown(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if name == "deadline":
            row.bad(name, "是一个数，看不出是哪一天。请写成 2025年12月底前 这样的文字。")
        elif abs(value) >= EXCEL_ROUNDS:
            row.bad(name, "超过 15 位，Excel 已丢失后面的数字。请把这一列设为“文本”格式后重新填写。")
    return sheet_text.clean(shown(value))


def number_of(row: Row, column: str) -> int | None:
    """Return the ordinal in a column; an unreadable one is an error, an empty one is None."""
    text = row.cells[column]
    if not text:
        return None
    number = sheet_text.read_ordinal(text)
    if number is None:
        row.bad(column, "不是序号。请写成 1、2、3，或“第三项”“问题三”。")
    return number


def units_of(row: Row, column: str, units: Units, home: str) -> list[Unit]:
    """Return the units named in a column; each name that is not known is an error of that cell.

    A name is read from the region `home`, then from the unit before it: 望渡县委、县政府.
    """
    found: list[Unit] = []
    for name in sheet_text.split_units(row.cells[column]):
        answer = units.find(name, home)
        if answer.unit is None and found:
            beside = units.find(name, found[-1].path)
            answer = beside if beside.unit else answer
        if answer.unit is None:
            row.bad(column, answer.says)
        elif answer.unit not in found:
            found.append(answer.unit)
    return found


def lead_of(row: Row, units: Units, home: str) -> Unit | None:
    """Return the one lead unit, or None when the cell is empty."""
    found = units_of(row, "lead", units, home)
    if len(found) > 1:
        row.bad("lead", f"写了 {len(found)} 个。牵头单位只能有一个，其余请移到“责任单位”或“配合单位”。")
    return found[0] if found else None


def deadline_of(row: Row, issued: dt.date) -> dict[str, Any]:
    """Return the deadline as it is stored, with an internal date for 立行立改; nothing when unreadable."""
    text = row.cells["deadline"]
    if any(error.column == "deadline" for error in row.errors):
        return {}
    value, says = read_deadline(text, issued)
    if says:
        row.bad("deadline", says)
    return value


@lru_cache(maxsize=4096)
def read_deadline(text: str, issued: dt.date) -> tuple[dict[str, Any], str]:
    """Read the wording of a deadline: what is stored, or why it cannot be read and what to write."""
    if not text:
        return {}, "请写整改时限，例如 2025年12月底前、立行立改、长期坚持。"
    try:
        read = parse_deadline(text, issued=issued)
    except InvalidInput as impossible:
        return {}, impossible.message
    if isinstance(read, deadlines.UnknownDeadline):
        return {}, read.reason
    return deadlines.to_json(deadlines.with_default_internal_due(read, issued=issued)), ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a measure stands by its own words: progress, original label, narrative, a remark."""

    progress: Progress
    raw: str
    narrative: str
    remark: str = ""


def standing_of(row: Row) -> Standing:
    """Read 整改状态 and 进展情况; a status that leads the narrative counts."""
    raw, narrative = row.cells["status"], row.cells["narrative"]
    reading: LabelReading | None = None
    if raw:
        reading, rest = sheet_text.status_and_text(raw)
        if reading is None and len(raw) < NARRATIVE_FROM:
            row.bad("status", f"不是认得的状态。请写 {KNOWN_WORDS} 之一，或移到“进展情况”。")
            return Standing(Progress.NOT_STARTED, raw, narrative)
        if reading is None or rest:
            narrative = "\n".join(text for text in (rest, narrative) if text)
            raw = reading.original if reading else ""
    elif narrative:
        reading, _ = sheet_text.status_and_text(narrative)
        raw = reading.original if reading else ""
    progress = (reading.progress if reading else None) or Progress.NOT_STARTED
    remark = ""
    if reading and reading.closure in CLOSED_CLOSURES:
        remark = f"原表写“{raw}”，入账后按“待销号”，请补录验收材料"
    return Standing(progress, raw, narrative, remark)


def overall_of(row: Row) -> str:
    """Return the words of the problem's own status; unknown words are an error."""
    text = row.cells["overall"]
    if text and not read_label(text).understood:
        row.bad("overall", f"不是认得的状态。请写 {KNOWN_WORDS} 之一。")
    return text
