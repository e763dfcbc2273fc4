"""A printed list against the number that sums it up: 鹰潭、宜春、吉安3个设区市."""

from __future__ import annotations

import re

from dugai.intake.figures.extract import Figure
from dugai.intake.grammar.numerals import integer
from dugai.intake.grammar.places import places_in
from dugai.intake.reconcile.finding import Finding
from dugai.intake.reconcile.units import is_count

_CN_COUNT = re.compile(
    r"“?([二两三四五六七八九十])(?:个|篇|方|项|类|大|种|部|条|件|场|位|座|家|支)?(?:重要|重大|主要|重点)?[\u4e00-\u9fff]{0,8}”?"
)
_ARABIC_COUNT = re.compile(r"(\d{1,2})个“百分之百”")
_LEAD = re.compile(
    r"^.*?(?:分成|分为|包括|建立健全|建立|制定|印发|出台|统筹|对|将|由|做好|做|压实|压紧压实|压紧|落实|实现|组织|开展|完成|涉及|分别为|即|在|：|:)(?=[\u4e00-\u9fff《“*])"
)
_TAIL = re.compile(r"(?:保持|达到|均|共|实现|的|这|等|以及|形成|共计|合计|共有)+$")
_HEADS = re.compile(r"(?:^|(?<=[\n。;]))\s*([一二三四五六七八九十])、(?=[\u4e00-\u9fff“])")
_SPOKEN = re.compile(
    r"(?:讲|谈|提|强调|说)(?:以下|如下)?(\d|[一二两三四五六七八九])(?:个方面|点|条|个)(?:的)?(?:意见|要求|问题|内容)?"
)


def counts(figures: list[Figure], folded: str) -> list[Finding]:
    """Lists that give their own number, and lists of places or titles that do not."""
    found: list[Finding] = []
    for figure in figures:
        if (
            is_count(figure.unit)
            and 2 <= figure.value <= 40
            and not figure.quantity.rank
            and figure.quantity.number.isdigit()
        ):
            found += _one(folded, figure.quantity.start, figure.quantity.end, int(figure.value))
    for pattern in (_CN_COUNT, _ARABIC_COUNT):
        for match in pattern.finditer(folded):
            number = integer(match[1])
            if number and number >= 2 and _follows_list(folded, match.start()):
                found += _one(folded, match.start(), match.end(), number)
    found += _spoken(folded)
    unique = {(f.expr, f.spans): f for f in found}
    return list(unique.values())


def _follows_list(folded: str, place: int) -> bool:
    return "、" in folded[max(0, place - 60) : place] or "》《" in folded[max(0, place - 80) : place]


def _segment(folded: str, place: int) -> tuple[int, str]:
    start = max(folded.rfind(mark, 0, place) for mark in ",。;!?\n") + 1
    start = max(start, place - 160)
    return start, folded[start:place]


def _one(folded: str, place: int, end: int, number: int) -> list[Finding]:
    start, segment = _segment(folded, place)
    heading = re.match(r"\s*(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.])", segment)
    if heading:
        start, segment = start + heading.end(), segment[heading.end() :]
    open_list = bool(re.search(r"等[^、]{0,2}$", segment))
    body = _TAIL.sub("", _TAIL.sub("", segment))
    lists = _readings(body)
    tail = re.match(r"[^,。;、\n]{0,10}", folded[end:])
    stop = end + (tail.end() if tail else 0)
    for items in lists:
        if len(items) == number:
            expr = f"count({'、'.join(items)})={number}"
            return [
                Finding(
                    "count",
                    expr,
                    True,
                    (folded[start:stop],),
                    ((start, stop),),
                    computed=str(number),
                    formula="列举项数与总数一致",
                )
            ]
    lists = [_from_its_place(items) for items in lists]
    uniform = [items for items in lists if _uniform(items)]
    if uniform and not open_list and len(uniform[0]) >= 2:
        items = uniform[0]
        note = f"列出{len(items)}项，文中为{number}"
        expr = f"count({'、'.join(items)})={number}"
        return [
            Finding(
                "count",
                expr,
                False,
                (folded[start:stop],),
                ((start, stop),),
                computed=str(len(items)),
                formula="列举项数与总数一致",
                note=note,
            )
        ]
    return []


def _readings(body: str) -> list[list[str]]:
    """The ways to read a list: by 、 alone, with the last 和, with every 和, or by 》《."""
    titles = re.findall(r"《[^《》]{3,60}》", body)
    if len(titles) >= 2 and body.rstrip().endswith("》"):
        return [_contiguous_titles(body)]
    if "、" not in body and not re.search(r"[和与及]", body):
        return []
    readings = []
    for text in (body, _LEAD.sub("", body)):
        plain = [p for p in re.split("、", text) if p]
        if plain and all(1 < len(p) <= 44 for p in plain[1:]):
            readings.append(plain)
            last = [p for p in re.split(r"(?:以及|[和与及])", plain[-1]) if p]
            readings.append(plain[:-1] + last)
        every = [p for p in re.split(r"、|以及|[和与及]", text) if p]
        readings.append(every)
    readings.reverse()
    return [
        r
        for r in readings
        if len(r) >= 2
        and all(len(i) <= 60 for i in r)
        and not any(re.search(r"\d+[件个项家人座]", i) for i in r[1:])
    ]


def _contiguous_titles(body: str) -> list[str]:
    run = re.search(r"((?:《[^《》]{3,60}》[、和与及]?)+)$", body)
    return re.findall(r"《[^《》]{3,60}》", run[1]) if run else []


def _from_its_place(items: list[str]) -> list[str]:
    """``督察了石家庄市``: where all the others are divisions, the first begins at its own."""
    named = places_in(items[0])
    if not named or named[-1][1] != len(items[0]) or named[0][0] == 0:
        return items
    return [items[0][named[-1][0] :], *items[1:]]


def _uniform(items: list[str]) -> bool:
    """All titles, or all exactly names of divisions: only such a list can contradict its number."""
    if all(i.startswith("《") and i.endswith("》") for i in items):
        return True
    for item in items:
        named = places_in(item)
        if len(named) != 1 or named[0][:2] != (0, len(item)):
            return False
    return True


def _spoken(folded: str) -> list[Finding]:
    """``我讲5个方面的意见`` against the headings 一、 … 五、."""
    found = []
    for match in _SPOKEN.finditer(folded):
        number = integer(match[1])
        heads = list(_HEADS.finditer(folded, match.end()))
        run: list[re.Match[str]] = []
        for head in heads:
            if integer(head[1]) == len(run) + 1:
                run.append(head)
        if number and len(run) == number:
            expr = f"count({'、'.join(h[1] for h in run)})={number}"
            spans = (
                (match.start(), match.end() + 4),
                *((h.start(1), min(h.start(1) + 14, len(folded))) for h in run),
            )
            found.append(
                Finding(
                    "count",
                    expr,
                    True,
                    tuple(folded[a:b] for a, b in spans),
                    spans,
                    computed=str(number),
                    formula="小标题数与所述条数一致",
                )
            )
    return found
