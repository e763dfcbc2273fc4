"""Calling a round, keeping it complete, and closing it for good."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, InvalidInput, NotVisible, Refused
from dugai.ledger import services_task
from dugai.ledger.entries import NewTarget, NewTask
from dugai.progress import queries_report, queries_round, services_review, services_round, tallies
from dugai.progress import services_report as services
from dugai.progress.models import Report, Round
from dugai.progress.services_round import close_round, lay_out_round
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.rounds import JUNE_1, MAY_18, MAY_26, WHY, fresh, open_may, report_of, submit, walk_up

pytestmark = pytest.mark.django_db


def again(round_: Round) -> Round:
    """Return the round as the database has it now."""
    found: Round = Round.objects.unscoped(WHY).get(pk=round_.pk)
    return found


def close(cast: Cast, round_: Round, **values) -> Round:
    """Close the books as the provincial manager."""
    return close_round(
        actor=cast.province_manager, round_id=round_.pk, seen_version=again(round_).version, **values
    )


@time_machine.travel(MAY_18, tick=False)
def test_only_an_office_calls_a_round_over_its_own_region(cast: Cast):
    make_problem(cast)
    for actor, region in (
        (cast.county_clerk, cast.county),
        (cast.county_office_clerk, cast.city),
        (cast.city_clerk, cast.province),
        (cast.leader, cast.province),
        (cast.system_admin, cast.province),
    ):
        with pytest.raises(Refused, match="只有本地区的整改办"):
            open_may(cast, actor=actor, region=region)
    assert not Round.objects.unscoped(WHY).exists()
    assert not Event.objects.filter(kind__startswith="round.").exists()


@time_machine.travel(MAY_18, tick=False)
def test_one_regular_round_a_period_and_region(cast: Cast):
    make_problem(cast)
    open_may(cast)
    with pytest.raises(Refused, match="已经发起过"):
        open_may(cast, actor=cast.province_manager)
    open_may(cast, actor=cast.city_clerk, region=cast.city)
    assert Round.objects.unscoped(WHY).count() == 2


@time_machine.travel(MAY_18, tick=False)
@pytest.mark.parametrize(
    ("kind", "period", "starts", "due"),
    [
        ("weekly", "2026-W21", dt.date(2026, 5, 18), dt.date(2026, 5, 22)),
        ("monthly", "2026-05", dt.date(2026, 5, 1), dt.date(2026, 5, 25)),
        ("quarterly", "2026-Q2", dt.date(2026, 4, 1), dt.date(2026, 6, 25)),
        ("special", "2026-05-18", dt.date(2026, 5, 18), dt.date(2026, 5, 28)),
    ],
)
def test_dates_follow_the_rules(cast: Cast, kind, period, starts, due):
    make_problem(cast)
    round_ = open_may(cast, kind=kind, title="汛前专项调度")
    assert (round_.period, round_.starts_on, round_.due_on) == (period, starts, due)
    assert round_.adopt_by == due + dt.timedelta(days=5)


@time_machine.travel(MAY_18, tick=False)
def test_dates_that_cannot_be_are_refused_beside_their_field(cast: Cast):
    make_problem(cast)
    with pytest.raises(InvalidInput) as refusal:
        open_may(cast, kind="special", due_on=dt.date(2026, 5, 1), adopt_by=dt.date(2026, 4, 1))
    assert set(refusal.value.fields) == {"due_on", "adopt_by", "title"}
    with pytest.raises(InvalidInput, match="没有“colour”这个条件"):
        open_may(cast, filters={"colour": "red"})
    with pytest.raises(Refused, match="没有未销号的任务"):
        open_may(cast, filters={"source_class": "self_found"})
    assert not Round.objects.unscoped(WHY).exists()


@time_machine.travel(MAY_18, tick=False)
def test_a_large_round_is_laid_out_in_batches_and_goes_on_after_a_stop(cast: Cast, monkeypatch):
    inspection = make_inspection(cast)
    for number in range(1, 6):
        make_problem(cast, inspection, number)
    monkeypatch.setattr(services_round, "AT_ONCE", 3)
    round_ = open_may(cast)
    assert (round_.state, round_.total) == ("opening", 0)
    seen = []
    for _ in range(4):
        round_ = lay_out_round(actor=cast.province_clerk, round_id=round_.pk, limit=2)
        seen.append((round_.state, round_.total))
    assert seen == [("opening", 2), ("opening", 4), ("open", 5), ("open", 5)]
    reports = Report.objects.unscoped(WHY).filter(round=round_)
    assert reports.count() == reports.values("task").distinct().count() == 5
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


@time_machine.travel(MAY_18, tick=False)
def test_nothing_is_filled_in_before_a_round_is_open(cast: Cast, monkeypatch):
    inspection = make_inspection(cast)
    for number in (1, 2, 3):
        make_problem(cast, inspection, number)
    monkeypatch.setattr(services_round, "AT_ONCE", 1)
    round_ = lay_out_round(actor=cast.province_clerk, round_id=open_may(cast).pk, limit=2)
    with pytest.raises(Refused, match="正在展开"):
        submit(cast.county_clerk, report_of(round_))
    with pytest.raises(Refused, match="只有发起单位"):
        lay_out_round(actor=cast.city_clerk, round_id=round_.pk)
    assert again(round_).total == 2


def test_opening_costs_the_same_number_of_statements_for_any_size(cast: Cast, django_assert_max_num_queries):
    inspection = make_inspection(cast)
    for number in range(1, 41):
        make_problem(cast, inspection, number)
    with time_machine.travel(MAY_18, tick=False), django_assert_max_num_queries(28):
        open_may(cast)


@time_machine.travel(MAY_18, tick=False)
def test_a_task_split_in_the_middle_hands_its_report_down(cast: Cast):
    task = task_of(make_problem(cast, owners=(cast.city_bureau,)))
    round_ = open_may(cast)
    report = report_of(round_)
    services_task.split_task(
        actor=cast.city_clerk,
        task_id=task.pk,
        seen_version=task.version,
        shares=[
            NewTask(owner=cast.county_bureau, targets=(NewTarget("管网", "公里", Decimal(4)),)),
            NewTask(owner=cast.neighbour_bureau, targets=(NewTarget("管网", "公里", Decimal("2.4")),)),
        ],
    )
    with pytest.raises(Refused, match="已经分解"):
        submit(cast.city_bureau_clerk, report)
    assert queries_round.closing(cast.province_manager, round_).uncovered == 2
    assert services_round.catch_up_round(actor=cast.province_clerk, round_id=round_.pk) == (2, 1)
    assert services_round.catch_up_round(actor=cast.province_clerk, round_id=round_.pk) == (0, 0)
    assert (fresh(report).state, again(round_).total) == ("void", 2)
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)
    child = Report.objects.unscoped(WHY).get(round=round_, owner=cast.county_bureau)
    walk_up(cast, submit(cast.county_clerk, child, added="4", progress="done"))
    parent, children = queries_report.rolled_up(cast.city_reviewer, fresh(child))  # type: ignore[misc]
    assert (parent.pk, parent.progress) == (task.pk, "partial")
    assert [row.progress for row in children] == ["done", "not_started"]
    assert queries_report.rolled_up(cast.neighbour_clerk, fresh(child)) is None
    (first,) = queries_round.board(cast.province_clerk, round_)[:1]
    assert (first.owed, first.missing, first.share) == (2, 1, 50)


def test_units_are_reminded_once_a_day_and_by_name(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        assert services_round.remind_units(actor=cast.province_clerk, round_id=round_.pk) == 1
        event = Event.objects.get(kind="round.reminded")
        assert '"name":"望渡县住建局"' in event.body
        with pytest.raises(Refused, match="今天 09:00 已经催过"):
            services_round.remind_units(actor=cast.province_clerk, round_id=round_.pk)
        with pytest.raises(Refused, match="只有整改办"):
            services_round.remind_units(actor=cast.county_clerk, round_id=round_.pk)
        submit(cast.county_clerk, report_of(round_))
    with time_machine.travel(MAY_26, tick=False), pytest.raises(Refused, match="没有欠报"):
        services_round.remind_units(actor=cast.province_clerk, round_id=round_.pk)
    assert Event.objects.filter(kind="round.reminded").count() == 1


def test_closing_waits_for_its_day_and_for_the_reviewers(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        submit(cast.county_clerk, report_of(round_))
        with pytest.raises(Refused, match="还没有过"):
            close(cast, round_)
    with time_machine.travel(JUNE_1, tick=False):
        with pytest.raises(Refused, match="还有 1 份已报未审"):
            close(cast, round_)
        with pytest.raises(Refused, match="只有发起单位的审核或管理人员"):
            close_round(actor=cast.province_clerk, round_id=round_.pk, seen_version=again(round_).version)
        with pytest.raises(Conflict):
            close_round(actor=cast.province_manager, round_id=round_.pk, seen_version=1)
        assert again(round_).state == "open"
        closed = close(cast, round_, leave_unreviewed=True)
    assert closed.figures["counts"]["submitted"] == 1
    assert closed.figures["rate"] == 10_000
    assert again(round_).covered == 1


def test_closing_is_final_but_for_a_recorded_exception(cast: Cast):
    inspection = make_inspection(cast)
    ours, missed = (task_of(make_problem(cast, inspection, number)) for number in (1, 2))
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        waiting = submit(cast.county_clerk, report_of(round_, ours))
    with time_machine.travel(JUNE_1, tick=False):
        closed = close(cast, round_, leave_unreviewed=True)
        report = report_of(round_, missed)
        for act in (
            lambda: submit(cast.county_clerk, report),
            lambda: services.save_draft(
                actor=cast.county_clerk, report_id=report.pk, seen_edition=0, values={}
            ),
            lambda: services.withdraw_report(actor=cast.county_clerk, report_id=waiting.pk),
            lambda: services_review.approve_report(actor=cast.county_reviewer, report_id=waiting.pk),
            lambda: services_review.send_back_report(
                actor=cast.county_reviewer, report_id=waiting.pk, reason="改"
            ),
            lambda: services_round.catch_up_round(actor=cast.province_clerk, round_id=round_.pk),
            lambda: services_round.remind_units(actor=cast.province_clerk, round_id=round_.pk),
            lambda: close(cast, round_),
        ):
            with pytest.raises(Refused, match="关账"):
                act()
        assert (fresh(report).state, fresh(waiting).state) == ("missed", "submitted")
        with pytest.raises(Refused, match="管理人员可以准予补报"):
            services_round.reopen_report(
                actor=cast.province_reviewer,
                report_id=report.pk,
                seen_version=fresh(report).version,
                reason="停电",
            )
        with pytest.raises(InvalidInput, match="原因"):
            services_round.reopen_report(
                actor=cast.province_manager,
                report_id=report.pk,
                seen_version=fresh(report).version,
                reason=" ",
            )
        services_round.reopen_report(
            actor=cast.province_manager,
            report_id=report.pk,
            seen_version=fresh(report).version,
            reason="5月25日全县停电",
        )
        done = walk_up(cast, submit(cast.county_clerk, report))
    assert (done.state, done.exception, done.late) == ("adopted", True, True)
    assert again(round_).figures == closed.figures
    assert Event.objects.filter(kind="report.reopened").count() == 1
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


@time_machine.travel(MAY_18, tick=False)
def test_each_sees_the_part_of_a_board_that_is_theirs(cast: Cast):
    inspection = make_inspection(cast)
    make_problem(cast, inspection)
    make_problem(cast, inspection, 2, owners=(cast.neighbour_bureau,))
    round_ = open_may(cast)

    def seen(viewer):
        return [(str(row.organisation), row.owed) for row in queries_round.board(viewer, round_)]

    assert seen(cast.province_clerk) == [("江源省", 2), ("朔岭市", 2)]
    assert seen(cast.city_clerk) == [("朔岭市", 2), ("望渡县", 1), ("雁回县", 1)]
    assert seen(cast.county_clerk) == [("望渡县住建局", 1)]
    assert [row[1] for row in seen(cast.other_city_reviewer)] == [0]
    with pytest.raises(NotVisible):
        queries_round.get_round(cast.system_admin, round_.pk)
    assert queries_round.board(cast.city_clerk, round_, cast.province)[0].organisation == cast.city
