"""Sentences and clauses around a quantity, and lists that share one predicate."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from dugai.intake.figures.quantities import Quantity

_SENTENCE_END = re.compile(r"[。!?\n\t|]")
_CLAUSE_MARK = ",。;:!?\n\t|、("
_ASIDE = re.compile(r"\([\u4e00-\u9fff、]{1,4}\)(?=[\u4e00-\u9fff])")
_METRIC = re.compile(
    r"(?:总磷(?:平均)?浓度|先进产能占比|产能占比|装机容量|植株密度|(?:产品)?产量|(?:年均|平均)?浓度|占比|比例|比率|[\u4e00-\u9fff]{0,6}率|指数|能耗|排放量?|面积|数量|人数|增速|强度)$"
)
_LIST = re.compile(
    r"((?:[^,。;、和与及\d]{1,16}[、和与及])+[^,。;、和与及\d]{1,26}?)(?:等[^,。;\d]{0,8}?)?(?=(?:分别|各|均|同比|为|达|居|占(?!比)|下降|增长|提高|上升|保持|提升|植株密度大幅))"
)


@dataclass(frozen=True, slots=True)
class Context:
    """The text around a quantity: ``left`` from the start of the sentence, ``right`` to its end."""

    left: str
    right: str
    start: int  # start of the sentence
    end: int

    def marked(self, quantity: Quantity) -> str:
        """The sentence with 〇 and the unit in place of the quantity, for the rules on names."""
        return f"{self.left}〇{quantity.unit}{self.right}"


_LONGEST = 1500


def _with_rests(folded: str, ends: list[int]) -> list[int]:
    """A "sentence" without an end for pages is a list that lost its marks: it rests at a comma now and then."""
    out: list[int] = []
    before = -1
    for end in [*ends, len(folded)]:
        while end - before > _LONGEST:
            part = folded[before + 1 : before + _LONGEST]
            rest = max(part.rfind(mark) for mark in ";,、 ")
            before = before + 1 + rest if rest > _LONGEST // 2 else before + _LONGEST
            out.append(before)
        out.append(end)
        before = end
    return out[:-1]


class Sentences:
    """Finds the sentence of an offset quickly."""

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self._ends = _with_rests(folded, [m.start() for m in _SENTENCE_END.finditer(folded)])

    def bounds(self, place: int) -> tuple[int, int]:
        """Start and end of the sentence around ``place``."""
        index = bisect_right(self._ends, place - 1)
        start = self._ends[index - 1] + 1 if index else 0
        end = self._ends[index] if index < len(self._ends) else len(self.folded)
        return start, max(start, end)

    def paragraph(self, place: int) -> tuple[int, int]:
        """Start and end of the paragraph around ``place``."""
        start = self.folded.rfind("\n", 0, place) + 1
        end = self.folded.find("\n", place)
        return start, len(self.folded) if end < 0 else end

    def around(self, quantity: Quantity) -> Context:
        """The sentence around a quantity, cut at the quantity."""
        start, end = self.bounds(quantity.start)
        return Context(self.folded[start : quantity.start], self.folded[quantity.end : end], start, end)

    def clause(self, quantity: Quantity, least: int = 10, most: int = 60) -> tuple[int, int]:
        """A quotable clause around a quantity: from a mark before it to a mark after it."""
        low, high = self.bounds(quantity.start)
        start = quantity.start
        while start > low and not (
            self.folded[start - 1] in _CLAUSE_MARK and quantity.start - start >= least
        ):
            if quantity.start - start >= most:
                break
            start -= 1
        end = quantity.end
        while end < high and end - quantity.end < 24:
            aside = _ASIDE.match(self.folded, end, high)
            if aside:  # 3个县(区)政府: the bracket belongs to the word
                end = aside.end()
            elif self.folded[end] in _CLAUSE_MARK:
                break
            else:
                end += 1
        return start, end


def runs(found: list[Quantity], folded: str) -> dict[int, tuple[int, int, int]]:
    """For quantities that stand in a row (A%和B%): index -> (place in the run, length, start of the run)."""
    result: dict[int, tuple[int, int, int]] = {}
    index = 0
    while index < len(found):
        last = index
        while last + 1 < len(found) and _same_row(found[last], found[last + 1], folded):
            last += 1
        if last > index:
            for k in range(index, last + 1):
                result[k] = (k - index, last - index + 1, found[index].start)
        index = last + 1
    return result


def _same_row(a: Quantity, b: Quantity, folded: str) -> bool:
    if a.unit != b.unit:
        return False
    return bool(re.fullmatch(r"\s?(?:、|和|与|及|,)\s?第?", folded[a.end : b.start])) or (
        a.rank and b.rank and b.start - a.end <= 1
    )


def subjects_of_run(left: str, count: int) -> list[str] | None:
    """The subjects of ``A、B…分别为x、y``: one text for each value, with the metric they share."""
    for match in reversed(list(_LIST.finditer(left))):
        items = [i for i in re.split(r"[、和与及]", match[1]) if i]
        if len(items) != count:
            continue
        metric = _METRIC.search(items[-1])
        tail = metric.group() if metric else ""
        rest = left[match.end() :]
        if not tail:
            follow = re.match(r"(植株密度|产能|产量|浓度)", rest)
            tail = follow[1] if follow else ""
        return [i if i.endswith(tail) else i + tail for i in items]
    return None


def subjects_sharing(left: str) -> list[str]:
    """``A率、B率均达到〇``: the subjects that share one value, the last one last."""
    match = re.search(
        r"((?:[^,。;、\d]{2,24}(?:率|比例|浓度|指数)[、和])+[^,。;、\d]{2,24}(?:率|比例|浓度|指数))(?:均|都|全部)?(?:达到?|为|保持(?:在)?|稳定(?:在)?|实现)?$",
        left,
    )
    return [i for i in re.split(r"[、]|(?<=率)和|(?<=比例)和", match[1]) if i] if match else []
