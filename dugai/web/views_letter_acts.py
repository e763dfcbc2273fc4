"""信访: open a batch, enter a letter, answer it, and every move of its table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from dugai.complaints import policy, queries, services, services_handle
from dugai.complaints.entries import NewLetter
from dugai.complaints.services_handle import Answer
from dugai.complaints.states import LETTER_MOVES, LetterState, Pollution
from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, require
from dugai.ledger import queries_plan
from dugai.ledger.sight import Scope
from dugai.web.forms_letters import AnswerForm, BatchForm, LetterForm
from dugai.web.ledger_units import Names
from dugai.web.places import go
from dugai.web.views_letters import show_letter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.complaints.models import Letter, LetterBatch
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

DONE = {
    "take": "已签收。",
    "reassign": "已改派。",
    "send_back": "已退回重办。",
    "stage": "已按阶段性办结登记，到期前会继续提醒办理单位。",
    "close": "已办结。",
    "reopen": "已退回重新办理。",
    "link": "已更新关联的问题。",
}


@require_http_methods(["GET", "POST"])
def batch_new(request: SignedInRequest) -> HttpResponse:
    """Open a batch."""
    viewer = request.user
    kept = queries_plan.inspections_to_keep(viewer)
    top = Scope.top(viewer)
    may = top is not None and policy.may_keep_letters(viewer, top)
    require(may, services.KEEPER, code="not_keeper", error=Forbidden)
    form = BatchForm(
        request.POST or None,
        inspections=[(one.pk, one.name) for one in kept],
        initial={
            "region": top.name if top else "",
            "handed_on": clock.today(),
            "inspection": kept[0].pk if kept else "",
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            batch = services.open_batch(
                actor=viewer,
                inspection_id=int(data["inspection"]),
                region=Names(viewer).one("region", data["region"]),
                number=data["number"],
                handed_on=data["handed_on"],
            )
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已开立{batch.name}，答复期限 {batch.due_on}。")
            return go("letter_batch", batch_id=batch.pk)
    return render(request, "letters/batch_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def letter_new(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Enter one letter into a batch."""
    viewer = request.user
    batch = queries.get_batch(viewer, batch_id)
    require(policy.may_fill_batch(viewer, batch), services.KEEPER, code="not_keeper", error=Forbidden)
    form = LetterForm(request.POST or None, initial={"region": batch.region.name})
    if request.method == "POST" and form.is_valid():
        try:
            letter = _enter(viewer, batch, form)
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, f"已登记 {letter.number}。")
            if "again" in request.POST:
                return go("letter_new", batch_id=batch.pk)
            return go("letter_batch", batch_id=batch.pk)
    context = {
        "batch": batch,
        "form": form,
        "types": Pollution.choices,
        "units": queries.units_for(viewer, batch.region),
        "regions": queries.regions_for(viewer, batch.region),
    }
    return render(request, "letters/letter_new.html", context, status=422 if form.errors else 200)


def _enter(viewer: User, batch: LetterBatch, form: LetterForm) -> Letter:
    data = form.cleaned_data
    names = Names(viewer)
    region = names.one("region", data["region"], batch.region.path)
    entry = NewLetter(
        number=data["number"],
        region=region,
        summary=data["summary"],
        types=tuple(data["types"]),
        grade=data["grade"],
        lead=names.one("lead", data["lead"], region.path) if data["lead"] else None,
    )
    (letter,) = services.enter_letters(
        actor=viewer, batch_id=batch.pk, letters=[entry], confirmed=data["confirmed"]
    )
    return letter


@require_http_methods(["GET", "POST"])
def letter_answer(request: SignedInRequest, letter_id: int) -> HttpResponse:
    """Fill in what was found and done, and hand it in."""
    viewer = request.user
    letter = queries.get_letter(viewer, letter_id)
    require(
        policy.may_answer(viewer, letter), "只有办理单位可以报送结果", code="not_handler", error=Forbidden
    )
    if request.method == "GET":
        LETTER_MOVES.find(LetterState(letter.state), "answer")
    names = ("verdict", "findings", "handling", "accountability", "persons", "person_times")
    initial = {name: getattr(letter, name) for name in names} | {"seen_version": letter.version}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        seen, confirmed = data.pop("seen_version"), data.pop("confirmed")
        try:
            services_handle.answer_letter(
                actor=viewer,
                letter_id=letter_id,
                answer=Answer(**data),
                confirmed=confirmed,
                seen_version=seen,
            )
        except DomainError as refusal:
            form.take(refusal)
        else:
            messages.success(request, "已报送，等整改办审核。")
            return go("letter", letter_id=letter_id)
    context = {"letter": queries.timed(viewer, letter), "batch": letter.batch, "form": form}
    return render(request, "letters/answer.html", context, status=422 if form.errors else 200)


@require_POST
def letter_act(request: SignedInRequest, letter_id: int) -> HttpResponse:
    """Make one move, or show the letter again with why not."""
    letter = queries.get_letter(request.user, letter_id)
    act = request.POST.get("act", "")
    try:
        _act(request, letter, act)
    except InvalidInput as refusal:
        return show_letter(request, letter, error=refusal.message, act=act, status=422)
    messages.success(request, DONE[act])
    if act == "reassign":
        return go("letter_batch", batch_id=letter.batch_id)
    return go("letter", letter_id=letter_id)


def _act(request: SignedInRequest, letter: Letter, act: str) -> None:
    viewer, text = request.user, request.POST.get("text", "")
    seen = request.POST.get("seen_version", "")
    version = int(seen) if seen.isdecimal() else 0
    common: dict[str, Any] = {"actor": viewer, "letter_id": letter.pk, "seen_version": version}
    match act:
        case "take":
            services_handle.take_letter(**common)
        case "send_back":
            services_handle.send_back_letter(**common, reason=text)
        case "stage":
            services_handle.stage_letter(**common, follow_up=_day(request), opinion=text)
        case "close":
            services_handle.close_letter(**common, opinion=text)
        case "reopen":
            services_handle.reopen_letter(**common, reason=text)
        case "reassign":
            lead = Names(viewer).one("lead", request.POST.get("lead", ""), letter.region.path)
            services.reassign_letter(**common, lead=lead, reason=text)
        case "link":
            services.link_letter(**common, problem_id=_problem(request))
        case _:
            raise InvalidInput("没有这种操作。请刷新页面后再试。")


def _day(request: HttpRequest) -> dt.date:
    try:
        return dt.date.fromisoformat(request.POST.get("follow_up", ""))
    except ValueError:
        raise InvalidInput("请选下一步完成日期，写成 2026-12-31。") from None


def _problem(request: SignedInRequest) -> int | None:
    code = request.POST.get("problem", "").strip()
    if not code:
        return None
    found = queries.problem_by_code(request.user, code)
    if found is None:
        message = f"台账里没有编号是“{code[:60]}”的问题，或您的单位看不到它。"
        raise InvalidInput(message)
    return int(found.pk)
