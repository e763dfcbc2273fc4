"""What a list may be asked: closed words for filters and orders, places to page from, values in and out.

An address is the whole memory of a list: every filter, the order and the place are in it, so a view
can be saved, sent to a colleague and linked from a number. What is not understood is left out, and
never reaches the database as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from dugai.kernel.choices import Choices
from dugai.ledger.states import CLOSED_CLOSURES, Closure, Lamp, Progress, SourceClass

SIZES = (25, 50, 100)
LONGEST_WORDS = 60
LARGEST_ID = 2**63 - 1
MOST_IDS = 200
NO_DATE = "-"


class Sort(Choices):
    """The orders of a list; each has an index behind it."""

    WORST = "worst", "最差在前"
    DUE = "due", "时限早的在前"
    DUE_LATE = "due_late", "时限晚的在前"


class Depth(Choices):
    """Which tasks of the tree; counts and roll-ups speak of the lowest ones."""

    LEAF = "leaf", "末级任务"
    SPLIT = "split", "已分解的上级任务"
    ALL = "all", "全部层次"


class ClosureGroup(Choices):
    """Closure states that are asked for together."""

    UNCLOSED = "unclosed", "未销号"
    CLOSED = "closed_all", "已销号（含备案、巩固期）"


COLUMNS = {
    "code": "编号",
    "owner": "责任单位",
    "person": "责任人",
    "due": "时限",
    "left": "剩余",
    "amount": "完成量",
    "progress": "进展",
    "report": "本轮填报",
    "closure": "闭环状态",
    "label": "公布口径",
    "last": "最近报送",
}
"""The columns of a list of tasks that one may leave out; lamp and name always stand."""
USUAL_COLUMNS = ("code", "owner", "due", "left", "amount", "report", "label", "last")

CLOSURE_CHOICES = [*ClosureGroup.choices, *Closure.choices]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the row before it (or after it, when going back)."""

    lamp: Lamp
    due: dt.date | None
    pk: int

    def __str__(self) -> str:
        """Return the place as it stands in an address."""
        return f"{self.lamp}.{self.due.isoformat() if self.due else NO_DATE}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """Read a place from an address; None when it is none."""
        lamp, _, rest = text.partition(".")
        due, _, pk = rest.partition(".")
        number = _number(pk)
        if lamp not in Lamp.values or number is None or (due != NO_DATE and _day(due) is None):
            return None
        return cls(Lamp(lamp), _day(due), number)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to a list. Empty values do not filter; `after` or `before` is where the page begins."""

    lamps: tuple[Lamp, ...] = ()
    region: int | None = None
    direct: bool = False
    own: bool = False
    closure: str = ""
    source_class: str = ""
    inspection: int | None = None
    sector: str = ""
    unit: str = ""
    owner: int | None = None
    leader: int | None = None
    led_by: str = ""
    progress: str = ""
    due_from: dt.date | None = None
    due_until: dt.date | None = None
    q: str = ""
    depth: Depth = Depth.LEAF
    ids: tuple[int, ...] = ()
    cols: tuple[str, ...] = ()
    sort: Sort = Sort.WORST
    size: int = SIZES[0]
    after: Place | None = None
    before: Place | None = None

    @property
    def filters(self) -> dict[str, Any]:
        """Return the filters that are set, by name, without columns, order, size and place."""
        shape = {"cols", "sort", "size", "after", "before"}
        return {
            name: getattr(self, name)
            for name, usual in usual_values().items()
            if name not in shape and getattr(self, name) != usual
        }

    @property
    def counted_by_rollups(self) -> bool:
        """Say whether the roll-ups hold the answer: at most a region, lamps and a group of closures."""
        kept = {"region", "lamps", "closure"} >= set(self.filters)
        return kept and self.closure in {"", *ClosureGroup.values}

    @property
    def shown_lamps(self) -> tuple[Lamp, ...]:
        """Return the lamps to read, worst first."""
        return tuple(lamp for lamp in self.possible_lamps if not self.lamps or lamp in self.lamps)

    @property
    def possible_lamps(self) -> tuple[Lamp, ...]:
        """Return the lamps that rows of the asked closure can have, worst first."""
        if self.closure == ClosureGroup.UNCLOSED or (
            self.closure in Closure.values and Closure(self.closure) not in CLOSED_CLOSURES
        ):
            return tuple(lamp for lamp in Lamp if lamp is not Lamp.CLOSED)
        if self.closure == ClosureGroup.CLOSED or self.closure in Closure.values:
            return (Lamp.CLOSED,)
        return tuple(Lamp)

    def but(self, **values: Any) -> Ask:
        """Return the same question with other values, from the first page."""
        return replace(self, **{"after": None, "before": None, **values})

    def query(self) -> dict[str, str]:
        """Return the question as the query of an address; `read` gives it back."""
        found = {}
        for name, usual in usual_values().items():
            value = getattr(self, name)
            if value is not usual and value != usual:
                found["lamp" if name == "lamps" else name] = _written(value)
        return found

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Ask:
        """Read a question from the query of an address; what is not understood is left out."""
        get = query.get
        size = _number(get("size", ""))
        return cls(
            lamps=tuple(lamp for lamp in Lamp if lamp in get("lamp", "").split(",")),
            # A choice in a form is one value: `12d` means the units that stand directly under region 12.
            region=_number(get("region", "").removesuffix("d")),
            direct=get("direct", "") == "1" or get("region", "").endswith("d"),
            own=get("own", "") == "1",
            closure=_known(get("closure", ""), [value for value, _ in CLOSURE_CHOICES]),
            source_class=_known(get("source_class", ""), SourceClass.values),
            inspection=_number(get("inspection", "")),
            sector=_words(get("sector", "")),
            unit=_words(get("unit", "")),
            owner=_number(get("owner", "")),
            leader=_number(get("leader", "")),
            led_by=_words(get("led_by", "")),
            progress=_known(get("progress", ""), Progress.values),
            due_from=_day(get("due_from", "")),
            due_until=_day(get("due_until", "")),
            q=_words(get("q", "")),
            depth=Depth(_known(get("depth", ""), Depth.values) or Depth.LEAF),
            ids=_numbers(get("ids", "")),
            cols=tuple(name for name in COLUMNS if name in get("cols", "").split(",")),
            sort=Sort(_known(get("sort", ""), Sort.values) or Sort.WORST),
            size=size if size in SIZES else SIZES[0],
            after=Place.read(get("after", "")),
            before=Place.read(get("before", "")) if not get("after") else None,
        )


@cache
def usual_values() -> dict[str, Any]:
    """Return the values of a question that asks nothing, by name, in the order an address has them."""
    bare = Ask()
    return {field.name: getattr(bare, field.name) for field in fields(bare)}


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(str(one) for one in value)
    return "1" if value is True else str(value)


def _known(text: str, values: list[str]) -> str:
    return text if text in values else ""


def _words(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_WORDS]


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < len(str(LARGEST_ID))):
        return None
    return int(text)


def _numbers(text: str) -> tuple[int, ...]:
    found = [number for part in text.split(",")[:MOST_IDS] if (number := _number(part)) is not None]
    return tuple(dict.fromkeys(found))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
