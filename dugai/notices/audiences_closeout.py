"""Who hears of close-out and of evidence: whose turn it is, and those whose matter was decided.

Whose turn it is, is asked of the room's own policy, so that a notice never goes to somebody who may not act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.acceptance import policy, rules
from dugai.acceptance.states import StepKind
from dugai.ledger.models import Participation, Problem
from dugai.notices.news import Notice, active, offices_of
from dugai.people.models import Organisation, User
from dugai.people.states import OFFICE_ROLES, UNIT_ROLES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from dugai.notices.news import News, People

WORKING = OFFICE_ROLES | UNIT_ROLES | {Role.VERIFIER, Role.LEADER}


def _concerned(problem: Problem) -> list[User]:
    """Return the people of the offices over the problem's region and of the units that take part in it."""
    above = Organisation.objects.filter(path__in=problem.home.ancestor_paths).order_by().values("pk")
    offices = Organisation.objects.filter(parent__in=above, kind=Kind.OFFICE).order_by().values("pk")
    parts = Participation.objects.filter(problem=problem).order_by().values("organisation")
    found = User.objects.filter(is_active=True, role__in=sorted(WORKING)).select_related("organisation")
    within = found.filter(organisation__in=above) | found.filter(organisation__in=offices)
    return list((within | found.filter(organisation__in=parts)).distinct().order_by("pk"))


def _who_may(problem: Problem, may: Callable[[User], bool]) -> People:
    return [person.pk for person in _concerned(problem) if may(person)]


def next_hands(news: News) -> People:
    """Return those who may take the step the case waits for; before the notice those who may publish."""
    case = news.subject
    procedure = rules.read(case.rules, case.class_name)
    step = procedure.step(case.waiting_for)
    if step is None:
        return _who_may(case.problem, lambda person: policy.may_close(person, case, procedure))
    if step.kind == StepKind.NOTICE:
        return _who_may(case.problem, lambda person: policy.may_publish(person, case, procedure))
    return _who_may(case.problem, lambda person: policy.may_take_step(person, case, step))


def answering(news: News) -> People:
    """Return the reviewers and managers who answer objections: never of the unit that applied."""
    case = news.subject
    return _who_may(case.problem, lambda person: policy.may_see_contact(person, case))


def applicants(news: News) -> People:
    """Return who applied, and those who fill in for that unit."""
    case = news.subject
    return [case.applied_by_id, *active(organisation=case.applicant_unit_id, role__in=UNIT_ROLES)]


def all_concerned(news: News) -> People:
    """Return the applicant's people, those of the lead unit, and the leader who supervises the problem."""
    problem = news.subject.problem
    leader = [problem.leader_id] if problem.leader_id else []
    return [*leader, *applicants(news), *active(organisation=problem.lead_id, role__in=UNIT_ROLES)]


def deciders(news: News) -> People:
    """Return those who may decide on a proposal: never the one who made it."""
    proposal = news.subject
    chosen = proposal.case.rules if proposal.case else None
    if chosen is None:
        return offices_of(proposal.problem.home, (Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER))
    procedure = rules.read(chosen, proposal.case.class_name)
    return _who_may(proposal.problem, lambda person: policy.may_decide(person, proposal, procedure))


def proposer(news: News) -> People:
    """Return who made the proposal."""
    return [news.subject.proposed_by_id]


def visitors(news: News) -> People:
    """Return those of the unit that was asked to look back."""
    roles = OFFICE_ROLES | UNIT_ROLES | {Role.VERIFIER, Role.SUPERVISOR}
    return active(organisation=news.subject.visitor_unit_id, role__in=sorted(roles))


def looked_back(news: News) -> People:
    """Return the offices of the problem's region, which decide what a rebound leads to."""
    return offices_of(news.subject.case.problem.home, sorted(OFFICE_ROLES))


def submitter(news: News) -> People:
    """Return who handed the evidence in."""
    return [news.subject.added_by_id]


CLOSEOUT: dict[str, Notice] = {
    "closeout.applied": Notice(next_hands, "{}：申请验收，等您单位{step}", "problem_closeout"),
    "closeout.step_passed": Notice(next_hands, "{}：验收走到您单位：{step}", "problem_closeout"),
    "closeout.checked": Notice(next_hands, "{}：核查通过，等您单位{step}", "problem_closeout"),
    "closeout.verified": Notice(next_hands, "{}：验收通过，等您单位{step}", "problem_closeout"),
    "closeout.returned": Notice(applicants, "{}：验收被退回，请按意见限期完善", "problem_closeout"),
    "closeout.in_notice": Notice(all_concerned, "{}：开始公示", "problem_closeout"),
    "closeout.objected": Notice(answering, "{}：公示期收到异议，等您单位答复", "problem_closeout"),
    "closeout.dismissed": Notice(applicants, "{}：异议不成立，恢复公示", "problem_closeout"),
    "closeout.upheld": Notice(all_concerned, "{}：异议成立，重新整改", "problem_closeout"),
    "closeout.closed": Notice(all_concerned, "{}：已销号", "problem_closeout"),
    "closeout.reopened": Notice(all_concerned, "{}：销号后重新整改", "problem_closeout"),
    "closeout.carried_over": Notice(all_concerned, "{}：转入下一轮整改", "problem_closeout"),
    "closeout.strengthened": Notice(all_concerned, "{}：转强化整改", "problem_closeout"),
    "closeout_proposal.made": Notice(deciders, "{}：有人提议{motion}，等您审批", "closeout_decide"),
    "closeout_proposal.approved": Notice(proposer, "{}：您提议的{motion}已同意", "closeout_decide"),
    "closeout_proposal.refused": Notice(proposer, "{}：您提议的{motion}没有同意", "closeout_decide"),
    "look_back.assigned": Notice(visitors, "{}：请您单位回访", "look_back_item"),
    "look_back.recorded": Notice(looked_back, "{}：回访结果已填写", "look_back_item"),
    "evidence.returned": Notice(submitter, "{}：佐证被退回，请按意见补充", "evidence"),
    "evidence.accepted": Notice(submitter, "{}：佐证已采纳", "evidence"),
    "evidence.revoked": Notice(submitter, "{}：已采纳的佐证被撤销采纳", "evidence"),
}
