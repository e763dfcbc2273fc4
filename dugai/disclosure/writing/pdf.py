"""PDF in the layout of GB/T 9704, typeset by typst from the shipped sheet; words are data and never code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typst

if TYPE_CHECKING:
    from dugai.disclosure.pages import Page

SHEET = Path(__file__).parent.parent / "data" / "print" / "official.typ"


def document(page: Page, *, with_sources: bool = False) -> bytes:
    """Return the text as a PDF, with the 数据来源表 behind it when asked.

    A font of the standard that is not installed is replaced by the next of its list, at last Noto Serif.
    """
    words = {
        "title": page["title"],
        "document_number": page["document_number"],
        "blocks": page["blocks"],
        "sources": page["sources"] if with_sources else [],
        "with_sources": with_sources,
    }
    made = typst.compile(str(SHEET), format="pdf", sys_inputs={"page": json.dumps(words, ensure_ascii=False)})
    return bytes(made)
