"""Who may add evidence, review it and take it back. The unit that added a piece never reviews it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.evidence.states import EVIDENCE_MOVES, EvidenceState
from dugai.ledger.models_entry import Part
from dugai.ledger.policy import may_keep_ledger
from dugai.ledger.states import CLOSED_CLOSURES
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Role

if TYPE_CHECKING:
    from dugai.evidence.models import Evidence
    from dugai.ledger.models import Problem
    from dugai.people.models import User

WORKING_PARTS = frozenset({Part.LEAD, Part.RESPONSIBLE, Part.COOPERATING})
REVIEWING_PARTS = frozenset({Part.SUPERVISING, Part.ACCEPTING})
REVIEWING_ROLES = frozenset({Role.VERIFIER, Role.UNIT_REVIEWER})
DECIDING_ROLES = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})


@dataclass(frozen=True)
class Stance:
    """What the actor's own organisation does for a problem: its parts, and whether it carries a task."""

    parts: frozenset[str] = frozenset()
    has_task: bool = False


def may_add(actor: User, problem: Problem, stance: Stance) -> bool:
    """A unit that carries a task or works on the problem adds, and so does the office that keeps it."""
    if actor.role in OFFICE_ROLES:
        return may_keep_ledger(actor, problem.home)
    return actor.role in UNIT_ROLES and (stance.has_task or bool(stance.parts & WORKING_PARTS))


def may_review_problem(actor: User, problem: Problem, stance: Stance) -> bool:
    """A supervising or accepting unit reviews, or a reviewer of the office that keeps the entry."""
    if actor.role in REVIEWING_ROLES and stance.parts & REVIEWING_PARTS:
        return True
    return actor.role in DECIDING_ROLES and may_keep_ledger(actor, problem.home)


def may_review(actor: User, evidence: Evidence, stance: Stance) -> bool:
    """Another organisation and another person than those who added it; nothing moves after the close-out."""
    own = evidence.organisation_id == actor.organisation_id or evidence.added_by_id == actor.person.pk
    return not own and not _is_settled(evidence) and may_review_problem(actor, evidence.problem, stance)


def may_take_back(actor: User, evidence: Evidence) -> bool:
    """The unit that added a piece withdraws or replaces it, until the problem is closed."""
    works = actor.role in UNIT_ROLES | OFFICE_ROLES
    return works and evidence.organisation_id == actor.organisation_id and not _is_settled(evidence)


def may_pair(actor: User, evidence: Evidence) -> bool:
    """The unit that added a piece joins it with another view of the same place, before it is accepted."""
    return may_take_back(actor, evidence) and EVIDENCE_MOVES.allows(EvidenceState(evidence.state), "replace")


def may_review_at_all(actor: User) -> bool:
    """Say whether the actor's role ever reviews evidence."""
    return actor.role in REVIEWING_ROLES | DECIDING_ROLES


def _is_settled(evidence: Evidence) -> bool:
    return evidence.problem.closure in CLOSED_CLOSURES
