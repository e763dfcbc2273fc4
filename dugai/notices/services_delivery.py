"""发送: mail and robots, from rows that say first what is to be sent and then how it went.

A row is claimed under a lease with a fencing number, like a job. `handed_at` is written, and committed, just
before the message is handed over. So a sender that died before that moment is followed by another try, and
one that died after it leaves a row nobody sends again by itself: it may have arrived (decision 0016).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from dugai.journal.services import record
from dugai.kernel import clock, mailing, outbound
from dugai.kernel.errors import Conflict, Forbidden, require
from dugai.kernel.outbound import OutboundFailed, OutboundRejected, OutboundUnreached
from dugai.notices import queries_delivery, wording
from dugai.notices.models import Delivery, Message, NoticeSettings
from dugai.notices.policy_delivery import may_keep_deliveries
from dugai.notices.rules_delivery import MORNING, PAUSES, chosen, open_from, pause_after
from dugai.notices.states_delivery import (
    DIGEST,
    DUE_TODAY,
    VERIFY,
    Channel,
    DeliveryState,
    NoticeGroup,
    When,
    group_of,
)
from dugai.people import queries_token, sealed
from dugai.people.models import Deputy, User
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

log = logging.getLogger("dugai.notices")
LEASE = dt.timedelta(minutes=5)
TURN = dt.timedelta(seconds=45)
STALE = dt.timedelta(days=2)
TOGETHER = dt.timedelta(minutes=10)
BATCH = 500
LOST = "发送时程序中断，不知道对方收到没有"
NOT_YOURS = "只有系统管理员可以处理没发出的通知"


def queue(messages: Iterable[Message]) -> int:
    """Write down what the people of new messages, and who stands in for them, are to be sent outside.

    Called in the transaction that writes the messages. Old news stays in the page: a worker that comes back
    after days floods nobody.
    """
    now = clock.now()
    fresh = [message for message in messages if message.at > now - STALE]
    if not fresh:
        return 0
    today = clock.today()
    stand_ins: dict[int, list[int]] = {}
    users = {message.user_id for message in fresh}
    pairs = Deputy.objects.filter(
        principal__in=users, revoked=False, starts_on__lte=today, ends_on__gte=today
    ).order_by("pk")
    for principal, deputy in pairs.values_list("principal", "deputy"):
        stand_ins.setdefault(principal, []).append(deputy)
    people = users.union(*stand_ins.values()) if stand_ins else users
    rows = {row.user_id: row for row in NoticeSettings.objects.filter(user__in=people)}
    own = [(message, message.user_id) for message in fresh]
    others = [(message, deputy) for message in fresh for deputy in stand_ins.get(message.user_id, [])]
    wanted = [
        delivery
        for message, person in (*own, *others)  # who hears of their own matter does not hear as a deputy too
        if person in rows and message.event.actor_id != person
        for delivery in _deliveries(message, rows[person], now)
    ]
    Delivery.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=BATCH)
    return len(wanted)


def _deliveries(message: Message, row: NoticeSettings, now: dt.datetime) -> list[Delivery]:
    group = group_of(message.event.kind)
    return [
        _for_event(message, row, channel, now)
        for channel in channels_of(row)
        if chosen(row.choices, group, channel) == When.NOW
    ]


def _for_event(message: Message, row: NoticeSettings, channel: Channel, now: dt.datetime) -> Delivery:
    """Return the row of one message; the day's reminders share one."""
    group = group_of(message.event.kind)
    local = clock.local(now)
    moment = local if group == NoticeGroup.ACCOUNT else open_from(local, row.quiet_from, row.quiet_until)
    if group == NoticeGroup.DUE:
        moment = max(moment, local + TOGETHER, dt.datetime.combine(local, MORNING, tzinfo=clock.SHANGHAI))
        day = clock.local(message.at).date()
        return Delivery(
            person_id=row.user_id,
            account_id=row.user_id,
            channel=channel,
            key=f"{DUE_TODAY}:{day}",
            kind=DUE_TODAY,
            run_after=moment,
            created_at=now,
        )
    return Delivery(
        person_id=row.user_id,
        account_id=message.user_id,
        channel=channel,
        key=f"event:{message.event_id}",
        kind=message.event.kind,
        event=message.event,
        title=message.title,
        link=message.link,
        run_after=moment,
        created_at=now,
    )


def channels_of(row: NoticeSettings) -> list[Channel]:
    """Return the channels a person can be reached on."""
    mail = [Channel.MAIL] if row.email else []
    return [*mail, Channel.ROBOT] if row.robot_kind else mail


@transaction.atomic
def queue_digests() -> int:
    """Write down today's digest for everybody who has one; nothing on a day off. Return how many are new."""
    today = clock.today()
    if not rulebook.public_works(today):
        return 0
    now = clock.now()
    rows = NoticeSettings.objects.filter(Q(digest=True), ~Q(email="") | ~Q(robot_kind=""))
    wanted = [
        Delivery(
            person_id=row.user_id,
            account_id=row.user_id,
            channel=channel,
            key=f"{DIGEST}:{today}",
            kind=DIGEST,
            run_after=open_from(clock.local(now), row.quiet_from, row.quiet_until),
            created_at=now,
        )
        for row in rows.order_by("pk")
        for channel in channels_of(row)
    ]
    made = Delivery.objects.filter(kind=DIGEST, key=f"{DIGEST}:{today}")
    before = made.count()
    Delivery.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=BATCH)
    return made.count() - before


def send_waiting() -> int:
    """Send what waits, one after another, for at most one turn; return how many were sent."""
    end, sent = clock.now() + TURN, 0
    settle_lost()
    while clock.now() < end:
        row = claim()
        if row is None:
            break
        try:
            sent += send(row) == DeliveryState.SENT
        except Exception as trouble:
            log.warning("delivery failed", exc_info=trouble, extra={"delivery": row.pk, "kind": row.kind})
            _stumbled(row, type(trouble).__name__)
    return sent


@transaction.atomic
def settle_lost() -> None:
    """Decide on rows whose sender let the lease run out: before the handing over again, after it never."""
    now = clock.now()
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=now)
    unsent = lost.filter(handed_at=None)
    unsent.filter(attempts__gt=len(PAUSES)).update(
        state=DeliveryState.PARKED, reason="处理程序多次中断", lease_until=None, ended_at=now
    )
    unsent.update(state=DeliveryState.QUEUED, run_after=now, lease_until=None)
    lost.update(state=DeliveryState.UNSURE, reason=LOST, lease_until=None, ended_at=now)


@transaction.atomic
def claim() -> Delivery | None:
    """Take the next row whose time has come; None when none waits or another sender was quicker."""
    now = clock.now()
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED, run_after__lte=now)
    row = waiting.order_by("run_after", "pk").first()
    if row is None:
        return None
    mine = Delivery.objects.filter(pk=row.pk, fence=row.fence, state=DeliveryState.QUEUED)
    taken = mine.update(
        state=DeliveryState.SENDING,
        fence=row.fence + 1,
        attempts=row.attempts + 1,
        lease_until=now + LEASE,
        handed_at=None,
    )
    if not taken:
        return None
    found: Delivery = (
        Delivery.objects.select_related("person__organisation", "account__organisation", "event")
        .filter(pk=row.pk)
        .get()
    )
    return found


def send(row: Delivery) -> DeliveryState:
    """Send one claimed row and write down how it went. Holds no transaction while it speaks."""
    chosen_now = queries_delivery.settings_of(row.person)
    reason = _unfit(row, chosen_now)
    content = None if reason else queries_delivery.said(row.person, row)
    if reason or content is None or chosen_now is None:
        return _end(row, DeliveryState.DROPPED, reason or "没有要说的，或本人已看不到")
    try:
        if row.channel == Channel.MAIL:
            _mail(row, chosen_now, content)
        else:
            _robot(row, chosen_now, content)
    except OutboundUnreached as failure:
        return _try_later(row, chosen_now, failure.message)
    except OutboundRejected as failure:
        if failure.permanent:
            return _end(row, DeliveryState.PARKED, failure.message)
        return _try_later(row, chosen_now, failure.message)
    except outbound.OutboundRefused as failure:
        return _end(row, DeliveryState.PARKED, failure.message)
    except OutboundFailed as failure:
        return _end(row, DeliveryState.UNSURE, failure.message)
    return _end(row, DeliveryState.SENT, "")


def letter_key(row: Delivery) -> str:
    """Return the name of a letter, from which its Message-ID is made: the same at every try."""
    words = f"{settings.PUBLIC_URL}:{row.person_id}:{row.channel}:{row.key}"
    return hashlib.sha256(words.encode()).hexdigest()[:40]


def _unfit(row: Delivery, chosen_now: NoticeSettings | None) -> str:
    """Return why nothing may be sent to this person now; empty when it may."""
    today = clock.today()
    if chosen_now is None:
        return "本人没有设通知"
    if not queries_token.is_open(row.person, today) or not queries_token.is_open(row.account, today):
        return "账户已停用"
    accounts = (
        queries_delivery.accounts(row.person, today) if row.account_id != row.person_id else [row.person]
    )
    if row.account_id not in {account.pk for account in accounts}:
        return "代理已结束"
    return _unwanted(row, chosen_now)


def _unwanted(row: Delivery, chosen_now: NoticeSettings) -> str:
    """Return why the person's own choices forbid it; empty when they allow it."""
    address = chosen_now.pending_email if row.kind == VERIFY else chosen_now.email
    if row.channel == Channel.MAIL and not address:
        return "没有确认过的邮箱"
    if row.channel == Channel.ROBOT and not chosen_now.robot_kind:
        return "没有设机器人"
    newer = Delivery.objects.filter(person=row.person_id, kind=VERIFY, pk__gt=row.pk)
    if row.kind == VERIFY and newer.exists():
        return "已另发一封确认信"
    if row.kind == DIGEST and not chosen_now.digest:
        return "本人关了每日汇总"
    group = NoticeGroup.DUE if row.kind == DUE_TODAY else group_of(row.kind)
    of_event = row.event is not None or row.kind == DUE_TODAY
    if of_event and chosen(chosen_now.choices, group, Channel(row.channel)) != When.NOW:
        return "本人改了选择，不再随时发"
    return ""


def _mail(row: Delivery, chosen_now: NoticeSettings, content: wording.Said) -> None:
    to = chosen_now.pending_email if row.kind == VERIFY else chosen_now.email
    made = wording.letter(content, to=to, name=row.person.name, key=letter_key(row))
    mailing.send(made, handing=lambda: _hand_over(row))


def _robot(row: Delivery, chosen_now: NoticeSettings, content: wording.Said) -> None:
    url, secret = sealed.unseal(chosen_now.robot_url), ""
    if chosen_now.robot_secret:
        secret = sealed.unseal(chosen_now.robot_secret)
    target = wording.robot_url(chosen_now.robot_kind, url, secret, clock.now())
    outbound.read(target)
    _hand_over(row)
    answer = outbound.post(
        target,
        wording.robot_body(chosen_now.robot_kind, content),
        {"Content-Type": "application/json; charset=utf-8", "User-Agent": "dugai"},
    )
    if not answer.good:
        raise OutboundRejected(f"机器人回答 {answer.status}")
    if not wording.robot_took(answer.body):
        raise OutboundRejected("机器人没有接收：可能发得太勤、关键词或签名不对")


def _hand_over(row: Delivery) -> None:
    """Write down that the message is about to leave; refuse when another sender has taken the row over."""
    now = clock.now()
    if not _held(row).update(handed_at=now, lease_until=now + LEASE):
        raise Conflict("这条通知已由别的进程接手", code="lease_lost")


def _end(row: Delivery, state: DeliveryState, reason: str) -> DeliveryState:
    _held(row).update(state=state, reason=reason[:200], lease_until=None, ended_at=clock.now())
    return state


def _try_later(row: Delivery, chosen_now: NoticeSettings, reason: str) -> DeliveryState:
    """Put the row back with a growing pause, outside the quiet hours; park it after the last try."""
    pause = pause_after(row.attempts)
    if pause is None:
        return _end(row, DeliveryState.PARKED, reason)
    later = clock.local(clock.now() + pause)
    if group_of(row.kind) != NoticeGroup.ACCOUNT and row.kind != VERIFY:
        later = open_from(later, chosen_now.quiet_from, chosen_now.quiet_until)
    _held(row).update(
        state=DeliveryState.QUEUED, reason=reason[:200], run_after=later, lease_until=None, handed_at=None
    )
    return DeliveryState.QUEUED


def _stumbled(row: Delivery, name: str) -> None:
    """Put a row back after an error of our own, unless it was handed over: then a person has to judge."""
    if _held(row).exclude(handed_at=None).exists():
        _end(row, DeliveryState.UNSURE, f"发送后出错（{name}），不知道对方收到没有")
        return
    _try_later(row, NoticeSettings(quiet_from=None, quiet_until=None), f"处理出错（{name}）")


def _held(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=row.pk, fence=row.fence, state=DeliveryState.SENDING)


@transaction.atomic
def retry_delivery(*, actor: User, delivery_id: int) -> Delivery:
    """Send a stuck message again; an administrator has read its reason. It keeps its Message-ID."""
    require(may_keep_deliveries(actor), NOT_YOURS, code="may_not_keep_deliveries", error=Forbidden)
    row = queries_delivery.get_stuck(actor, delivery_id)
    _settle(row, state=DeliveryState.QUEUED, attempts=0, run_after=clock.now(), reason="", ended_at=None)
    record(actor=actor, kind="delivery.retried", subject=row, changed=False, after={"channel": row.channel})
    return row


@transaction.atomic
def drop_delivery(*, actor: User, delivery_id: int) -> Delivery:
    """Give a stuck message up; it stays in the person's inbox in the page."""
    require(may_keep_deliveries(actor), NOT_YOURS, code="may_not_keep_deliveries", error=Forbidden)
    row = queries_delivery.get_stuck(actor, delivery_id)
    _settle(row, state=DeliveryState.DROPPED, reason="系统管理员决定不再发", ended_at=clock.now())
    record(actor=actor, kind="delivery.dropped", subject=row, changed=False, after={"channel": row.channel})
    return row


def _settle(row: Delivery, **values: object) -> None:
    """Move a stuck row, unless somebody else did so since it was read."""
    if not Delivery.objects.filter(pk=row.pk, state=row.state, fence=row.fence).update(**values):
        raise Conflict("这条发送刚被别人处理过")
