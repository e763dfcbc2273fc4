"""From quantities to figures: name, region, time, direction, quote."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dugai.intake.figures.context import Sentences, runs, subjects_of_run, subjects_sharing
from dugai.intake.figures.naming import name_of
from dugai.intake.figures.quantities import Quantity, quantities
from dugai.intake.grammar.dates import When, whens
from dugai.intake.grammar.numerals import integer
from dugai.intake.text.edits import CleanText

RegionAt = Callable[[int], str | None]

_UP = re.compile(
    r"(?:上升|提高|增长|增加|提升|上涨|增幅|扩大|增幅达)(?:了|约|近|幅度达?|超过?|达)?\s?(?:约|近)?$"
)
_DOWN = re.compile(
    r"(?:下降|降低|减少|压减|回落|减幅|降幅|缩减|削减)(?:了|约|近|幅度达?|超过?|达)?\s?(?:约|近)?$"
)
_BETTER = re.compile(r"(?:好于|优于)[^,。;\d]{0,12}$")
_LOWER = re.compile(r"低于[^,。;\d]{0,12}(?:目标|要求|任务|标准|计划|平均)[^,。;\d]{0,4}$")
_HIGHER = re.compile(r"(?:高于|超额完成|超过|超)[^,。;\d]{0,12}(?:目标|要求|任务|计划|平均)[^,。;\d]{0,4}$")
_BASE_BEFORE = re.compile(r"(?:较|比|与|相比|相较于|同)\s?$")
_HUNDREDS = re.compile(
    r"(\d|[二三四五六七八九])个“?百分之百”?|(?:均|都|全部)?(?:达到?|为|保持|实现)“?百分之百”?"
)
_CHINESE_COUNT = re.compile(
    r"(?:分成|分为|划分为)[^。;]{4,60}?(?P<n>[二三四五六七八九十]{1,2})(?P<u>类|种)|共(?:有|设)?(?P<n2>[二三四五六七八九十]{1,2})(?P<u2>项|个)(?=议程|议题|任务|问题)"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity with its meaning. ``start`` and ``end`` are offsets in the cleaned text."""

    name: str
    region: str | None
    quantity: Quantity
    as_of: str | None
    as_of_raw: str | None
    period: str | None
    direction: str | None
    tier: str
    quote: str
    sentence: tuple[int, int]
    quote_at: tuple[int, int]

    @property
    def value(self) -> float:
        return self.quantity.value

    @property
    def unit(self) -> str:
        return self.quantity.unit


def direction_of(left: str) -> str | None:
    """``up``, ``down`` or ``better`` for a change or a distance; a level reached has none."""
    if _BETTER.search(left):
        return "better"
    if _UP.search(left) or _HIGHER.search(left):
        return "up"
    return "down" if _DOWN.search(left) or _LOWER.search(left) else None


class Extractor:
    """Reads the figures of one cleaned text."""

    def __init__(
        self,
        clean: CleanText,
        region_at: RegionAt,
        leave_out: list[tuple[int, int]],
        year: int | None = None,
    ) -> None:
        self.clean = clean
        self.folded = clean.folded
        self.region_at = region_at
        self.sentences = Sentences(self.folded)
        self.quantities = [*quantities(self.folded, leave_out), *self._in_words(leave_out)]
        self.quantities.sort(key=lambda q: (q.start, q.end))
        self.whens = whens(self.folded, year)

    def figures(self) -> list[Figure]:
        """Every figure in the order of the text, one for each subject that shares a value."""
        rows = runs(self.quantities, self.folded)
        lists: dict[tuple[int, int], list[str]] = {}
        directions: dict[int, str | None] = {}
        found: list[Figure] = []
        for index, quantity in enumerate(self.quantities):
            context = self.sentences.around(quantity)
            subject: str | None = None
            direction = None if quantity.rank else direction_of(context.left[-30:])
            if index in rows:
                k, count, first = rows[index]
                own = subjects_of_run(self.folded[context.start : first], count)
                if own:
                    lists[(context.start, count)] = own
                known = lists.get((context.start, count))
                if known:
                    subject = known[k]
                if k == 0:
                    directions[first] = direction
                elif direction is None:
                    direction = directions.get(first)
            shared = subjects_sharing(context.left) if quantity.unit == "%" else []
            subjects: list[str | None] = [*shared] or [subject]
            for name_subject in subjects:
                found.append(self._figure(quantity, context.left, context.right, name_subject, direction))
        return found

    def _figure(
        self, quantity: Quantity, left: str, right: str, subject: str | None, direction: str | None
    ) -> Figure:
        text = self.folded[quantity.start : quantity.end]
        name, tier = name_of(left, quantity.unit, right, subject=subject, rank=quantity.rank,
                             rank_text=left[-12:] + text, direction=direction)  # fmt: skip
        when = self._when(quantity, tier)
        start, end = self.sentences.clause(quantity)
        quote = self.clean.quote(start, end).strip()
        return Figure(
            name=name, region=self.region_at(quantity.start), quantity=quantity,
            as_of=when.as_of if when else None, as_of_raw=when.raw if when else None, period=when.period if when else None,
            direction=direction, tier=tier, quote=quote, sentence=self.sentences.bounds(quantity.start), quote_at=(start, end),
        )  # fmt: skip

    def _when(self, quantity: Quantity, tier: str) -> When | None:
        """In its own sentence; else said at the head of the paragraph; for an indicator also shortly before."""
        low, _ = self.sentences.bounds(quantity.start)
        inside = [
            w
            for w in self.whens
            if low <= w.start and w.end <= quantity.start and not self._is_base(w, quantity)
        ]
        if inside:
            return inside[-1]
        begin, _ = self.sentences.paragraph(quantity.start)
        lead = [
            w
            for w in self.whens
            if begin <= w.start < quantity.start
            and not self._is_base(w, quantity)
            and w.as_of
            and self._opens_clause(w)
        ]
        if lead and lead[0].start - begin <= 32:
            return lead[-1] if lead[-1].start - self.sentences.bounds(lead[-1].start)[0] <= 12 else lead[0]
        if tier == "indicator" and lead:
            between = self.folded[lead[-1].end : quantity.start]
            return lead[-1] if len(re.findall(r"。", between)) <= 2 else None
        return None

    def _opens_clause(self, when: When) -> bool:
        return self.folded[max(0, when.start - 1) : when.start] in (
            "",
            "\n",
            "。",
            ",",
            ";",
            ")",
            ":",
        ) and not when.raw.startswith("“十")

    def _is_base(self, when: When, quantity: Quantity) -> bool:
        before = self.folded[max(0, when.start - 3) : when.start]
        after = self.folded[when.end : when.end + 4]
        if self._in_title(when) or (re.search(r"十.五", when.raw) and re.search(r"在$|明确$|是$|《", before)):
            return True
        if _BASE_BEFORE.search(before) or after.startswith(("同期", "度同期")):
            return True
        if re.match(r"的(?!\d)", after) and re.search(r"[为是由]$", before):
            return True
        if re.search(r"[从由]$", before):
            return quantity.start - when.end > 8
        if re.match(r"[^\d,。;]{0,3}倍", self.folded[quantity.end - 1 : quantity.end + 1]) and re.search(
            r"为$", before
        ):
            return True
        tail = self.folded[when.end : when.end + 24]
        return bool(re.match(r"[^,。;]{0,10}(?:前|底前)(?:应|完成|要|需)", tail)) or bool(
            re.match(r"底?前", after)
        )

    def _in_title(self, when: When) -> bool:
        """Inside 《…》, where a year is part of a name."""
        opening = self.folded.rfind("《", max(0, when.start - 60), when.start)
        return (opening >= 0 and "》" not in self.folded[opening : when.start]) or bool(
            re.match(r"[-至]?(?:\d{4})?年?(?:行动)?(?:规划|计划|方案)", self.folded[when.end : when.end + 12])
        )

    def _in_words(self, leave_out: list[tuple[int, int]]) -> list[Quantity]:
        """百分之百 after a list of rates, and counts in Chinese numerals that close a printed list."""
        found: list[Quantity] = []
        for match in _HUNDREDS.finditer(self.folded):
            counted = match[1] and re.search(
                r"(?:率|比例|浓度)[^。;,]{0,8}$", self.folded[max(0, match.start() - 16) : match.start()]
            )
            if counted or re.search(r"(?:率|比例)$", self.folded[max(0, match.start() - 3) : match.start()]):
                found.append(Quantity(match.start(), match.end(), "100", "%"))
        for match in _CHINESE_COUNT.finditer(self.folded):
            group = "n" if match["n"] else "n2"
            number = integer(match[group])
            unit = match["u"] or match["u2"]
            if number:
                found.append(Quantity(match.start(group), match.end(), str(number), unit))
        blocked = [q for q in found if any(a <= q.start < b for a, b in leave_out)]
        return [q for q in found if q not in blocked]
