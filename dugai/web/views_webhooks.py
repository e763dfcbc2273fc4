"""Pages about one's own webhooks: which there are, a new one, what each was told, a test, on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.insight import event_words
from dugai.kernel.errors import DomainError, Forbidden, require
from dugai.notices import (
    policy_webhook,
    queries_told,
    queries_webhook,
    services_told,
    services_webhook,
)
from dugai.notices.states_webhook import WebhookKind
from dugai.web.forms_webhooks import WebhookForm
from dugai.web.sessions import step_up_required, told_once, viewer_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from dugai.people.models import User

LAMPS = {"ready": "soon", "running": "soon", "done": "ontrack", "parked": "overdue"}


@require_GET
def my_webhooks(request: HttpRequest) -> HttpResponse:
    """List one's own webhooks, those that are off included."""
    viewer = _keeper(request)
    rows = [
        {"hook": hook, "kinds": "、".join(WebhookKind(kind).label for kind in hook.kinds)}
        for hook in queries_webhook.webhooks(viewer)
    ]
    context = {"rows": rows, "hosts": sorted(settings.OUTBOUND_HOSTS)}
    return render(request, "people/my_webhooks.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Set one up, switched off; the page that answers is the only place its secret is ever shown."""
    viewer = _keeper(request)
    form = WebhookForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                hook, secret = services_webhook.add_webhook(actor=viewer, **form.cleaned_data)
            except DomainError as refusal:
                form.take(refusal)
                status = refusal.status
            else:
                page = render(request, "people/webhook_made.html", {"hook": hook, "secret": secret})
                return told_once(page, "webhook", webhook_id=hook.pk)
    context = {"form": form, "hosts": sorted(settings.OUTBOUND_HOSTS)}
    return render(request, "people/new_webhook.html", context, status=status)


@require_GET
def webhook_page(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Show one webhook and its last deliveries: when, of what, how it ended."""
    viewer = _keeper(request)
    hook = queries_webhook.get_webhook(viewer, webhook_id)
    deliveries = [
        {"it": one, "what": event_words.words_of(one.kind), "lamp": LAMPS[one.job.state]}
        for one in queries_told.deliveries(viewer, hook.pk)
    ]
    context = {
        "hook": hook,
        "kinds": [WebhookKind(kind).label for kind in hook.kinds],
        "deliveries": deliveries,
        "shown": queries_told.SHOWN,
    }
    return render(request, "people/webhook.html", context)


@require_POST
def switch_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Switch one on from this moment on, or off."""
    hook = services_webhook.switch_webhook(
        actor=_keeper(request),
        webhook_id=webhook_id,
        active=request.POST.get("active") == "yes",
        seen_version=int(request.POST.get("seen_version") or 0),
    )
    words = "已启用，从现在起发生的事会推送。" if hook.active else "已停用，还没送到的也不再送。"
    messages.success(request, words)
    return redirect("webhook", webhook_id=hook.pk)


@require_POST
def test_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Send one delivery that is only a test."""
    services_told.test_webhook(actor=_keeper(request), webhook_id=webhook_id)
    messages.success(request, "测试已排上，几秒后刷新看结果。")
    return redirect("webhook", webhook_id=webhook_id)


@require_POST
def retry_push(request: HttpRequest, webhook_id: int, job_id: int) -> HttpResponse:
    """Send one that was put aside again."""
    services_told.retry_push(actor=_keeper(request), webhook_id=webhook_id, job_id=job_id)
    messages.success(request, "已重新排上，最多再试五次。")
    return redirect("webhook", webhook_id=webhook_id)


def _keeper(request: HttpRequest) -> User:
    """Return the viewer, or refuse the page to those who keep no webhooks."""
    viewer = viewer_of(request)
    require(policy_webhook.may_keep_webhooks(viewer), services_webhook.NOT_YOURS, error=Forbidden)
    return viewer
