"""The running text of one paragraph: runs, breaks, revisions, fields, boxes, notes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dugai.intake.readers.docx_numbers import W

# Symbol fonts officials use for tick boxes; other private characters have no text.
_SYMBOLS = {
    ("wingdings", 0xFC): "✓", ("wingdings", 0xFE): "☑", ("wingdings", 0xA8): "□", ("wingdings", 0x6F): "□",
    ("wingdings", 0xFB): "×", ("wingdings", 0xFD): "☒", ("wingdings 2", 0x52): "☑", ("wingdings 2", 0xA3): "□",
    ("wingdings 2", 0x50): "✓", ("symbol", 0xB3): "≥", ("symbol", 0xA3): "≤", ("symbol", 0xB4): "×", ("symbol", 0xB0): "°",
}  # fmt: skip
_GONE = {
    "del",
    "moveFrom",
    "pPr",
    "rPr",
    "delText",
    "instrText",
    "delInstrText",
    "fldData",
    "proofErr",
    "rt",
    "sdtPr",
}


def local(node: Any) -> str:
    """Name without namespace; "" for comments and instructions."""
    tag = node.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


class Inline:
    """``lines`` of the paragraph with the page break count before each; boxes and notes to read after it."""

    def __init__(self, paragraph: Any) -> None:
        self.lines: list[str] = [""]
        self.pages: list[int] = [0]
        self.breaks = 0
        self.boxes: list[Any] = []
        self.notes: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self._walk(paragraph)

    def _say(self, text: str) -> None:
        self.lines[-1] += text

    def _walk(self, parent: Any) -> None:
        for node in parent:
            tag = local(node)
            if tag == "t":
                self._say(node.text or "")
            elif tag == "r":
                self._run(node)
            elif tag in {"del", "moveFrom"}:
                self.seen["deleted"] += 1
            elif tag in _GONE:
                continue
            elif tag in {"ins", "moveTo"}:
                self.seen["inserted"] += 1
                self._walk(node)
            elif tag in {"br", "cr"}:
                self._break(node)
            elif tag in _CHARACTERS:
                self._say(_CHARACTERS[tag])
            else:
                self._rare(node, tag)

    def _run(self, node: Any) -> None:
        hidden = node.find(f"{W}rPr/{W}vanish")
        if hidden is not None and hidden.get(f"{W}val") not in {"0", "false"}:
            self.seen["hidden"] += 1
        self._walk(node)

    def _break(self, node: Any) -> None:
        kind = node.get(f"{W}type")
        if kind == "page":
            self.breaks += 1
        self.lines.append("")
        self.pages.append(self.breaks)

    def _rare(self, node: Any, tag: str) -> None:
        if tag == "lastRenderedPageBreak":
            # Word repeats the mark after a manual break at the start of a page: count a page once.
            self.breaks += 1 if not (self.lines[-1] == "" and self.pages[-1] == self.breaks > 0) else 0
        elif tag == "sym":
            self._symbol(node)
        elif tag == "AlternateContent":
            chosen = [c for c in node if local(c) == "Choice"] or list(node)
            self._walk(chosen[0]) if chosen else None
        elif tag == "txbxContent":
            self.boxes.append(node)
        elif tag in {"footnoteReference", "endnoteReference"}:
            self.notes.append((tag.removesuffix("Reference"), node.get(f"{W}id") or ""))
        elif tag in {"object", "OLEObject", "control"}:
            self.seen["object"] += tag == "object"
            self._walk(node)
        elif tag == "chart":
            self.seen["chart"] += 1
        elif tag in {"blip", "imagedata"}:
            self.seen["picture"] += 1
        else:
            self._walk(node)

    def _symbol(self, node: Any) -> None:
        try:
            code = int(node.get(f"{W}char") or "", 16) & 0xFF
        except ValueError:
            return
        text = _SYMBOLS.get(((node.get(f"{W}font") or "").lower(), code))
        self.seen["symbol"] += text is None
        self._say(text or "□")


_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
