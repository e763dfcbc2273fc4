"""离线填报: the workbook goes out, comes back, is checked cell by cell and handed in whole."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput
from dugai.progress import offline, workbook
from dugai.staging import queries, services
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = (("rejected", "有误"), ("duplicate", "重复"), ("good", "可报送"))
SHOWN = 100


@require_GET
def report_workbook(request: HttpRequest) -> FileResponse:
    """Send what the unit owes as a workbook."""
    viewer = viewer_of(request)
    out = workbook.write_owed(offline.owed_rows(viewer), viewer.organisation.name)
    response = FileResponse(out, content_type=XLSX)
    name = f"进展填报表-{viewer.organisation}-{clock.today().isoformat()}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@require_POST
def report_upload(request: HttpRequest) -> HttpResponse:
    """Stage a filled workbook."""
    viewer = viewer_of(request)
    services.reader_for(actor=viewer, kind=offline.KIND, context={})
    file = request.FILES.get("workbook")
    if file is None:
        message = "还没有选文件。请选填好的 .xlsx 再上传。"
        raise InvalidInput(message, fields={"workbook": message})
    batch = services.stage(
        actor=viewer, kind=offline.KIND, file_name=file.name or "", data=file.read(), context={}
    )
    return redirect("report_batch", batch_id=batch.pk)


@require_GET
def report_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what a staged workbook would hand in, errors first, each with its cell."""
    viewer = viewer_of(request)
    batch = queries.get_batch(viewer, batch_id, kind=offline.KIND)
    verdict = request.GET.get("verdict", "")
    if verdict not in dict(VERDICTS):
        verdict = next((name for name, _ in VERDICTS if getattr(batch, f"rows_{name}")), "good")
    after = request.GET.get("after", "")
    rows = queries.rows(viewer, batch, verdict, after=int(after) if after.isdigit() else 0, limit=SHOWN + 1)
    context = {
        "batch": batch,
        "verdict": verdict,
        "counts": [(name, label, getattr(batch, f"rows_{name}")) for name, label in VERDICTS],
        "rows": rows[:SHOWN],
        "more": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
    }
    return render(request, "progress/batch.html", context)


@require_POST
def report_batch_accept(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Hand the good rows in."""
    viewer = viewer_of(request)
    queries.get_batch(viewer, batch_id, kind=offline.KIND)
    seen = request.POST.get("seen_version", "")
    batch = services.accept(actor=viewer, batch_id=batch_id, seen_version=int(seen) if seen.isdigit() else 0)
    messages.success(request, f"已报送 {batch.rows_good} 项，每一项都有回执。")
    return redirect("my_reports")


@require_POST
def report_batch_discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Put the workbook aside; nothing of it was handed in."""
    viewer = viewer_of(request)
    queries.get_batch(viewer, batch_id, kind=offline.KIND)
    services.discard(actor=viewer, batch_id=batch_id)
    messages.success(request, "已放弃，什么也没有报送。")
    return redirect("my_reports")
