"""Evidence: large files piece by piece, then claimed, paired, reviewed, replaced, withdrawn."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, cast

from ninja import File, Form, Query, Router, Status, UploadedFile

from dugai.api.auth import READ, REPORT, REVIEW, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import PathId
from dugai.api.shapes_evidence import (
    ChecklistOut,
    ChunkIn,
    EvidenceAsk,
    EvidenceIn,
    EvidenceOut,
    EvidencePage,
    EvidenceQueueAsk,
    PairIn,
    ReplaceIn,
    ReviewEvidenceIn,
    UploadIn,
    UploadKey,
    UploadOut,
)
from dugai.api.shapes_plan import ReasonIn
from dugai.evidence import queries, queries_feed, services
from dugai.evidence.services import Claim
from dugai.files import queries as files
from dugai.files import services_upload as uploads
from dugai.journal.services import demand_version
from dugai.ledger import queries as ledger

if TYPE_CHECKING:
    from dugai.evidence.models import Evidence
    from dugai.evidence.rules import Checklist
    from dugai.files.models import Upload

router = Router(tags=["佐证"])


@router.post(
    "/uploads", response={201: UploadOut}, auth=REPORT, operation_id="begin_upload", summary="开始上传"
)
def begin_upload(request: TokenRequest, body: UploadIn) -> Status[Upload]:
    """Announce a file; its pieces follow."""
    return Status(
        201,
        uploads.begin_upload(
            actor=request.user, name=body.name, size=body.size, purpose="api", sha256=body.sha256 or ""
        ),
    )


@router.get("/uploads/{key}", response=UploadOut, auth=READ, operation_id="get_upload", summary="传到了哪里")
def get_upload(request: TokenRequest, key: UploadKey) -> Upload:
    """Return how far an upload of one's own came."""
    return files.get_upload(request.user, key)


@router.post(
    "/uploads/{key}/chunks",
    response=UploadOut,
    auth=REPORT,
    operation_id="put_chunk",
    summary="传一段（最多 8 MB）",
)
def put_chunk(request: TokenRequest, key: UploadKey, file: File[UploadedFile], form: Form[ChunkIn]) -> Upload:
    """Take the piece that begins at `offset`; 409 says that the upload stands elsewhere."""
    return uploads.put_chunk(
        actor=request.user,
        key=key,
        offset=form.offset,
        stream=cast("IO[bytes]", file.file),
        length=file.size or 0,
        sha256=form.sha256 or "",
    )


@router.post(
    "/uploads/{key}/finish",
    response=UploadOut,
    auth=REPORT,
    operation_id="finish_upload",
    summary="传完，核对后存入",
)
def finish_upload(request: TokenRequest, key: UploadKey) -> Upload:
    """Make one file of the pieces; asked again, nothing more happens."""
    uploads.finish_upload(actor=request.user, key=key)
    return files.get_upload(request.user, key)


@router.delete(
    "/uploads/{key}", response=UploadOut, auth=REPORT, operation_id="cancel_upload", summary="取消上传"
)
def cancel_upload(request: TokenRequest, key: UploadKey) -> Upload:
    """Give an upload up; its pieces are removed."""
    return uploads.cancel_upload(actor=request.user, key=key)


@router.get(
    "/problems/{problem_id}/evidence",
    response=EvidencePage,
    auth=READ,
    operation_id="list_evidence",
    summary="问题的佐证",
)
def list_evidence(request: TokenRequest, problem_id: PathId, ask: Query[EvidenceAsk]) -> dict[str, Any]:
    """Return the evidence of a problem, withdrawn and replaced pieces too."""
    return paged(
        ask, lambda *page: queries_feed.evidence_of(request.user, problem_id, ask.state, *page), ask.sort
    )


@router.get(
    "/problems/{problem_id}/evidence-checklist",
    response=ChecklistOut,
    auth=READ,
    operation_id="get_evidence_checklist",
    summary="佐证清单",
)
def get_evidence_checklist(request: TokenRequest, problem_id: PathId) -> Checklist[Evidence]:
    """Return the criteria of a problem and how far each is met."""
    return queries.checklist(request.user, ledger.get_problem(request.user, problem_id))


@router.post(
    "/problems/{problem_id}/evidence",
    response={201: EvidenceOut},
    auth=REPORT,
    operation_id="add_evidence",
    summary="提交佐证",
)
def add_evidence(request: TokenRequest, problem_id: PathId, body: EvidenceIn) -> Status[Evidence]:
    """Put an upload into a criterion of a problem."""
    ledger.get_problem(request.user, problem_id)
    stored = uploads.finish_upload(actor=request.user, key=body.upload)
    made = services.add_evidence(
        actor=request.user, problem_id=problem_id, file_id=stored.pk, claim=_claim(body)
    )
    return Status(201, queries_feed.whole_evidence(request.user, made.pk))


@router.get(
    "/evidence-queue",
    response=EvidencePage,
    auth=READ,
    operation_id="list_evidence_queue",
    summary="等我审核的佐证",
)
def list_evidence_queue(request: TokenRequest, ask: Query[EvidenceQueueAsk]) -> dict[str, Any]:
    """Return what waits for the viewer's review, the oldest first."""
    return paged(
        ask,
        lambda _, after, limit: queries.review_queue(request.user, after.pk if after else None, limit),
    )


@router.get(
    "/evidence/{evidence_id}",
    response=EvidenceOut,
    auth=READ,
    operation_id="get_evidence",
    summary="一件佐证",
)
def get_evidence(request: TokenRequest, evidence_id: PathId) -> Evidence:
    """Return one piece with its claims and what its file says of itself."""
    return queries_feed.whole_evidence(request.user, evidence_id)


@router.post(
    "/evidence/{evidence_id}/review",
    response=EvidenceOut,
    auth=REVIEW,
    operation_id="review_evidence",
    summary="审核佐证",
)
def review_evidence(request: TokenRequest, evidence_id: PathId, body: ReviewEvidenceIn) -> Evidence:
    """Accept a piece, send it back, or take an acceptance back."""
    seen, act = demand_version(body.seen_version), body.act.value
    services.review_evidence(
        actor=request.user, evidence_id=evidence_id, act=act, opinion=body.opinion, seen_version=seen
    )
    return queries_feed.whole_evidence(request.user, evidence_id)


@router.post(
    "/evidence/{evidence_id}/pair",
    response=EvidenceOut,
    auth=REPORT,
    operation_id="pair_evidence",
    summary="前后照片配对",
)
def pair_evidence(request: TokenRequest, evidence_id: PathId, body: PairIn) -> Evidence:
    """Join two views of one place."""
    seen, other = demand_version(body.seen_version), body.other
    services.pair_evidence(actor=request.user, evidence_id=evidence_id, other_id=other, seen_version=seen)
    return queries_feed.whole_evidence(request.user, evidence_id)


@router.post(
    "/evidence/{evidence_id}/replace",
    response={201: EvidenceOut},
    auth=REPORT,
    operation_id="replace_evidence",
    summary="换一份佐证",
)
def replace_evidence(request: TokenRequest, evidence_id: PathId, body: ReplaceIn) -> Status[Evidence]:
    """Put another upload in the place of a piece; the answer is the new one."""
    queries.get_evidence(request.user, evidence_id)
    seen = demand_version(body.seen_version)
    stored = uploads.finish_upload(actor=request.user, key=body.upload)
    made = services.replace_evidence(
        actor=request.user, evidence_id=evidence_id, file_id=stored.pk, seen_version=seen
    )
    return Status(201, queries_feed.whole_evidence(request.user, made.pk))


@router.post(
    "/evidence/{evidence_id}/withdraw",
    response=EvidenceOut,
    auth=REPORT,
    operation_id="withdraw_evidence",
    summary="撤回佐证",
)
def withdraw_evidence(request: TokenRequest, evidence_id: PathId, body: ReasonIn) -> Evidence:
    """Take a piece back; it stays in the history."""
    seen, reason = demand_version(body.seen_version), body.reason
    services.withdraw_evidence(actor=request.user, evidence_id=evidence_id, reason=reason, seen_version=seen)
    return queries_feed.whole_evidence(request.user, evidence_id)


def _claim(body: EvidenceIn) -> Claim:
    degrees = (body.claimed_latitude, body.claimed_longitude)
    latitude, longitude = (None if text is None else Decimal(text) for text in degrees)
    return Claim(
        slot=body.slot,
        phase=body.phase,
        title=body.title,
        measure_id=body.measure,
        task_id=body.task,
        site_id=body.site,
        at=dt.datetime.fromisoformat(body.claimed_at) if body.claimed_at else None,
        place=body.claimed_place,
        latitude=latitude,
        longitude=longitude,
    )
