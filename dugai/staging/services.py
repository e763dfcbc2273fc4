"""导入: a workbook is staged row by row, shown, and accepted whole or not at all (reliability rule D9).

    batch = stage(actor=actor, kind="people", file_name=name, data=data, context={})
    batch = accept(actor=actor, batch_id=batch.pk, seen_version=batch.version)   # or discard(...)

Always read = good + rejected + duplicate. A room registers a factory for its kind once, in `dugai.apps`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from dugai.journal import bulk
from dugai.journal.services import change, record, shown
from dugai.kernel import canonical, planner
from dugai.kernel.errors import InvalidInput, NotVisible, Refused, TooLarge, require
from dugai.staging import policy, queries, reading
from dugai.staging.models import ImportBatch, ImportRow
from dugai.staging.rows import Proposed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dugai.people.models import User
    from dugai.staging.rows import Factory, RowReader

COUNTS = ("rows_read", "rows_good", "rows_rejected", "rows_duplicate")
INSERT = 1000
LARGE = 1000
"""Rows of one import after which the database counts its tables at once, and not only at night."""
_factories: dict[str, Factory] = {}

MEGABYTE = 1024 * 1024


def register(kind: str, factory: Factory) -> None:
    """Say who reads workbooks of a kind; `kind` is a value of `ImportBatch.Kind`."""
    _factories[kind] = factory


def reader_for(*, actor: User, kind: str, context: Mapping[str, Any]) -> RowReader:
    """Make the reader of a kind for one actor. Its factory refuses those who may not import."""
    factory = _factories.get(kind)
    if factory is None:
        raise NotVisible("没有这种导入。")
    return factory(actor, context)


def stage(*, actor: User, kind: str, file_name: str, data: bytes, context: Mapping[str, Any]) -> ImportBatch:
    """Read a workbook into proposals. The reading itself happens before the transaction begins.

    Raises a refusal when the workbook as a whole cannot be read; a bad row is staged with its errors.
    """
    reader = reader_for(actor=actor, kind=kind, context=context)
    if len(data) > settings.UPLOAD_LIMIT:
        raise TooLarge(f"文件最多 {settings.UPLOAD_LIMIT // MEGABYTE} MB。请拆成几个文件再上传。")
    rows = rows_of(reader, data)
    batch = ImportBatch(
        kind=kind,
        organisation_id=actor.organisation_id,
        uploaded_by=actor,
        file_name=file_name[-200:],
        file_sha256=canonical.sha256(data),
        context=dict(context),
    )
    return _store(actor, batch, rows)


def rows_of(reader: RowReader, data: bytes) -> list[ImportRow]:
    """Read a workbook. Raises a refusal when it has no row at all."""
    rows = reading.read_rows(reader, data)
    require(
        bool(rows),
        "表里没有可读的行。请在标题行下面填写后再上传。",
        code="workbook_empty",
        error=InvalidInput,
    )
    return rows


@transaction.atomic
def store_rows(*, actor: User, batch_id: int, rows: list[ImportRow]) -> ImportBatch:
    """Keep the rows a worker has read for a batch that waits for them; a second worker keeps nothing."""
    batch = queries.get_batch(actor, batch_id, lock=True)
    if batch.state != ImportBatch.State.READING:
        return batch
    before, after = change(batch, state=ImportBatch.State.STAGED, **_counts(rows))
    _insert(batch, rows)
    after |= shown(batch, "kind", "file_name", "file_sha256")
    record(actor=actor, kind="import.staged", subject=batch, before=before, after=after)
    return batch


@transaction.atomic
def _store(actor: User, batch: ImportBatch, rows: list[ImportRow]) -> ImportBatch:
    batch.state = ImportBatch.State.STAGED
    for name, count in _counts(rows).items():
        setattr(batch, name, count)
    batch.save(force_insert=True)
    _insert(batch, rows)
    after = shown(batch, "kind", "file_name", "file_sha256", *COUNTS)
    record(actor=actor, kind="import.staged", subject=batch, after=after)
    return batch


def _counts(rows: list[ImportRow]) -> dict[str, int]:
    verdicts = [row.verdict for row in rows]
    kinds = (ImportRow.Verdict.GOOD, ImportRow.Verdict.REJECTED, ImportRow.Verdict.DUPLICATE)
    return dict(zip(COUNTS, [len(rows), *(verdicts.count(kind) for kind in kinds)], strict=True))


def _insert(batch: ImportBatch, rows: list[ImportRow]) -> None:
    for row in rows:
        row.batch_id = batch.pk
    for start in range(0, len(rows), INSERT):
        bulk.insert(rows[start : start + INSERT])


def require_staged(batch: ImportBatch) -> None:
    """Refuse to write a batch that is not waiting to be confirmed, or has nothing to write."""
    require(
        batch.state == ImportBatch.State.STAGED,
        f"这次导入{batch.get_state_display()}，不能再确认。",
        code="not_staged",
    )
    require(batch.rows_good > 0, "没有可以入账的行。请改好表格后重新上传。", code="nothing_good")


@transaction.atomic
def accept(*, actor: User, batch_id: int, seen_version: int | None = None) -> ImportBatch:
    """Write every good row in this one transaction; rejected and duplicate rows stay out, as was shown."""
    batch = queries.get_batch(actor, batch_id, lock=True)
    require(policy.may_decide(actor, batch), "只有上传的人可以确认这次导入。", code="not_uploader")
    require_staged(batch)
    reader = reader_for(actor=actor, kind=batch.kind, context=batch.context)
    keys = batch.rows.filter(verdict=ImportRow.Verdict.GOOD).values_list("key", flat=True)
    if taken := reader.taken(list(keys)):
        some = "、".join(sorted(taken)[:3])
        raise Refused(
            f"上传以后，其中 {len(taken)} 行已由别人录入（{some}）。请重新上传，系统会把它们列为重复。",
            code="import_stale",
        )
    written = reader.accept(actor=actor, batch=batch, rows=_good(batch))
    if written != batch.rows_good:
        message = f"accepted {written} of {batch.rows_good} rows"
        raise RuntimeError(message)
    before, after = change(batch, seen_version=seen_version, state=ImportBatch.State.ACCEPTED)
    record(actor=actor, kind="import.accepted", subject=batch, before=before, after=after)
    if written >= LARGE:
        transaction.on_commit(planner.refresh, robust=True)
    return batch


@transaction.atomic
def discard(*, actor: User, batch_id: int, seen_version: int | None = None, reason: str = "") -> ImportBatch:
    """Put a staged workbook aside; nothing of it was written anywhere."""
    batch = queries.get_batch(actor, batch_id, lock=True)
    require(policy.may_decide(actor, batch), "只有上传的人可以放弃这次导入。", code="not_uploader")
    require(
        batch.state == ImportBatch.State.STAGED,
        f"这次导入{batch.get_state_display()}，不能再放弃。",
        code="not_staged",
    )
    before, after = change(batch, seen_version=seen_version, state=ImportBatch.State.DISCARDED)
    record(actor=actor, kind="import.discarded", subject=batch, before=before, after=after, reason=reason)
    return batch


def _good(batch: ImportBatch) -> Iterator[Proposed]:
    found = batch.rows.filter(verdict=ImportRow.Verdict.GOOD).order_by("pk").values_list("key", "values")
    for key, values in found.iterator(chunk_size=INSERT):
        yield Proposed(key, values)
