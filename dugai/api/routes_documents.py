"""Documents: bring one in, see what it proposes, decide, enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import File, Form, Query, Router, Status, UploadedFile

from dugai.api.auth import INTAKE, READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import Ask, PathId
from dugai.api.shapes_documents import (
    AcceptIn,
    ChosenIn,
    DecidedOut,
    DocumentAsk,
    DocumentIn,
    DocumentOut,
    DocumentPage,
    EnteredOut,
    EnterIn,
    ProposalPage,
)
from dugai.intake import queries, services_enter, services_reading, services_review
from dugai.journal.services import demand_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.api.shapes_documents import ProposalSeenIn
    from dugai.intake.models import Document

router = Router(tags=["接件"])


@router.get(
    "/documents", response=DocumentPage, auth=READ, operation_id="list_documents", summary="接到的文件"
)
def list_documents(request: TokenRequest, ask: Query[DocumentAsk]) -> dict[str, Any]:
    """Return the documents of regions whose ledger one keeps."""
    return paged(ask, lambda *page: queries.documents_page(request.user, *page), ask.sort)


@router.post(
    "/documents",
    response={201: DocumentOut},
    auth=INTAKE,
    operation_id="upload_document",
    summary="传一份文件，由后台读成提案",
)
def upload_document(
    request: TokenRequest, file: File[UploadedFile], form: Form[DocumentIn]
) -> Status[Document]:
    """Store the file and ask for its reading; nothing is written to the ledger."""
    document = services_reading.receive_document(
        actor=request.user,
        name=file.name or "",
        stream=file,
        inspection_id=form.inspection,
        home_id=form.home,
        lead_id=form.lead,
    )
    return Status(201, document)


@router.get(
    "/documents/{document_id}",
    response=DocumentOut,
    auth=READ,
    operation_id="get_document",
    summary="一份文件",
)
def get_document(request: TokenRequest, document_id: PathId) -> Document:
    """Return one document."""
    return queries.get_document(request.user, document_id)


@router.get(
    "/documents/{document_id}/proposals",
    response=ProposalPage,
    auth=READ,
    operation_id="list_proposals",
    summary="一份文件的提案",
)
def list_proposals(request: TokenRequest, document_id: PathId, ask: Query[Ask]) -> dict[str, Any]:
    """Return what a document proposes, each value with its place."""
    return paged(ask, lambda *page: queries.proposals_page(request.user, document_id, *page))


@router.post(
    "/documents/{document_id}/accept",
    response=DecidedOut,
    auth=INTAKE,
    operation_id="accept_proposals",
    summary="采纳提案",
)
def accept_proposals(request: TokenRequest, document_id: PathId, body: AcceptIn) -> dict[str, int]:
    """Adopt the named proposals, or all without a doubt; the ledger is not written yet."""
    seen = _seen(body.proposals)
    count = services_review.accept_proposals(
        actor=request.user, document_id=document_id, proposal_ids=list(seen) if seen else None, seen=seen
    )
    return {"count": count}


@router.post(
    "/documents/{document_id}/reject",
    response=DecidedOut,
    auth=INTAKE,
    operation_id="reject_proposals",
    summary="不采纳提案",
)
def reject_proposals(request: TokenRequest, document_id: PathId, body: ChosenIn) -> dict[str, int]:
    """Leave the named proposals out, a problem with its measures."""
    seen = _seen(body.proposals)
    count = services_review.reject_proposals(
        actor=request.user, document_id=document_id, proposal_ids=list(seen), seen=seen
    )
    return {"count": count}


@router.post(
    "/documents/{document_id}/enter",
    response=EnteredOut,
    auth=INTAKE,
    operation_id="enter_document",
    summary="采纳的提案入账",
)
def enter_document(request: TokenRequest, document_id: PathId, body: EnterIn) -> dict[str, int]:
    """Write everything adopted into the ledger, all or nothing."""
    queries.get_document(request.user, document_id)
    seen = demand_version(body.seen_version)
    return services_enter.enter_document(actor=request.user, document_id=document_id, seen_version=seen)


def _seen(chosen: Iterable[ProposalSeenIn]) -> dict[int, int]:
    return {one.id: demand_version(one.seen_version) for one in chosen}
