"""OFD (GB/T 33190): text objects by their place, ruled lines as tables, pictures recognised where there is no text."""

from __future__ import annotations

import posixpath
from io import BytesIO
from typing import Any

import ofdkit
from PIL import Image

from dugai.intake.blocks import SourceText
from dugai.intake.readers import ocr
from dugai.intake.readers.builder import Builder
from dugai.intake.readers.docx_inline import local
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.flow import Flow
from dugai.intake.readers.layout import Piece
from dugai.intake.readers.limits import DEFAULT, Limits
from dugai.intake.readers.ruled import Stroke
from dugai.intake.readers.zips import Package

_MOST_PATHS = 20_000
_THIN = 0.8  # millimetres


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """An ofd file; boxes are in millimetres."""
    package = Package(data, name, limits)
    if any(part.lower().endswith("encryptions.xml") for part in package.names()):
        raise Unreadable("encrypted", f"“{name}”加了密，打不开。请换一份没有加密的 OFD 或 PDF。")
    package.check_all()
    try:
        with ofdkit.open(data) as document:
            return _Document(document, package, Builder(name, "ofd", limits)).read()
    except ofdkit.OFDError as broken:
        raise Unreadable("damaged", f"“{name}”不是完整的 OFD 文件，读不下去。请重新取一份原件。") from broken


class _Document:
    def __init__(self, document: Any, package: Package, out: Builder) -> None:
        self.document, self.package, self.out = document, package, out
        self.flow = Flow(out)
        self.media = self._media()
        self.pictures: list[int] = []

    def read(self) -> SourceText:
        pages = self.document.pages
        if len(pages) > self.out.limits.pages:
            raise Unreadable(
                "too_many_pages",
                f"“{self.out.name}”有 {len(pages):,} 页，超过 {self.out.limits.pages:,} 页。请拆成几份再导入。",
            )
        if not pages:
            raise Unreadable("damaged", f"“{self.out.name}”里一页也没有。请重新取一份原件。")
        self.out.pages = len(pages)
        for page in pages:
            self._page(page)
        self.flow.close()
        self._report(len(pages))
        return self.out.finish()

    def _page(self, page: Any) -> None:
        number = page.index + 1
        if page.location is None:
            self.out.skip(f"第 {number} 页的内容不在文件里，没有读入")
            return
        try:
            runs = page.runs
            x0, y0, width, height = page.box
            root = self.package.xml(page.location)
        except (ofdkit.OFDError, Unreadable, ValueError, AttributeError):
            self.out.skip(f"第 {number} 页写坏了，没有读入")
            return
        pieces = [
            Piece(run.text.strip(), run.x - x0, run.y - y0 - 0.85 * run.size, run.x - x0 + run.width,
                  run.y - y0 + 0.15 * run.size)
            for run in runs
            if run.text.strip() and -2 <= run.x - x0 <= width + 2 and -2 <= run.y - y0 <= height + 2
        ]  # fmt: skip
        pictures = _pictures(root)
        if sum(len(p.text) for p in pieces) < 12 and pictures:
            self._recognise(pictures, number)
            return
        if pictures:
            self.out.note(f"第 {number} 页有 {len(pictures)} 张图片，图中文字没有识别")
        if not pieces and any(local(node) == "PathObject" for node in root.iter()):
            self.out.skip(f"第 {number} 页的字是画成线条的，没有文字可读；请换一份带文字的文件或扫描件")
            return
        across, down = _strokes(root, x0, y0)
        self.flow.page(number, (width, height), pieces, across, down, slack=0.5)

    def _recognise(self, pictures: list[str], number: int) -> None:
        self.pictures.append(number)
        if len(self.pictures) > self.out.limits.scan_pages:
            raise Unreadable(
                "too_many_pages",
                f"“{self.out.name}”的扫描页超过 {self.out.limits.scan_pages} 页。请拆成几份再导入。",
            )
        if not ocr.ask():
            return
        for resource in pictures:
            part = self.media.get(resource)
            if part is None or part not in self.package:
                self.out.skip(f"第 {number} 页的图片不在文件里，没有读入")
                continue
            try:
                picture = Image.open(BytesIO(self.package.read(part)), formats=("JPEG", "PNG", "BMP", "TIFF"))
                if picture.width * picture.height > self.out.limits.pixels:
                    raise Unreadable(
                        "too_large", f"“{self.out.name}”第 {number} 页的图片太大。请缩小后再上传。"
                    )
                found = ocr.read_picture(picture)
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
                self.out.skip(f"第 {number} 页的图片格式认不出来，没有读入")
                continue
            self.flow.page(
                number, (found.width, found.height), found.pieces, found.across, found.down, slack=found.slack
            )

    def _report(self, count: int) -> None:
        if self.pictures and not ocr.available():
            if len(self.pictures) == count:
                raise ocr.missing(self.out.name)
            pages = "、".join(str(n) for n in self.pictures)
            self.out.skip(f"第 {pages} 页是图片，本机没有装文字识别组件，没有读入")
        elif self.pictures:
            self.out.note("部分页是图片，文字由识别得来，请对照原件")
        if self.flow.numbers:
            self.out.note(f"{self.flow.numbers} 处页码没有读入正文")
        if self.document.warnings:
            self.out.skip(f"文件有 {len(self.document.warnings)} 处缺损，可能漏读，请对照原件")

    def _media(self) -> dict[str, str]:
        """Picture files by resource number."""
        found: dict[str, str] = {}
        for part in self.package.names():
            if not part.lower().endswith("res.xml"):
                continue
            try:
                root = self.package.xml(part)
            except Unreadable:
                self.out.skip(f"资源表“{part}”写坏了，图片没有读入")
                continue
            folder = posixpath.join(posixpath.dirname(part), root.get("BaseLoc") or "")
            for node in root.iter():
                if local(node) == "MultiMedia" and (node.get("Type") or "Image") == "Image":
                    file = next((child.text for child in node if local(child) == "MediaFile"), None)
                    if file:
                        found[node.get("ID") or ""] = _place(folder, file.strip())
        return found


def _place(folder: str, file: str) -> str:
    return posixpath.normpath(
        file.lstrip("/") if file.startswith("/") else posixpath.join(folder, file)
    ).lstrip("/")


def _pictures(root: Any) -> list[str]:
    """Resource numbers of pictures larger than a seal (60 mm wide or high), once each."""
    found: dict[str, None] = {}
    for node in root.iter():
        if local(node) == "ImageObject":
            box = _numbers(node.get("Boundary"))
            if len(box) == 4 and max(box[2], box[3]) > 60:
                found.setdefault(node.get("ResourceID") or "")
    return list(found)


def _strokes(root: Any, x0: float, y0: float) -> tuple[list[Stroke], list[Stroke]]:
    """Straight lines and thin boxes of the page's paths."""
    across: list[Stroke] = []
    down: list[Stroke] = []
    for count, node in enumerate(node for node in root.iter() if local(node) == "PathObject"):
        box = _numbers(node.get("Boundary"))
        data = next((child.text or "" for child in node if local(child) == "AbbreviatedData"), "")
        if count > _MOST_PATHS or len(box) != 4:
            continue
        matrix = _numbers(node.get("CTM"))
        matrix = matrix if len(matrix) == 6 else [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
        for a, b in _lines(data, matrix, box[0] - x0, box[1] - y0):
            if abs(a[1] - b[1]) <= _THIN and abs(a[0] - b[0]) > 2:
                across.append(((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
            elif abs(a[0] - b[0]) <= _THIN and abs(a[1] - b[1]) > 2:
                down.append(((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))
    return across, down


Point = tuple[float, float]


def _lines(data: str, m: list[float], x: float, y: float) -> list[tuple[Point, Point]]:
    words = data.split()
    lines: list[tuple[Point, Point]] = []
    here = start = (0.0, 0.0)
    at = 0
    while at < len(words) and len(lines) < 2_000:
        word = words[at]
        if word in {"M", "S", "L"} and len(pair := _numbers(" ".join(words[at + 1 : at + 3]))) == 2:
            point = (m[0] * pair[0] + m[2] * pair[1] + m[4] + x, m[1] * pair[0] + m[3] * pair[1] + m[5] + y)
            if word == "L":
                lines.append((here, point))
            else:
                start = point
            here = point
            at += 3
        elif word == "C":
            lines.append((here, start))
            here = start
            at += 1
        else:
            at += 1
    return lines


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(part) for part in (text or "").split()]
    except ValueError:
        return []
