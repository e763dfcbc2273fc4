"""Plain values that become ledger rows: what an import, a form or the demo hands to the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dugai.ledger.states import Progress

if TYPE_CHECKING:
    from decimal import Decimal

    from dugai.people.models import Organisation


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A quantity to reach: `amount` in `unit` of what `name` counts."""

    name: str
    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewTask:
    """One unit's share of a measure; an empty deadline takes the measure's."""

    owner: Organisation
    title: str = ""
    text: str = ""
    deadline: dict[str, Any] = field(default_factory=dict)
    progress: Progress = Progress.NOT_STARTED
    person: str = ""
    targets: tuple[NewTarget, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMeasure:
    """A numbered measure, the units that take part in it, and the tasks it gives out.

    `columns` are further columns of `Measure` by name (text, deadline as JSON, status_raw, …);
    `parts` maps a `Part` value to organisations.
    """

    number: int
    columns: dict[str, Any]
    parts: dict[str, tuple[Organisation, ...]] = field(default_factory=dict)
    tasks: tuple[NewTask, ...] = ()


@dataclass(frozen=True, slots=True)
class NewProblem:
    """A problem of an inspection, in the words of the report, with its one lead unit."""

    number: int
    home: Organisation
    lead: Organisation
    columns: dict[str, Any]
    parts: dict[str, tuple[Organisation, ...]] = field(default_factory=dict)
    persons: dict[int, str] = field(default_factory=dict)
    measures: tuple[NewMeasure, ...] = ()
