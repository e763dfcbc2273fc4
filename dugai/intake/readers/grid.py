"""Lay anchor cells with spans out on a grid."""

from __future__ import annotations

from collections.abc import Sequence

from dugai.intake.readers.builder import Cell
from dugai.intake.readers.errors import Unreadable
from dugai.intake.readers.limits import Limits


def spread(rows: Sequence[Sequence[Cell]], name: str, limits: Limits) -> list[list[Cell | None]]:
    """Each anchor at its place, ``None`` where a merged cell covers; rows may differ in length.

    Spans that reach outside the table are cut to it, as every browser does.
    """
    grid: list[list[Cell | None]] = [[] for _ in rows]
    covered: list[dict[int, bool]] = [{} for _ in rows]
    cells = 0
    for at, row in enumerate(rows):
        col = 0
        for cell in row:
            while covered[at].get(col):
                grid[at].append(None)
                col += 1
            cell.rowspan = min(cell.rowspan, len(rows) - at)
            if col + cell.colspan > limits.columns:
                raise Unreadable(
                    "too_many_columns", f"“{name}”有一张表超过 {limits.columns} 列。请拆开再导入。"
                )
            cells += cell.rowspan * cell.colspan
            if cells > limits.cells:
                raise Unreadable(
                    "too_many_cells", f"“{name}”有一张表超过 {limits.cells:,} 格。请拆开再导入。"
                )
            for down in range(cell.rowspan):
                for right in range(cell.colspan):
                    covered[at + down][col + right] = True
            grid[at].append(cell)
            grid[at].extend([None] * (cell.colspan - 1))
            col += cell.colspan
        while covered[at].get(col):
            grid[at].append(None)
            col += 1
    return grid


def around(
    rows: list[list[Cell | None]], *, begun: bool
) -> tuple[list[str], list[list[Cell | None]], list[str]]:
    """Lines above a sheet's table, the table, lines below it.

    A row whose only text fills one cell is a line of its own (title, unit of measure, signature) as long as no row of
    several cells stands on that side; between such rows it belongs to the table. ``begun`` says that it has started.
    """
    several = [at for at, row in enumerate(rows) if not _single(row)]
    if not several:
        return ([], rows, []) if begun else ([_only(row) for row in rows], [], [])
    first = 0 if begun else several[0]
    last = several[-1] + 1
    return [_only(row) for row in rows[:first]], rows[first:last], [_only(row) for row in rows[last:]]


def _single(row: list[Cell | None]) -> bool:
    """One filled cell that reads like a line: a few words, or merged over several columns."""
    if any(cell is not None and cell.rowspan > 1 for cell in row):
        return False
    filled = [cell for cell in row if cell is not None and cell.text]
    return len(filled) == 1 and (len(filled[0].text) > 3 or filled[0].colspan > 1)


def _only(row: list[Cell | None]) -> str:
    return next((cell.text for cell in row if cell is not None and cell.text), "")
