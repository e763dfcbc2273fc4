"""通知: robots, daily digests, addresses, and what is stuck (see test_deliveries for once and only once)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from dugai.journal.models import Event
from dugai.kernel import clock, mailing, outbound
from dugai.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, TooMany
from dugai.management import schedule
from dugai.management.handlers import HANDLERS
from dugai.notices import queries_delivery, services, services_delivery, services_notice
from dugai.notices.models import Delivery, Message, NoticeSettings
from dugai.rulebook.models import CalendarDay
from tests.cast import Cast, make_problem, task_of
from tests.mail import hook, post_office, reach, robot, send_all, states, text_of
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


def test_everything_on_the_timetable_has_a_handler():
    assert {entry.kind for entry in schedule.TIMETABLE} <= set(HANDLERS)
