"""A sample document before it has a format: lines and tables, with the record that a reader should find in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]


@dataclass(slots=True)
class Line:
    """One paragraph. ``style`` is title, heading, body, right or plain."""

    text: str
    style: str = "body"


@dataclass(slots=True)
class TCell:
    text: str
    rowspan: int = 1
    colspan: int = 1


@dataclass(slots=True)
class Grid:
    """A table of anchor cells; spans as in html. ``widths`` are shares of the line."""

    rows: list[list[TCell]]
    widths: list[float]


@dataclass(slots=True)
class Paper:
    """``truth`` follows the intake record; ``kind`` is the sample's own kind."""

    kind: str
    elements: list[Line | Grid]
    truth: Record
    damage: list[str] = field(default_factory=list)

    def lines(self) -> list[Line]:
        return [e for e in self.elements if isinstance(e, Line)]

    def grids(self) -> list[Grid]:
        return [e for e in self.elements if isinstance(e, Grid)]

    def copy(self) -> Paper:
        """Deep enough to damage without touching the original."""
        elements: list[Line | Grid] = []
        for element in self.elements:
            if isinstance(element, Line):
                elements.append(dataclasses.replace(element))
            else:
                rows = [[dataclasses.replace(cell) for cell in row] for row in element.rows]
                elements.append(Grid(rows, list(element.widths)))
        return Paper(self.kind, elements, _deep(self.truth), list(self.damage))

    def plain(self) -> str:
        """All text without any layout, for measuring what a reader brought back."""
        parts: list[str] = []
        for element in self.elements:
            if isinstance(element, Line):
                parts.append(element.text)
            else:
                parts += [cell.text for row in element.rows for cell in row]
        return "\n".join(parts)


def spread(grid: Grid) -> Iterator[tuple[int, int, TCell]]:
    """Anchor cells with their row and column on the full grid."""
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(grid.rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            taken.update((r + i, c + j) for i in range(cell.rowspan) for j in range(cell.colspan))
            yield r, c, cell
            c += cell.colspan


def _deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _deep(item) for key, item in value.items()}
    return [_deep(item) for item in value] if isinstance(value, list) else value
