"""A month of 调度, told once from beginning to end, and what each act refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from dugai.journal import verifying
from dugai.journal.models import Event
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, NotVisible, Refused
from dugai.ledger.models import Task
from dugai.progress import (
    lookups,
    queries_round,
    rules_round,
    services_review,
    services_round,
    tallies,
)
from dugai.progress import services_report as services
from dugai.progress.models import Report, Round
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.rounds import JUNE_1, MAY_18, MAY_26, WHY, fresh, open_may, report_of, submit, typed, walk_up

pytestmark = pytest.mark.django_db


def kinds(report: Report) -> list[str]:
    """Return the kinds of a report's events in order."""
    found = Event.objects.filter(subject_type="report", subject_id=report.pk)
    return list(found.order_by("pk").values_list("kind", flat=True))


def test_a_whole_month(cast: Cast):
    inspection = make_inspection(cast)
    ours = task_of(make_problem(cast, inspection))
    theirs = task_of(make_problem(cast, inspection, 2, owners=(cast.neighbour_bureau,)))
    lazy = task_of(make_problem(cast, inspection, 3, owners=(cast.city_bureau,)))
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        assert (round_.title, str(round_.due_on), str(round_.adopt_by)) == (
            "2026年5月调度",
            "2026-05-25",
            "2026-05-30",
        )
        assert (round_.state, round_.total) == ("open", 3)
        report = submit(cast.county_clerk, report_of(round_, ours))
        assert report.receipt == "JY-990121-260518-0001"
        assert report.at_desk_of == cast.county_bureau
        services_review.approve_report(actor=cast.county_reviewer, report_id=report.pk)
        returned = services_review.send_back_report(
            actor=cast.county_office_reviewer, report_id=report.pk, reason="只写了一条街，柳汀路段也要写"
        )
        assert (returned.state, returned.at_desk_of_id) == ("returned", None)
        report = submit(cast.county_clerk, report, added="2.4")
        assert report.receipt == "JY-990121-260518-0002"
        report = walk_up(cast, report)
    assert (report.state, report.late, report.reviewer) == ("adopted", False, cast.province_reviewer)
    target = ours.targets.get()
    assert target.done == Decimal("2.4")
    assert Task.objects.unscoped(WHY).get(pk=ours.pk).progress == "in_progress"
    with time_machine.travel(MAY_26, tick=False):
        late = submit(cast.neighbour_clerk, report_of(round_, theirs))
        assert late.late
        named = queries_round.named_units(cast.province_clerk, round_, "missing")
        assert [(row.unit, row.n, row.people) for row in named] == [
            (cast.city_bureau, 1, [cast.city_bureau_clerk])
        ]
        assert [row.unit for row in queries_round.named_units(cast.province_clerk, round_, "late")] == [
            cast.neighbour_bureau
        ]
        assert services_round.remind_units(actor=cast.province_clerk, round_id=round_.pk) == 1
        walk_up(cast, late, "city_reviewer", "province_reviewer")
    with time_machine.travel(JUNE_1, tick=False):
        round_ = Round.objects.unscoped(WHY).get(pk=round_.pk)
        closed = services_round.close_round(
            actor=cast.province_manager, round_id=round_.pk, seen_version=round_.version
        )
    figures = closed.figures
    assert (closed.state, figures["owed"], figures["rate"]) == ("closed", 3, 3333)
    assert {key: n for key, n in figures["counts"].items() if n} == {"adopted": 2, "missed": 1, "late": 1}
    assert [(unit["name"], unit["missed"], unit["late"]) for unit in figures["units"]] == [
        ("望渡县住建局", [], []),
        ("雁回县住建局", [], [theirs.code]),
        ("朔岭市住建局", [lazy.code], []),
    ]
    assert figures["digest"] == rules_round.digest_of(figures)
    assert kinds(report) == [
        "report.owed",
        "report.submitted",
        "report.passed_up",
        "report.sent_back",
        "report.submitted",
        "report.passed_up",
        "report.passed_up",
        "report.passed_up",
        "report.adopted",
    ]
    assert kinds(report_of(round_, lazy)) == ["report.owed", "report.missed"]
    assert verifying.verify_rows().findings == []
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


def test_next_month_begins_where_this_one_ended(cast: Cast):
    task = task_of(make_problem(cast))
    with time_machine.travel(MAY_18, tick=False):
        walk_up(cast, submit(cast.county_clerk, report_of(open_may(cast), task)))
    with time_machine.travel(JUNE_1, tick=False):
        june = open_may(cast, day=JUNE_1.date())
        report = report_of(june, task)
        last = lookups.last_adopted(report)
        base = lookups.baseline_of(report, last)
        assert (base.percent, base.funds_paid) == (31, Decimal(320))
        assert [(line.before, line.amount) for line in base.lines] == [(Decimal(2), Decimal("6.4"))]
        assert lookups.typed_values(None, base)["summary"].startswith("5月完成")
        done = services.report_no_change(
            actor=cast.county_clerk, report_id=report.pk, reason="汛期停工，6月20日复工"
        )
    assert (done.percent, done.funds_paid, done.no_change_reason) == (
        31,
        Decimal(320),
        "汛期停工，6月20日复工",
    )
    assert [(row["before"], row["added"], row["total"]) for row in done.quantities] == [("2", "0", "2")]


def test_no_change_needs_something_before_and_a_reason(cast: Cast):
    task = task_of(make_problem(cast))
    with time_machine.travel(MAY_18, tick=False):
        report = report_of(open_may(cast), task)
        with pytest.raises(Refused, match="第一次请填全"):
            services.report_no_change(actor=cast.county_clerk, report_id=report.pk, reason="停工")
        with pytest.raises(InvalidInput, match="为什么没有变化"):
            services.report_no_change(actor=cast.county_clerk, report_id=report.pk, reason="  ")
    assert fresh(report).state == "owed"
    assert kinds(report) == ["report.owed"]


def test_a_neighbour_cannot_touch_our_report(cast: Cast):
    with time_machine.travel(MAY_18, tick=False):
        make_problem(cast)
        report = report_of(open_may(cast))
        with pytest.raises(NotVisible):
            submit(cast.neighbour_clerk, report)
        with pytest.raises(Refused, match="只有承担任务的单位"):
            submit(cast.city_reviewer, report)
    assert fresh(report).state == "owed"
    assert kinds(report) == ["report.owed"]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"summary": ""}, "summary", "还没写本期做了什么"),
        ({"next_step": ""}, "next_step", "还没写下一步"),
        ({"progress": "done"}, "progress", "还差 4.4 公里"),
        ({"progress": "not_started"}, "progress", "自评不能是“未启动”"),
        ({"progress": ""}, "progress", "请选一项"),
        ({"added": "两公里"}, "added", "不是数字"),
        ({"added": "-1"}, "added", "小于 0"),
        ({"added": "1.23456"}, "added", "4 位小数"),
        ({"funds_added": "１，２３４万"}, "funds_added", "不是数字"),
        ({"summary": "字" * 5001}, "summary", "最多 5000 字"),
    ],
)
def test_a_report_that_does_not_add_up_is_refused_beside_its_field(cast: Cast, values, field, words):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        report = report_of(open_may(cast))
        with pytest.raises(InvalidInput) as refusal:
            submit(cast.county_clerk, report, **values)
    name = field if field != "added" else f"added_{report.task.targets.get().pk}"
    assert list(refusal.value.fields) == [name]
    assert words in refusal.value.fields[name]
    assert fresh(report).state == "owed"


def test_what_falls_is_explained(cast: Cast):
    task = task_of(make_problem(cast))
    with time_machine.travel(MAY_18, tick=False):
        walk_up(cast, submit(cast.county_clerk, report_of(open_may(cast), task)))
    with time_machine.travel(JUNE_1, tick=False):
        report = report_of(open_may(cast, day=JUNE_1.date()), task)
        with pytest.raises(InvalidInput, match="1 处要改") as refusal:
            submit(cast.county_clerk, report, added="-0.5")
        assert refusal.value.fields == {"correction": "管网由 2 降到 1.5 公里。请在“更正说明”里写明原因。"}
        report = submit(cast.county_clerk, report, added="-0.5", correction="4月多报 0.5 公里，经复测更正")
        walk_up(cast, report)
    assert task.targets.get().done == Decimal("1.5")


def test_a_draft_is_kept_as_typed_and_two_writers_are_kept_apart(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        report = report_of(open_may(cast))
        first = services.save_draft(
            actor=cast.county_clerk,
            report_id=report.pk,
            seen_edition=0,
            values={"summary": "写到一半", "added_1": "两"},
        )
        again = services.save_draft(
            actor=cast.county_clerk,
            report_id=report.pk,
            seen_edition=first.edition,
            values={"summary": "写到一半，又写"},
        )
        assert (first.edition, again.edition, fresh(report).state) == (1, 2, "draft")
        assert kinds(report) == ["report.owed", "report.started"]
        with pytest.raises(services.DraftConflict, match="孟晴 09:00 改过") as conflict:
            services.save_draft(
                actor=cast.county_reviewer,
                report_id=report.pk,
                seen_edition=1,
                values={"summary": "审核人写的"},
            )
        assert (conflict.value.theirs, conflict.value.mine) == (
            {"summary": "写到一半，又写"},
            {"summary": "审核人写的"},
        )
        with pytest.raises(Conflict):
            services.submit_report(
                actor=cast.county_reviewer, report_id=report.pk, seen_edition=1, values=typed(fresh(report))
            )
    assert lookups.draft_of(report).values == {"summary": "写到一半，又写"}
    assert fresh(report).state == "draft"


def test_a_report_is_taken_back_only_before_review(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_26, tick=False):
        round_ = open_may(cast)
        report = submit(cast.county_clerk, report_of(round_))
        assert report.late
        back = services.withdraw_report(actor=cast.county_clerk, report_id=report.pk)
        assert (back.state, back.late, back.at_desk_of_id) == ("draft", False, None)
        assert tallies.stored(round_.pk) == tallies.recount(round_.pk)
        submit(cast.county_clerk, report)
        services_review.approve_report(actor=cast.county_reviewer, report_id=report.pk)
        with pytest.raises(Refused, match="已经有人审过"):
            services.withdraw_report(actor=cast.county_clerk, report_id=report.pk)
    assert fresh(report).state == "submitted"


def test_nobody_reviews_their_own_report_not_even_as_a_deputy(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        report = report_of(open_may(cast))
        # The reviewer fills in herself: the unit has no other reviewer, so the report goes to the county office.
        report = submit(cast.county_reviewer, report)
        assert report.at_desk_of == cast.county_office
        deputy = cast.county_office_reviewer
        deputy.principal_of = cast.county_reviewer
        with pytest.raises(Forbidden, match="您自己报的"):
            services_review.approve_report(actor=deputy, report_id=report.pk)
        deputy.principal_of = None
        assert fresh(report).reviewer is None
        services_review.approve_report(actor=deputy, report_id=report.pk)
    assert fresh(report).at_desk_of == cast.city_office


def test_a_report_is_reviewed_only_at_the_desk_it_lies_on(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        report = submit(cast.county_clerk, report_of(open_may(cast)))
        with pytest.raises(Forbidden, match="不在您的审核台上"):
            services_review.adopt_report(actor=cast.province_reviewer, report_id=report.pk)
        with pytest.raises(NotVisible):
            services_review.adopt_report(actor=cast.other_city_reviewer, report_id=report.pk)
        with pytest.raises(Refused, match="还要报上一级"):
            services_review.adopt_report(actor=cast.county_reviewer, report_id=report.pk)
        with pytest.raises(InvalidInput, match="退回原因"):
            services_review.send_back_report(actor=cast.county_reviewer, report_id=report.pk, reason=" ")
    assert kinds(report) == ["report.owed", "report.submitted"]


def test_the_caller_may_take_reports_straight_from_the_units(cast: Cast):
    make_problem(cast)
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        report = report_of(round_)
        report.round.rules = {**round_.rules, "levels": "caller", "unit_review": False}
        assert lookups.ways([report])[report.pk] == (cast.province_office.pk,)
        report.round.rules = {**round_.rules, "levels": ["city"]}
        assert lookups.ways([report])[report.pk] == (
            cast.county_bureau.pk,
            cast.city_office.pk,
            cast.province_office.pk,
        )


def test_a_batch_gives_each_report_its_verdict(cast: Cast):
    inspection = make_inspection(cast)
    tasks = [task_of(make_problem(cast, inspection, number)) for number in (1, 2, 3)]
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast, actor=cast.city_clerk, region=cast.city)
        reports = [submit(cast.county_clerk, report_of(round_, task)) for task in tasks]
        reports = [walk_up(cast, report, "county_reviewer", "county_office_reviewer") for report in reports]
        stale = (reports[1].pk, reports[1].version - 1)
        pairs = [(reports[0].pk, reports[0].version), stale, (reports[2].pk, None)]
        verdicts = services_review.review_batch(actor=cast.city_reviewer, reports=pairs, adopt=True)
        assert [(verdict.report_id, verdict.done) for verdict in verdicts] == [
            (reports[0].pk, True),
            (reports[1].pk, False),
            (reports[2].pk, True),
        ]
        assert "已被他人修改" in verdicts[1].message
        assert [fresh(report).state for report in reports] == ["adopted", "submitted", "adopted"]
        (verdict,) = services_review.review_batch(
            actor=cast.city_reviewer, reports=[(reports[1].pk, None)], adopt=False, text="数字和照片对不上"
        )
        assert (verdict.message, fresh(reports[1]).review_opinion) == ("已退回", "数字和照片对不上")
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


def test_adoption_waits_when_another_round_moved_the_ground(cast: Cast):
    task = task_of(make_problem(cast))
    with time_machine.travel(MAY_18, tick=False):
        monthly = submit(cast.county_clerk, report_of(open_may(cast), task))
        special = open_may(cast, kind="special", title="汛前管网专项调度")
        walk_up(cast, submit(cast.county_clerk, report_of(special, task), added="1"))
        walk_up(cast, monthly, "county_reviewer", "county_office_reviewer", "city_reviewer")
        with pytest.raises(Refused, match="已由 0 变为 1"):
            services_review.adopt_report(actor=cast.province_reviewer, report_id=monthly.pk)
    assert task.targets.get().done == Decimal(1)
    assert fresh(monthly).state == "submitted"


def test_no_change_in_a_week_that_began_before_the_month_did(cast: Cast):
    """The week of 1 July 2026 begins in June, before July's own round."""
    task = task_of(make_problem(cast))
    july = JUNE_1 + dt.timedelta(days=30)
    with time_machine.travel(july, tick=False):
        month = open_may(cast, day=july.date())
        walk_up(cast, submit(cast.county_clerk, report_of(month, task)))
        week = open_may(cast, kind="weekly", day=july.date())
        assert week.starts_on < month.starts_on
        report = report_of(week, task)
        done = services.report_no_change(actor=cast.county_clerk, report_id=report.pk, reason="雨季停工")
    assert (done.state, done.percent) == ("submitted", 31)
