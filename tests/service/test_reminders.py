"""到期提醒: each step of each date once, the nearest one after days without a run, from rule data."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
import time_machine

from dugai.journal.models import Event
from dugai.journal.services import record
from dugai.kernel import clock
from dugai.notices import rules_delivery, services, services_delivery, services_notice, services_reminder
from dugai.notices.models import Delivery, Message
from dugai.notices.rules_delivery import open_from, reminder_step
from dugai.rulebook.models import RuleSet
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.mail import post_office, reach, text_of
from tests.rounds import open_may

DUE = dt.date(2026, 6, 30)


def at(day: dt.date, hour: int = 6) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), tzinfo=clock.SHANGHAI)


def reminded(kind: str = "task.due_soon") -> list[str]:
    return [
        clock.local(moment).date().isoformat()
        for moment in Event.objects.filter(kind=kind).order_by("pk").values_list("at", flat=True)
    ]


def run_days(first: dt.date, last: dt.date) -> None:
    for number in range((last - first).days + 1):
        with time_machine.travel(at(first + dt.timedelta(days=number)), tick=False):
            services_reminder.remind()
            services_reminder.remind()


@pytest.mark.django_db
def test_a_task_is_named_thirty_seven_and_one_day_before(cast: Cast):
    with time_machine.travel(at(dt.date(2026, 5, 20)), tick=False):
        make_problem(cast, when="2026年6月底前")
    run_days(dt.date(2026, 5, 25), dt.date(2026, 7, 2))
    assert reminded() == ["2026-05-31", "2026-06-23", "2026-06-29"]
    with time_machine.travel(at(DUE), tick=False):
        services.deliver()
    titles = list(
        Message.objects.filter(user=cast.county_clerk, event__kind="task.due_soon")
        .order_by("pk")
        .values_list("title", flat=True)
    )
    assert [title.rsplit("：", 1)[1] for title in titles] == [
        "还有 30 天到期",
        "还有 7 天到期",
        "还有 1 天到期",
    ]


@pytest.mark.django_db
def test_after_days_without_a_run_only_the_nearest_step_is_named(cast: Cast):
    with time_machine.travel(at(dt.date(2026, 5, 20)), tick=False):
        make_problem(cast, when="2026年6月底前")
        services_reminder.remind()
    run_days(dt.date(2026, 6, 26), dt.date(2026, 6, 26))
    assert reminded() == ["2026-06-26"]
    run_days(dt.date(2026, 7, 5), dt.date(2026, 7, 5))
    assert reminded() == ["2026-06-26"]


@pytest.mark.django_db
def test_a_first_run_names_what_falls_on_that_day_and_nothing_older(cast: Cast):
    with time_machine.travel(at(dt.date(2026, 5, 20)), tick=False):
        make_problem(cast, when="2026年6月底前")
    run_days(dt.date(2026, 6, 10), dt.date(2026, 6, 10))
    assert reminded() == []


@pytest.mark.django_db
def test_a_region_sets_its_own_days(cast: Cast):
    with time_machine.travel(at(dt.date(2026, 5, 20)), tick=False):
        inspection = make_inspection(cast)
        make_problem(cast, inspection, 1, when="2026年6月底前")
        make_problem(cast, inspection, 2, owners=(cast.neighbour_bureau,), when="2026年6月底前")
        rules = RuleSet(
            name="reminders",
            region=cast.county,
            number=1,
            valid_from=dt.date(2026, 1, 1),
            values={"task_days": [15, "x"]},
        )
        rules.save(force_insert=True)
        record(actor=None, kind="rule_set.added", subject=rules)
    run_days(dt.date(2026, 6, 14), dt.date(2026, 6, 16))
    assert reminded() == ["2026-06-15"]
    (event,) = Event.objects.filter(kind="task.due_soon")
    assert event.subject_id == task_of(inspection.problems.unscoped("a test looks").get(number=1)).pk


@pytest.mark.django_db
def test_a_round_is_named_to_those_who_owe(cast: Cast):
    with time_machine.travel(at(dt.date(2026, 5, 18), 9), tick=False):
        make_problem(cast)
        open_may(cast)
        services_reminder.remind()
    run_days(dt.date(2026, 5, 19), dt.date(2026, 5, 26))
    assert reminded("round.due_soon") == ["2026-05-22", "2026-05-24"]
    with time_machine.travel(at(dt.date(2026, 5, 24), 7), tick=False):
        services.deliver()
    told = Message.objects.filter(event__kind="round.due_soon").values_list("user__username", flat=True)
    assert set(told) == {"county_clerk", "county_reviewer"}


@pytest.mark.django_db
def test_a_days_reminders_are_one_letter(cast: Cast, settings):
    with time_machine.travel(at(dt.date(2026, 6, 22), 9), tick=False), post_office(settings) as post:
        reach(cast.county_clerk, post)
        services_notice.choose(
            actor=cast.county_clerk,
            choices={"due": {"mail": "now"}, "assigned": {"mail": "off"}},
            digest=False,
            quiet_from=None,
            quiet_until=None,
        )
        make_problem(cast, owners=(cast.county_bureau,) * 3, when="2026年6月底前")
        services.deliver()
        with time_machine.travel(at(dt.date(2026, 6, 23)), tick=False):
            assert services_reminder.remind() == 3
            services.deliver()
            assert services_delivery.send_waiting() == 0  # not before the morning
        with time_machine.travel(at(dt.date(2026, 6, 23), 8), tick=False):
            assert services_delivery.send_waiting() == 1
            services.deliver()
            assert services_delivery.send_waiting() == 0
        (letter,) = post.letters
        assert text_of(letter).count("还有 7 天到期") == 3
        assert Delivery.objects.filter(kind="due").count() == 1


def test_a_step_is_named_on_one_day_however_the_days_are_cut():
    for gap in (1, 2, 5, 40):
        named = []
        day = dt.date(2026, 5, 1)
        while day < dt.date(2026, 7, 10):
            step = reminder_step(DUE, [30, 7, 1], day - dt.timedelta(days=gap), day)
            named += [step] if step is not None else []
            day += dt.timedelta(days=gap)
        assert len(named) == len(set(named)) <= 3
    assert reminder_step(DUE, [0], DUE - dt.timedelta(days=1), DUE) == 0
    assert reminder_step(DUE, [0, 1], DUE, DUE + dt.timedelta(days=1)) is None


def test_quiet_hours_may_span_midnight():
    noon = at(dt.date(2026, 5, 18), 12)
    assert open_from(noon, 20, 8) == noon
    assert open_from(noon, 12, 14) == noon.replace(hour=14)
    assert open_from(noon.replace(hour=23), 20, 8) == at(dt.date(2026, 5, 19), 8)
    assert open_from(noon.replace(hour=3), 20, 8) == noon.replace(hour=8)
    assert open_from(noon, None, None) == open_from(noon, 5, 5) == noon


def test_the_waits_grow_and_end():
    waits = [rules_delivery.pause_after(number) for number in range(1, 9)]
    assert all(later > sooner for sooner, later in itertools.pairwise(waits[:-1]))
    assert waits[-1] is None
