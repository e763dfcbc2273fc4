"""Boards as a page shows them: every count with the address of the list that adds up to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.ledger import tallies
from dugai.ledger.listing import Ask
from dugai.ledger.states import Lamp
from dugai.web import navigation
from dugai.web.list_parts import Address

if TYPE_CHECKING:
    from dugai.insight.queries_board import Board, BoardRow, Coverage

LISTS = {tallies.TASK: "tasks", tallies.PROBLEM: "problems", tallies.MEASURE: "measures"}
LEVEL_WORDS = {tallies.PROBLEM: "个问题", tallies.MEASURE: "条措施", tallies.TASK: "项任务"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A count and where it leads; no address for a count without a list of its own."""

    n: int
    url: str
    lamp: str = ""
    word: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board."""

    name: str
    total: Figure
    figures: list[Figure]
    late_share: float
    coverage: Coverage
    reported_share: str
    url: str


def address_of(level: str) -> Address | None:
    """Return the list that counts of `level` open, if there is one."""
    path = navigation.address(LISTS[level]) if level in LISTS else ""
    return Address(path) if path else None


def figure(level: str, n: int, ask: Ask, lamp: Lamp | None = None) -> Figure:
    """Return a count as a link to the rows it counts."""
    address = address_of(level)
    asked = ask.but(lamps=(lamp,)) if lamp else ask
    return Figure(
        n, address.of(asked) if address else "", lamp.value if lamp else "", lamp.label if lamp else ""
    )


def lamp_figures(level: str, counts: dict[str, int], ask: Ask) -> list[Figure]:
    """Return the six counts, worst first."""
    address = address_of(level)
    urls = address.by_lamp(ask) if address else {}
    return [Figure(counts.get(lamp.value, 0), urls.get(lamp, ""), lamp.value, lamp.label) for lamp in Lamp]


def levels(board: Board, sites: int) -> list[tuple[Figure, str]]:
    """Return the counts of problems, measures, tasks and sites of a place; levels do not convert."""
    ask = Ask(region=board.place.pk)
    found = [
        (figure(level, sum(board.levels[level].values()), ask), words) for level, words in LEVEL_WORDS.items()
    ]
    return [*found, (Figure(sites, ""), "个点位")]


def spoken(found: list[tuple[Figure, str]]) -> list[tuple[Figure, str]]:
    """Return the counts worth a word: a county has tasks, its problems lie with the city above it."""
    return [one for one in found if one[0].n] or found[:1]


def lines(board: Board, level: str) -> list[Line]:
    """Return the lines of a board, the rest last."""
    found = [
        line(str(row.organisation), row, level, Ask(region=row.organisation.pk))
        for row in board.rows
        if row.organisation
    ]
    if board.rest:
        if board.by_region:
            found.append(
                line(f"{board.place} 本级单位", board.rest, level, Ask(region=board.place.pk, direct=True))
            )
        else:
            own = Ask(region=board.place.pk, own=True)
            found.append(line(f"{board.place} 本身", board.rest, level, own))
    return found


def line(name: str, row: BoardRow, level: str, ask: Ask) -> Line:
    """Return one line with all its counts as links."""
    board_url = ""
    if row.organisation is not None:
        board_url = f"{navigation.address('board')}?region={row.organisation.pk}"
    coverage = row.coverage
    share = f"{coverage.came * 100 / coverage.owed:.1f}" if coverage.owed else "0"
    return Line(
        name=name,
        total=figure(level, row.total, ask),
        figures=lamp_figures(level, row.counts, ask),
        late_share=row.late_share * 100,
        coverage=coverage,
        reported_share=share,
        url=board_url,
    )
