"""重新整改, 强化整改, 转入下一轮: one person proposes with reasons, another decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import policy, queries_case, rules
from dugai.acceptance.models import CloseoutProposal
from dugai.acceptance.services_case import advance
from dugai.acceptance.services_close import PROPOSAL, TWO_PEOPLE
from dugai.acceptance.states import PROPOSAL_MOVES, MotionKind, MotionState
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.ledger import queries as ledger
from dugai.ledger import services_closure
from dugai.ledger.states import CLOSURE_MOVES, Closure

if TYPE_CHECKING:
    import datetime as dt

    from dugai.ledger.models import Problem
    from dugai.people.models import User

KINDS = {
    MotionKind.REOPEN: ("reopen", "closeout.reopened"),
    MotionKind.CARRY_OVER: ("carry_over", "closeout.carried_over"),
    MotionKind.STRENGTHEN: ("strengthen", "closeout.strengthened"),
}
"""Proposal → (move of the problem, event of its case)."""


@transaction.atomic
def propose_reopen(
    *,
    actor: User,
    problem_id: int,
    seen_version: int,
    reason: str,
    requirement: str = "",
    due: dt.date | None = None,
) -> CloseoutProposal:
    """Propose to reopen a closed problem: it came back, or it was never done."""
    return _propose(
        actor, problem_id, seen_version, MotionKind.REOPEN, reason, requirement=requirement, due=due
    )


@transaction.atomic
def propose_strengthen(
    *, actor: User, problem_id: int, seen_version: int, reason: str, requirement: str, due: dt.date
) -> CloseoutProposal:
    """Propose 强化整改: further work that the plan did not ask for, with its requirement and date."""
    require(requirement.strip(), "请写强化整改的要求", code="requirement_missing")
    if due <= clock.today():
        message = "要求完成日期要晚于今天"
        raise InvalidInput(message, code="due_past", fields={"due": message})
    return _propose(
        actor,
        problem_id,
        seen_version,
        MotionKind.STRENGTHEN,
        reason,
        requirement=requirement,
        due=due,
    )


@transaction.atomic
def propose_carry_over(
    *, actor: User, problem_id: int, seen_version: int, reason: str, successor_id: int | None = None
) -> CloseoutProposal:
    """Propose to carry a problem over into the next round, into its successor there if it is registered."""
    successor = ledger.get_problem(actor, successor_id) if successor_id else None
    require(successor_id != problem_id, "不能转入它自己", code="same_problem")
    return _propose(actor, problem_id, seen_version, MotionKind.CARRY_OVER, reason, successor=successor)


@transaction.atomic
def approve(*, actor: User, proposal_id: int, seen_version: int, opinion: str = "") -> CloseoutProposal:
    """Agree to reopen, strengthen or carry over what another person proposed."""
    proposal = _load(actor, proposal_id)
    kind = MotionKind(proposal.kind)
    if kind not in KINDS:
        raise Refused("销号请在销号页办理", code="other_proposal")
    require_version(proposal, seen_version)
    state = PROPOSAL_MOVES.next(MotionState(proposal.state), "approve")
    move, event = KINDS[kind]
    CLOSURE_MOVES.find(Closure(proposal.problem.closure), move)
    _decide(actor, proposal, state, "closeout_proposal.approved", opinion)
    case = queries_case.current_case(actor, proposal.problem, lock=True)
    if case is not None:
        advance(actor=actor, case=case, kind=event, move=move, reason=proposal.reason)
    else:
        services_closure.move_closure(
            actor=actor, problem_id=proposal.problem_id, move=move, reason=proposal.reason
        )
    return proposal


@transaction.atomic
def refuse(*, actor: User, proposal_id: int, seen_version: int, opinion: str) -> CloseoutProposal:
    """Refuse what another person proposed, also a closing, with the reason."""
    proposal = _load(actor, proposal_id)
    require_version(proposal, seen_version)
    state = PROPOSAL_MOVES.next(MotionState(proposal.state), "refuse")
    require(opinion.strip(), "请写不同意的理由", code="reason_missing")
    return _decide(actor, proposal, state, "closeout_proposal.refused", opinion)


@transaction.atomic
def take_back(*, actor: User, proposal_id: int, seen_version: int) -> CloseoutProposal:
    """Take one's own proposal back."""
    proposal = queries_case.get_proposal(actor, proposal_id, lock=True)
    own = actor.person.pk == proposal.proposed_by_id
    require(own, "只有提出的人可以撤回", code="not_proposer", error=Forbidden)
    require_version(proposal, seen_version)
    before, after = change(proposal, state=PROPOSAL_MOVES.next(MotionState(proposal.state), "withdraw"))
    record(actor=actor, kind="closeout_proposal.withdrawn", subject=proposal, before=before, after=after)
    return proposal


@transaction.atomic
def propose_after_look_back(*, actor: User, problem: Problem, reason: str) -> CloseoutProposal | None:
    """Propose to reopen what a look-back found back again; None when that is proposed already.

    Called by the look-back, whose visitor was checked: the visitor proposes, the office decides.
    """
    kind = MotionKind.REOPEN
    if not CLOSURE_MOVES.allows(Closure(problem.closure), "reopen") or _waiting(problem, kind):
        return None
    return _make(actor, problem, kind, reason)


def _propose(
    actor: User, problem_id: int, seen_version: int, kind: MotionKind, reason: str, **values: Any
) -> CloseoutProposal:
    problem = ledger.get_problem(actor, problem_id, lock=True)
    case = queries_case.current_case(actor, problem)
    procedure = queries_case.procedure_of(actor, problem, case)
    allowed = policy.may_reopen(actor, problem, procedure)
    words = f"{kind.label}由{rules.who(procedure.reopen)}提出"
    require(allowed, words, code="may_not_propose", error=Forbidden)
    require_version(problem, seen_version)
    CLOSURE_MOVES.find(Closure(problem.closure), KINDS[kind][0])
    require(reason.strip(), "请写理由", code="reason_missing")
    require(not _waiting(problem, kind), "已经有人提出，等另一人决定", code="proposed_already")
    return _make(actor, problem, kind, reason, **values)


def _waiting(problem: Problem, kind: MotionKind) -> bool:
    found = CloseoutProposal.objects.filter(problem=problem, kind=kind, state=MotionState.PROPOSED)
    return found.exists()


def _make(actor: User, problem: Problem, kind: MotionKind, reason: str, **values: Any) -> CloseoutProposal:
    proposal = CloseoutProposal(
        problem=problem,
        case=queries_case.current_case(actor, problem),
        kind=kind,
        reason=reason.strip()[:1000],
        proposed_by=actor.person,
        proposed_at=clock.now(),
        **values,
    )
    proposal.save(force_insert=True)
    record(
        actor=actor,
        kind="closeout_proposal.made",
        subject=proposal,
        after=shown(proposal, *PROPOSAL),
        reason=proposal.reason,
    )
    return proposal


def _load(actor: User, proposal_id: int) -> CloseoutProposal:
    proposal = queries_case.get_proposal(actor, proposal_id, lock=True)
    procedure = queries_case.procedure_of(actor, proposal.problem, proposal.case)
    require(policy.may_decide(actor, proposal, procedure), TWO_PEOPLE, code="two_people", error=Forbidden)
    return proposal


def _decide(
    actor: User, proposal: CloseoutProposal, state: MotionState, kind: str, opinion: str
) -> CloseoutProposal:
    words = opinion.strip()
    before, after = change(
        proposal, state=state, decided_by=actor.person, decided_at=clock.now(), opinion=words[:500]
    )
    record(actor=actor, kind=kind, subject=proposal, before=before, after=after, reason=words)
    return proposal
