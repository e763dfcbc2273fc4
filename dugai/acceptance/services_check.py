"""核查与签字: papers, visits and signatures, each by other hands than the applicant's; pass, or send back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import queries_case, rules
from dugai.acceptance.models import CaseMeasure, Verification
from dugai.acceptance.services_case import advance
from dugai.acceptance.states import CaseState, Conclusion, Met, StepKind
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, Refused, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.acceptance.entries import Finding
    from dugai.acceptance.models import CloseoutCase, SiteVisit
    from dugai.people.models import User

LONGEST_OPINION = 1000
LONGEST_NOTE = 500


@transaction.atomic
def check_documents(
    *,
    actor: User,
    case_id: int,
    seen_version: int,
    passed: bool,
    opinion: str,
    findings: Sequence[Finding] = (),
) -> CloseoutCase:
    """Check the papers, measure by measure: pass them on, or send the application back."""
    case = queries_case.get_case(actor, case_id, lock=True)
    step = queries_case.turn(actor, case, StepKind.DOCUMENTS)
    require_version(case, seen_version)
    _find(actor, case, findings)
    return take(actor=actor, case=case, step=step, passed=passed, opinion=opinion)


@transaction.atomic
def sign_off(
    *, actor: User, case_id: int, seen_version: int, step: str, passed: bool, opinion: str
) -> CloseoutCase:
    """Sign for one level, or send the application back. `step` is the key the signer saw.

    Whoever took an earlier step of the case does not sign (proposer and approver are two people).
    """
    case = queries_case.get_case(actor, case_id, lock=True)
    mine = queries_case.turn(actor, case, StepKind.SIGN, step)
    require_version(case, seen_version)
    earlier = case.verifications.filter(person=actor.person.pk)
    if earlier.exists():
        raise Forbidden("前面的核查是您做的，要由另一个人签字", code="two_people")
    if passed:
        facts = queries_case.facts_of(actor, case.problem, case)
        if facts.evidence_missing:
            named = "、".join(facts.evidence_missing[:5])
            raise Refused(f"必备佐证没有审定：{named}。审定后再签字。", code="evidence_missing")
    return take(actor=actor, case=case, step=mine, passed=passed, opinion=opinion)


@transaction.atomic
def take(
    *,
    actor: User,
    case: CloseoutCase,
    step: rules.Step,
    passed: bool,
    opinion: str,
    visit: SiteVisit | None = None,
) -> CloseoutCase:
    """Write one step of a locked case whose turn and whose actor were checked, and let the case go on."""
    words = opinion.strip()
    require(passed or words, "退回要写明原因，让申请单位知道要补什么", code="reason_missing")
    if len(words) > LONGEST_OPINION:
        raise InvalidInput(f"意见最多 {LONGEST_OPINION} 字", fields={"opinion": "太长"})
    verification = Verification(
        case=case,
        step=step.key,
        kind=step.kind,
        organisation=actor.organisation,
        person=actor.person,
        conclusion=Conclusion.PASS if passed else Conclusion.RETURN,
        opinion=words,
        at=clock.now(),
        visit=visit,
    )
    if passed:
        _require_measures_met(case, step)
    verification.save(force_insert=True)
    names = ("case", "step", "kind", "organisation", "person", "conclusion", "visit")
    record(
        actor=actor,
        kind="verification.passed" if passed else "verification.returned",
        subject=verification,
        after=shown(verification, *names),
        reason=words,
    )
    if not passed:
        return advance(actor=actor, case=case, kind="closeout.returned", move="send_back", reason=words)
    procedure = rules.read(case.rules, case.class_name)
    done = queries_case.passed_steps(actor, case)
    if case.state == CaseState.APPLIED and rules.all_checked(procedure, done):
        return advance(actor=actor, case=case, kind="closeout.checked", move="check")
    if case.state == CaseState.CHECKED and rules.all_before_notice(procedure, done):
        return advance(actor=actor, case=case, kind="closeout.verified", move="verify", reason=words)
    return advance(actor=actor, case=case, kind="closeout.step_passed")


def _find(actor: User, case: CloseoutCase, findings: Sequence[Finding]) -> None:
    """Write what the checker finds of each measure; the latest finding stands."""
    lines = {line.measure_id: line for line in CaseMeasure.objects.filter(case=case)}
    for one in findings:
        line = lines.get(one.measure_id)
        if line is None:
            raise InvalidInput("核查结论里有不属于这个问题的措施", code="other_measure")
        values: dict[str, Any] = {
            "conclusion": Met.MET if one.met else Met.NOT_MET,
            "note": one.note.strip()[:LONGEST_NOTE],
            "checked_by": actor.person,
        }
        if not one.met and not values["note"]:
            message = "没有落实的措施要写明差在哪里"
            raise InvalidInput(message, code="note_missing", fields={f"note_{one.measure_id}": message})
        before, after = change(line, **values)
        record(actor=actor, kind="case_measure.checked", subject=line, before=before, after=after)


@transaction.atomic
def note_findings(*, actor: User, case: CloseoutCase, findings: Sequence[Finding]) -> None:
    """Write what a visit found of each measure; the locked case and the actor were checked."""
    _find(actor, case, findings)


def _require_measures_met(case: CloseoutCase, step: rules.Step) -> None:
    """Nothing passes with a measure found wanting, and the last check passes with none left open."""
    lines = list(CaseMeasure.objects.filter(case=case).select_related("measure"))
    wanting = [str(line.measure.number) for line in lines if line.conclusion == Met.NOT_MET]
    require(not wanting, f"措施 {'、'.join(wanting)} 没有落实，应当退回", code="measures_not_met")
    procedure = rules.read(case.rules, case.class_name)
    checks = [one for one in procedure.steps if one.kind in {StepKind.DOCUMENTS, StepKind.VISIT}]
    if step.key == checks[-1].key:
        left = [str(line.measure.number) for line in lines if line.conclusion == Met.OPEN]
        require(not left, f"措施 {'、'.join(left)} 还没有写核查结论", code="measures_not_checked")
