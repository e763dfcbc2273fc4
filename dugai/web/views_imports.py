"""Importing organisations, people and readings from Excel: template, upload, look, accept, export."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.indicators import sheet
from dugai.kernel import clock
from dugai.kernel.errors import DomainError, NotVisible
from dugai.people import imports, services_account
from dugai.staging import export, queries, services
from dugai.web.forms_people import WorkbookForm
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WORDS = {"organisations": "单位", "people": "人员", sheet.KIND: "指标数据"}
BACK = {"organisations": "organisations", "people": "people", sheet.KIND: "indicators"}
VERDICTS = (("rejected", "有误"), ("duplicate", "重复"), ("good", "可录入"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100


def _word(kind: str) -> str:
    if kind not in WORDS:
        raise NotVisible("没有这种导入。")
    return WORDS[kind]


@require_http_methods(["GET", "POST"])
def people_import(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a workbook and stage it; list the earlier ones."""
    viewer, word = viewer_of(request), _word(kind)
    reader = services.reader_for(actor=viewer, kind=kind, context={})
    form = WorkbookForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = services.stage(actor=viewer, kind=kind, file_name=file.name, data=file.read(), context={})
        except DomainError as refusal:
            form.take(refusal)
            status = refusal.status
        else:
            return redirect("people_batch", batch_id=batch.pk)
    context = {
        "kind": kind,
        "word": word,
        "back": BACK[kind],
        "form": form,
        "columns": reader.columns,
        "batches": queries.batches(viewer, kind)[:20],
    }
    return render(request, "people/import.html", context, status=status)


@require_GET
def people_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what a staged workbook would become, errors first."""
    viewer = viewer_of(request)
    batch = queries.get_batch(viewer, batch_id)
    word = _word(batch.kind)
    verdict = request.GET.get("verdict", "")
    if verdict not in dict(VERDICTS):
        verdict = next((name for name, _ in VERDICTS if getattr(batch, f"rows_{name}")), "good")
    after = request.GET.get("after", "0")
    rows = queries.rows(viewer, batch, verdict, after=int(after) if after.isdigit() else 0, limit=SHOWN + 1)
    reader = services.reader_for(actor=viewer, kind=batch.kind, context=batch.context)
    columns = [column for column in reader.columns if any(row.cells.get(column.name) for row in rows)]
    context = {
        "batch": batch,
        "word": word,
        "verdict": verdict,
        "counts": [(name, label, getattr(batch, f"rows_{name}")) for name, label in VERDICTS],
        "columns": columns,
        "rows": [(row, [row.cells.get(column.name, "") for column in columns]) for row in rows[:SHOWN]],
        "after": rows[SHOWN - 1].pk if len(rows) > SHOWN else 0,
    }
    return render(request, "people/batch.html", context)


@require_POST
def people_batch_accept(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Write the good rows, all or none."""
    seen = request.POST.get("seen_version", "")
    batch = services.accept(
        actor=viewer_of(request), batch_id=batch_id, seen_version=int(seen) if seen.isdigit() else None
    )
    said = "账户还没有密码，请在人员页逐个发首次密码。" if batch.kind == "people" else ""
    messages.success(request, f"已录入 {batch.rows_good} 行{_word(batch.kind)}。{said}")
    return redirect("people_batch", batch_id=batch_id)


@require_POST
def people_batch_discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Put a staged workbook aside."""
    batch = services.discard(actor=viewer_of(request), batch_id=batch_id)
    messages.success(request, "这次导入已放弃，什么也没有写入。")
    return redirect("people_import", kind=batch.kind)


@require_GET
def people_template(request: HttpRequest, kind: str) -> FileResponse:
    """Send an empty workbook to fill in."""
    word = _word(kind)
    reader = services.reader_for(actor=viewer_of(request), kind=kind, context={})
    return _workbook(export.write_template(word, reader.columns), f"{word}导入模板.xlsx")


@require_GET
def people_export(request: HttpRequest, kind: str) -> FileResponse:
    """Send the organisations or people below, in the layout that imports again."""
    viewer, word = viewer_of(request), _word(kind)
    columns = services.reader_for(actor=viewer, kind=kind, context={}).columns
    if kind == sheet.KIND:
        rows = sheet.rows(viewer)
    else:
        services_account.note_export(actor=viewer, kind=kind)
        rows = imports.organisation_rows(viewer) if kind == "organisations" else imports.people_rows(viewer)
    return _workbook(export.write_list(word, columns, rows), f"{word}-{clock.today().isoformat()}.xlsx")


def _workbook(file: IO[bytes], name: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
