"""The reference page of indicators says of each shipped one what the data file says."""

from __future__ import annotations

from pathlib import Path

from dugai.indicators.catalogue import shipped
from dugai.indicators.states import Better, IndicatorKind

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "indicators.md"
COUNTED = {"rate": "个百分点", "amount": "%", "rank": "位"}


def test_every_shipped_indicator_has_its_line():
    text = PAGE.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(lines) == len(shipped())
    for one, line in zip(shipped(), lines, strict=True):
        kind, better = IndicatorKind(one["kind"]).label, Better(one["better"]).label
        begins = f"| {one['name']} | `{one['code']}` | {one['unit']} | {kind} | {COUNTED[one['nature']]} | {better} |"
        assert line.startswith(begins)
        assert line.endswith(f"| {one['definition']} |")
        assert ("只能更好" in line.split("|")[7]) == one["no_worse"]
        assert ("累计量" in line.split("|")[7]) == one["cumulative"]
