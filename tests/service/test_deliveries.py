"""通知 by mail and robot: once a person and channel, what may be seen, at the hours that were chosen (F22, D8)."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine

from dugai.journal.models import Event
from dugai.kernel import clock, mailing, outbound
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused, TooMany
from dugai.notices import queries_delivery, services, services_delivery, services_notice
from dugai.notices.models import Delivery, Message, NoticeSettings
from dugai.people import sealed
from dugai.people import services as people
from dugai.people.models import User
from dugai.people.services_account import disable_account
from dugai.rulebook.models import CalendarDay
from tests.cast import Cast, make_problem, task_of
from tests.mail import post_office, robot, text_of
from tests.rounds import MAY_18, open_may, report_of, submit

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 5, 18, 12, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def post(settings):
    with post_office(settings) as found:
        yield found


@pytest.fixture
def group(settings):
    with robot(settings) as found:
        yield found


def reach(user: User, post) -> NoticeSettings:
    """Give a person a confirmed address, by the letter itself."""
    services_notice.ask_email(actor=user, email=f"{user.username}@dept.example")
    services_delivery.send_waiting()
    link = text_of(post.letters.pop()).split("/account/notices/confirm/")[1].split("/")[0]
    post.recipients.clear()
    return services_notice.confirm_email(actor=user, token=link)


def hook(server, path: str = "/robot?key=k") -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def states() -> list[str]:
    return sorted(Delivery.objects.exclude(kind="verify").values_list("state", flat=True))


def send_all() -> int:
    services.deliver()
    return services_delivery.send_waiting()


def test_nothing_is_sent_to_an_address_nobody_confirmed(cast: Cast, post):
    services_notice.ask_email(actor=cast.county_clerk, email="meng@dept.example")
    services_delivery.send_waiting()
    (letter,) = post.letters
    task = task_of(make_problem(cast))
    send_all()
    assert len(post.letters) == 1
    assert task.title not in text_of(letter)
    row = NoticeSettings.objects.get(user=cast.county_clerk)
    assert (row.email, row.pending_email) == ("", "meng@dept.example")


def test_only_the_one_who_asked_can_confirm_and_only_for_a_day(cast: Cast, post):
    services_notice.ask_email(actor=cast.county_clerk, email="meng@dept.example")
    token = sealed.unseal(NoticeSettings.objects.get().pending_sealed)
    with pytest.raises(Refused):
        services_notice.confirm_email(actor=cast.county_reviewer, token=token)
    with time_machine.travel(NOON + dt.timedelta(hours=25), tick=False), pytest.raises(Refused):
        services_notice.confirm_email(actor=cast.county_clerk, token=token)
    assert services_notice.confirm_email(actor=cast.county_clerk, token=token).email == "meng@dept.example"
    with pytest.raises(Refused):
        services_notice.confirm_email(actor=cast.county_clerk, token=token)
    with pytest.raises(Refused):
        services_notice.confirm_email(actor=cast.county_clerk, token="")


def test_an_event_becomes_one_letter_with_a_link(cast: Cast, post):
    reach(cast.county_clerk, post)
    task = task_of(make_problem(cast))
    assert send_all() == 1
    (letter,) = post.letters
    assert post.recipients == ["county_clerk@dept.example"]
    assert letter["Subject"].startswith("【督改】")
    assert f"交办给您单位：{task.code} {task.title}" in text_of(letter)
    assert f"https://dugai.example/tasks/{task.pk}/" in text_of(letter)
    assert f"https://dugai.example/tasks/{task.pk}/" in letter.get_body(("html",)).get_content()
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "<https://dugai.example/account/notices/>"
    assert send_all() == 0


def test_three_deliveries_out_of_order_are_one_message_a_person_and_channel(cast: Cast, post, group):
    for user in (cast.county_clerk, cast.county_reviewer):
        reach(user, post)
        services_notice.set_robot(actor=user, kind="wecom", url=hook(group, f"/{user.username}"))
    make_problem(cast, owners=(cast.county_bureau,) * 3)
    events = list(Event.objects.all()) * 3
    random.Random(22).shuffle(events)
    for event in events:
        services.announce(events=[event])
        services_delivery.send_waiting()
    services.deliver()
    services_delivery.send_waiting()
    wanted = Message.objects.filter(user__in=[cast.county_clerk, cast.county_reviewer]).count()
    assert wanted == 6
    assert len(post.ids()) == len(set(post.ids())) == wanted
    assert len(group.told) == wanted
    assert {path for path, _ in group.told} == {"/county_clerk", "/county_reviewer"}
    assert set(states()) == {"sent"}


def test_a_letter_that_was_refused_for_now_goes_out_later_once(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    post.answers = ["451 busy", "451 busy"]
    assert send_all() == 0
    assert states() == ["queued"]
    assert services_delivery.send_waiting() == 0  # its pause is not over
    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        assert services_delivery.send_waiting() == 0
    with time_machine.travel(NOON + dt.timedelta(minutes=10), tick=False):
        assert services_delivery.send_waiting() == 1
    assert len(post.letters) == 1


def test_a_server_that_stays_away_parks_the_letter_after_two_days(cast: Cast, post, settings):
    reach(cast.county_clerk, post)
    make_problem(cast)
    settings.MAIL_PORT = 1
    services.deliver()
    for hour in range(100):
        with time_machine.travel(NOON + dt.timedelta(hours=hour), tick=False):
            services_delivery.send_waiting()
    row = Delivery.objects.get(kind="task.assigned")
    assert (row.state, row.attempts) == ("parked", 8)
    assert "连不上邮件服务器" in row.reason
    assert queries_delivery.stuck(cast.system_admin) == [row]


def test_an_address_nobody_has_is_parked_at_once(cast: Cast, post):
    row = reach(cast.county_clerk, post)
    NoticeSettings.objects.filter(pk=row.pk)
    services_notice.ask_email(actor=cast.county_clerk, email="nobody@dept.example")
    assert services_delivery.send_waiting() == 0
    stuck = Delivery.objects.get(state="parked")
    assert (stuck.kind, stuck.reason) == ("verify", "邮件服务器不收这封信（550）")


def test_a_lost_answer_is_never_followed_by_a_second_letter(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    post.answers = ["cut"]
    assert send_all() == 0
    assert len(post.letters) == 1
    row = Delivery.objects.get(kind="task.assigned")
    assert row.state == "unsure"
    for day in range(1, 5):
        with time_machine.travel(NOON + dt.timedelta(days=day), tick=False):
            send_all()
    assert len(post.letters) == 1
    # An administrator may decide to send it again; the mail server can still tell that it is the same letter.
    services_delivery.retry_delivery(actor=cast.system_admin, delivery_id=row.pk)
    assert services_delivery.send_waiting() == 1
    assert len(set(post.ids())) == 1


def test_a_sender_that_died_before_handing_over_is_followed_by_another(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    services.deliver()
    assert services_delivery.claim() is not None
    assert services_delivery.send_waiting() == 0  # somebody still holds it
    with time_machine.travel(NOON + dt.timedelta(minutes=6), tick=False):
        assert services_delivery.send_waiting() == 1
    assert len(post.letters) == 1


def test_a_sender_that_died_while_handing_over_is_followed_by_nobody(cast: Cast, post, monkeypatch):
    reach(cast.county_clerk, post)
    make_problem(cast)
    services.deliver()
    row = services_delivery.claim()

    class Killed(BaseException):
        """The process is gone."""

    def die(*args, **options):
        raise Killed

    monkeypatch.setattr(mailing.smtplib.SMTP, "data", die)
    with pytest.raises(Killed):
        services_delivery.send(row)
    monkeypatch.undo()
    with time_machine.travel(NOON + dt.timedelta(minutes=6), tick=False):
        assert services_delivery.send_waiting() == 0
    row.refresh_from_db()
    assert (row.state, row.reason) == ("unsure", services_delivery.LOST)
    assert post.letters == []


def test_a_sender_that_lost_its_lease_sends_nothing(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    services.deliver()
    slow = services_delivery.claim()
    with time_machine.travel(NOON + dt.timedelta(minutes=6), tick=False):
        services_delivery.settle_lost()
        quick = services_delivery.claim()
        assert quick.pk == slow.pk
        with pytest.raises(Conflict):
            services_delivery.send(slow)
        assert post.letters == []
        assert services_delivery.send(quick) == "sent"
    assert len(post.letters) == 1


def test_what_is_out_of_sight_when_it_is_sent_is_not_sent(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    services.deliver()
    from dugai.people.services_account import change_post  # noqa: PLC0415  beside the act it tells of

    change_post(
        actor=cast.system_admin,
        user_id=cast.county_clerk.pk,
        organisation=cast.neighbour_bureau,
        role="unit_clerk",
        reason="岗位调整",
    )
    services_delivery.send_waiting()
    assert Delivery.objects.get(kind="task.assigned").state == "dropped"
    assert all("污水" not in text_of(letter) for letter in post.letters)


def test_a_disabled_account_gets_nothing_more(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    services.deliver()
    disable_account(actor=cast.system_admin, user_id=cast.county_clerk.pk, reason="调离")
    assert services_delivery.send_waiting() == 0
    row = Delivery.objects.get(kind="task.assigned")
    assert (row.state, row.reason) == ("dropped", "账户已停用")


def test_a_deputy_hears_of_the_principals_matters_once(cast: Cast, post):
    for user in (cast.county_reviewer, cast.city_bureau_clerk):
        reach(user, post)
    for deputy in (cast.county_reviewer, cast.city_bureau_clerk):
        people.appoint_deputy(
            actor=cast.county_clerk,
            principal=cast.county_clerk,
            deputy=deputy,
            starts_on=clock.today(),
            ends_on=clock.today() + dt.timedelta(days=5),
            reason="出差",
        )
    send_all()
    post.letters.clear(), post.recipients.clear()
    task = task_of(make_problem(cast))
    send_all()
    told = dict(zip(post.recipients, map(text_of, post.letters), strict=True))
    about = {to: text for to, text in told.items() if task.code in text}
    # The colleague of the same unit hears for herself; the deputy from elsewhere hears as a deputy.
    assert set(about) == {"county_reviewer@dept.example", "city_bureau_clerk@dept.example"}
    assert "代理孟晴" in about["city_bureau_clerk@dept.example"]
    assert "代理" not in about["county_reviewer@dept.example"]
    assert f"/tasks/{task.pk}/" not in about["city_bureau_clerk@dept.example"]


def test_a_deputising_that_ended_stops_what_waits(cast: Cast, post):
    reach(cast.city_bureau_clerk, post)
    row = people.appoint_deputy(
        actor=cast.county_clerk,
        principal=cast.county_clerk,
        deputy=cast.city_bureau_clerk,
        starts_on=clock.today(),
        ends_on=clock.today(),
        reason="出差",
    )
    send_all()
    post.letters.clear()
    make_problem(cast, owners=(cast.county_bureau,))
    services.deliver()
    people.revoke_deputy(actor=cast.county_clerk, deputy_id=row.pk)
    services_delivery.send_waiting()
    assert Delivery.objects.get(kind="task.assigned").reason == "代理已结束"


def test_quiet_hours_hold_a_letter_back_until_the_morning(cast: Cast, post):
    reach(cast.county_clerk, post)
    night = dt.datetime(2026, 5, 18, 23, 0, tzinfo=clock.SHANGHAI)
    with time_machine.travel(night, tick=False):
        make_problem(cast)
        assert send_all() == 0
    with time_machine.travel(night + dt.timedelta(hours=8, minutes=59), tick=False):
        assert services_delivery.send_waiting() == 0
    with time_machine.travel(night + dt.timedelta(hours=9), tick=False):
        assert services_delivery.send_waiting() == 1


def test_a_choice_decides_whether_a_group_is_sent(cast: Cast, post):
    reach(cast.county_clerk, post)
    values = {"digest": True, "quiet_from": None, "quiet_until": None}
    services_notice.choose(actor=cast.county_clerk, choices={"assigned": {"mail": "off"}}, **values)
    make_problem(cast)
    assert send_all() == 0
    assert states() == []
    services_notice.choose(actor=cast.county_clerk, choices={"assigned": {"mail": "now"}}, **values)
    make_problem(cast, inspection=task_of_inspection(), number=2)
    services.deliver()
    services_notice.choose(actor=cast.county_clerk, choices={"assigned": {"mail": "off"}}, **values)
    assert services_delivery.send_waiting() == 0  # changed one's mind before it left
    assert states() == ["dropped"]


def task_of_inspection():
    from dugai.ledger.models import Inspection  # noqa: PLC0415  a test looks at its own row

    return Inspection.objects.get()


def test_a_robot_says_no_title(cast: Cast, group, settings):
    settings.PUBLIC_URL = "https://dugai.example"
    services_notice.set_robot(actor=cast.county_clerk, kind="wecom", url=hook(group))
    row = NoticeSettings.objects.get()
    assert "key=k" not in row.robot_url
    assert row.robot_host == "127.0.0.1"
    task = task_of(make_problem(cast))
    assert send_all() == 1
    ((path, body),) = group.told
    assert path == "/robot?key=k"
    assert body["msgtype"] == "text"
    content = body["text"]["content"]
    assert content == f"【督改】交办任务\nhttps://dugai.example/tasks/{task.pk}/"


def test_dingtalk_is_signed(cast: Cast, group):
    services_notice.set_robot(
        actor=cast.county_clerk, kind="dingtalk", url=hook(group, "/send?access_token=t"), secret="SECabc"
    )
    services_notice.try_robot(actor=cast.county_clerk)
    services_delivery.send_waiting()
    ((path, _),) = group.told
    import base64  # noqa: PLC0415  the signature is worked out a second time, by hand
    import hashlib  # noqa: PLC0415  the same
    import hmac  # noqa: PLC0415  the same
    from urllib.parse import parse_qs, urlsplit  # noqa: PLC0415  the same

    asked = parse_qs(urlsplit(path).query)
    stamp = asked["timestamp"][0]
    assert int(stamp) == int(NOON.timestamp() * 1000)
    raw = hmac.new(b"SECabc", f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert asked["sign"] == [base64.b64encode(raw).decode()]
    assert asked["access_token"] == ["t"]


def test_a_robot_that_says_no_is_asked_again_later(cast: Cast, group):
    services_notice.set_robot(actor=cast.county_clerk, kind="wecom", url=hook(group))
    group.answers = [45009]
    services_notice.try_robot(actor=cast.county_clerk)
    assert services_delivery.send_waiting() == 0
    row = Delivery.objects.get()
    assert row.state == "queued"
    assert "太勤" in row.reason
    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        assert services_delivery.send_waiting() == 1
    assert len(group.told) == 2


def test_a_robot_elsewhere_is_refused_and_so_is_a_sixth_trial(cast: Cast, group):
    for url in ("https://robot.example/send", "http://127.0.0.2/", "nonsense"):
        with pytest.raises(InvalidInput) as refusal:
            services_notice.set_robot(actor=cast.county_clerk, kind="wecom", url=url)
        assert "url" in refusal.value.fields
    services_notice.set_robot(actor=cast.county_clerk, kind="wecom", url=hook(group))
    for _ in range(5):
        services_notice.try_robot(actor=cast.county_clerk)
    with pytest.raises(TooMany):
        services_notice.try_robot(actor=cast.county_clerk)


def test_a_list_that_no_longer_names_the_host_parks_the_message(cast: Cast, group, settings):
    services_notice.set_robot(actor=cast.county_clerk, kind="wecom", url=hook(group))
    settings.OUTBOUND_HOSTS = frozenset()
    make_problem(cast)
    assert send_all() == 0
    row = Delivery.objects.get(kind="task.assigned")
    assert row.state == "parked"
    assert group.told == []


def test_the_strict_profile_sends_no_title(cast: Cast, post, settings):
    reach(cast.county_clerk, post)
    settings.DUGAI_PROFILE = "dengbao3"
    task = task_of(make_problem(cast))
    send_all()
    (letter,) = post.letters
    assert task.title not in text_of(letter)
    assert "交办任务" in text_of(letter)


def test_a_title_cannot_add_a_header_or_a_tag(settings):
    settings.MAIL_FROM = "dugai@dept.example"
    settings.PUBLIC_URL = "https://dugai.example"
    from dugai.notices import wording  # noqa: PLC0415  beside what is asked of it

    said = wording.Said("一\r\nBcc: other@dept.example", [wording.Line("<script>alert(1)</script>", "")])
    made = mailing.compose(wording.letter(said, to="a@dept.example", name="<b>甲</b>", key="k"))
    assert made["Bcc"] is None
    assert "<script>" not in made.get_body(("html",)).get_content()
    assert "<b>" not in made.get_body(("html",)).get_content()
    assert made["Message-ID"] == "<k@dept.example>"


def test_a_days_digest_says_what_is_mine_and_is_sent_once(cast: Cast, post):
    with time_machine.travel(MAY_18, tick=False):
        task = task_of(make_problem(cast, when="2026年6月10日前"))
        open_may(cast)
    for user in (cast.county_clerk, cast.county_reviewer):
        reach(user, post)
    report = report_of(open_round())
    with time_machine.travel(NOON, tick=False):
        submit(cast.county_clerk, report)
        services.deliver()
        Delivery.objects.all().delete()
    morning = dt.datetime(2026, 5, 19, 8, 0, tzinfo=clock.SHANGHAI)
    with time_machine.travel(morning, tick=False):
        assert services_delivery.queue_digests() == 2
        assert services_delivery.queue_digests() == 0
        services_delivery.send_waiting()
        services_delivery.send_waiting()
    told = dict(zip(post.recipients, map(text_of, post.letters), strict=True))
    assert "等您审核的报告 1 项" in told["county_reviewer@dept.example"]
    assert "等您审核" not in told["county_clerk@dept.example"]
    assert "临近到期的任务 1 项" in told["county_clerk@dept.example"]
    assert task.code in told["county_clerk@dept.example"]
    assert len(post.ids()) == 2


def open_round():
    from dugai.progress.models import Round  # noqa: PLC0415  a test looks at its own row

    return Round.objects.unscoped("a test looks at its own row").get()


def test_no_digest_when_there_is_nothing_to_say_or_nobody_works(cast: Cast, post):
    reach(cast.neighbour_clerk, post)
    saturday = dt.datetime(2026, 5, 23, 8, 0, tzinfo=clock.SHANGHAI)
    with time_machine.travel(saturday, tick=False):
        assert services_delivery.queue_digests() == 0
    assert services_delivery.queue_digests() == 1
    assert services_delivery.send_waiting() == 0
    assert post.letters == []
    assert Delivery.objects.get(kind="digest").state == "dropped"


def test_a_worked_weekend_has_a_digest_and_a_holiday_has_none(cast: Cast, post):
    reach(cast.neighbour_clerk, post)
    from dugai.journal.services import record  # noqa: PLC0415  calendar days are recorded rows

    for day, works in ((dt.date(2026, 5, 23), True), (dt.date(2026, 5, 18), False)):
        row = CalendarDay(day=day, works=works, name="调休", source="国办通知")
        row.save(force_insert=True)
        record(actor=None, kind="calendar_day.set", subject=row)
    assert services_delivery.queue_digests() == 0
    with time_machine.travel(dt.datetime(2026, 5, 23, 8, 0, tzinfo=clock.SHANGHAI), tick=False):
        assert services_delivery.queue_digests() == 1


def test_daily_groups_come_in_the_digest_and_read_ones_do_not(cast: Cast, post):
    reach(cast.county_clerk, post)
    values = {"digest": True, "quiet_from": None, "quiet_until": None}
    services_notice.choose(actor=cast.county_clerk, choices={"assigned": {"mail": "daily"}}, **values)
    make_problem(cast, owners=(cast.county_bureau,) * 2)
    assert send_all() == 0
    first = Message.objects.filter(user=cast.county_clerk).order_by("pk")[0]
    services.mark_read(actor=cast.county_clerk, message_ids=[first.pk])
    with time_machine.travel(NOON + dt.timedelta(hours=20), tick=False):
        services_delivery.queue_digests()
        assert services_delivery.send_waiting() == 1
    (letter,) = post.letters
    assert "未读消息 1 条" in text_of(letter)
    # The next day says nothing of it again.
    with time_machine.travel(NOON + dt.timedelta(hours=44), tick=False):
        services_delivery.queue_digests()
        assert services_delivery.send_waiting() == 0


def test_a_stuck_message_is_the_system_administrators(cast: Cast, post):
    services_notice.ask_email(actor=cast.county_clerk, email="nobody@dept.example")
    services_delivery.send_waiting()
    (row,) = queries_delivery.stuck(cast.system_admin)
    for other in (cast.province_manager, cast.security_admin, cast.county_clerk):
        assert queries_delivery.stuck(other) == []
        with pytest.raises(Forbidden):
            services_delivery.retry_delivery(actor=other, delivery_id=row.pk)
        with pytest.raises(Forbidden):
            services_delivery.drop_delivery(actor=other, delivery_id=row.pk)
    services_delivery.drop_delivery(actor=cast.system_admin, delivery_id=row.pk)
    assert Event.objects.filter(kind="delivery.dropped", actor=cast.system_admin).count() == 1
    with pytest.raises(NotVisible):
        services_delivery.retry_delivery(actor=cast.system_admin, delivery_id=row.pk)


def test_an_old_event_floods_nobody(cast: Cast, post):
    reach(cast.county_clerk, post)
    make_problem(cast)
    with time_machine.travel(NOON + dt.timedelta(days=3), tick=False):
        services.deliver()
    assert Message.objects.filter(user=cast.county_clerk).count() == 1
    assert states() == []


def test_the_public_account_has_no_notices(cast: Cast, post):
    with pytest.raises(Forbidden):
        services_notice.ask_email(actor=cast.public, email="a@dept.example")
    assert NoticeSettings.objects.count() == 0


def test_an_address_that_is_none_and_a_site_without_mail(cast: Cast, post, settings):
    for wrong in ("", "a", "a@", "甲@dept.example", "a@dept.example\nBcc: b@dept.example"):
        with pytest.raises(InvalidInput):
            services_notice.ask_email(actor=cast.county_clerk, email=wrong)
    settings.MAIL_HOST = ""
    with pytest.raises(Refused):
        services_notice.ask_email(actor=cast.county_clerk, email="a@dept.example")


def test_the_way_out_tells_the_ends_apart(settings, post):
    letter = mailing.Letter("a@dept.example", "x", "x", "x", "k")
    handed: list[int] = []
    mailing.send(letter, handing=lambda: handed.append(1))
    post.answers = ["cut"]
    with pytest.raises(outbound.OutboundFailed) as lost:
        mailing.send(letter, handing=lambda: handed.append(2))
    assert type(lost.value) is outbound.OutboundFailed
    settings.MAIL_USER = settings.MAIL_PASSWORD = "x"
    with pytest.raises(outbound.OutboundUnreached):
        mailing.send(letter, handing=lambda: handed.append(3))
    assert handed == [1, 2]
