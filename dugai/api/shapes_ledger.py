"""Shapes of inspections, problems and measures."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from dugai.api.shapes import (
    Ask,
    Day,
    DueSort,
    Flag,
    Id,
    In,
    Line,
    LongText,
    Out,
    PathId,
    Person,
    Ref,
    Search,
    Short,
    Sort,
    Text,
    Version,
    Word,
)
from dugai.api.shapes_task import NewTaskIn
from dugai.ledger import queries_plan
from dugai.ledger.queries_feed import Filters
from dugai.ledger.states import (
    Closure,
    InspectionLevel,
    InspectionType,
    Lamp,
    ProblemKind,
    Progress,
    SourceClass,
    SourceType,
)


class OtherPart(StrEnum):
    """What a unit does for a problem or measure besides leading it."""

    RESPONSIBLE = "responsible"
    COOPERATING = "cooperating"
    SUPERVISING = "supervising"
    ACCEPTING = "accepting"


class Part(StrEnum):
    """What a unit does for a problem or measure."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATING = "cooperating"
    SUPERVISING = "supervising"
    ACCEPTING = "accepting"


class InspectionOut(Out):
    """One inspection of one object."""

    id: int
    version: int
    code: str
    name: str
    level: InspectionLevel
    type: InspectionType
    round: int | None
    batch: int | None
    team: str
    object: Ref
    present_from: dt.date | None
    present_until: dt.date | None
    fed_back_on: dt.date | None


class InspectionPage(Out):
    """One page of inspections."""

    items: list[InspectionOut]
    next: str | None


class InspectionAsk(Ask):
    """A page of inspections."""

    sort: Annotated[Sort, Field(default=Sort.NEWEST)]


class InspectionIn(In):
    """A new inspection."""

    object: Id
    code: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]
    name: Word
    level: InspectionLevel
    type: InspectionType
    round: Annotated[int | None, Field(default=None, strict=True, ge=1, le=99)]
    batch: Annotated[int | None, Field(default=None, strict=True, ge=1, le=99)]
    team: Short = ""
    present_from: Annotated[Day | None, Field(default=None)]
    present_until: Annotated[Day | None, Field(default=None)]
    fed_back_on: Annotated[Day | None, Field(default=None)]


class PartOut(Out):
    """A unit's part in a problem."""

    id: int
    organisation: Ref
    part: Part
    person: str


class MeasureOut(Out):
    """A numbered measure."""

    id: int
    version: int
    problem_id: int
    number: int
    text: str
    deadline: str
    due: dt.date | None
    status_raw: str
    progress: Progress
    closure: Closure
    lamp: Lamp

    @staticmethod
    def resolve_deadline(row: Any) -> str:
        """Print the deadline in its own words."""
        return queries_plan.printed(row.deadline)


class MeasurePage(Out):
    """One page of measures."""

    items: list[MeasureOut]
    next: str | None


class ProblemOut(Out):
    """A problem, as lists show it."""

    id: int
    version: int
    code: str
    number: int
    inspection_id: int
    title: str
    category: str
    kind: ProblemKind
    source: SourceType
    source_class: SourceClass
    sector: str
    home: Ref
    lead: Ref
    leader: Person | None
    deadline: str
    due: dt.date | None
    progress: Progress
    closure: Closure
    lamp: Lamp
    status_raw: str

    @staticmethod
    def resolve_deadline(row: Any) -> str:
        """Print the deadline in its own words."""
        return queries_plan.printed(row.deadline)


class ProblemDetail(ProblemOut):
    """A problem with its words, its parts and the measures in sight."""

    text: str
    goal: str
    requirement: str
    standard: str
    engineering: bool
    prone_to_rebound: bool
    note: str
    parts: list[PartOut]
    measures: list[MeasureOut]

    @staticmethod
    def resolve_parts(row: Any) -> Any:
        """Return the parts that were read with the problem."""
        return row.parts_shown

    @staticmethod
    def resolve_measures(row: Any) -> Any:
        """Return the measures that were read with the problem."""
        return row.measures_shown


class ProblemPage(Out):
    """One page of problems."""

    items: list[ProblemOut]
    next: str | None


class LedgerAsk(Ask):
    """The filters problems and tasks share."""

    inspection: Annotated[PathId | None, Field(default=None)]
    region: Annotated[PathId | None, Field(default=None, description="这个单位及其下级")]
    owner: Annotated[PathId | None, Field(default=None, description="任务的责任单位，或问题的牵头单位")]
    lamp: Annotated[list[Lamp], Field(default=[], max_length=6)]
    progress: Annotated[Progress | None, Field(default=None)]
    closure: Annotated[Closure | None, Field(default=None)]
    source_class: Annotated[SourceClass | None, Field(default=None)]
    sector: Annotated[Search | None, Field(default=None)]
    due_from: Annotated[Day | None, Field(default=None)]
    due_until: Annotated[Day | None, Field(default=None)]
    q: Annotated[
        Search | None,
        Field(default=None, description="编号、摘要、原文里的词，空格隔开的都要有"),
    ]
    sort: Annotated[DueSort, Field(default=DueSort.DUE)]

    def filters(self) -> Filters:
        """Return the filters as the ledger takes them."""
        return Filters(
            inspection=self.inspection,
            region=self.region,
            owner=self.owner,
            lamp=tuple(lamp.value for lamp in self.lamp),
            progress=self.progress,
            closure=self.closure,
            source_class=self.source_class,
            sector=self.sector,
            due_from=self.due_from,
            due_until=self.due_until,
            q=self.q,
        )


class NewMeasureIn(In):
    """A numbered measure, the units in it and the tasks it gives out."""

    number: Annotated[int, Field(strict=True, ge=1, le=999)]
    text: LongText
    deadline: Annotated[Line, Field(default="", description="原文，例如：2026年12月底前；不写则与问题相同")]
    parts: Annotated[dict[OtherPart, Annotated[list[Id], Field(max_length=50)]], Field(default={})]
    tasks: Annotated[list[NewTaskIn], Field(default=[], max_length=50)]


class NewProblemIn(In):
    """A problem in the words of the report, with its one lead unit, its measures and their tasks."""

    number: Annotated[int, Field(strict=True, ge=1, le=9999)]
    home: Id
    lead: Id
    title: Word
    text: LongText
    kind: ProblemKind
    source: SourceType
    source_class: SourceClass
    deadline: Annotated[Line, Field(default="", description="原文，例如：立行立改")]
    category: Annotated[Line, Field(default="", max_length=200)]
    sector: Annotated[Short, Field(default="", max_length=40)]
    leader_name: Short = ""
    goal: Text = ""
    requirement: Text = ""
    standard: Text = ""
    engineering: Flag = False
    prone_to_rebound: Flag = False
    status_raw: Annotated[Line, Field(default="", max_length=200)]
    note: Text = ""
    parts: Annotated[dict[OtherPart, Annotated[list[Id], Field(max_length=50)]], Field(default={})]
    measures: Annotated[list[NewMeasureIn], Field(default=[], max_length=50)]


class MeasuresIn(In):
    """Further measures of a problem."""

    seen_version: Version
    measures: Annotated[list[NewMeasureIn], Field(min_length=1, max_length=50)]
