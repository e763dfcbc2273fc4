"""Figures out of tables of numbers: the column says what and in which unit, the row says where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.figures.extract import Figure
from dugai.intake.figures.naming import tier_of
from dugai.intake.figures.quantities import Quantity
from dugai.intake.grammar.places import ENDING, place_named
from dugai.intake.problems.grid import Grid
from dugai.intake.problems.model import Piece
from dugai.intake.text.edits import CleanText
from dugai.intake.text.fold import fold

_NUMBER = re.compile(r"^-?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(%|[个项件家座人亩吨条])?$")
_UNIT = re.compile(r"\(([^()]{1,8})\)\s*$")
_COUNTED = re.compile(r"([件项个家座人次条处起])数?$")
TOTAL = re.compile(r"^(?:合计|总计|小计|全[市省县区州]|总数|共计)")
_REGION = re.compile(rf"^[\u4e00-\u9fff]{{1,9}}{ENDING}$")


@dataclass(frozen=True, slots=True)
class NumberTable:
    """A grid of numbers: names and units of its columns, labels of its rows."""

    heads: dict[int, tuple[str, str]]  # column -> (name, unit)
    rows: list[tuple[str, dict[int, Piece]]]  # label and number cells, header left out


def number_table(grid: Grid) -> NumberTable | None:
    """The grid as a table of numbers, None where it is one of words."""
    for index, row in enumerate(grid.rows[:5]):
        words = [c for c in row if c and not _NUMBER.match(fold(c.text))]
        body = grid.rows[index + 1 :]
        if len(words) < 2 or len(words) < sum(1 for c in row if c) or len(body) < 2:
            continue
        heads: dict[int, tuple[str, str]] = {}
        for column in range(1, len(row)):
            head = row[column]
            cells = [r[column] for r in body if column < len(r) and r[column]]
            numbers = [c for c in cells if c and _NUMBER.match(fold(c.text))]
            if (
                head
                and len(numbers) >= 2
                and len(numbers) >= 0.6 * len(cells)
                and not re.search(r"序号|编号|排名|名次|年份|日期|电话", head.text)
            ):
                heads[column] = _head(head.text)
        if not heads:
            continue
        rows = []
        for line in body:
            label = next((c for c in line if c and not _NUMBER.match(fold(c.text))), None)
            numbers_of = {
                i: c for i in heads if i < len(line) and (c := line[i]) and _NUMBER.match(fold(c.text))
            }
            if label and numbers_of:
                rows.append((re.sub(r"\s", "", label.text), numbers_of))
        return NumberTable(_agreed(heads), rows) if len(rows) >= 2 else None
    return None


_AGREED = (
    (re.compile(r"^(?:承担|承接|涉及|牵头)?(?:整改)?任务(?:总)?(?:数|量)?$|^任务总数"), "整改任务总数"),
    (re.compile(r"^(?:反馈)?问题(?:总)?(?:数|量)?$|^问题总数"), "反馈问题总数"),
    (re.compile(r"(?:转办|交办|受理|信访|举报).{0,6}(?:总|件)数$"), "信访件交办数"),
    (re.compile(r"阶段性?办结"), "信访件阶段性办结数"),
    (re.compile(r"未办结"), "信访件未办结数"),
    (re.compile(r"办结率$"), "信访件办结率"),
    (re.compile(r"办结(?:件)?数?$"), "信访件办结数"),
)
_OF_SET = (
    (re.compile(r"未(?:达到?|按).{0,2}序时"), "未达序时进度数"),
    (re.compile(r"序时"), "达到序时进度数"),
    (re.compile(r"正在|推进"), "正在推进数"),
    (
        re.compile(
            r"^(?:整改)?(?:任务|问题)?(?:已|整改)?(?:完成|整改完成|完成整改)(?:任务|问题)?(?:项|件|个)?数?$"
        ),
        "已完成数",
    ),
)


def _agreed(heads: dict[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """The agreed names, where a head says which set it counts: 任务 and 问题 are never mixed."""
    named = {c: next((n for p, n in _AGREED if p.search(h)), h) for c, (h, _) in heads.items()}
    sets = {n[:-2] for n in named.values() if n in ("整改任务总数", "反馈问题总数")}
    if len(sets) == 1:
        whole = next(iter(sets))
        for column, name in named.items():
            state = next((s for p, s in _OF_SET if p.search(name)), None)
            if state and heads[column][1] != "%" and "信访" not in name:
                named[column] = whole + state
    return {c: (named[c], unit) for c, (_, unit) in heads.items()}


def _head(text: str) -> tuple[str, str]:
    """Name and unit of a column: 完成率（%） is (完成率, %)."""
    folded = re.sub(r"\s", "", fold(text))
    unit = _UNIT.search(folded)
    if unit:
        return folded[: unit.start()], unit[1]
    if re.search(r"率|比例|占比|百分比", folded):
        return folded, "%"
    counted = _COUNTED.search(folded)
    return folded, counted[1] if counted else ""


def figures_of_table(table: NumberTable, clean: CleanText, default: str | None) -> list[Figure]:
    """One figure a cell; its region is that of the row where the row names one."""
    found = []
    for label, cells in table.rows:
        place = place_named(label)
        region = place.name if place else label if _REGION.match(label) else default
        for column, cell in cells.items():
            name, unit = table.heads[column]
            match = _NUMBER.match(fold(cell.text))
            if match is None:
                continue
            number = (match[1] + (match[2] or "")).replace(",", "")
            start, end = clean.place_of(cell.start), clean.place_of(cell.end)
            first = min(c.start for c in cells.values())
            row_start = max(clean.folded.rfind("\n", 0, clean.place_of(first)) + 1, 0)
            quote = clean.original[clean.span(row_start, row_start + 1)[0] : cell.end].strip()
            if len(quote) > 120:
                quote = cell.text
            quantity = Quantity(start, end, number, match[3] or unit)
            scope = name if TOTAL.match(label) or region != default else f"{label}{name}"
            found.append(
                Figure(
                    scope,
                    region,
                    quantity,
                    None,
                    None,
                    None,
                    None,
                    tier_of(scope),
                    quote,
                    (start, end),
                    (row_start, end),
                )
            )
    return found
