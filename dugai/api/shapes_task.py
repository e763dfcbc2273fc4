"""Shapes of tasks, their targets and milestones."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from dugai.api.shapes import Amount, Day, Id, In, Line, Out, Ref, Short, Text, Version, Word
from dugai.ledger import queries_plan, rules
from dugai.ledger.states import Closure, Lamp, Progress


class TaskOut(Out):
    """A task, as lists show it."""

    id: int
    version: int
    code: str
    title: str
    problem_id: int
    measure_id: int
    parent_id: int | None
    owner: Ref
    person: str
    deadline: str
    due: dt.date | None
    internal_due: dt.date | None
    progress: Progress
    closure: Closure
    lamp: Lamp
    is_leaf: bool
    last_report_on: dt.date | None

    @staticmethod
    def resolve_deadline(row: Any) -> str:
        """Print the deadline in its own words."""
        return queries_plan.printed(row.deadline)


class TaskPage(Out):
    """One page of tasks."""

    items: list[TaskOut]
    next: str | None


class TargetOut(Out):
    """A quantity to reach, and how much of it is adopted; exact decimals as text."""

    id: int
    name: str
    unit: str
    amount: str
    done: str

    @staticmethod
    def resolve_amount(row: Any) -> str:
        """Write the amount exactly."""
        return rules.plain(row.amount)

    @staticmethod
    def resolve_done(row: Any) -> str:
        """Write the done quantity exactly."""
        return rules.plain(row.done)


class MilestoneOut(Out):
    """A dated step."""

    id: int
    name: str
    due: dt.date
    planned: str | None
    met_on: dt.date | None

    @staticmethod
    def resolve_planned(row: Any) -> str | None:
        """Write the planned quantity exactly."""
        return None if row.planned is None else rules.plain(row.planned)


class TaskDetail(TaskOut):
    """A task with its words, targets, milestones and the tasks split from it."""

    text: str
    split_note: str
    targets: list[TargetOut]
    milestones: list[MilestoneOut]
    children: list[TaskOut]

    @staticmethod
    def resolve_targets(row: Any) -> Any:
        """Return the targets that were read with the task."""
        return row.targets_shown

    @staticmethod
    def resolve_milestones(row: Any) -> Any:
        """Return the milestones that were read with the task."""
        return row.milestones_shown

    @staticmethod
    def resolve_children(row: Any) -> Any:
        """Return the children that were read with the task."""
        return row.children_shown


class TargetIn(In):
    """A quantity to reach."""

    name: Annotated[Word, Field(max_length=60)]
    unit: Annotated[Word, Field(max_length=16)]
    amount: Amount


class NewTaskIn(In):
    """One unit's share of a measure; without a deadline of its own it takes the measure's."""

    owner: Id
    title: Annotated[Line, Field(default="", max_length=200)]
    text: Text = ""
    deadline: Line = ""
    person: Short = ""
    targets: Annotated[list[TargetIn], Field(default=[], max_length=20)]


class SplitIn(In):
    """Shares of a task for units below it; quantities are conserved, or `note` says why not."""

    seen_version: Version
    shares: Annotated[list[NewTaskIn], Field(min_length=1, max_length=100)]
    note: Line = ""


class MilestoneIn(In):
    """A dated step, with the quantity planned by then if it has one."""

    name: Word
    due: Day
    planned: Annotated[Amount | None, Field(default=None)]


class MilestonesIn(In):
    """Further milestones of a task."""

    seen_version: Version
    milestones: Annotated[list[MilestoneIn], Field(min_length=1, max_length=50)]
