"""From the record of a document to the letters its table prints: plain values, each with its span. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dugai.complaints import rules
from dugai.complaints.states import LetterState

STATES = {
    "已办结": LetterState.DONE,
    "阶段性办结": LetterState.STAGED,
    "正在办理": LetterState.WORKING,
    "未办结": LetterState.WORKING,
}
NONE_WORDS = frozenset({"", "无", "暂无", "/", "-", "—", "否"})
ROLES = {
    "summary": ("case_text", "problem"),
    "findings": ("finding",),
    "handling": ("handling", "progress"),
    "accountability": ("blamed",),
}


@dataclass(frozen=True, slots=True)
class FoundLetter:
    """A letter as a document prints it; `spans` says where each value stands: [start, end, quote]."""

    number: str
    region: str
    types: tuple[str, ...]
    unknown_types: tuple[str, ...]
    verdict: str
    state: str
    texts: dict[str, str]
    batch: str = ""
    spans: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """Return where it begins in the document."""
        return min((int(place[0]) for place in self.spans.values()), default=0)


def letters_of(record: dict[str, Any], text: str) -> list[FoundLetter]:
    """Return the letters of a record in the order of the document, each number once."""
    found: dict[str, FoundLetter] = {}
    for case in record.get("complaints", []):
        one = _letter(case, text)
        found.setdefault(one.number, one)
    return sorted(found.values(), key=lambda one: one.start)


def _letter(case: dict[str, Any], text: str) -> FoundLetter:
    places = {name: list(place) for name, place in (case.get("x_spans") or {}).items()}
    places.setdefault("case_text", list(case["x_span"]))
    spans = {}
    for name, roles in ROLES.items():
        for role in roles:
            if role in places and name not in spans:
                start, end = places[role]
                spans[name] = [start, end, text[start:end]]
    for name, role in (("number", "case_no"), ("region", "area"), ("verdict", "verified")):
        if role in places:
            start, end = places[role]
            spans[name] = [start, end, text[start:end]]
    texts = {name: str(spans[name][2]).strip() if name in spans else "" for name in ROLES}
    if texts["accountability"].strip("。 ") in NONE_WORDS:
        texts["accountability"] = ""
        spans.pop("accountability", None)
    kinds, unknown = rules.types_of("、".join(case.get("pollution_types") or ()))
    return FoundLetter(
        number=rules.normal_number(str(case["case_no"]).strip("*★▲() ")),
        region=str(case.get("region") or ""),
        types=tuple(kinds),
        unknown_types=tuple(unknown),
        verdict=str(rules.VERDICTS.get(str(case.get("verified") or ""), "")),
        state=str(STATES.get(str(case.get("status") or ""), LetterState.HANDED)),
        texts=texts,
        batch=str(case.get("batch") or ""),
        spans=spans,
    )
