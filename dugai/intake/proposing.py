"""From the record of a document to the proposals a person reviews: plain values, each with its span. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dugai.intake.grammar.numerals import integer
from dugai.intake.states import ProposalKind
from dugai.intake.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.intake.blocks import SourceText

Span = tuple[int, int]
UNITS = ("lead", "responsible", "cooperating", "supervising", "accepting")
_UNIT_KEYS = {
    "lead": "lead_units",
    "responsible": "responsible_units",
    "cooperating": "x_cooperating_units",
    "supervising": "supervising_units",
    "accepting": "x_acceptance_units",
}
PROBLEM_FIELDS = ("number", "text", "category", "goal", "deadline", *UNITS, "leader", "status")
MEASURE_FIELDS = ("number", "text", "deadline", "responsible", "status")
LONGEST = {"category": 200, "deadline": 500, "leader": 60, "status": 200}
"""Characters a field of the ledger takes; longer ones are left for a person to shorten."""


@dataclass(slots=True)
class Draft:
    """One proposal before it is a row. `parent` is the position of its problem in the list."""

    kind: ProposalKind
    values: dict[str, Any]
    spans: dict[str, list[Any]]
    section: str = ""
    parent: int | None = None
    confidence: int | None = None  # percent, where the text was recognised
    key: str = ""
    children: list[int] = field(default_factory=list)


def proposals_of(record: dict[str, Any], source: SourceText) -> list[Draft]:
    """Return the problems of a record, each followed by its measures, in the order of the document."""
    found: list[Draft] = []
    problems = record["problems"]
    for place, problem in enumerate(problems):
        ends = _start_of(problems[place + 1]) if place + 1 < len(problems) else len(source.text)
        draft = _problem(problem, source, max(ends, _start_of(problem)))
        draft.section = (str(problem.get("heading") or "") or draft.values["category"])[:200]
        draft.key = key_of(draft.kind, draft.values)
        at = len(found)
        found.append(draft)
        for number, measure in enumerate(problem["measures"]):
            after = problem["measures"][number + 1 :]
            stop = min((_start_of(one) for one in after if _start_of(one) > _start_of(measure)), default=ends)
            child = _measure(measure, source, max(stop, _start_of(measure)))
            child.section, child.parent = draft.section, at
            child.key = key_of(child.kind, child.values, under=draft)
            draft.children.append(len(found))
            found.append(child)
    return found


def fits(record: dict[str, Any], text: str) -> bool:
    """Say whether every problem and measure of a record stands in a text where the record says."""
    try:
        entries = [*record["problems"], *(one for each in record["problems"] for one in each["measures"])]
        return all(
            0 <= start < end <= len(text) and one["text_starts"][:6].strip() in text[start : end + 6]
            for one in entries
            for start, end in [one["x_span"]]
        )
    except (KeyError, TypeError, ValueError):
        return False


def key_of(kind: str, values: dict[str, Any], *, under: Draft | None = None) -> str:
    """Return the digest by which a proposal is known again: what it says, not where or how it was spaced."""
    said = {name: _bare(value) for name, value in values.items() if value}
    said["kind"] = str(kind)
    if under is not None:
        said["under"] = [_bare(under.values["number"]), _bare(under.values["text"])]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def bare(text: str) -> str:
    """Return a text for comparing: half width, without white space, its outer marks or the case of letters."""
    return re.sub(r"\s+", "", fold(text)).strip("。；;，,：: ").lower()


def _bare(value: Any) -> Any:
    if isinstance(value, str):
        return bare(value)
    return [bare(one) for one in value] if isinstance(value, list) else value


def digest_of_text(text: str) -> str:
    """Return the digest of what a text says, whatever its line ends and spaces."""
    return hashlib.sha256(re.sub(r"\s+", "", fold(text)).encode("utf-8", "replace")).hexdigest()


def _start_of(entry: dict[str, Any]) -> int:
    return int(entry["x_span"][0])


def _problem(entry: dict[str, Any], source: SourceText, ends: int) -> Draft:
    places: dict[str, list[int]] = dict(entry.get("x_spans") or {})
    values: dict[str, Any] = {
        "number": _number(entry),
        "text": _text(entry, source),
        "category": str(entry.get("category") or entry.get("heading") or ""),
        "goal": str(entry.get("x_goal") or ""),
        "deadline": str(entry.get("deadline_raw") or ""),
        **{name: list(entry.get(key) or ()) for name, key in _UNIT_KEYS.items()},
        "leader": "、".join(entry.get("x_leaders") or ())[:60],
        "status": str(entry.get("status_raw") or ""),
    }
    places["text"] = list(entry["x_span"])
    if entry.get("x_goal_span"):
        places["goal"] = list(entry["x_goal_span"])
    start = places["text"][0]
    _place(places, "deadline", values["deadline"], source.text, (start, ends))
    _place(places, "status", values["status"], source.text, (start, ends))
    _place(places, "number", str(entry.get("no_raw") or ""), source.text, (max(0, start - 60), start + 1))
    _place(places, "category", values["category"], source.text, (max(0, start - 400), start + 1))
    for name in UNITS:
        if values[name]:
            _place(places, name, values[name][0], source.text, (start, ends))
    return _draft(ProposalKind.PROBLEM, values, places, source)


def _measure(entry: dict[str, Any], source: SourceText, ends: int) -> Draft:
    places: dict[str, list[int]] = {**(entry.get("x_spans") or {}), "text": list(entry["x_span"])}
    values: dict[str, Any] = {
        "number": _number(entry),
        "text": _text(entry, source),
        "deadline": str(entry.get("deadline_raw") or ""),
        "responsible": list(entry.get("responsible_units") or ()),
        "status": str(entry.get("status_raw") or ""),
    }
    start = places["text"][0]
    _place(places, "number", str(entry.get("no_raw") or ""), source.text, (max(0, start - 40), start + 1))
    _place(places, "deadline", values["deadline"], source.text, (start, ends))
    _place(places, "status", values["status"], source.text, (max(0, start - 60), ends))
    if values["responsible"]:
        _place(places, "responsible", values["responsible"][0], source.text, (start, ends))
    return _draft(ProposalKind.MEASURE, values, places, source)


def _draft(
    kind: ProposalKind, values: dict[str, Any], places: dict[str, list[int]], source: SourceText
) -> Draft:
    spans = {
        name: [start, end, source.text[start:end]]
        for name, (start, end) in sorted(places.items())
        if start < end and values.get(name)
    }
    return Draft(kind, values, spans, confidence=_confidence(spans, source))


def _number(entry: dict[str, Any]) -> int | None:
    """Return the printed number, never a place in the list; numbers beyond six digits are no ordinals."""
    number = integer(str(entry.get("no") or ""))
    return number if number and 0 < number < 1_000_000 else None


def _text(entry: dict[str, Any], source: SourceText) -> str:
    start, end = entry["x_span"]
    return str(entry.get("x_text") or source.text[start:end]).strip()


def _place(places: dict[str, list[int]], name: str, words: str, text: str, within: Span) -> None:
    """Find the words of a field that has no place yet, between two offsets; found nowhere, it has none."""
    if name in places or not words:
        return
    found = text.find(words, *within)
    if found >= 0:
        places[name] = [found, found + len(words)]


def _confidence(spans: dict[str, list[Any]], source: SourceText) -> int | None:
    """Return the lowest confidence, in percent, of recognised blocks behind a proposal, if there are any."""
    seen: Sequence[float] = [
        block.confidence
        for block in source.blocks
        if block.confidence is not None
        and any(block.start < end and start < block.end for start, end, _ in spans.values())
    ]
    return int(min(seen) * 100) if seen else None
