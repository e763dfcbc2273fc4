"""What a delivery may say at the moment it is sent, through the eyes of the account whose matter it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count

from dugai.acceptance import queries_case
from dugai.evidence import queries as evidence
from dugai.insight import event_words, queries_subject
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, NotVisible, require
from dugai.notices import queries_today, wording
from dugai.notices.models import Delivery, Message, NoticeSettings
from dugai.notices.policy_delivery import may_have_notices, may_keep_deliveries
from dugai.notices.rules_delivery import chosen
from dugai.notices.states_delivery import (
    DIGEST,
    DUE_TODAY,
    STUCK,
    TRIAL,
    VERIFY,
    Channel,
    DeliveryState,
    NoticeGroup,
    When,
    group_of,
)
from dugai.notices.wording import Line, Said
from dugai.people import queries_posts, queries_token, sealed
from dugai.people.models import Deputy

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from dugai.journal.models import Event
    from dugai.people.models import User

SHOWN = 20
STUCK_SHOWN = 200
IN_THE_LISTS = frozenset({NoticeGroup.REVIEW, NoticeGroup.DUE})
"""Groups whose matters stand in the digest's own lists of what waits and what falls due."""
CLOSEOUT: dict[str, Callable[[User, int], object]] = {
    "closeout_case": queries_case.get_case,
    "closeout_proposal": queries_case.get_proposal,
    "look_back": queries_case.get_look_back,
    "evidence": evidence.get_evidence,
}
"""How a subject of close-out is loaded through somebody's eyes."""


def settings_of(viewer: User) -> NoticeSettings | None:
    """Return what the person behind `viewer` chose; None for somebody who chose nothing yet."""
    return NoticeSettings.objects.filter(user=viewer.person.pk).first()


def own_settings(viewer: User) -> NoticeSettings:
    """Return what the person chose, or what holds before any choice (a row that is not kept).

    Raises `Forbidden` for an account that is nobody in particular.
    """
    require(may_have_notices(viewer), "这个账户不接收通知", code="no_notices", error=Forbidden)
    return settings_of(viewer) or NoticeSettings(user=viewer.person)


def choices(viewer: User) -> dict[NoticeGroup, dict[Channel, When]]:
    """Return when each group reaches the person on each channel, defaults filled in."""
    row = own_settings(viewer)
    return {
        group: {channel: chosen(row.choices, group, channel) for channel in Channel} for group in NoticeGroup
    }


def accounts(viewer: User, today: dt.date) -> list[User]:
    """Return the account of a person and those they stand in for today, as far as these may act."""
    own = [viewer, *(row.principal for row in queries_posts.deputisings(viewer, today))]
    return [account for account in own if queries_token.is_open(account, today)]


def said(viewer: User, delivery: Delivery) -> Said | None:
    """Return what `delivery` says to `viewer`, the person who gets it; None when there is nothing to say now.

    Visibility is asked anew: what was seen when the event happened may be out of sight today.
    """
    if delivery.kind == VERIFY:
        return _proof(viewer)
    if delivery.kind == TRIAL:
        url = wording.url_of("notice_settings")
        trial = "机器人已接通，这是您要的试发"
        return Said(trial, [Line(trial, url)], trial, url)
    if delivery.kind == DIGEST:
        return _digest(viewer, delivery)
    if delivery.kind == DUE_TODAY:
        return _reminders(viewer, delivery)
    if delivery.event is None:
        return None
    words = words_for(delivery.account, delivery.event, delivery.title)
    if words is None:
        return None
    stands_in = delivery.account_id != delivery.person_id
    url = wording.url_of("messages" if stands_in else delivery.link or "messages")
    if stands_in:
        words = f"代理{delivery.account.name}：{words}（请先换到这个岗位）"
    label = event_words.words_of(delivery.kind)
    return Said(label, [Line(words, url)], label, url)


def words_for(viewer: User, event: Event, title: str) -> str | None:
    """Return the title of an event for somebody who sees its subject now; None for one who no longer does.

    Where nobody can tell, and on sites of the strict profile, the kind of event is all that is said.
    """
    plain = event_words.words_of(event.kind)
    if event.subject_type == "user":
        visible = event.subject_id == viewer.pk
    elif event.subject_type == "deputy":
        pair = Deputy.objects.filter(pk=event.subject_id).values_list("principal", "deputy").first()
        visible = pair is not None and viewer.pk in pair
    elif event.subject_type in queries_subject.GETTERS:
        visible = queries_subject.sees(viewer, event.subject_type, event.subject_id)
    elif event.subject_type in CLOSEOUT:
        visible = _sees(CLOSEOUT[event.subject_type], viewer, event.subject_id)
    else:
        return plain
    if not visible:
        return None
    return plain if settings.DUGAI_PROFILE == wording.STRICT else title


def _sees(get: Callable[[User, int], object], viewer: User, pk: int) -> bool:
    try:
        get(viewer, pk)
    except NotVisible:
        return False
    return True


def _proof(viewer: User) -> Said | None:
    """The letter that proves an address: a link, and no word of the work."""
    row = settings_of(viewer)
    token = sealed.unseal(row.pending_sealed) if row and row.pending_sealed else ""
    if not token:
        return None
    url = wording.url_of(f"confirm_mail {token}")
    words = "点这里确认这个邮箱（24 小时内有效，要先登录）。如果不是您要设的，不用理会"
    return Said("确认接收通知的邮箱", [Line(words, url)])


def _reminders(viewer: User, delivery: Delivery) -> Said | None:
    """Everything that comes due and was named on the day of the delivery."""
    day = dt.date.fromisoformat(delivery.key.partition(":")[2])
    start = dt.datetime.combine(day, dt.time(), tzinfo=clock.SHANGHAI)
    lines = _messages(viewer, start, start + dt.timedelta(days=1), lambda group: group == NoticeGroup.DUE)
    if not lines:
        return None
    brief = f"{len(lines)} 项临近到期"
    return Said(f"到期提醒：{brief}", _cut(lines), brief, wording.url_of("messages"))


def _digest(viewer: User, delivery: Delivery) -> Said | None:
    """What is the person's today, and what they asked to hear once a day."""
    today = dt.date.fromisoformat(delivery.key.partition(":")[2])
    row = settings_of(viewer)
    if row is None:
        return None
    lines: list[Line] = []
    brief: list[str] = []
    for account in accounts(viewer, today):
        found = queries_today.matters(account, today)
        name = "" if account.pk == viewer.pk else f"代理{account.name}："
        brief += [f"{name}{matter.words} {matter.count} 项" for matter in found]
        for matter in found:
            lines.append(Line(f"{name}{matter.words} {matter.count} 项", wording.url_of(matter.place)))
            if settings.DUGAI_PROFILE != wording.STRICT:
                lines += [Line(f"　{name}{words}", wording.url_of(link)) for words, link in matter.rows]
    daily = {
        group
        for group in NoticeGroup
        if group not in IN_THE_LISTS and chosen(row.choices, group, Channel(delivery.channel)) == When.DAILY
    }
    before = Delivery.objects.filter(person=viewer, channel=delivery.channel, kind=DIGEST, pk__lt=delivery.pk)
    last = before.order_by("-pk").values_list("created_at", flat=True).first()
    earliest = delivery.created_at - dt.timedelta(days=7 if last else 1)
    since = max(last or earliest, earliest)
    news = _messages(viewer, since, delivery.created_at, lambda group: group in daily, unread=True)
    if news:
        brief.append(f"未读消息 {len(news)} 条")
        lines += [Line(f"未读消息 {len(news)} 条", wording.url_of("messages")), *_cut(news)]
    if not brief:
        return None
    return Said(
        "今日待办：" + "，".join(brief), lines, "今日待办：" + "，".join(brief), wording.url_of("today")
    )


def _messages(
    viewer: User,
    since: dt.datetime,
    until: dt.datetime,
    wanted: Callable[[NoticeGroup], bool],
    *,
    unread: bool = False,
) -> list[Line]:
    """Return the page's messages of a stretch of time that are in sight now, each event once."""
    lines: dict[int, Line] = {}
    for account in accounts(viewer, clock.today()):
        found = Message.objects.filter(user=account, channel="page", at__gte=since, at__lt=until)
        if unread:
            found = found.filter(read_at=None)
        for message in found.select_related("event").order_by("pk"):
            if message.event_id in lines or not wanted(group_of(message.event.kind)):
                continue
            words = words_for(account, message.event, message.title)
            if words is not None:
                own = account.pk == viewer.pk
                name = "" if own else f"代理{account.name}："
                link = message.link if own else "messages"
                lines[message.event_id] = Line(f"　{name}{words}", wording.url_of(link or "messages"))
    return list(lines.values())


def _cut(lines: list[Line]) -> list[Line]:
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], Line(f"　另有 {rest} 条", wording.url_of("messages"))] if rest > 0 else lines


def stuck(viewer: User) -> list[Delivery]:
    """Return what did not go out below the administrator's organisation, the newest first."""
    rows = _below(viewer).filter(state__in=STUCK).select_related("person__organisation")
    return list(rows.order_by("-pk")[:STUCK_SHOWN])


def get_stuck(viewer: User, delivery_id: int) -> Delivery:
    """Return one of the stuck deliveries an administrator looks after. Raises `NotVisible`."""
    found = _below(viewer).filter(pk=delivery_id, state__in=STUCK).select_related("person").first()
    if found is None:
        raise NotVisible("没有这条发送，或它已经处理过了")
    return found


def counts(viewer: User, since: dt.datetime) -> dict[str, int]:
    """Return how many deliveries wait, are stuck, or ended since a moment, by state."""
    rows = _below(viewer)
    ended = rows.filter(state__in=[DeliveryState.SENT, DeliveryState.DROPPED], ended_at__gte=since)
    waiting = rows.exclude(state__in=[DeliveryState.SENT, DeliveryState.DROPPED])
    return {
        state: n
        for found in (ended, waiting)
        for state, n in found.order_by().values_list("state").annotate(n=Count("pk"))
    }


def _below(viewer: User) -> QuerySet[Delivery]:
    top = viewer.organisation
    if not may_keep_deliveries(viewer):
        return Delivery.objects.none()
    return Delivery.objects.filter(
        person__organisation__path__gte=top.path, person__organisation__path__lt=top.path_end
    )
