"""What a paragraph inherits from its style: outline level and list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from dugai.intake.readers.docx_numbers import W

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)


@dataclass(slots=True)
class Style:
    based_on: str = ""
    name: str = ""
    outline: int | None = None
    number: str | None = None
    depth: int | None = None


@dataclass(slots=True)
class Styles:
    """Paragraph styles by id."""

    styles: dict[str, Style] = field(default_factory=dict)
    default: str = ""

    def outline(self, paragraph: Any) -> int | None:
        """Heading level 1..9, or None for body text."""
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        if own is not None and (value := own.get(f"{W}val") or "").isdecimal():
            return int(value) + 1 if int(value) < 9 else None
        for style in self._chain(paragraph):
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else None
            if match := _HEADING.match(style.name):
                return int(match.group(1))
            if style.name.lower() in {"title", "标题"}:
                return 1
        return None

    def list_of(self, paragraph: Any) -> tuple[str, int]:
        """List number ("" when none) and level, the paragraph's own before its style's."""
        number, depth = _list(paragraph.find(f"{W}pPr/{W}numPr"))
        for style in self._chain(paragraph):
            number = style.number if number is None else number
            depth = style.depth if depth is None else depth
        return number or "", depth or 0

    def _chain(self, paragraph: Any) -> list[Style]:
        node = paragraph.find(f"{W}pPr/{W}pStyle")
        at = self.default if node is None else (node.get(f"{W}val") or "")
        chain: list[Style] = []
        while at in self.styles and len(chain) < 20:
            style = self.styles[at]
            if style in chain:
                break
            chain.append(style)
            at = style.based_on
        return chain


def read_styles(root: Any) -> Styles:
    """Paragraph styles of ``word/styles.xml``."""
    found = Styles()
    for node in root.iterfind(f"{W}style"):
        if node.get(f"{W}type") not in {None, "paragraph"}:
            continue
        name = node.get(f"{W}styleId") or ""
        number, depth = _list(node.find(f"{W}pPr/{W}numPr"))
        outline = _val(node.find(f"{W}pPr/{W}outlineLvl"))
        found.styles[name] = Style(
            based_on=_val(node.find(f"{W}basedOn")) or "",
            name=_val(node.find(f"{W}name")) or "",
            outline=int(outline) if outline and outline.isdecimal() else None,
            number=number,
            depth=depth,
        )
        if node.get(f"{W}default") in {"1", "true"}:
            found.default = name
    return found


def _list(node: Any) -> tuple[str | None, int | None]:
    if node is None:
        return None, None
    depth = _val(node.find(f"{W}ilvl"))
    return _val(node.find(f"{W}numId")), int(depth) if depth and depth.isdecimal() else None


def _val(node: Any) -> str | None:
    value = None if node is None else node.get(f"{W}val")
    return None if value is None else str(value)
