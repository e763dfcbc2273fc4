"""Compare the record of a case with its truth; each difference is one line of text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dugai.intake.text.fold import fold
from dugai.intake.text.source import plain_source
from dugai.intake.understand import understand

CASES = Path(__file__).parent / "cases"


def names() -> list[str]:
    """The stems of all cases."""
    return sorted(path.stem for path in CASES.glob("*.txt"))


def bare(text: object) -> str:
    """A text for comparison: half width, no white space."""
    return "".join(fold(str(text or "")).split())


def differences(name: str) -> list[str]:
    """What the reader got wrong in one case."""
    text = (CASES / f"{name}.txt").read_text(encoding="utf-8")
    truth = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return compare(understand(plain_source(f"{name}.txt", text)), truth)


def compare(record: dict[str, Any], truth: dict[str, Any]) -> list[str]:
    """What is wrong in a record; each difference is one line of text."""
    return [
        *_document(record["document"], truth),
        *_problems(record["problems"], truth),
        *_complaints(record["complaints"], truth),
        *_figures(record["figures"], truth),
        *_arithmetic(record["arithmetic"], truth),
        *_defects(record["defects"], truth),
    ]


def _document(document: dict[str, Any], truth: dict[str, Any]) -> list[str]:
    out = []
    for key in ("kind", "title", "issued_on", "round", "batch", "issuer"):
        if key in truth and bare(document.get(key)) != bare(truth[key]):
            out.append(f"{key}: {document.get(key)!r} instead of {truth[key]!r}")
    if "kinds" in truth and document["kind"] not in truth["kinds"]:
        out.append(f"kind: {document['kind']} is none of {truth['kinds']}")
    parts = [part["region"]["name"] for part in document.get("parts", [])]
    if "parts" in truth and parts != truth["parts"]:
        out.append(f"parts: {parts} instead of {truth['parts']}")
    if "region" in truth and document["region"]["name"] != truth["region"]:
        out.append(f"region: {document['region']['name']!r} instead of {truth['region']!r}")
    return out


def _units(entry: dict[str, Any], key: str) -> set[str]:
    return {bare(u) for u in entry.get(key) or []}


def _problems(found: list[dict[str, Any]], truth: dict[str, Any]) -> list[str]:  # noqa: C901, PLR0912 - one line a field
    if "problems" not in truth:
        return []
    out = []
    if len(found) != len(truth["problems"]):
        out.append(
            f"{len(found)} problems instead of {len(truth['problems'])}: {[p['text_starts'] for p in found]}"
        )
    for entry, wanted in zip(found, truth["problems"], strict=False):
        start = wanted["starts"]
        if not bare(entry["text_starts"]).startswith(bare(start)):
            out.append(f"problem begins {entry['text_starts']!r} instead of {start!r}")
        for key in ("no", "status", "region"):
            if key in wanted and entry.get(key) != wanted[key]:
                out.append(f"{start} {key}: {entry.get(key)!r} instead of {wanted[key]!r}")
        raw = entry.get("deadline_raw")
        if "deadline_raw" in wanted and bare(raw).strip("。") != bare(wanted["deadline_raw"]):
            out.append(f"{start} deadline: {raw!r} instead of {wanted['deadline_raw']!r}")
        if "deadlines" in wanted and entry.get("deadlines") != wanted["deadlines"]:
            out.append(f"{start} deadlines: {entry.get('deadlines')} instead of {wanted['deadlines']}")
        for key in ("responsible", "lead", "supervising"):
            if key in wanted and _units(entry, f"{key}_units") != {bare(u) for u in wanted[key]}:
                out.append(f"{start} {key}: {entry.get(f'{key}_units')} instead of {wanted[key]}")
        if "measures" in wanted:
            given = [bare(m["text_starts"]) for m in entry["measures"]]
            good = len(given) == len(wanted["measures"]) and all(
                g.startswith(bare(w)) for g, w in zip(given, wanted["measures"], strict=True)
            )
            if not good:
                out.append(f"{start} measures: {given} instead of {wanted['measures']}")
        if "measure_status" in wanted:
            states = [m.get("status") for m in entry["measures"]]
            if states != wanted["measure_status"]:
                out.append(f"{start} states of measures: {states} instead of {wanted['measure_status']}")
    return out


def _complaints(found: list[dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    if "complaints" not in truth:
        return [f"complaints where there are none: {[c['case_no'] for c in found]}"] if found else []
    out = []
    if len(found) != len(truth["complaints"]):
        out.append(
            f"{len(found)} complaints instead of {len(truth['complaints'])}: {[c['case_no'] for c in found]}"
        )
    for entry, wanted in zip(found, truth["complaints"], strict=False):
        number = wanted["case_no"]
        if not bare(entry["case_no"]).startswith(number):
            out.append(f"case {entry['case_no']} instead of {number}")
        for key in ("region", "verified", "status"):
            if key in wanted and entry.get(key) != wanted[key]:
                out.append(f"{number} {key}: {entry.get(key)!r} instead of {wanted[key]!r}")
        if "types" in wanted and entry.get("pollution_types") != wanted["types"]:
            out.append(f"{number} types: {entry.get('pollution_types')} instead of {wanted['types']}")
        if "starts" in wanted and not bare(entry.get("text_starts")).startswith(bare(wanted["starts"])):
            out.append(f"{number} begins {entry.get('text_starts')!r} instead of {wanted['starts']!r}")
    return out


def _figures(found: list[dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    out = []
    left = list(found)
    for wanted in truth.get("figures", []):
        value, unit = wanted[0], wanted[1]
        match = next(
            (f for f in left if f["value"] == value and f["unit"] == unit and _named(f, wanted)), None
        )
        if match is None:
            near = [(f["name"], f["region"], f["as_of"]) for f in found if f["value"] == value]
            out.append(f"figure {wanted} missing; same value: {near}")
        else:
            left.remove(match)
    if "figures" in truth and truth.get("figures_closed", True):
        known = {(w[0], w[1]) for w in truth["figures"]}
        ignored = [bare(text) for text in truth.get("ignored", [])]
        left = [
            f
            for f in left
            if not any(str(f["value"]) in text and text in bare(f["quote"]) for text in ignored)
        ]
        out += [
            f"false figure {f['value']}{f['unit']} {f['quote']!r}"
            for f in left
            if (f["value"], f["unit"]) not in known
        ]
    for text in truth.get("not_figures", []):
        out += [f"{text} taken for a figure: {f['quote']!r}" for f in found if str(f["value"]) == text]
    return out


def _named(figure: dict[str, Any], wanted: list[Any]) -> bool:
    """The further entries of a wanted figure: name, region, as_of, direction; null where it does not matter."""
    keys = ("name", "region", "as_of", "direction")
    return all(w is None or figure.get(k) == w for k, w in zip(keys, wanted[2:], strict=False))


def _arithmetic(found: list[dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    out = []
    wrong = [a["expr"] for a in found if not a["holds"] and a.get("verdict") != "not_comparable"]
    if "wrong" in truth:
        out += [f"false alarm {e}" for e in wrong if e not in truth["wrong"]]
        out += [f"not noticed {e}; found wrong: {wrong}" for e in truth["wrong"] if e not in wrong]
    right = [a["expr"] for a in found if a["holds"]]
    out += [f"check {e} not made; made: {right}" for e in truth.get("holds", []) if e not in right]
    return out


def _defects(found: list[dict[str, Any]], truth: dict[str, Any]) -> list[str]:
    out = []
    for kind, item, missing in truth.get("defects", []):
        if not any(
            d["kind"] == kind
            and (item is None or d.get("item") == item or item in d["quote"])
            and (not missing or d.get("missing") == missing)
            for d in found
        ):
            out.append(
                f"defect {kind} {item} {missing} missing; found: {[(d['kind'], d['quote'], d.get('missing')) for d in found]}"
            )
    if truth.get("defects_closed"):
        known = {d[0] for d in truth["defects"]}
        out += [f"false defect {d['kind']} {d['quote']!r}" for d in found if d["kind"] not in known]
    return out
