"""整改方案: versions are drafted, submitted, approved by another, published; a snapshot binds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from dugai.journal.services import change, record, shown
from dugai.kernel import clock
from dugai.kernel.errors import Refused, require
from dugai.ledger import policy, queries, queries_plan
from dugai.ledger.models import Plan, PlanVersion
from dugai.ledger.states import PLAN_MOVES, PlanState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.ledger.models import ChangeRequest, Problem
    from dugai.people.models import Organisation, User

KEEPER = "只有这个地区的整改办可以起草方案"


@transaction.atomic
def open_plan(*, actor: User, inspection_id: int, organisation: Organisation, title: str) -> PlanVersion:
    """Begin the plan of an organisation for an inspection, with its first version as a draft."""
    inspection = queries.get_inspection(actor, inspection_id)
    require(policy.may_draft_plan(actor, organisation), KEEPER, code="not_keeper")
    require(title.strip(), "请写方案名称", code="title_missing")
    if Plan.objects.filter(inspection=inspection, organisation=organisation).exists():
        raise Refused(f"{organisation} 对这次督察已经有方案。请打开原方案起草新版。", code="plan_exists")
    plan = Plan(inspection=inspection, organisation=organisation, title=title.strip())
    try:
        plan.save(force_insert=True)
    except IntegrityError as taken:
        raise Refused("刚有别人起草了这个方案。请打开它。", code="plan_exists") from taken
    record(
        actor=actor,
        kind="plan.opened",
        subject=plan,
        after=shown(plan, "inspection", "organisation", "title"),
    )
    return _new_version(actor, plan, 1, "")


@transaction.atomic
def draft_next_version(*, actor: User, plan_id: int, reason: str) -> PlanVersion:
    """Begin the next version of a plan; one draft at a time, and it says why the plan is revised."""
    plan = queries_plan.get_plan(actor, plan_id, lock=True)
    require(policy.may_draft_plan(actor, plan.organisation), KEEPER, code="not_keeper")
    require(reason.strip(), "请写修订原因", code="reason_missing")
    latest = plan.versions.order_by("-number").first()
    if latest is not None and latest.state in {PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED}:
        raise Refused(f"第 {latest.number} 版还没有审定。请先办完这一版。", code="version_open")
    return _new_version(actor, plan, latest.number + 1 if latest else 1, reason.strip())


@transaction.atomic
def submit_plan(*, actor: User, version_id: int, seen_version: int) -> PlanVersion:
    """Hand a drafted or returned version to the one who approves. It must have something to bind."""
    version = queries_plan.get_version(actor, version_id, lock=True)
    require(policy.may_draft_plan(actor, version.plan.organisation), KEEPER, code="not_keeper")
    queries.require_seen(version, seen_version)
    state = PLAN_MOVES.next(PlanState(version.state), "submit")
    rows = queries_plan.current_rows(version.plan)
    require(rows, "台账里还没有登记问题，方案是空的。请先登记问题和措施。", code="plan_empty")
    before, after = change(version, state=state, submitted_by=actor.person, snapshot={"rows": rows})
    record(actor=actor, kind="plan.submitted", subject=version, before=_light(before), after=_light(after))
    return version


@transaction.atomic
def approve_plan(*, actor: User, version_id: int, seen_version: int, opinion: str = "") -> PlanVersion:
    """Approve a submitted version: what the ledger says now is what binds, and older versions give way.

    Refused when the ledger changed since it was submitted: the approver would bind what nobody handed in.
    """
    version = queries_plan.get_version(actor, version_id, lock=True)
    _require_decider(actor, version)
    queries.require_seen(version, seen_version)
    state = PLAN_MOVES.next(PlanState(version.state), "approve")
    rows = queries_plan.current_rows(version.plan)
    if rows != version.snapshot.get("rows"):
        message = "报送之后台账又改过，与报送的内容不一致。请退回，由起草人重新报送。"
        raise Refused(message, code="changed_since_submission")
    _supersede(actor, version.plan, except_for=version.pk)
    before, after = change(
        version, state=state, approved_by=actor.person, approved_on=clock.today(), opinion=opinion.strip()
    )
    record(
        actor=actor, kind="plan.approved", subject=version, before=before, after=after, reason=opinion.strip()
    )
    return version


@transaction.atomic
def return_plan(*, actor: User, version_id: int, seen_version: int, reason: str) -> PlanVersion:
    """Send a submitted version back to be changed."""
    version = queries_plan.get_version(actor, version_id, lock=True)
    _require_decider(actor, version)
    queries.require_seen(version, seen_version)
    return _move(actor, version, "send_back", "plan.returned", reason)


@transaction.atomic
def publish_plan(*, actor: User, version_id: int, seen_version: int) -> PlanVersion:
    """Mark an approved version as made public."""
    version = queries_plan.get_version(actor, version_id, lock=True)
    require(
        policy.may_publish_plan(actor, version),
        "只有这个地区整改办的审核或管理人员可以公开方案",
        code="may_not_publish",
    )
    queries.require_seen(version, seen_version)
    return _move(actor, version, "publish", "plan.published", "")


@transaction.atomic
def withdraw_plan(*, actor: User, version_id: int, seen_version: int, reason: str) -> PlanVersion:
    """Take a version back that is not approved yet."""
    version = queries_plan.get_version(actor, version_id, lock=True)
    require(policy.may_draft_plan(actor, version.plan.organisation), KEEPER, code="not_keeper")
    queries.require_seen(version, seen_version)
    return _move(actor, version, "withdraw", "plan.withdrawn", reason)


def version_for_change(*, actor: User, request: ChangeRequest, problem: Problem, keys: Iterable[str]) -> None:
    """Make the next version of every plan that binds `problem` after an approved change; called within it.

    The version keeps only the rows that changed (`keys`) and the version it builds on; both of the
    two people who requested and approved the change stand in it.
    """
    wanted = set(keys)
    for plan in queries_plan.binding_plans(problem):
        base = queries_plan.binding_version(plan)
        open_one = plan.versions.filter(state__in=(PlanState.SUBMITTED,)).first()
        if open_one is not None:
            before, after = change(open_one, state=PlanState.RETURNED)
            record(
                actor=actor,
                kind="plan.returned",
                subject=open_one,
                before=before,
                after=after,
                reason=f"申请调整 {request.pk} 已同意，台账有变，请重新报送",
            )
        rows = queries_plan.current_rows(plan, problem=problem)
        patch = {key: rows[key] for key in sorted(wanted & rows.keys())}
        latest = plan.versions.order_by("-number")[0].number
        _supersede(actor, plan)
        version = PlanVersion(
            plan=plan,
            number=latest + 1,
            state=PlanState.APPROVED,
            reason=f"申请调整：{request.get_field_display()}。{request.reason}"[:300],
            snapshot={"base": base.pk, "rows": patch, "change": request.pk},
            submitted_by=request.requested_by,
            approved_by=actor.person,
            approved_on=clock.today(),
            opinion=request.opinion,
        )
        version.save(force_insert=True)
        record(
            actor=actor,
            kind="plan.revised",
            subject=version,
            after=shown(
                version, "plan", "number", "state", "reason", "submitted_by", "approved_by", "snapshot"
            ),
        )


def _new_version(actor: User, plan: Plan, number: int, reason: str) -> PlanVersion:
    version = PlanVersion(plan=plan, number=number, reason=reason)
    version.save(force_insert=True)
    record(
        actor=actor, kind="plan.drafted", subject=version, after=shown(version, "plan", "number", "reason")
    )
    return version


def _move(actor: User, version: PlanVersion, name: str, kind: str, reason: str) -> PlanVersion:
    move = PLAN_MOVES.find(PlanState(version.state), name)
    require(reason.strip() or not move.needs_reason, f"“{move.label}”要写原因", code="reason_missing")
    before, after = change(version, state=move.target)
    record(actor=actor, kind=kind, subject=version, before=before, after=after, reason=reason.strip())
    return version


def _supersede(actor: User, plan: Plan, except_for: int = 0) -> None:
    for old in plan.versions.filter(state__in=(PlanState.APPROVED, PlanState.PUBLISHED)).exclude(
        pk=except_for
    ):
        before, after = change(old, state=PLAN_MOVES.next(PlanState(old.state), "supersede"))
        record(actor=actor, kind="plan.superseded", subject=old, before=before, after=after)


def _require_decider(actor: User, version: PlanVersion) -> None:
    require(
        actor.person.pk != version.submitted_by_id,
        "方案是您报送的，要由另一个人审定或退回",
        code="two_people",
    )
    require(
        policy.may_approve_plan(actor, version),
        "只有这个地区整改办的审核或管理人员可以审定方案",
        code="may_not_approve",
    )


def _light(values: dict[str, Any]) -> dict[str, Any]:
    """Tell of a snapshot by its size: its rows are in the journal already, each in its event."""
    snapshot = values.get("snapshot")
    return (
        {**values, "snapshot": {"rows": len(snapshot.get("rows", {}))}}
        if isinstance(snapshot, dict)
        else values
    )
