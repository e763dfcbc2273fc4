"""Gaps in printed numbers. The gap is a fact; its reason is not stated."""

from __future__ import annotations

import re
from typing import Any

from dugai.intake.grammar.numerals import chinese, integer
from dugai.intake.text.edits import CleanText
from dugai.intake.text.lines import lines_of

Defect = dict[str, Any]
_LEVELS = (
    ("一、", re.compile(r"^([一二三四五六七八九十]{1,3})、")),
    ("(一)", re.compile(r"^[(]([一二三四五六七八九十]{1,3})[)]")),
)
_WIDEST = 60


def number_gaps(item: str, numbers: list[tuple[int, str, int]], original: str) -> list[Defect]:
    """Gaps in (number, printed label, place) of one series that runs through the document."""
    found: list[Defect] = []
    known = {n for n, _, _ in numbers}
    previous: int | None = None
    for number, label, place in numbers:
        if previous is not None and 1 < number - previous <= _WIDEST:
            missing = [str(n) for n in range(previous + 1, number) if n not in known]
            if missing:
                found.append(_gap(item, label, missing, place, original))
        if previous is None or number > previous:
            previous = number
    return found


def _gap(item: str, label: str, missing: list[str], place: int, original: str) -> Defect:
    start = original.rfind(label, max(0, place - 40), place + 1) if label else -1
    start = start if start >= 0 else place
    quote = re.split(r"[\n。；;，]", original[start : start + 14])[0] or original[start : start + 6]
    return {
        "kind": "missing_items",
        "quote": quote,
        "count": 1,
        "item": item,
        "missing": missing,
        "x_span": [start, start + len(quote)],
    }


def section_gaps(clean: CleanText, ranges: list[tuple[int, int]] | None = None) -> list[Defect]:
    """Headings 一、 and （一） that leave out a number or begin in the middle."""
    found: list[Defect] = []
    top: int | None = None
    sub: int | None = None
    seen_top = False
    for line in lines_of(clean.folded):
        if ranges and not any(a <= line.start < b for a, b in ranges):
            continue
        for level, (_, pattern) in enumerate(_LEVELS):
            match = pattern.match(line.text)
            if not match:
                continue
            number = integer(match[1]) or 0
            if level == 0:
                if top is not None and 1 < number - top <= 5:
                    found.append(
                        _section(clean, line.start, [f"{chinese(n)}、" for n in range(top + 1, number)])
                    )
                top, sub, seen_top = number, None, True
            else:
                previous = sub or 0
                if (
                    number > previous + 1
                    and number - previous <= 8
                    and (sub is not None or (not seen_top and not found) or number <= 6)
                ):
                    missing = [f"（{chinese(n)}）" for n in range(previous + 1, number)]
                    if not seen_top and sub is None:
                        missing.insert(0, "一、")
                    found.append(_section(clean, line.start, missing))
                sub = number
            break
    return found


def _section(clean: CleanText, place: int, missing: list[str]) -> Defect:
    end = place
    while end < len(clean.text) and clean.text[end] not in "\n。；，" and end - place < 24:
        end += 1
    a, b = clean.span(place, end)
    return {
        "kind": "missing_items",
        "quote": clean.original[a:b],
        "count": 1,
        "item": "section",
        "missing": missing,
        "x_span": [a, b],
    }
