"""The furniture of a list page: its split by lamp, its choices, its ways to other pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dugai.ledger.listing import CLOSURE_CHOICES, SIZES, Ask, Depth, Sort
from dugai.ledger.states import Lamp, Progress, SourceClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dugai.ledger.queries_list import Count, Ground, Page

ANY = ("", "不限")


@dataclass(frozen=True, slots=True)
class Way:
    """A link in a row of links."""

    word: str
    url: str
    current: bool = False
    lamp: str = ""
    count: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One select of the filter form; `on` says that it filters."""

    name: str
    word: str
    options: list[Option]
    on: bool


class Address:
    """Builds the addresses of one list page from questions."""

    def __init__(self, path: str) -> None:
        self.path = path

    def of(self, ask: Ask, **extra: str) -> str:
        """Return the address at which `ask` is answered."""
        query = urlencode({**ask.query(), **extra})
        return f"{self.path}?{query}" if query else self.path

    def by_lamp(self, ask: Ask) -> dict[Lamp, str]:
        """Return for each lamp the address at which `ask` is answered for this lamp alone."""
        rest = urlencode(ask.but(lamps=()).query())
        tail = f"&{rest}" if rest else ""
        return {lamp: f"{self.path}?lamp={lamp.value}{tail}" for lamp in Lamp}


def lamp_ways(ask: Ask, address: Address, counts: Sequence[Count], total: str) -> list[Way]:
    """Return the quick split: all, then one link for each lamp with its count."""
    everything = Way("全部", address.of(ask.but(lamps=())), not ask.lamps, count=total)
    urls = address.by_lamp(ask)
    return [
        everything,
        *(
            Way(
                count.lamp.label,
                urls[count.lamp],
                ask.lamps == (count.lamp,),
                count.lamp.value,
                str(count),
            )
            for count in counts
        ),
    ]


def region_choice(ask: Ask, where: Ground) -> Choice:
    """Return the choice of regions: back up, the region shown, one step down."""
    options = [Option("", f"全部（{where.top}）" if where.top else "全部", where.region is None)]
    region = where.region
    if region is not None:
        if (
            region.parent_id
            and where.top
            and region.depth > where.top.depth + 1
            and region.is_within(where.top)
        ):
            options.append(Option(str(region.parent_id), "返回上一级地区", chosen=False))
        options.append(Option(str(region.pk), str(region), not ask.direct))
    place = where.place
    if place is not None and where.steps:
        shown = region or place
        options.append(Option(f"{shown.pk}d", f"{shown} 本级单位", ask.direct))
    options += [Option(str(step.pk), str(step), chosen=False) for step in where.steps]
    return Choice("region", "地区", options, region is not None)


def choice(name: str, word: str, pairs: Iterable[tuple[str, str]], chosen: object) -> Choice:
    """Return a select over `pairs` of value and word, with 不限 first."""
    value = "" if chosen is None else str(chosen)
    options = [Option(code, label, code == value) for code, label in (ANY, *pairs)]
    return Choice(name, word, options, value != "")


def closure_choice(ask: Ask) -> Choice:
    """Return the choice of closure states and groups of them."""
    return choice("closure", "闭环", CLOSURE_CHOICES, ask.closure)


def class_choice(ask: Ask) -> Choice:
    """Return the choice of 1+1+N classes."""
    return choice("source_class", "交办层级", SourceClass.choices, ask.source_class)


def progress_choice(ask: Ask) -> Choice:
    """Return the choice of progress words."""
    return choice("progress", "进展", Progress.choices, ask.progress)


def depth_choice(ask: Ask) -> Choice:
    """Return the choice of levels of the task tree; it always has a value."""
    options = [Option(code, word, code == ask.depth) for code, word in Depth.choices]
    return Choice("depth", "层次", options, ask.depth is not Depth.LEAF)


def pager(ask: Ask, address: Address, page: Page) -> dict[str, object]:
    """Return the ways to the pages before and after, and the choice of page sizes."""
    return {
        "before": address.of(ask.but(before=page.before)) if page.before else "",
        "after": address.of(ask.but(after=page.after)) if page.after else "",
        "first": address.of(ask.but()) if ask.after or ask.before else "",
        "sizes": [Way(str(size), address.of(ask.but(size=size)), size == ask.size) for size in SIZES],
    }


def sorts(ask: Ask, address: Address) -> dict[str, object]:
    """Return the state and the next address of each sortable column."""
    due = {Sort.DUE: "ascending", Sort.DUE_LATE: "descending"}.get(ask.sort, "")
    then = Sort.DUE_LATE if ask.sort is Sort.DUE else Sort.DUE
    return {
        "lamp": "descending" if ask.sort is Sort.WORST else "",
        "lamp_url": address.of(ask.but(sort=Sort.WORST)),
        "due": due,
        "due_url": address.of(ask.but(sort=then)),
    }


def hidden(ask: Ask, shown: Sequence[str]) -> list[tuple[str, str]]:
    """Return the parts of the question that the form does not show but must keep."""
    kept = ask.but().query()
    for name in (*shown, *(("direct", "own") if "region" in shown else ())):
        kept.pop(name, None)
    return list(kept.items())
