"""Saved web pages and WeChat articles: the article, its tables cell by cell, and how much was left aside.

The article is found by weight: the deepest element that holds nearly all the running text of the page. Menus, lists
of links and adverts outside it are counted and named in a note, never dropped in silence.
"""

from __future__ import annotations

import email
import email.policy
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from dugai.intake.blocks import SourceText
from dugai.intake.readers import txt
from dugai.intake.readers.builder import Builder, Cell
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.grid import spread
from dugai.intake.readers.limits import DEFAULT, MEGA, Limits

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_TAG = re.compile(rb"<(/?)([A-Za-z][A-Za-z0-9:-]*)")
_SPACE = re.compile(r"[ \t\r\n\f\xa0\u3000\u200b\ufeff]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dd",
        "dt",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "colgroup",
    ]
)
_DROP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "svg",
        "math",
        "select",
        "button",
        "textarea",
        "audio",
        "video",
    ]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "dfn",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "ruby",
        "rp",
        "rt",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "mp-common-profile",
        "nobr",
        "o:p",
        "st1:chsdate",
    ]
)
# Elements that publishing systems use for the article itself; tried before weighing.
_ARTICLE = "#js_content, #zoom, .TRS_Editor, #UCAP-CONTENT, .pages_content, article"
_TITLE = "#activity-name, h1"
_WHEN = "#publish_time, .pubtime, .publish-time, .pub-time"


def read(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """A saved page (html)."""
    if len(data) > limits.html_bytes:
        raise Unreadable(
            "too_large",
            f"“{name}”有 {len(data) // MEGA} MB，网页最多 {limits.html_bytes // MEGA} MB。请另存为“仅 HTML”。",
        )
    _refuse_depth(data, name, limits)
    page = LexborHTMLParser(_decode(data, name))
    if page.body is None:
        raise Unreadable("no_text", f"“{name}”里没有网页正文。请重新保存网页。")
    return _Page(page, Builder(name, "html", limits)).read()


def read_mhtml(data: bytes, name: str, limits: Limits = DEFAULT) -> SourceText:
    """A page saved as one file (mht): its first html part."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                charset = part.get_content_charset()
                if charset and not _CHARSET.search(payload[:4096]):
                    payload = f'<meta charset="{charset}">'.encode() + payload
                return read(payload, name, limits)
    raise Unreadable("no_text", f"“{name}”里没有网页正文。请在浏览器里重新另存。")


def _decode(data: bytes, name: str) -> str:
    """The declared charset when it fits, else the one that does."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return txt.decode(data, name)[0]
    match = _CHARSET.search(data[:8192])
    if match:
        declared = match.group(1).decode("ascii").lower()
        declared = "gb18030" if declared in {"gb2312", "gbk", "gb18030", "x-gbk"} else declared
        try:
            if declared in {"utf-8", "utf8", "gb18030", "big5"}:
                return data.decode(declared)
        except UnicodeDecodeError:
            pass
    return txt.decode(data, name)[0]


def _refuse_depth(data: bytes, name: str, limits: Limits) -> None:
    """Count nesting before the parser does: deep nesting costs it quadratic time."""
    depth = 0
    for match in _TAG.finditer(data):
        tag = match.group(2).lower().decode("ascii")
        if tag in VOID:
            continue
        depth = max(depth - 1, 0) if match.group(1) else depth + 1
        if depth > limits.html_depth:
            raise Unreadable(
                "too_deep",
                f"“{name}”的网页标签嵌套超过 {limits.html_depth} 层，不像正常网页。请把正文复制到 Word 再上传。",
            )


class _Page:
    def __init__(self, page: LexborHTMLParser, out: Builder) -> None:
        self.page, self.out = page, out
        self.line: list[str] = []
        self.level: int | None = None
        self.images = self.hidden = 0

    def read(self) -> SourceText:
        body: Any = self.page.body
        main, title = _article(body), ""
        if main.mem_id != body.mem_id:
            title = self._front(main)
        self.walk(main)
        self.flush()
        self._report(body, main, title)
        return self.out.finish()

    def _front(self, main: Any) -> str:
        """Title and date that stand outside the article."""
        inside = {_plain(node) for node in main.css(_TITLE)}
        taken: list[str] = []
        for selector, level in ((_TITLE, 1), (_WHEN, None)):
            for node in self.page.css(selector)[:1]:
                text = _plain(node)
                if text and text not in inside and text not in taken:
                    self.out.paragraph(text, level=level)
                    taken.append(text)
        if not taken and not inside:
            text = _plain(self.page.css_first("title"))
            if text:
                self.out.paragraph(text, level=1)
        for node in self.page.css("meta[name]"):
            if (node.attributes.get("name") or "").lower() == "pubdate" and node.attributes.get("content"):
                self.out.paragraph(str(node.attributes["content"]))
                break
        return "".join(taken)

    def walk(self, node: Any) -> None:
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                self.line.append(child.text_content or "")
            elif tag in _DROP or tag.startswith("-"):
                continue
            elif _HIDDEN.search(child.attributes.get("style") or ""):
                self.hidden += len(_plain(child))
            elif tag == "br":
                self.flush()
            elif tag == "img":
                self.images += 1
            elif tag == "table":
                self._table(child)
            elif tag in _INLINE:
                self.walk(child)
            else:
                self._block(child, tag)

    def _block(self, child: Any, tag: str) -> None:
        self.flush()
        before = self.level
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self.level = int(tag[1])
        self.walk(child)
        self.flush()
        self.level = before

    def flush(self) -> None:
        text = _SPACE.sub(" ", "".join(self.line)).strip()
        self.line.clear()
        if text:
            self.out.paragraph(text, level=self.level)

    def _table(self, table: Any) -> None:
        """A table of cells; one that only lays out the page is read through."""
        self.flush()
        if len(table.css("table")) > 1 or len(table.css("td, th")) < 2:
            self.walk(table)
            self.flush()
            return
        rows = [
            [self._cell(cell) for cell in row.iter() if cell.tag in {"td", "th"}] for row in table.css("tr")
        ]
        caption = table.css_first("caption")
        if caption is not None:
            self.out.paragraph(_plain(caption))
        self.out.table(spread(rows, self.out.name, self.out.limits))

    def _cell(self, node: Any) -> Cell:
        inner = Builder("", "html", self.out.limits)
        page = _Page(self.page, inner)
        page.walk(node)
        page.flush()
        self.images += page.images
        self.hidden += page.hidden
        text = "\n".join(block.text for block in inner.blocks)
        return Cell(text, _span(node, "rowspan"), _span(node, "colspan"))

    def _report(self, body: Any, main: Any, title: str) -> None:
        if main.mem_id != body.mem_id:
            left = _weight(body)[0] - _weight(main)[0] - len(title)
            if left > 20:
                self.out.note(f"网页其他部分约 {left} 字（菜单、推荐、页脚等）没有读入")
        if self.images:
            self.out.note(f"网页里有 {self.images} 张图片，图中文字没有识别；图里若有正文，请把图片单独上传")
        if self.hidden:
            self.out.note(f"网页里有 {self.hidden} 个隐藏的字，没有读入")


def _article(body: Any) -> Any:
    total, _ = _weight(body)
    for node in body.css(_ARTICLE):
        if _weight(node)[0] >= 0.5 * total:
            return node
    best = body
    while True:
        children = [(_weight(child)[1], child) for child in best.iter() if child.tag not in _DROP]
        if not children:
            return best
        prose, heaviest = max(children, key=lambda pair: pair[0])
        if prose < 0.9 * _weight(best)[1] or heaviest.tag in {"p", "table", "tbody", "tr", "ul", "ol"}:
            return best
        if heaviest.tag in _INLINE:
            return best
        best = heaviest


def _weight(node: Any) -> tuple[int, int]:
    """Characters in all, and characters of running text (outside links)."""
    total = links = 0
    for child in node.traverse(include_text=True):
        if child.tag == "-text" and child.parent is not None and child.parent.tag not in _DROP:
            total += len((child.text_content or "").strip())
    for link in node.css("a"):
        links += len((link.text() or "").strip())
    return total, max(total - links, 0)


def _plain(node: Any) -> str:
    return "" if node is None else _SPACE.sub(" ", node.text() or "").strip()


def _span(node: Any, key: str) -> int:
    value = (node.attributes.get(key) or "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 5 else 1
