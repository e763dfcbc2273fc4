"""通知设置: a person's own addresses and choices. Secrets are sealed; an address has to be confirmed."""

from __future__ import annotations

import datetime as dt
import hmac
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dugai.journal.services import change, record, shown
from dugai.kernel import clock, ids, mailing, outbound
from dugai.kernel.errors import Forbidden, InvalidInput, TooMany, require
from dugai.notices import policy_delivery
from dugai.notices.models import Delivery, NoticeSettings
from dugai.notices.states_delivery import TRIAL, VERIFY, Channel, NoticeGroup, RobotKind, When
from dugai.people import sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.people.models import User

PROOF_HOURS = 24
MOST_A_DAY = 5
LONGEST_SECRET = 200
NOT_YOURS = "这个账户不接收通知"
CHOSEN = ("choices", "digest", "quiet_from", "quiet_until")


@transaction.atomic
def choose(
    *,
    actor: User,
    choices: Mapping[str, Mapping[str, str]],
    digest: bool,
    quiet_from: int | None,
    quiet_until: int | None,
    seen_version: int | None = None,
) -> NoticeSettings:
    """Set which groups reach the person how, the daily digest and the quiet hours (0 to 23)."""
    row = _own(actor)
    if (quiet_from is None) != (quiet_until is None):
        wrong = "开始和结束要一起填，或都不填"
        raise InvalidInput(wrong, fields={"quiet_until": wrong})
    require(
        all(hour is None or 0 <= hour <= 23 for hour in (quiet_from, quiet_until)), "钟点是 0 到 23 的整数"
    )
    kept = {
        group.value: {
            channel.value: When(choices[group][channel]).value
            for channel in Channel
            if choices.get(group, {}).get(channel) in When.values
        }
        for group in NoticeGroup
        if group in choices
    }
    values = {"choices": kept, "digest": digest, "quiet_from": quiet_from, "quiet_until": quiet_until}
    before, after = change(row, seen_version=seen_version, **values)
    record(actor=actor, kind="notice_settings.changed", subject=row, before=before, after=after)
    return row


@transaction.atomic
def ask_email(*, actor: User, email: str) -> NoticeSettings:
    """Ask for mail at an address: a letter with a link goes there, and nothing else until it is used."""
    row = _own(actor)
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not email or not email.isascii() or len(email) > 254:
        wrong = "不是邮箱地址。请写成 name@dept.gov.cn 的样子"
        raise InvalidInput(wrong, fields={"email": wrong})
    wrong = mailing.wrong_settings()
    require(not wrong, "本站还没有设好发邮件。请联系系统管理员。", code="mail_not_set_up")
    require(email != row.email, "这个邮箱已经确认过了", code="email_confirmed")
    key = _few_a_day(row, VERIFY, "确认信一天最多发 5 封，请明天再试")
    until = clock.now() + dt.timedelta(hours=PROOF_HOURS)
    NoticeSettings.objects.filter(pk=row.pk).update(
        pending_sealed=sealed.seal(ids.secret()), pending_until=until
    )
    row.refresh_from_db()
    before, after = change(row, pending_email=email)
    record(actor=actor, kind="notice_email.asked", subject=row, before=before, after=after)
    _enqueue(row, Channel.MAIL, VERIFY, key)
    return row


@transaction.atomic
def confirm_email(*, actor: User, token: str) -> NoticeSettings:
    """Take the address a letter was sent to, for whoever is signed in and brings its link."""
    row = _own(actor)
    known = sealed.unseal(row.pending_sealed) if row.pending_sealed else ""
    good = bool(known) and hmac.compare_digest(known.encode(), token.encode())
    in_time = row.pending_until is not None and clock.now() < row.pending_until
    require(
        good and in_time,
        "这个链接不对、已过期，或是发给别的账户的。请登录收信的账户，重新发一封确认信。",
        code="proof_invalid",
    )
    NoticeSettings.objects.filter(pk=row.pk).update(pending_sealed="", pending_until=None)
    row.refresh_from_db()
    before, after = change(row, email=row.pending_email, pending_email="")
    record(actor=actor, kind="notice_email.confirmed", subject=row, before=before, after=after)
    return row


@transaction.atomic
def drop_email(*, actor: User) -> NoticeSettings:
    """Stop mail, or forget an address that was never confirmed."""
    row = _own(actor)
    require(row.email or row.pending_email, "没有设邮箱")
    NoticeSettings.objects.filter(pk=row.pk).update(pending_sealed="", pending_until=None)
    row.refresh_from_db()
    before, after = change(row, email="", pending_email="")
    record(actor=actor, kind="notice_email.dropped", subject=row, before=before, after=after)
    return row


@transaction.atomic
def set_robot(*, actor: User, kind: str, url: str, secret: str = "") -> NoticeSettings:
    """Set the group robot that is told; address and secret are sealed and shown to nobody again."""
    row = _own(actor)
    wrong: dict[str, str] = {}
    if kind not in RobotKind.values:
        wrong["kind"] = "请选企业微信或钉钉"
    host = ""
    try:
        host = outbound.read(url.strip()).host
    except outbound.OutboundRefused as refusal:
        wrong["url"] = refusal.message
    secret = secret.strip()
    if len(secret) > LONGEST_SECRET or not secret.isascii():
        wrong |= {"secret": "加签密钥是钉钉给的一串字母数字，请原样粘贴"}
    if wrong:
        raise InvalidInput("；".join(wrong.values()), fields=wrong)
    NoticeSettings.objects.filter(pk=row.pk).update(
        robot_url=sealed.seal(url.strip()), robot_secret=sealed.seal(secret) if secret else ""
    )
    row.refresh_from_db()
    before, after = change(row, robot_kind=kind, robot_host=host)
    record(actor=actor, kind="notice_robot.set", subject=row, before=before, after=after)
    return row


@transaction.atomic
def drop_robot(*, actor: User) -> NoticeSettings:
    """Stop the robot and forget its address."""
    row = _own(actor)
    require(row.robot_kind, "没有设机器人")
    NoticeSettings.objects.filter(pk=row.pk).update(robot_url="", robot_secret="")
    row.refresh_from_db()
    before, after = change(row, robot_kind="", robot_host="")
    record(actor=actor, kind="notice_robot.dropped", subject=row, before=before, after=after)
    return row


@transaction.atomic
def try_robot(*, actor: User) -> None:
    """Have the robot say one sentence, so that the person sees that it works."""
    row = _own(actor)
    require(row.robot_kind, "没有设机器人")
    key = _few_a_day(row, TRIAL, "一天最多试发 5 次，请明天再试")
    _enqueue(row, Channel.ROBOT, TRIAL, key)
    record(actor=actor, kind="notice_robot.tried", subject=row, changed=False)


def _own(actor: User) -> NoticeSettings:
    """Return the settings of the human being who acts, locked; made on the first use."""
    require(policy_delivery.may_have_notices(actor), NOT_YOURS, code="no_notices", error=Forbidden)
    found = NoticeSettings.objects.select_for_update(of=("self",)).filter(user=actor.person.pk).first()
    if found is not None:
        return found
    row = NoticeSettings(user=actor.person)
    row.save(force_insert=True)
    record(actor=actor, kind="notice_settings.opened", subject=row, after=shown(row, *CHOSEN))
    return row


def _few_a_day(row: NoticeSettings, kind: str, words: str) -> str:
    """Return the key of one more letter of a kind; refuse the sixth within a day."""
    since = clock.now() - dt.timedelta(days=1)
    sent = Delivery.objects.filter(person=row.user_id, kind=kind, created_at__gt=since).count()
    require(sent < MOST_A_DAY, words, code="too_many_letters", error=TooMany)
    return f"{kind}:{ids.uuid7()}"


def _enqueue(row: NoticeSettings, channel: Channel, kind: str, key: str) -> None:
    now = clock.now()
    Delivery.objects.create(
        person_id=row.user_id,
        account_id=row.user_id,
        channel=channel,
        key=key,
        kind=kind,
        run_after=now,
        created_at=now,
    )
