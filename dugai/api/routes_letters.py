"""Letters: read batches and letters, sign for them, answer, review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import Query, Router

from dugai.api.auth import LEDGER, READ, REPORT, REVIEW, TokenRequest
from dugai.api.paging import ORDERS, page_of, paged, place_of
from dugai.api.shapes import PathId
from dugai.api.shapes_letters import (
    LetterAnswerIn,
    LetterAsk,
    LetterBatchAsk,
    LetterBatchDetail,
    LetterBatchPage,
    LetterOut,
    LetterPage,
    LetterReasonIn,
    LetterReassignIn,
    LetterReviewIn,
    LetterSeenIn,
    LetterStageIn,
)
from dugai.complaints import queries_feed, services, services_handle
from dugai.complaints.services_handle import Answer
from dugai.journal.services import demand_version
from dugai.people import queries as people

if TYPE_CHECKING:
    from dugai.complaints.models import Letter, LetterBatch

router = Router(tags=["信访"])


@router.get(
    "/letter-batches",
    response=LetterBatchPage,
    auth=READ,
    operation_id="list_letter_batches",
    summary="信访件批次",
)
def list_letter_batches(request: TokenRequest, ask: Query[LetterBatchAsk]) -> dict[str, Any]:
    """Return the batches in sight."""
    return paged(ask, lambda *page: queries_feed.batches(request.user, ask.inspection, *page), ask.sort)


@router.get(
    "/letter-batches/{batch_id}",
    response=LetterBatchDetail,
    auth=READ,
    operation_id="get_letter_batch",
    summary="一批信访件的统计",
)
def get_letter_batch(request: TokenRequest, batch_id: PathId) -> LetterBatch:
    """Return one batch with its counts."""
    return queries_feed.whole_batch(request.user, batch_id)


@router.get("/letters", response=LetterPage, auth=READ, operation_id="list_letters", summary="信访件")
def list_letters(request: TokenRequest, ask: Query[LetterAsk]) -> dict[str, Any]:
    """Return letters in sight."""
    found = queries_feed.letters(
        request.user,
        ask.batch,
        ask.state,
        mine=ask.mine,
        order=ORDERS[ask.sort],
        after=place_of(ask.cursor, ask.sort),
        limit=ask.limit,
    )
    return page_of(found, ask.sort)


@router.get(
    "/letters/{letter_id}", response=LetterOut, auth=READ, operation_id="get_letter", summary="一件信访件"
)
def get_letter(request: TokenRequest, letter_id: PathId) -> Letter:
    """Return one letter."""
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/take", response=LetterOut, auth=REPORT, operation_id="take_letter", summary="签收"
)
def take_letter(request: TokenRequest, letter_id: PathId, body: LetterSeenIn) -> Letter:
    """Sign for a letter."""
    services_handle.take_letter(
        actor=request.user, letter_id=letter_id, seen_version=demand_version(body.seen_version)
    )
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/answer",
    response=LetterOut,
    auth=REPORT,
    operation_id="answer_letter",
    summary="报送办理结果",
)
def answer_letter(request: TokenRequest, letter_id: PathId, body: LetterAnswerIn) -> Letter:
    """Hand in what was found and done."""
    answer = Answer(
        verdict=body.verdict,
        findings=body.findings,
        handling=body.handling,
        persons=body.persons,
        person_times=body.person_times,
        accountability=body.accountability,
    )
    services_handle.answer_letter(
        actor=request.user,
        letter_id=letter_id,
        answer=answer,
        confirmed=body.confirmed,
        seen_version=demand_version(body.seen_version),
    )
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/send-back",
    response=LetterOut,
    auth=REVIEW,
    operation_id="send_back_letter",
    summary="退回重办",
)
def send_back_letter(request: TokenRequest, letter_id: PathId, body: LetterReasonIn) -> Letter:
    """Send an answer back."""
    services_handle.send_back_letter(
        actor=request.user,
        letter_id=letter_id,
        reason=body.reason,
        seen_version=demand_version(body.seen_version),
    )
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/stage",
    response=LetterOut,
    auth=REVIEW,
    operation_id="stage_letter",
    summary="阶段性办结",
)
def stage_letter(request: TokenRequest, letter_id: PathId, body: LetterStageIn) -> Letter:
    """Let an answer stand for now."""
    services_handle.stage_letter(
        actor=request.user,
        letter_id=letter_id,
        follow_up=body.follow_up,
        opinion=body.opinion,
        seen_version=demand_version(body.seen_version),
    )
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/close", response=LetterOut, auth=REVIEW, operation_id="close_letter", summary="办结"
)
def close_letter(request: TokenRequest, letter_id: PathId, body: LetterReviewIn) -> Letter:
    """Close a letter."""
    services_handle.close_letter(
        actor=request.user,
        letter_id=letter_id,
        opinion=body.opinion,
        seen_version=demand_version(body.seen_version),
    )
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/reopen",
    response=LetterOut,
    auth=REVIEW,
    operation_id="reopen_letter",
    summary="重新办理",
)
def reopen_letter(request: TokenRequest, letter_id: PathId, body: LetterReasonIn) -> Letter:
    """Have a settled letter handled again."""
    services_handle.reopen_letter(
        actor=request.user,
        letter_id=letter_id,
        reason=body.reason,
        seen_version=demand_version(body.seen_version),
    )
    return queries_feed.whole_letter(request.user, letter_id)


@router.post(
    "/letters/{letter_id}/reassign",
    response=LetterOut,
    auth=LEDGER,
    operation_id="reassign_letter",
    summary="改派",
)
def reassign_letter(request: TokenRequest, letter_id: PathId, body: LetterReassignIn) -> Letter:
    """Give a letter to another unit."""
    services.reassign_letter(
        actor=request.user,
        letter_id=letter_id,
        lead=people.get_organisation(request.user, body.lead),
        reason=body.reason,
        seen_version=demand_version(body.seen_version),
    )
    return queries_feed.whole_letter(request.user, letter_id)
