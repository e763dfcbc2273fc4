"""The page about deadlines says exactly what the reader of deadlines does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.deadlines import DeadlineKind, UnknownDeadline, canonical

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "deadlines.md"
ISSUED = dt.date(2024, 3, 15)


def rows():
    table = PAGE.read_text(encoding="utf-8").split("|---|---|---|---|\n")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_wording_is_read_as_the_page_says(row):
    found = parse_deadline(row[0], issued=ISSUED)
    if isinstance(found, UnknownDeadline):
        assert row[1:] == [found.kind.label, "—", found.reason]
        return
    dates = "、".join(str(part.due) for part in found.parts if part.due) or "—"
    assert row[1:] == [found.kind.label, dates, canonical(found)]
    assert parse_deadline(row[3]) == found


def test_every_kind_is_shown():
    assert {row[1] for row in rows()} == set(DeadlineKind.labels)
