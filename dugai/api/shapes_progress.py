"""Shapes of rounds and reports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from dugai.api.shapes import (
    Ask,
    Change,
    Day,
    Flag,
    Id,
    In,
    Line,
    Money,
    Opinion,
    Out,
    PathId,
    Person,
    Ref,
    Short,
    Sort,
    Text,
    Version,
)
from dugai.ledger import rules
from dugai.ledger.states import Lamp, Progress, SourceClass
from dugai.progress.states import ReportState, RoundKind, RoundState


class RoundOut(Out):
    """One reporting round."""

    id: int
    version: int
    kind: RoundKind
    period: str
    title: str
    caller: Ref
    region: Ref
    starts_on: dt.date
    due_on: dt.date
    adopt_by: dt.date
    state: RoundState
    instruction: str
    total: int
    closed_at: dt.datetime | None


class RoundDetail(RoundOut):
    """A round with the counts of what the viewer oversees: by state, and `late`."""

    counts: dict[str, int]

    @staticmethod
    def resolve_counts(row: Any) -> Any:
        """Return the counts that were read with the round."""
        return row.counts_shown


class RoundPage(Out):
    """One page of rounds."""

    items: list[RoundOut]
    next: str | None


class RoundAsk(Ask):
    """Rounds in one state."""

    state: Annotated[RoundState | None, Field(default=None)]
    sort: Annotated[Sort, Field(default=Sort.NEWEST)]


class RoundFilters(In):
    """Which open tasks a round covers; empty covers all."""

    inspection: Annotated[Id | None, Field(default=None)]
    source_class: Annotated[SourceClass | None, Field(default=None)]
    sector: Short = ""
    lamp: Annotated[list[Lamp], Field(default=[], max_length=6)]

    def chosen(self) -> dict[str, Any]:
        """Return the filters that say something."""
        return {name: value for name, value in self.dict().items() if value}


class RoundIn(In):
    """A round over a region; dates that are not given follow the region's rules."""

    kind: RoundKind
    region: Id
    title: Annotated[Line, Field(default="", max_length=120)]
    day: Annotated[Day | None, Field(default=None)]
    due_on: Annotated[Day | None, Field(default=None)]
    adopt_by: Annotated[Day | None, Field(default=None)]
    instruction: Text = ""
    filters: Annotated[RoundFilters, Field(default_factory=RoundFilters)]


class CloseIn(In):
    """Close the books; say so when reports that nobody reviewed stay as they are."""

    seen_version: Version
    leave_unreviewed: Flag = False


class RemindIn(In):
    """Units to remind; none named reminds all that still owe."""

    units: Annotated[list[Id], Field(default=[], max_length=100)]


class RemindedOut(Out):
    """How many units were reminded."""

    units: int


class QuantityOut(Out):
    """One quantity of a report: what stood before, what was added, and the sum; exact decimals as text."""

    target: int
    name: str
    unit: str
    amount: str
    before: str
    added: str
    total: str


class ReportOut(Out):
    """One task's report in one round, as lists show it."""

    id: int
    version: int
    round_id: int
    task_id: int
    problem_id: int
    owner: Ref
    state: ReportState
    progress: Progress
    percent: int
    summary: str
    late: bool
    receipt: str
    at_desk_of: Ref | None
    reporter: Person | None
    reviewer: Person | None
    review_opinion: str
    submitted_at: dt.datetime | None
    adopted_at: dt.datetime | None


class ReportPage(Out):
    """One page of reports."""

    items: list[ReportOut]
    next: str | None


class StartLine(Out):
    """One quantity as a report starts from it."""

    target: int
    name: str
    unit: str
    amount: str
    before: str


class DraftOut(Out):
    """What is being typed, as it was sent."""

    edition: int
    values: dict[str, str]
    saved_at: dt.datetime


class AttachmentOut(Out):
    """A file of a report."""

    id: int
    name: str
    size: int

    @staticmethod
    def resolve_name(row: Any) -> str:
        """Return what the person called it."""
        return str(row.file.name)

    @staticmethod
    def resolve_size(row: Any) -> int:
        """Return its bytes."""
        return int(row.file.blob.size)


class ReportDetail(ReportOut):
    """A report with everything that was filled in, its draft, where it starts from and its way up."""

    quantities: list[QuantityOut]
    funds_planned: str | None
    funds_paid: str | None
    difficulty: str
    help_wanted: str
    next_step: str
    met: list[int]
    correction: str
    no_change_reason: str
    exception: bool
    start: list[StartLine]
    draft: DraftOut | None
    attachments: list[AttachmentOut]
    way: list[Ref]

    @staticmethod
    def resolve_funds_planned(row: Any) -> str | None:
        """Write 万元 exactly."""
        return _money(row.funds_planned)

    @staticmethod
    def resolve_funds_paid(row: Any) -> str | None:
        """Write 万元 exactly."""
        return _money(row.funds_paid)

    @staticmethod
    def resolve_start(row: Any) -> Any:
        """Return the quantities the report starts from."""
        return [
            {
                "target": line.target,
                "name": line.name,
                "unit": line.unit,
                "amount": rules.plain(line.amount),
                "before": rules.plain(line.before),
            }
            for line in row.baseline_shown.lines
        ]

    @staticmethod
    def resolve_draft(row: Any) -> Any:
        """Return the draft, if anything was saved."""
        return row.draft_shown

    @staticmethod
    def resolve_attachments(row: Any) -> Any:
        """Return the attachments that were not taken away."""
        return row.files_shown

    @staticmethod
    def resolve_way(row: Any) -> Any:
        """Return the desks the report passes."""
        return row.way_shown


class Mine(StrEnum):
    """What the viewer has to do with a report."""

    TO_FILL = "to_fill"
    TO_REVIEW = "to_review"


class ReportAsk(Ask):
    """Reports of a round or task, in one state, or those that wait for the viewer."""

    round: Annotated[PathId | None, Field(default=None)]
    task: Annotated[PathId | None, Field(default=None)]
    state: Annotated[ReportState | None, Field(default=None)]
    mine: Annotated[Mine | None, Field(default=None)]
    sort: Annotated[Sort, Field(default=Sort.OLDEST)]


class AddedIn(In):
    """What this period adds to one target."""

    target: Id
    amount: Change


class ReportValues(In):
    """What a unit fills in. Quantities are what this period adds; funds are 万元 as text."""

    progress: Progress
    percent: Annotated[int | None, Field(default=None, strict=True, ge=0, le=100)]
    summary: Text = ""
    added: Annotated[list[AddedIn], Field(default=[], max_length=50)]
    funds_planned: Annotated[Money | None, Field(default=None)]
    funds_added: Annotated[Money | None, Field(default=None)]
    difficulty: Annotated[Text, Field(default="", max_length=2000)]
    help_wanted: Annotated[Text, Field(default="", max_length=2000)]
    next_step: Annotated[Text, Field(default="", max_length=2000)]
    correction: Opinion = ""
    met: Annotated[list[Id], Field(default=[], max_length=50, description="本期完成的节点")]

    def typed(self) -> dict[str, str]:
        """Return the values as the form would have typed them, for the one reader that checks them."""
        found = {
            "progress": self.progress.value,
            "percent": "" if self.percent is None else str(self.percent),
            "summary": self.summary,
            "funds_planned": self.funds_planned or "",
            "funds_added": self.funds_added or "",
            "difficulty": self.difficulty,
            "help_wanted": self.help_wanted,
            "next_step": self.next_step,
            "correction": self.correction,
            "met": " ".join(str(pk) for pk in self.met),
        }
        return found | {f"added_{row.target}": row.amount for row in self.added}


class DraftIn(In):
    """Values to keep, and the edition they were filled from (0 for none)."""

    seen_edition: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
    values: ReportValues


class SubmitIn(In):
    """Values to hand in."""

    seen_version: Version
    values: ReportValues


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else rules.plain(amount)
