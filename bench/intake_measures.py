"""What the intake measurements have in common: counting hits, comparing texts, printing a table."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from dugai.intake.blocks import SourceText
from dugai.intake.samples.paper import Paper

Record = dict[str, Any]
FIELDS = ("deadlines", "status", "responsible_units", "supervising_units")


@dataclass(slots=True)
class Tally:
    """Right, wanted and given; a rate is None when nothing was asked."""

    hit: int = 0
    wanted: int = 0
    given: int = 0

    def add(self, other: Tally) -> None:
        self.hit, self.wanted, self.given = (
            self.hit + other.hit,
            self.wanted + other.wanted,
            self.given + other.given,
        )

    @property
    def f1(self) -> float | None:
        return 2 * self.hit / (self.wanted + self.given) if self.wanted + self.given else None


def same(text: object) -> str:
    """Text without white space and width: what matters when two readings are compared."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


def reading(paper: Paper, source: SourceText) -> Tally:
    """Paragraphs and cells that came back letter by letter, each at most as often as it was there."""
    wanted = Counter(same(line.text) for line in paper.lines())
    wanted.update(same(cell.text) for grid in paper.grids() for row in grid.rows for cell in row)
    given = Counter(same(block.text) for block in source.blocks)
    wanted.pop("", None)
    given.pop("", None)
    return Tally(sum((wanted & given).values()), sum(wanted.values()), sum(given.values()))


def character_errors(paper: Paper, source: SourceText) -> tuple[int, int]:
    """Edits between paper and reading, and letters of the paper."""
    want, got = same(paper.plain()), same(source.text)
    return Levenshtein.distance(want, got), len(want)


def understanding(truth: Record, record: Record) -> dict[str, Tally]:
    """Facts found, by kind; keyed by the printed number, so that a wrong number costs twice."""
    return {
        "problems": _pairs(_numbered(truth), _numbered(record)),
        "measures": _pairs(_measures(truth), _measures(record)),
        "fields": _pairs(_fields(truth), _fields(record)),
        "figures": _figures(truth, record),
        "complaints": _pairs(_cases(truth), _cases(record)),
        "defects": _defects(truth, record),
    }


def _pairs(wanted: Iterable[object], given: Iterable[object]) -> Tally:
    want, got = Counter(map(repr, wanted)), Counter(map(repr, given))
    return Tally(sum((want & got).values()), sum(want.values()), sum(got.values()))


def _numbered(record: Record) -> list[tuple[str, str]]:
    return [(str(p.get("no")), same(p["text_starts"])[:12]) for p in record.get("problems", [])]


def _measures(record: Record) -> list[tuple[str, str, str]]:
    return [
        (str(p.get("no")), str(m.get("no")), same(m["text_starts"])[:12])
        for p in record.get("problems", [])
        for m in p.get("measures", [])
    ]


def _fields(record: Record) -> list[tuple[str, str, str, str]]:
    found = []
    for problem in record.get("problems", []):
        for item in (problem, *problem.get("measures", [])):
            for field in FIELDS:
                value = item.get(field)
                for one in value if isinstance(value, list) else [value] if value else []:
                    place = "" if item is problem else str(item.get("no"))
                    found.append((str(problem.get("no")), place, field, same(one)))
    return found


def _figures(truth: Record, record: Record) -> Tally:
    """Only what the truth asks for: numbers in ignored text are neither right nor wrong."""
    ignored = [same(text) for text in truth.get("figures_ignored", [])]

    def neutral(figure: Record) -> bool:
        quote, value = same(figure["quote"]), same(figure["value"])
        return any(quote in text or (text in quote and value in text) for text in ignored)

    given = [figure for figure in record.get("figures", []) if not neutral(figure)]

    def key(figure: Record) -> tuple[str, float | str, str]:
        return (figure["name"], figure["value"], same(figure["unit"]))

    return _pairs(map(key, truth.get("figures", [])), map(key, given))


def _cases(record: Record) -> list[tuple[str, str, str]]:
    found = []
    for case in record.get("complaints", []):
        found += [(case["case_no"], key, same(case.get(key))) for key in ("verified", "status", "region")]
        found += [(case["case_no"], "type", same(kind)) for kind in case.get("pollution_types", [])]
    return found


def _defects(truth: Record, record: Record) -> Tally:
    """By kind: a copy that has a defect must say so, one that has none must not."""
    return _pairs(
        sorted({d["kind"] for d in truth.get("defects", [])}),
        sorted({d["kind"] for d in record.get("defects", [])}),
    )


def show(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines.extend("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows)
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
