"""The one seam to the room of evidence: what a problem still lacks before it may be verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.evidence import queries as evidence
from dugai.evidence.states import Stage

if TYPE_CHECKING:
    import datetime as dt

    from dugai.ledger.models import Problem


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that must be accepted: a criterion in one phase ("" for any), as a whole pair or not."""

    slot: str
    name: str
    phase: str = ""
    paired: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """How many criteria are required, and which of them are not met yet."""

    required: int
    missing: tuple[str, ...]


def required_evidence_gaps(problem: Problem, day: dt.date | None = None) -> Proof:
    """Return what the checklist of the problem requires and what of it is not accepted.

    `day` chooses the version of the checklist: that of the application, or today's.
    """
    slots = [state for state in evidence.public_slots_of(problem.pk, day) if state.required]
    return Proof(len(slots), tuple(state.name for state in slots if not state.met))


def gaps_before_applying(problem: Problem) -> tuple[str, ...]:
    """Return the names of the criteria that must be met before the application."""
    return tuple(state.name for state in evidence.public_open_slots(problem.pk, Stage.APPLY))


def demands(problem: Problem) -> list[Demand]:
    """Return what must be accepted, one line for each criterion and phase, as it stays with a case."""
    found = []
    for state in evidence.public_slots_of(problem.pk):
        if state.required:
            phases = tuple(str(phase) for phase in state.slot.phases) or ("",)
            found += [Demand(state.code, state.name, phase, state.slot.paired) for phase in phases]
    return found
