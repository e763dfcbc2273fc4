"""The same thing said in two places: equal, in another unit, or in conflict."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from dugai.intake.figures.extract import Figure
from dugai.intake.reconcile.finding import Finding, decimals, make, number, printed, rounded, shown
from dugai.intake.reconcile.units import dimension

_SCOPE = re.compile(
    r"累计|新增|本批|当日|本月|本周|其中|首批|第[一二三四五六七八九十\d]+批|上半年|季度|同期|分别|应|需|计划|目标|拟|截至"
)
SectionOf = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a check across places needs to know about the text."""

    folded: str
    section_of: SectionOf  # part or summary a place belongs to; two places in one section are one statement


def crossings(figures: list[Figure], frame: Frame) -> list[Finding]:
    """Agreements, conversions and conflicts between figures of one region."""
    found: list[Finding] = []
    groups: dict[tuple[str | None, str], list[Figure]] = {}
    for figure in figures:
        if not figure.quantity.rank and "-" not in figure.quantity.number:
            groups.setdefault((figure.region, figure.name), []).append(figure)
    for group in groups.values():
        found += _within(group, frame)
    found += _same_things(figures, frame)
    found += _in_brackets(figures, frame.folded)
    return _unique(found)


def _within(group: list[Figure], frame: Frame) -> list[Finding]:
    found: list[Finding] = []
    finding: Finding | None
    for a, b in combinations(group[:24], 2):
        if a.sentence == b.sentence or dimension(a.unit)[0] != dimension(b.unit)[0]:
            continue
        if _factor(a) != _factor(b) or _word(a.unit) != _word(b.unit):
            finding = _conversion(a, b, frame)
        elif number(a) == number(b):
            same = make(
                "cross_reference", f"{printed(a)}={printed(b)}", True, [a, b], formula="同一事项前后一致"
            )
            finding = None if number(a) in (0, 1) else same
        else:
            finding = _conflict(a, b, frame)
        if finding:
            found.append(finding)
    return found


_SAID_AGAIN = re.compile(r"[(](?:约|折合|合|即|相当于|合计)?$|[,]?(?:折合|即|相当于|合)(?:约)?$")


def _in_brackets(figures: list[Figure], folded: str) -> list[Finding]:
    """``1.2万亩（800公顷）``: one quantity printed twice on the spot."""
    found = []
    for a, b in pairwise(figures):
        same_kind = dimension(a.unit)[0] == dimension(b.unit)[0] and _word(a.unit) != _word(b.unit)
        if not same_kind or not _SAID_AGAIN.fullmatch(folded[a.quantity.end : b.quantity.start]):
            continue
        in_b = number(a) * _factor(a) / _factor(b)
        in_a = number(b) * _factor(b) / _factor(a)
        holds = rounded(in_b, decimals(number(b))) == number(b) or rounded(
            in_a, decimals(number(a))
        ) == number(a)
        rough = (
            a.quantity.approx or b.quantity.approx or folded[a.quantity.end : b.quantity.start].endswith("约")
        )
        if not holds and (rough or _word(b.unit) in ("m3", "立方米") or dimension(a.unit)[0] == "index"):
            continue
        note = "" if holds else f"{printed(a)}{a.unit}折合{shown(in_b)}{b.unit}，文中为{printed(b)}{b.unit}"
        expr = f"{printed(a)}{a.unit}={printed(b)}{b.unit}"
        found.append(
            make(
                "unit_conversion",
                expr,
                holds,
                [a, b],
                computed=f"{shown(in_b)}{b.unit}",
                formula="单位换算",
                note=note,
            )
        )
    return found


def _factor(figure: Figure) -> Decimal:
    return dimension(figure.unit)[1]


def _word(unit: str) -> str:
    """公里 and 千米 are two words for one unit; counting words are all one."""
    return "" if dimension(unit)[0] in ("count", "person") else unit.lstrip("万亿千百").replace("³", "3")


def _conversion(a: Figure, b: Figure, frame: Frame) -> Finding | None:
    """Two statements of one quantity in two units, compared in the coarser one after rounding."""
    x, y = number(a) * _factor(a), number(b) * _factor(b)
    places_a, places_b = decimals(number(a)), decimals(number(b))
    expr = f"{printed(a)}{a.unit}={printed(b)}{b.unit}"
    in_b = x / _factor(b)
    holds = rounded(in_b, places_b) == number(b) or rounded(y / _factor(a), places_a) == number(a)
    if holds:
        return make(
            "unit_conversion", expr, True, [a, b], computed=f"{shown(in_b)}{b.unit}", formula="单位换算"
        )
    if not _comparable(a, b) or frame.section_of(a.quantity.start) == frame.section_of(b.quantity.start):
        return None
    if a.quantity.approx or b.quantity.approx or not _alike(a, b, frame.folded):
        return None
    if max(x, y) > 3 * min(x, y):
        verdict: str | None = "not_comparable"
    else:
        verdict = None
    note = f"{printed(a)}{a.unit}折合{shown(in_b)}{b.unit}，与{printed(b)}{b.unit}相差{shown(abs(in_b - number(b)))}{b.unit}"
    return make(
        "unit_conversion",
        expr,
        False,
        [a, b],
        verdict=verdict,
        computed=f"{shown(in_b)}{b.unit}",
        formula="单位换算",
        note=note,
    )


def _comparable(a: Figure, b: Figure) -> bool:
    """One time or no time said; neither a bound nor a change."""
    if a.direction != b.direction or a.quantity.bound != b.quantity.bound:
        return False
    return a.as_of == b.as_of or a.as_of is None or b.as_of is None


def _conflict(a: Figure, b: Figure, frame: Frame) -> Finding | None:
    """Two values of one thing: an error only where place, time, scope and wording agree."""
    if frame.section_of(a.quantity.start) == frame.section_of(b.quantity.start) and not _one_total(
        a, b, frame
    ):
        return None
    if a.direction or b.direction or not _alike(a, b, frame.folded):
        return None
    expr = f"{printed(a)}={printed(b)}"
    if not _comparable(a, b) or (a.as_of != b.as_of and a.tier == "indicator"):
        return make(
            "cross_reference",
            expr,
            False,
            [a, b],
            verdict="not_comparable",
            formula="同一事项前后一致",
            note="两处的截止时间或统计期不同，不可比",
        )
    if a.as_of != b.as_of:
        return None
    scope_a, scope_b = _scope(a, frame.folded), _scope(b, frame.folded)
    if scope_a != scope_b:
        return make(
            "cross_reference",
            expr,
            False,
            [a, b],
            verdict="not_comparable",
            formula="同一事项前后一致",
            note="两处的统计口径不同，不可比",
        )
    if any(f.quantity.approx for f in (a, b)) and abs(number(a) - number(b)) * 10 <= max(
        number(a), number(b)
    ):
        return None
    return make(
        "cross_reference",
        expr,
        False,
        [a, b],
        formula="同一事项前后一致",
        note=f"同一事项两处数值不同：{printed(a)}{a.unit}与{printed(b)}{b.unit}",
    )


_TOTALS = ("整改任务总数", "反馈问题总数", "整改措施总数", "信访件交办数")
_SET = re.compile(
    r"第[一二三四五六]轮|第[一二三四五六七八九十\d]+批|回头看|警示片|典型案例|中央|省级|市级|省督|央督|国家|专项|海洋|长江|黄河|今年|本年|年度|(?:19|20)\d{2}年"
    r"|其中|涉及|牵头|承担|需|应|限期|重点|新增|剩余|其余|来电|来信|本|累计|首"
)


def _one_total(a: Figure, b: Figure, frame: Frame) -> bool:
    """The total of one set, printed in two paragraphs of one text, with nothing that tells two sets apart."""
    if (
        a.name not in _TOTALS
        or not re.fullmatch(r"[项个条件起]", a.unit)
        or a.unit != b.unit
        or a.as_of != b.as_of
    ):
        return False
    first, second = sorted((a.quantity.start, b.quantity.start))
    if "\n" not in frame.folded[first:second]:
        return False
    sets = [
        set(_SET.findall(frame.folded[max(f.sentence[0], f.quantity.start - 60) : f.quantity.end + 3]))
        for f in (a, b)
    ]
    return sets[0] == sets[1] and not sets[0] & {"其中", "涉及", "牵头", "承担", "新增", "剩余", "其余"}


def _scope(figure: Figure, folded: str) -> frozenset[str]:
    left = folded[max(figure.sentence[0], figure.quantity.start - 14) : figure.quantity.start]
    return frozenset(_SCOPE.findall(left)) - {"截至"}


def _alike(a: Figure, b: Figure, folded: str) -> bool:
    """Whether the words beside the two numbers are the same words."""
    if a.tier == "headline" and a.name == b.name and re.search(r"总数$|交办数$", a.name):
        return True
    return (
        max(_ratio(_before(a, folded), _before(b, folded)), _ratio(_after(a, folded), _after(b, folded)))
        >= 0.75
    )


def _before(figure: Figure, folded: str) -> str:
    text = re.split(r"[,。;:、\n\d]", folded[max(0, figure.quantity.start - 14) : figure.quantity.start])[-1]
    return re.sub(r"(?:已|达到?|建成|完成|为|约|近|累计|共)+$|^(?:完成|建成|累计|共|已)+", "", text)


def _after(figure: Figure, folded: str) -> str:
    return re.split(r"[,。;:、\n\d]", folded[figure.quantity.end : figure.quantity.end + 14])[0]


def _ratio(a: str, b: str) -> float:
    if min(len(a), len(b)) < 3:
        return 0.0
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def _same_things(figures: list[Figure], frame: Frame) -> list[Finding]:
    """Equal values beside equal nouns in one region: agreements that the names alone do not show."""
    found = []
    by_value: dict[tuple[str | None, str, str], list[Figure]] = {}
    for figure in figures:
        if figure.value > 1 and not figure.quantity.rank:
            by_value.setdefault(
                (figure.region, figure.quantity.number, dimension(figure.unit)[0]), []
            ).append(figure)
    for group in by_value.values():
        for a, b in combinations(group[:12], 2):
            if (
                a.sentence != b.sentence
                and a.name != b.name
                and (_shares_noun(a, b, frame.folded) or _alike(a, b, frame.folded))
            ):
                found.append(
                    make(
                        "cross_reference",
                        f"{printed(a)}={printed(b)}",
                        True,
                        [a, b],
                        formula="同一事项前后一致",
                    )
                )
    return found


def _shares_noun(a: Figure, b: Figure, folded: str) -> bool:
    after_a, after_b = (
        folded[a.quantity.end : a.quantity.end + 12],
        folded[b.quantity.end : b.quantity.end + 12],
    )
    if after_a[:1] and after_a[:1] == after_b[:1] and re.match(r"[市州县镇乡村省]", after_a):
        return True
    thing = re.match(r"[\u4e00-\u9fff]{0,4}?(任务|问题|措施|信访|举报|案件|矿山|断面|项目|企业)", after_a)
    if (
        thing
        and number(a) >= 10
        and a.unit == b.unit
        and re.match(rf"[\u4e00-\u9fff]{{0,4}}?{thing[1]}", after_b)
    ):
        return True
    pieces = {after_b[i : i + 2] for i in range(len(after_b) - 1)}
    shared = sum(
        1
        for i in range(8)
        if re.fullmatch(r"[\u4e00-\u9fff]{2}", after_a[i : i + 2]) and after_a[i : i + 2] in pieces
    )
    return shared >= 2


def _unique(found: list[Finding]) -> list[Finding]:
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        kept.setdefault((finding.kind, finding.expr, finding.spans), finding)
    return list(kept.values())
