"""Shapes of events, receipts, messages and imports."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from dugai.api.shapes import Ask, Day, Flag, In, Line, Out, PathId, Sort, Version
from dugai.insight.queries_subject import SubjectType


class EventOut(Out):
    """One act: before and after by the names of the journal."""

    id: int
    at: dt.datetime
    kind: str
    subject_type: SubjectType
    subject_id: int
    version: int | None
    actor_name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    sha256: str
    sm3: str


class EventPage(Out):
    """One page of events."""

    items: list[EventOut]
    next: str | None


class EventAsk(Ask):
    """The history of one subject."""

    subject_type: SubjectType
    subject_id: PathId
    sort: Annotated[Sort, Field(default=Sort.OLDEST)]


class ReceiptOut(Out):
    """A proof that one event stands in the journal; `dugai/journal/check_receipt.py` checks it offline."""

    format: Literal["dugai-receipt-1"]
    event: str
    index: int
    size: int
    proof: list[str]
    root: str
    root_sm3: str
    at: str
    signature: str
    public_key: str


class MessageOut(Out):
    """One line of the inbox."""

    id: int
    title: str
    link: str
    at: dt.datetime
    read_at: dt.datetime | None


class MessagePage(Out):
    """One page of the inbox, the newest first."""

    items: list[MessageOut]
    next: str | None


class MessageAsk(Ask):
    """All messages, or those not read yet."""

    unread: Annotated[Flag, Field(default=False)]


class ImportKind(StrEnum):
    """What a workbook holds."""

    LEDGER = "ledger"
    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    REPORTS = "reports"


class ImportState(StrEnum):
    """Where an import stands."""

    READING = "reading"
    STAGED = "staged"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"
    FAILED = "failed"


class Verdict(StrEnum):
    """What became of one row."""

    GOOD = "good"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class ImportOut(Out):
    """One workbook: read = good + rejected + duplicate, always."""

    id: int
    version: int
    kind: ImportKind
    state: ImportState
    file_name: str
    file_sha256: str
    rows_read: int
    rows_good: int
    rows_rejected: int
    rows_duplicate: int
    message: str


class ImportPage(Out):
    """One page of one's own imports."""

    items: list[ImportOut]
    next: str | None


class ImportAsk(Ask):
    """One's own imports."""

    sort: Annotated[Sort, Field(default=Sort.NEWEST)]


class CellErrorOut(Out):
    """What is wrong with one cell, what it says, and what to do."""

    cell: str
    column: str
    value: str
    message: str


class ImportRowOut(Out):
    """One row of a workbook, where it stands, and what is wrong with it."""

    id: int
    sheet: str
    row: int
    verdict: Verdict
    key: str
    errors: list[CellErrorOut]


class ImportRowPage(Out):
    """One page of rows."""

    items: list[ImportRowOut]
    next: str | None


class ImportRowAsk(Ask):
    """Rows with one verdict, or all."""

    verdict: Annotated[Verdict | None, Field(default=None)]


class ImportIn(In):
    """What a workbook holds; a ledger names its inspection and region, and may name lead and day of issue."""

    kind: ImportKind
    inspection: Annotated[PathId | None, Field(default=None)]
    home: Annotated[PathId | None, Field(default=None)]
    lead: Annotated[PathId | None, Field(default=None)]
    issued: Annotated[Day | None, Field(default=None)]

    def context(self) -> dict[str, Any]:
        """Return what the reader of the workbook needs to know."""
        found = {"inspection": self.inspection, "home": self.home, "lead": self.lead}
        issued = {"issued": self.issued.isoformat()} if self.issued else {}
        return {name: value for name, value in found.items() if value is not None} | issued


class DecideIn(In):
    """The version that was seen."""

    seen_version: Version


class DiscardIn(In):
    """The version that was seen, and why the workbook is put aside."""

    seen_version: Version
    reason: Line = ""
