"""销号 and what follows: two people close, then filing, 巩固期, and what opens a problem again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.views.decorators.http import require_http_methods

from dugai.acceptance import queries_case, queries_page, services_again, services_close
from dugai.acceptance.states import MotionKind, MotionState
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, require
from dugai.ledger import queries_plan
from dugai.web import closeout_parts as parts
from dugai.web.forms_closeout import (
    CarryOverForm,
    CloseForm,
    FileForm,
    OpinionForm,
    PlainForm,
    ReopenForm,
    StrengthenForm,
)
from dugai.web.places import go
from dugai.web.views_closeout import page_of_case, perform, require_act, show, version_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

KINDS: dict[str, tuple[type[Any], Callable[..., Any], str]] = {
    MotionKind.REOPEN: (
        ReopenForm,
        services_again.propose_reopen,
        "批准后问题回到整改中，下一次验收会连到这一次。",
    ),
    MotionKind.STRENGTHEN: (
        StrengthenForm,
        services_again.propose_strengthen,
        "批准后按新的要求和期限继续整改，再申请验收。",
    ),
    MotionKind.CARRY_OVER: (
        CarryOverForm,
        services_again.propose_carry_over,
        "批准后这一轮不再验收；原问题和新问题互相连着。",
    ),
}


@require_http_methods(["GET", "POST"])
def closeout_close(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Propose to close; another person decides."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "propose_close")
    form = CloseForm(request.POST or None, initial={"seen_version": version_of(page)})

    def act() -> None:
        services_close.propose_close(
            actor=request.user,
            case_id=case_id,
            seen_version=form.cleaned_data["seen_version"],
            reason=form.cleaned_data["reason"],
        )

    if perform(request, form, act, version_of(page)):
        messages.success(request, "已提出销号，等另一人批准。")
        return go("problem_closeout", problem_id=page.problem.pk)
    note = "您提出，由另一个审核岗或管理岗批准；批准时再核一遍各关，并取销号文号。"
    return show(request, page, form, title="提出销号", buttons=[("yes", "提出销号")], note=note)


@require_http_methods(["GET", "POST"])
def closeout_decide(request: SignedInRequest, proposal_id: int) -> HttpResponse:
    """Decide on what another person proposed; whoever proposed it may take it back."""
    viewer = request.user
    proposal = queries_case.get_proposal(viewer, proposal_id)
    page = queries_page.case_page(viewer, proposal.problem_id, proposal.case_id)
    own = viewer.person.pk == proposal.proposed_by_id
    waiting = proposal.state == MotionState.PROPOSED
    if request.method == "GET":
        require(waiting, "这份提议已经有了决定，请看“提议与决定”", error=Forbidden)
        may = own or parts.may_decide(viewer, page, proposal)
        require(may, "提出的人不能自己批准，要由另一个审核岗或管理岗决定", error=Forbidden)
    form = OpinionForm(request.POST or None, initial={"seen_version": proposal.version})
    closing = proposal.kind == MotionKind.CLOSE
    said: list[str] = []

    def act() -> None:
        said.append(_decide(request, proposal_id, form, closing=closing))

    if perform(request, form, act, proposal.version):
        messages.success(request, said[0])
        return go("problem_closeout", problem_id=page.problem.pk)
    word = "批准销号" if closing else "同意"
    deciding = [("refuse", "不同意"), ("approve", word)]
    return show(
        request,
        page,
        form,
        title=f"审批：{proposal.get_kind_display()}",
        buttons=[("take_back", "撤回提议")] if own else deciding,
        proposal=proposal,
        note="提出和批准是两个人。" + ("批准后立即取号销号。" if closing else ""),
    )


@require_http_methods(["GET", "POST"])
def closeout_file(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Put on record where a closed problem was filed."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "file")
    form = FileForm(request.POST or None, initial={"seen_version": version_of(page)})

    def act() -> None:
        data = form.cleaned_data
        services_close.file(
            actor=request.user,
            case_id=case_id,
            seen_version=data["seen_version"],
            filed_with=data["filed_with"],
        )

    if perform(request, form, act, version_of(page)):
        messages.success(request, "已备案。")
        return go("problem_closeout", problem_id=page.problem.pk)
    return show(request, page, form, title="备案", buttons=[("yes", "记为已备案")])


@require_http_methods(["GET", "POST"])
def closeout_consolidate(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Begin the 巩固期."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "consolidate")
    form = PlainForm(request.POST or None, initial={"seen_version": version_of(page)})

    def act() -> None:
        seen = form.cleaned_data["seen_version"]
        services_close.consolidate(actor=request.user, case_id=case_id, seen_version=seen)

    if perform(request, form, act, version_of(page)):
        messages.success(request, "已进入巩固期。")
        return go("problem_closeout", problem_id=page.problem.pk)
    until = page.case.consolidation_until if page.case else None
    note = f"巩固期到 {until} 为止，期间列入回头看。" if until else ""
    return show(request, page, form, title="进入巩固期", buttons=[("yes", "进入巩固期")], note=note)


@require_http_methods(["GET", "POST"])
def closeout_propose(request: SignedInRequest, problem_id: int, kind: str) -> HttpResponse:
    """Propose 重新整改, 强化整改 or 转入下一轮, with the reason."""
    if kind not in KINDS:
        raise NotVisible("没有这种事项")
    page = queries_page.case_page(request.user, problem_id)
    if request.method == "GET":
        require_act(page, f"propose_{kind}")
    form_class, service, note = KINDS[kind]
    form = form_class(request.POST or None, initial={"seen_version": page.problem.version})

    def act() -> None:
        values = dict(form.cleaned_data)
        if "successor" in values:
            values["successor_id"] = _successor(request, values.pop("successor"))
        service(actor=request.user, problem_id=problem_id, **values)

    if perform(request, form, act, page.problem.version):
        messages.success(request, "已提出，等另一人决定。")
        return go("problem_closeout", problem_id=problem_id)
    label = MotionKind(kind).label
    return show(request, page, form, title=f"提出{label}", buttons=[("yes", f"提出{label}")], note=note)


def _decide(request: SignedInRequest, proposal_id: int, form: Any, *, closing: bool) -> str:
    """Do what the pressed button says; return the words of the answer."""
    move = request.POST.get("act", "")
    seen, opinion = form.cleaned_data["seen_version"], form.cleaned_data["opinion"]
    plain = {"actor": request.user, "proposal_id": proposal_id, "seen_version": seen}
    if move == "take_back":
        services_again.take_back(**plain)
        return "已撤回提议。"
    if move == "refuse":
        services_again.refuse(**plain, opinion=opinion)
        return "已写明不同意。"
    if move != "approve":
        raise Refused("请选同意或不同意。", code="move_missing")
    if closing:
        entry = services_close.close(**plain, opinion=opinion)
        return f"已销号，文号 {entry.text}。"
    services_again.approve(**plain, opinion=opinion)
    return "已同意，立即生效。"


def _successor(request: SignedInRequest, code: str) -> int | None:
    if not code.strip():
        return None
    try:
        return queries_plan.problem_by_code(request.user, code).pk
    except NotVisible as unknown:
        words = "没有这个编号的问题，或您的单位看不到它。请照台账里的编号填。"
        raise InvalidInput(words, fields={"successor": words}) from unknown
