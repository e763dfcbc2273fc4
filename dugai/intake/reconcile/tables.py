"""Tables of numbers: columns against their total row, rates against the counts of their row."""

from __future__ import annotations

import re
from decimal import Decimal

from dugai.intake.figures.from_tables import TOTAL, NumberTable
from dugai.intake.problems.model import Piece
from dugai.intake.reconcile.finding import Finding, agree, nearly, shown
from dugai.intake.text.fold import fold

_HUNDRED = Decimal(100)


def table_checks(tables: list[NumberTable], original: str) -> list[Finding]:
    """Findings of every table; places are in the original text."""
    found: list[Finding] = []
    for table in tables:
        found += _columns(table)
        for _, cells in table.rows:
            found += _rates(table, cells)
    return [
        Finding(
            f.kind,
            f.expr,
            f.holds,
            tuple(original[a:b] for a, b in f.spans),
            f.spans,
            f.verdict,
            f.computed,
            f.formula,
            f.implied,
            f.note,
        )
        for f in found
    ]


def _value(cell: Piece) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", fold(cell.text)))


def _printed(cell: Piece) -> str:
    return re.sub(r"[^\d.]", "", fold(cell.text))


def _columns(table: NumberTable) -> list[Finding]:
    totals = [i for i, (label, _) in enumerate(table.rows) if TOTAL.match(label) and "小计" not in label]
    if len(totals) != 1:
        return []
    place = totals[0]
    others = table.rows[place + 1 :] if place == 0 else table.rows[:place]
    others = [(label, cells) for label, cells in others if "小计" not in label]
    found = []
    for column, (name, unit) in table.heads.items():
        whole = table.rows[place][1].get(column)
        parts = [cells[column] for _, cells in others if column in cells]
        if (
            whole is None
            or len(parts) < 2
            or len(parts) < len(others)
            or unit == "%"
            or re.search(r"率|占比|浓度|指数|平均", name)
        ):
            continue
        total = sum(map(_value, parts), Decimal(0))
        expr = "+".join(map(_printed, parts)) + "=" + _printed(whole)
        spans = tuple((c.start, c.end) for c in [whole, *parts])
        holds = total == _value(whole)
        note = "" if holds else f"“{name}”一列各行合计为{total}，合计行为{_printed(whole)}"
        found.append(
            Finding(
                "sum", expr, holds, (), spans, computed=str(total), formula="各行相加等于合计行", note=note
            )
        )
    return found


def _rates(table: NumberTable, cells: dict[int, Piece]) -> list[Finding]:
    rates = [c for c in cells if table.heads[c][1] == "%" and re.search(r"率", table.heads[c][0])]
    done = [
        c
        for c in cells
        if table.heads[c][1] != "%"
        and re.search(r"完成|办结|销号|整改数", table.heads[c][0])
        and not re.search(r"未|应|阶段", table.heads[c][0])
    ]
    whole = [
        c
        for c in cells
        if table.heads[c][1] != "%"
        and re.search(r"任务|总数|交办|反馈|问题数|受理|转办|应完成", table.heads[c][0])
        and c not in done
    ]
    if len(rates) != 1 or len(done) != 1 or len(whole) != 1 or _value(cells[whole[0]]) == 0:
        return []
    part, total, rate = cells[done[0]], cells[whole[0]], cells[rates[0]]
    value = _HUNDRED * _value(part) / _value(total)
    holds = agree(value, _value(rate))
    expr = f"{_printed(part)}/{_printed(total)}={_printed(rate)}%"
    note = "" if holds else f"按{_printed(part)}/{_printed(total)}计算为{shown(value)}%"
    verdict = None if holds or not nearly(value, _value(rate)) else "minor"
    spans = ((total.start, total.end), (part.start, part.end), (rate.start, rate.end))
    return [Finding("rate", expr, holds, (), spans, verdict, f"{shown(value)}%", "完成/总数", note=note)]
