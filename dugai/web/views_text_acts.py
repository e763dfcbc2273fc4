"""What is done to a text besides editing it: check, submit, approve, annotate, attach, overrule."""

from __future__ import annotations

import datetime as dt
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from dugai.disclosure import queries_text, services_check, services_text
from dugai.files import queries as files
from dugai.kernel.errors import Conflict, InvalidInput, Refused

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

SAID = {
    "submit": "已送审，同时核对了一遍。",
    "send_back": "已退回修改。",
    "approve": "已核准，可以发布。",
    "discard": "已作废。",
}


def _seen(request: SignedInRequest) -> int:
    words = request.POST.get("seen_version", "")
    return int(words) if words.isdigit() else 0


@require_POST
def text_act(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Do one act on a text and go back to it; a refusal is said there."""
    act = request.POST.get("act", "")
    queries_text.get_text(request.user, text_id)
    try:
        said = _do(request, text_id, act)
    except (Conflict, Refused, InvalidInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return redirect("text", text_id=text_id)


def _do(request: SignedInRequest, text_id: int, act: str) -> str:
    """Do the act and return what to say about it."""
    actor, seen, words = request.user, _seen(request), request.POST.get("reason", "")
    if act == "check":
        found = services_check.check_text(actor=actor, text_id=text_id)
        stops = sum(row.stops for row in found)
        return f"核对完毕：须处理 {stops} 处，请留意 {len(found) - stops} 处。"
    if act == "refresh":
        day = _day(request.POST.get("as_of", ""))
        services_text.refresh_text(actor=actor, text_id=text_id, seen_version=seen, as_of=day)
        return "数据已刷新。手写的文字没有动。"
    if act == "submit":
        services_text.submit_text(actor=actor, text_id=text_id, seen_version=seen)
    elif act == "approve":
        services_text.approve_text(actor=actor, text_id=text_id, seen_version=seen, opinion=words)
    elif act == "send_back":
        services_text.send_back_text(actor=actor, text_id=text_id, seen_version=seen, reason=words)
    elif act == "discard":
        services_text.discard_text(actor=actor, text_id=text_id, seen_version=seen, reason=words)
    else:
        raise Refused("没有这个操作。请刷新页面后再试。", code="act_unknown")
    return SAID[act]


def _day(words: str) -> dt.date | None:
    if not words:
        return None
    try:
        return dt.date.fromisoformat(words)
    except ValueError:
        message = f"没有“{words}”这一天。请写成 2026-05-31。"
        raise InvalidInput(message, fields={"as_of": message}) from None


@require_POST
def text_annotate(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Keep a note beside a figure."""
    services_text.annotate_figure(
        actor=request.user,
        text_id=text_id,
        seen_version=_seen(request),
        figure=request.POST.get("figure", ""),
        note=request.POST.get("note", ""),
    )
    messages.success(request, "备注已存，会印在数据来源表里。")
    return redirect("text", text_id=text_id)


@require_POST
def text_attach(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Attach a file and say what it hides."""
    upload = request.FILES.get("file")
    if upload is None:
        queries_text.get_text(request.user, text_id)
        raise InvalidInput("没有选文件。请选一个再传。", code="file_missing")
    stream = cast("IO[bytes]", upload.file)
    row = services_text.attach_to_text(
        actor=request.user, text_id=text_id, name=upload.name or "附件", stream=stream
    )
    if row.hidden:
        messages.warning(request, f"“{row.file.name}”里有{'、'.join(row.hidden)}。请清理后重新上传。")
    else:
        messages.success(request, f"“{row.file.name}”已附上，没有发现看不见的内容。")
    return redirect("text", text_id=text_id)


@require_GET
def text_file(request: SignedInRequest, text_id: int, attachment_id: int) -> FileResponse:
    """Send an attachment as a download; the browser never interprets it."""
    row = queries_text.get_attachment(request.user, text_id, attachment_id)
    response = FileResponse(
        files.open_checked(request.user, row.file), content_type="application/octet-stream"
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.file.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def text_file_remove(request: SignedInRequest, text_id: int, attachment_id: int) -> HttpResponse:
    """Take an attachment off a text."""
    services_text.remove_from_text(actor=request.user, text_id=text_id, attachment_id=attachment_id)
    messages.success(request, "附件已去掉。")
    return redirect("text", text_id=text_id)


@require_POST
def finding_overrule(request: SignedInRequest, finding_id: int) -> HttpResponse:
    """Let a finding stand, with a reason."""
    row = queries_text.get_finding(request.user, finding_id)
    try:
        services_check.overrule_finding(
            actor=request.user,
            finding_id=finding_id,
            seen_version=_seen(request),
            reason=request.POST.get("reason", ""),
        )
    except (Conflict, Refused, InvalidInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已认定可以照发，理由已留痕。")
    return redirect("text", text_id=row.text_id)
