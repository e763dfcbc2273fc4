"""信访 from values alone: letter numbers, days left, the published counts and both 办结率.

Source: domain reference C.6. The central inspections number D3SX202505280018: D by telephone or X by post,
the round, the province, the day it came, four digits. Other levels number as they like.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from dugai.complaints.states import (
    PUBLISHED,
    SETTLED,
    LetterState,
    LetterTime,
    Pollution,
    PublishedState,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CENTRAL = re.compile(r"(?P<way>[DX])(?P<round>\d)(?P<place>[A-Z]{2})(?P<day>\d{8})(?P<serial>\d{4})")
LOOKS_CENTRAL = re.compile(r"[DX]\d[A-Z]{2}\d+")
ANY_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕\[\]()（）\-—_/第号]{1,40}")
_SPLIT = re.compile(r"[、，,；;/\s和及]+")
_TAIL = re.compile(r"(?:环境)?(?:污染|破坏)$")
_ALSO = {
    "水环境": Pollution.WATER,
    "空气": Pollution.AIR,
    "气": Pollution.AIR,
    "废气": Pollution.AIR,
    "异味": Pollution.AIR,
    "固体废物": Pollution.WASTE,
    "固体废弃物": Pollution.WASTE,
    "危险废物": Pollution.WASTE,
    "危废": Pollution.WASTE,
    "生态环境": Pollution.ECOLOGY,
    "自然生态": Pollution.ECOLOGY,
    "噪音": Pollution.NOISE,
    "餐饮油烟": Pollution.FUMES,
    "生活垃圾": Pollution.GARBAGE,
    "畜禽": Pollution.LIVESTOCK,
    "养殖": Pollution.LIVESTOCK,
    "其它": Pollution.OTHER,
}
TYPES = {one.label: one for one in Pollution} | _ALSO
VERDICTS = {one.label: one for one in Verdict}
STATES = {
    "办结": LetterState.DONE,
    "已办结": LetterState.DONE,
    "是": LetterState.DONE,
    "阶段性办结": LetterState.STAGED,
    "阶段办结": LetterState.STAGED,
    "未办结": LetterState.WORKING,
    "正在办理": LetterState.WORKING,
    "办理中": LetterState.WORKING,
    "否": LetterState.WORKING,
    "已交办": LetterState.HANDED,
}


def normal_number(text: str) -> str:
    """Return a letter number as it is kept: half width, upper case, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def number_fault(number: str) -> str:
    """Return why a number cannot be one, or nothing. One of the central scheme must hold a real day."""
    if not ANY_NUMBER.fullmatch(number):
        return "受理编号只能是字母、数字和汉字，最多 40 个字符。"
    found = CENTRAL.fullmatch(number)
    if found is None:
        if LOOKS_CENTRAL.fullmatch(number):
            return "像中央督察的编号，但位数不对。应为 D 或 X、轮次、省份两个字母、八位日期、四位流水号。"
        return ""
    return "" if day_of(number) else f"编号里的日期 {found['day']} 不存在。请核对。"


def day_of(number: str) -> dt.date | None:
    """Return the day a number of the central scheme says it came, if it is one."""
    found = CENTRAL.fullmatch(number)
    if found is None:
        return None
    try:
        return dt.datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def types_of(text: str) -> tuple[list[str], list[str]]:
    """Read 水、大气、噪声 as kinds of pollution; return them in the order of the list, and unknown words."""
    found: set[str] = set()
    unknown = []
    for word in filter(None, _SPLIT.split(text.strip())):
        kind = TYPES.get(word) or TYPES.get(_TAIL.sub("", word))
        if kind is None:
            unknown.append(word)
        else:
            found.add(kind.value)
    return [value for value in Pollution.values if value in found], unknown


def type_words(types: Iterable[str]) -> list[str]:
    """Return the kinds in words."""
    return [Pollution(value).label for value in types]


def published(state: str) -> PublishedState:
    """Return the word of the published table for a state."""
    return PUBLISHED[LetterState(state)]


def due_on(handed_on: dt.date, days: int, workdays: frozenset[dt.date] | None) -> dt.date:
    """Return the last day for the answer: `days` days after the hand-over, or that many of `workdays`."""
    if workdays is None:
        return handed_on + dt.timedelta(days=days)
    day, left = handed_on, days
    while left > 0:
        day += dt.timedelta(days=1)
        left -= day in workdays
    return day


def time_of(
    state: str, due: dt.date, follow_up: dt.date | None, today: dt.date, soon_days: int
) -> LetterTime:
    """Return how a letter stands in time. After 阶段性办结 the day that was promised next counts."""
    if state == LetterState.DONE or (state == LetterState.STAGED and follow_up is None):
        return LetterTime.ANSWERED
    last = follow_up if state == LetterState.STAGED and follow_up is not None else due
    left = (last - today).days
    if left < 0:
        return LetterTime.OVERDUE
    if left <= soon_days:
        return LetterTime.SOON
    return LetterTime.ANSWERED if state == LetterState.STAGED else LetterTime.RUNNING


@dataclass(frozen=True, slots=True)
class Counted:
    """One letter as counts see it."""

    state: str
    verdict: str
    types: tuple[str, ...] = ()
    persons: int | None = None
    person_times: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The published counts of some letters. `types` may add up to more than `total`; the others do not."""

    total: int
    verdicts: dict[str, int]
    states: dict[str, int]
    types: dict[str, int]
    persons: int
    person_times: int

    @property
    def done(self) -> int:
        """Return how many are 办结."""
        return self.states[PublishedState.DONE]

    @property
    def staged(self) -> int:
        """Return how many are 阶段性办结."""
        return self.states[PublishedState.STAGED]

    @property
    def rate_a(self) -> str:
        """Return 办结率（口径甲）: 办结 over all."""
        return _percent(self.done, self.total)

    @property
    def rate_b(self) -> str:
        """Return 办结率（口径乙）: 办结 and 阶段性办结 over all."""
        return _percent(self.done + self.staged, self.total)


def counted(letters: Sequence[Counted]) -> Counts:
    """Count letters as the published table does; one without a verdict is in no verdict's count."""
    verdicts = Counter(one.verdict for one in letters if one.verdict)
    states = Counter(str(published(one.state)) for one in letters)
    types = Counter(value for one in letters for value in one.types)
    return Counts(
        total=len(letters),
        verdicts={value: verdicts[value] for value in Verdict.values},
        states={value: states[value] for value in PublishedState.values},
        types={value: types[value] for value in Pollution.values if types[value]},
        persons=sum(one.persons or 0 for one in letters),
        person_times=sum(one.person_times or 0 for one in letters),
    )


def _percent(part: int, whole: int) -> str:
    if not whole:
        return "无"
    value = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{f'{value:f}'.removesuffix('.0')}%"


def settled(state: str) -> bool:
    """Say whether a letter has its answer, for good or for now."""
    return state in SETTLED
