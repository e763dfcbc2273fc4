"""销号: one person proposes, another closes and gives the number; then it is filed and watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from dugai.acceptance import policy, queries_case, rules
from dugai.acceptance.models import CloseoutCase, CloseoutProposal, ClosureEntry, NumberCounter
from dugai.acceptance.rules_gates import open_gates
from dugai.acceptance.services_case import advance
from dugai.acceptance.states import (
    CASE_MOVES,
    PROPOSAL_MOVES,
    CaseState,
    GateKey,
    MotionKind,
    MotionState,
)
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, Refused, require

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User

PROPOSAL = ("problem", "case", "kind", "state", "reason", "requirement", "due", "successor", "proposed_by")
TWO_PEOPLE = "提出的人不能自己批准，要由另一个审核岗或管理岗决定"


@transaction.atomic
def propose_close(*, actor: User, case_id: int, seen_version: int, reason: str = "") -> CloseoutProposal:
    """Propose to close what passed every gate; another person decides."""
    case = queries_case.get_case(actor, case_id, lock=True)
    procedure = rules.read(case.rules, case.class_name)
    _require_closer(actor, case, procedure)
    require_version(case, seen_version)
    CASE_MOVES.find(CaseState(case.state), "close")
    _require_gates(actor, case, procedure)
    waiting = case.proposals.filter(kind=MotionKind.CLOSE, state=MotionState.PROPOSED)
    require(not waiting.exists(), "已经有人提出销号，等另一人批准", code="proposed_already")
    proposal = CloseoutProposal(
        problem=case.problem,
        case=case,
        kind=MotionKind.CLOSE,
        reason=reason.strip() or "各项要件齐备",
        proposed_by=actor.person,
        proposed_at=clock.now(),
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


@transaction.atomic
def close(*, actor: User, proposal_id: int, seen_version: int, opinion: str = "") -> ClosureEntry:
    """Close a problem that another person proposed to close, and give it the next number of its region."""
    proposal = queries_case.get_proposal(actor, proposal_id, lock=True)
    case = proposal.case
    if case is None or proposal.kind != MotionKind.CLOSE:
        raise Refused("这份提议不是销号", code="other_proposal")
    procedure = rules.read(case.rules, case.class_name)
    require(policy.may_decide(actor, proposal, procedure), TWO_PEOPLE, code="two_people", error=Forbidden)
    require_version(proposal, seen_version)
    state = PROPOSAL_MOVES.next(MotionState(proposal.state), "approve")
    CASE_MOVES.find(CaseState(case.state), "close")
    _require_gates(actor, case, procedure)
    before, after = change(
        proposal, state=state, decided_by=actor.person, decided_at=clock.now(), opinion=opinion.strip()[:500]
    )
    record(
        actor=actor,
        kind="closeout_proposal.approved",
        subject=proposal,
        before=before,
        after=after,
        reason=opinion.strip(),
    )
    entry = _number(actor, case, procedure)
    today = entry.closed_on
    months = int(case.rules["consolidation_months"])
    advance(
        actor=actor,
        case=case,
        kind="closeout.closed",
        move="close",
        reason=proposal.reason,
        closed_on=today,
        consolidation_until=rules.consolidation_end(today, months),
    )
    return entry


@transaction.atomic
def file(*, actor: User, case_id: int, seen_version: int, filed_with: str) -> ClosureEntry:
    """Put on record where a closed problem was filed (备案)."""
    case = queries_case.get_case(actor, case_id, lock=True)
    procedure = rules.read(case.rules, case.class_name)
    allowed = policy.may_file(actor, case, procedure)
    require(allowed, f"备案由{rules.who(procedure.file)}办", code="may_not_file", error=Forbidden)
    require_version(case, seen_version)
    CASE_MOVES.find(CaseState(case.state), "file")
    require(filed_with.strip(), "请写备案机关", code="filed_with_missing")
    entry = ClosureEntry.objects.get(case=case)
    before, after = change(
        entry, filed_on=clock.today(), filed_by=actor.person, filed_with=filed_with.strip()[:120]
    )
    record(actor=actor, kind="closure_entry.filed", subject=entry, before=before, after=after)
    advance(actor=actor, case=case, kind="closeout.filed", move="file")
    return entry


@transaction.atomic
def consolidate(*, actor: User, case_id: int, seen_version: int) -> CloseoutCase:
    """Begin the 巩固期 of a closed problem."""
    case = queries_case.get_case(actor, case_id, lock=True)
    procedure = rules.read(case.rules, case.class_name)
    allowed = policy.may_file(actor, case, procedure)
    require(allowed, f"巩固期由{rules.who(procedure.file)}定", code="may_not_file", error=Forbidden)
    require_version(case, seen_version)
    return advance(actor=actor, case=case, kind="closeout.consolidating", move="consolidate")


def _require_closer(actor: User, case: CloseoutCase, procedure: rules.Procedure) -> None:
    allowed = policy.may_close(actor, case, procedure)
    words = f"销号由{rules.who(procedure.close)}提出，申请单位自己不能销"
    require(allowed, words, code="may_not_close", error=Forbidden)


def _require_gates(actor: User, case: CloseoutCase, procedure: rules.Procedure) -> None:
    """Refuse while a gate is open, naming each; the two people themselves are the last gate."""
    facts = queries_case.facts_of(actor, case.problem, case)
    left = open_gates(procedure, facts, leave={GateKey.CLOSER})
    if left:
        named = "；".join(f"{gate.label}：{gate.why}" for gate in left)
        raise Refused(f"还不能销号。{named}。", code="gates_open")


def _number(actor: User, case: CloseoutCase, procedure: rules.Procedure) -> ClosureEntry:
    """Give the next number of the region and year; taken last, so that the counter is held shortly."""
    region = queries_case.number_region(actor, case, procedure)
    today = clock.today()
    number = _next_number(region, today.year)
    entry = ClosureEntry(
        case=case,
        region=region,
        year=today.year,
        number=number,
        text=rules.number_text(
            case.rules["number"], region=region.short_name or region.name, year=today.year, number=number
        ),
        closed_on=today,
        closed_by=actor.person,
    )
    entry.save(force_insert=True)
    names = ("case", "region", "year", "number", "text", "closed_on", "closed_by")
    record(actor=actor, kind="closure_entry.numbered", subject=entry, after=shown(entry, *names))
    return entry


def _next_number(region: Organisation, year: int) -> int:
    found = NumberCounter.objects.select_for_update(of=("self",), no_key=True)
    counter = found.filter(region=region, year=year).first()
    if counter is None:
        try:
            with transaction.atomic():
                NumberCounter.objects.create(region=region, year=year)
        except IntegrityError:  # somebody else closed the first one of the year just now
            pass
        counter = found.get(region=region, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last
