"""A 整改措施清单 comes in as proposals, goes out again, and comes back changed."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from dugai.journal.models import Event
from dugai.kernel.errors import Forbidden, InvalidInput, Refused
from dugai.ledger import queries_export, services_export, services_plan, sheet_writer, tallies
from dugai.ledger.models import ChangeRequest, Inspection, Measure, Participation, Problem, Task
from dugai.staging import services as staging
from dugai.staging.models import ImportBatch
from tests.cast import Cast, make_inspection, make_problem
from tests.sheets import workbook

pytestmark = pytest.mark.django_db

HEADERS = [
    "序号",
    "反馈问题",
    "整改目标",
    "措施序号",
    "整改措施",
    "完成时限",
    "牵头单位",
    "责任单位",
    "监管单位",
    "责任人",
    "状态",
]
GOOD = [
    1,
    "老城区污水直排。",
    "不直排",
    1,
    "改造管网",
    "2026年12月底前",
    "市住建局",
    "望渡县住建局、雁回县住建局",
    "省住建厅",
    "孟晴",
    "未启动",
]


def row(**changes):
    """Return the good row with some cells changed, by header."""
    cells = dict(zip(HEADERS, GOOD, strict=True)) | changes
    return [cells[header] for header in HEADERS]


def stage(cast: Cast, data: bytes, inspection=None, who: str = "city_clerk", **context) -> ImportBatch:
    """Stage a workbook for 朔岭市."""
    inspection = inspection or make_inspection(cast)
    values = {"inspection": inspection.pk, "home": cast.city.pk, "issued": "2026-01-10", **context}
    return staging.stage(
        actor=cast.users[who], kind="ledger", file_name="清单.xlsx", data=data, context=values
    )


def counts(batch: ImportBatch):
    """Return read, good, rejected and duplicate."""
    return batch.rows_read, batch.rows_good, batch.rows_rejected, batch.rows_duplicate


def messages(batch: ImportBatch) -> list[str]:
    """Return every error sentence in the order of the workbook."""
    return [error["message"] for line in batch.rows.order_by("pk") for error in line.errors]


def test_a_list_becomes_problems_measures_and_tasks(cast: Cast):
    rows = [
        row(),
        row(
            措施序号=2,
            整改措施="新建泵站",
            完成时限="立行立改，长期坚持",
            责任单位="县住建局",
            状态="已完成并长期坚持",
        ),
        row(
            序号=2,
            反馈问题="垃圾场渗滤液外溢。",
            措施序号=3,
            牵头单位="朔岭市住建局",
            责任单位="",
            监管单位="",
        ),
    ]
    rows[1][7] = "望渡县住建局"
    batch = stage(cast, workbook(HEADERS, rows, merge=(0, 1, 2)))
    assert (counts(batch), messages(batch)) == ((3, 3, 0, 0), [])
    assert not Problem.objects.unscoped("test").exists()
    batch = staging.accept(actor=cast.city_clerk, batch_id=batch.pk, seen_version=batch.version)
    assert batch.state == "accepted"
    first, second = Problem.objects.visible_to(cast.city_clerk).order_by("number")
    assert (first.number, first.lead, first.home, first.title) == (
        1,
        cast.city_bureau,
        cast.city,
        "老城区污水直排",
    )
    tasks = list(
        Task.objects.visible_to(cast.city_clerk)
        .order_by("code")
        .values_list("code", "owner__name", "progress", "person")
    )
    assert tasks == [
        ("JY3-01-001-01", "望渡县住建局", "not_started", "孟晴"),
        ("JY3-01-001-02", "雁回县住建局", "not_started", "孟晴"),
        ("JY3-01-002-01", "望渡县住建局", "done_standing", "孟晴"),
        ("JY3-02-003-01", "朔岭市住建局", "not_started", "孟晴"),
    ]
    parts = (
        Participation.objects.filter(problem=first).order_by("pk").values_list("part", "organisation__name")
    )
    assert list(parts) == [("lead", "朔岭市住建局"), ("supervising", "江源省住建厅")]
    assert second.due == dt.date(2026, 12, 31)
    assert tallies.stored() == tallies.recount()
    assert Event.objects.filter(kind="import.accepted").count() == 1


def test_the_same_list_again_is_all_duplicates(cast: Cast):
    data = workbook(HEADERS, [row(), row()])
    batch = stage(cast, data)
    assert counts(batch) == (2, 1, 0, 1)
    staging.accept(actor=cast.city_clerk, batch_id=batch.pk)
    again = stage(cast, data, inspection=Problem.objects.unscoped("test").get().inspection)
    assert counts(again) == (2, 0, 0, 2)
    with pytest.raises(Refused, match="没有可以入账的行"):
        staging.accept(actor=cast.city_clerk, batch_id=again.pk)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"完成时限": "6月31日"}, "“措施清单”表 F3 单元格是“6月31日”，"),
        ({"完成时限": "尽快"}, "“措施清单”表 F3 单元格是“尽快”，读不出日期"),
        ({"完成时限": 46387}, "“措施清单”表 F3 单元格是“46387”，是一个数"),
        ({"完成时限": ""}, "“措施清单”表 F3 单元格是空的。请写整改时限"),
        ({"牵头单位": "市住建局、省住建厅"}, "写了 2 个。牵头单位只能有一个"),
        ({"责任单位": "县住建局"}, "“县住建局”不在单位名录里。是不是“"),
        ({"责任单位": "各县区"}, "“各县区”没有说是哪几个"),
        ({"序号": "甲"}, "不是序号"),
        ({"状态": "还行"}, "不是认得的状态"),
        ({"反馈问题": ""}, "请写问题原文"),
        ({"责任人": "长" * 61}, "有 61 个字，最多 60 个"),
    ],
)
def test_an_error_names_sheet_cell_value_and_what_to_do(cast: Cast, changes, message):
    batch = stage(cast, workbook(HEADERS, [row(**changes)]))
    assert counts(batch) == (1, 0, 1, 0)
    assert message in " ".join(messages(batch))


def test_a_problem_comes_in_whole_or_not_at_all(cast: Cast):
    rows = [
        row(),
        row(措施序号=2, 整改措施="泵站", 完成时限="尽快"),
        row(序号=2, 反馈问题="别的问题。", 措施序号=3),
    ]
    batch = stage(cast, workbook(HEADERS, rows))
    assert counts(batch) == (3, 1, 2, 0)
    assert "同一问题的第 4 行有误" in messages(batch)[0]
    staging.accept(actor=cast.city_clerk, batch_id=batch.pk)
    assert list(Problem.objects.unscoped("test").values_list("number", flat=True)) == [2]


def test_other_labels_headings_and_foot_lines_are_understood(cast: Cast):
    headers = [
        "问题编号",
        "存在问题",
        "整改举措",
        "整改期限",
        "牵头部门",
        "主体责任单位",
        "督导（监管）单位",
        "整改进展",
    ]
    rows = [
        ["一、基础设施问题", "", "", "", "", "", "", ""],
        [
            "第一项",
            "问题一：管网缺口大。",
            "1.建管网",
            "2026/12/31",
            "朔岭市住建局",
            "望渡县\n雁回县",
            "江源省住建厅",
            "已完成。已经建成。",
        ],
        ["", "", "2.建泵站", dt.date(2026, 6, 30), "", "望渡县委、县政府", "", "正在推进"],
        ["合计", "", "2", "", "", "", "", ""],
    ]
    batch = stage(cast, workbook(headers, rows))
    assert (counts(batch)[:2], messages(batch)) == ((2, 2), [])
    staging.accept(actor=cast.city_clerk, batch_id=batch.pk)
    problem = Problem.objects.unscoped("test").get()
    assert (problem.category, problem.number, problem.text) == ("一、基础设施问题", 1, "管网缺口大。")
    measures = (
        Measure.objects.unscoped("test")
        .order_by("number")
        .values_list("number", "status_raw", "progress", "due")
    )
    assert list(measures) == [
        (1, "已完成", "done", dt.date(2026, 12, 31)),
        (2, "正在推进", "in_progress", dt.date(2026, 6, 30)),
    ]
    owners = Task.objects.unscoped("test").order_by("code").values_list("owner__name", flat=True)
    assert list(owners) == ["望渡县", "雁回县", "望渡县"]


def test_only_an_office_imports_and_only_for_its_own_range(cast: Cast):
    data, inspection = workbook(HEADERS, [row()]), make_inspection(cast)
    with pytest.raises(Forbidden):
        stage(cast, data, inspection, who="county_clerk")
    with pytest.raises(Forbidden):
        stage(cast, data, inspection, who="county_office_clerk")
    with pytest.raises(InvalidInput, match="标题行"):
        stage(cast, workbook(["甲", "乙"], [[1, 2]]), inspection)
    assert not ImportBatch.objects.exists()


def exported(cast: Cast, tmp_path: Path, who: str = "city_clerk", **filters) -> Path:
    """Export the list of one person."""
    path = tmp_path / "out.xlsx"
    services_export.export_list(actor=cast.users[who], filters=filters, path=path)
    return path


def test_an_export_that_comes_back_unchanged_says_nothing_new(cast: Cast, tmp_path: Path):
    batch = stage(cast, workbook(HEADERS, [row(), row(措施序号=2, 整改措施="泵站")]))
    staging.accept(actor=cast.city_clerk, batch_id=batch.pk)
    inspection = Problem.objects.unscoped("test").get().inspection
    again = stage(cast, exported(cast, tmp_path).read_bytes(), inspection)
    assert counts(again) == (2, 0, 0, 2)


def changed(path: Path, title: str, value: str, line: int = 4) -> bytes:
    """Change one cell of an exported workbook as a person would."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    column = next(cell.column for cell in sheet[3] if cell.value == title)
    sheet.cell(line, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_an_export_comes_back_as_an_update(cast: Cast, tmp_path: Path):
    problem = make_problem(cast)
    path = exported(cast, tmp_path)
    batch = stage(cast, changed(path, "整改时限", "2026年9月底前"), problem.inspection)
    assert (counts(batch), messages(batch)) == ((1, 1, 0, 0), [])
    staging.accept(actor=cast.city_clerk, batch_id=batch.pk)
    assert Task.objects.unscoped("test").get().due == dt.date(2026, 9, 30)
    stale = stage(cast, changed(path, "整改时限", "2026年8月底前"), problem.inspection)
    assert counts(stale) == (1, 0, 1, 0)
    assert "请重新导出" in messages(stale)[0]


def test_a_locked_column_is_not_changed(cast: Cast, tmp_path: Path):
    problem = make_problem(cast)
    batch = stage(cast, changed(exported(cast, tmp_path), "责任单位", "雁回县住建局"), problem.inspection)
    assert counts(batch) == (1, 0, 1, 0)
    assert "这一列是锁定的，改动不会入账。请改回“望渡县住建局”" in messages(batch)[0]


def test_what_a_plan_binds_comes_back_as_a_request(cast: Cast, tmp_path: Path):
    problem = make_problem(cast)
    version = services_plan.open_plan(
        actor=cast.city_clerk, inspection_id=problem.inspection_id, organisation=cast.city, title="方案"
    )
    services_plan.submit_plan(actor=cast.city_clerk, version_id=version.pk, seen_version=1)
    services_plan.approve_plan(actor=cast.city_reviewer, version_id=version.pk, seen_version=2)
    batch = stage(cast, changed(exported(cast, tmp_path), "整改时限", "2027年9月底前"), problem.inspection)
    staging.accept(actor=cast.city_clerk, batch_id=batch.pk)
    request = ChangeRequest.objects.get()
    assert (request.field, request.state, request.new["raw"]) == ("deadline", "requested", "2027年9月底前")
    assert Task.objects.unscoped("test").get().due == dt.date(2026, 12, 31)


def test_each_sees_in_the_export_what_it_sees_in_the_list(cast: Cast, tmp_path: Path):
    first = make_problem(cast)
    make_problem(cast, inspection=first.inspection, number=2, owners=(cast.neighbour_bureau,))
    assert services_export.export_list(actor=cast.city_clerk, filters={}, path=tmp_path / "a.xlsx") == 2
    assert services_export.export_list(actor=cast.neighbour_clerk, filters={}, path=tmp_path / "b.xlsx") == 1
    with pytest.raises(Forbidden):
        services_export.export_list(actor=cast.audit_admin, filters={}, path=tmp_path / "c.xlsx")


PAYLOADS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1,2)",
    "\t=1",
    '=HYPERLINK("http://x")',
    "http://127.0.0.1/",
    "1e5",
    "{=1}",
]


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path):
    names = list(queries_export.EXPORTED)
    path = tmp_path / "s22.xlsx"
    sheet_writer.write_list(
        path, [dict.fromkeys(names, payload) for payload in PAYLOADS], title="=1+1", note="=2"
    )
    cells = [
        cell
        for line in openpyxl.load_workbook(path).active.iter_rows()
        for cell in line
        if cell.value is not None
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len(cells) == len(names) * (len(PAYLOADS) + 1) + 2


def test_the_rejected_rows_come_back_marked(cast: Cast, tmp_path: Path):
    batch = stage(cast, workbook(HEADERS, [row(完成时限="尽快"), row(序号=2, 反馈问题="别的。", 措施序号=2)]))
    bad = batch.rows.filter(verdict="rejected").order_by("pk")
    path = tmp_path / "marked.xlsx"
    assert sheet_writer.write_marked(path, ((one.cells, one.errors) for one in bad)) == 1
    sheet = openpyxl.load_workbook(path).active
    marked = [cell.value for cell in sheet[4] if cell.fill.fgColor.rgb == "FFFCEBE9"]
    assert marked == ["尽快"]
    repaired = changed(path, "整改时限", "2026年10月底前")
    again = stage(cast, repaired, Problem.objects.unscoped("test").first() or batch_inspection())
    assert counts(again) == (1, 1, 0, 0)


def batch_inspection():
    """Return the one inspection there is."""
    return Inspection.objects.get()
