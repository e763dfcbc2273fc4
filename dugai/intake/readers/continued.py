"""A table that goes on over a page break: the same header again, a row cut in two, a merged cell that runs on."""

from __future__ import annotations

from collections.abc import Sequence

from dugai.intake.readers.builder import Cell
from dugai.intake.readers.layout import glue

Row = list[Cell | None]
_CLOSED = "。；;！？!?"


def append(before: list[Row], rows: list[Row]) -> bool:
    """Put the next page's ``rows`` under ``before``, in place; whether a repeated header was left out."""
    repeated = (
        len(rows) > 1 and texts(rows[0]) == texts(before[0]) and not any(c and c.rowspan > 1 for c in rows[0])
    )
    if repeated:
        rows = rows[1:]
    above = _anchors(before)
    first = rows[0]
    if first[0] is not None and not first[0].text and above[0] is not None and above[0].text:
        if _is_cut(before[-1], first):
            _mend(above, rows)
            rows = rows[1:]
        else:
            _run_on(above, rows)
    before.extend(rows)
    return repeated


def texts(row: Sequence[Cell | None]) -> list[str]:
    return ["" if cell is None else cell.text for cell in row]


def _anchors(rows: list[Row]) -> list[Cell | None]:
    """For each column the cell that reaches the last row; None where a neighbour covers it."""
    last = len(rows) - 1
    found: list[Cell | None] = []
    for col in range(len(rows[last])):
        at = last
        while at > 0 and rows[at][col] is None:
            at -= 1
        cell = rows[at][col]
        found.append(cell if cell is not None and at + cell.rowspan > last else None)
    return found


def _is_cut(last: Row, first: Row) -> bool:
    """Whether the break went through a row: the longest of its own cells goes on in mid sentence."""
    pairs = [
        (a, b)
        for a, b in zip(last, first, strict=True)
        if a is not None and b is not None and b.text and b.rowspan == 1
    ]
    if not pairs or any(not a.text for a, _ in pairs):
        return False
    longest = max(pairs, key=lambda pair: len(pair[0].text) + len(pair[1].text))
    return longest[0].text[-1] not in _CLOSED


def _mend(above: list[Cell | None], rows: list[Row]) -> None:
    """Join the two halves of a row; merged cells of the lower half add their other rows to the upper."""
    for col, (a, b) in enumerate(zip(above, rows[0], strict=True)):
        if a is None or b is None:
            continue
        a.text = glue(a.text, b.text) if b.text else a.text
        a.rowspan += min(b.rowspan, len(rows)) - 1
        for row in rows[1 : b.rowspan]:
            row[col] = None


def _run_on(above: list[Cell | None], rows: list[Row]) -> None:
    """Merged cells on the left that go on below the break: empty there, or in mid sentence."""
    for col, (a, b) in enumerate(zip(above, rows[0], strict=True)):
        if (
            a is None
            or b is None
            or not a.text
            or (b.text and a.text[-1] in _CLOSED)
            or b.colspan != a.colspan
        ):
            return
        a.text = glue(a.text, b.text) if b.text else a.text
        a.rowspan += b.rowspan
        rows[0][col] = None
