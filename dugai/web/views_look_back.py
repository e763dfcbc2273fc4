"""回头看: the draws, one draw with its items, and the visit with its three questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from dugai.acceptance import policy, queries_after, queries_case, queries_page, services_look_back
from dugai.acceptance.states import LookBackState
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, require
from dugai.ledger import policy_lists
from dugai.ledger.sight import Scope
from dugai.web import closeout_parts as parts
from dugai.web.forms_closeout import LookBackForm, LookBackPlanForm
from dugai.web.ledger_units import Names
from dugai.web.places import go
from dugai.web.views_closeout import perform, show, status_of
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.acceptance.models import LookBack, LookBackPlan
    from dugai.people.models import Organisation, User
    from dugai.web.frame import SignedInRequest


@require_GET
def look_backs(request: SignedInRequest) -> HttpResponse:
    """Show what the viewer's unit has to look back at, and the draws so far."""
    viewer = request.user
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    plans = queries_after.look_back_plans(viewer, parts.number(request.GET.get("after", "")))
    mine = queries_after.look_back_items(viewer, mine=True)
    context = {"plans": plans.rows, "more": plans.next, "mine": mine.rows, "may_plan": _may_plan(viewer)}
    return render(request, "closeout/look_backs.html", context)


@require_http_methods(["GET", "POST"])
def look_back_new(request: SignedInRequest) -> HttpResponse:
    """Draw a sample among what was closed long enough ago, and assign who goes."""
    viewer = request.user
    require(_may_plan(viewer), "回头看由管本地区的整改办或督查机构安排", error=Forbidden)
    top = Scope.top(viewer) or viewer.organisation
    rule = queries_after.look_back_rules(viewer, top)
    initial = {
        "region": top.name,
        "visitors": str(viewer.organisation),
        "share_percent": rule["share_percent"],
    }
    form = LookBackPlanForm(request.POST or None, initial=initial)
    made: list[LookBackPlan] = []

    def act() -> None:
        data, names = form.cleaned_data, Names(viewer)
        plan = services_look_back.plan_look_back(
            actor=viewer,
            region_id=names.one("region", data["region"]).pk,
            title=data["title"],
            seed=data["seed"],
            due=data["due"],
            visitor_ids=[unit.pk for unit in _visitors(names, data["visitors"])],
            share_percent=data["share_percent"],
        )
        made.append(plan)

    if perform(request, form, act, 0):
        messages.success(request, "已抽取。种子和总数都记在留痕里，任何人可以重算。")
        return go("look_back_plan", plan_id=made[0].pk)
    context = {"form": form, "rule": rule, "fields": list(form)}
    return render(request, "closeout/look_back_new.html", context, status=status_of(form))


@require_GET
def look_back_plan(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """Show one draw: how it was drawn, and what was found so far."""
    viewer = request.user
    require(policy_lists.may_read_ledger(viewer), NO_LEDGER, error=Forbidden)
    plan = queries_after.get_look_back_plan(viewer, plan_id)
    after = parts.number(request.GET.get("after", ""))
    items = queries_after.look_back_items(viewer, plan_id=plan.pk, after=after)
    context = {
        "plan": plan,
        "items": [(one, _may_visit(viewer, one)) for one in items.rows],
        "more": items.next,
    }
    return render(request, "closeout/look_back_plan.html", context)


@require_http_methods(["GET", "POST"])
def look_back_item(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Record one look-back, or show what it found."""
    viewer = request.user
    item = queries_case.get_look_back(viewer, item_id)
    page = queries_page.page_of_case(viewer, item.case_id)
    if request.method == "GET" and item.state == LookBackState.PLANNED:
        words = "由安排的回访单位填，申请单位自己不能填"
        require(policy.may_visit_back(viewer, item), words, error=Forbidden)
    initial = {"seen_version": item.version, "visited_on": clock.today()}
    form = LookBackForm(request.POST or None, initial=initial)

    def act() -> None:
        seen = form.cleaned_data["seen_version"]
        services_look_back.record_look_back(
            actor=viewer, item_id=item_id, seen_version=seen, answers=form.answers()
        )

    if perform(request, form, act, item.version):
        answers = form.answers()
        back = answers.rebound or not answers.in_place
        messages.success(request, "已记下，并提出重新整改，等整改办决定。" if back else "已记下回访结果。")
        return go("problem_closeout", problem_id=page.problem.pk)
    waiting = item.state == LookBackState.PLANNED
    return show(
        request,
        page,
        form,
        title="回访",
        buttons=[("yes", "提交回访")] if waiting else [],
        look_back=item,
        lines=page.lines,
        note="有反弹或没有到位，系统随即提出“重新整改”，由整改办决定。" if waiting else "",
    )


def _may_plan(viewer: User) -> bool:
    top = Scope.top(viewer)
    return top is not None and policy.may_plan_look_back(viewer, top)


def _may_visit(viewer: User, item: LookBack) -> bool:
    return item.state == LookBackState.PLANNED and policy.may_visit_back(viewer, item)


def _visitors(names: Names, text: str) -> list[Organisation]:
    found = names.several("visitors", text)
    if not found:
        raise InvalidInput("请写回访单位。", fields={"visitors": "请写回访单位。"})
    return list(found)
