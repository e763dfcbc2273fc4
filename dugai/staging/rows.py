"""What a row of a workbook may hold, and how a room reads one: values in, a proposal or errors out.

A room that imports something gives staging a `RowReader`: the columns it knows, how one row becomes a
`Proposed`, which keys exist already, and what accepting means. Staging does the rest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from dugai.people.models import User
    from dugai.staging.models import ImportBatch

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
EXACT = 10**15
"""From here on a spreadsheet has rounded a whole number: it keeps 15 digits."""


@dataclass(frozen=True)
class Column:
    """A column a reader knows: `name` in code, `title` in the header row, other titles it goes by."""

    name: str
    title: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    note: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a row stands: the sheet's name and the row's number as Excel shows it (from 1)."""

    sheet: str
    row: int


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell and what to do, as the sentence after “…单元格是“值”，”.

    For example `没有这一天。请改成 6月30日。`
    `column` is a column's name, or "" for the row as a whole.
    """

    column: str
    says: str


@dataclass(frozen=True)
class Proposed:
    """What a row would become: JSON values for `accept`, and the key that makes it the same thing twice."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)


class RowReader(Protocol):
    """Reads the rows of one workbook for one room; made anew for every file by a registered factory.

    A reader may also have `settle(rows: list[ImportRow])`: it looks at all rows once they are read and may
    reject those that hang on a rejected one.
    """

    columns: Sequence[Column]

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError] | None:
        """Return what the row would become, or every error in it. `cells` is keyed by column name.

        None says that the row is no record at all: a heading inside the table, a total, a signature.
        """

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return those keys whose rows exist already; their rows are counted as duplicates."""

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Write the good rows through the room's services, in the caller's transaction; return how many."""


if TYPE_CHECKING:
    Factory = Callable[[User, Mapping[str, Any]], RowReader]
"""Makes a reader for one actor and one file's context; raises a refusal when the actor may not import."""


class BadCellError(Exception):
    """A cell cannot be read; `says` is the sentence of a `CellError`."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def shown(value: Cell) -> str:
    """Return a cell as a person sees it: a whole number without `.0`, a day as 2026-05-18."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, dt.datetime):
        whole_day = value.time() == dt.time()
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def as_text(value: Cell, *, longest: int) -> str:
    """Read a cell as text of at most `longest` characters.

    Raises `BadCellError` for a day and for a number that lost digits.
    """
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        raise BadCellError("疑似被 Excel 改成了日期。请把这一列设为“文本”格式后重新填写。")
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT:
        raise BadCellError("超过 15 位，Excel 已丢失后面的数字。请把这一列设为“文本”格式后重新填写。")
    found = shown(value)
    if len(found) > longest:
        raise BadCellError(f"有 {len(found)} 个字，最多 {longest} 个。请缩短。")
    return found


def as_digits(value: Cell, *, lengths: Collection[int]) -> str:
    """Read a number that is a name (区划代码, 手机号): digits only, of one of `lengths`, or empty.

    A cell stored as a number has lost its leading zeros; a wrong length says so and nothing is padded.
    """
    found = as_text(value, longest=40)
    if not found:
        return ""
    allowed = "、".join(str(length) for length in sorted(lengths))
    if not (found.isascii() and found.isdigit()):
        raise BadCellError(f"不全是数字。请填 {allowed} 位数字。")
    if len(found) not in lengths:
        lost = isinstance(value, int | float)
        hint = "前面的 0 可能被 Excel 去掉了。请设为“文本”格式后补全。" if lost else "请核对后补全。"
        raise BadCellError(f"有 {len(found)} 位，应为 {allowed} 位。{hint}")
    return found


def as_day(value: Cell) -> dt.date | None:
    """Read a day: a date cell, or text such as 2026-05-18, 2026/5/18, 2026年5月18日.

    Raises `BadCellError` for a bare number: what day it means is not guessed.
    """
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        if value.year < 1990:
            raise BadCellError(f"是 {value.year} 年，疑似日期序号算错。请改写成 2026-05-18 这样的日期。")
        return value
    if isinstance(value, int | float | dt.time | dt.timedelta):
        raise BadCellError("是一个数，疑似日期序号。请改写成 2026-05-18 这样的日期。")
    parts = (
        str(value)
        .strip()
        .rstrip("日")
        .replace("年", "-")
        .replace("月", "-")
        .replace("/", "-")
        .replace(".", "-")
    )
    try:
        year, month, day = (int(part) for part in parts.split("-"))
    except ValueError:
        raise BadCellError("不是日期。请写成 2026-05-18。") from None
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise BadCellError("没有这一天。请改成日历上有的日期。") from None
