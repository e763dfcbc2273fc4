"""信访: the published table in from Excel and out to Excel."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.complaints import queries as letters
from dugai.complaints import workbook
from dugai.kernel.errors import DomainError, NotVisible
from dugai.staging import export, queries, services
from dugai.web.forms_letters import LetterWorkbookForm
from dugai.web.places import go
from dugai.web.views_letters import asked_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.staging.models import ImportBatch
    from dugai.web.frame import SignedInRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = (("rejected", "有误"), ("duplicate", "重复"), ("good", "可录入"))
SHOWN = 100
NO_IMPORT = "没有这次导入，或您的单位看不到它"


@require_http_methods(["GET", "POST"])
def import_page(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Take a table and stage it."""
    viewer = request.user
    batch = letters.get_batch(viewer, batch_id)
    context = {"batch": batch.pk}
    services.reader_for(actor=viewer, kind=workbook.KIND, context=context)
    form = LetterWorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            staged = services.stage(
                actor=viewer, kind=workbook.KIND, file_name=file.name, data=file.read(), context=context
            )
        except DomainError as refusal:
            form.take(refusal)
        else:
            return go("letter_import_staged", import_id=staged.pk)
    shown = {"batch": batch, "form": form, "columns": workbook.COLUMNS}
    return render(request, "letters/import.html", shown, status=422 if form.errors else 200)


@require_GET
def staged_page(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Show what a staged table would become, errors first."""
    viewer = request.user
    staged = _staged(request, import_id)
    batch = letters.get_batch(viewer, staged.context["batch"])
    verdict = request.GET.get("verdict", "")
    if verdict not in dict(VERDICTS):
        verdict = next((name for name, _ in VERDICTS if getattr(staged, f"rows_{name}")), "good")
    after = request.GET.get("after", "0")
    rows = queries.rows(
        viewer, staged, verdict, after=int(after) if after.isdecimal() else 0, limit=SHOWN + 1
    )
    columns = [column for column in workbook.COLUMNS if any(row.cells.get(column.name) for row in rows)]
    context = {
        "staged": staged,
        "batch": batch,
        "verdict": verdict,
        "counts": [(name, label, getattr(staged, f"rows_{name}")) for name, label in VERDICTS],
        "columns": columns,
        "rows": [(row, [row.cells.get(column.name, "") for column in columns]) for row in rows[:SHOWN]],
        "after": rows[SHOWN - 1].pk if len(rows) > SHOWN else 0,
    }
    return render(request, "letters/staged.html", context)


@require_POST
def accept(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Enter the good rows, all or none."""
    staged = _staged(request, import_id)
    seen = request.POST.get("seen_version", "")
    services.accept(
        actor=request.user, batch_id=import_id, seen_version=int(seen) if seen.isdecimal() else None
    )
    messages.success(request, f"已登记 {staged.rows_good} 件信访件。")
    return go("letter_batch", batch_id=staged.context["batch"])


@require_POST
def discard(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Put a staged table aside."""
    staged = _staged(request, import_id)
    services.discard(actor=request.user, batch_id=import_id)
    messages.success(request, "这次导入已放弃，什么也没有写入。")
    return go("letter_import", batch_id=staged.context["batch"])


@require_GET
def template(request: SignedInRequest, batch_id: int) -> FileResponse:
    """Send an empty table to fill in."""
    batch = letters.get_batch(request.user, batch_id)
    services.reader_for(actor=request.user, kind=workbook.KIND, context={"batch": batch.pk})
    return _send(export.write_template("一览表", workbook.COLUMNS), "信访件一览表模板.xlsx")


@require_GET
def sheet(request: SignedInRequest, batch_id: int) -> FileResponse:
    """Send the letters shown, in the layout of the published table."""
    batch = letters.get_batch(request.user, batch_id)
    asked, _ = asked_of(request)
    rows = workbook.require_rows(letters.letters_of(request.user, batch, asked))
    book = export.write_list("一览表", workbook.EXPORTED, workbook.rows_out(rows))
    return _send(book, f"{workbook.TITLE}（{batch.region}{batch.name}）.xlsx")


def _staged(request: SignedInRequest, import_id: int) -> ImportBatch:
    staged = queries.get_batch(request.user, import_id)
    if staged.kind != workbook.KIND:
        raise NotVisible(NO_IMPORT)
    return staged


def _send(file: IO[bytes], name: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
