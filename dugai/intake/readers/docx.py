"""Word documents (docx): body order, list numbers, merged cells, and everything that hides beside the text.

Inserted text is read, deleted text is not, text boxes and notes are read after the paragraph that holds them;
what stays outside (headers, comments, embedded objects, pictures) is named.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from dugai.intake.blocks import SourceText
from dugai.intake.readers.builder import Builder, Cell
from dugai.intake.readers.docx_inline import Inline, local
from dugai.intake.readers.docx_numbers import Numbering, W, joined, read_numbering
from dugai.intake.readers.docx_styles import Styles, read_styles
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.grid import spread
from dugai.intake.readers.limits import DEFAULT, Limits
from dugai.intake.readers.zips import Package

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_PLAIN = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """A docx file."""
    package = Package(data, name, limits)
    return _Document(package, Builder(name, "docx", limits)).read()


class _Document:
    def __init__(self, package: Package, out: Builder) -> None:
        self.package, self.out = package, out
        self.main = self._main_part()
        self.seen: Counter[str] = Counter()
        self.styles = self._part("styles.xml", read_styles, Styles())
        self.numbering = self._part("numbering.xml", read_numbering, Numbering())
        self.notes = {kind: self._notes(kind) for kind in ("footnote", "endnote")}
        self.page = 1

    def read(self) -> SourceText:
        body = self._xml(self.main).find(f"{W}body")
        if body is None:
            raise Unreadable("damaged", f"“{self.out.name}”里没有正文部分，文件不完整。请重新取一份原件。")
        self._children(body)
        self._beside()
        self.out.pages = self.page
        return self.out.finish()

    # --- parts ---------------------------------------------------------------------------------------------

    def _main_part(self) -> str:
        if "word/document.xml" in self.package:
            return "word/document.xml"
        for part in self.package.names():
            if part.startswith("word/") and part.endswith(".xml") and "document" in part.rsplit("/", 1)[-1]:
                return part
        raise Unreadable("damaged", f"“{self.out.name}”里没有正文部分，文件不完整。请重新取一份原件。")

    def _xml(self, part: str) -> Any:
        return self.package.parse(self.package.read(part).replace(_STRICT, _PLAIN), part)

    def _part(self, file: str, reader: Any, default: Any) -> Any:
        part = f"word/{file}"
        return reader(self._xml(part)) if part in self.package else default

    def _notes(self, kind: str) -> dict[str, Any]:
        part = f"word/{kind}s.xml"
        if part not in self.package:
            return {}
        found = self._xml(part).iterfind(f"{W}{kind}")
        return {node.get(f"{W}id"): node for node in found if node.get(f"{W}type") in {None, "normal"}}

    # --- body ----------------------------------------------------------------------------------------------

    def _children(self, parent: Any) -> None:
        for child in parent:
            tag = local(child)
            if tag == "p":
                self._paragraph(child)
            elif tag == "tbl":
                self._table(child)
            elif tag in {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "body"}:
                self._children(child)
            elif tag == "altChunk":
                self.out.skip("文档里嵌入了另一份文档，没有读入；请把它单独上传")

    def _inline(self, paragraph: Any) -> Inline:
        inline = Inline(paragraph)
        self.seen.update(inline.seen)
        return inline

    def _paragraph(self, node: Any) -> None:
        inline = self._inline(node)
        lines = self._labelled(node, inline)
        level = self.styles.outline(node)
        for line, page in zip(lines, inline.pages, strict=False):
            self.out.paragraph(line, page=self.page + page, level=level)
        self.page += inline.breaks
        self._attached(inline)

    def _attached(self, inline: Inline) -> None:
        """Text boxes and notes, straight after the paragraph that holds them."""
        for box in inline.boxes:
            self._children(box)
        for kind, number in inline.notes:
            note = self.notes[kind].get(number)
            if note is not None:
                self._children(note)

    def _labelled(self, node: Any, inline: Inline) -> list[str]:
        lines = list(inline.lines)
        number, depth = self.styles.list_of(node)
        if number and number != "0" and (any(line.strip() for line in lines)):
            label = self.numbering.label(number, depth)
            lines[0] = joined(label, lines[0].lstrip())
        return lines

    # --- tables --------------------------------------------------------------------------------------------

    def _table(self, table: Any) -> None:
        rows: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        for row in self._rows(table):
            col = _before(row)
            cells: list[Cell] = []
            cells.extend(Cell() for _ in range(col))
            ends: dict[int, Cell] = {}
            for node in _cells(row):
                wide, merge = _grid_span(node), _merge(node)
                if merge == "continue" and col in above:
                    above[col].rowspan += 1
                    ends[col] = above[col]
                else:
                    cell = Cell(self._cell_text(node), 1, wide, self.page)
                    cells.append(cell)
                    ends[col] = cell
                col += wide
            above = ends
            rows.append(cells)
        if rows:
            self.out.table(spread(rows, self.out.name, self.out.limits), page=self.page)

    def _rows(self, parent: Any) -> list[Any]:
        rows: list[Any] = []
        for child in parent:
            tag = local(child)
            if tag == "tr":
                if child.find(f"{W}trPr/{W}del") is None:
                    rows.append(child)
                else:
                    self.seen["deleted"] += 1
            elif tag in {"sdt", "sdtContent", "customXml", "ins"}:
                rows.extend(self._rows(child))
        return rows

    def _cell_text(self, cell: Any) -> str:
        """All text of a cell; a nested table becomes lines of its own with the cells set apart by spaces."""
        lines: list[str] = []
        for child in cell:
            tag = local(child)
            if tag == "p":
                inline = self._inline(child)
                self.page += inline.breaks
                lines.extend(line for line in self._labelled(child, inline) if line.strip())
                lines.extend(self._cell_text(box) for box in inline.boxes)
                for kind, number in inline.notes:
                    if (note := self.notes[kind].get(number)) is not None:
                        lines.append(self._cell_text(note))
            elif tag == "tbl":
                self.seen["nested"] += 1
                lines.extend(self._nested_row(row) for row in self._rows(child))
            elif tag in {"sdt", "sdtContent", "customXml", "ins", "smartTag"}:
                lines.append(self._cell_text(child))
        return "\n".join(line for line in lines if line)

    def _nested_row(self, row: Any) -> str:
        return "  ".join(self._cell_text(inner).replace("\n", "") for inner in _cells(row))

    # --- beside the text -----------------------------------------------------------------------------------

    def _beside(self) -> None:
        note, seen = self.out.note, self.seen
        if seen["deleted"] or seen["inserted"]:
            note(
                f"文档带修订痕迹：读的是接受全部修订后的文字（插入 {seen['inserted']} 处已读入，"
                f"删除 {seen['deleted']} 处没有读入）"
            )
        if seen["picture"]:
            note(f"文档里有 {seen['picture']} 张图片，图中文字没有识别；图里若有正文，请把图片单独上传")
        if seen["chart"]:
            self.out.skip(f"文档里有 {seen['chart']} 张统计图，图中数字没有读入；请对照原件录入")
        if seen["object"]:
            self.out.skip(
                f"文档里嵌入了 {seen['object']} 个对象（表格、公式或附件），没有打开；请把它们单独上传"
            )
        if seen["hidden"]:
            note(f"有 {seen['hidden']} 处隐藏文字，已读入，请看一眼该不该要")
        if seen["symbol"]:
            note(f"有 {seen['symbol']} 个符号字体的字符读不成文字，显示为“□”")
        if seen["nested"]:
            note(f"有 {seen['nested']} 张表套在单元格里，已按行读入所在单元格")
        names = [n.lower() for n in self.package.names()]
        if any(n.startswith("word/comments") and n.endswith("comments.xml") for n in names):
            note("文档带批注，批注没有读入")
        self._margins(
            [n for n in self.package.names() if n.lower().startswith(("word/header", "word/footer"))]
        )

    def _margins(self, parts: list[str]) -> None:
        for part in parts:
            if part.endswith(".xml"):
                text = "".join("".join(Inline(p).lines) for p in self._xml(part).iter(f"{W}p")).strip()
                if len(text.strip("-—– 0123456789第页共")) > 1:
                    self.out.note(f"页眉页脚没有读入正文：“{text[:40]}”")


def _cells(row: Any) -> list[Any]:
    found: list[Any] = []
    for child in row:
        tag = local(child)
        if tag == "tc":
            found.append(child)
        elif tag in {"sdt", "sdtContent", "customXml", "ins"}:
            found.extend(_cells(child))
    return found


def _before(row: Any) -> int:
    node = row.find(f"{W}trPr/{W}gridBefore")
    return _count(node, 0)


def _grid_span(cell: Any) -> int:
    return max(1, _count(cell.find(f"{W}tcPr/{W}gridSpan"), 1))


def _count(node: Any, default: int) -> int:
    value = "" if node is None else (node.get(f"{W}val") or "")
    return min(int(value), 1000) if value.isdecimal() and len(value) < 6 else default


def _merge(cell: Any) -> str:
    node = cell.find(f"{W}tcPr/{W}vMerge")
    if node is None:
        return ""
    return "restart" if node.get(f"{W}val") == "restart" else "continue"
