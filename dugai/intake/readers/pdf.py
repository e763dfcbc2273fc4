"""Pdf: text where the file has it, recognition where a page is only a picture."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
from pypdfium2 import PdfiumError

from dugai.intake.blocks import SourceText
from dugai.intake.readers import ocr
from dugai.intake.readers.builder import Builder
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.flow import Flow
from dugai.intake.readers.limits import DEFAULT, Limits
from dugai.intake.readers.pdf_page import PageContent, read_page

_FEW = 12  # characters; a page with fewer and a big picture is a scan
_DPI = 200
_MOST_SIDE = 4_000  # pixels of a rendered page


# Scripts and actions as names of PDF; inside packed objects they stay unseen, and are never run there either.
_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|SubmitForm|ImportData)\b")


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """A pdf file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except PdfiumError as broken:
        if "password" in str(broken).lower() or "security" in str(broken).lower():
            raise Unreadable("encrypted", f"“{name}”加了密码，打不开。请取消密码后另存，再上传。") from broken
        raise Unreadable(
            "damaged", f"“{name}”的结构坏了，打不开。多半是没有传完，请重新取一份原件。"
        ) from broken
    try:
        return _Document(document, name, limits, acts=bool(_ACTS.search(data))).read()
    finally:
        document.close()


class _Document:
    def __init__(self, document: Any, name: str, limits: Limits, *, acts: bool) -> None:
        self.acts = acts
        self.document, self.name, self.limits = document, name, limits
        self.out = Builder(name, "pdf", limits)
        self.flow = Flow(self.out)
        self.scans: list[int] = []
        self.layered: list[int] = []
        self.unmapped = 0

    def read(self) -> SourceText:
        count = len(self.document)
        if count > self.limits.pages:
            raise Unreadable(
                "too_many_pages",
                f"“{self.name}”有 {count:,} 页，超过 {self.limits.pages:,} 页。请拆成几份再导入。",
            )
        self.out.pages = count
        for index in range(count):
            self._page(index)
        self.flow.close()
        self._report(count)
        return self.out.finish()

    def _page(self, index: int) -> None:
        try:
            page = self.document[index]
        except PdfiumError:
            self.out.skip(f"第 {index + 1} 页坏了，没有读入")
            return
        try:
            content = read_page(page)
            if content.chars < _FEW and (content.image_share > 0.3 or content.unmapped > _FEW):
                self._scan(page, index + 1)
                return
            self._text(content, index + 1)
        finally:
            page.close()

    def _text(self, content: PageContent, number: int) -> None:
        if content.image_share > 0.6:
            self.layered.append(number)
        elif content.images:
            self.out.note(f"第 {number} 页有 {content.images} 张图片，图中文字没有识别")
        self.unmapped += content.unmapped
        self.flow.page(number, (content.width, content.height), content.pieces, content.across, content.down)

    def _scan(self, page: Any, number: int) -> None:
        self.scans.append(number)
        if len(self.scans) > self.limits.scan_pages:
            raise Unreadable(
                "too_many_pages", f"“{self.name}”的扫描页超过 {self.limits.scan_pages} 页。请拆成几份再导入。"
            )
        if not ocr.ask():
            return
        width, height = page.get_size()
        scale = min(_DPI / 72, _MOST_SIDE / max(width, height, 1))
        found = ocr.read_picture(page.render(scale=scale).to_pil())
        for words in found.notes:
            self.out.note(f"第 {number} 页{words}")
        self.flow.page(
            number, (found.width, found.height), found.pieces, found.across, found.down, slack=found.slack
        )

    def _report(self, count: int) -> None:
        if self.scans and not ocr.available():
            if len(self.scans) == count:
                raise ocr.missing(self.name)
            self.out.skip(f"第 {_ranges(self.scans)} 页是扫描图，本机没有装文字识别组件，没有读入")
        elif self.scans:
            self.out.media = "pdf-scan" if 2 * len(self.scans) > count else "pdf"
            self.out.note(f"第 {_ranges(self.scans)} 页是扫描图，文字由识别得来，请对照原件")
        if self.layered:
            self.out.note(
                f"第 {_ranges(self.layered)} 页是扫描图，文字取自文件自带的识别层，可能有错，请对照原件"
            )
        if self.unmapped:
            self.out.skip(
                f"有 {self.unmapped} 个字的字体没有给出对应文字，没有读入；请换一份能复制文字的 PDF"
            )
        if self.flow.numbers:
            self.out.note(f"{self.flow.numbers} 处页码没有读入正文")
        if self.acts or pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(self.document.raw) > 0:
            self.out.note("PDF 里带脚本或自动动作，没有执行")
        if pypdfium2.raw.FPDFDoc_GetAttachmentCount(self.document.raw) > 0:
            self.out.note("PDF 里夹带附件，没有打开；要用的话请单独上传")


def _ranges(numbers: list[int]) -> str:
    """1、3-5 for [1, 3, 4, 5]."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return "、".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)
