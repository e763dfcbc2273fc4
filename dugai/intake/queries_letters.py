"""The letters of a document beside those of the house: which are new, which are there, which say something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dugai.complaints import queries as complaints
from dugai.complaints import rules_identity
from dugai.complaints.entries import TEXTS, WORDS
from dugai.complaints.models import LetterBatch
from dugai.complaints.rules import number_fault, type_words
from dugai.complaints.states import SETTLED, LetterState, Verdict
from dugai.intake import queries
from dugai.intake.letters import FoundLetter, letters_of
from dugai.intake.proposing import bare
from dugai.intake.queries_match import Names

if TYPE_CHECKING:
    from dugai.complaints.models import Letter
    from dugai.intake.models import Document
    from dugai.ledger.units import Unit
    from dugai.people.models import User

NEW, SAME, DIFFERS, BLOCKED = "new", "same", "differs", "blocked"
NAMED = {**WORDS, "verdict": "是否属实", "state": "是否办结", "types": "污染类型"}


@dataclass(slots=True)
class LetterProposal:
    """One letter of a document and how it meets the house. `differences`: {field: [here, document]} in words."""

    found: FoundLetter
    standing: str
    why: str = ""
    region: Unit | None = None
    letter: Letter | None = None
    values: dict[str, Any] = field(default_factory=dict)
    differences: dict[str, list[str]] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether there is anything to accept."""
        return self.standing in {NEW, DIFFERS}


def proposals(viewer: User, document: Document) -> list[LetterProposal]:
    """Return the letters a document prints, in its order; nothing is written by looking."""
    found = letters_of(queries.record_of(viewer, document), queries.source_of(viewer, document).text)
    names = Names(viewer, document)
    known = complaints.by_number(viewer, document.inspection_id, [one.number for one in found])
    elsewhere = complaints.numbers_taken(viewer, document.inspection_id, [one.number for one in found])
    return [_proposal(one, names, known.get(one.number), elsewhere) for one in found]


def batches_for(viewer: User, document: Document) -> list[LetterBatch]:
    """Return the batches of the document's inspection that letters of its region may go into."""
    found = LetterBatch.objects.visible_to(viewer).filter(
        inspection=document.inspection_id, region__path__in=document.home.ancestor_paths
    )
    return list(found.select_related("region").order_by("-handed_on", "-number")[:100])


def _proposal(found: FoundLetter, names: Names, letter: Letter | None, elsewhere: set[str]) -> LetterProposal:
    if letter is None and found.number in elsewhere:
        return LetterProposal(found, BLOCKED, "这个编号已在别的地区登记。")
    if letter is not None:
        differences, values = _differences(found, letter)
        if not differences:
            return LetterProposal(found, SAME, letter=letter)
        if letter.answered_by_id is not None:
            why = "办理单位已在系统里报过结果，不按文件改。"
            return LetterProposal(found, BLOCKED, why, letter=letter, differences=differences)
        fault = _fault(found, values)
        standing = BLOCKED if fault else DIFFERS
        return LetterProposal(found, standing, fault, letter=letter, values=values, differences=differences)
    region = _region(names, found.region)
    fault = number_fault(found.number) or _fault(found, {})
    if region is None:
        fault = fault or f"“{found.region or '没写地区'}”对不上{names.home_name}下面的地区。"
    return LetterProposal(found, BLOCKED if fault else NEW, fault, region=region)


def _fault(found: FoundLetter, values: dict[str, Any]) -> str:
    """Return why a letter cannot come in as it is printed."""
    if found.unknown_types:
        return f"没有这种污染类型：{'、'.join(found.unknown_types)}。"
    if found.state in SETTLED and not found.verdict:
        return "写了办结，没有写是否属实。"
    texts = {name: text for name, text in found.texts.items() if not values or name in values}
    seen = rules_identity.traces_in(texts)
    if seen:
        return f"{rules_identity.told(seen, texts, WORDS)}疑似个人信息，请逐件登记并核实。"
    return ""


def _differences(found: FoundLetter, letter: Letter) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Return what the document says otherwise, in words and as values; what it leaves empty says nothing."""
    differences: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for name in TEXTS:
        said, here = found.texts[name], getattr(letter, name)
        if said and bare(said) != bare(here):
            differences[name], values[name] = [rules_identity.hidden(here), rules_identity.hidden(said)], said
    if found.verdict not in {"", letter.verdict}:
        here = Verdict(letter.verdict).label if letter.verdict else ""
        differences["verdict"], values["verdict"] = [here, Verdict(found.verdict).label], found.verdict
    if found.state not in {str(LetterState.HANDED), letter.state}:
        labels = [LetterState(letter.state).label, LetterState(found.state).label]
        differences["state"], values["state"] = labels, found.state
    if found.types and list(found.types) != letter.types:
        differences["types"] = ["、".join(type_words(letter.types)), "、".join(type_words(found.types))]
        values["types"] = list(found.types)
    return differences, values


def _region(names: Names, text: str) -> Unit | None:
    """Return the region a name means: as it stands, else the last region it ends with (朔岭市望渡县)."""
    if not text:
        return None
    found = names.units.find(text, names.home, region=True).unit
    if found is None:
        ends = [
            unit
            for unit in names.units.by_pk.values()
            if unit.kind == "region" and text.endswith(unit.name) and unit.path.startswith(names.home)
        ]
        found = max(ends, key=lambda unit: len(unit.path), default=None)
    return found if found is not None and found.path.startswith(names.home) else None
