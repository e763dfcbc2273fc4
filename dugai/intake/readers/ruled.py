"""Tables from their lines: horizontal and vertical strokes in, cells with spans out.

Used for pdf, ofd and scanned pages alike. A merged cell is a group of grid positions with no stroke between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from dugai.intake.readers.builder import Box, Cell
from dugai.intake.readers.layout import Piece, cell_text

Stroke = tuple[float, float, float]  # position, from, to
_MOST = 400  # lines of one table in either direction


@dataclass(slots=True)
class Grid:
    """One ruled table: its box and its cells with their boxes."""

    box: Box
    rows: int
    columns: int
    cells: list[tuple[int, int, int, int, Box]]  # row, column, rowspan, colspan, box


def grids(across: Sequence[Stroke], down: Sequence[Stroke], slack: float) -> list[Grid]:
    """All tables with at least two cells; ``slack`` is the distance at which two lines are one."""
    lines = [("h", *line) for line in _merge(across, slack)] + [("v", *line) for line in _merge(down, slack)]
    found = []
    for group in _connected(lines, slack):
        hs = [(p, a, b) for kind, p, a, b in group if kind == "h"]
        vs = [(p, a, b) for kind, p, a, b in group if kind == "v"]
        if len(hs) >= 2 and len(vs) >= 2 and len(hs) <= _MOST and len(vs) <= _MOST:
            grid = _grid(hs, vs, slack)
            if grid is not None:
                found.append(grid)
    return sorted(found, key=lambda g: (g.box[1], g.box[0]))


def fill(grid: Grid, pieces: Sequence[Piece], page: int) -> list[list[Cell | None]]:
    """The table's rows with the text of ``pieces`` that lie in its cells."""
    table: list[list[Cell | None]] = [[None] * grid.columns for _ in range(grid.rows)]
    for row, col, down, right, box in grid.cells:
        inside = [p for p in pieces if _holds(box, p)]
        weights = [(p.confidence, len(p.text)) for p in inside if p.confidence is not None]
        total = sum(w for _, w in weights)
        sure = sum(c * w for c, w in weights) / total if total else None
        table[row][col] = Cell(cell_text(inside, box), down, right, page, sure, box)
    return table


def cut(piece: Piece, tables: Sequence[Grid]) -> list[Piece]:
    """The piece in parts where it runs over the border between two cells of one row."""
    middle = (piece.y0 + piece.y1) / 2
    for grid in tables:
        if not (grid.box[1] <= middle <= grid.box[3] and piece.x1 > grid.box[0] and piece.x0 < grid.box[2]):
            continue
        borders = {box[2] for *_, box in grid.cells if box[1] <= middle <= box[3]}
        reach = 0.4 * piece.height
        return _parts(piece, sorted(x for x in borders if piece.x0 + reach < x < piece.x1 - reach))
    return [piece]


def _parts(piece: Piece, borders: list[float]) -> list[Piece]:
    """Cut at the borders, taking every character to be as wide as its kind."""
    if not borders:
        return [piece]
    weights = [0.5 if char.isascii() else 1.0 for char in piece.text]
    unit = piece.width / (sum(weights) or 1.0)
    texts = [""] * (len(borders) + 1)
    x = piece.x0
    for char, weight in zip(piece.text, weights, strict=True):
        texts[sum(x + weight * unit / 2 > border for border in borders)] += char
        x += weight * unit
    edges = [piece.x0, *borders, piece.x1]
    return [
        Piece(text.strip(), edges[i], piece.y0, edges[i + 1], piece.y1, piece.confidence)
        for i, text in enumerate(texts)
        if text.strip()
    ]


def outside(grid_list: Sequence[Grid], pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces that lie in no table cell."""
    return [
        p
        for p in pieces
        if not any(_holds(g.box, p) and any(_holds(c[4], p) for c in g.cells) for g in grid_list)
    ]


def _holds(box: Box, piece: Piece) -> bool:
    x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


class _Groups:
    """Which of ``count`` things belong together."""

    def __init__(self, count: int) -> None:
        self.parent = list(range(count))

    def root(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def join(self, a: int, b: int) -> None:
        self.parent[self.root(b)] = self.root(a)

    def all(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for i in range(len(self.parent)):
            found.setdefault(self.root(i), []).append(i)
        return list(found.values())


def _merge(strokes: Sequence[Stroke], slack: float) -> list[Stroke]:
    """Strokes on one line that touch become one."""
    merged: list[list[float]] = []
    for position, start, end in sorted(strokes):
        for other in reversed(merged[-60:]):
            if (
                abs(other[0] - position) <= slack
                and start <= other[2] + 2 * slack
                and end >= other[1] - 2 * slack
            ):
                other[1], other[2] = min(other[1], start), max(other[2], end)
                break
        else:
            merged.append([position, start, end])
    return [(p, a, b) for p, a, b in merged if b - a > 2 * slack]


def _connected(
    lines: list[tuple[str, float, float, float]], slack: float
) -> list[list[tuple[str, float, float, float]]]:
    if len(lines) > 2 * _MOST:
        return []
    groups = _Groups(len(lines))
    for i, (kind, p, a, b) in enumerate(lines):
        for j in range(i):
            other, q, c, d = lines[j]
            if kind != other and c - 2 * slack <= p <= d + 2 * slack and a - 2 * slack <= q <= b + 2 * slack:
                groups.join(i, j)
    return [[lines[i] for i in group] for group in groups.all()]


def _levels(values: Sequence[float], slack: float) -> list[float]:
    levels: list[float] = []
    for value in sorted(values):
        if not levels or value - levels[-1] > 2 * slack:
            levels.append(value)
    return levels


def _grid(hs: list[Stroke], vs: list[Stroke], slack: float) -> Grid | None:
    ys, xs = _levels([h[0] for h in hs], slack), _levels([v[0] for v in vs], slack)
    rows, cols = len(ys) - 1, len(xs) - 1
    if rows < 1 or cols < 1 or rows * cols < 2 or rows * cols > 40_000:
        return None

    def ruled(lines: list[Stroke], at: float, low: float, high: float) -> bool:
        middle = (low + high) / 2
        return any(abs(p - at) <= 2 * slack and a - slack <= middle <= b + slack for p, a, b in lines)

    joined = _Groups(rows * cols)
    for r, c in itertools.product(range(rows), range(cols)):
        here = r * cols + c
        if c + 1 < cols and not ruled(vs, xs[c + 1], ys[r], ys[r + 1]):
            joined.join(here, here + 1)
        if r + 1 < rows and not ruled(hs, ys[r + 1], xs[c], xs[c + 1]):
            joined.join(here, here + cols)
    cells = [
        cell for group in joined.all() for cell in _cells([divmod(place, cols) for place in group], xs, ys)
    ]
    if len(cells) < 2:
        return None
    return Grid((xs[0], ys[0], xs[-1], ys[-1]), rows, cols, sorted(cells))


def _cells(
    region: list[tuple[int, int]], xs: list[float], ys: list[float]
) -> list[tuple[int, int, int, int, Box]]:
    """One cell when the region is a rectangle, else its positions one by one."""
    top, left = min(r for r, _ in region), min(c for _, c in region)
    down, right = max(r for r, _ in region) - top + 1, max(c for _, c in region) - left + 1
    if down * right == len(region):
        return [(top, left, down, right, (xs[left], ys[top], xs[left + right], ys[top + down]))]
    return [(r, c, 1, 1, (xs[c], ys[r], xs[c + 1], ys[r + 1])) for r, c in region]
