"""发布: choose channels and release; what was released, corrected and withdrawn."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.disclosure import policy, queries_text, services_release
from dugai.disclosure.states import Channel, ReleaseState, TextState
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotVisible, Refused, require

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.web.frame import SignedInRequest

LAMPS = {ReleaseState.STANDING: "ontrack", ReleaseState.CORRECTED: "closed", ReleaseState.WITHDRAWN: "behind"}


def _seen(request: SignedInRequest) -> int:
    words = request.POST.get("seen_version", "")
    return int(words) if words.isdigit() else 0


@require_http_methods(["GET", "POST"])
def text_release(request: SignedInRequest, text_id: int) -> HttpResponse:
    """Choose the channels of an approved text and release it."""
    text = queries_text.get_text(request.user, text_id)
    require(policy.may_review(request.user, text), "只有本单位的审核或管理人员可以发布", error=Forbidden)
    chosen = request.POST.getlist("channel")
    error, fields = "", {}
    if request.method == "POST":
        try:
            release = services_release.release_text(
                actor=request.user,
                text_id=text_id,
                seen_version=_seen(request),
                channels=[
                    {"channel": one, "address": request.POST.get(f"address_{one}", "")} for one in chosen
                ],
                released_on=_day(request.POST.get("released_on", "")),
                reason=request.POST.get("reason", ""),
            )
        except DomainError as refusal:
            error = refusal.message
            fields = refusal.fields if isinstance(refusal, InvalidInput) else {}
        else:
            messages.success(request, f"已发布，编号 {release.number}。")
            return redirect("release", release_id=release.pk)
    context = {
        "text": text,
        "ready": text.state == TextState.APPROVED,
        "channels": [
            {
                "value": value,
                "label": label,
                "chosen": value in chosen or (not chosen and value == Channel.PORTAL),
                "address": request.POST.get(f"address_{value}", ""),
                "needs": value not in {Channel.PORTAL, Channel.INTERNAL},
                "wrong": fields.get(f"address_{value}", ""),
            }
            for value, label in Channel.choices
        ],
        "released_on": request.POST.get("released_on", clock.today().isoformat()),
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    return render(request, "disclosure/release_new.html", context, status=422 if error else 200)


def _day(words: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(words) if words else None
    except ValueError:
        message = f"没有“{words}”这一天。请写成 2026-05-31。"
        raise InvalidInput(message, fields={"released_on": message}) from None


@require_GET
def release_list(request: SignedInRequest) -> HttpResponse:
    """Show what has been released."""
    require(policy.may_see_figures(request.user), "没有这个页面，或您的单位看不到它", error=NotVisible)
    rows = [
        {"it": row, "lamp": LAMPS[ReleaseState(row.state)]} for row in queries_text.releases(request.user)
    ]
    return render(request, "disclosure/releases.html", {"rows": rows})


@require_GET
def release_page(request: SignedInRequest, release_id: int) -> HttpResponse:
    """Show a release as it left the house, with its digests."""
    row = queries_text.get_release(request.user, release_id)
    context: dict[str, Any] = {
        "release": row,
        "lamp": LAMPS[ReleaseState(row.state)],
        "snapshot": row.snapshot,
        "may_end": policy.may_review(request.user, row.text) and row.state == ReleaseState.STANDING,
        "may_correct": policy.may_write(request.user, row.text) and row.state == ReleaseState.STANDING,
    }
    return render(request, "disclosure/release.html", context)


@require_POST
def release_act(request: SignedInRequest, release_id: int) -> HttpResponse:
    """Withdraw a release, or begin its correction."""
    act = request.POST.get("act", "")
    try:
        if act == "correct":
            text = services_release.correct_release(
                actor=request.user, release_id=release_id, seen_version=_seen(request)
            )
            messages.success(request, "更正稿已起草。改好、核准、发布以后，原来的发布由它取代。")
            return redirect("text", text_id=text.pk)
        services_release.withdraw_release(
            actor=request.user,
            release_id=release_id,
            seen_version=_seen(request),
            reason=request.POST.get("reason", ""),
        )
    except (Conflict, Refused, InvalidInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已撤回，公众门户上不再显示。")
    return redirect("release", release_id=release_id)
