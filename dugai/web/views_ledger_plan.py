"""整改方案: plans, their versions, what differs between two of them, and the moves of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel.errors import DomainError, Forbidden, Refused, require
from dugai.ledger import policy, policy_lists, queries_plan, services_plan
from dugai.ledger.sight import Scope
from dugai.ledger.states import PLAN_MOVES, PlanState
from dugai.web.forms_ledger import PlanForm
from dugai.web.ledger_units import Names
from dugai.web.places import go
from dugai.web.views_ledger_entry import require_office
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.ledger.models import PlanVersion
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

LAMPS = {"submitted": "soon", "returned": "behind", "approved": "ontrack", "published": "done"}
SHOWN = 200
SAID = {
    "submit": "已报送审定。",
    "approve": "已审定。从现在起，时限、目标、单位和文字只能申请调整。",
    "send_back": "已退回修改。",
    "publish": "已记为公开。",
    "withdraw": "已撤回。",
}


@require_GET
def plan_list(request: SignedInRequest) -> HttpResponse:
    """Show the plans in sight."""
    require(policy_lists.may_read_ledger(request.user), NO_LEDGER, error=Forbidden)
    plans = list(queries_plan.plans(request.user)[:SHOWN])
    latest = queries_plan.latest_versions(request.user, plans)
    context = {
        "plans": [
            {"plan": plan, "version": latest.get(plan.pk), "lamp": _lamp(latest.get(plan.pk))}
            for plan in plans
        ],
        "may_open": policy.may_import(request.user),
    }
    return render(request, "ledger/plans.html", context)


@require_http_methods(["GET", "POST"])
def plan_new(request: SignedInRequest) -> HttpResponse:
    """Begin a plan."""
    require_office(request.user)
    kept = queries_plan.inspections_to_keep(request.user)
    top = Scope.top(request.user)
    initial = {"organisation": top.name if top else "", "title": f"{top.name}整改方案" if top else ""}
    form = PlanForm(request.POST or None, initial=initial, inspections=[(one.pk, one.name) for one in kept])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            version = services_plan.open_plan(
                actor=request.user,
                inspection_id=int(data["inspection"]),
                organisation=Names(request.user).one("organisation", data["organisation"]),
                title=data["title"],
            )
        except DomainError as refusal:
            form.take(refusal)
        else:
            return go("plan_version", version_id=version.pk)
    return render(
        request, "ledger/plan_new.html", {"form": form, "kept": kept}, status=422 if form.errors else 200
    )


@require_GET
def plan_page(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Show one plan with its versions, the newest first."""
    plan = queries_plan.get_plan(request.user, plan_id)
    versions = list(queries_plan.versions(request.user, plan))
    open_one = next((one for one in versions if one.state in {"draft", "submitted", "returned"}), None)
    context = {
        "plan": plan,
        "versions": [{"version": one, "lamp": _lamp(one)} for one in versions],
        "may_draft": policy.may_draft_plan(request.user, plan.organisation),
        "open": open_one,
    }
    return render(request, "ledger/plan.html", context)


@require_POST
def plan_next(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Begin the next version of a plan."""
    version = services_plan.draft_next_version(
        actor=request.user, plan_id=plan_id, reason=request.POST.get("reason", "")
    )
    return go("plan_version", version_id=version.pk)


@require_GET
def version_page(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Show one version: what differs from the one before, what it binds, and what may be done with it."""
    version = queries_plan.get_version(request.user, version_id)
    earlier, differences = queries_plan.compare(request.user, version)
    rows = queries_plan.content_of(version)
    kinds = [key.partition(":")[0] for key in rows]
    context = {
        "version": version,
        "plan": version.plan,
        "lamp": _lamp(version),
        "earlier": earlier,
        "differences": differences,
        "rows": [row for key, row in rows.items() if not key.startswith("task:")][:SHOWN],
        "counts": {kind: kinds.count(kind) for kind in ("problem", "measure", "task")},
        "cut": sum(kind != "task" for kind in kinds) > SHOWN,
        "moves": _moves(request.user, version),
    }
    return render(request, "ledger/plan_version.html", context)


@require_POST
def version_move(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Make a move of a version."""
    move = request.POST.get("move", "")
    reason = request.POST.get("reason", "")
    seen: dict[str, Any] = {
        "actor": request.user,
        "version_id": version_id,
        "seen_version": int(request.POST.get("seen_version") or 0),
    }
    if move == "submit":
        services_plan.submit_plan(**seen)
    elif move == "approve":
        services_plan.approve_plan(**seen, opinion=reason)
    elif move == "send_back":
        services_plan.return_plan(**seen, reason=reason)
    elif move == "publish":
        services_plan.publish_plan(**seen)
    elif move == "withdraw":
        services_plan.withdraw_plan(**seen, reason=reason)
    else:
        queries_plan.get_version(request.user, version_id)
        raise Refused("请选要做的一步。", code="move_missing")
    messages.success(request, SAID[move])
    return go("plan_version", version_id=version_id)


def _lamp(version: PlanVersion | None) -> str:
    return LAMPS.get(version.state, "closed") if version else "closed"


def _moves(viewer: User, version: PlanVersion) -> list[dict[str, Any]]:
    """Return the buttons of a version; one that is not for this viewer stays and says why."""
    if not policy.may_draft_plan(viewer, version.plan.organisation):
        return []
    found = []
    for move in PLAN_MOVES.allowed(PlanState(version.state)):
        if move.by_system:
            continue
        why = ""
        if move.name in {"approve", "send_back"} and not policy.may_approve_plan(viewer, version):
            own = viewer.person.pk == version.submitted_by_id
            why = "方案是您报送的，要由另一个人审定" if own else "要由整改办的审核或管理人员审定"
        elif move.name == "publish" and not policy.may_publish_plan(viewer, version):
            why = "要由整改办的审核或管理人员公开"
        main = move.name in {"submit", "approve", "publish"}
        found.append(
            {"name": move.name, "label": move.label, "why": why, "main": main, "reason": move.needs_reason}
        )
    return found
