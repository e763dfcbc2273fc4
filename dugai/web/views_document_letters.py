"""接件：what a document prints of letters, beside what the house has; entered one by one or all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dugai.complaints.entries import WORDS
from dugai.complaints.rules import published, type_words
from dugai.complaints.rules_identity import hidden
from dugai.complaints.states import Verdict
from dugai.intake import queries, queries_letters, queries_review, services_letters
from dugai.intake.queries_letters import BLOCKED, DIFFERS, NAMED, NEW, SAME
from dugai.intake.states import DocumentState
from dugai.kernel.errors import InvalidInput
from dugai.web.places import go

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.intake.models import Document
    from dugai.intake.queries_letters import LetterProposal
    from dugai.web.frame import SignedInRequest

STANDINGS = {
    NEW: ("待登记", ""),
    DIFFERS: ("与已登记的有出入", "soon"),
    BLOCKED: ("不能照文件登记", "overdue"),
    SAME: ("已登记", "done"),
}
LONGEST = 300


@require_http_methods(["GET", "POST"])
def document_letters(request: SignedInRequest, document_id: int) -> HttpResponse:
    """Show the letters of a document with their places; enter the chosen ones."""
    viewer = request.user
    document = queries.get_document(viewer, document_id)
    error = ""
    if request.method == "POST":
        try:
            return _enter(request, document)
        except InvalidInput as refusal:
            error = refusal.message
    review = queries_review.Review(viewer, document)
    found = queries_letters.proposals(viewer, document)
    rows = [_row(document, one) for one in found]
    context = {
        "document": document,
        "state": DocumentState(document.state),
        "review": review,
        "rows": rows,
        "groups": [
            (word, sum(one.standing == standing for one in found))
            for standing, (word, _) in STANDINGS.items()
        ],
        "open": sum(one.open for one in found),
        "batches": queries_letters.batches_for(viewer, document),
        "chosen": request.POST.get("batch", ""),
        "error": error,
        "tab": "letters",
    }
    return render(request, "documents/letters.html", context, status=422 if error else 200)


def _enter(request: SignedInRequest, document: Document) -> HttpResponse:
    batch, seen = request.POST.get("batch", ""), request.POST.get("seen_version", "")
    counts = services_letters.enter_found_letters(
        actor=request.user,
        document_id=document.pk,
        batch_id=int(batch) if batch.isdecimal() else None,
        numbers=None if "all" in request.POST else request.POST.getlist("number"),
        seen_version=int(seen) if seen.isdecimal() else 0,
    )
    entered, restated = counts["letters_entered"], counts["letters_restated"]
    messages.success(
        request, f"已登记 {entered} 件" + (f"，按文件更新 {restated} 件。" if restated else "。")
    )
    return go("document_letters", document_id=document.pk)


def _row(document: Document, one: LetterProposal) -> dict[str, Any]:
    word, lamp = STANDINGS[one.standing]
    found = one.found
    fields = [
        ("污染类型", "、".join((*type_words(found.types), *found.unknown_types)), None),
        (WORDS["findings"], _short(found.texts["findings"]), found.spans.get("findings")),
        (
            NAMED["verdict"],
            Verdict(found.verdict).label if found.verdict else "",
            found.spans.get("verdict"),
        ),
        (WORDS["handling"], _short(found.texts["handling"]), found.spans.get("handling")),
        (NAMED["state"], published(found.state).label, None),
        (WORDS["accountability"], _short(found.texts["accountability"]), found.spans.get("accountability")),
    ]
    page = reverse("document", args=[document.pk])
    return {
        "it": one,
        "number": found.number,
        "region": found.region,
        "summary": _short(found.texts["summary"]),
        "at": f"{page}?at={found.start}",
        "word": word,
        "lamp": lamp,
        "fields": [
            (name, said, f"{page}?at={place[0]}" if place else "") for name, said, place in fields if said
        ],
        "differences": [(NAMED[name], here, there) for name, (here, there) in one.differences.items()],
    }


def _short(text: str) -> str:
    shown = hidden(text)
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "……"
