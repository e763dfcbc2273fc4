"""A document's text in stretches a person turns like pages; together they are the whole text."""

from __future__ import annotations

import bisect
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dugai.intake.models import Page
from dugai.intake.readers.cage import pack

if TYPE_CHECKING:
    from dugai.intake.blocks import SourceText
    from dugai.intake.models import Document

_UNFIT = re.compile("[\x00\ud800-\udfff]")
LONGEST = 8000
"""Characters after which a page ends at the next block; a single longer block stays whole."""


def printable(source: SourceText) -> SourceText:
    """Return a source whose text a database takes: what is no character becomes U+FFFD at the same place."""
    if not _UNFIT.search(source.text):
        return source
    text = _UNFIT.sub("\ufffd", source.text)
    blocks = tuple(replace(block, text=text[block.start : block.end]) for block in source.blocks)
    return replace(source, text=text, blocks=blocks)


def pages_of(document: Document, source: SourceText) -> list[Page]:
    """Cut a source at its own pages, and longer ones at block starts; not yet saved."""
    packed = pack(source)["blocks"]
    order = sorted(range(len(packed)), key=lambda at: packed[at][1])
    starts, sheets = [0], [source.blocks[order[0]].page if order else None]
    for at in order:
        block = source.blocks[at]
        turned = block.page is not None and block.page != sheets[-1]
        if block.start > starts[-1] and (turned or block.end - starts[-1] > LONGEST):
            starts.append(block.start)
            sheets.append(block.page if block.page is not None else sheets[-1])
    ends = [*starts[1:], len(source.text)]
    pages = [
        Page(
            document=document,
            number=number + 1,
            sheet=sheet,
            start=start,
            end=end,
            text=source.text[start:end],
        )
        for number, (start, end, sheet) in enumerate(zip(starts, ends, sheets, strict=True))
    ]
    for block in packed:
        place = max(0, bisect.bisect_right(starts, block[1]) - 1)
        pages[place].blocks = [*pages[place].blocks, block]
    return pages
