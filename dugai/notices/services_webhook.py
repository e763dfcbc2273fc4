"""推送: another system is told that something happened, and reads what with its own token.

The journal is the outbox: a cursor over its leaves makes one job for each event and webhook, and the job is
tried again until the other side takes it. So an event is told at least once, under the same delivery number.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.jobs import services as jobs
from dugai.journal.models import Event, Sequencer
from dugai.journal.sequencing import append_all
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import clock, ids, outbound
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, require
from dugai.notices import policy_webhook, queries_webhook
from dugai.notices.models import Webhook
from dugai.notices.states_webhook import WebhookKind
from dugai.people import queries_token, sealed

if TYPE_CHECKING:
    from collections.abc import Collection

    from dugai.people.models import User

JOB = "webhooks.deliver"
BATCH = 500
MOST = 10
NOT_YOURS = "只有整改办管理人员可以为自己的账户设推送"


@transaction.atomic
def add_webhook(*, actor: User, label: str, url: str, kinds: Collection[str]) -> tuple[Webhook, str]:
    """Set a webhook up, switched off; return its row and its secret, shown this once."""
    require(policy_webhook.may_keep_webhooks(actor), NOT_YOURS, code="may_not_keep_webhooks", error=Forbidden)
    _check(label, url, kinds)
    count = queries_webhook.webhooks(actor).count()
    require(count < MOST, f"一个账户最多设 {MOST} 个推送", code="too_many_webhooks")
    secret = ids.secret(256)
    row = Webhook(
        organisation_id=actor.organisation_id,
        user=actor,
        label=label.strip(),
        url=url.strip(),
        kinds=[kind.value for kind in WebhookKind if kind.value in set(kinds)],
        secret=sealed.seal(secret),
    )
    row.save(force_insert=True)
    after = shown(row, "label", "url", "kinds", "active")
    record(actor=actor, kind="webhook.added", subject=row, after=after)
    return row, secret


@transaction.atomic
def switch_webhook(*, actor: User, webhook_id: int, active: bool, seen_version: int) -> Webhook:
    """Switch a webhook on, from this moment of the journal on, or off."""
    row = queries_webhook.get_webhook(actor, webhook_id)
    require(policy_webhook.may_keep_webhooks(actor), NOT_YOURS, code="may_not_keep_webhooks", error=Forbidden)
    require_version(row, seen_version)
    if active:
        outbound.read(row.url)  # the list of hosts may have changed
        append_all()
        end = Sequencer.objects.filter(pk=1).values_list("size", flat=True).first()
        Webhook.objects.filter(pk=row.pk).update(position=end or 0)
    before, after = change(row, active=active)
    kind = "webhook.switched_on" if active else "webhook.switched_off"
    record(actor=actor, kind=kind, subject=row, before=before, after=after)
    return row


def enqueue_news() -> int:
    """Make a job for every event that a webhook has not been told of; return how many."""
    append_all()
    return sum(_enqueue_for(pk) for pk in Webhook.objects.filter(active=True).values_list("pk", flat=True))


@transaction.atomic
def _enqueue_for(webhook_id: int) -> int:
    """Read on from where this webhook's cursor stands; jobs and cursor commit together."""
    row = Webhook.objects.select_for_update(of=("self",)).filter(pk=webhook_id, active=True).first()
    if row is None:
        return 0
    total = 0
    while True:
        events, read = queries_webhook.news_for(row.user, row, BATCH)
        for event in events:
            arguments = {"webhook": row.pk, "event": event.pk}
            jobs.enqueue(actor=None, kind=JOB, arguments=arguments, key=f"{row.pk}:{event.pk}")
        total += len(events)
        row.position += read
        Webhook.objects.filter(pk=row.pk).update(position=row.position)
        if read < BATCH:
            return total


def tell(*, webhook_id: int, event_id: int, test: bool = False) -> dict[str, Any]:
    """Tell one webhook of one event; raises a refusal unless the other side took it. Holds no transaction.

    A webhook that was switched off meanwhile, or whose account was closed, is told nothing. A test says
    nothing of the ledger and goes to one that is off, too.
    """
    row = Webhook.objects.select_related("user__organisation").filter(pk=webhook_id).first()
    event = Event.objects.filter(pk=event_id).first()
    if row is None or event is None:
        raise NotVisible("没有这个推送或这条记录")
    if not (row.active or test) or not queries_token.is_open(row.user, clock.today()):
        return {"told": False}
    body = payload(row, event)
    try:
        answer = outbound.post(row.url, body, headers(row, event, body, int(clock.now().timestamp())))
    except (outbound.OutboundRefused, outbound.OutboundFailed) as refusal:
        _remember(row, refusal.message)
        raise
    _remember(row, str(answer.status))
    if not answer.good:
        raise outbound.OutboundFailed(f"对方回答 {answer.status}")
    return {"told": True, "status": answer.status}


def delivery_id(row: Webhook, event: Event) -> str:
    """Return the number of a delivery: the same for every try, so that the receiver can drop a repetition."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"dugai:webhook:{row.pk}:{event.pk}"))


def payload(row: Webhook, event: Event) -> bytes:
    """Return what is told: which event of which subject, and no word of its content."""
    told = {
        "delivery": delivery_id(row, event),
        "event": event.pk,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "subject": {"type": event.subject_type, "id": event.subject_id, "version": event.version},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def headers(row: Webhook, event: Event, body: bytes, moment: int) -> dict[str, str]:
    """Return the headers of a delivery, signed over the moment and the body with the webhook's secret."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "dugai",
        "Dugai-Delivery": delivery_id(row, event),
        "Dugai-Event": event.kind,
        "Dugai-Signature": f"t={moment},v1={signature(sealed.unseal(row.secret), moment, body)}",
    }


def signature(secret: str, moment: int, body: bytes) -> str:
    """Return the hexadecimal HMAC-SHA256 over `moment`, a full stop and the body."""
    return hmac.new(secret.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hexdigest()


def _remember(row: Webhook, status: str) -> None:
    Webhook.objects.filter(pk=row.pk).update(told_at=clock.now(), told_status=status[:200])


def _check(label: str, url: str, kinds: Collection[str]) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= len(label.strip()) <= 80:
        wrong["label"] = "请写用途，最多 80 个字"
    if not kinds or set(kinds) - set(WebhookKind.values):
        wrong["kinds"] = "请至少选一种事件"
    try:
        outbound.read(url.strip())
    except outbound.OutboundRefused as refusal:
        wrong["url"] = refusal.message
    if wrong:
        raise InvalidInput("；".join(wrong.values()), fields=wrong)
