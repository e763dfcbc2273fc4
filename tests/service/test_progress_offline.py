"""离线填报: what goes out comes back, and only what is still true is handed in."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
import time_machine

from dugai.kernel.errors import Forbidden
from dugai.progress import offline, workbook
from dugai.progress import services_report as services
from dugai.staging import services as staging
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.rounds import JUNE_1, MAY_18, fresh, open_may, report_of, submit, walk_up

pytestmark = pytest.mark.django_db
HEADER = 3


def download(cast: Cast, who: str = "county_clerk") -> openpyxl.Workbook:
    """Return the workbook a person downloads."""
    viewer = cast.users[who]
    with workbook.write_owed(offline.owed_rows(viewer), str(viewer.organisation)) as out:
        return openpyxl.load_workbook(BytesIO(out.read()))


def fill(book: openpyxl.Workbook, row: int, **values: object) -> None:
    """Write cells of the given data row (from 1) by their titles."""
    page = book["进展填报表"]
    titles = {str(cell.value).rstrip("*"): cell.column for cell in page[HEADER]}
    for title, value in values.items():
        page.cell(HEADER + row, titles[title]).value = value


def upload(cast: Cast, book: openpyxl.Workbook, who: str = "county_clerk"):
    """Stage a workbook."""
    out = BytesIO()
    book.save(out)
    return staging.stage(
        actor=cast.users[who], kind="reports", file_name="五月.xlsx", data=out.getvalue(), context={}
    )


def three(cast: Cast) -> list:
    """Make three tasks of 望渡县住建局."""
    inspection = make_inspection(cast)
    return [task_of(make_problem(cast, inspection, number)) for number in (1, 2, 3)]


GOOD = {
    "本期新增": "2.4",
    "自评进度": "正在整改",
    "进展情况": "柳汀路段完成 2.4 公里",
    "下一步安排": "6月完成北街",
}


@time_machine.travel(MAY_18, tick=False)
def test_a_filled_workbook_is_handed_in(cast: Cast):
    tasks = three(cast)
    round_ = open_may(cast)
    book = download(cast)
    page = book["进展填报表"]
    assert page.max_row == HEADER + 3
    assert page.protection.sheet
    assert [page.cell(HEADER + 1, column).protection.locked for column in (1, 4, 8, 9)] == [
        True,
        True,
        False,
        False,
    ]
    assert [str(rule.sqref) for rule in page.data_validations.dataValidation] == ["I4:I6"]
    fill(book, 1, **GOOD)
    fill(book, 2, **{**GOOD, "本期新增": 0.1})
    batch = upload(cast, book)
    assert (batch.rows_read, batch.rows_good, batch.rows_rejected, batch.rows_duplicate) == (3, 2, 1, 0)
    assert "没有填，这一行不会报送" in batch.rows.get(verdict="rejected").errors[0]["message"]
    assert [fresh(report_of(round_, task)).state for task in tasks] == ["owed", "owed", "owed"]
    staging.accept(actor=cast.county_clerk, batch_id=batch.pk, seen_version=batch.version)
    assert [fresh(report_of(round_, task)).state for task in tasks] == ["submitted", "submitted", "owed"]
    assert fresh(report_of(round_, tasks[1])).quantities[0]["total"] == "0.1"
    assert fresh(report_of(round_, tasks[1])).receipt == "JY-990121-260518-0002"


@time_machine.travel(MAY_18, tick=False)
def test_errors_name_their_cell(cast: Cast):
    three(cast)
    open_may(cast)
    book = download(cast)
    fill(book, 1, **{**GOOD, "本期新增": "两公里", "自评进度": "正在整改"})
    fill(book, 2, **{**GOOD, "自评进度": "已完成"})
    fill(book, 3, **{**GOOD, "自评进度": "差不多"})
    batch = upload(cast, book)
    said = [error["message"] for row in batch.rows.order_by("pk") for error in row.errors]
    assert said == [
        "“进展填报表”表 H4 单元格是“两公里”，管网本期新增填的是“两公里”，不是数字。请只填数字。",
        "“进展填报表”表 I5 单元格是“已完成”，自评“已完成”，但管网累计 2.4，总量 6.4，还差 4 公里。请改自评，或补上数量。",
        "“进展填报表”表 I6 单元格是“差不多”，不在下拉表里。请选：未启动、正在整改、部分完成、基本完成、已完成、已完成并持续推进、已完成并长期坚持。",
    ]


@time_machine.travel(MAY_18, tick=False)
def test_a_row_that_changed_meanwhile_is_not_handed_in(cast: Cast):
    tasks = three(cast)
    round_ = open_may(cast)
    book = download(cast)
    for row in (1, 2, 3):
        fill(book, row, **GOOD)
    submit(cast.county_clerk, report_of(round_, tasks[0]))
    services.save_draft(
        actor=cast.county_reviewer,
        report_id=report_of(round_, tasks[1]).pk,
        seen_edition=0,
        values={"summary": "在写"},
    )
    batch = upload(cast, book)
    said = [row.errors[0]["message"] if row.errors else "" for row in batch.rows.order_by("pk")]
    assert ["不在您单位现在要报的任务里" in said[0], "在网上改过" in said[1], said[2]] == [True, True, ""]
    with pytest.raises(Forbidden):
        offline.owed_rows(cast.leader)


@time_machine.travel(MAY_18, tick=False)
def test_a_neighbours_workbook_is_refused_row_by_row(cast: Cast):
    three(cast)
    open_may(cast)
    book = download(cast)
    fill(book, 1, **GOOD)
    batch = upload(cast, book, "neighbour_clerk")
    assert (batch.rows_read, batch.rows_good, batch.rows_rejected) == (3, 0, 3)


def test_no_change_in_a_workbook(cast: Cast):
    task = three(cast)[0]
    with time_machine.travel(MAY_18, tick=False):
        walk_up(cast, submit(cast.county_clerk, report_of(open_may(cast), task)))
    with time_machine.travel(JUNE_1, tick=False):
        june = open_may(cast, day=JUNE_1.date())
        book = download(cast)
        page = book["进展填报表"]
        rows = [
            number
            for number in range(HEADER + 1, page.max_row + 1)
            if page.cell(number, 2).value == june.title
        ]
        for number in rows:
            fill(book, number - HEADER, 无变化的原因="汛期停工")
        batch = upload(cast, book)
        good = batch.rows.filter(verdict="good")
        assert [row.key for row in good] == [str(report_of(june, task).pk)]
        staging.accept(actor=cast.county_clerk, batch_id=batch.pk, seen_version=batch.version)
    assert fresh(report_of(june, task)).no_change_reason == "汛期停工"
