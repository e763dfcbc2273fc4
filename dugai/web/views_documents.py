"""接件: documents come in, are read by the worker, and are looked through beside what they propose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from dugai.files import queries as stored
from dugai.intake import policy, queries, queries_review, services_reading
from dugai.intake.states import DocumentState
from dugai.kernel.errors import DomainError, Forbidden, require
from dugai.ledger import queries_plan
from dugai.ledger.sight import Scope
from dugai.web import document_parts
from dugai.web.document_text import stretches
from dugai.web.forms_documents import DocumentForm
from dugai.web.ledger_units import Names
from dugai.web.places import go

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.intake.models import Document
    from dugai.web.frame import SignedInRequest

MAY_NOT = "只有整改办接件和审阅文件。"
SHOWN = 50


@require_http_methods(["GET", "POST"])
def documents(request: SignedInRequest) -> HttpResponse:
    """List the documents of one's region; take a new one in."""
    viewer = request.user
    require(policy.may_bring_documents(viewer), MAY_NOT, code="may_not_bring", error=Forbidden)
    kept = queries_plan.inspections_to_keep(viewer)
    top = Scope.top(viewer)
    form = DocumentForm(
        request.POST or None,
        request.FILES or None,
        initial={"home": top.name if top else "", "inspection": kept[0].pk if kept else ""},
        inspections=[(one.pk, one.name) for one in kept],
    )
    if request.method == "POST" and form.is_valid():
        try:
            document = _take_in(request, form.cleaned_data)
        except DomainError as refusal:
            form.take(refusal)
        else:
            if document.state == DocumentState.SAME:
                messages.info(request, document.message)
            return go("document", document_id=document.pk)
    after = request.GET.get("after", "")
    found = queries.documents(viewer)
    rows = list((found.filter(pk__lt=int(after)) if after.isdecimal() else found)[: SHOWN + 1])
    waiting = queries.waiting(viewer, rows[:SHOWN])
    context = {
        "form": form,
        "kept": kept,
        "rows": [(row, waiting.get(row.pk, 0)) for row in rows[:SHOWN]],
        "after": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
    }
    return render(request, "documents/documents.html", context, status=422 if form.errors else 200)


def _take_in(request: SignedInRequest, values: dict[str, Any]) -> Document:
    """Store the file and ask for its reading."""
    names = Names(request.user)
    home = names.one("home", values["home"])
    lead = names.one("lead", values["lead"], home.path) if values["lead"] else None
    file = values["file"]
    return services_reading.receive_document(
        actor=request.user,
        name=file.name,
        stream=file,
        inspection_id=int(values["inspection"]),
        home_id=home.pk,
        lead_id=lead.pk if lead else None,
    )


@require_GET
def document_page(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Show one page of a document beside what it proposes; while it is read, how far that has come."""
    viewer = request.user
    document = queries.get_document(viewer, document_id)
    context: dict[str, Any] = {"document": document, "state": DocumentState(document.state)}
    if document.state in {DocumentState.READING, DocumentState.UNREADABLE, DocumentState.SAME}:
        context["job"] = queries_review.job_of(viewer, document)
        return render(request, "documents/waiting.html", context)
    review = queries_review.Review(viewer, document)
    wanted = request.GET.get("page", "")
    at = request.GET.get("at", "")
    number = review.page_at(int(at)) if at.isdecimal() else int(wanted) if wanted.isdecimal() else 1
    page = queries.page_of(viewer, document, number)
    only = request.GET.get("only") == "doubts"
    cards = document_parts.cards(review, page, only=only, chosen=request.GET.get("p", ""))
    marks = document_parts.marks(review, page)
    context |= {
        "review": review,
        "page": page,
        "sheets": len(review.pages),
        "stretches": stretches(page, marks, review.edits) if page else [],
        "edits_here": document_parts.edits_here(review, page),
        "cards": cards,
        "sections": document_parts.sections(cards),
        "only": only,
        "units": document_parts.unit_choices(review, cards),
        "tab": "review",
    }
    return render(request, "documents/document.html", context)


@require_GET
def document_findings(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Show the checks of its figures, what is damaged or missing, and every cleaning edit."""
    document = queries.get_document(request.user, document_id)
    review = queries_review.Review(request.user, document)
    context = {
        "document": document,
        "state": DocumentState(document.state),
        "review": review,
        "checks": document_parts.checks(review),
        "figures": document_parts.figures(review),
        "defects": document_parts.defects(review),
        "complaints": review.record.get("complaints", []),
        "edits": document_parts.edits(review),
        "undone": document_parts.undone(review),
        "tab": "findings",
    }
    return render(request, "documents/findings.html", context)


@require_GET
def document_file(request: SignedInRequest, document_id: int) -> FileResponse:
    """Send the original as it came, always as a file to keep."""
    document = queries.get_document(request.user, document_id)
    handle = stored.open_checked(request.user, document.file)
    return FileResponse(
        handle, as_attachment=True, filename=document.file.name, content_type="application/octet-stream"
    )


def seen_version(request: HttpRequest, name: str = "seen_version") -> int:
    """Return the version a form says it saw; nothing readable counts as none, which no row has."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() else 0
