"""Proposals held beside the ledger: is it there already, is it nearly there, does it say something else? Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from dugai.intake.proposing import bare
from dugai.intake.states import ConflictKind

NEAR = 88.0
"""Percent of alike characters (Indel) from which two texts count as the same thing in other words."""
HEAD = 400
"""Characters of a text that are compared."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem or measure of the ledger as far as a document may repeat it. `said` maps field to words."""

    pk: int
    code: str
    number: int
    version: int
    said: dict[str, str] = field(default_factory=dict)


def conflict_with(said: dict[str, str], number: int | None, entries: list[Entry]) -> dict[str, Any]:
    """Return how a proposal meets the ledger, empty when it meets nothing.

    {"row", "code", "version", "kind", "ledger": words, "differences": {field: [ledger, document]}}; without
    differences it is there already. The same words win over the same number, which wins over similar words.
    """
    text = bare(said["text"])
    same = next((entry for entry in entries if bare(entry.said["text"]) == text), None)
    if same is not None:
        return _shown(ConflictKind.TEXT, same, said)
    numbered = next((entry for entry in entries if number is not None and entry.number == number), None)
    if numbered is not None:
        alike = _alike(text, bare(numbered.said["text"])) >= NEAR
        return _shown(ConflictKind.NEAR if alike else ConflictKind.NUMBER, numbered, said)
    scored = [(_alike(text, bare(entry.said["text"])), entry) for entry in entries]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return _shown(ConflictKind.NEAR, best[1], said) if best and best[0] >= NEAR else {}


def _alike(one: str, other: str) -> float:
    return fuzz.ratio(one[:HEAD], other[:HEAD], score_cutoff=NEAR)


def _shown(kind: ConflictKind, entry: Entry, said: dict[str, str]) -> dict[str, Any]:
    differences = {
        name: [entry.said.get(name, ""), words]
        for name, words in said.items()
        if words and bare(words) != bare(entry.said.get(name, ""))
    }
    return {
        "row": entry.pk,
        "code": entry.code,
        "version": entry.version,
        "kind": str(kind),
        "ledger": entry.said["text"],
        "differences": differences,
    }
