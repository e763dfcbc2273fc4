"""通知设置: how one hears of things outside the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dugai.kernel import mailing
from dugai.kernel.errors import DomainError
from dugai.notices import queries_delivery, services_notice
from dugai.notices.states_delivery import RobotKind
from dugai.web.forms_notices import ChoiceForm, MailForm, RobotForm
from dugai.web.sessions import viewer_of

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Show the channels and choices; take changed choices."""
    if request.method != "POST":
        return _page(request)
    viewer = viewer_of(request)
    form = ChoiceForm(request.POST, chosen=queries_delivery.choices(viewer))
    if not form.is_valid():
        return _page(request, choice=form)
    values = {
        name: form.cleaned_data[name] for name in ("digest", "quiet_from", "quiet_until", "seen_version")
    }
    try:
        services_notice.choose(actor=viewer, choices=form.choices(), **values)
    except DomainError as refusal:
        form.take(refusal)
        return _page(request, refusal.status, choice=form)
    messages.success(request, "通知设置已存。")
    return redirect("notice_settings")


@require_POST
def ask_mail(request: HttpRequest) -> HttpResponse:
    """Send the letter that proves an address."""
    form = MailForm(request.POST)
    if not form.is_valid():
        return _page(request, mail=form)
    try:
        row = services_notice.ask_email(actor=viewer_of(request), **form.cleaned_data)
    except DomainError as refusal:
        form.take(refusal)
        return _page(request, refusal.status, mail=form)
    messages.success(request, f"确认信马上发到 {row.pending_email}，请在 24 小时内点里面的链接。")
    return redirect("notice_settings")


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more, then take the address: a mail scanner that opens links confirms nothing."""
    viewer = viewer_of(request)
    if request.method == "POST":
        row = services_notice.confirm_email(actor=viewer, token=token)
        messages.success(request, f"{row.email} 已确认，之后的通知会发到这里。")
        return redirect("notice_settings")
    return render(request, "notices/confirm.html", {"row": queries_delivery.own_settings(viewer)})


@require_POST
def drop_mail(request: HttpRequest) -> HttpResponse:
    """Stop mail."""
    services_notice.drop_email(actor=viewer_of(request))
    messages.success(request, "不再往邮箱发通知。页面里的消息照旧。")
    return redirect("notice_settings")


@sensitive_post_parameters("url", "secret")
@require_POST
def set_robot(request: HttpRequest) -> HttpResponse:
    """Set the robot."""
    form = RobotForm(request.POST)
    if not form.is_valid():
        return _page(request, robot=form)
    try:
        services_notice.set_robot(actor=viewer_of(request), **form.cleaned_data)
    except DomainError as refusal:
        form.take(refusal)
        return _page(request, refusal.status, robot=form)
    messages.success(request, "机器人已设好。点“试发一条”看看群里收不收得到。")
    return redirect("notice_settings")


@require_POST
def try_robot(request: HttpRequest) -> HttpResponse:
    """Have the robot say one sentence."""
    services_notice.try_robot(actor=viewer_of(request))
    messages.success(request, "一分钟内会发到群里。没有收到，请系统管理员到“通知发送”页看原因。")
    return redirect("notice_settings")


@require_POST
def drop_robot(request: HttpRequest) -> HttpResponse:
    """Stop the robot."""
    services_notice.drop_robot(actor=viewer_of(request))
    messages.success(request, "机器人已停用，它的地址已删掉。")
    return redirect("notice_settings")


def _page(request: HttpRequest, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    """Show the page; a form that was refused comes back as it was typed."""
    viewer = viewer_of(request)
    row = queries_delivery.own_settings(viewer)
    initial = {
        "digest": row.digest,
        "quiet_from": row.quiet_from,
        "quiet_until": row.quiet_until,
        "seen_version": row.version if row.pk else None,
    }
    context: dict[str, Any] = {
        "row": row,
        "robot_name": RobotKind(row.robot_kind).label if row.robot_kind else "",
        "mail_off": bool(mailing.wrong_settings()),
        "choice": ChoiceForm(initial=initial, chosen=queries_delivery.choices(viewer)),
        "mail": MailForm(initial={"email": row.pending_email or viewer.person.email}),
        "robot": RobotForm(initial={"kind": row.robot_kind or RobotKind.WECOM}),
        **forms_,
    }
    return render(request, "notices/settings.html", context, status=status)
