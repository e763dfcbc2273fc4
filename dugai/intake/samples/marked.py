"""Documents written by hand, with their truth marked in the text itself.

``◆`` stands before a problem, ``◇`` before a measure, ``◈`` before a complaint, ``⟦…⟧`` around a quantity and the
words a quote needs, ``⟪…⟫`` around numbers that are nothing. Inside a quantity ``¦`` opens what cannot be seen:
``⟦91件¦name=信访件交办数;as_of=2024-06⟧`` (``v`` value, ``u`` unit, ``dup`` for the same quantity said again).
Lines that begin with ``|`` are rows of a table, ``⏎`` a line break inside a cell, ``^`` a cell merged with the one above.
The head of a file is its name with the forms it is written in, then the rest of the truth as JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from dugai.intake.samples.paper import Grid, Line, Paper, TCell

_MARKS = re.compile("[◆◇◈⟦⟧⟪⟫]|¦[^⟧]*")
_STARTS = re.compile("[◆◇◈]")
_NEXT = re.compile(r"[|\n]|[；;]?(?:[①-⑳]|[（(][\d一二三四五六七八九十]{1,3}[）)]|[一二三四五]是)$")
_NUMBERS = re.compile("⟦([^⟧]*)⟧|⟪([^⟫]*)⟫")
_RULE = "\n=====\n"
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One document: the forms to write it in, its paper and the record a reader should find."""

    name: str
    forms: tuple[str, ...]
    paper: Paper
    gold: Record


def parse(text: str) -> Case:
    """One marked file."""
    head, body = text.split(_RULE, 1)
    title, rest = head.split("\n", 1)
    name, *forms = title.lstrip("# ").split()
    gold = _gold(json.loads(rest), body.rstrip("\n").replace("⏎", "\n"))
    return Case(name, tuple(forms) or ("txt",), _paper(body.rstrip("\n"), gold), gold)


def bare(text: str) -> str:
    """The text without its marks."""
    return _MARKS.sub("", text)


def _gold(truth: Record, text: str) -> Record:
    gold = {**truth, "document": dict(truth["document"])}
    region = truth["document"].get("region")
    if "region" in truth["document"]:
        gold["document"]["region"] = {"name": region}
    _give_starts(gold, text)
    figures, ignored = _figures(gold, text, region)
    gold["figures"], gold["figures_ignored"] = figures, [*truth.get("figures_ignored", []), *ignored]
    gold["arithmetic"] = [
        {"kind": kind, "expr": expr, "holds": holds, "quote": expr}
        for kind, expr, holds in truth.get("arithmetic", [])
    ]
    gold["defects"] = [
        {"kind": kind, "quote": quote, **(more[0] if more else {})}
        for kind, quote, *more in truth.get("defects", [])
    ]
    gold.setdefault("problems", [])
    gold.setdefault("complaints", [])
    return gold


def _give_starts(gold: Record, text: str) -> None:
    problems = iter(gold.get("problems", []))
    complaints = iter(gold.get("complaints", []))
    measures: Any = iter(())
    problem: Record = {}
    for mark in _STARTS.finditer(text):
        begin = _NEXT.split(bare(_STARTS.split(text[mark.end() : mark.end() + 120])[0]))[0][:20]
        if mark.group() == "◆":
            problem = next(problems)
            problem["text_starts"] = begin
            measures = iter(problem.setdefault("measures", []))
        elif mark.group() == "◇":
            measure = next(measures, None)
            if measure is None:
                measure = {}
                problem["measures"].append(measure)
            measure["text_starts"] = begin
        else:
            next(complaints)["text_starts"] = begin


def _figures(gold: Record, text: str, region: str | None) -> tuple[list[Record], list[str]]:
    figures: list[Record] = []
    ignored: list[str] = []
    for mark in _NUMBERS.finditer(text):
        if mark[2] is not None:
            ignored.append(mark[2])
            continue
        body, _, told = mark[1].partition("¦")
        more = dict(option.split("=", 1) for option in told.split(";")) if told else {}
        if "dup" in more:
            ignored.append(body)
            continue
        figures.append(_figure(gold, text, mark, body, more, region))
    return figures, ignored


def _figure(
    gold: Record, text: str, mark: re.Match[str], body: str, more: dict[str, str], region: str | None
) -> Record:
    left = re.split("[，。；、,;（(]", bare(re.split(r"[|\n]", text[: mark.start()])[-1])[-12:])[-1]
    right = re.split("[，。；、,;]", bare(re.split(r"[|\n]", text[mark.end() :])[0])[:12])[0]
    quote = left + body + right
    line = text.rfind("\n", 0, mark.start()) + 1
    if text[line : line + 1] == "|" and len(quote) < 4:
        quote = "".join(bare(text[line + 1 : mark.end()]).split("|")[-3:])
    printed = re.search(r"\d+(?:\.\d+)?", body)
    value = float(more.get("v") or (printed.group() if printed else "nan"))
    case = text[: mark.start()].count("◈")
    own = gold["complaints"][case - 1].get("region") if case else None
    figure: Record = {
        "name": more.get("name", "?"), "region": more.get("region", own or region),
        "value": int(value) if value.is_integer() else value,
        "unit": more.get("u") or body[printed.end() if printed else 0 :].strip("余多第（）()"),
        "quote": quote, "as_of": more.get("as_of"),
    }  # fmt: skip
    return figure | {key: more[key] for key in ("bound", "direction") if key in more}


def _paper(text: str, gold: Record) -> Paper:
    elements: list[Line | Grid] = []
    rows: list[list[str]] = []
    for line in [*bare(text).split("\n"), ""]:
        if line.startswith("|"):
            rows.append([cell.replace("⏎", "\n") for cell in line[1:].split("|")])
            continue
        if rows:
            elements.append(_grid(rows))
            rows = []
        if line:
            elements.append(Line(line, "body" if elements else "title"))
    return Paper("marked", elements, gold)


def _grid(rows: list[list[str]]) -> Grid:
    width = max(map(len, rows))
    anchors: dict[int, TCell] = {}
    out: list[list[TCell]] = []
    for row in rows:
        cells: list[TCell] = []
        for column, text in enumerate(row + [""] * (width - len(row))):
            if text == "^":
                anchors[column].rowspan += 1
                continue
            anchors[column] = TCell(text)
            cells.append(anchors[column])
        out.append(cells)
    return Grid(out, [1 / width] * width)
