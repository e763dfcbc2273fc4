"""Acts on evidence: hand in, pair, replace, withdraw, review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dugai.evidence import policy, queries, queries_page, services
from dugai.evidence.states import Phase
from dugai.files import queries as files
from dugai.files import services as storing
from dugai.files import services_upload as uploads
from dugai.kernel.errors import DomainError, Forbidden, InvalidInput, require
from dugai.ledger import queries as ledger
from dugai.web.forms_evidence import RENAMED, EvidenceForm
from dugai.web.sessions import viewer_of
from dugai.web.views_evidence import show

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.files.models import StoredFile, Upload
    from dugai.people.models import User

MOST_FILES = 20
NO_FILE = "还没有选文件。请选照片、视频或文件。"


@require_http_methods(["GET", "POST"])
def evidence_new(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Hand in one or several files for one criterion of a problem."""
    viewer = viewer_of(request)
    problem = ledger.get_problem(viewer, problem_id)
    allowed = policy.may_add(viewer, problem, queries.stance(viewer, problem))
    require(allowed, "只有承担任务的单位、牵头单位或整改办可以提交佐证", error=Forbidden)
    slots = queries.slot_list(viewer, problem)
    wanted = {slot.code: slot for slot in slots}.get(request.GET.get("slot", ""))
    phase = request.GET.get("phase", "")
    first = wanted.phases[0] if wanted and wanted.phases else Phase.DOCUMENT
    form = EvidenceForm(
        request.POST or None,
        slots=slots,
        choices=queries_page.choices(viewer, problem),
        initial={
            "slot": wanted.code if wanted else "",
            "phase": phase if phase in Phase.values else first,
        },
    )
    file_error = ""
    if request.method == "POST" and form.is_valid():
        try:
            added = _hand_in(request, viewer, problem.pk, form)
        except InvalidInput as refusal:
            file_error = refusal.fields.get("file", "")
            renamed = {RENAMED.get(name, name): said for name, said in refusal.fields.items()}
            if not file_error:
                form.take(InvalidInput(refusal.message, fields=renamed))
        except DomainError as refusal:
            file_error = refusal.message
        else:
            messages.success(request, f"已提交 {added} 件佐证，等待审核。")
            return redirect(f"{reverse('problem_evidence', args=[problem.pk])}#s-{form.cleaned_data['slot']}")
    context = {
        "problem": problem,
        "form": form,
        "hints": [slot for slot in slots if slot.hint],
        "file_error": file_error,
        "uploads": _kept(request, viewer),
    }
    bad = request.method == "POST"
    return render(request, "evidence/new.html", context, status=422 if bad else 200)


@require_POST
def evidence_replace(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Put another file in the place of a piece."""
    viewer = viewer_of(request)
    evidence = queries.get_evidence(viewer, evidence_id)
    try:
        stored = _stored(request, viewer)
        require(len(stored) == 1, "请选一个文件来换", error=InvalidInput)
        new = services.replace_evidence(
            actor=viewer, evidence_id=evidence_id, file_id=stored[0].pk, seen_version=_seen(request)
        )
    except InvalidInput as refusal:
        words = next(iter(refusal.fields.values()), refusal.message)
        return show(request, viewer, evidence, status=422, replace_error=words)
    messages.success(request, "已换上新的一份，等待审核。原来的一份留在历史里。")
    return redirect("evidence", evidence_id=new.pk)


@require_POST
def evidence_withdraw(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take a piece back."""
    viewer = viewer_of(request)
    evidence = queries.get_evidence(viewer, evidence_id)
    try:
        services.withdraw_evidence(
            actor=viewer,
            evidence_id=evidence_id,
            reason=request.POST.get("reason", ""),
            seen_version=_seen(request),
        )
    except InvalidInput as refusal:
        return show(request, viewer, evidence, status=422, withdraw_error=refusal.message)
    messages.success(request, "已撤回。记录和文件都保留，可在“撤回和替换过的”里查。")
    return redirect("problem_evidence", problem_id=evidence.problem_id)


@require_POST
def evidence_pair(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Join a picture with another view of the same place."""
    other = request.POST.get("other", "")
    services.pair_evidence(
        actor=viewer_of(request),
        evidence_id=evidence_id,
        other_id=int(other) if other.isdecimal() and len(other) < 19 else 0,
        seen_version=_seen(request),
    )
    messages.success(request, "已配成一组，可以左右拖动对照。")
    return redirect("evidence", evidence_id=evidence_id)


@require_POST
def evidence_part(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take a picture out of its pair."""
    services.part_evidence(actor=viewer_of(request), evidence_id=evidence_id, seen_version=_seen(request))
    messages.success(request, "已解除配对。")
    return redirect("evidence", evidence_id=evidence_id)


@require_POST
def evidence_review(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Accept a piece, send it back or take an acceptance back; then show the next one that waits."""
    viewer = viewer_of(request)
    evidence = queries.get_evidence(viewer, evidence_id)
    opinion = request.POST.get("opinion", "")
    act = request.POST.get("act", "")
    try:
        services.review_evidence(
            actor=viewer, evidence_id=evidence_id, act=act, opinion=opinion, seen_version=_seen(request)
        )
    except InvalidInput as refusal:
        return show(request, viewer, evidence, status=422, review_error=refusal.message, review_text=opinion)
    words = {"accept": "已采纳", "send_back": "已退回", "revoke": "已撤销采纳"}
    messages.success(request, f"{words[act]}“{evidence.title}”。")
    behind = queries.review_queue(viewer, after=evidence.pk, limit=1).rows
    if act != "revoke" and behind:
        return redirect("evidence", evidence_id=behind[0].pk)
    return redirect("evidence", evidence_id=evidence_id)


def _hand_in(request: HttpRequest, viewer: User, problem_id: int, form: EvidenceForm) -> int:
    stored = _stored(request, viewer)
    for one in stored:
        claim = form.claim()
        if len(stored) > 1:
            claim = services.Claim(**{**claim.__dict__, "title": ""})
        services.add_evidence(actor=viewer, problem_id=problem_id, file_id=one.pk, claim=claim)
    return len(stored)


def _stored(request: HttpRequest, viewer: User) -> list[StoredFile]:
    """Return the files of a form: those sent piece by piece, and those that came with the form itself."""
    keys = request.POST.getlist("upload")
    sent: list[Any] = request.FILES.getlist("files")
    if not keys and not sent:
        raise InvalidInput(NO_FILE, fields={"file": NO_FILE})
    if len(keys) + len(sent) > MOST_FILES:
        words = f"一次最多 {MOST_FILES} 个文件，请分几次交。"
        raise InvalidInput(words, fields={"file": words})
    found = [uploads.finish_upload(actor=viewer, key=str(key)) for key in keys]
    return found + [
        storing.store_file(actor=viewer, name=one.name or "", stream=one, limit=None) for one in sent
    ]


def _kept(request: HttpRequest, viewer: User) -> list[Upload]:
    """Return the finished uploads of a form that came back with errors, so that nothing is sent twice."""
    found = []
    for key in request.POST.getlist("upload")[:MOST_FILES]:
        try:
            upload = files.get_upload(viewer, str(key))
        except DomainError:
            continue
        if upload.file is not None:
            found.append(upload)
    return found


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("seen_version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
