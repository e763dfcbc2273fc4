"""The findings as a report that an editor reads."""

from __future__ import annotations

import re

from dugai.intake.reconcile.finding import Finding

_KIND = {"sum": "合计", "rate": "比率", "change": "增减", "unit_conversion": "单位换算", "cross_reference": "前后一致", "order": "部分与整体",
         "count": "列举计数", "date_span": "时间跨度"}  # fmt: skip


def report(name: str, findings: list[Finding]) -> str:
    """A plain report in Chinese: what does not hold first, then what cannot be compared, then the count."""
    wrong = [f for f in findings if f.is_error]
    loose = [f for f in findings if not f.holds and f.verdict == "not_comparable"]
    right = [f for f in findings if f.holds]
    lines = [
        f"{name}：共核对 {len(findings)} 处，相符 {len(right)} 处，不符 {len(wrong)} 处，不可比 {len(loose)} 处。"
    ]
    for title, group in (("不符", wrong), ("不可比（口径或时间不同，不判错）", loose)):
        if group:
            lines += ["", title]
            for number, finding in enumerate(group, 1):
                lines += _entry(number, finding)
    return "\n".join(lines) + "\n"


def _entry(number: int, finding: Finding) -> list[str]:
    mark = "（末位取舍）" if finding.verdict == "minor" else ""
    lines = [f"{number}. [{_KIND.get(finding.kind, finding.kind)}]{mark} {finding.expr}"]
    if finding.note:
        lines.append(f"   {finding.note}。")
    if finding.formula and finding.computed:
        lines.append(f"   算法：{finding.formula}；算得：{finding.computed}")
    lines += ["   原文：" + re.sub(r"\s+", "", quote) for quote in finding.quotes]
    return lines
