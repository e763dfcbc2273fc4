"""各省对照: facts of eight provinces side by side; what one did not publish is said, never computed."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "eight_provinces.json"


@dataclass(frozen=True, slots=True)
class Cell:
    """One province's value of one figure; empty when it published none."""

    shown: str
    as_of: str
    share: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure across the provinces."""

    code: str
    name: str
    meaning: str
    unit: str
    cells: list[Cell]
    missing: list[str]


@functools.cache
def facts() -> dict[str, Any]:
    """Return the facts as they are kept."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def lines() -> list[Line]:
    """Return the table: a line a figure, a cell a province."""
    known = facts()
    found = []
    for figure in known["figures"]:
        values = [province["values"].get(figure["code"]) for province in known["provinces"]]
        top = max((value["value"] for value in values if value), default=0)
        found.append(
            Line(
                figure["code"],
                figure["name"],
                figure["meaning"],
                figure["unit"],
                [_cell(value, top) for value in values],
                [
                    province["name"]
                    for province, value in zip(known["provinces"], values, strict=True)
                    if value is None
                ],
            )
        )
    return found


def _cell(value: dict[str, Any] | None, top: float) -> Cell:
    if value is None:
        return Cell("", "", "0")
    shown = f"{value['value']:g}" + ("以上" if value.get("bound") else "")
    as_of = value["as_of"] or value["said"] or "未写明"
    share = f"{100 * value['value'] / top:.1f}" if top else "0"
    return Cell(shown, as_of, share, value.get("note", ""))
