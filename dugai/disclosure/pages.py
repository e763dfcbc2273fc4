"""A text as it is printed: words and tables without any mark, for the writers and for what is released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.disclosure import rules_body
from dugai.disclosure.sources import sources_of

if TYPE_CHECKING:
    from dugai.disclosure.models import Text

Page = dict[str, Any]


def page_of(text: Text) -> Page:
    """Return title, number, office, printed blocks and the 数据来源表 of a text, from a written list."""
    body = text.body
    return {
        "title": text.title,
        "document_number": text.number,
        "office": text.office.name,
        "as_of": text.as_of.isoformat(),
        "blocks": [printed(block, body["figures"]) for block in body["blocks"]],
        "sources": sources_of(body, rules_body.used(body), rules_body.sentence_of),
    }


def printed(block: dict[str, Any], figures: dict[str, Any]) -> dict[str, Any]:
    """Return one block in plain words: `{"kind", "text"}`, or a table with its cells as words."""
    if block["kind"] != "table":
        return {"kind": block["kind"], "text": rules_body.words_of(block["runs"], figures)}
    return {
        "kind": "table",
        "caption": block.get("caption", ""),
        "head": list(block["head"]),
        "rows": [[rules_body.words_of(cell, figures) for cell in row] for row in block["rows"]],
    }
