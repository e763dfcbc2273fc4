"""现场核查 with a phone: the form, its photos one by one, and the visit itself, each exactly once.

A phone sends photos and the visit by script (`visit.js`) and may send each again; the keys it made decide
that nothing is there twice. Without script the same form carries everything at once.
"""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dugai.acceptance import queries_page, services_visit
from dugai.acceptance.entries import Photo
from dugai.evidence import queries as evidence
from dugai.files import queries as files
from dugai.files import services_upload as uploads
from dugai.kernel.errors import InvalidInput
from dugai.web import closeout_parts as parts
from dugai.web.forms_closeout import VisitForm, now_for_form
from dugai.web.frame import frame_of
from dugai.web.places import go
from dugai.web.sessions import viewer_of
from dugai.web.views_closeout import finding_rows, page_of_case, perform, require_act, status_of, version_of
from dugai.web.views_upload import in_json

if TYPE_CHECKING:
    from django.http import HttpRequest

    from dugai.acceptance.models import SiteVisit
    from dugai.acceptance.queries_page import CasePage
    from dugai.web.frame import SignedInRequest

PASS = "pass"  # noqa: S105  the value of a button
WORKER = Path(__file__).parent / "static" / "dugai" / "js" / "visit-worker.js"
LATEST = 253_402_300_799_000
"""The last millisecond of the year 9999, the latest a phone may say."""


@require_http_methods(["GET", "POST"])
def closeout_visit(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Show the form of a visit; without script it also takes the whole visit with its photos."""
    page = page_of_case(request, case_id)
    if request.method == "GET":
        require_act(page, "record_visit")
    form = _form(request, page)
    passed = request.POST.get("act") == PASS

    def act() -> None:
        key = form.cleaned_data["draft_key"]
        for number, photo in enumerate(request.FILES.getlist("photos")):
            services_visit.keep_photo(
                actor=request.user,
                case_id=case_id,
                visit_key=key,
                photo_key=f"form-{number}-{photo.size}",
                name=photo.name or "现场.jpg",
                stream=photo,
                photo=Photo(),
            )
        _record(request, case_id, form, passed=passed)

    if perform(request, form, act, version_of(page)):
        words = "现场核查已通过。" if passed else "已退回，申请单位看得到意见。"
        messages.success(request, words)
        return go("problem_closeout", problem_id=page.problem.pk)
    step = next((line.step for line in page.steps if line.next), None)
    checklist = evidence.checklist(request.user, page.problem)
    key = str(form["draft_key"].value() or "")
    context = {
        **parts.shared(request.user, page),
        "form": form,
        "rows": finding_rows(form, page, checklist),
        "step": step,
        "photos": parts.photos_of(page.photos, key),
        "person": request.user.person.pk,
    }
    response = render(request, "closeout/visit.html", context, status=status_of(form))
    response["Dugai-Account"] = frame_of(request).account
    return response


@login_not_required
@require_safe
def visit_worker(request: HttpRequest) -> HttpResponse:
    """Send the worker that keeps visit pages on a device; from the root, so that it sees signing out."""
    del request
    response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@in_json
def closeout_visit_photo(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep one photo that was sent piece by piece; the same keys again give the same photo."""
    viewer = viewer_of(request)
    caption = request.POST.get("caption", "")[:200]
    stored = uploads.finish_upload(actor=viewer, key=request.POST.get("upload", ""))
    with files.open_checked(viewer, stored) as stream:
        kept = services_visit.keep_photo(
            actor=viewer,
            case_id=case_id,
            visit_key=request.POST.get("visit_key", ""),
            photo_key=request.POST.get("photo_key", ""),
            name=stored.name,
            stream=stream,
            photo=Photo(taken_at=_taken(request.POST.get("taken_at", "")), caption=caption),
        )
    return JsonResponse({"photo": kept.pk})


@require_POST
@in_json
def closeout_visit_send(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Record the visit that a phone sends; sent again, it is the same visit."""
    page = queries_page.page_of_case(viewer_of(request), case_id)
    form = _form(request, page)
    if not form.is_valid():
        raise InvalidInput("有几项还要改", fields=_wrong(form), code="visit_unsound")
    passed = form.cleaned_data["passed"] == PASS
    try:
        visit = _record(request, case_id, form, passed=passed)
    except InvalidInput as refusal:
        form.take(refusal)
        raise InvalidInput(refusal.message, fields=_wrong(form), code=refusal.code) from refusal
    there = reverse("problem_closeout", args=[page.problem.pk])
    return JsonResponse({"visit": visit.pk, "passed": passed, "there": there})


def _form(request: SignedInRequest, page: CasePage) -> VisitForm:
    now = now_for_form()
    initial = {
        "seen_version": version_of(page),
        "draft_key": secrets.token_hex(16),
        "began_at": now,
        "ended_at": now,
        "members": request.user.name,
    }
    return VisitForm(request.POST or None, lines=page.lines, initial=initial)


def _record(request: SignedInRequest, case_id: int, form: VisitForm, *, passed: bool) -> SiteVisit:
    return services_visit.record_visit(
        actor=viewer_of(request),
        case_id=case_id,
        draft_key=form.cleaned_data["draft_key"],
        visit=form.visit(),
        passed=passed,
        opinion=form.cleaned_data["opinion"],
        findings=form.findings(),
    )


def _wrong(form: VisitForm) -> dict[str, str]:
    """Return the first error of each field, by the name of its control."""
    return {name: str(errors[0]) for name, errors in form.errors.items() if name != "__all__"}


def _taken(text: str) -> dt.datetime | None:
    """Read milliseconds since 1970 as the phone's clock says them; None for nothing."""
    if not text.isdecimal() or len(text) > len(str(LATEST)) or int(text) > LATEST:
        return None
    return dt.datetime.fromtimestamp(int(text) / 1000, tz=dt.UTC)
