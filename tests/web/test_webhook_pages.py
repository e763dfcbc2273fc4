"""The pages of webhooks: set up switched off, the secret shown once, tested, switched, tried again."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.notices import services_webhook
from dugai.notices.models import Webhook
from dugai.people.models import Answer
from tests.api.test_webhooks import receiver, webhook, work  # noqa: F401  the fixture is used by its name
from tests.cast import make_problem
from tests.web.test_ledger_pages import words
from tests.web.test_token_pages import confirmed

pytestmark = pytest.mark.django_db


def form(url: str, **changes):
    return {"label": "数据平台", "url": url, "kinds": ["problem.registered"], **changes}


def test_one_is_set_up_switched_off_and_its_secret_shown_once(cast, receiver):  # noqa: F811  the fixture
    client = confirmed(cast.province_manager)
    assert reverse("my_webhooks") in client.get(reverse("account")).content.decode()
    wrong = client.post(reverse("new_webhook"), form("https://elsewhere.example/hook"))
    assert wrong.status_code == 422
    assert "elsewhere.example" in wrong.content.decode()
    none = client.post(reverse("new_webhook"), form(receiver.url, kinds=[]))
    assert none.status_code == 422
    assert "请选推送哪些事" in words(none)
    made = client.post(reverse("new_webhook"), form(receiver.url))
    (secret,) = re.findall(r'<p class="mono token">([^<]+)</p>', made.content.decode())
    row = Webhook.objects.get()
    assert not row.active
    page = client.get(reverse("webhook", args=[row.pk]))
    assert "停用" in words(page)
    assert secret not in page.content.decode()
    assert secret not in client.get(reverse("my_webhooks")).content.decode()
    assert not Answer.objects.filter(body__contains=secret).exists()


def test_a_test_goes_out_while_it_is_off_and_stands_in_the_log(cast, receiver):  # noqa: F811  the fixture
    row, _ = webhook(cast.province_manager, receiver.url, on=False)
    client = confirmed(cast.province_manager)
    client.post(reverse("test_webhook", args=[row.pk]))
    assert work() == ["done"]
    ((headers, body),) = receiver.told
    assert headers["Dugai-Event"] == "webhook.tested"
    assert b"problem" not in body
    said = words(client.get(reverse("webhook", args=[row.pk])))
    assert ("测试推送" in said, "对方回答 204" in said) == (True, True)


def test_it_is_switched_on_and_off_by_version(cast, receiver):  # noqa: F811  the fixture
    row, _ = webhook(cast.province_manager, receiver.url, on=False)
    client = confirmed(cast.province_manager)
    address = reverse("switch_webhook", args=[row.pk])
    assert client.post(address, {"active": "yes", "seen_version": 9}).status_code == 409
    client.post(address, {"active": "yes", "seen_version": 1})
    row.refresh_from_db()
    assert row.active
    client.post(address, {"seen_version": 2})
    row.refresh_from_db()
    assert not row.active
    kinds = Event.objects.filter(subject_type="webhook").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["webhook.added", "webhook.switched_on", "webhook.switched_off"]


def test_a_parked_delivery_says_why_and_is_sent_again(cast, receiver):  # noqa: F811  the fixture
    row, _ = webhook(cast.province_manager, receiver.url)
    make_problem(cast)
    receiver.answers += [503] * 5
    services_webhook.enqueue_news()
    now = clock.now()
    for minute in range(7):
        with time_machine.travel(now + dt.timedelta(minutes=minute)):
            work()
    job = Job.objects.get(kind=services_webhook.JOB)
    client = confirmed(cast.province_manager)
    said = words(client.get(reverse("webhook", args=[row.pk])))
    assert ("已搁置" in said, "对方回答 503" in said, "重发" in said) == (True, True, True)
    retry = reverse("retry_push", args=[row.pk, job.pk])
    assert client.post(retry).status_code == 302
    assert work() == ["done"]
    assert len({headers["Dugai-Delivery"] for headers, _ in receiver.told}) == 1
    assert client.post(retry).status_code == 404


def test_a_neighbours_webhook_is_not_there(cast, receiver):  # noqa: F811  the fixture
    row, _ = webhook(cast.province_manager, receiver.url)
    client = confirmed(cast.city_reviewer)
    assert client.get(reverse("webhook", args=[row.pk])).status_code == 403
