"""Questions about one problem's close-out: its cases, its procedure, its gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from dugai.acceptance import policy, proof, rules
from dugai.acceptance.models import (
    CloseoutCase,
    CloseoutProposal,
    LookBack,
    Objection,
    PublicNotice,
    Verification,
)
from dugai.acceptance.rules_gates import Facts, Gate, gates
from dugai.acceptance.states import (
    CLOSED_CASES,
    LIVE_CASES,
    CaseState,
    Conclusion,
    Met,
    MotionKind,
    MotionState,
    ObjectionState,
    StepKind,
)
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, NotVisible, Refused, require
from dugai.ledger import queries as ledger
from dugai.ledger.models import Measure, TaskTarget
from dugai.ledger.states import DONE_PROGRESS, ProblemKind, SourceType
from dugai.people.models import Organisation
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from typing import Any

    from dugai.ledger.models import Problem
    from dugai.people.models import User
    from dugai.rulebook.models import RuleSet

WHY = "rows of a problem that the viewer was shown"
RELATED = ("problem__home", "problem__lead", "applicant_unit", "applied_by", "previous", "rule_set")
VERIFYING = frozenset({CaseState.APPLIED, CaseState.CHECKED, CaseState.IN_NOTICE})
HIDDEN = "没有这次验收，或您的单位看不到它"


def get_case(viewer: User, case_id: int, *, lock: bool = False) -> CloseoutCase:
    """Return one case through the viewer's eyes; locked, it holds its problem first, then itself."""
    found = CloseoutCase.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        known = CloseoutCase.objects.visible_to(viewer).filter(pk=case_id).values_list("problem", flat=True)
        problem_id = known.first()
        if problem_id is None:
            raise NotVisible(HIDDEN)
        ledger.get_problem(viewer, problem_id, lock=True)
        found = found.select_for_update(of=("self",), no_key=True)
    case: CloseoutCase | None = found.filter(pk=case_id).first()
    if case is None:
        raise NotVisible(HIDDEN)
    return case


def current_case(viewer: User, problem: Problem, *, lock: bool = False) -> CloseoutCase | None:
    """Return the case that lives (applied to consolidated), or None between two attempts."""
    found = CloseoutCase.objects.visible_to(viewer).filter(problem=problem, state__in=sorted(LIVE_CASES))
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    case: CloseoutCase | None = found.select_related(*RELATED).first()
    return case


def last_closed_case(viewer: User, problem: Problem) -> CloseoutCase | None:
    """Return the latest attempt that ever was closed: the one that a new application links to."""
    found = CloseoutCase.objects.visible_to(viewer).filter(problem=problem, closed_on__isnull=False)
    case: CloseoutCase | None = found.order_by("-attempt").first()
    return case


def get_objection(viewer: User, objection_id: int, *, lock: bool = False) -> Objection:
    """Return one objection of a case in sight."""
    found = Objection.objects.filter(pk=objection_id)
    case_id = found.values_list("case", flat=True).first()
    if case_id is not None:
        case = get_case(viewer, case_id, lock=lock)
        objection = found.select_related("lodged_by").get()
        objection.case = case
        return objection
    raise NotVisible("没有这件异议")


def get_proposal(viewer: User, proposal_id: int, *, lock: bool = False) -> CloseoutProposal:
    """Return one proposal about a problem in sight; locked, it holds the problem first."""
    known = CloseoutProposal.objects.filter(pk=proposal_id)
    problem_id = known.values_list("problem", flat=True).first()
    if problem_id is not None:
        problem = ledger.get_problem(viewer, problem_id, lock=lock)
        found = known.select_for_update(of=("self",), no_key=True) if lock else known
        proposal = found.select_related("proposed_by").get()
        proposal.problem = problem
        if proposal.case_id:
            proposal.case = get_case(viewer, proposal.case_id, lock=lock)
        return proposal
    raise NotVisible("没有这份提议")


def get_look_back(viewer: User, item_id: int, *, lock: bool = False) -> LookBack:
    """Return one drawn item of a case in sight."""
    found = LookBack.objects.filter(pk=item_id)
    case_id = found.values_list("case", flat=True).first()
    if case_id is not None:
        case = get_case(viewer, case_id, lock=lock)
        item = found.select_related("plan", "visitor_unit").get()
        item.case = case
        return item
    raise NotVisible("没有这项回访")


def class_of(problem: Problem) -> str:
    """Return the class whose procedure a problem follows."""
    letter = problem.kind == ProblemKind.COMPLAINT or problem.source == SourceType.COMPLAINT
    return rules.class_of(problem.source_class, letter=letter)


def rules_for(viewer: User, problem: Problem) -> tuple[dict[str, Any], RuleSet | None]:
    """Return the rules that hold today for a problem in sight, and the row they come from."""
    del viewer
    today = clock.today()
    values = rulebook.public_rules("closeout", today, problem.home)
    return values, rulebook.public_rule_set("closeout", today, problem.home)


def procedure_of(viewer: User, problem: Problem, case: CloseoutCase | None) -> rules.Procedure:
    """Return the procedure of a case, or the one that would begin today."""
    if case is not None:
        return rules.read(case.rules, case.class_name)
    return rules.read(rules_for(viewer, problem)[0], class_of(problem))


def passed_steps(viewer: User, case: CloseoutCase) -> frozenset[str]:
    """Return the keys of the steps that passed."""
    del viewer
    found = Verification.objects.filter(case=case, conclusion=Conclusion.PASS)
    return frozenset(found.values_list("step", flat=True))


def next_step(viewer: User, case: CloseoutCase, procedure: rules.Procedure) -> rules.Step | None:
    """Return the step that a case waits for; None when nothing is left but to close it."""
    notice = PublicNotice.objects.filter(case=case).first()
    over = notice is not None and clock.today() > notice.objections_until
    return rules.next_step(procedure, passed_steps(viewer, case), notice_over=over)


def facts_of(viewer: User, problem: Problem, case: CloseoutCase | None) -> Facts:
    """Return what the gates of a problem look at, today."""
    measures = Measure.objects.unscoped(WHY).filter(problem=problem)
    progress = list(measures.order_by("number").values_list("number", "progress"))
    short = _short_measures(problem)
    state = proof.required_evidence_gaps(problem, clock.local(case.applied_at).date() if case else None)
    base: dict[str, Any] = {
        "today": clock.today(),
        "measures": len(progress),
        "not_done": tuple(n for n, value in progress if value not in DONE_PROGRESS or n in short),
        "evidence_missing": state.missing,
        "evidence_required": state.required,
    }
    if case is None:
        return Facts(**base)
    lines = dict(case.lines.values_list("measure__number", "conclusion"))
    objections = list(case.objections.values_list("state", flat=True))
    notice = PublicNotice.objects.filter(case=case).first()
    waiting = case.proposals.filter(kind=MotionKind.CLOSE, state=MotionState.PROPOSED)
    return Facts(
        **base,
        applied=True,
        passed=passed_steps(viewer, case),
        signed_rank=_signed_rank(case),
        measures_met=sum(found == Met.MET for found in lines.values()),
        measures_not_met=tuple(number for number, found in lines.items() if found == Met.NOT_MET),
        notice_until=notice.objections_until if notice else None,
        open_objections=objections.count(ObjectionState.OPEN),
        upheld=ObjectionState.UPHELD in objections,
        close_proposed=waiting.exists(),
        closed=case.state in CLOSED_CASES,
    )


def gates_of(viewer: User, problem: Problem) -> list[Gate]:
    """Return the checklist of gates of a problem in sight, from the first day on."""
    case = current_case(viewer, problem)
    return gates(procedure_of(viewer, problem, case), facts_of(viewer, problem, case))


def _short_measures(problem: Problem) -> frozenset[int]:
    """Return the numbers of measures with a quantity that is not reached."""
    targets = TaskTarget.objects.filter(task__problem=problem, task__is_leaf=True, done__lt=F("amount"))
    return frozenset(targets.values_list("task__measure__number", flat=True))


def _signed_rank(case: CloseoutCase) -> int:
    signed = Verification.objects.filter(case=case, kind=StepKind.SIGN, conclusion=Conclusion.PASS)
    levels = signed.exclude(organisation=case.applicant_unit_id).values_list("organisation__level", flat=True)
    return max((rules.RANKS[level] for level in levels), default=-1)


def working_days(viewer: User, start: dt.date, days: int) -> Callable[[dt.date], bool]:
    """Return a test for working days that is good for a notice of so many days from `start`."""
    del viewer
    return rulebook.public_workdays(start, rules.horizon(start, days)).__contains__


def number_region(viewer: User, case: CloseoutCase, procedure: rules.Procedure) -> Organisation:
    """Return the region that numbers a case: the nearest at or above its home of the level that files."""
    del viewer
    above = Organisation.objects.filter(path__in=case.problem.home.ancestor_paths).order_by("-path")
    places = list(above)
    high = [place for place in places if rules.RANKS[place.level] >= procedure.file.rank]
    return high[0] if high else places[-1]


def may_take_next(viewer: User, case: CloseoutCase) -> bool:
    """Say whether the step that a case waits for is the viewer's to take."""
    procedure = procedure_of(viewer, case.problem, case)
    step = next_step(viewer, case, procedure)
    if step is None or step.kind == StepKind.NOTICE or case.state not in VERIFYING:
        return False
    return policy.may_take_step(viewer, case, step)


def turn(viewer: User, case: CloseoutCase, kind: StepKind, key: str = "") -> rules.Step:
    """Return the step that a case waits for, if it is of this kind and the viewer's to take; else refuse."""
    label = CaseState(case.state).label
    require(case.state in VERIFYING, f"现在是“{label}”，不能做{kind.label}。", code="move_refused")
    step = next_step(viewer, case, rules.read(case.rules, case.class_name))
    if step is None or step.kind != kind or (key and step.key != key):
        now = f"现在该办的是“{step.label}”" if step else "各步都已办完"
        raise Refused(f"{now}，不能做{kind.label}。", code="not_this_step")
    allowed = policy.may_take_step(viewer, case, step)
    words = f"“{step.label}”由{rules.who(step)}办，申请单位自己不能办"
    require(allowed, words, code="may_not_verify", error=Forbidden)
    return step
