"""Directions against values: 从A上升到B, 提高C个百分点, 压减至, 要求 against 实际, 时隔N年."""

from __future__ import annotations

import re
from decimal import Decimal

from dugai.intake.figures.extract import Figure
from dugai.intake.grammar.numerals import integer
from dugai.intake.reconcile.finding import Finding, agree, make, number, printed, shown
from dugai.intake.reconcile.sums import by_sentence
from dugai.intake.reconcile.units import dimension

_UP = r"上升|提高|增长|增加|提升|上涨|扩大|增"
_DOWN = r"下降|降低|减少|压减|回落|缩减|缩小|减|降"
_TO_UP = re.compile(rf"(?:{_UP})(?:到|至|为)(?:了)?(?:\d{{4}}年(?:底|末)?(?:的)?)?[^\d,。;]{{0,6}}$")
_TO_DOWN = re.compile(rf"(?:{_DOWN})(?:到|至|为)(?:了)?(?:\d{{4}}年(?:底|末)?(?:的)?)?[^\d,。;]{{0,6}}$")
_FROM = re.compile(r"(?:从|由)[^。;]{0,30}$")
_APART = re.compile(r"时隔(?:(\d{1,2})|([一二两三四五六七八九十]{1,2}))年")


def changes(figures: list[Figure], folded: str) -> list[Finding]:
    """All checks of direction and distance."""
    found: list[Finding] = []
    groups = by_sentence(figures)
    for position, group in enumerate(groups):
        for index in range(1, len(group)):
            found += _from_to(group, index, folded)
        for index, figure in enumerate(group):
            found += _reduced_to(groups, position, index, folded)
            found += _wanted_and_real(group, index, folded) if figure.unit else []
    return found


def _from_to(group: list[Figure], index: int, folded: str) -> list[Finding]:
    a, b = group[index - 1], group[index]
    if dimension(a.unit) != dimension(b.unit) or a.direction:
        return []
    between = folded[a.quantity.end : b.quantity.start]
    before = folded[a.sentence[0] : a.quantity.start]
    up, down = bool(_TO_UP.search(between)), bool(_TO_DOWN.search(between))
    if not (up or down) or len(between) > 30:
        return []
    sign = ">" if up else "<"
    right = number(b) > number(a) if up else number(b) < number(a)
    said = "上升" if up else "下降"
    found: list[Finding] = []
    if right:
        found.append(
            make(
                "change",
                f"{printed(b)}{sign}{printed(a)}",
                True,
                [a, b],
                formula="变化方向与数值一致",
                note=f"与“{said}”相符",
            )
        )
    elif _FROM.search(before):
        note = f"文中称{said}，数值却由{printed(a)}变为{printed(b)}"
        found.append(
            make(
                "change",
                f"{printed(b)}{sign}{printed(a)}",
                False,
                [a, b],
                formula="变化方向与数值一致",
                note=note,
            )
        )
    if index + 1 < len(group):
        found += _distance(a, b, group[index + 1], folded)
    return found


def _distance(a: Figure, b: Figure, delta: Figure, folded: str) -> list[Finding]:
    """``由65.3%提高到70.1%，提高4.8个百分点``."""
    if delta.direction not in ("up", "down") or len(folded[b.quantity.end : delta.quantity.start]) > 14:
        return []
    if any(f.quantity.approx for f in (a, b, delta)):
        return []
    if delta.unit in ("个百分点", "百分点") and a.unit == "%":
        value, expr = abs(number(b) - number(a)), f"{printed(b)}-{printed(a)}={printed(delta)}"
        formula = "两个比例之差（个百分点）"
    elif delta.unit == "%" and a.unit != "%" and number(a) != 0:
        value = abs(number(b) - number(a)) * 100 / number(a)
        expr, formula = f"({printed(b)}-{printed(a)})/{printed(a)}={printed(delta)}%", "（现值-原值）/原值"
    elif delta.unit == a.unit and a.unit != "%":
        value, expr = abs(number(b) - number(a)), f"{printed(b)}-{printed(a)}={printed(delta)}"
        formula = "现值与原值之差"
    else:
        return []
    if delta.direction == "down":
        expr = expr.replace(f"{printed(b)}-{printed(a)}", f"{printed(a)}-{printed(b)}", 1)
    if agree(value, number(delta)):
        return [make("change", expr, True, [a, b, delta], computed=shown(value), formula=formula)]
    return [make("change", expr, False, [a, b, delta], computed=shown(value), formula=formula,
                 note=f"按两端数值计算为{shown(value)}{'%' if '/' in expr else ''}，文中为{printed(delta)}")]  # fmt: skip


def _noun(figure: Figure, folded: str) -> str:
    left = folded[max(figure.sentence[0], figure.quantity.start - 16) : figure.quantity.start]
    left = re.split(r"[,。;、\d]", left)[-1]
    return re.sub(rf"(?:{_UP}|{_DOWN})(?:到|至|为)?$|(?:约|为|达到?|共|是)+$", "", left)[-4:]


def _reduced_to(groups: list[list[Figure]], position: int, index: int, folded: str) -> list[Finding]:
    """A level reached after a change, against the level printed shortly before."""
    figure = groups[position][index]
    left = folded[figure.sentence[0] : figure.quantity.start]
    down, up = _TO_DOWN.search(left[-14:]), _TO_UP.search(left[-14:])
    if (
        not (down or up)
        or _FROM.search(left)
        or (index and _TO_UP.search(folded[groups[position][index - 1].quantity.end : figure.quantity.start]))
    ):
        return []
    earlier = [
        f
        for g in groups[max(0, position - 2) : position]
        for f in g
        if folded.count("\n", f.quantity.end, figure.quantity.start) == 0
    ]
    noun = _noun(figure, folded)[-2:]
    same = [f for f in earlier if f.unit == figure.unit and noun and _noun(f, folded).endswith(noun)]
    if not same:
        return []
    old = same[-1]
    found = _agrees(old, figure, bool(up))
    after_old = [f for f in earlier if f.quantity.start > old.quantity.start]
    for new, before in zip(groups[position][index + 1 :], after_old, strict=False):
        if new.unit == before.unit and _noun(new, folded)[-2:] == _noun(before, folded)[-2:]:
            found += _agrees(before, new, bool(up))
    return found


def _agrees(old: Figure, new: Figure, up: bool) -> list[Finding]:
    if number(old) == number(new) or (number(new) > number(old)) != up:
        return []
    sign = ">" if up else "<"
    return [
        make("change", f"{printed(new)}{sign}{printed(old)}", True, [old, new], formula="变化方向与数值一致")
    ]


def _wanted_and_real(group: list[Figure], index: int, folded: str) -> list[Finding]:
    """What was demanded beside what was reached."""
    if index == 0:
        return []
    a, b = group[index - 1], group[index]
    left_a = folded[a.sentence[0] : a.quantity.start][-16:]
    between = folded[a.quantity.end : b.quantity.start]
    if (
        dimension(a.unit) != dimension(b.unit)
        or not re.search(r"要求|目标|控制在|应|计划", left_a)
        or not re.search(r"实际", between)
    ):
        return []
    sign = "<" if number(b) < number(a) else ">" if number(b) > number(a) else "="
    return [
        make(
            "order",
            f"{printed(b)}{sign}{printed(a)}",
            True,
            [a, b],
            formula="实际值与要求值比较",
            note="与文中结论方向一致",
        )
    ]


def spans_of_years(folded: str) -> list[Finding]:
    """``2018年…时隔五年，2023年…``."""
    found = []
    for match in _APART.finditer(folded):
        years = integer(match[1] or match[2])
        before = re.findall(r"((?:19|20)\d{2})年", folded[max(0, match.start() - 80) : match.start()])
        after = re.search(r"((?:19|20)\d{2})年", folded[match.end() : match.end() + 30])
        if not before or not after or years is None:
            continue
        value = int(after[1]) - int(before[-1])
        start = max(folded.rfind(before[-1], 0, match.start()), 0)
        end = match.end() + after.end()
        note = "" if value == years else f"两个年份相差{value}年"
        found.append(Finding("date_span", f"{after[1]}-{before[-1]}={years}", value == years, (folded[start:end],), ((start, end),),
                             computed=str(Decimal(value)), formula="年份之差", note=note))  # fmt: skip
    return found
