"""Rates against the counts beside them; every rate names its formula."""

from __future__ import annotations

import re
from decimal import Decimal

from dugai.intake.figures.extract import Figure
from dugai.intake.reconcile.finding import (
    Finding,
    agree,
    decimals,
    make,
    nearly,
    number,
    printed,
    rounded,
    shown,
)
from dugai.intake.reconcile.sums import by_sentence
from dugai.intake.reconcile.units import dimension

_LABEL = re.compile(
    r"((?:[\u4e00-\u9fff]{0,6})(?:率|占比|比例|比重)|占(?:总数|全部|总量)?的?|百分比)(?:仅|只|已)?(?:达到?|为|约|是|近|超过?|提升至|提高到|下降[至到]|保持(?:在)?)*$"
)
_SHARE = re.compile(r"(占)[^,。;]{0,12}\d[^,。;\d]{0,4}的$")
_HUNDRED = Decimal(100)
_SECTIONS = re.compile(r"断面|点位|城市|企业|村|站点|水体|地块|天")


def rates(figures: list[Figure], folded: str) -> list[Finding]:
    """Percentages whose numerator and denominator stand in the same sentence."""
    found: list[Finding] = []
    earlier: list[Figure] = []
    for group in by_sentence(figures):
        if earlier and "\n" in folded[earlier[-1].quantity.end : group[0].quantity.start]:
            earlier = []
        found += _growth(group, folded)
        for index, rate in enumerate(group):
            if rate.unit != "%" or rate.direction is not None:
                continue
            left = folded[rate.sentence[0] : rate.quantity.start]
            label = _LABEL.search(left[-24:]) or _SHARE.search(left[-24:])
            if label is None:
                continue
            finding = (
                _by_counts(rate, group[:index], label[1], folded)
                or _across(rate, group[:index], earlier)
                or _share_of(rate, group[:index], left)
                or _implied(rate, group[:index], left)
                or _days(rate, group[:index])
            )
            if finding:
                found.append(finding)
        earlier = [*earlier, *group][-16:]
    return found


def _across(rate: Figure, before: list[Figure], earlier: list[Figure]) -> Finding | None:
    """A part in this sentence, its whole in one before: only where it comes out."""
    total = next((f for f in reversed(earlier) if f.name == "信访件交办数"), None)
    named = {f.name: f for f in before}
    done, stage = named.get("信访件办结数"), named.get("信访件阶段性办结数")
    if total and done and stage and rate.name == "信访件办结率":
        value = _HUNDRED * (_size(done) + _size(stage)) / _size(total)
        if _fits(value, rate) and not _fits(_HUNDRED * _size(done) / _size(total), rate):
            return _both(done, stage, total, rate, value)
    parts = [f for f in before if dimension(f.unit)[0] not in ("%", "pp", "index", "day")][-2:]
    for part in reversed(parts):
        for whole in earlier:
            if (
                whole.unit == part.unit
                and 0 < _size(part) <= _size(whole)
                and _fits(_HUNDRED * _size(part) / _size(whole), rate)
            ):
                return _holding(part, whole, rate, _HUNDRED * _size(part) / _size(whole), "")
    return None


def _share_of(rate: Figure, before: list[Figure], left: str) -> Finding | None:
    """``62家未完成改造，占全省145家的42.8%``: a part, its whole right after 占, their rate."""
    if len(before) < 2 or not re.search(
        r"占[^,。;]{0,12}$", left[: before[-1].quantity.start - rate.sentence[0]]
    ):
        return None
    part, whole = before[-2], before[-1]
    if part.unit != whole.unit or not 0 < _size(part) <= _size(whole):
        return None
    value = _HUNDRED * _size(part) / _size(whole)
    return _holding(part, whole, rate, value, "") if _fits(value, rate) else None


def _growth(group: list[Figure], folded: str) -> list[Finding]:
    """``1536件，同比增加120件，增长8.5%``: the growth against what there was before."""
    found = []
    for now, delta, rate in zip(group, group[1:], group[2:], strict=False):
        if (
            rate.unit != "%"
            or delta.unit != now.unit
            or delta.direction not in ("up", "down")
            or rate.direction != delta.direction
        ):
            continue
        if len(folded[now.quantity.end : rate.quantity.start]) > 40 or any(
            f.quantity.approx for f in (now, delta, rate)
        ):
            continue
        sign = 1 if delta.direction == "up" else -1
        base = number(now) - sign * number(delta)
        if base <= 0:
            continue
        value = _HUNDRED * number(delta) / base
        expr = f"{printed(delta)}/({printed(now)}{'-' if sign > 0 else '+'}{printed(delta)})={printed(rate)}%"
        holds = agree(value, number(rate))
        note = "" if holds else f"按增减量计算为{shown(value)}%"
        verdict = None if holds or not nearly(value, number(rate)) else "minor"
        if holds or _same_subject(folded[now.quantity.end : rate.quantity.start]):
            found.append(
                make(
                    "rate",
                    expr,
                    holds,
                    [now, delta, rate],
                    verdict=verdict,
                    computed=f"{shown(value)}%",
                    formula="增减量/基期值",
                    note=note,
                )
            )
    return found


def _same_subject(between: str) -> bool:
    """Nothing but 同比增加 and 增长 stands between the three numbers."""
    words = re.sub(
        r"[\d.,;%\s]|同比|环比|较上年|较去年|同期|比上年|增加|减少|增长|下降|上升|增幅|降幅|了|达|为|[个件家项座处宗起人次万吨元亩公里米]",
        "",
        between,
    )
    return len(words) <= 1


def _by_counts(rate: Figure, before: list[Figure], label: str, folded: str) -> Finding | None:
    counts = [f for f in before if dimension(f.unit)[0] not in ("%", "pp", "index", "day")]
    target = number(rate)
    pairs = [(a, t) for t in counts for a in counts if a is not t and dimension(a.unit)[0] == dimension(t.unit)[0]
             and 0 < _size(a) <= _size(t)]  # fmt: skip
    named = _named_pair(label, counts)
    if named:
        pairs = [named, *[p for p in pairs if p != named]]
    elif not re.search(r"率|占", label):
        return None
    for part, whole in pairs:
        value = _HUNDRED * _size(part) / _size(whole)
        if _fits(value, rate):
            return _holding(part, whole, rate, value, label)
    stage = next((f for f in counts if f.name == "信访件阶段性办结数"), None)
    if stage is not None and (named or "办结" in label):
        for done, whole in pairs:
            value = _HUNDRED * (_size(done) + _size(stage)) / _size(whole)
            if stage not in (done, whole) and _fits(value, rate):
                return _both(done, stage, whole, rate, value)
    pair = named or _worded_pair(label, counts, folded)
    if pair is None or target == 100 or not _one_statement(pair, rate, folded):
        return None
    value = _HUNDRED * _size(pair[0]) / _size(pair[1])
    if any(f.quantity.approx or f.quantity.bound for f in (rate, *pair)) and abs(value - target) < 2:
        return None
    verdict = "minor" if nearly(value, target) else None
    cut = decimals(target)
    note = f"按{printed(pair[0])}/{printed(pair[1])}计算为{shown(value, cut + 2)}%，四舍五入应为{rounded(value, cut)}%"
    return make("rate", f"{printed(pair[0])}/{printed(pair[1])}={printed(rate)}%", False, [pair[1], pair[0], rate],
                verdict=verdict, computed=f"{shown(value, cut + 2)}%", formula=_formula(label), note=note)  # fmt: skip


def _one_statement(pair: tuple[Figure, Figure], rate: Figure, folded: str) -> bool:
    """Whole, part and rate in one part of the sentence: only then can the rate be called wrong."""
    first = min(f.quantity.start for f in pair)
    last = max(f.quantity.end for f in pair)
    return ";" not in folded[first : rate.quantity.start] and len(folded[last : rate.quantity.start]) <= 40


def _both(done: Figure, stage: Figure, total: Figure, rate: Figure, value: Decimal) -> Finding:
    expr = f"({printed(done)}+{printed(stage)})/{printed(total)}={printed(rate)}%"
    return make("rate", expr, True, [total, done, stage, rate], computed=f"{shown(value)}%", formula="(办结+阶段性办结)/交办",
                note="按“办结加阶段性办结”口径相符")  # fmt: skip


def _size(figure: Figure) -> Decimal:
    return number(figure) * dimension(figure.unit)[1]


def _fits(value: Decimal, rate: Figure) -> bool:
    target = number(rate)
    if agree(value, target):
        return True
    if rate.quantity.approx and nearly(value, target):
        return True
    return rate.quantity.bound == ">=" and target <= value < target + 1


def _formula(label: str) -> str:
    return "办结/交办" if "办结" in label else "部分/总数"


def _holding(part: Figure, whole: Figure, rate: Figure, value: Decimal, label: str) -> Finding:
    formula = _formula(label) if "信访件" not in part.name else "办结/交办"
    return make(
        "rate",
        f"{printed(part)}/{printed(whole)}={printed(rate)}%",
        True,
        [whole, part, rate],
        computed=f"{shown(value)}%",
        formula=formula,
    )


def _named_pair(label: str, counts: list[Figure]) -> tuple[Figure, Figure] | None:
    """Numerator and denominator known by name."""
    by_name = {f.name: f for f in reversed(counts)}
    for part, whole, word in (
        ("信访件办结数", "信访件交办数", r"办结率|完成率|整改率"), ("整改任务已完成数", "整改任务总数", r"完成率|整改率|销号率"),
        ("反馈问题已完成数", "反馈问题总数", r"完成率|整改率|销号率"), ("整改措施已完成数", "整改措施总数", r"完成率"),
        ("矿山已治理面积", "矿山需治理恢复面积", r"完成率|治理率"),
    ):  # fmt: skip
        if part in by_name and whole in by_name and re.search(word, label) and _size(by_name[whole]) > 0:
            return by_name[part], by_name[whole]
    return None


def _worded_pair(label: str, counts: list[Figure], folded: str) -> tuple[Figure, Figure] | None:
    """The last two counts of one unit, if the words make one the whole and the other what was done of it."""
    if (
        not re.search(r"(?:完成|整改|治理|办结|整治|销号|清运|拆除|修复|属实|合格|处理|落实)率$", label)
        or len(counts) < 2
    ):
        return None
    whole, part = counts[-2], counts[-1]
    if whole.unit != part.unit or _size(part) > _size(whole) or _size(whole) == 0:
        return None
    before_part = folded[whole.quantity.end : part.quantity.start]
    before_whole = folded[max(whole.sentence[0], whole.quantity.start - 16) : whole.quantity.start]
    done = re.search(r"(?:已|仅|完成|整改|治理|办结|整治|销号|拆除|修复)[^\d]{0,8}$", before_part)
    fresh = re.search(r"应|需|共|排查|发现|总|计划|任务|交办|受理|达$|下达|涉及|列入", before_whole)
    return (part, whole) if done and fresh and not re.search(r"[。]|其中", before_part) else None


def _implied(rate: Figure, before: list[Figure], left: str) -> Finding | None:
    """``194个国考断面水质优良比例为84%``: the whole number of sections that gives the share."""
    wholes = [
        f
        for f in before
        if f.unit in ("个", "家", "座")
        and number(f) >= 10
        and _SECTIONS.search(left[f.quantity.end - rate.sentence[0] :][:12])
    ]
    if not wholes or not re.search(r"断面|点位|城市|站点|水体", left[-60:]):
        return None
    whole = wholes[-1]
    size, target = number(whole), number(rate)
    guess = int((size * target / _HUNDRED).to_integral_value())
    for part in (guess, guess + 1, guess - 1):
        value = _HUNDRED * part / size
        if 0 <= part <= size and agree(value, target):
            note = f"{printed(whole)}个中的{part}个，占{shown(value)}%"
            return make("rate", f"{part}/{printed(whole)}={printed(rate)}%", True, [whole, rate], computed=f"{shown(value)}%",
                        formula="部分/总数", implied=(str(part),), note=note)  # fmt: skip
    return None


def _days(rate: Figure, before: list[Figure]) -> Finding | None:
    days = [f for f in before if f.unit in ("天", "日") and f.name == "优良天数"]
    if not days or not rate.name.startswith("优良天数比例"):
        return None
    for year in (365, 366):
        value = _HUNDRED * number(days[-1]) / year
        if agree(value, number(rate)):
            return make("rate", f"{printed(days[-1])}/{year}={printed(rate)}%", True, [days[-1], rate], computed=f"{shown(value)}%",
                        formula="优良天数/全年天数", implied=(str(year),))  # fmt: skip
    return None
