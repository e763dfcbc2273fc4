"""Parts and wholes: sums that must come out, and parts that may not be larger than the whole."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

from dugai.intake.figures.extract import Figure
from dugai.intake.reconcile.closing import bracketed, broken_at_end
from dugai.intake.reconcile.finding import Finding, make, number, printed
from dugai.intake.reconcile.units import dimension

_REST = re.compile(r"(?:其余|其他|其它|剩余|余下|另外?)(?:的)?(?:均)?[^\d,。;]{0,4}$")
_TOTAL = re.compile(r"(?:共|合计|总计|总共|累计|共计|总数(?:为|达)?)[^\d,。;]{0,10}$")
_PART = re.compile(r"其中|中[,]?(?:需|有|的)|已|有|完成|办结|含|达到|整治|属实|正在|仍")
_OPEN = re.compile(r"正在|未(?:办结|完成|整改|达)|尚未|推进")
_LARGEST = 6


def by_sentence(figures: list[Figure]) -> list[list[Figure]]:
    """Figures that stand in one sentence, in order; a value shared by two subjects counts once."""
    groups: dict[tuple[int, int], dict[int, Figure]] = {}
    for figure in figures:
        if not figure.quantity.rank and "-" not in figure.quantity.number:
            groups.setdefault(figure.sentence, {}).setdefault(figure.quantity.start, figure)
    return [list(group.values()) for group in groups.values()]


def sums(figures: list[Figure], folded: str) -> list[Finding]:
    """Every whole whose parts follow (or precede) it in the sentence."""
    found: list[Finding] = []
    for group in by_sentence(figures):
        for unit in dict.fromkeys(f.unit for f in group):
            row = [f for f in group if f.unit == unit and not _nested(f, group, folded)]
            if dimension(unit)[0] in ("%", "pp", "index"):
                continue
            found += bracketed([f for f in group if f.unit == unit], folded)
            if len(row) < 3:
                continue
            holding = _holding(row)
            found += holding
            if not holding:
                found += _broken(row, folded) or broken_at_end(row, folded)
    return found


def _nested(figure: Figure, group: list[Figure], folded: str) -> bool:
    """``21人（正厅级4人）``: a part of a part."""
    before = [f for f in group if f.quantity.start < figure.quantity.start]
    if not before:
        return False
    between = folded[before[-1].quantity.end : figure.quantity.start]
    opening = between.rfind("(")
    return (
        between[:1] == "("
        and ")" not in between[opening:]
        and "其中" not in between
        and not re.search(r"[,、;]", between)
    )


_BY_GROUP = re.compile(
    r"^\s*(?:其中)?(?:按|从)[^,。:;\d]{2,14}(?:分|看|划分|统计)|^\s*(?:分|各)(?:地区|县区|市县|行业|类型)"
)


def sums_of_next(figures: list[Figure], folded: str) -> list[Finding]:
    """The whole stands in one sentence, all its parts in the next."""
    found: list[Finding] = []
    groups = by_sentence(figures)
    for before, after in itertools.pairwise(groups):
        start = after[0].sentence[0]
        grouped = bool(_BY_GROUP.match(folded[start : start + 24]))
        if "\n" in folded[before[-1].quantity.end : after[0].quantity.start] and not grouped:
            continue
        earlier = (
            [f for g in groups for f in g if start - 400 < f.quantity.start < start] if grouped else before
        )
        for part_of_sentence in _segments(after, folded):
            for unit in dict.fromkeys(f.unit for f in part_of_sentence):
                parts = [f for f in part_of_sentence if f.unit == unit and not _nested(f, after, folded)]
                if len(parts) < 2 or dimension(unit)[0] in ("%", "pp", "index"):
                    continue
                total = sum(map(number, parts), Decimal(0))
                whole = next((f for f in earlier if f.unit == unit and number(f) == total), None)
                if whole:
                    expr = "+".join(map(printed, parts)) + "=" + printed(whole)
                    found.append(
                        make(
                            "sum",
                            expr,
                            True,
                            [whole, *parts],
                            computed=str(total),
                            formula="分项相加等于总数",
                        )
                    )
    return found


def _segments(row: list[Figure], folded: str) -> list[list[Figure]]:
    """The sentence as a whole, and its parts between semicolons where it has several."""
    parts: list[list[Figure]] = [[]]
    for index, figure in enumerate(row):
        if index and ";" in folded[row[index - 1].quantity.end : figure.quantity.start]:
            parts.append([])
        parts[-1].append(figure)
    return [row] if len(parts) == 1 else [row, *parts]


def _holding(row: list[Figure]) -> list[Finding]:
    """Wholes with the run of numbers that adds up to them. In a long list only its first number is a whole."""
    found: list[Finding] = []
    long = len(row) > _LARGEST
    running = [Decimal(0)]
    for figure in row:
        running.append(running[-1] + number(figure))
    for i, whole in enumerate(row):
        target = number(whole)
        if target <= 1 or (long and i not in (0, 1, len(row) - 1)):
            continue
        for start, stop in _runs_adding_to(target, running, i, long=long):
            parts = row[start:stop]
            expr = "+".join(map(printed, parts)) + "=" + printed(whole)
            note = "各数均为约数" if all(p.quantity.approx for p in parts) else ""
            found.append(
                make(
                    "sum",
                    expr,
                    True,
                    [whole, *parts],
                    computed=str(target),
                    formula="分项相加等于总数",
                    note=note,
                )
            )
    return found


def _runs_adding_to(
    target: Decimal, running: list[Decimal], whole: int, *, long: bool
) -> list[tuple[int, int]]:
    """Runs of at least two numbers beside ``whole`` that add up to ``target``."""
    size = len(running) - 1
    runs: list[tuple[int, int]] = []
    for start in range(size):
        for stop in range(start + 2, size + 1):
            total = running[stop] - running[start]
            if total > target:
                break
            inside = start <= whole < stop or (start < whole and stop != whole)
            if inside or (long and whole and stop != whole and stop - start < 4):
                continue
            if total == target:
                runs.append((start, stop))
    return runs


def _broken(row: list[Figure], folded: str) -> list[Finding]:
    """A sum that does not come out, only where the words say that the parts are all there is."""
    whole = row[0]
    parts = _exhaustive(row, folded)
    if not parts:
        return []
    total = sum(map(number, parts), Decimal(0))
    wholes = [f for f in row if f not in parts and f.quantity.start < parts[0].quantity.start]
    if any(number(w) == total for w in wholes) or not wholes:
        return []
    whole = wholes[-1] if len(wholes) == 1 or number(wholes[-1]) >= max(map(number, parts)) else wholes[0]
    if any(f.quantity.approx for f in (whole, *parts)):
        return []
    expr = "+".join(map(printed, parts)) + "=" + printed(whole)
    gap = number(whole) - total
    note = f"分项合计为{total}，与总数{printed(whole)}相差{abs(gap)}"
    return [
        make("sum", expr, False, [whole, *parts], computed=str(total), formula="分项相加等于总数", note=note)
    ]


def _left(figure: Figure, folded: str, width: int = 14) -> str:
    return folded[max(figure.sentence[0], figure.quantity.start - width) : figure.quantity.start]


def _right(figure: Figure, folded: str, width: int = 14) -> str:
    return folded[figure.quantity.end : min(figure.sentence[1], figure.quantity.end + width)]


def _exhaustive(row: list[Figure], folded: str) -> list[Figure]:
    """The parts that the sentence presents as complete: 其余…, 属实 … 不属实, 办结 … 未办结, … 及以下."""
    rest = [i for i, f in enumerate(row) if _REST.search(_left(f, folded))]
    if rest and rest[0] >= 2:
        last = rest[0]
        first = next((i for i in range(1, last) if _is_part(row[i], folded)), None)
        return row[first : last + 1] if first is not None else []
    truth = [f for f in row if re.search(r"(?:基本|部分|不)?属实(?:的)?(?:\(?|为|有)?$", _left(f, folded, 8))]
    if (
        len(truth) >= 2
        and any("不属实" in _left(f, folded, 8) for f in truth)
        and any(re.search(r"(?<!不)(?<!部分)(?<!基本)属实", _left(f, folded, 8)) for f in truth)
    ):
        return truth
    closed = [f for f in row if f.name in ("信访件办结数", "信访件阶段性办结数", "信访件未办结数")]
    if {f.name for f in closed} >= {"信访件办结数", "信访件未办结数"}:
        return closed
    levels = [
        f
        for f in row
        if re.search(
            r"(?:厅|处|科|局|股|省部)级(?:干部|及以[上下])?(?:干部|人员)?$|其他(?:人员|干部)?$",
            _left(f, folded, 10),
        )
    ]
    if len(levels) >= 2 and any(re.search(r"及以下|其他", _left(f, folded, 10)) for f in levels):
        return levels
    states = [
        f for f in row if re.search(r"已完成数|正在推进数|达到序时进度数|未达序时进度数|未完成数", f.name)
    ]
    names = {f.name.rsplit("问题", 1)[-1].rsplit("任务", 1)[-1] for f in states}
    if (
        len(states) >= 2
        and "已完成数" in names
        and names & {"正在推进数", "未完成数"}
        and "应完成" not in "".join(f.name for f in row)
    ):
        return states
    if (
        len(states) >= 3
        and {"已完成数", "达到序时进度数", "未达序时进度数"} <= names
        and len({f.name for f in states}) == len(states)
    ):
        return states
    return []


def _is_part(figure: Figure, folded: str) -> bool:
    return bool(
        _PART.search(_left(figure, folded))
        or re.match(r"[^\d,。;]{0,6}(?:已|完成|办结|整改)", _right(figure, folded))
    )


def orders(figures: list[Figure], folded: str) -> list[Finding]:
    """A part said to be among a whole may not be larger than it."""
    found: list[Finding] = []
    for group in by_sentence(figures):
        for i, part in enumerate(group):
            left = folded[group[i - 1].quantity.end if i else part.sentence[0] : part.quantity.start]
            right = _right(part, folded, 10)
            among = "其中" in left or bool(re.search(r"[(]?(?:含|包括)[^\d]{0,20}$", left))
            since = "其中" in folded[part.sentence[0] : part.quantity.start]
            done = bool(
                _PART.search(left)
                or re.match(r"[^\d,。;]{0,4}(?:问题|条措施)?[^\d,。;]{0,4}(?:已|完成|按时限)", right)
            )
            before = [f for f in group[:i] if _one_measure(f, part)]
            larger = [f for f in before if number(f) >= number(part)]
            if larger and (among or since or done):
                whole = larger[-1]
                found.append(
                    make(
                        "order",
                        f"{printed(part)}<={printed(whole)}",
                        True,
                        [whole, part],
                        formula="部分不大于整体",
                    )
                )
            elif before and not larger and "其中" in left and _same_noun(before[0], part):
                whole = max(before, key=number)
                if not (whole.quantity.approx or part.quantity.approx):
                    note = f"“其中”的{printed(part)}大于总数{printed(whole)}"
                    found.append(
                        make(
                            "order",
                            f"{printed(part)}<={printed(whole)}",
                            False,
                            [whole, part],
                            formula="部分不大于整体",
                            note=note,
                        )
                    )
        found += _later_whole(group, folded)
    return found


def _one_measure(whole: Figure, part: Figure) -> bool:
    """Whether the two can be compared at all: one unit, no shares."""
    if dimension(part.unit)[0] in ("%", "pp", "index"):
        return False
    return dimension(whole.unit) == dimension(part.unit)


def _same_noun(whole: Figure, part: Figure) -> bool:
    return whole.unit == part.unit and part.unit not in ("次", "人次", "件次")


def _later_whole(group: list[Figure], folded: str) -> list[Finding]:
    """``新建36家，累计134家``: the whole comes after."""
    found = []
    for a, b in itertools.pairwise(group):
        if (
            a.unit == b.unit
            and re.search(r"累计|总数|合计", _left(b, folded, 12))
            and number(a) <= number(b)
            and dimension(a.unit)[0] == "count"
        ):
            found.append(make("order", f"{printed(a)}<={printed(b)}", True, [a, b], formula="部分不大于累计"))
    return found


def letters_within(figures: list[Figure]) -> list[Finding]:
    """办结 and 阶段性办结 together may not exceed what was handed over."""
    found = []
    for group in by_sentence(figures):
        named = {f.name: f for f in reversed(group)}
        total, done, stage = (named.get(n) for n in ("信访件交办数", "信访件办结数", "信访件阶段性办结数"))
        if total and done and stage:
            both = number(done) + number(stage)
            expr = f"{printed(done)}+{printed(stage)}<={printed(total)}"
            rest = number(total) - both
            note = f"另有{rest}件未说明办理状态" if rest > 0 and "信访件未办结数" not in named else ""
            if both <= number(total):
                found.append(
                    make(
                        "order",
                        expr,
                        True,
                        [total, done, stage],
                        formula="办结与阶段性办结之和不大于交办数",
                        note=note,
                    )
                )
            else:
                note = f"办结与阶段性办结合计{both}件，多于交办的{printed(total)}件"
                found.append(
                    make(
                        "order",
                        expr,
                        False,
                        [total, done, stage],
                        computed=str(both),
                        formula="办结与阶段性办结之和不大于交办数",
                        note=note,
                    )
                )
    return found
