"""通知 by mail and robot: once a person and channel, what may be seen, at the hours that were chosen (F22, D8)."""

from __future__ import annotations

import datetime as dt
import random

import pytest
import time_machine

from dugai.journal.models import Event
from dugai.kernel import clock, mailing
from dugai.kernel.errors import Conflict, Refused
from dugai.notices import queries_delivery, services, services_delivery, services_notice
from dugai.notices.models import Delivery, Message, NoticeSettings
from dugai.people import sealed
from dugai.people import services as people
from dugai.people.services_account import disable_account
from tests.cast import Cast, make_problem, task_of
from tests.mail import hook, post_office, reach, robot, send_all, states, text_of

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
    for user in (cast.county_reviewer, cast.county_office_clerk):
        reach(user, post)
    for deputy in (cast.county_reviewer, cast.county_office_clerk):
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
    assert set(about) == {"county_reviewer@dept.example", "county_office_clerk@dept.example"}
    assert "代理孟晴" in about["county_office_clerk@dept.example"]
    assert "代理" not in about["county_reviewer@dept.example"]
    assert f"/tasks/{task.pk}/" not in about["county_office_clerk@dept.example"]


def test_a_deputising_that_ended_stops_what_waits(cast: Cast, post):
    reach(cast.county_office_clerk, post)
    row = people.appoint_deputy(
        actor=cast.county_clerk,
        principal=cast.county_clerk,
        deputy=cast.county_office_clerk,
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
