"""Close-out after the signatures: closing, filing, what two people decide, look-backs, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Query, Router, Status

from dugai.acceptance import (
    queries_after,
    services_again,
    services_close,
    services_look_back,
    services_rules,
)
from dugai.acceptance.entries import Answers
from dugai.api import shapes_closeout as shapes
from dugai.api.auth import LEDGER, READ, REVIEW, TokenRequest
from dugai.api.paging import after, page_of
from dugai.api.shapes import Ask, PathId
from dugai.api.shapes_plan import OpinionIn, SeenIn
from dugai.journal.services import demand_version
from dugai.kernel import clock

if TYPE_CHECKING:
    from dugai.acceptance.models import (
        CloseoutCase,
        CloseoutProposal,
        ClosureEntry,
        LookBack,
        LookBackPlan,
    )
    from dugai.rulebook.models import RuleSet

router = Router(tags=["验收销号"])


@router.get(
    "/closeout/register",
    response=shapes.EntryPage,
    auth=READ,
    operation_id="list_closures",
    summary="销号台账",
)
def list_closures(request: TokenRequest, ask: Query[shapes.RegisterAsk]) -> dict[str, Any]:
    """Return the register in sight, newest first."""
    found = queries_after.register(
        request.user, year=ask.year, region_id=ask.region, after=after(ask, "newest"), limit=ask.limit
    )
    return page_of(found, "newest")


@router.get(
    "/closeout/proposals",
    response=shapes.CloseoutProposalPage,
    auth=READ,
    operation_id="list_closeout_proposals",
    summary="等第二个人决定的提议",
)
def list_closeout_proposals(request: TokenRequest, ask: Query[Ask]) -> dict[str, Any]:
    """Return proposals that wait, oldest first."""
    return page_of(queries_after.proposals(request.user, after(ask), ask.limit))


@router.get(
    "/closeout/look-backs",
    response=shapes.LookBackPage,
    auth=READ,
    operation_id="list_look_backs",
    summary="回访对象",
)
def list_look_backs(request: TokenRequest, ask: Query[Ask]) -> dict[str, Any]:
    """Return drawn items in sight, oldest first."""
    return page_of(queries_after.look_back_items(request.user, after=after(ask), limit=ask.limit))


@router.post(
    "/closeout-proposals/{proposal_id}/close",
    response={201: shapes.EntryOut},
    auth=REVIEW,
    operation_id="close_case",
    summary="批准销号，编文号",
)
def close_case(request: TokenRequest, proposal_id: PathId, body: OpinionIn) -> Status[ClosureEntry]:
    """Close what another person proposed to close."""
    entry = services_close.close(
        actor=request.user,
        proposal_id=proposal_id,
        seen_version=demand_version(body.seen_version),
        opinion=body.opinion,
    )
    return Status(201, entry)


@router.post(
    "/closeout-cases/{case_id}/file",
    response=shapes.EntryOut,
    auth=REVIEW,
    operation_id="file_case",
    summary="备案",
)
def file_case(request: TokenRequest, case_id: PathId, body: shapes.FileIn) -> ClosureEntry:
    """Put on record where a closed problem was filed."""
    return services_close.file(
        actor=request.user,
        case_id=case_id,
        seen_version=demand_version(body.seen_version),
        filed_with=body.filed_with,
    )


@router.post(
    "/closeout-cases/{case_id}/consolidate",
    response=shapes.CaseOut,
    auth=REVIEW,
    operation_id="consolidate_case",
    summary="进入巩固期",
)
def consolidate_case(request: TokenRequest, case_id: PathId, body: SeenIn) -> CloseoutCase:
    """Begin the 巩固期."""
    return services_close.consolidate(
        actor=request.user, case_id=case_id, seen_version=demand_version(body.seen_version)
    )


@router.post(
    "/problems/{problem_id}/closeout-proposals",
    response={201: shapes.CloseoutProposalOut},
    auth=REVIEW,
    operation_id="propose_again",
    summary="提出重新整改、强化整改、转入下一轮",
)
def propose_again(
    request: TokenRequest, problem_id: PathId, body: shapes.AgainIn
) -> Status[CloseoutProposal]:
    """Propose to reopen, strengthen or carry over."""
    given: dict[str, Any] = {
        "actor": request.user,
        "problem_id": problem_id,
        "seen_version": demand_version(body.seen_version),
        "reason": body.reason,
    }
    match body.kind:
        case shapes.AgainKind.REOPEN:
            found = services_again.propose_reopen(requirement=body.requirement, due=body.due, **given)
        case shapes.AgainKind.STRENGTHEN:
            due = body.due or clock.today()
            found = services_again.propose_strengthen(requirement=body.requirement, due=due, **given)
        case _:
            found = services_again.propose_carry_over(successor_id=body.successor, **given)
    return Status(201, found)


@router.post(
    "/closeout-proposals/{proposal_id}/approve",
    response=shapes.CloseoutProposalOut,
    auth=REVIEW,
    operation_id="approve_proposal",
    summary="同意提议",
)
def approve_proposal(request: TokenRequest, proposal_id: PathId, body: OpinionIn) -> CloseoutProposal:
    """Agree to what another person proposed."""
    return services_again.approve(
        actor=request.user,
        proposal_id=proposal_id,
        seen_version=demand_version(body.seen_version),
        opinion=body.opinion,
    )


@router.post(
    "/closeout-proposals/{proposal_id}/refuse",
    response=shapes.CloseoutProposalOut,
    auth=REVIEW,
    operation_id="refuse_proposal",
    summary="不同意提议",
)
def refuse_proposal(request: TokenRequest, proposal_id: PathId, body: OpinionIn) -> CloseoutProposal:
    """Refuse what another person proposed."""
    return services_again.refuse(
        actor=request.user,
        proposal_id=proposal_id,
        seen_version=demand_version(body.seen_version),
        opinion=body.opinion,
    )


@router.post(
    "/closeout-proposals/{proposal_id}/withdraw",
    response=shapes.CloseoutProposalOut,
    auth=REVIEW,
    operation_id="take_back_proposal",
    summary="撤回自己的提议",
)
def take_back_proposal(request: TokenRequest, proposal_id: PathId, body: SeenIn) -> CloseoutProposal:
    """Take one's own proposal back."""
    return services_again.take_back(
        actor=request.user, proposal_id=proposal_id, seen_version=demand_version(body.seen_version)
    )


@router.post(
    "/closeout/look-back-plans",
    response={201: shapes.LookBackPlanOut},
    auth=REVIEW,
    operation_id="plan_look_back",
    summary="抽取回头看对象",
)
def plan_look_back(request: TokenRequest, body: shapes.LookBackPlanIn) -> Status[LookBackPlan]:
    """Draw among what is closed."""
    plan = services_look_back.plan_look_back(
        actor=request.user,
        region_id=body.region,
        title=body.title,
        seed=body.seed,
        due=body.due,
        visitor_ids=body.visitors,
        share_percent=body.share_percent,
    )
    return Status(201, plan)


@router.post(
    "/closeout/look-backs/{item_id}",
    response=shapes.LookBackOut,
    auth=REVIEW,
    operation_id="record_look_back",
    summary="填写回访结果",
)
def record_look_back(request: TokenRequest, item_id: PathId, body: shapes.LookBackIn) -> LookBack:
    """Answer the three questions."""
    answers = Answers(body.rebound, body.in_place, body.stable, body.findings, body.visited_on)
    return services_look_back.record_look_back(
        actor=request.user, item_id=item_id, seen_version=demand_version(body.seen_version), answers=answers
    )


@router.post(
    "/closeout/rules",
    response={201: shapes.RulesOut},
    auth=LEDGER,
    operation_id="install_closeout_rules",
    summary="采用一种验收销号办法",
)
def install_closeout_rules(request: TokenRequest, body: shapes.RulesIn) -> Status[RuleSet]:
    """Adopt a shipped variant for a region."""
    rules = services_rules.install_variant(
        actor=request.user, region_id=body.region, variant=body.variant.value, valid_from=body.valid_from
    )
    return Status(201, rules)
