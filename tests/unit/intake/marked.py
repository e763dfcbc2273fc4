"""The marked documents of this folder, in every form they are written in, against their truth."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from dugai.intake import samples
from dugai.intake.readers import read_bytes
from dugai.intake.samples.marked import Case, parse
from dugai.intake.understand import understand
from tests.unit.intake import casebook

FOLDER = Path(__file__).parent / "marked"


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    """All marked documents by name."""
    found = [parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.txt"))]
    return {case.name: case for case in found}


def written() -> list[tuple[str, str]]:
    """Each document with each of its forms."""
    return [(name, form) for name, case in cases().items() for form in case.forms]


def differences(name: str, form: str) -> list[str]:
    """What the reader got wrong in one form of one document."""
    case = cases()[name]
    source = read_bytes(samples.written(case.paper, form), name + samples.FORMS[form])
    return casebook.compare(understand(source), _truth(case.gold))


def _truth(gold: dict[str, Any]) -> dict[str, Any]:
    """The record of a case in the short words of the casebook."""
    document = gold["document"]
    truth: dict[str, Any] = {
        k: document[k] for k in ("title", "issued_on", "round", "batch") if k in document
    }
    truth["kinds"] = [document["kind"], *document.get("kind_alt", [])]
    if "region" in document:
        truth["region"] = document["region"]["name"]
    if "parts" in document:
        truth["parts"] = [part["region"]["name"] for part in document["parts"]]
    truth["problems"] = [_problem(entry) for entry in gold["problems"]]
    truth["complaints"] = [
        {**entry, "starts": entry["text_starts"]}
        | ({"types": entry["pollution_types"]} if "pollution_types" in entry else {})
        for entry in gold["complaints"]
    ]
    truth["figures"] = [
        [f["value"], f["unit"], None, f["region"], f["as_of"], f.get("direction")] for f in gold["figures"]
    ]
    truth["ignored"] = gold["figures_ignored"]
    truth["holds"] = [a["expr"] for a in gold["arithmetic"] if a["holds"]]
    truth["wrong"] = [a["expr"] for a in gold["arithmetic"] if not a["holds"]]
    truth["defects"] = [(d["kind"], d.get("item") or d["quote"], d.get("missing")) for d in gold["defects"]]
    truth["defects_closed"] = True
    return truth


def _problem(entry: dict[str, Any]) -> dict[str, Any]:
    short: dict[str, Any] = {"starts": entry["text_starts"]}
    short |= {
        key: entry[key] for key in ("no", "status", "deadlines", "deadline_raw", "region") if key in entry
    }
    short |= {
        role: entry[f"{role}_units"]
        for role in ("responsible", "lead", "supervising")
        if f"{role}_units" in entry
    }
    if entry["measures"] and all("text_starts" in m for m in entry["measures"]):
        short["measures"] = [m["text_starts"] for m in entry["measures"]]
    if any("status" in m for m in entry["measures"]):
        short["measure_status"] = [m.get("status") for m in entry["measures"]]
    return short
