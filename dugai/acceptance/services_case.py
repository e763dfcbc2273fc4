"""One change of a case, with the problem behind it: what every act on the way to closing shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import queries_case, rules
from dugai.acceptance.models import CloseoutCase, CloseoutProposal
from dugai.acceptance.states import (
    CASE_MOVES,
    LIVE_CASES,
    CaseState,
    MotionKind,
    MotionState,
    StepKind,
)
from dugai.journal.services import change, record
from dugai.ledger import services_closure

if TYPE_CHECKING:
    from dugai.people.models import User

OVER = "这次验收已经结束"
LONGEST_REASON = 500


@transaction.atomic
def advance(
    *, actor: User, case: CloseoutCase, kind: str, move: str = "", reason: str = "", **values: Any
) -> CloseoutCase:
    """Change a locked case once, by a move or by a step inside its state, and move the problem with it.

    `kind` is the event. What the case waits for is worked out anew. The caller has loaded the case through
    the actor's eyes, locked, and has asked whether the actor may.
    """
    state = CaseState(case.state)
    if move:
        state = CASE_MOVES.next(state, move)
        values["state"] = state
    if state not in LIVE_CASES:
        values["ended_reason"] = reason.strip()[:LONGEST_REASON]
    step = _waits_for(actor, case, state)
    before, after = change(case, waiting_for=step.key if step else "", **values)
    CloseoutCase.objects.unscoped("a derived column of the row just changed").filter(pk=case.pk).update(
        waiting_rank=step.rank if step else 0
    )
    record(actor=actor, kind=kind, subject=case, before=before, after=after, reason=reason.strip())
    if move:
        services_closure.move_closure(actor=actor, problem_id=case.problem_id, move=move, reason=reason)
    if state not in LIVE_CASES:
        _withdraw_closing(actor, case)
    return case


def _waits_for(actor: User, case: CloseoutCase, state: CaseState) -> rules.Step | None:
    """Return the step of the procedure that comes next; after closing there is none."""
    if state not in LIVE_CASES:
        return None
    procedure = rules.read(case.rules, case.class_name)
    if state in {CaseState.CLOSED, CaseState.FILED, CaseState.IN_CONSOLIDATION}:
        return None
    step = queries_case.next_step(actor, case, procedure)
    signing = state in {CaseState.IN_NOTICE, CaseState.OBJECTED} and step and step.kind == StepKind.NOTICE
    return procedure.after_notice[0] if signing and procedure.after_notice else step


def _withdraw_closing(actor: User, case: CloseoutCase) -> None:
    """A proposal to close an attempt that is over goes with it."""
    waiting = CloseoutProposal.objects.filter(case=case, kind=MotionKind.CLOSE, state=MotionState.PROPOSED)
    for proposal in waiting:
        before, after = change(proposal, state=MotionState.WITHDRAWN, opinion=OVER)
        record(actor=actor, kind="closeout_proposal.withdrawn", subject=proposal, before=before, after=after)
