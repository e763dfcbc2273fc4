"""Wholes that stand where the words put them: in front of a bracket, or behind their parts as 合计."""

from __future__ import annotations

import re
from decimal import Decimal

from dugai.intake.figures.extract import Figure
from dugai.intake.reconcile.finding import Finding, make, number, printed


def bracketed(row: list[Figure], folded: str) -> list[Finding]:
    """``91件（来电52件、来信39件，重点件6件）``: the first numbers in the bracket add up to the one before it."""
    found = []
    for index, whole in enumerate(row):
        if folded[whole.quantity.end : whole.quantity.end + 1] != "(":
            continue
        close = folded.find(")", whole.quantity.end)
        inside = [f for f in row[index + 1 :] if f.quantity.start < close]
        for stop in range(2, len(inside) + 1):
            parts = inside[:stop]
            if sum(map(number, parts), Decimal(0)) == number(whole):
                expr = "+".join(map(printed, parts)) + "=" + printed(whole)
                found.append(
                    make(
                        "sum",
                        expr,
                        True,
                        [whole, *parts],
                        computed=str(number(whole)),
                        formula="分项相加等于总数",
                    )
                )
                break
    return found


_CLOSING = re.compile(r"(?:合计|共计|总计|总共)(?:达到?|为)?$")


def broken_at_end(row: list[Figure], folded: str) -> list[Finding]:
    """``新建402公里，改造118公里，合计510公里``: the words after the parts say that they are all."""
    whole = row[-1]
    parts = row[:-1]
    if not _CLOSING.search(
        folded[max(whole.sentence[0], whole.quantity.start - 6) : whole.quantity.start]
    ) or any(f.quantity.approx for f in row):
        return []
    stretch = folded[parts[0].sentence[0] : whole.quantity.start]
    if re.search(r"其中|累计|以上|目标|计划|较|同比|人次", stretch) or len({f.as_of for f in row}) > 1:
        return []
    total = sum(map(number, parts), Decimal(0))
    expr = "+".join(map(printed, parts)) + "=" + printed(whole)
    note = f"分项合计为{total}，文中合计为{printed(whole)}，相差{abs(number(whole) - total)}"
    return [
        make("sum", expr, False, [whole, *parts], computed=str(total), formula="分项相加等于总数", note=note)
    ]


_TOTAL_OF = {
    "整改任务": "整改任务总数",
    "反馈问题": "反馈问题总数",
    "整改措施": "整改措施总数",
    "信访件": "信访件交办数",
}


def parts_of_earlier(figures: list[Figure], folded: str) -> list[Finding]:
    """``整改任务19项。截至年底，完成14项``: a part in one sentence, its whole in one just before."""
    found: list[Finding] = []
    for index, part in enumerate(figures):
        totals = _totals_for(part)
        before = [
            f
            for f in figures[max(0, index - 8) : index]
            if f.name in totals
            and f.region == part.region
            and f.unit == part.unit
            and f.sentence != part.sentence
            and "\n" not in folded[f.quantity.end : part.quantity.start]
        ]
        whole = max(before, key=number, default=None)
        if whole is not None and number(part) <= number(whole):
            expr = f"{printed(part)}<={printed(whole)}"
            found.append(make("order", expr, True, [whole, part], formula="部分不大于整体"))
    return found


_STATE_ALONE = re.compile(
    r"^(?:已?(?:整改)?完成(?:整改)?|达到序时进度|未达到?序时进度|正在(?:推进|整改)|办结|阶段性办结)数?$"
)


def _totals_for(part: Figure) -> tuple[str, ...]:
    """The names of the wholes a figure can be a part of; none for a share."""
    if part.unit == "%" or part.name in _TOTAL_OF.values():
        return ()
    if _STATE_ALONE.match(part.name):
        return tuple(_TOTAL_OF.values())
    return tuple(w for of, w in _TOTAL_OF.items() if part.name.startswith(of))
