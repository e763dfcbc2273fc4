"""清单进出: a workbook is sent in, shown, accepted or put aside; the list goes out with its filters."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import DomainError, Refused, TooLarge
from dugai.ledger import list_export, list_rows, queries_plan, services_export, sheet_writer
from dugai.ledger.sheet_columns import TITLES
from dugai.ledger.sight import Scope
from dugai.staging import queries as staged
from dugai.staging import services as staging
from dugai.staging import services_large
from dugai.web import waiting
from dugai.web.forms_ledger import ImportForm
from dugai.web.ledger_units import Names
from dugai.web.places import go
from dugai.web.views_ledger_entry import require_office

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

KIND = "ledger"
PAGE = 50
MEGABYTE = 2**20
SHOWN_COLUMNS = (
    "number",
    "problem",
    "measure_number",
    "measure",
    "deadline",
    "lead",
    "responsible",
    "status",
)
VERDICTS = (("", "全部"), ("rejected", "有误"), ("duplicate", "重复"), ("good", "可入账"))


@require_http_methods(["GET", "POST"])
def import_new(request: SignedInRequest) -> HttpResponse:
    """Take a workbook in and stage it; nothing is written to the ledger yet."""
    require_office(request.user)
    kept = queries_plan.inspections_to_keep(request.user)
    top = Scope.top(request.user)
    initial = {"inspection": request.GET.get("inspection", ""), "home": top.name if top else ""}
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        inspections=[(one.pk, one.name) for one in kept],
    )
    if request.method == "POST" and form.is_valid():
        try:
            batch = _stage(request, form.cleaned_data)
        except DomainError as refusal:
            form.take(refusal)
        else:
            return go("ledger_import", batch_id=batch.pk)
    context = {"form": form, "kept": kept, "batches": staged.batches(request.user, KIND)[:20]}
    return render(request, "ledger/import_new.html", context, status=422 if form.errors else 200)


@require_GET
def import_batch(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Show a staged workbook: the counts, each row, and for each wrong cell what to do."""
    batch = staged.get_batch(request.user, batch_id, kind=KIND)
    work = _work(batch)
    if work is not None and work.open:
        return render(request, "ledger/import_wait.html", {"batch": batch, **_waiting(batch, work)})
    verdict = request.GET.get("verdict", "rejected" if batch.rows_rejected else "")
    verdict = verdict if verdict in dict(VERDICTS) else ""
    after = request.GET.get("after", "")
    rows = staged.rows(
        request.user, batch, verdict, after=int(after) if after.isdigit() else 0, limit=PAGE + 1
    )
    counts = {"": batch.rows_read, "good": batch.rows_good, "rejected": batch.rows_rejected}
    counts["duplicate"] = batch.rows_duplicate
    context = {
        "batch": batch,
        "rows": [_shown(row) for row in rows[:PAGE]],
        "columns": [TITLES[name] for name in SHOWN_COLUMNS],
        "ways": [
            {"value": value, "word": word, "count": counts[value], "on": value == verdict}
            for value, word in VERDICTS
        ],
        "verdict": verdict,
        "after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "open": batch.state == batch.State.STAGED,
        "said": batch.message or (work.said if work and batch.state != batch.State.ACCEPTED else ""),
    }
    return render(request, "ledger/import_batch.html", context)


@require_GET
def import_progress(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Say how far a worker is with a large workbook; send the browser on when it is done."""
    batch = staged.get_batch(request.user, batch_id, kind=KIND)
    work = _work(batch)
    then = reverse("ledger_import", args=[batch.pk])
    shown = _waiting(batch, work)
    return waiting.answer(request, work, title=shown["title"], poll=shown["poll_url"], then=then)


@require_POST
def import_decide(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Accept a staged workbook, all its good rows at once, or put it aside."""
    batch = staged.get_batch(request.user, batch_id, kind=KIND)
    seen = int(request.POST.get("seen_version") or 0)
    if request.POST.get("move") == "accept":
        if batch.rows_good > settings.IMPORT_ROWS_IN_REQUEST:
            services_large.accept_later(actor=request.user, batch_id=batch.pk, seen_version=seen)
            return go("ledger_import", batch_id=batch.pk)
        done = staging.accept(actor=request.user, batch_id=batch.pk, seen_version=seen)
        messages.success(
            request,
            f"已入账 {done.rows_good} 行；"
            f"有误 {done.rows_rejected} 行、重复 {done.rows_duplicate} 行没有入账。",
        )
    elif request.POST.get("move") == "discard":
        staging.discard(actor=request.user, batch_id=batch.pk, seen_version=seen)
        messages.success(request, "已放弃这次导入，台账没有变化。")
    else:
        raise Refused("请选入账或放弃。", code="move_missing")
    return go("ledger_import", batch_id=batch.pk)


@require_GET
def import_marked(request: SignedInRequest, batch_id: int) -> FileResponse:
    """Give the rows that did not come in back as a workbook, the wrong cells marked."""
    batch = staged.get_batch(request.user, batch_id, kind=KIND)
    rejected = batch.rows.filter(verdict="rejected").order_by("pk").values_list("cells", "errors")
    stem = Path(batch.file_name).stem
    return _file(
        lambda path: sheet_writer.write_marked(path, rejected.iterator(chunk_size=500)), f"{stem}-待改.xlsx"
    )


@require_GET
def import_template(request: SignedInRequest) -> FileResponse:
    """Give an empty workbook with the header row."""
    require_office(request.user)
    return _file(sheet_writer.write_template, "整改措施清单-模板.xlsx")


@require_GET
def export(request: SignedInRequest) -> FileResponse:
    """Give a list with its filters as a workbook: its own rows, or measures in a form that can come back."""
    filters = list_export.kept({**request.GET.dict(), "ids": ",".join(request.GET.getlist("ids"))})
    word = list_rows.LISTS[filters["list"]] if list_export.gives_rows(filters) else "整改措施清单"
    name = f"{word}-{clock.today():%Y%m%d}.xlsx"
    return _file(
        lambda path: services_export.export_list(actor=request.user, filters=filters, path=path), name
    )


def _stage(request: SignedInRequest, values: dict[str, Any]) -> Any:
    upload = values["file"]
    if upload.size > settings.UPLOAD_LIMIT:
        most = settings.UPLOAD_LIMIT // MEGABYTE
        raise TooLarge(f"文件有 {upload.size // MEGABYTE} MB，最多 {most} MB。请拆成几个文件。")
    names = Names(request.user)
    home = names.one("home", values["home"])
    lead = names.one("lead", values["lead"], home.path) if values["lead"].strip() else None
    context = {"inspection": int(values["inspection"]), "home": home.pk, "lead": lead.pk if lead else 0}
    if values["issued"]:
        context["issued"] = values["issued"].isoformat()
    data = upload.read()
    bring = services_large.receive if services_large.is_large(data) else staging.stage
    return bring(actor=request.user, kind=KIND, file_name=upload.name, data=data, context=context)


def _work(batch: Any) -> waiting.Work | None:
    """Return the work a batch waits for or waited for last: its acceptance, or its reading."""
    return waiting.work_of(services_large.ACCEPT, batch.pk) or waiting.work_of(services_large.READ, batch.pk)


def _waiting(batch: Any, work: waiting.Work | None) -> dict[str, Any]:
    reading = batch.state == batch.State.READING
    title = "正在读取，还没有写台账" if reading else "正在入账，要么全部写入，要么一行不写"
    return {"work": work, "title": title, "poll_url": reverse("ledger_import_progress", args=[batch.pk])}


def _shown(row: Any) -> dict[str, Any]:
    wrong = {error.get("column") for error in row.errors}
    lamps = {"good": "ontrack", "rejected": "overdue", "duplicate": "closed"}
    return {
        "row": row,
        "cells": [{"text": row.cells.get(name, ""), "bad": name in wrong} for name in SHOWN_COLUMNS],
        "lamp": lamps[row.verdict],
        "says": row.values.get("says", ""),
    }


def _file(write: Callable[[Path], object], name: str) -> FileResponse:
    """Let `write` fill a temporary file and stream it; the file goes when the answer has been read."""
    with tempfile.NamedTemporaryFile(prefix="dugai-export-", suffix=".xlsx", delete=False) as made:
        path = Path(made.name)
    try:
        write(path)
        opened = path.open("rb")
    finally:
        path.unlink()
    return FileResponse(opened, as_attachment=True, filename=name)
