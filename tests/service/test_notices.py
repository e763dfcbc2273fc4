"""People hear of what concerns them: once, whatever is delivered twice, late or out of order (D8, F22)."""

from __future__ import annotations

import random

import pytest

from dugai.insight import event_words
from dugai.journal.models import Event
from dugai.journal.services import record
from dugai.notices import queries, services
from dugai.notices.audiences import AUDIENCES
from dugai.notices.models import Message
from tests.cast import Cast, make_problem, task_of
from tests.web.ledger_sample import make_round

pytestmark = pytest.mark.django_db


def titles(user) -> list[str]:
    return [message.title for message in queries.inbox(user).messages]


def test_a_unit_hears_of_its_new_task_and_nobody_else_of_it(cast: Cast):
    task = task_of(make_problem(cast))
    services.deliver()
    line = f"交办给您单位：{task.code} {task.title}"
    assert titles(cast.county_clerk) == [line]
    assert titles(cast.county_reviewer) == [line]
    assert titles(cast.neighbour_clerk) == []
    assert titles(cast.province_clerk) == []


def test_a_second_delivery_says_nothing_again(cast: Cast):
    make_problem(cast)
    first = services.deliver()
    assert first == Message.objects.count() > 0
    assert services.deliver() == 0
    assert Message.objects.count() == first


def test_three_deliveries_out_of_order_are_one_message(cast: Cast):
    make_problem(cast)
    make_round(cast)
    events = list(Event.objects.all()) * 3
    random.Random(7).shuffle(events)
    for event in events:
        services.announce(events=[event])
    once = Message.objects.count()
    keys = set(Message.objects.values_list("user", "event", "channel"))
    assert once == len(keys) > 0
    services.deliver()
    assert Message.objects.count() == once


def test_batches_of_any_size_read_the_same_journal(cast: Cast):
    make_problem(cast)
    services.deliver(batch=1)
    one_by_one = set(Message.objects.values_list("user", "event"))
    Message.objects.all().delete()
    services.announce(events=Event.objects.order_by("pk"))
    assert set(Message.objects.values_list("user", "event")) == one_by_one


def test_what_was_sent_back_reaches_the_unit_with_the_name_of_the_round(cast: Cast):
    make_problem(cast)
    round_ = make_round(cast, states=("submitted",))
    report = round_.reports.unscoped("a test looks at its own row").get()
    record(actor=cast.city_reviewer, kind="report.submitted", subject=_Plain(report))
    record(actor=cast.city_reviewer, kind="report.sent_back", subject=_Plain(report), reason="缺照片")
    services.announce(events=Event.objects.filter(kind__in=["report.submitted", "report.sent_back"]))
    assert len(titles(cast.county_clerk)) == 1
    assert titles(cast.county_clerk)[0].startswith(round_.title)
    assert "退回" in titles(cast.county_clerk)[0]
    assert "等您单位审核" in titles(cast.city_clerk)[0]
    assert titles(cast.city_reviewer) == []  # who did it does not hear of it


def test_reading_is_each_persons_own(cast: Cast):
    make_problem(cast)
    services.deliver()
    assert queries.unread_count(cast.county_clerk) == 1
    (message,) = queries.inbox(cast.county_clerk).messages
    assert services.mark_read(actor=cast.neighbour_clerk, message_ids=[message.pk]) == 0
    assert queries.unread_count(cast.county_clerk) == 1
    assert services.mark_read(actor=cast.county_clerk) == 1
    assert queries.unread_count(cast.county_clerk) == 0
    assert queries.unread_count(cast.county_reviewer) == 1


def test_the_inbox_pages_without_gap_or_double(cast: Cast, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    make_problem(cast, owners=(cast.county_bureau,) * 5)
    services.deliver()
    seen, before = [], None
    while True:
        page = queries.inbox(cast.county_clerk, before=before)
        seen += [message.pk for message in page.messages]
        before = page.next_id
        if before is None:
            break
    everything = Message.objects.filter(user=cast.county_clerk).order_by("-pk")
    assert seen == list(everything.values_list("pk", flat=True))
    assert len(seen) == 5


def test_every_kind_somebody_hears_of_has_words():
    assert set(AUDIENCES) <= set(event_words.WORDS)


class _Plain:
    """A recorded row spoken of without a new version, so that one event can be told of it."""

    def __new__(cls, row):
        plain = type("Row", (), {"pk": row.pk, "_meta": type("Meta", (), {"model_name": row.subject_type})})
        return plain()
