"""公示: the running ones, the form for an objection, and what became of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.kernel import clock, dropbox
from dugai.portal import own, store
from dugai.portal.pace import PACE, peer
from dugai.portal.paging import listing

if TYPE_CHECKING:
    from dugai.portal.store import Shown

LONGEST, LONGEST_CONTACT = 4000, 200
MOST_WAITING = 2000
"""More entries than this wait for the office: something is wrong there, or somebody floods the box."""
_ONCE = re.compile(r"[0-9a-f]{32}")
GROUP = 5


def notices(request: HttpRequest) -> HttpResponse:
    """The notices that run."""
    context = {"list": listing(request, "notice"), "regions": store.regions("notice")}
    return render(request, "notices.html", context)


def notice(request: HttpRequest, key: str) -> HttpResponse:
    """One running notice."""
    row = _running(key)
    return render(request, "notice.html", {"row": row, "p": row.payload, "open": bool(own.key())})


def objection(request: HttpRequest, key: str) -> HttpResponse:
    """Write an objection to a running notice, and get a receipt for it.

    The receipt follows from a number in the form, so that sending the same form twice is one objection.
    """
    row = _running(key)
    values = {
        "content": request.POST.get("content", "").strip(),
        "contact": request.POST.get("contact", "").strip(),
    }
    once = request.POST.get("once", "")
    if request.method != "POST":
        return _form(request, row, values, "", secrets.token_hex(16))
    if request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site" or not _ONCE.fullmatch(once):
        return _form(
            request,
            row,
            values,
            "这张表已经失效，内容还在下面，请再提交一次。",
            secrets.token_hex(16),
            status=400,
        )
    wrong = _wrong(row, values)
    if wrong:
        return _form(request, row, values, wrong, once, status=422)
    receipt = _receipt(once)
    name = digest(receipt)
    if not dropbox.holds(own.spool(), name) and store.one("receipt", name) is None:
        if not PACE.may(peer(request)):
            words = "从您的网络提交得太频繁了，请一小时后再试，或按公示所列联系方式反映。"
            return _form(request, row, values, words, once, status=429)
        if len(dropbox.waiting(own.spool())) >= MOST_WAITING:
            words = "现在收不下更多异议，请按公示所列联系方式反映。"
            return _form(request, row, values, words, once, status=503)
        entry = {"kind": "objection", "notice": key, "at": clock.now().isoformat(), **values}
        try:
            dropbox.put(own.spool(), name, own.key(), entry)
        except OSError:
            return _form(request, row, values, "没有存下，请过一会儿再试。内容还在下面。", once, status=503)
    return render(request, "objection_sent.html", {"row": row, "p": row.payload, "receipt": receipt})


def _form(
    request: HttpRequest, row: Shown, values: dict[str, str], wrong: str, once: str, *, status: int = 200
) -> HttpResponse:
    context = {
        "row": row,
        "p": row.payload,
        "values": values,
        "wrong": wrong,
        "once": once,
        "longest": LONGEST,
    }
    response = render(request, "objection.html", {**context, "open": bool(own.key())}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _wrong(row: Shown, values: dict[str, str]) -> str:
    if not own.key():
        return "网上异议没有开通，请按公示所列联系方式反映。"
    if clock.today().isoformat() > row.payload["objections_until"]:
        return "公示已经结束。仍要反映情况，请按公示所列联系方式。"
    if not values["content"]:
        return "请写异议的内容。"
    if len(values["content"]) > LONGEST:
        return f"内容最多 {LONGEST} 字，现在是 {len(values['content'])} 字。"
    if len(values["contact"]) > LONGEST_CONTACT:
        return f"姓名和联系方式最多 {LONGEST_CONTACT} 字。"
    return ""


def receipt(request: HttpRequest) -> HttpResponse:
    """Tell the status of an objection to whoever has its receipt, and nothing else."""
    asked = request.POST.get("receipt", "")
    context: dict[str, object] = {"asked": bool(asked)}
    if request.method == "POST" and asked:
        name = digest(asked)
        row = store.one("receipt", name)
        if row is not None:
            context["status"] = row.payload
        elif dropbox.holds(own.spool(), name):
            context["waiting"] = True
    response = render(request, "receipt.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _running(key: str) -> Shown:
    row = store.one("notice", key)
    if row is None:
        raise Http404
    return row


def _receipt(once: str) -> str:
    """Return 130 bits in letters that are easily read out: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-X."""
    made = hmac.new(bytes.fromhex(once), b"dugai objection receipt", hashlib.sha256).digest()
    letters = base64.b32encode(made).decode()[:26]
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def digest(receipt: str) -> str:
    """Return the name under which a receipt is known; how it was typed does not matter."""
    letters = re.sub(r"[^A-Z2-7]", "", receipt.upper().replace("0", "O").replace("1", "I"))
    return hashlib.sha256(f"dugai-receipt:{letters}".encode()).hexdigest()
