"""Shapes of plans, their versions, and requested changes."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from dugai.api.shapes import (
    Amount,
    Ask,
    Id,
    In,
    Line,
    LongText,
    Opinion,
    Out,
    PathId,
    Person,
    Ref,
    Sort,
    Version,
    Word,
)
from dugai.ledger.states import ChangeKind, ChangeState, PlanState


class PlanOut(Out):
    """One organisation's plan for one inspection."""

    id: int
    version: int
    title: str
    inspection_id: int
    organisation: Ref


class PlanPage(Out):
    """One page of plans."""

    items: list[PlanOut]
    next: str | None


class VersionOut(Out):
    """One version of a plan, without its content."""

    id: int
    version: int
    plan_id: int
    number: int
    state: PlanState
    reason: str
    submitted_by: Person | None
    approved_by: Person | None
    approved_on: dt.date | None
    opinion: str


class VersionPage(Out):
    """One page of versions."""

    items: list[VersionOut]
    next: str | None


class DifferenceOut(Out):
    """One value that differs from the version that bound before."""

    key: str
    label: str
    before: str
    after: str


class ChangeOut(Out):
    """A requested change and what became of it; `old` and `new` have the shape of their `field`."""

    id: int
    version: int
    problem_id: int
    measure_id: int | None
    task_id: int | None
    field: ChangeKind
    old: dict[str, Any]
    new: dict[str, Any]
    reason: str
    state: ChangeState
    requested_by: Person
    decided_by: Person | None
    opinion: str


class ChangePage(Out):
    """One page of requested changes."""

    items: list[ChangeOut]
    next: str | None


class SortedAsk(Ask):
    """A page in the order rows were made."""

    sort: Annotated[Sort, Field(default=Sort.NEWEST)]


class ChangeAsk(SortedAsk):
    """Changes of one problem, or in one state."""

    problem: Annotated[PathId | None, Field(default=None)]
    state: Annotated[ChangeState | None, Field(default=None)]


class PlanIn(In):
    """A new plan with its first draft."""

    inspection: Id
    organisation: Id
    title: Word


class NextVersionIn(In):
    """Why a plan is revised."""

    reason: Annotated[Word, Field(max_length=300)]


class SeenIn(In):
    """The version that was seen."""

    seen_version: Version


class ReasonIn(In):
    """The version that was seen, and why."""

    seen_version: Version
    reason: Opinion


class OpinionIn(In):
    """The version that was seen, and what the reviewer says to it."""

    seen_version: Version
    opinion: Opinion = ""


class WordingColumn(StrEnum):
    """The words of a row that a plan binds."""

    TEXT = "text"
    TITLE = "title"
    GOAL = "goal"
    REQUIREMENT = "requirement"
    STANDARD = "standard"


class NewDeadline(In):
    """Another deadline, in words: 2026年12月底前."""

    text: Annotated[Line, Field(min_length=1)]


class NewOwner(In):
    """Another unit."""

    organisation: Id


class NewTarget(In):
    """Another amount of one of the task's targets."""

    target: Id
    amount: Amount


class NewWording(In):
    """Other words."""

    column: WordingColumn
    text: LongText


class DeadlineChange(In):
    """Ask for another deadline."""

    field: Literal["deadline"]
    new: NewDeadline


class OwnerChange(In):
    """Ask for another unit."""

    field: Literal["owner"]
    new: NewOwner


class TargetChange(In):
    """Ask for another amount."""

    field: Literal["target"]
    new: NewTarget


class WordingChange(In):
    """Ask for other words."""

    field: Literal["wording"]
    new: NewWording


Wanted = Annotated[DeadlineChange | OwnerChange | TargetChange | WordingChange, Field(discriminator="field")]


class ChangeIn(In):
    """A change of a problem, or of its measure or task where one is named; `seen_version` is that row's."""

    measure: Annotated[Id | None, Field(default=None)]
    task: Annotated[Id | None, Field(default=None)]
    change: Wanted
    reason: Annotated[Opinion, Field(min_length=1)]
    seen_version: Version


class ResubmitIn(In):
    """The same request again, with a new value or a better reason."""

    change: Wanted
    reason: Annotated[Opinion, Field(min_length=1)]
    seen_version: Version
