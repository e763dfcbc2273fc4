"""Who may do what on the way to closing, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.acceptance import rules
from dugai.acceptance.states import CaseState, MotionKind, StepKind
from dugai.ledger.models import Participation
from dugai.ledger.sight import Scope
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.acceptance.models import CloseoutCase, CloseoutProposal, LookBack, Objection
    from dugai.acceptance.rules import Procedure, Step
    from dugai.ledger.models import Problem
    from dugai.people.models import Organisation, User

DECIDING = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})
PLANNING = DECIDING | {Role.SUPERVISOR}


def _hand_of(actor: User, problem: Problem, parts: Iterable[str]) -> rules.Hand:
    """Return who acts, as the rules ask it; `parts` are those of the actor's unit in the problem."""
    top = Scope.top(actor)
    return rules.Hand(
        role=actor.role,
        level=actor.organisation.level,
        parts=frozenset(parts),
        over_home=top is not None and problem.home.is_within(top),
    )


def _hand(actor: User, problem: Problem) -> rules.Hand:
    parts = Participation.objects.filter(problem=problem, organisation=actor.organisation_id)
    return _hand_of(actor, problem, parts.values_list("part", flat=True))


def may_go_on(actor: User, case: CloseoutCase, parts: Iterable[str], *, notice_over: bool) -> bool:
    """Say whether what a case waits for is the actor's to do, by what is loaded already."""
    procedure = rules.read(case.rules, case.class_name)
    hand = _hand_of(actor, case.problem, parts)
    step = procedure.step(case.waiting_for)
    if case.state == CaseState.OBJECTED:
        return actor.role in DECIDING and _apart(actor, case) and hand.over_home
    if case.state == CaseState.IN_NOTICE and not notice_over:
        return False
    shown = step is not None and step.kind == StepKind.NOTICE
    if case.state != CaseState.IN_NOTICE and (shown or case.state == CaseState.VERIFIED):
        return rules.may_act_for(procedure.notice, hand)
    if step is None or shown:
        return _apart(actor, case) and rules.may_act_for(procedure.close, hand)
    return _apart(actor, case) and rules.may_take(step, hand)


def _apart(actor: User, case: CloseoutCase) -> bool:
    """Say whether the actor is another person of another unit than the applicant."""
    return actor.organisation_id != case.applicant_unit_id and actor.person.pk != case.applied_by_id


def may_apply(actor: User, problem: Problem, procedure: Procedure) -> bool:
    """The unit that the rules name applies: as a rule the lead unit."""
    return rules.may_act_for(procedure.apply, _hand(actor, problem))


def may_withdraw(actor: User, case: CloseoutCase) -> bool:
    """The unit that applied takes its application back."""
    return actor.organisation_id == case.applicant_unit_id and actor.role in UNIT_ROLES | OFFICE_ROLES


def may_take_step(actor: User, case: CloseoutCase, step: Step) -> bool:
    """The unit and level that the rules name, and never the applicant's own unit."""
    return _apart(actor, case) and rules.may_take(step, _hand(actor, case.problem))


def may_publish(actor: User, case: CloseoutCase, procedure: Procedure) -> bool:
    """The office of the region or the lead unit publishes."""
    return rules.may_act_for(procedure.notice, _hand(actor, case.problem))


def may_lodge_objection(actor: User, case: CloseoutCase) -> bool:
    """An office over the problem's region registers objections; the system account hands in the portal's."""
    return actor.role in OFFICE_ROLES | {Role.SERVICE} and _hand(actor, case.problem).over_home


def may_answer_objection(actor: User, objection: Objection) -> bool:
    """A reviewer or manager of such an office answers, and never the applicant's own unit."""
    case = objection.case
    return actor.role in DECIDING and _apart(actor, case) and _hand(actor, case.problem).over_home


def may_see_contact(actor: User, case: CloseoutCase) -> bool:
    """Only those who answer objections see who objected."""
    return actor.role in DECIDING and _apart(actor, case) and _hand(actor, case.problem).over_home


def may_close(actor: User, case: CloseoutCase, procedure: Procedure) -> bool:
    """The office that the rules name proposes and approves the closing; not the applicant."""
    return _apart(actor, case) and rules.may_act_for(procedure.close, _hand(actor, case.problem))


def may_file(actor: User, case: CloseoutCase, procedure: Procedure) -> bool:
    """The office that the rules name files what is closed."""
    return rules.may_act_for(procedure.file, _hand(actor, case.problem))


def may_reopen(actor: User, problem: Problem, procedure: Procedure) -> bool:
    """The office that the rules name reopens, carries over and strengthens."""
    return rules.may_act_for(procedure.reopen, _hand(actor, problem))


def may_decide(actor: User, proposal: CloseoutProposal, procedure: Procedure) -> bool:
    """A reviewer or manager who may do the thing itself, and never the one who proposed it."""
    if actor.role not in DECIDING or actor.person.pk == proposal.proposed_by_id:
        return False
    if proposal.kind == MotionKind.CLOSE:
        return proposal.case is not None and may_close(actor, proposal.case, procedure)
    return may_reopen(actor, proposal.problem, procedure)


def may_plan_look_back(actor: User, region: Organisation) -> bool:
    """An office or supervision body plans look-backs in the region it oversees."""
    top = Scope.top(actor)
    return actor.role in PLANNING and top is not None and region.is_within(top)


def may_visit_back(actor: User, item: LookBack) -> bool:
    """The unit that was assigned looks back, and never the unit that applied."""
    visiting = OFFICE_ROLES | UNIT_ROLES | {Role.VERIFIER, Role.SUPERVISOR}
    mine = actor.organisation_id == item.visitor_unit_id and actor.role in visiting
    return mine and _apart(actor, item.case)
