"""The time axis: one story for each numbered rule, and the words that explain it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.deadlines import UnknownDeadline
from dugai.ledger.rules import (
    Clock,
    Milestone,
    behind_from,
    counts_time,
    days_left,
    explain_lamp,
    lags,
    lamp,
    milestones_of,
    plain,
    time_status,
    worst_lamp,
)
from dugai.ledger.states import Closure, Lamp, Progress, TimeStatus

T, L, P, C = TimeStatus, Lamp, Progress, Closure
TODAY = dt.date(2026, 4, 23)
PIPES = Milestone("完成管网 3 公里", dt.date(2026, 3, 31))


def day(text):
    return dt.date.fromisoformat(text)


def see(clock, progress=P.IN_PROGRESS, closure=C.OPEN, today=TODAY):
    """Status, lamp and words of one task on one day; status and lamp come by two ways."""
    status = time_status(clock, progress=progress, closure=closure, today=today)
    since = behind_from(clock, progress=progress, closure=closure)
    shown = lamp(closure, progress, clock.due, since, today=today)
    return status, shown, explain_lamp(clock, progress=progress, closure=closure, today=today)


def test_far_from_due_is_on_schedule():
    assert see(Clock(due=day("2026-12-31"))) == (T.ON_SCHEDULE, L.ONTRACK, "剩 252 天")


def test_without_any_date_nothing_is_due():
    assert see(Clock()) == (T.NOT_DUE, L.ONTRACK, "没有截止日期")


def test_before_work_begins_nothing_is_due():
    clock = Clock(due=day("2026-12-31"), starts_on=day("2026-05-01"))
    assert see(clock)[0] is T.NOT_DUE
    assert see(clock, today=day("2026-05-01"))[0] is T.ON_SCHEDULE


def test_rule_1_done_stops_the_clock_and_says_that_it_is_not_closed():
    clock = Clock(due=day("2026-01-31"))
    assert see(clock, P.DONE) == (T.ON_SCHEDULE, L.DONE, "责任单位已报“已完成”，还没有申请验收，没有销号")
    assert see(clock, P.DONE, C.IN_NOTICE)[2] == "责任单位已报“已完成”，公示中，没有销号"
    assert see(clock, P.DONE, C.CLOSED) == (T.ON_SCHEDULE, L.CLOSED, "已销号，不再计时")


def test_rule_1_carried_over_is_timed_in_the_next_round():
    assert see(Clock(due=day("2026-01-31")), closure=C.CARRIED_OVER) == (
        T.ON_SCHEDULE,
        L.ONTRACK,
        "已转入下一轮，在下一轮计时",
    )


def test_reopened_work_is_timed_again_even_while_it_still_says_done():
    assert counts_time(P.DONE, C.REOPENED)
    assert see(Clock(due=day("2026-01-31")), P.DONE, C.REOPENED)[:2] == (T.OVERDUE, L.OVERDUE)


def test_rule_2_the_day_after_the_date_is_overdue():
    clock = Clock(due=day("2026-04-22"))
    assert see(clock) == (T.OVERDUE, L.OVERDUE, "超 1 天")
    assert see(clock, today=day("2026-04-22")) == (T.DUE_SOON, L.SOON, "剩 0 天")


def test_rule_3_the_offices_own_date():
    clock = Clock(due=day("2026-12-31"), internal_due=day("2026-03-31"))
    assert see(clock) == (T.BEHIND, L.BEHIND, "内部时限 2026年3月31日 已过，未报完成，规则 3")


def test_rule_4_a_missed_node():
    clock = Clock(due=day("2026-12-31"), milestones=(PIPES,))
    assert see(clock) == (T.BEHIND, L.BEHIND, "2026-03 的节点“完成管网 3 公里”未完成，规则 4")
    met = Milestone(PIPES.name, PIPES.due, met_on=day("2026-04-20"))
    assert see(Clock(due=day("2026-12-31"), milestones=(met,)))[0] is T.ON_SCHEDULE


def test_rule_5_a_missed_quantity():
    node = Milestone("管网", day("2026-03-31"), planned=Decimal("3.50"))
    words = "2026-03 的节点“管网”应完成 3.5，已完成 2，规则 5"
    assert see(Clock(due=day("2026-12-31"), milestones=(node,), done=Decimal(2)))[2] == words
    assert see(Clock(due=day("2026-12-31"), milestones=(node,), done=Decimal("3.5")))[0] is T.ON_SCHEDULE
    assert see(Clock(due=day("2026-12-31"), milestones=(node,)))[1] is L.BEHIND


def test_rule_6_a_standing_duty_without_proof():
    clock = Clock(evidence_due=day("2026-03-31"))
    assert see(clock) == (T.BEHIND, L.BEHIND, "长期任务应在 2026年3月31日 前报佐证，还没有报，规则 6")
    assert see(clock, today=day("2026-03-31"))[0] is T.ON_SCHEDULE


def test_rule_7_work_that_has_not_begun():
    clock = Clock(due=day("2026-12-31"), start_by=day("2026-03-31"))
    assert see(clock, P.NOT_STARTED)[2] == "应在 2026年3月31日 前启动，还未启动，规则 7"
    assert see(clock, P.IN_PROGRESS)[0] is T.ON_SCHEDULE


def test_rule_8_soon_is_the_offices_number_of_days():
    clock = Clock(due=day("2026-05-23"))
    assert see(clock) == (T.DUE_SOON, L.SOON, "剩 30 天")
    assert time_status(clock, progress=P.IN_PROGRESS, today=TODAY, soon_days=29) is T.ON_SCHEDULE


def test_all_reasons_are_given_in_order_of_time():
    clock = Clock(due=day("2026-12-31"), internal_due=day("2026-04-01"), milestones=(PIPES,))
    assert [(lag.since, lag.rule) for lag in lags(clock, progress=P.IN_PROGRESS)] == [
        (day("2026-04-01"), 4),
        (day("2026-04-02"), 3),
    ]
    assert see(clock)[2].count("；") == 1


def test_behind_from_is_the_first_day_it_counts_or_none():
    clock = Clock(due=day("2026-12-31"), milestones=(PIPES,))
    assert behind_from(clock, progress=P.IN_PROGRESS) == day("2026-04-01")
    assert behind_from(clock, progress=P.DONE) is None
    assert behind_from(Clock(due=day("2026-12-31")), progress=P.IN_PROGRESS) is None
    late = Milestone("收尾", day("2027-01-31"))
    assert behind_from(Clock(due=day("2026-12-31"), milestones=(late,)), progress=P.IN_PROGRESS) is None


def test_the_worst_lamp_is_shown():
    assert worst_lamp([L.DONE, L.SOON, L.BEHIND]) is L.BEHIND
    assert worst_lamp([]) is None


def test_the_parts_before_the_last_become_nodes():
    nodes = milestones_of(parse_deadline("2022年6月底（2025年12月底前完成目标）"))
    assert nodes == (Milestone("阶段目标", day("2022-06-30")),)
    named = milestones_of(parse_deadline("2024年底前建成一期，2025年底前建成二期"))
    assert named == (Milestone("建成一期", day("2024-12-31")),)
    assert milestones_of(UnknownDeadline("另行通知", "读不出")) == ()
    assert milestones_of(parse_deadline("短期攻坚、中期推进、长期坚持")) == ()


@pytest.mark.parametrize(("number", "text"), [("3.50", "3.5"), ("1E+2", "100"), ("100", "100"), ("0.0", "0")])
def test_decimals_are_written_plainly(number, text):
    assert plain(Decimal(number)) == text


def test_days_left_without_a_date():
    assert days_left(None, TODAY) is None
