"""留痕: the daily roots, and a page where anyone sees whether a receipt holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dugai.journal import check_receipt
from dugai.portal import store
from dugai.portal.paging import listing

MOST_RECEIPTS = 5000
TOO_LARGE = "内容太大，最多 2 MB。请改用离线核对程序。"
LARGEST = 2 * 1024 * 1024
BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one receipt."""

    faults: list[str]
    event: dict[str, Any]
    place: str
    root: str
    published: str
    signed: bool
    ours: bool

    @property
    def holds(self) -> bool:
        """The record is in the tree, and the tree is ours."""
        return not self.faults and ((self.ours and self.signed) or bool(self.published))


def roots(request: HttpRequest) -> HttpResponse:
    """The roots, the newest first."""
    return render(request, "journal.html", {"list": listing(request, "root")})


def root(request: HttpRequest, day: str) -> HttpResponse:
    """The root of one day."""
    row = store.one("root", day)
    if row is None:
        raise Http404
    return render(request, "root.html", {"row": row, "p": row.payload})


def check(request: HttpRequest) -> HttpResponse:
    """Check a receipt or an extract by the rules of the offline checker; nothing is kept."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        sent = request.FILES.get("file")
        text = request.POST.get("text", "").strip()
        try:
            if sent is not None:
                text = sent.read(LARGEST + 1).decode("utf-8-sig")
            context = judged(text)
        except UnicodeDecodeError:
            context = {"trouble": "文件不是 UTF-8 的文字，读不出回执。"}
    response = render(request, "journal_check.html", context)
    response["Cache-Control"] = "no-store"
    return response


def judged(text: str) -> dict[str, Any]:
    """Return the verdicts on a receipt or an extract, or why it cannot be read."""
    if not text:
        return {"trouble": "请粘贴回执的内容，或选择文件。"}
    if len(text) > LARGEST:
        return {"trouble": TOO_LARGE}
    try:
        found = json.loads(text)
        receipts = found.get("receipts", [found])
        if len(receipts) > MOST_RECEIPTS:
            return {"trouble": TOO_LARGE}
        days, ours = _published()
        verdicts = [_verdict(one, days, ours) for one in receipts]
        told = int(found.get("count", len(receipts)))
    except BROKEN:
        return {"trouble": "读不出回执：不是 JSON，或者缺少内容。请粘贴整个文件，不要改动。"}
    short = f"摘录应有 {told} 条，实有 {len(receipts)} 条。" if told != len(receipts) else ""
    bad = [one for one in verdicts if not one.holds]
    return {
        "verdicts": verdicts[:200],
        "total": len(verdicts),
        "bad": len(bad),
        "short": short,
        "all_hold": bool(verdicts) and not bad and not short,
    }


def _published() -> tuple[dict[str, str], set[str]]:
    """Return {root: day} and the keys this installation has signed with."""
    rows = store.listed("root", size=4000)
    days = {str(row.payload["sha256"]): str(row.payload["day"]) for row in rows}
    return days, {str(key) for row in rows for key in row.payload.get("public_keys", [])}


def _verdict(receipt: dict[str, Any], days: dict[str, str], ours: set[str]) -> Verdict:
    faults, signed, event = check_receipt.check(receipt, None)  # type: ignore[no-untyped-call]
    known = str(receipt.get("public_key", "")).lower() in ours
    day = days.get(str(receipt["root"]).lower(), "")
    if not known and not day:
        faults = [*faults, "签名的密钥不是本门户公布的，树根也没有公布过"]
    return Verdict(
        faults,
        event if isinstance(event, dict) else {},
        f"第 {receipt['index']} 叶，共 {receipt['size']} 叶",
        str(receipt["root"]),
        day,
        bool(signed),
        known,
    )
