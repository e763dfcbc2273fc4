"""推送: off by default, signed, told at least once under one number, and only of what their maker sees."""

from __future__ import annotations

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible
from dugai.management.handlers import HANDLERS, WITHOUT_TRANSACTION
from dugai.management.working import run_one
from dugai.notices import services_webhook
from dugai.notices.models import Webhook
from tests.cast import make_inspection, make_problem

pytestmark = pytest.mark.django_db


class Receiver(BaseHTTPRequestHandler):
    """Another system: keeps what it is told and answers as it was told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((dict(self.headers), body))
        answers = self.server.answers
        self.send_response(answers.pop(0) if answers else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_HOSTS = frozenset({"127.0.0.1"})
    settings.OUTBOUND_LOOPBACK = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.told, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def webhook(user, url: str, kinds=("problem.registered",), *, on: bool = True) -> tuple[Webhook, str]:
    row, secret = services_webhook.add_webhook(actor=user, label="数据平台", url=url, kinds=kinds)
    if on:
        row = services_webhook.switch_webhook(actor=user, webhook_id=row.pk, active=True, seen_version=1)
    return row, secret


def work() -> list[str]:
    """Run every delivery that is due; return the states the jobs ended in."""
    states = []
    deliveries = {kind: HANDLERS[kind] for kind in WITHOUT_TRANSACTION}
    while (job := run_one(deliveries)) is not None:
        job.refresh_from_db()
        states.append(job.state)
    return states


def test_an_event_is_told_with_a_signature_and_no_content(cast, receiver):
    row, secret = webhook(cast.province_manager, receiver.url)
    problem = make_problem(cast)
    assert services_webhook.enqueue_news() == 1
    assert work() == ["done"]
    ((headers, body),) = receiver.told
    event = Event.objects.get(kind="problem.registered")
    told = json.loads(body)
    assert told["subject"] == {"type": "problem", "id": problem.pk, "version": 1}
    assert set(told) == {"delivery", "event", "kind", "at", "subject"}
    assert told["delivery"] == headers["Dugai-Delivery"] == services_webhook.delivery_id(row, event)
    moment, signed = (part.split("=")[1] for part in headers["Dugai-Signature"].split(","))
    assert signed == services_webhook.signature(secret, int(moment), body)
    row.refresh_from_db()
    assert row.told_status == "204"


def test_a_second_look_tells_nothing_twice(cast, receiver):
    webhook(cast.province_manager, receiver.url)
    make_problem(cast)
    assert [services_webhook.enqueue_news(), services_webhook.enqueue_news()] == [1, 0]
    work()
    assert services_webhook.enqueue_news() == 0
    assert len(receiver.told) == 1


def test_a_failure_is_tried_again_under_the_same_number(cast, receiver):
    webhook(cast.province_manager, receiver.url)
    make_problem(cast)
    receiver.answers += [500, 302]
    services_webhook.enqueue_news()
    now = clock.now()
    states = []
    for minute in range(3):
        with time_machine.travel(now + dt.timedelta(minutes=minute)):
            states += work()
    assert states == ["ready", "ready", "done"]
    assert len({headers["Dugai-Delivery"] for headers, _ in receiver.told}) == 1
    assert len(receiver.told) == 3


def test_after_the_last_try_it_waits_for_a_person(cast, receiver):
    webhook(cast.province_manager, receiver.url)
    make_problem(cast)
    receiver.answers += [503] * 9
    services_webhook.enqueue_news()
    now = clock.now()
    for minute in range(7):
        with time_machine.travel(now + dt.timedelta(minutes=minute)):
            work()
    job = Job.objects.get(kind=services_webhook.JOB)
    assert (job.state, job.message, len(receiver.told)) == ("parked", "对方回答 503", 5)


def test_it_is_off_until_it_is_switched_on_and_begins_there(cast, receiver):
    inspection = make_inspection(cast)
    row, _ = webhook(cast.province_manager, receiver.url, on=False)
    make_problem(cast, inspection, 1)
    assert services_webhook.enqueue_news() == 0
    row = services_webhook.switch_webhook(
        actor=cast.province_manager, webhook_id=row.pk, active=True, seen_version=row.version
    )
    assert services_webhook.enqueue_news() == 0
    make_problem(cast, inspection, 2)
    assert services_webhook.enqueue_news() == 1
    services_webhook.switch_webhook(
        actor=cast.province_manager, webhook_id=row.pk, active=False, seen_version=row.version
    )
    assert work() == ["done"]
    assert receiver.told == []


def test_it_tells_only_what_its_maker_sees(cast, receiver):
    from dugai.people import services  # noqa: PLC0415  this test alone makes a person
    from dugai.people.models import Organisation  # noqa: PLC0415  the same

    other = services.add_user(
        actor=None,
        username="other_city_manager",
        name="丁然然",
        organisation=Organisation.objects.get(code="990200ZG"),
        role="office_manager",
        password="江源-2026-Pass",
        must_change_password=False,
    )
    webhook(other, receiver.url)
    make_problem(cast)
    assert services_webhook.enqueue_news() == 0


def test_who_may_and_what_may(cast, receiver, settings):
    with pytest.raises(Forbidden):
        webhook(cast.county_clerk, receiver.url)
    row, secret = webhook(cast.province_manager, receiver.url, on=False)
    assert secret not in row.secret
    assert not Event.objects.filter(body__contains=secret).exists()
    with pytest.raises(NotVisible):
        services_webhook.switch_webhook(
            actor=cast.city_reviewer, webhook_id=row.pk, active=True, seen_version=1
        )
    with pytest.raises(Conflict):
        services_webhook.switch_webhook(
            actor=cast.province_manager, webhook_id=row.pk, active=True, seen_version=9
        )
    for wrong, field in (
        ({"url": "http://127.0.0.2/x"}, "url"),
        ({"kinds": ["user.added"]}, "kinds"),
        ({"label": ""}, "label"),
    ):
        right = {"label": "数据平台", "url": receiver.url, "kinds": ["task.split"]}
        with pytest.raises(InvalidInput) as refusal:
            services_webhook.add_webhook(actor=cast.province_manager, **(right | wrong))
        assert list(refusal.value.fields) == [field]
