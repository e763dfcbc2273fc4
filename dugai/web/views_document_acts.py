"""What people do on the pages of a review: decide on proposals, mend them, enter them, settle the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dugai.intake import (
    policy,
    queries,
    services_cleaning,
    services_enter,
    services_review,
    services_shape,
)
from dugai.intake.states import DECIDABLE, ProposalState
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, Refused, require
from dugai.web.forms_documents import ProposalForm
from dugai.web.views_documents import seen_version

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.intake.models import Proposal
    from dugai.web.frame import SignedInRequest

NO_PLACE = "请先在原文里点一下要断开的地方，再按“从光标处拆开”。"


@require_POST
def document_decide(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Do one thing with one proposal, with a section, or with all that have no doubt."""
    act = request.POST.get("act", "")
    if act in {"accept_section", "accept_clear"}:
        section = request.POST.get("section", "") if act == "accept_section" else None
        count = services_review.accept_proposals(actor=request.user, document_id=document_id, section=section)
        says = f"已采纳 {count} 条。" if count else "没有无疑点的条目可以采纳。"
        messages.success(request, says)
        return _back(request, document_id)
    row = queries.get_proposal(request.user, _number(request, "proposal"))
    require(row.document_id == document_id, "这一条不在这份文件里。", code="proposal_unknown")
    row = _decide(request, row, act)
    return _back(request, document_id, after=row)


def _decide(request: SignedInRequest, row: Proposal, act: str) -> Proposal:
    actor, seen = request.user, seen_version(request)
    if act == "accept":
        services_review.accept_proposals(
            actor=actor, document_id=row.document_id, proposal_ids=[row.pk], seen={row.pk: seen}
        )
    elif act == "reject":
        count = services_review.reject_proposals(
            actor=actor, document_id=row.document_id, proposal_ids=[row.pk], seen={row.pk: seen}
        )
        if count > 1:
            messages.success(request, f"连同它的措施，共 {count} 条不采纳。")
    elif act == "reopen":
        services_review.reopen_proposal(actor=actor, proposal_id=row.pk, seen_version=seen)
    elif act == "merge":
        row = services_shape.merge_proposal(actor=actor, proposal_id=row.pk, seen_version=seen)
        messages.success(request, "已并入前一条，请再看一遍后采纳。")
    elif act in {"new", "same"}:
        take = request.POST.getlist("take")
        services_review.choose_entry(
            actor=actor, proposal_id=row.pk, seen_version=seen, choice=act, take=take
        )
    else:
        raise Refused("请选一个动作。", code="act_missing")
    return row


@require_http_methods(["GET", "POST"])
def proposal_edit(request: SignedInRequest, document_id: int, proposal_id: int) -> HttpResponse:
    """Mend the values of one proposal, or cut it in two where the cursor stands."""
    row = queries.get_proposal(request.user, proposal_id)
    document = queries.get_document(request.user, document_id)
    require(row.document_id == document.pk, "这一条不在这份文件里。", code="proposal_unknown")
    require(policy.may_review(request.user, document), queries.MAY_NOT, error=Forbidden)
    form = ProposalForm(request.POST or None, proposal=row)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "split":
                _split(request, row, form.cleaned_data["seen_version"])
            else:
                services_review.correct_proposal(
                    actor=request.user,
                    proposal_id=row.pk,
                    seen_version=form.cleaned_data["seen_version"],
                    values=form.values(),
                )
        except DomainError as refusal:
            form.take(refusal)
        else:
            return _back(request, document_id, after=row)
    context = {
        "document": document,
        "row": row,
        "form": form,
        "name": services_review.name_of(row),
        "quotes": [
            (form.fields[name].label, span[2]) for name, span in row.spans.items() if name in form.fields
        ],
        "open": row.became_id is None and ProposalState(row.state) in DECIDABLE,
    }
    return render(request, "documents/edit.html", context, status=422 if form.errors else 200)


def _split(request: SignedInRequest, row: Proposal, seen: int) -> None:
    at = request.POST.get("at", "")
    typed = request.POST.get("text", "").replace("\r\n", "\n")
    if typed.strip() != row.values["text"].strip():
        raise InvalidInput("拆分前请不要改原文；先存好修改，再拆。", fields={"text": "先存好修改，再拆分。"})
    mark = request.POST.get("before", "").strip()
    if mark:
        at = str(row.values["text"].find(mark))
    if not at.isdecimal() or int(at) == 0:
        raise InvalidInput(NO_PLACE, fields={"text": NO_PLACE})
    services_shape.split_proposal(actor=request.user, proposal_id=row.pk, seen_version=seen, at=int(at))
    messages.success(request, "已拆成两条，请分别看过后采纳。")


@require_POST
def document_enter(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Write what is adopted into the ledger, all or nothing."""
    seen = seen_version(request)
    counts = services_enter.enter_document(actor=request.user, document_id=document_id, seen_version=seen)
    left = f"还有 {counts['proposed']} 条未审。" if counts["proposed"] else "这份文件审完了。"
    messages.success(request, f"已入账 {counts['entered']} 条。{left}")
    return _back(request, document_id)


@require_POST
def document_settle(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Let an incomplete document in, take a cleaning edit back, or say what a name of a unit means."""
    act, actor = request.POST.get("act", ""), request.user
    if act == "allow":
        services_cleaning.allow_incomplete(
            actor=actor,
            document_id=document_id,
            seen_version=seen_version(request),
            why=request.POST.get("why", ""),
        )
        messages.success(request, "已记下您的决定，可以入账了。")
    elif act == "undo":
        services_cleaning.undo_cleaning(
            actor=actor,
            document_id=document_id,
            seen_version=seen_version(request),
            edit=_number(request, "edit"),
        )
        messages.success(request, "这处清理已撤回，全文重读过；已定的条目没有动。")
        return HttpResponseRedirect(reverse("document_findings", args=[document_id]))
    elif act == "unit":
        unit = services_review.remember_unit(
            actor=actor,
            document_id=document_id,
            text=request.POST.get("text", ""),
            organisation_id=_number(request, "unit"),
        )
        messages.success(request, f"记住了：“{unit.text}”就是{unit.unit.name}。")
    else:
        raise Refused("请选一个动作。", code="act_missing")
    return _back(request, document_id)


def _number(request: SignedInRequest, name: str) -> int:
    text = request.POST.get(name, "")
    require(text.isdecimal() and len(text) < 19, "请先选一项。", code="nothing_chosen")
    return int(text)


def _back(request: SignedInRequest, document_id: int, after: Proposal | None = None) -> HttpResponse:
    """Return to where the person was, on the next open proposal behind the one just decided."""
    kept = {name: request.POST.get(name, "") for name in ("page", "only")}
    query = {name: value for name, value in kept.items() if value and len(value) < 12}
    anchor = ""
    if after is not None:
        document = queries.get_document(request.user, document_id)
        rows = queries.proposals(request.user, document)
        ids = [row.pk for row in rows]
        behind = rows[ids.index(after.pk) + 1 :] if after.pk in ids else []
        follows = next((row for row in behind if row.state == ProposalState.PROPOSED), None)
        chosen = follows or after
        query["p"] = str(chosen.pk)
        if "text" in chosen.spans and query.get("only") != "doubts":
            query["at"] = str(chosen.spans["text"][0])
            query.pop("page", None)
        anchor = f"#p{chosen.pk}"
    address = reverse("document", args=[document_id])
    return HttpResponseRedirect(address + (f"?{urlencode(query)}" if query else "") + anchor)
