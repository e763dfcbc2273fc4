"""The annex of a city's public report comes in as a ledger's first content, each status printed back in its words."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from dugai.people import services as people
from dugai.people.models import Organisation
from dugai.staging import services as staging
from tests.cast import Cast, make_inspection
from tests.service.test_ledger_import import counts, exported, messages, stage
from tests.sheets import annex_rows, annex_workbook, find_document

pytestmark = pytest.mark.django_db

ANNEX = """白川市督察反馈意见整改任务完成情况

一、水环境治理不够彻底问题

问题一：城区污水管网缺口较大，雨季
溢流入河。

整改时限：立行立改，长期坚持。

整改措施：已完成并长期坚持。措施序号1：已完成并长期坚持。建立管网巡查制度，每月巡查一次。

措施序号2：达到序时进度。改造老旧管网 6.4 公里，
已完成 4.1 公里。

二、工业园区管控不力问题

问题二：园区“两高”项目节能审查不到位。

整改时限：2022年6月底（2025年12月底前完成能耗强度下降目标）。

整改措施：已完成并持续推进。措施序号7：已完成。逐个补办审查。

措施序号8：正在整改，达到时序进度。开展节能降碳技术改造。

三、矿产资源开发生态破坏问题

问题十：历史遗留矿山修复推进迟缓。

整改时限：2027年12月底前。

整改措施：部分已完成，其他按序时进度推进。

措施序号11：部分已完成，其他按序时进度推进。修复矿山 19 处中的 12 处。

措施序号12：未启动。编制后续修复方案。

（下转三版）
"""
"""Drawn up for this test, in the layout of such annexes: breaks inside a column, numbers with gaps."""
OFFICES = ("发展改革委", "工业和信息化局", "自然资源和规划局", "应急管理局")


def city_of_the_annex(cast: Cast, name: str = "柳州市", code: str = "450200") -> Organisation:
    """Register the units that an annex names."""
    root = people.add_organisation(
        actor=None,
        parent=cast.province,
        code=code,
        name=name,
        kind="region",
        level="city",
        region_code=code,
    )
    for number, office in enumerate(OFFICES, 1):
        people.add_organisation(
            actor=None,
            parent=root,
            code=f"{code}D{number}",
            name=f"{name}{office}",
            kind="department",
            level="city",
            region_code=code,
        )
    return root


def comes_back(
    cast: Cast, folder: Path, home: Organisation, rows: list[dict[str, str]], numbers: list[str]
) -> None:
    """Import the workbook of the rows; the export has each of their words, also those of the states."""
    inspection = make_inspection(cast, code="ANNEX")
    batch = stage(
        cast,
        annex_workbook(rows),
        inspection,
        who="province_clerk",
        home=home.pk,
        lead=home.pk,
        issued="2024-01-30",
    )
    assert (counts(batch), messages(batch)) == ((len(rows), len(rows), 0, 0), [])
    staging.accept(actor=cast.province_clerk, batch_id=batch.pk)
    out = exported(cast, folder, "province_clerk", inspection=str(inspection.pk))
    lines = list(openpyxl.load_workbook(out).active.iter_rows(min_row=3, values_only=True))
    printed = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    assert [
        (
            f"措施序号{one['措施序号']}",
            one["整改状态"],
            one["整改时限"],
            one["问题状态"],
            one["问题类别"],
            one["反馈问题"],
            one["整改措施"],
        )
        for one in printed
    ] == [
        (
            one["measure_number"],
            one["status"],
            one["deadline"],
            one["overall"],
            one["category"],
            one["problem"],
            one["narrative"],
        )
        for one in rows
    ]
    assert [one["序号"] for one in printed] == numbers


def test_a_real_list_prints_back_in_its_own_words(cast: Cast, tmp_path: Path):
    path = find_document("000_liuzhou_daily.txt")
    if path is None:
        pytest.skip("the reference document is not beside this checkout")
    rows = annex_rows(path.read_text(encoding="utf-8"))
    assert [one["measure_number"] for one in rows] == [f"措施序号{n}" for n in (1, 2, 4, 5, 7, 11)]
    comes_back(cast, tmp_path, city_of_the_annex(cast), rows, ["1", "1", "1", "1", "2", "10"])


def test_a_list_of_that_layout_prints_back_in_its_own_words(cast: Cast, tmp_path: Path):
    """The same without the shelf of references, and with more kinds of words for a state."""
    rows = annex_rows(ANNEX)
    assert [one["status"] for one in rows] == [
        "已完成并长期坚持",
        "达到序时进度",
        "已完成",
        "正在整改，达到时序进度",
        "部分已完成，其他按序时进度推进",
        "未启动",
    ]
    assert rows[0]["problem"] == "城区污水管网缺口较大，雨季溢流入河。"
    home = city_of_the_annex(cast, "白川市", "990900")
    comes_back(cast, tmp_path, home, rows, ["1", "1", "2", "2", "10", "10"])
