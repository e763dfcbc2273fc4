"""Shapes of letters and their batches. None has a field for who complained."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from dugai.api.shapes import (
    Ask,
    Day,
    Flag,
    Id,
    In,
    Line,
    LongText,
    Opinion,
    Out,
    PathId,
    Ref,
    Sort,
    Text,
    Version,
)
from dugai.complaints.states import Grade, LetterState, LetterTime, Pollution, PublishedState, Verdict


class LetterBatchAsk(Ask):
    """Which batches, in which order."""

    inspection: Annotated[PathId | None, Field(default=None)]
    sort: Sort = Sort.NEWEST


class LetterBatchOut(Out):
    """A batch: which inspection handed it over to whom, when, and until when it is to be answered."""

    id: int
    inspection_id: int
    region: Ref
    number: int
    handed_on: dt.date
    due_on: dt.date
    version: int


class LetterBatchPage(Out):
    """One page of batches."""

    items: list[LetterBatchOut]
    next: str | None


class LetterCountsOut(Out):
    """The published counts. `types` may add up to more than `total`; 人 and 人次 are never added up."""

    total: int
    verdicts: dict[str, int]
    states: dict[str, int]
    types: dict[str, int]
    persons: int
    person_times: int
    rate_a: str
    rate_b: str


class LetterBatchDetail(LetterBatchOut):
    """A batch with its counts."""

    counts: LetterCountsOut

    @staticmethod
    def resolve_counts(row: Any) -> Any:
        """Return the counts of the letters in sight."""
        return row.counts_shown


class LetterAsk(Ask):
    """Which letters; `mine` those that one's own unit has to handle."""

    batch: Annotated[PathId | None, Field(default=None)]
    state: Annotated[LetterState | None, Field(default=None)]
    mine: Flag = False
    sort: Sort = Sort.OLDEST


class LetterOut(Out):
    """A letter as it is published, with who handles it until when."""

    id: int
    batch_id: int
    number: str
    region: Ref
    types: list[Pollution]
    grade: Grade
    summary: str
    lead: Ref | None
    verdict: Verdict | None
    findings: str
    handling: str
    state: LetterState
    published: PublishedState
    due: dt.date
    follow_up: dt.date | None
    time: LetterTime
    days_left: int
    persons: int | None
    person_times: int | None
    accountability: str
    problem_id: int | None
    opinion: str
    version: int

    @staticmethod
    def resolve_verdict(row: Any) -> Any:
        """Return the verdict, nothing before there is one."""
        return row.verdict or None


class LetterPage(Out):
    """One page of letters."""

    items: list[LetterOut]
    next: str | None


class LetterSeenIn(In):
    """Which version was seen."""

    seen_version: Version


class LetterAnswerIn(LetterSeenIn):
    """What was found and done. `confirmed` says why something that looks personal may stay."""

    verdict: Verdict
    findings: LongText
    handling: LongText
    persons: Annotated[int | None, Field(default=None, strict=True, ge=0, le=9999)]
    person_times: Annotated[int | None, Field(default=None, strict=True, ge=0, le=9999)]
    accountability: Annotated[Text, Field(default="")]
    confirmed: Annotated[Line, Field(default="")]


class LetterReviewIn(LetterSeenIn):
    """An opinion on an answer."""

    opinion: Annotated[Opinion, Field(default="")]


class LetterReasonIn(LetterSeenIn):
    """Why an answer is sent back, or a settled letter handled again."""

    reason: Annotated[Opinion, Field(min_length=1)]


class LetterStageIn(LetterReviewIn):
    """阶段性办结, and by when the rest is done."""

    follow_up: Day


class LetterReassignIn(LetterReasonIn):
    """Another unit, and why."""

    lead: Id
