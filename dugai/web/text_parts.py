"""A text as its pages show it: blocks with figures that open their rows, and paragraphs to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from dugai.disclosure import rules_body
from dugai.disclosure.indicator_figures import INDICATOR
from dugai.disclosure.rules_body import STATED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict

    from dugai.disclosure.models import Text

HEADINGS = {"h1": "h1", "h2": "h2", "h3": "h3"}
AROUND = ("title", "to", "sign", "date", "note")


def figure_url(one: Mapping[str, Any]) -> str:
    """Return the page of the rows behind a figure; nothing for a number that a person stated."""
    if one["code"] == STATED:
        return ""
    if one["code"] == INDICATOR:
        return reverse("indicator_reading", args=[one["reading"]])
    asked = {key: one.get(key) for key in ("region", "as_of", "since", "inspection", "problem", "batch")}
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"{reverse('figure', args=[one['code']])}?{query}"


def shown_runs(runs: Sequence[Mapping[str, str]], figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return runs for a template: words, or a figure with its number, name, value and page."""
    return [
        {"t": run["t"]}
        if "t" in run
        else {"f": run["f"], "one": figures[run["f"]], "url": figure_url(figures[run["f"]])}
        for run in runs
    ]


def shown_blocks(body: Mapping[str, Any], *, marked: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """Return the blocks of a body for a template; `marked` gives blocks with findings their severity."""
    figures = body.get("figures", {})
    found = []
    for at, block in enumerate(body.get("blocks", [])):
        one: dict[str, Any] = {"at": at, "key": f"e{at}", "kind": block["kind"]}
        one["maker"] = block.get("maker", "")
        one["mark"] = (marked or {}).get(at, "")
        if block["kind"] == "table":
            one |= {
                "caption": block.get("caption", ""),
                "head": block["head"],
                "rows": [[shown_runs(cell, figures) for cell in row] for row in block["rows"]],
            }
        else:
            one["runs"] = shown_runs(block["runs"], figures)
            one["label"] = rules_body.KINDS[block["kind"]]
            one["text"] = rules_body.editable(block["runs"], figures)
            one["rows_wanted"] = max(1, min(8, len(one["text"]) // 42 + 1))
        found.append(one)
    return found


def posted_parts(post: QueryDict) -> list[dict[str, Any]]:
    """Return the parts of an edited text in the order of the page: kept blocks and written paragraphs."""
    found: list[dict[str, Any]] = []
    for name in post.getlist("part"):
        name_ = str(name)
        if name_.startswith("k") and name_[1:].isdigit():
            found.append({"keep": int(name_[1:])})
        elif name_[1:].isdigit():
            kind, text = str(post.get(f"kind_{name_}", "p")), str(post.get(f"text_{name_}", ""))
            found.append({"kind": kind, "text": text})
    return found


def listed_figures(text: Text) -> list[dict[str, Any]]:
    """Return the figures of a text in reading order, for the panel beside it."""
    figures = text.body["figures"]
    return [
        {"number": number, "one": figures[number], "url": figure_url(figures[number])}
        for number in rules_body.used(text.body)
    ]
