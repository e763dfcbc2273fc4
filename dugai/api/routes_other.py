"""Messages, the journal and its receipts, and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from ninja import File, Form, Query, Router, Status, UploadedFile

from dugai.api.auth import INTAKE, READ, TokenRequest
from dugai.api.paging import paged
from dugai.api.shapes import PathId
from dugai.api.shapes_other import (
    DecideIn,
    DiscardIn,
    EventAsk,
    EventPage,
    ImportAsk,
    ImportIn,
    ImportOut,
    ImportPage,
    ImportRowAsk,
    ImportRowPage,
    MessageAsk,
    MessagePage,
    ReceiptOut,
)
from dugai.insight import queries_subject
from dugai.journal.services import demand_version
from dugai.kernel.errors import TooLarge
from dugai.notices import queries_feed as notices
from dugai.staging import queries, queries_feed, services

if TYPE_CHECKING:
    from dugai.staging.models import ImportBatch

router = Router()


@router.get(
    "/messages",
    response=MessagePage,
    auth=READ,
    operation_id="list_messages",
    summary="本人的消息",
    tags=["消息与留痕"],
)
def list_messages(request: TokenRequest, ask: Query[MessageAsk]) -> dict[str, Any]:
    """Return one's own messages, the newest first."""

    def read(order: Any, after: Any, limit: int) -> Any:
        return notices.messages(request.user, unread=ask.unread, order=order, after=after, limit=limit)

    return paged(ask, read, "newest")


@router.get(
    "/events",
    response=EventPage,
    auth=READ,
    operation_id="list_events",
    summary="一件事的留痕",
    tags=["消息与留痕"],
)
def list_events(request: TokenRequest, ask: Query[EventAsk]) -> dict[str, Any]:
    """Return what happened to one subject in sight."""
    subject = (ask.subject_type.value, ask.subject_id)
    return paged(ask, lambda *page: queries_subject.events(request.user, *subject, *page), ask.sort)


@router.get(
    "/events/{event_id}/receipt",
    response=ReceiptOut,
    auth=READ,
    operation_id="get_receipt",
    summary="回执：可离线核验的证明",
    tags=["消息与留痕"],
)
def get_receipt(request: TokenRequest, event_id: PathId) -> dict[str, Any]:
    """Return the receipt of one event whose subject is in sight."""
    return queries_subject.receipt(request.user, event_id)


@router.get(
    "/imports",
    response=ImportPage,
    auth=READ,
    operation_id="list_imports",
    summary="本人的导入",
    tags=["导入"],
)
def list_imports(request: TokenRequest, ask: Query[ImportAsk]) -> dict[str, Any]:
    """Return one's own imports."""
    return paged(ask, lambda *page: queries_feed.batches(request.user, *page), ask.sort)


@router.post(
    "/imports",
    response={201: ImportOut},
    auth=INTAKE,
    operation_id="upload_import",
    summary="上传工作簿，先成待确认的提案",
    tags=["导入"],
)
def upload_import(
    request: TokenRequest, file: File[UploadedFile], form: Form[ImportIn]
) -> Status[ImportBatch]:
    """Stage a workbook row by row; nothing is written to the ledger yet."""
    if (file.size or 0) > settings.UPLOAD_LIMIT:
        raise TooLarge(f"文件最多 {settings.UPLOAD_LIMIT // 2**20} MB。请拆成几个文件。")
    batch = services.stage(
        actor=request.user,
        kind=form.kind.value,
        file_name=file.name or "工作簿.xlsx",
        data=file.read(),
        context=form.context(),
    )
    return Status(201, batch)


@router.get(
    "/imports/{import_id}",
    response=ImportOut,
    auth=READ,
    operation_id="get_import",
    summary="一次导入",
    tags=["导入"],
)
def get_import(request: TokenRequest, import_id: PathId) -> ImportBatch:
    """Return one of one's own imports."""
    return queries.get_batch(request.user, import_id)


@router.get(
    "/imports/{import_id}/rows",
    response=ImportRowPage,
    auth=READ,
    operation_id="list_import_rows",
    summary="导入的各行",
    tags=["导入"],
)
def list_import_rows(request: TokenRequest, import_id: PathId, ask: Query[ImportRowAsk]) -> dict[str, Any]:
    """Return the rows of an import, each with what is wrong with it."""
    return paged(ask, lambda *page: queries_feed.rows(request.user, import_id, ask.verdict, *page))


@router.post(
    "/imports/{import_id}/accept",
    response=ImportOut,
    auth=INTAKE,
    operation_id="accept_import",
    summary="确认导入",
    tags=["导入"],
)
def accept_import(request: TokenRequest, import_id: PathId, body: DecideIn) -> ImportBatch:
    """Write every good row, all or nothing."""
    seen = demand_version(body.seen_version)
    return services.accept(actor=request.user, batch_id=import_id, seen_version=seen)


@router.post(
    "/imports/{import_id}/discard",
    response=ImportOut,
    auth=INTAKE,
    operation_id="discard_import",
    summary="放弃导入",
    tags=["导入"],
)
def discard_import(request: TokenRequest, import_id: PathId, body: DiscardIn) -> ImportBatch:
    """Put a staged workbook aside; nothing of it was written."""
    seen, reason = demand_version(body.seen_version), body.reason
    return services.discard(actor=request.user, batch_id=import_id, seen_version=seen, reason=reason)
