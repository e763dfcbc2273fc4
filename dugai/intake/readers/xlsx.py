"""Excel tables (xlsx), read as a stream: what the sheet shows, row by row, with the caps counted on the way.

The declared dimension is never believed. Hidden sheets are named and not read; hidden rows and columns are read
and named. Formulas give the value the file stores with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from dugai.intake.blocks import SourceText
from dugai.intake.readers.builder import Builder, Cell
from dugai.intake.readers.docx_inline import local
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.grid import around
from dugai.intake.readers.limits import DEFAULT, Limits
from dugai.intake.readers.sheet_values import BUILT_IN, is_date, lost_digits, shown
from dugai.intake.readers.zips import Package

_REF = re.compile(r"\A\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")
_CHUNK = 500
# Merges stand after the rows they concern: looked up in the bytes, so that the rows need one pass only.
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z0-9:$]{1,30})[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]{0,400}>")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
_MIN, _MAX = (re.compile(rb"\s" + edge + rb"\s*=\s*[\"'](\d{1,6})[\"']") for edge in (b"min", b"max"))


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """An xlsx file; each sheet a heading with its name and then tables."""
    return _Book(Package(data, name, limits), Builder(name, "xlsx", limits)).read()


class _Book:
    def __init__(self, package: Package, out: Builder) -> None:
        self.package, self.out, self.limits = package, out, out.limits
        book = package.xml("xl/workbook.xml")
        properties = _first(book, "workbookPr")
        self.since_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self.sheets = [s for node in book if local(node) == "sheets" for s in node]
        self.targets = self._targets()
        self.shared = self._shared()
        self.formats = self._formats()
        self.cells = 0

    def read(self) -> SourceText:
        read = 0
        for sheet in self.sheets:
            title = sheet.get("name") or "未命名"
            if sheet.get("state") in {"hidden", "veryHidden"}:
                self.out.skip(f"工作表“{title}”是隐藏的，没有读入；要用的话请先取消隐藏再上传")
                continue
            part = self.targets.get(_relation(sheet))
            if part is None or "worksheet" not in part:
                self.out.skip(f"“{title}”不是表格（可能是图表），没有读入")
                continue
            read += 1
            self.out.pages = read
            self.out.paragraph(title, level=1, page=read)
            _Sheet(self, title, part, read).read()
        self._beside()
        return self.out.finish()

    def _targets(self) -> dict[str, str]:
        found: dict[str, str] = {}
        part = "xl/_rels/workbook.xml.rels"
        for node in self.package.xml(part) if part in self.package else ():
            target = (node.get("Target") or "").lstrip("/")
            found[node.get("Id") or ""] = target if target.startswith("xl/") else f"xl/{target}"
        return found

    def _shared(self) -> list[str]:
        part = "xl/sharedStrings.xml"
        if part not in self.package:
            return []
        return [_string(node) for node in self.stream(part, "si")]

    def _formats(self) -> list[str]:
        part = "xl/styles.xml"
        if part not in self.package:
            return []
        root = self.package.xml(part)
        own = {
            n.get("numFmtId"): n.get("formatCode") or "General" for n in root.iter() if local(n) == "numFmt"
        }
        block = _first(root, "cellXfs")
        codes = []
        for node in block if block is not None else ():
            number = node.get("numFmtId") or "0"
            fallback = BUILT_IN.get(int(number), "General") if number.isdecimal() else "General"
            codes.append(own.get(number, fallback))
        return codes

    def stream(self, part: str, tag: str) -> Iterator[Any]:
        """Elements called ``tag`` one after the other, each forgotten after use."""
        data = self.package.read(part)
        try:
            events = etree.iterparse(
                BytesIO(data),
                events=("end",),
                tag=f"{{*}}{tag}",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for _, node in events:
                yield node
                node.clear()
                while node.getprevious() is not None:
                    del node.getparent()[0]
        except etree.XMLSyntaxError as broken:
            raise Unreadable(
                "damaged", f"“{self.out.name}”里的“{part}”写坏了，没法读全。请重新取一份原件。"
            ) from broken

    def _beside(self) -> None:
        names = [n.lower() for n in self.package.names()]
        for start, words in (
            ("xl/externallinks/", "表格引用了别的工作簿，读的是文件里存的旧值"),
            ("xl/comments", "表格带批注，批注没有读入"),
            ("xl/threadedcomments", "表格带批注，批注没有读入"),
            ("xl/pivotcache", "表格带数据透视表，透视表背后的明细没有读入"),
            ("xl/media/", "表格里有图片，图中文字没有识别"),
            ("xl/charts/", "表格里有统计图，图没有读入（图用的数字在单元格里）"),
            ("xl/connections", "表格带外部数据连接，没有连接，读的是文件里存的旧值"),
            ("docprops/custom", "文件带自定义属性，没有读入"),
        ):
            if any(n.startswith(start) for n in names):
                self.out.note(words)
        if any(n.startswith("xl/embeddings/") for n in names):
            self.out.skip("表格里嵌入了别的文件，没有打开；请把它单独上传")


class _Sheet:
    def __init__(self, book: _Book, title: str, part: str, page: int) -> None:
        self.book, self.title, self.part, self.page = book, title, part, page
        self.out, self.limits = book.out, book.limits
        self.merged, self.covered, self.hidden_columns = self._merges()
        self.reach: dict[int, int] = {}
        for at, col in self.covered:
            self.reach[at] = max(self.reach.get(at, -1), col)
        self.hidden_rows = 0
        self.rows: list[list[Cell | None]] = []
        self.number: int | None = None
        self.next = 0

    def read(self) -> None:
        at = kept = 0
        for node in self.book.stream(self.part, "row"):
            declared = node.get("r") or ""
            at = (
                int(declared) if declared.isdecimal() and len(declared) < 8 and int(declared) > at else at + 1
            )
            self.hidden_rows += node.get("hidden") in {"1", "true"}
            row = self._row(node, at)
            if row:
                kept += 1
                if kept > self.limits.rows:
                    raise Unreadable(
                        "too_many_rows",
                        f"“{self.out.name}”的工作表“{self.title}”超过 {self.limits.rows:,} 行。请拆成几份再导入。",
                    )
            self._add(row, at)
        self._flush()
        if self.hidden_rows or self.hidden_columns:
            self.out.note(
                f"工作表“{self.title}”有隐藏的行 {self.hidden_rows} 行、列 {self.hidden_columns} 列，已读入，请看一眼该不该要"
            )

    def _add(self, row: list[Cell | None], at: int) -> None:
        """Collect rows; a blank row, or a jump in row numbers, ends a table."""
        if (at > self.next or not row) and (self.rows or self.number is not None):
            self._flush()
            self.number = None
        self.next = at + 1
        if row:
            self.rows.append(row)
            if len(self.rows) >= _CHUNK:
                self._flush()

    def _flush(self) -> None:
        if self.rows:
            before, rows, after = around(self.rows, begun=self.number is not None)
            self._lines(before)
            if rows:
                self.number = self.out.table(rows, page=self.page, number=self.number)
            self._lines(after)
            self.rows = []

    def _lines(self, texts: list[str]) -> None:
        for text in texts:
            self.out.paragraph(text, page=self.page)

    def _row(self, node: Any, at: int) -> list[Cell | None]:
        found: dict[int, str] = {}
        col = -1
        for cell in node:
            match = _REF.match(cell.get("r") or "")
            col = _column(match.group(1)) if match else col + 1
            text = self._text(cell, col, at)
            if text:
                self._count(col)
                found[col] = text
        last = max(max(found, default=-1), self.reach.get(at, -1))
        row: list[Cell | None] = []
        for place in range(last + 1):
            if (at, place) in self.covered:
                row.append(None)
            else:
                down, right = self.merged.get((at, place), (1, 1))
                row.append(Cell(found.get(place, ""), down, right))
        return row

    def _count(self, col: int) -> None:
        if col >= self.limits.columns:
            raise Unreadable(
                "too_many_columns",
                f"“{self.out.name}”的工作表“{self.title}”超过 {self.limits.columns} 列。请删去不用的列再导入。",
            )
        self.book.cells += 1
        if self.book.cells > self.limits.cells:
            raise Unreadable(
                "too_many_cells", f"“{self.out.name}”超过 {self.limits.cells:,} 个单元格。请拆成几份再导入。"
            )

    def _text(self, cell: Any, col: int, at: int) -> str:
        kind = cell.get("t") or "n"
        raw: str | None = None
        formula, inner = False, None
        for child in cell:
            tag = child.tag
            if tag.endswith("}v"):
                raw = child.text or ""
            elif tag.endswith("}f"):
                formula = True
            elif tag.endswith("}is"):
                inner = child
        if inner is not None:
            return _string(inner)
        if raw is None:
            if formula:
                self.out.skip(
                    f"工作表“{self.title}”有公式没有存计算结果（如 {_name(col)}{at}），没有读入；请用 Excel 打开后另存"
                )
            return ""
        return self._number(cell, raw, col, at) if kind == "n" and raw else self._other(kind, raw, col, at)

    def _other(self, kind: str, raw: str, col: int, at: int) -> str:
        if kind == "s":
            shared = self.book.shared
            return shared[int(raw)] if raw.isdecimal() and int(raw) < len(shared) else ""
        if kind == "b":
            return "是" if raw == "1" else "否"
        if kind == "e":
            self.out.note(f"工作表“{self.title}” {_name(col)}{at} 是错误值 {raw[:20]}")
        return raw

    def _number(self, cell: Any, raw: str, col: int, at: int) -> str:
        style = cell.get("s") or "0"
        codes = self.book.formats
        code = codes[int(style)] if style.isdecimal() and int(style) < len(codes) else "General"
        digits = lost_digits(raw)
        if digits:
            self.out.note(
                f"工作表“{self.title}” {_name(col)}{at} 是 {digits} 位数字，Excel 只保留 15 位，后几位可能已经丢失，请对照原件"
            )
        if is_date(code) and not 1 <= _float(raw) < 2_958_466:
            self.out.note(f"工作表“{self.title}” {_name(col)}{at} 设成了日期格式，数值却不是日期，按数字读入")
        return shown(raw, code, since_1904=self.book.since_1904)

    def _merges(self) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]], int]:
        merged: dict[tuple[int, int], tuple[int, int]] = {}
        covered: set[tuple[int, int]] = set()
        data = self.book.package.read(self.part)
        for found in _MERGE.finditer(data):
            ref = found.group(1).decode("ascii", "replace")
            ends = [_REF.match(end) for end in ref.split(":")]
            if len(ends) != 2 or ends[0] is None or ends[1] is None:
                continue
            top, left = int(ends[0].group(2)), _column(ends[0].group(1))
            down, right = int(ends[1].group(2)) - top + 1, _column(ends[1].group(1)) - left + 1
            if down < 1 or right < 1 or down * right + len(covered) > self.limits.cells // 10:
                self.out.note(f"工作表“{self.title}”有过大的合并区域 {ref}，按不合并读入")
                continue
            merged[top, left] = (down, right)
            covered.update((r, c) for r in range(top, top + down) for c in range(left, left + right))
            covered.discard((top, left))
        hidden = 0
        for column in _COLUMN.findall(data):
            if _HIDDEN.search(column):
                first, last = (int(m.group(1)) if (m := edge.search(column)) else 1 for edge in (_MIN, _MAX))
                hidden += max(0, min(last, 16_384) - first + 1)
        return merged, covered, hidden


def _first(node: Any, tag: str) -> Any:
    return next((child for child in node if local(child) == tag), None)


def _relation(sheet: Any) -> str:
    return next((str(value) for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _string(node: Any) -> str:
    """Text of a rich string; phonetic guides are no text."""
    text = ""
    for child in node:
        tag = local(child)
        if tag == "t":
            text += child.text or ""
        elif tag == "r":
            text += "".join(t.text or "" for t in child if local(t) == "t")
    return text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _name(col: int) -> str:
    text, col = "", col + 1
    while col:
        col, rest = divmod(col - 1, 26)
        text = chr(65 + rest) + text
    return text


def _float(raw: str) -> float:
    try:
        return float(raw)
    except ValueError:
        return -1.0
