"""大文件导入: a large workbook is kept, read and written by a worker, while the page says how far it is.

Both jobs may run twice, as after a killed worker: the batch's own state, changed in the transaction of the
effect, lets only the first one count.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from dugai.files import queries as files
from dugai.files import services as storing
from dugai.jobs import queries as waiting
from dugai.jobs import services as jobs
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import canonical
from dugai.kernel.errors import DomainError, TooLarge, require
from dugai.staging import policy, queries, services, workbook
from dugai.staging.models import ImportBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.jobs.models import Job
    from dugai.people.models import User
    from dugai.staging.rows import Cell, CellError, Place, Proposed, RowReader

READ, ACCEPT = "imports.read", "imports.accept"
TOLD_EVERY = 500
LONG = dt.timedelta(minutes=15)
"""How long a worker may hold an acceptance: it is one transaction and cannot tell how far it is."""


def is_large(data: bytes) -> bool:
    """Say whether a workbook has more rows than are read while one waits. Refuses what is no workbook."""
    return workbook.height(data) > settings.IMPORT_ROWS_IN_REQUEST


@transaction.atomic
def receive(
    *, actor: User, kind: str, file_name: str, data: bytes, context: Mapping[str, Any]
) -> ImportBatch:
    """Keep a workbook and ask a worker to read it; the batch is 读取中 until then."""
    services.reader_for(actor=actor, kind=kind, context=context)  # refuses those who may not import here
    if len(data) > settings.UPLOAD_LIMIT:
        most = settings.UPLOAD_LIMIT // services.MEGABYTE
        raise TooLarge(f"文件最多 {most} MB。请拆成几个文件再上传。")
    kept = storing.store_file(actor=actor, name=file_name, stream=io.BytesIO(data), note="导入的原表")
    batch = ImportBatch(
        kind=kind,
        organisation_id=actor.organisation_id,
        uploaded_by=actor,
        file_name=file_name[-200:],
        file_sha256=canonical.sha256(data),
        context=dict(context),
    )
    batch.save(force_insert=True)
    after = shown(batch, "kind", "file_name", "file_sha256")
    record(actor=actor, kind="import.received", subject=batch, after=after)
    rows = workbook.height(data)
    arguments = {"batch": batch.pk, "file": kept.pk, "rows": rows, "person": actor.person.pk}
    jobs.enqueue(actor=actor, kind=READ, arguments=arguments, key=str(batch.pk))
    return batch


def read_batch(job: Job) -> dict[str, Any]:
    """Read the workbook of a job into proposals, or say why it cannot be read; no transaction is open."""
    values = job.arguments
    actor = waiting.public_actor(job)
    batch = queries.get_batch(actor, values["batch"])
    if batch.state != ImportBatch.State.READING:
        return {"read": False}
    jobs.heartbeat(job, done=0, total=values["rows"])
    try:
        with files.open_checked(actor, files.get_file(actor, values["file"])) as stream:
            data = stream.read()
        reader = _Telling(services.reader_for(actor=actor, kind=batch.kind, context=batch.context), job)
        rows = services.rows_of(reader, data)
        jobs.heartbeat(job, done=values["rows"])
        services.store_rows(actor=actor, batch_id=batch.pk, rows=rows)
    except DomainError as refusal:
        _fail(actor, batch.pk, refusal.message)
        return {"refused": refusal.message}
    return {"read": True, "rows": len(rows)}


@transaction.atomic
def accept_later(*, actor: User, batch_id: int, seen_version: int) -> Job:
    """Ask a worker to write a staged workbook, once; what would be refused at once is refused here."""
    batch = queries.get_batch(actor, batch_id, lock=True)
    require(policy.may_decide(actor, batch), "只有上传的人可以确认这次导入。", code="not_uploader")
    services.require_staged(batch)
    require_version(batch, seen_version)
    arguments = {"batch": batch.pk, "seen_version": seen_version, "person": actor.person.pk}
    return jobs.enqueue(actor=actor, kind=ACCEPT, arguments=arguments, key=str(batch.pk))


def accept_batch(job: Job) -> dict[str, Any]:
    """Write the good rows of a job's batch in one transaction; a second run finds it done."""
    values = job.arguments
    actor = waiting.public_actor(job)
    batch = queries.get_batch(actor, values["batch"])
    if batch.state == ImportBatch.State.ACCEPTED:
        return {"accepted": batch.rows_good}
    jobs.heartbeat(job, lease=LONG)
    try:
        done = services.accept(actor=actor, batch_id=batch.pk, seen_version=values["seen_version"])
    except DomainError as refusal:
        return {"refused": refusal.message}
    return {"accepted": done.rows_good}


@transaction.atomic
def _fail(actor: User, batch_id: int, message: str) -> None:
    batch = queries.get_batch(actor, batch_id, lock=True)
    if batch.state == ImportBatch.State.READING:
        before, after = change(batch, state=ImportBatch.State.FAILED, message=message[:500])
        record(actor=actor, kind="import.failed", subject=batch, before=before, after=after)


class _Telling:
    """A reader that tells its job how many rows it has read, and so keeps its lease."""

    def __init__(self, reader: RowReader, job: Job) -> None:
        self.reader, self.job, self.count = reader, job, 0
        self.columns = reader.columns
        settle = getattr(reader, "settle", None)
        if settle is not None:
            self.settle = settle

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError] | None:
        """Read one row."""
        self.count += 1
        if self.count % TOLD_EVERY == 0:
            jobs.heartbeat(self.job, done=self.count)
        return self.reader.read(place, cells)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)
