"""留痕日志: the list of acts, the roots of the days, receipts and their checking."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from dugai.insight import queries_extract, queries_journal
from dugai.journal import check_receipt, merkle, sequencing
from dugai.kernel import canonical
from dugai.kernel.errors import Forbidden, require
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest

LARGEST_RECEIPT = 256 * 1024
LINKED = {"problem": "problem", "task": "task", "measure": "measure", "round": "round", "report": "report"}
REFUSED = "留痕日志由整改办、督查、纪检和审计管理员查看"


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Show who did what when, newest first, fifty a page."""
    viewer = viewer_of(request)
    require(queries_journal.may_read_journal(viewer), REFUSED, error=Forbidden)
    ask = {"kind": request.GET.get("kind", ""), "name": request.GET.get("name", "").strip()}
    day = _day(request.GET.get("day", ""))
    before = request.GET.get("before", "")
    page = queries_journal.journal_page(viewer, **ask, day=day, before=int(before) if before.isdigit() else 0)
    context = {
        "page": page,
        "kinds": queries_journal.kinds(),
        "ask": {**ask, "day": day.isoformat() if day else ""},
        "linked": LINKED,
        "tree": queries_journal.public_tree(),
        "links": not viewer.is_admin,
    }
    return render(request, "journal/journal.html", context)


@require_GET
def receipt(request: HttpRequest, event_id: int) -> HttpResponse:
    """Hand out the receipt of an act as a file that can be checked without this server."""
    event = queries_journal.get_own_event(viewer_of(request), event_id)
    text = sequencing.receipt_text(sequencing.receipt_of(event.pk))
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{event.pk}.json"'
    return response


@require_GET
def problem_extract(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Hand out every event of a problem and its close-outs with their receipts, as one file (摘录)."""
    viewer = viewer_of(request)
    require(queries_journal.may_read_journal(viewer), REFUSED, error=Forbidden)
    events = queries_extract.events_of_problem(viewer, problem_id)
    text = canonical.dump(sequencing.extract_of(events))
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="extract-problem-{problem_id}.json"'
    return response


@require_GET
def check_script(request: HttpRequest) -> FileResponse:
    """Hand out the small script that checks a receipt offline."""
    del request
    place = Path(check_receipt.__file__)
    return FileResponse(
        place.open("rb"), as_attachment=True, filename="check_receipt.py", content_type="text/x-python"
    )


@require_http_methods(["GET", "POST"])
def receipt_check(request: HttpRequest) -> HttpResponse:
    """Check an uploaded receipt against the tree this installation has signed."""
    context: dict[str, Any] = {"tree": queries_journal.public_tree()}
    if request.method == "POST":
        context |= _checked(request)
    return render(request, "journal/receipt_check.html", context)


def _checked(request: HttpRequest) -> dict[str, Any]:
    upload: Any = request.FILES.get("receipt")
    if upload is None or upload.size > LARGEST_RECEIPT:
        return {"error": "请选择一个回执文件（.json，不超过 256 KB）。"}
    try:
        found = json.loads(upload.read())
        leaf = merkle.leaf_hash(found["event"].encode())
        path = [bytes.fromhex(step) for step in found["proof"]]
        fold: Any = check_receipt.fold  # the script carries no types
        root = fold(found["index"], found["size"], leaf, path)
        event = json.loads(found["event"])
        known = queries_journal.public_root_known(found["root"], found["size"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"error": "这个文件不是督改的回执，或已被改坏。请重新下载回执再试。"}
    holds = root is not None and root.hex() == found["root"] and known
    return {"checked": True, "holds": holds, "event": event, "index": found["index"], "size": found["size"]}


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
