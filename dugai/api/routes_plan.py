"""Plans, their versions, and requested changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Query, Router, Status

from dugai.api.auth import LEDGER, READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import PathId
from dugai.api.shapes_plan import (
    ChangeAsk,
    ChangeIn,
    ChangeOut,
    ChangePage,
    DifferenceOut,
    NextVersionIn,
    OpinionIn,
    PlanIn,
    PlanOut,
    PlanPage,
    ReasonIn,
    ResubmitIn,
    SeenIn,
    SortedAsk,
    VersionOut,
    VersionPage,
)
from dugai.journal.services import demand_version
from dugai.ledger import queries, queries_feed, queries_plan, services_change, services_plan
from dugai.people import queries as people

if TYPE_CHECKING:
    from dugai.ledger.models import ChangeRequest, Plan, PlanVersion
    from dugai.ledger.rules_plan import Difference

router = Router(tags=["方案与调整"])


@router.get("/plans", response=PlanPage, auth=READ, operation_id="list_plans", summary="方案列表")
def list_plans(request: TokenRequest, ask: Query[SortedAsk]) -> dict[str, Any]:
    """Return plans in sight."""
    return paged(ask, lambda *page: queries_feed.plans(request.user, *page), ask.sort)


@router.get("/plans/{plan_id}", response=PlanOut, auth=READ, operation_id="get_plan", summary="一个方案")
def get_plan(request: TokenRequest, plan_id: PathId) -> Plan:
    """Return one plan."""
    return queries_plan.get_plan(request.user, plan_id)


@router.post("/plans", response={201: VersionOut}, auth=LEDGER, operation_id="open_plan", summary="起草方案")
def open_plan(request: TokenRequest, body: PlanIn) -> Status[PlanVersion]:
    """Begin the plan of an organisation for an inspection, with its first version as a draft."""
    queries.get_inspection(request.user, body.inspection)
    organisation = people.get_organisation(request.user, body.organisation)
    version = services_plan.open_plan(
        actor=request.user, inspection_id=body.inspection, organisation=organisation, title=body.title
    )
    return Status(201, version)


@router.get(
    "/plans/{plan_id}/versions",
    response=VersionPage,
    auth=READ,
    operation_id="list_plan_versions",
    summary="方案的各版",
)
def list_plan_versions(request: TokenRequest, plan_id: PathId, ask: Query[SortedAsk]) -> dict[str, Any]:
    """Return the versions of a plan."""
    return paged(ask, lambda *page: queries_feed.versions(request.user, plan_id, *page), ask.sort)


@router.post(
    "/plans/{plan_id}/versions",
    response={201: VersionOut},
    auth=LEDGER,
    operation_id="draft_plan_version",
    summary="起草新版",
)
def draft_plan_version(request: TokenRequest, plan_id: PathId, body: NextVersionIn) -> Status[PlanVersion]:
    """Begin the next version of a plan."""
    return Status(
        201, services_plan.draft_next_version(actor=request.user, plan_id=plan_id, reason=body.reason)
    )


@router.get(
    "/plan-versions/{version_id}",
    response=VersionOut,
    auth=READ,
    operation_id="get_plan_version",
    summary="方案的一版",
)
def get_plan_version(request: TokenRequest, version_id: PathId) -> PlanVersion:
    """Return one version of a plan."""
    return queries_plan.get_version(request.user, version_id)


@router.get(
    "/plan-versions/{version_id}/differences",
    response=list[DifferenceOut],
    auth=READ,
    operation_id="compare_plan_version",
    summary="与上一版的不同",
)
def compare_plan_version(request: TokenRequest, version_id: PathId) -> tuple[Difference, ...]:
    """Return what differs from the version that bound before; nothing for the first."""
    return queries_plan.compare(request.user, queries_plan.get_version(request.user, version_id))[1]


@router.post(
    "/plan-versions/{version_id}/submit",
    response=VersionOut,
    auth=LEDGER,
    operation_id="submit_plan_version",
    summary="报送审定",
)
def submit_plan_version(request: TokenRequest, version_id: PathId, body: SeenIn) -> PlanVersion:
    """Hand a version to the one who approves."""
    seen = demand_version(body.seen_version)
    return services_plan.submit_plan(actor=request.user, version_id=version_id, seen_version=seen)


@router.post(
    "/plan-versions/{version_id}/approve",
    response=VersionOut,
    auth=LEDGER,
    operation_id="approve_plan_version",
    summary="审定",
)
def approve_plan_version(request: TokenRequest, version_id: PathId, body: OpinionIn) -> PlanVersion:
    """Approve a version that somebody else submitted."""
    seen, opinion = demand_version(body.seen_version), body.opinion
    return services_plan.approve_plan(
        actor=request.user, version_id=version_id, seen_version=seen, opinion=opinion
    )


@router.post(
    "/plan-versions/{version_id}/return",
    response=VersionOut,
    auth=LEDGER,
    operation_id="return_plan_version",
    summary="退回修改",
)
def return_plan_version(request: TokenRequest, version_id: PathId, body: ReasonIn) -> PlanVersion:
    """Send a version back to be changed."""
    seen, reason = demand_version(body.seen_version), body.reason
    return services_plan.return_plan(
        actor=request.user, version_id=version_id, seen_version=seen, reason=reason
    )


@router.post(
    "/plan-versions/{version_id}/publish",
    response=VersionOut,
    auth=LEDGER,
    operation_id="publish_plan_version",
    summary="公开",
)
def publish_plan_version(request: TokenRequest, version_id: PathId, body: SeenIn) -> PlanVersion:
    """Mark an approved version as made public."""
    seen = demand_version(body.seen_version)
    return services_plan.publish_plan(actor=request.user, version_id=version_id, seen_version=seen)


@router.post(
    "/plan-versions/{version_id}/withdraw",
    response=VersionOut,
    auth=LEDGER,
    operation_id="withdraw_plan_version",
    summary="撤回",
)
def withdraw_plan_version(request: TokenRequest, version_id: PathId, body: ReasonIn) -> PlanVersion:
    """Take a version back that is not approved yet."""
    seen, reason = demand_version(body.seen_version), body.reason
    return services_plan.withdraw_plan(
        actor=request.user, version_id=version_id, seen_version=seen, reason=reason
    )


@router.get("/changes", response=ChangePage, auth=READ, operation_id="list_changes", summary="申请调整列表")
def list_changes(request: TokenRequest, ask: Query[ChangeAsk]) -> dict[str, Any]:
    """Return requested changes in sight."""
    return paged(
        ask, lambda *page: queries_feed.changes(request.user, ask.problem, ask.state, *page), ask.sort
    )


@router.get(
    "/changes/{change_id}", response=ChangeOut, auth=READ, operation_id="get_change", summary="一份申请"
)
def get_change(request: TokenRequest, change_id: PathId) -> ChangeRequest:
    """Return one requested change."""
    return queries_plan.get_change(request.user, change_id)


@router.post(
    "/problems/{problem_id}/changes",
    response={201: ChangeOut},
    auth=LEDGER,
    operation_id="request_change",
    summary="申请调整",
)
def request_change(request: TokenRequest, problem_id: PathId, body: ChangeIn) -> Status[ChangeRequest]:
    """Ask for a change of what a plan binds."""
    row = services_change.request_change(
        actor=request.user,
        problem_id=problem_id,
        field=body.change.field,
        new=body.change.new.dict(),
        reason=body.reason,
        seen_version=demand_version(body.seen_version),
        measure_id=body.measure,
        task_id=body.task,
    )
    return Status(201, row)


@router.post(
    "/changes/{change_id}/resubmit",
    response=ChangeOut,
    auth=LEDGER,
    operation_id="resubmit_change",
    summary="重新申请",
)
def resubmit_change(request: TokenRequest, change_id: PathId, body: ResubmitIn) -> ChangeRequest:
    """Ask again with a new value or a better reason."""
    seen, new = demand_version(body.seen_version), body.change.new.dict()
    return services_change.resubmit_change(
        actor=request.user, change_id=change_id, seen_version=seen, new=new, reason=body.reason
    )


@router.post(
    "/changes/{change_id}/withdraw",
    response=ChangeOut,
    auth=LEDGER,
    operation_id="withdraw_change",
    summary="撤回申请",
)
def withdraw_change(request: TokenRequest, change_id: PathId, body: SeenIn) -> ChangeRequest:
    """Take one's own request back."""
    seen = demand_version(body.seen_version)
    return services_change.withdraw_change(actor=request.user, change_id=change_id, seen_version=seen)


@router.post(
    "/changes/{change_id}/return",
    response=ChangeOut,
    auth=LEDGER,
    operation_id="return_change",
    summary="退回补充",
)
def return_change(request: TokenRequest, change_id: PathId, body: OpinionIn) -> ChangeRequest:
    """Send a request back to be completed."""
    seen, opinion = demand_version(body.seen_version), body.opinion
    return services_change.return_change(
        actor=request.user, change_id=change_id, seen_version=seen, opinion=opinion
    )


@router.post(
    "/changes/{change_id}/refuse",
    response=ChangeOut,
    auth=LEDGER,
    operation_id="refuse_change",
    summary="不同意",
)
def refuse_change(request: TokenRequest, change_id: PathId, body: OpinionIn) -> ChangeRequest:
    """Refuse a request, with the reason."""
    seen, opinion = demand_version(body.seen_version), body.opinion
    return services_change.refuse_change(
        actor=request.user, change_id=change_id, seen_version=seen, opinion=opinion
    )


@router.post(
    "/changes/{change_id}/approve",
    response=ChangeOut,
    auth=LEDGER,
    operation_id="approve_change",
    summary="同意",
)
def approve_change(request: TokenRequest, change_id: PathId, body: OpinionIn) -> ChangeRequest:
    """Agree to a request that somebody else made; the change is applied."""
    seen, opinion = demand_version(body.seen_version), body.opinion
    return services_change.approve_change(
        actor=request.user, change_id=change_id, seen_version=seen, opinion=opinion
    )
