"""Everything one page shows of one problem's close-out, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from dugai.acceptance import policy, queries_case, rules
from dugai.acceptance.models import (
    CaseMeasure,
    CloseoutCase,
    CloseoutProposal,
    ClosureEntry,
    LookBack,
    Objection,
    PublicNotice,
    SiteVisit,
    Verification,
    VisitPhoto,
)
from dugai.acceptance.rules_gates import Gate, gates
from dugai.acceptance.states import CASE_MOVES, CaseState, MotionState, StepKind
from dugai.files import queries as files
from dugai.kernel.errors import NotVisible
from dugai.ledger import queries as ledger
from dugai.ledger.states import CLOSURE_MOVES, Closure

if TYPE_CHECKING:
    from dugai.files.models import StoredFile
    from dugai.ledger.models import Problem
    from dugai.people.models import User


@dataclass(frozen=True)
class StepLine:
    """One step of the procedure as the page shows it: who takes it, whether it is taken or next."""

    step: rules.Step
    who: str
    verification: Verification | None
    next: bool


@dataclass(frozen=True)
class CasePage:
    """One problem's close-out: the case with its rows, gates, steps and what may be done."""

    problem: Problem
    case: CloseoutCase | None
    running: bool
    gates: list[Gate]
    steps: list[StepLine]
    lines: list[CaseMeasure]
    visits: list[SiteVisit]
    photos: list[VisitPhoto]
    notice: PublicNotice | None
    objections: list[Objection]
    entry: ClosureEntry | None
    proposals: list[CloseoutProposal]
    look_backs: list[LookBack]
    earlier: list[CloseoutCase]
    acts: frozenset[str]


def case_page(viewer: User, problem_id: int, case_id: int | None = None) -> CasePage:
    """Return the close-out of a problem in sight: the living case, or the one asked for, or the last one."""
    problem = ledger.get_problem(viewer, problem_id)
    seen = CloseoutCase.objects.visible_to(viewer).filter(problem=problem)
    cases = list(seen.select_related(*queries_case.RELATED, "entry").order_by("-attempt"))
    living = queries_case.current_case(viewer, problem)
    case = living
    if case_id is not None:
        case = next((one for one in cases if one.pk == case_id), None)
        if case is None:
            raise NotVisible(queries_case.HIDDEN)
    procedure = queries_case.procedure_of(viewer, problem, case)
    entry = ClosureEntry.objects.filter(case=case).select_related("closed_by", "filed_by").first()
    about = CloseoutProposal.objects.filter(problem=problem).select_related("proposed_by", "decided_by")
    backs = LookBack.objects.filter(case__problem=problem).select_related(
        "plan", "visitor_unit", "visited_by"
    )
    return CasePage(
        problem=problem,
        case=case,
        running=case is not None and case == living,
        gates=gates(procedure, queries_case.facts_of(viewer, problem, case)),
        steps=_steps(viewer, case, procedure),
        lines=list(
            _of(CaseMeasure, case).select_related("measure", "checked_by").order_by("measure__number")
        ),
        visits=list(_of(SiteVisit, case).select_related("organisation", "recorded_by", "verification")),
        photos=list(_of(VisitPhoto, case).select_related("file__blob").order_by("pk")),
        notice=_of(PublicNotice, case).select_related("published_by").first(),
        objections=list(_of(Objection, case).select_related("lodged_by", "answered_by").order_by("pk")),
        entry=entry,
        proposals=list(about.order_by("-pk")),
        look_backs=list(backs.order_by("-pk")),
        earlier=[one for one in cases if one != case],
        acts=_acts(viewer, problem, living, procedure),
    )


def page_of_case(viewer: User, case_id: int) -> CasePage:
    """Return the close-out of the problem of a case in sight, with this case on it."""
    case = queries_case.get_case(viewer, case_id)
    return case_page(viewer, case.problem_id, case_id)


def photo_file(viewer: User, case_id: int, photo_id: int) -> StoredFile:
    """Return the stored file of a visit's photo the viewer may see."""
    case = queries_case.get_case(viewer, case_id)
    found = VisitPhoto.objects.filter(case=case, pk=photo_id).select_related("file__blob").first()
    if found is None:
        raise NotVisible("没有这张照片")
    return found.file


def open_photo(viewer: User, case_id: int, photo_id: int) -> tuple[StoredFile, IO[bytes]]:
    """Open a visit's photo the viewer may see. Raises `NotVisible`, or `Refused` for a damaged file."""
    stored = photo_file(viewer, case_id, photo_id)
    return stored, files.open_checked(viewer, stored)


def _of(model: Any, case: CloseoutCase | None) -> Any:
    return model.objects.filter(case=case)


def _steps(viewer: User, case: CloseoutCase | None, procedure: rules.Procedure) -> list[StepLine]:
    """Return the procedure with what was done; of a step that was sent back, that verdict."""
    taken: dict[str, Verification] = {}
    if case is not None:
        rows = Verification.objects.filter(case=case).select_related("organisation", "person", "visit")
        taken = {row.step: row for row in rows.order_by("pk")}
    coming = queries_case.next_step(viewer, case, procedure) if case else None
    return [
        StepLine(
            step, rules.who(step), taken.get(step.key), next=coming is not None and step.key == coming.key
        )
        for step in procedure.steps
    ]


def _acts(
    viewer: User, problem: Problem, case: CloseoutCase | None, procedure: rules.Procedure
) -> frozenset[str]:
    """Return the names of the acts whose button the viewer sees; each service asks again."""
    found: set[str] = set()
    closure = Closure(problem.closure)
    waiting = {
        row.kind: row for row in CloseoutProposal.objects.filter(problem=problem, state=MotionState.PROPOSED)
    }
    if CLOSURE_MOVES.allows(closure, "apply") and policy.may_apply(viewer, problem, procedure):
        found.add("apply")
    if policy.may_reopen(viewer, problem, procedure):
        found |= {
            f"propose_{move}"
            for move in ("reopen", "strengthen", "carry_over")
            if CLOSURE_MOVES.allows(closure, move) and move not in waiting
        }
    if any(policy.may_decide(viewer, row, procedure) for row in waiting.values()):
        found.add("decide")
    return frozenset(found | (_case_acts(viewer, case, procedure, waiting) if case else set()))


def _case_acts(
    viewer: User, case: CloseoutCase, procedure: rules.Procedure, waiting: dict[str, CloseoutProposal]
) -> set[str]:
    found: set[str] = set()
    state = CaseState(case.state)
    if state == CaseState.APPLIED and policy.may_withdraw(viewer, case):
        found.add("withdraw")
    step = queries_case.next_step(viewer, case, procedure)
    if step is not None and queries_case.may_take_next(viewer, case):
        names = {
            StepKind.DOCUMENTS: "check_documents",
            StepKind.VISIT: "record_visit",
            StepKind.SIGN: "sign_off",
        }
        found.add(names[step.kind])
    if state == CaseState.VERIFIED and policy.may_publish(viewer, case, procedure):
        found.add("publish_notice")
    if state in {CaseState.IN_NOTICE, CaseState.OBJECTED} and policy.may_lodge_objection(viewer, case):
        found.add("lodge_objection")
    ready = state == CaseState.IN_NOTICE and step is None and "close" not in waiting
    if ready and policy.may_close(viewer, case, procedure):
        found.add("propose_close")
    if policy.may_file(viewer, case, procedure):
        found |= {move for move in ("file", "consolidate") if CASE_MOVES.allows(state, move)}
    return found
