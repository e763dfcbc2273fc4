"""通知设置 and 通知发送, as people use them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dugai.notices import services_delivery, services_notice
from dugai.notices.models import Delivery, NoticeSettings
from dugai.people import sealed
from tests.cast import Cast
from tests.mail import post_office, robot, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of():
    def signed_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def test_an_address_is_confirmed_by_its_link(cast: Cast, client_of, settings):
    client = client_of(cast.county_clerk)
    with post_office(settings) as post:
        answer = client.post(reverse("ask_mail"), {"email": "meng@dept.example"}, follow=True)
        assert "确认信马上发到 meng@dept.example" in answer.content.decode()
        services_delivery.send_waiting()
        path = text_of(post.letters[0]).split("https://dugai.example")[1].split()[0]
        assert "meng@dept.example" in client.get(path).content.decode()
        assert NoticeSettings.objects.get().email == ""  # looking is not confirming
        other = client_of(cast.county_reviewer)
        assert "meng@dept.example" not in other.get(path).content.decode()
        assert other.post(path).status_code == 422
        page = client.post(path, follow=True).content.decode()
        assert "meng@dept.example 已确认" in page
        client.post(reverse("drop_mail"))
    assert NoticeSettings.objects.get(user=cast.county_clerk).email == ""


def test_a_wrong_address_comes_back_with_what_was_typed(cast: Cast, client_of, settings):
    with post_office(settings):
        answer = client_of(cast.county_clerk).post(reverse("ask_mail"), {"email": "没有这个"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="没有这个"' in page
    assert "不是邮箱地址" in page


def test_choices_are_kept(cast: Cast, client_of):
    client = client_of(cast.county_clerk)
    page = client.get(reverse("notice_settings"))
    form = page.context["choice"]
    values = {name: form[name].value() for name in form.fields}
    values = {name: "" if value is None else value for name, value in values.items()}
    values |= {"assigned-mail": "daily", "assigned-robot": "off", "quiet_from": "22", "quiet_until": "7"}
    assert client.post(reverse("notice_settings"), values).status_code == 302
    row = NoticeSettings.objects.get(user=cast.county_clerk)
    assert row.choices["assigned"] == {"mail": "daily", "robot": "off"}
    assert (row.quiet_from, row.quiet_until, row.digest) == (22, 7, True)
    half = client.post(reverse("notice_settings"), {**values, "quiet_until": "", "seen_version": row.version})
    assert half.status_code == 422
    assert "要一起填" in half.content.decode()
    stale = client.post(reverse("notice_settings"), {**values, "seen_version": row.version - 1})
    assert stale.status_code == 409


def test_a_robots_address_is_never_shown_again(cast: Cast, client_of, settings):
    client = client_of(cast.county_clerk)
    with robot(settings) as group:
        url = f"http://127.0.0.1:{group.server_port}/send?key=verysecretkey"
        page = client.post(
            reverse("set_robot"), {"kind": "dingtalk", "url": url, "secret": "SECx"}, follow=True
        ).content.decode()
        assert "钉钉 · 127.0.0.1" in page
        assert "verysecretkey" not in page
        row = NoticeSettings.objects.get()
        assert "verysecretkey" not in row.robot_url
        assert sealed.unseal(row.robot_url) == url
        client.post(reverse("try_robot"))
        assert services_delivery.send_waiting() == 1
        client.post(reverse("drop_robot"))
    assert NoticeSettings.objects.get().robot_url == ""
    refused = client.post(reverse("set_robot"), {"kind": "wecom", "url": "https://elsewhere.example/x"})
    assert refused.status_code == 422
    assert "不在允许外发的名单里" in refused.content.decode()


def test_a_deputy_sets_the_own_notices_and_not_the_principals(cast: Cast):
    cast.county_clerk.principal_of = cast.county_reviewer
    services_notice.choose(
        actor=cast.county_clerk, choices={}, digest=False, quiet_from=None, quiet_until=None
    )
    assert NoticeSettings.objects.get().user_id == cast.county_reviewer.pk


def test_the_administrator_sees_why_and_sends_again(cast: Cast, client_of, settings):
    admin = client_of(cast.system_admin)
    with post_office(settings) as post:
        services_notice.ask_email(actor=cast.county_clerk, email="nobody@dept.example")
        services_delivery.send_waiting()
        row = Delivery.objects.get()
        page = admin.get(reverse("deliveries")).content.decode()
        assert "邮件服务器不收这封信（550）" in page
        assert "孟晴" in page
        assert "邮箱确认信" in page
        assert "nobody@dept.example" not in page
        admin.post(reverse("retry_delivery", args=[row.pk]))
        row.refresh_from_db()
        assert row.state == "queued"
        services_delivery.send_waiting()
        page = admin.post(reverse("drop_delivery", args=[row.pk]), follow=True).content.decode()
        assert "没有要处理的" in page
        assert post.letters == []
