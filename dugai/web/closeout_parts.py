"""What the pages of close-out share: gates with their marks, steps, the next acts of the viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from dugai.acceptance import policy, queries_case
from dugai.acceptance.states import (
    CLOSED_CASES,
    CaseState,
    Conclusion,
    GateKey,
    MotionState,
    ObjectionState,
    StepKind,
)
from dugai.evidence import queries as evidence
from dugai.evidence.states import Stage
from dugai.insight import queries_traces
from dugai.kernel.errors import NotVisible
from dugai.web.rows import Chip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import BoundField

    from dugai.acceptance.models import CloseoutCase, CloseoutProposal, Objection, SiteVisit, VisitPhoto
    from dugai.acceptance.queries_page import CasePage, StepLine
    from dugai.acceptance.rules_gates import Gate
    from dugai.evidence.models import Evidence
    from dugai.evidence.rules import Checklist
    from dugai.people.models import User
    from dugai.web.forms import HouseForm

LAMPS = {
    CaseState.APPLIED: "done",
    CaseState.CHECKED: "done",
    CaseState.VERIFIED: "ontrack",
    CaseState.IN_NOTICE: "ontrack",
    CaseState.OBJECTED: "soon",
    CaseState.CLOSED: "closed",
    CaseState.FILED: "closed",
    CaseState.IN_CONSOLIDATION: "closed",
}
"""A chip's tint; what ended without closing stands out."""
CASE_ACTS = (
    ("withdraw", "撤回申请", "closeout_withdraw"),
    ("lodge_objection", "登记异议", "closeout_objection_new"),
    ("consolidate", "进入巩固期", "closeout_consolidate"),
    ("file", "备案", "closeout_file"),
    ("check_documents", "资料初审", "closeout_check"),
    ("record_visit", "填现场核查", "closeout_visit"),
    ("sign_off", "审核签字", "closeout_sign"),
    ("publish_notice", "发布公示", "closeout_notice"),
    ("propose_close", "提出销号", "closeout_close"),
)
LONGEST_NUMBER = 15
OF_A_MEASURE = ("claim_", "proof_", "met_", "note_")
SIDE_ACTS = frozenset({"withdraw", "lodge_objection"})
PROPOSING = (
    ("propose_carry_over", "转入下一轮", "carry_over"),
    ("propose_strengthen", "强化整改", "strengthen"),
    ("propose_reopen", "重新整改", "reopen"),
)


@dataclass(frozen=True)
class Act:
    """A button: its word, where it leads, whether it is the main one, why it is blocked."""

    word: str
    url: str
    main: bool = False
    why: str = ""


@dataclass(frozen=True)
class GateLine:
    """A gate with its mark (`pass`, `stop` for the first that does not hold, `wait`) and where to mend it."""

    gate: Gate
    mark: str
    url: str = ""


def chip(case: CloseoutCase) -> Chip:
    """Return the state of a case as a chip."""
    state = CaseState(case.state)
    return Chip(state.label, LAMPS.get(state, "behind"))


def gate_lines(page: CasePage) -> list[GateLine]:
    """Return the checklist with its marks; the first open gate is what blocks."""
    places = {GateKey.EVIDENCE: reverse("problem_evidence", args=[page.problem.pk])}
    found, stopped = [], False
    for gate in page.gates:
        mark = "pass" if gate.holds else "wait" if stopped else "stop"
        stopped = stopped or not gate.holds
        found.append(GateLine(gate, mark, places.get(gate.key, "")))
    return found


def open_before_applying(viewer: User, page: CasePage) -> str:
    """Say what must be mended before an application; empty when nothing."""
    for gate in page.gates:
        if gate.key == GateKey.PROGRESS and not gate.holds:
            return gate.why
    gaps = evidence.checklist(viewer, page.problem).open(Stage.APPLY)
    return f"还差 {len(gaps)} 类佐证没有审定" if gaps else ""


def acts(viewer: User, page: CasePage) -> list[Act]:
    """Return what the viewer may do now, the main act last."""
    found: list[Act] = []
    if page.case is not None and page.running:
        found += _case_acts(page, page.case)
    if not page.running and page.case is not None and page.case.state in CLOSED_CASES:
        return found
    for name, word, kind in PROPOSING:
        if name in page.acts:
            found.append(Act(word, reverse("closeout_propose", args=[page.problem.pk, kind])))
    found += [_deciding(one) for one in to_decide(viewer, page)]
    found += [
        Act("答复异议", reverse("closeout_objection", args=[one.pk]), main=True)
        for one in page.objections
        if may_answer(viewer, one)
    ]
    if "apply" in page.acts:
        why = open_before_applying(viewer, page)
        found.append(Act("申请验收", reverse("closeout_apply", args=[page.problem.pk]), not why, why))
    return sorted(found, key=lambda act: act.main)


def _case_acts(page: CasePage, case: CloseoutCase) -> list[Act]:
    step = next((line.step for line in page.steps if line.next), None)
    found = []
    for name, word, address in CASE_ACTS:
        if name in page.acts:
            named = step.label if step and name in {"check_documents", "sign_off"} else word
            found.append(Act(named, reverse(address, args=[case.pk]), name not in SIDE_ACTS))
    return found


def _deciding(proposal: CloseoutProposal) -> Act:
    word = f"审批：{proposal.get_kind_display()}"
    return Act(word, reverse("closeout_decide", args=[proposal.pk]), main=True)


def to_decide(viewer: User, page: CasePage) -> list[CloseoutProposal]:
    """Return the proposals that the viewer may decide on."""
    waiting = [one for one in page.proposals if one.state == MotionState.PROPOSED]
    return [one for one in waiting if "decide" in page.acts and may_decide(viewer, page, one)]


def may_decide(viewer: User, page: CasePage, proposal: CloseoutProposal) -> bool:
    """Say whether the viewer may decide on a proposal of the page."""
    cases = {one.pk: one for one in (page.case, *page.earlier) if one is not None}
    proposal.problem = page.problem
    proposal.case = cases.get(proposal.case_id) if proposal.case_id else None
    procedure = queries_case.procedure_of(viewer, page.problem, proposal.case)
    return policy.may_decide(viewer, proposal, procedure)


def may_answer(viewer: User, objection: Objection) -> bool:
    """Say whether the viewer may answer an objection now."""
    return objection.state == ObjectionState.OPEN and policy.may_answer_objection(viewer, objection)


def waits_for(page: CasePage) -> str:
    """Say what a living case waits for and whose turn it is; empty when for nothing."""
    case = page.case
    if case is None or not page.running or case.state in CLOSED_CASES:
        return ""
    if case.state == CaseState.OBJECTED:
        return "现在等异议答复，办理：整改办审核人员"
    step = next((line for line in page.steps if line.next), None)
    if step is None:
        return "各步都已办完，等两人销号"
    if step.step.kind == StepKind.NOTICE and page.notice is not None:
        return f"正在公示，到 {page.notice.objections_until} 为止"
    return f"现在等“{step.step.label}”，办理：{step.who}"


def step_rows(page: CasePage) -> list[dict[str, Any]]:
    """Return the timeline of a case: the application, each step, the closing."""
    rows: list[dict[str, Any]] = []
    case = page.case
    if case is not None:
        rows.append(
            {
                "at": case.applied_at,
                "word": "申请验收",
                "who": f"{case.applicant_unit} {case.applied_by.name}",
                "text": case.statement,
                "done": True,
            }
        )
    rows += [_step_row(page, line) for line in page.steps]
    if case is not None and page.entry is not None:
        row = {"at": page.entry.closed_on, "day": True, "word": f"销号 {page.entry.text}", "done": True}
        rows.append({**row, "who": page.entry.closed_by.name})
    if case is not None and case.ended_reason:
        rows.append({"word": CaseState(case.state).label, "text": case.ended_reason, "done": True})
    return rows


def _step_row(page: CasePage, line: StepLine) -> dict[str, Any]:
    row: dict[str, Any] = {"word": line.step.label, "who": f"办理：{line.who}", "next": line.next}
    taken = line.verification
    if taken is not None:
        passed = taken.conclusion == Conclusion.PASS
        return {
            **row,
            "at": taken.at,
            "who": f"{taken.organisation} {taken.person.name}",
            "text": taken.opinion,
            "done": passed,
            "returned": not passed,
        }
    if line.step.kind == StepKind.NOTICE and page.notice is not None:
        notice = page.notice
        until = f"公示到 {notice.until}，受理异议到 {notice.objections_until}"
        return {**row, "at": notice.published_at, "who": notice.published_by.name, "text": until}
    if line.step.kind == StepKind.NOTICE:
        unit = "个工作日" if line.step.working else "天"
        row["who"] = f"{row['who']}，{line.step.days} {unit}"
    return row


def proof_by_measure(checklist: Checklist[Evidence]) -> dict[int | None, list[Evidence]]:
    """Return the live evidence of a problem by the measure it is tied to; None for the problem as a whole."""
    found: dict[int | None, list[Evidence]] = {}
    for state in checklist.slots:
        for one in state.items:
            found.setdefault(one.measure_id, []).append(one)
    return found


def visits(page: CasePage) -> list[tuple[SiteVisit, list[VisitPhoto]]]:
    """Return the visits with their photos, the first first."""
    return [(one, photos_of(page.photos, one.draft_key)) for one in sorted(page.visits, key=lambda v: v.pk)]


def photos_of(photos: Iterable[VisitPhoto], key: str) -> list[VisitPhoto]:
    """Return the photos that were sent for one visit."""
    return [one for one in photos if one.visit_key == key]


def shared(viewer: User, page: CasePage) -> dict[str, Any]:
    """Return what every page of one close-out shows."""
    return {
        "page": page,
        "problem": page.problem,
        "case": page.case,
        "gates": gate_lines(page),
        "held": sum(gate.holds for gate in page.gates),
        "chip": chip(page.case) if page.case else None,
        "waits": waits_for(page),
        "steps": step_rows(page),
        "acts": acts(viewer, page),
        "may_look": queries_traces.may_look(viewer, page.problem, page.case),
    }


def plain_fields(form: HouseForm) -> list[BoundField]:
    """Return the fields that a page lists one below the other: those not hidden and not of a measure."""
    names = [name for name in form.fields if not name.startswith(OF_A_MEASURE)]
    return [form[name] for name in names if not form[name].is_hidden]


def number(text: str) -> int | None:
    """Return a number given in an address; None for nothing. Raises `NotVisible` for anything else."""
    if not text:
        return None
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise NotVisible("没有这一项")
    return int(text)
