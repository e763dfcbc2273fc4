"""申请验收: the responsible side applies, measure by measure, and may take its application back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import policy, proof, queries_case, rules
from dugai.acceptance.models import CaseMeasure, CaseProof, CloseoutCase
from dugai.acceptance.rules_gates import gates
from dugai.acceptance.services_case import advance
from dugai.acceptance.states import CaseState, GateKey, StepKind
from dugai.journal.services import Draft, insert_many, record, record_many, require_version, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require
from dugai.ledger import queries as ledger
from dugai.ledger import services_closure
from dugai.ledger.models import Measure
from dugai.ledger.states import CLOSURE_MOVES, Closure, WorkKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.acceptance.entries import Claim
    from dugai.ledger.models import Problem
    from dugai.people.models import User

WHY = "measures of the problem that was loaded through the actor's eyes"
SHOWN = (
    *("problem", "attempt", "state", "class_name", "rule_set", "rules_digest", "checklist", "applicant_unit"),
    *("applied_by", "required_level", "required_proofs", "required_documents", "required_visits"),
    *("required_signs", "notice_days", "days_before_due", "previous", "waiting_for"),
)
SHORTEST_CLAIM = 5


@transaction.atomic
def apply(
    *, actor: User, problem_id: int, seen_version: int, statement: str, claims: Sequence[Claim]
) -> CloseoutCase:
    """Apply for acceptance: every measure is adopted as done, and each has its line of the table.

    The rules of today stay with the case. Raises `Refused` naming the measures that are not done or the
    evidence that must be accepted first.
    """
    problem = ledger.get_problem(actor, problem_id, lock=True)
    values, rule_set = queries_case.rules_for(actor, problem)
    class_name = queries_case.class_of(problem)
    procedure = rules.read(values, class_name)
    allowed = policy.may_apply(actor, problem, procedure)
    require(allowed, f"由{rules.who(procedure.apply)}申请验收", code="may_not_apply", error=Forbidden)
    require_version(problem, seen_version)
    CLOSURE_MOVES.find(Closure(problem.closure), "apply")
    require(statement.strip(), "请写自查自验情况", code="statement_missing")
    _require_done(actor, problem)
    measures = _measures(problem, claims)
    demands = proof.demands(problem)
    kind = WorkKind.ENGINEERING if problem.engineering else WorkKind.NON_ENGINEERING
    today = clock.today()
    last = CloseoutCase.objects.unscoped(WHY).filter(problem=problem).order_by("-attempt").first()
    case = CloseoutCase(
        problem=problem,
        attempt=last.attempt + 1 if last else 1,
        class_name=class_name,
        rules=values,
        rule_set=rule_set,
        rules_digest=canonical.sha256(canonical.dump(values).encode()),
        checklist=values["checklists"][kind.value],
        applicant_unit=actor.organisation,
        applied_by=actor.person,
        applied_at=clock.now(),
        statement=statement.strip(),
        days_before_due=rules.days_before_due(today, problem.due),
        required_level=rules.RANKS[procedure.required_level],
        required_proofs=len(demands),
        required_documents=procedure.count(StepKind.DOCUMENTS),
        required_visits=procedure.count(StepKind.VISIT),
        required_signs=procedure.count(StepKind.SIGN),
        notice_days=procedure.notice.days,
        previous=queries_case.last_closed_case(actor, problem),
        waiting_for=procedure.steps[0].key,
        waiting_rank=procedure.steps[0].rank,
        a1=problem.a1,
        a2=problem.a2,
        a3=problem.a3,
        owner_path=problem.owner_path,
    )
    case.save(force_insert=True)
    record(
        actor=actor,
        kind="closeout.applied",
        subject=case,
        after=shown(case, *SHOWN),
        reason=case.statement,
    )
    lines = [
        CaseMeasure(
            case=case, measure=measures[one.measure_id], claim=one.claim.strip(), proof=one.proof.strip()
        )
        for one in claims
    ]
    asked = [
        CaseProof(case=case, slot=one.slot, name=one.name, phase=one.phase, paired=one.paired)
        for one in demands
    ]
    insert_many(lines)
    insert_many(asked)
    drafts = [
        Draft("case_measure.claimed", row, after=shown(row, "case", "measure", "claim", "proof"))
        for row in lines
    ]
    drafts += [
        Draft("case_proof.asked", row, after=shown(row, "case", "slot", "name", "phase", "paired"))
        for row in asked
    ]
    record_many(actor=actor, drafts=drafts)
    services_closure.move_closure(actor=actor, problem_id=problem.pk, move="apply")
    return case


@transaction.atomic
def withdraw(*, actor: User, case_id: int, seen_version: int, reason: str) -> CloseoutCase:
    """Take an application back before it is checked."""
    case = queries_case.get_case(actor, case_id, lock=True)
    allowed = policy.may_withdraw(actor, case)
    require(allowed, "只有申请单位可以撤回申请", code="may_not_withdraw", error=Forbidden)
    require_version(case, seen_version)
    require(reason.strip(), "请写撤回的理由", code="reason_missing")
    begun = case.verifications.exists()
    require(case.state != CaseState.APPLIED or not begun, "已经开始核查，不能撤回", code="check_begun")
    return advance(actor=actor, case=case, kind="closeout.withdrawn", move="withdraw", reason=reason)


def _require_done(actor: User, problem: Problem) -> None:
    """Refuse while a measure is not done, or proof is missing that must come before the application."""
    procedure = queries_case.procedure_of(actor, problem, None)
    facts = queries_case.facts_of(actor, problem, None)
    for gate in gates(procedure, facts):
        if gate.key == GateKey.PROGRESS and not gate.holds:
            raise Refused(f"{gate.why}，还不能申请验收。", code="measures_not_done")
    gaps = proof.gaps_before_applying(problem)
    if gaps:
        named = "、".join(gaps[:5])
        raise Refused(f"{len(gaps)} 项必备佐证没有审定：{named}。审定后再申请。", code="evidence_missing")


def _measures(problem: Problem, claims: Sequence[Claim]) -> dict[int, Any]:
    """Return the measures by id; every one has exactly one line with something to say."""
    found = {row.pk: row for row in Measure.objects.unscoped(WHY).filter(problem=problem)}
    given = [one.measure_id for one in claims]
    if sorted(given) != sorted(found):
        left = "、".join(str(row.number) for pk, row in found.items() if pk not in given)
        message = f"措施落实对照表要每条措施一行，还缺措施 {left}" if left else "对照表里有重复的"
        raise InvalidInput(message, code="claims_incomplete")
    thin = {
        f"claim_{one.measure_id}": "请写清做了什么、结果如何"
        for one in claims
        if len(one.claim.strip()) < SHORTEST_CLAIM
    }
    if thin:
        raise InvalidInput("有措施没有写完成情况", code="claim_missing", fields=thin)
    return found
