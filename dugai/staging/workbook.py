"""Opening a workbook that somebody sent: checked as a zip first, then read row by row under caps.

Nothing is guessed and nothing is repaired: a file outside the limits is refused with its number.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import python_calamine

from dugai.kernel.errors import Refused, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dugai.staging.rows import Cell

MAGIC = b"PK\x03\x04"
CHUNK = 1 << 20
HEADERS = 15
"""Rows above the data: a title, a note, the header itself."""
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\sr="([A-Z]{1,4})(\d{1,8})"')
ROW = re.compile(rb"<(?:\w+:)?row\b")
MARKUP = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
FOREIGN = ("vbaproject.bin", "xl/embeddings/", "xl/activex/")


@dataclass(frozen=True)
class Limits:
    """The caps of one workbook; every refusal names the cap it hit."""

    size: int = 50 * 1024 * 1024
    parts: int = 2000
    unpacked: int = 400 * 1024 * 1024
    ratio: int = 200
    rows: int = 100_000
    columns: int = 200


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: its name, its rows from the first row of the page, and merged ranges."""

    name: str
    rows: list[list[Cell]]
    first_row: int
    first_column: int
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    """Zero-based (top, left) and (bottom, right) corners, both included."""


def letters(column: int) -> str:
    """Return the letters of a zero-based column: 0 → A, 26 → AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def read(data: bytes, limits: Limits | None = None) -> Iterator[Sheet]:
    """Yield the visible sheets of an xlsx workbook. Raises `Refused` or `TooLarge` with what to do.

    Hidden sheets are passed over: nobody who signs for the file has seen them.
    """
    limits = limits or Limits()
    check(data, limits)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        for meta in book.sheets_metadata:
            if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                continue
            if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
                continue
            yield _sheet(book.get_sheet_by_name(meta.name), limits)
    except (Refused, TooLarge, GeneratorExit, KeyboardInterrupt):
        raise
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError, KeyError) as error:
        raise _unreadable("文件内容不完整") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the reader raises when it gives up
            raise
        raise _unreadable("文件内容不完整") from error


def height(data: bytes) -> int:
    """Return how many rows the visible sheets of a workbook have; refuses what `read` refuses."""
    return sum(len(sheet.rows) for sheet in read(data))


def check(data: bytes, limits: Limits) -> None:
    """Refuse what no office program writes: bombs, foreign names, macros, document type declarations."""
    if len(data) > limits.size:
        raise TooLarge(f"文件有 {len(data) // 2**20} MB，最多 {limits.size // 2**20} MB。请拆成几个文件。")
    if not data.startswith(MAGIC):
        raise _unreadable("这不是 xlsx 文件")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive, limits)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise _unreadable("文件不完整或已损坏") from error
    except RuntimeError as error:  # an encrypted part
        raise _unreadable("文件加了密码") from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise _unreadable("文件不完整或已损坏") from error


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise TooLarge(f"文件里有 {len(parts)} 个部分，最多 {limits.parts} 个。请用 Excel 另存一份。")
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    if len(set(names)) != len(names):
        raise _unreadable("文件里有重名的部分")
    if any(name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name for name in names):
        raise _unreadable("文件里有不合规的路径")
    if any(word in name for name in names for word in FOREIGN):
        raise _unreadable("文件带有宏或嵌入的程序")
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise _unreadable("这不是 xlsx 文件")
    left = limits.unpacked
    for part, name in zip(parts, names, strict=True):
        if part.flag_bits & 0x1:
            raise _unreadable("文件加了密码")
        left -= _check_part(archive, part, name, left, limits)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, left: int, limits: Limits) -> int:
    """Inflate one part and count as it comes, so that what the directory claims does not matter."""
    markup = name.endswith((".xml", ".rels", ".vml"))
    sheet = name.startswith("xl/worksheets/sheet")
    seen, rows, far, tail = 0, 0, "", b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            seen += len(chunk)
            if seen > left or seen > max(part.compress_size, 4096) * limits.ratio:
                raise TooLarge("文件展开后太大，不像正常的表格。请用 Excel 另存一份。")
            if not markup:
                continue
            window = tail + chunk
            if b"\0" in chunk or MARKUP.search(window):
                raise _unreadable("文件里有不允许的声明")
            if sheet:
                rows += len(ROW.findall(window)) - len(ROW.findall(tail))
                far = far or _far_cell(window, limits)
            tail = window[-512:]
    if rows > limits.rows + HEADERS:
        raise TooLarge(f"一张表有 {rows} 行，最多 {limits.rows} 行。请拆成几个文件。")
    if far:
        raise TooLarge(
            f"单元格 {far} 太远，一张表最多 {limits.rows} 行 {limits.columns} 列。"
            "请删去外围的空行空列后另存。"
        )
    return seen


def _far_cell(window: bytes, limits: Limits) -> str:
    """Name a cell outside the caps: one lone cell in XFD1048576 would ask for 17 thousand million cells."""
    for found in CELL.finditer(window):
        column, row = found.groups()
        number = 0
        for letter in column:
            number = number * 26 + letter - 64
        if int(row) > limits.rows + HEADERS or number > limits.columns:
            return f"{column.decode()}{row.decode()}"
    return ""


def _sheet(sheet: python_calamine.CalamineSheet, limits: Limits) -> Sheet:
    start = sheet.start or (0, 0)
    if sheet.height > limits.rows + HEADERS or sheet.width > limits.columns:
        raise TooLarge(
            f"“{sheet.name}”表有 {sheet.height} 行 {sheet.width} 列，"
            f"最多 {limits.rows} 行 {limits.columns} 列。"
        )
    rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=True)]
    return Sheet(sheet.name, rows, start[0], start[1], tuple(sheet.merged_cell_ranges or ()))


def _unreadable(what: str) -> Refused:
    return Refused(
        f"{what}，没有读取。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。", code="workbook_unreadable"
    )
