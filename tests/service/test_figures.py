"""Figures: values counted by hand, the rows behind them, and days past as they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from dugai.disclosure import catalogue
from dugai.disclosure import queries_figure as figures
from dugai.journal.services import change, record
from dugai.kernel.errors import InvalidInput, NotVisible, Refused
from dugai.ledger import services_entry, services_task, standing
from dugai.ledger.entries import NewTarget, NewTask
from dugai.ledger.models import Problem, Site, Task
from tests import closeout
from tests.cast import Cast, make_inspection, make_problem
from tests.rounds import MAY_18, MAY_26, open_may, report_of, submit

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
WHY = "a test looks at its own rows"
pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def all_tasks() -> list[Task]:
    return list(Task.objects.unscoped(WHY).order_by("pk"))


def finish(cast: Cast, task: Task, progress: str = "done") -> None:
    target = task.targets.first()
    services_task.apply_progress(
        actor=cast.province_reviewer,
        task_id=task.pk,
        progress=progress,
        done={target.pk: target.amount} if target and progress == "done" else {},
        reported_on=dt.date(2026, 5, 20),
    )


def close(cast: Cast, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring the problem of a task, which is its only one, through close-out in the middle of May."""
    monkeypatch.setattr(closeout, "MONDAY", at(5, 4))
    assert closeout.bring(cast, Problem.objects.unscoped(WHY).get(pk=task.problem_id), "closed")


def ledger(cast: Cast) -> None:
    """Four problems in January: due end of March, end of May, end of December, and lasting ones."""
    with time_machine.travel(at(1, 20), tick=False):
        inspection = make_inspection(cast)
        make_problem(cast, inspection, 1, when="2026年3月底前")
        make_problem(
            cast, inspection, 2, owners=(cast.county_bureau, cast.neighbour_bureau), when="2026年5月底前"
        )
        make_problem(cast, inspection, 3, when="2026年12月底前")
        make_problem(
            cast, inspection, 4, owners=(cast.neighbour_bureau,), home=cast.neighbour, when="2026年12月底前"
        )


def values(viewer: Any, place: Any, as_of: dt.date, **more: Any) -> dict[str, str]:
    sheet = figures.sheet(viewer, place, as_of, **more)
    return {code: sheet.value(code).shown for code in catalogue.CATALOGUE}


def test_values_counted_by_hand(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    ledger(cast)
    tasks = all_tasks()
    close(cast, tasks[0], monkeypatch)
    with time_machine.travel(at(5, 20), tick=False):
        finish(cast, tasks[1])
    with time_machine.travel(at(6, 10), tick=False):
        standing.roll_day()
        sheet = figures.sheet(cast.province_clerk, cast.province, dt.date(2026, 6, 10))
        got = {
            key: sheet.value(f"task_{key}").shown for key in ("total", "done", "closed", "done_not_closed")
        }
        assert got == {"total": "5项", "done": "2项", "closed": "1项", "done_not_closed": "1项"}
        got = {key: sheet.value(f"task_{key}").shown for key in ("open", "stock", "overdue", "on_schedule")}
        assert got == {"open": "3项", "stock": "4项", "overdue": "1项", "on_schedule": "2项"}
        due = sheet.value("task_due_rate")
        assert (due.numerator, due.denominator, due.shown) == (2, 3, "66.7%")
        assert due.value == Decimal(200) / Decimal(3)
        assert sheet.value("task_close_rate").shown == "20%"
        assert [row.code for row in sheet.rows("task_overdue")] == ["JY3-02-002-02"]
        assert {row.code for row in sheet.rows("task_due_rate")} == {
            row.code for row in sheet.rows("task_due")
        }
        assert sheet.value("problem_total").shown == "4个"
        assert sheet.value("problem_done").shown == "1个"
        assert sheet.value("problem_overdue").shown == "1个"
        assert sheet.value("measure_total").shown == "4条"
        assert sheet.value("task_total", cast.neighbour).shown == "2项"
        assert sheet.value("problem_complaint_rate_a").shown == "无"
        flow = figures.sheet(cast.province_clerk, cast.province, since=dt.date(2026, 4, 30))
        assert (flow.value("task_added").shown, flow.value("task_newly_closed").shown) == ("0项", "1项")
        assert [row.code for row in flow.rows("task_newly_done")] == ["JY3-01-001-01", "JY3-02-002-01"]


def test_a_day_past_is_as_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    ledger(cast)
    tasks = all_tasks()
    with time_machine.travel(at(4, 10), tick=False):
        standing.roll_day()
        finish(cast, tasks[2], "in_progress")
        seen = values(cast.city_clerk, cast.city, dt.date(2026, 4, 10))
        rows = figures.sheet(cast.city_clerk, cast.city).rows("task_overdue")
    close(cast, tasks[0], monkeypatch)
    with time_machine.travel(at(5, 20), tick=False):
        finish(cast, tasks[1])
        make_problem(cast, Problem.objects.unscoped(WHY).first().inspection, 5)
        whole = Task.objects.unscoped(WHY).get(pk=tasks[3].pk)
        services_task.split_task(
            actor=cast.province_clerk,
            task_id=whole.pk,
            seen_version=whole.version,
            shares=[
                NewTask(owner=owner, targets=(NewTarget("管网", "公里", Decimal("3.2")),))
                for owner in (cast.county_bureau, cast.county_office)
            ],
        )
        later = values(cast.city_clerk, cast.city, dt.date(2026, 5, 20))
        assert later["task_total"] == "7项"
        past = figures.sheet(cast.city_clerk, cast.city, dt.date(2026, 4, 10))
        again = {code: past.value(code).shown for code in catalogue.CATALOGUE}
        assert {code: (seen[code], again[code]) for code in seen if seen[code] != again[code]} == {}
        assert past.rows("task_overdue") == rows
        before = figures.sheet(cast.city_clerk, cast.city, dt.date(2026, 1, 10))
        assert before.value("problem_total").shown == "0个"


def test_reports_of_a_round_and_of_a_day_past(cast: Cast):
    with time_machine.travel(at(1, 20), tick=False):
        make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau))
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        sheet = figures.sheet(cast.province_clerk, cast.province)
        assert (sheet.value("report_owed").shown, sheet.value("report_received").shown) == ("2份", "0份")
    with time_machine.travel(MAY_26, tick=False):
        submit(cast.county_clerk, report_of(round_))
        sheet = figures.sheet(cast.province_clerk, cast.province)
        assert (sheet.value("report_received").shown, sheet.value("report_rate").shown) == ("1份", "50%")
        past = figures.sheet(cast.province_clerk, cast.province, MAY_18.date())
        assert (past.value("report_owed").shown, past.value("report_received").shown) == ("2份", "0份")
        assert [row.who for row in past.rows("report_missing")] == ["望渡县住建局", "雁回县住建局"]


def test_sites_count_by_the_day_they_were_done(cast: Cast):
    problem = make_problem(cast)
    for name, done in (("三道沟排口", dt.date(2026, 3, 1)), ("柳汀桥排口", None)):
        services_entry.add_site(
            actor=cast.province_clerk,
            problem_id=problem.pk,
            region=cast.county,
            name=name,
            done_on=done,
        )
    assert Site.objects.count() == 2
    sheet = figures.sheet(cast.province_clerk, cast.province)
    assert sheet.value("site_done_rate").shown == "50%"


def test_a_row_that_was_tampered_with_stops_the_past(cast: Cast):
    """The digest of the day's last event no longer fits: no figure rests on such a row."""
    ledger(cast)
    with time_machine.travel(at(5, 20), tick=False):
        task = all_tasks()[0]
        _, after = change(task, progress="partial")
        record(
            actor=cast.province_clerk,
            kind="task.progressed",
            subject=task,
            before={"progress": "basically_done"},
            after=after,
        )
        sheet = figures.sheet(cast.province_clerk, cast.province, dt.date(2026, 4, 1))
        with pytest.raises(Refused, match="对不上"):
            sheet.value("task_total")


def test_a_clock_that_was_set_back_does_not_stop_the_past(cast: Cast):
    """What was written after the day counts as later, also where its clock says an earlier day."""
    ledger(cast)
    task = all_tasks()[0]
    day = dt.date(2026, 4, 20)
    with time_machine.travel(at(5, 20), tick=False):
        finish(cast, task, "in_progress")
        before = values(cast.city_clerk, cast.city, day)
    with time_machine.travel(at(4, 10), tick=False):
        finish(cast, task)
    with time_machine.travel(at(5, 21), tick=False):
        assert values(cast.city_clerk, cast.city, day) == before
    assert before["task_overdue"] == "1项"


def test_a_neighbour_gets_no_figure_of_ours(cast: Cast):
    with pytest.raises(NotVisible):
        figures.sheet(cast.neighbour_clerk, cast.city)
    with pytest.raises(NotVisible):
        figures.place_of(cast.system_admin)
    with pytest.raises(InvalidInput):
        figures.sheet(cast.city_clerk, cast.city, dt.date(2126, 1, 1))
    with pytest.raises(InvalidInput):
        figures.sheet(cast.city_clerk, cast.city, dt.date(1, 1, 1))


def test_a_figure_is_found_by_code_and_by_name():
    assert catalogue.get("task_due_rate") == catalogue.get("任务到期完成率")
    with pytest.raises(NotVisible):
        catalogue.get("没有的数")
    for one in catalogue.CATALOGUE.values():
        assert all((one.name, one.meaning, one.formula, one.scope_rule))
        assert one.is_rate == (one.unit == "%")
