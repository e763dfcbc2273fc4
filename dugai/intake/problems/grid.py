"""Tables: from blocks of a reader, from tabs and bars in a text; header, rows, merged cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.blocks import Block
from dugai.intake.grammar.labels import head_role, role_of
from dugai.intake.problems.model import Piece


@dataclass(slots=True)
class Grid:
    """Rows of cells; a cell that is missing is None. ``start`` and ``end`` are in the original."""

    rows: list[list[Piece | None]]
    start: int
    end: int


@dataclass(slots=True)
class Table:
    """A grid whose header was understood: the role of each column and the rows under it."""

    roles: list[str | None]
    heads: list[str]
    rows: list[list[Piece | None]]
    start: int
    end: int


def grids_of_blocks(blocks: tuple[Block, ...]) -> list[Grid]:
    """One grid for each table number among the cells."""
    tables: dict[int, list[Block]] = {}
    for block in blocks:
        if (
            block.kind == "cell"
            and block.table is not None
            and block.row is not None
            and block.col is not None
        ):
            tables.setdefault(block.table, []).append(block)
    grids = []
    for _, cells in sorted(tables.items()):
        height = max((c.row or 0) for c in cells) + 1
        width = max((c.col or 0) for c in cells) + 1
        rows: list[list[Piece | None]] = [[None] * width for _ in range(height)]
        for cell in cells:
            if cell.text.strip():
                rows[cell.row or 0][cell.col or 0] = Piece(cell.text.strip(), cell.start, cell.end)
        grids.append(Grid(rows, min(c.start for c in cells), max(c.end for c in cells)))
    return grids


def grids_of_text(original: str, taken: list[tuple[int, int]]) -> list[Grid]:
    """Runs of lines with tabs, bars or wide gaps between their cells."""
    grids: list[Grid] = []
    rows: list[list[Piece | None]] = []
    first = last = 0
    at = 0
    for line in original.splitlines(keepends=True):
        start, at = at, at + len(line)
        if any(a <= start < b for a, b in taken):
            continue
        cells = _cells(line.rstrip("\r\n"), start)
        if cells is None:
            if not line.strip():
                continue
            if rows and len(line.strip()) and _continuation(rows, line, start):
                last = at
                continue
            _close(grids, rows, first, last)
            rows = []
        elif cells:
            if not rows:
                first = start
            rows.append(cells)
            last = at
    _close(grids, rows, first, last)
    return grids


def _close(grids: list[Grid], rows: list[list[Piece | None]], first: int, last: int) -> None:
    if len(rows) >= 2:
        width = max(len(r) for r in rows)
        grids.append(Grid([r + [None] * (width - len(r)) for r in rows], first, last))


def _cells(line: str, start: int) -> list[Piece | None] | None:
    """The cells of one line; [] for a rule between rows; None where it is no row."""
    if re.fullmatch(r"[\s|:\-+=┼├┤─│]+", line) and len(line.strip()) >= 3 and "|" in line:
        return []
    if line.count("|") >= 2:
        inner = line.strip().strip("|")
        offset = line.index(inner)
        return _split(inner, start + offset, r"\|")
    if "\t" in line.strip(" \r\n") and _filled(line) >= (1 if line.count("\t") >= 2 else 2):
        return _split(line, start, r"\t")
    return None


def _filled(line: str) -> int:
    return sum(1 for cell in line.split("\t") if cell.strip())


def _split(text: str, start: int, mark: str) -> list[Piece | None]:
    cells: list[Piece | None] = []
    at = 0
    for part in re.split(f"({mark})", text):
        if re.fullmatch(mark, part):
            at += len(part)
            continue
        bare = part.strip().replace("<br>", "\n")
        lead = len(part) - len(part.lstrip())
        cells.append(Piece(bare, start + at + lead, start + at + lead + len(part.strip())) if bare else None)
        at += len(part)
    return cells


def _continuation(rows: list[list[Piece | None]], line: str, start: int) -> bool:
    """A line without separators inside a table goes on with the last cell of the row before."""
    text = line.strip()
    previous = rows[-1][-1] if rows[-1] else None
    if previous is None or len(rows) < 2 or start - previous.end > 2:
        return False
    if re.match(r"^(?:附件|[一二三四五六七八九十]{1,3}、|注[:：])", text):
        return False
    previous.text += "\n" + text
    previous.end = start + len(line.rstrip())
    return True


def understood(grid: Grid) -> Table | None:
    """The first row (or pair of rows) that names at least two fields is the header."""
    filled = [i for i, row in enumerate(grid.rows) if any(row)][:8]
    for index, row in ((i, grid.rows[i]) for i in filled):
        roles = [role_of(c.text) if c else None for c in row]
        if len({r for r in roles if r}) >= 2 and sum(1 for r in roles if r) >= 2:
            roles = _widened(row, roles)
            heads = [c.text if c else "" for c in row]
            body = grid.rows[index + 1 :]
            if body:
                below = [role_of(c.text) if c else None for c in body[0]]
                if sum(1 for r in below if r) >= 2:  # a header of two lines
                    roles = [b or a for a, b in zip(roles, below, strict=True)]
                    body = body[1:]
            return Table(roles, heads, [r for r in body if not _is_header(r)], grid.start, grid.end)
    return None


def _widened(row: list[Piece | None], roles: list[str | None]) -> list[str | None]:
    """A row known as a header: its other words are read more freely, a role that is taken already is not given again."""
    taken = {r for r in roles if r}
    out = list(roles)
    for index, cell in enumerate(row):
        role = head_role(cell.text) if cell and out[index] is None else None
        if role and role not in taken:
            out[index] = role
            taken.add(role)
    return out


def _is_header(row: list[Piece | None]) -> bool:
    """The header printed again on the next page."""
    filled = [c for c in row if c]
    return len(filled) >= 2 and sum(1 for c in filled if role_of(c.text)) >= max(2, len(filled) - 1)


def upright(grid: Grid) -> dict[str, list[Piece]] | None:
    """A form: the label on the left, its value on the right, one field a row."""
    fields: dict[str, list[Piece]] = {}
    known = rows = 0
    for row in grid.rows:
        filled = [c for c in row if c]
        if len(filled) < 2:
            continue
        rows += 1
        for label, value in zip(filled[::2], filled[1::2], strict=False):
            role = role_of(label.text)
            if role:
                known += 1
                fields.setdefault(role, []).append(value)
    return fields if rows >= 3 and known >= 3 and known >= 0.6 * rows else None
