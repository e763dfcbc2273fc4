"""Verdicts: what holds, what does not, and what is no error at all."""

from __future__ import annotations

import pytest

from dugai.intake.reconcile.report import report
from dugai.intake.understand import check_figures


def wrong(text: str) -> list[str]:
    """Expressions that an editor has to look at."""
    return [f.expr for f in check_figures(text) if f.is_error]


def holding(text: str) -> list[str]:
    """Expressions that hold."""
    return [f.expr for f in check_figures(text) if f.holds]


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("反馈的24个问题，已完成整改17个，其余6个正在整改。", "17+6=24"),
        ("共受理信访件52件，办结49件，办结率96.2%。", "49/52=96.2%"),
        ("优良天数比例由86.3%提高到88.5%，提高2.4个百分点。", "88.5-86.3=2.4"),
        ("生活污水集中收集率从71.2%上升到69.8%。", "69.8>71.2"),
        ("对鹰潭、宜春、吉安4个设区市开展督察。", "count(鹰潭、宜春、吉安)=4"),
        ("交办的3000件信访件，已办结2970件，阶段性办结70件。", "2970+70<=3000"),
        ("交办举报件97件，其中属实50件、基本属实20件、部分属实15件、不属实10件。", "50+20+15+10=97"),
    ],
)
def test_what_does_not_come_out_is_named(text: str, expr: str) -> None:
    assert wrong(text) == [expr]


@pytest.mark.parametrize(
    "text",
    [
        "交办97件，涉及水污染38个、大气污染41个、土壤污染27个、噪声污染19个（部分信访件涉及多种污染类型）。",
        "共问责136人，给予党纪政务处分87人次，诫勉62人次。",
        "2021年国考断面水质优良比例83.3%。2022年1至11月，国考断面水质优良比例86.7%。",
        "截至5月底办结信访件120件。截至6月底办结信访件180件。",
        "全市共有企业300家，完成整治120家，整治率约40%。",
        "排查问题329个，完成整治179个。",
        "2023年投入资金3.2亿元，实施项目26个，建成19个，完成投资2.1亿元。",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("82项整改任务已完成整改59项，其余23项均按序时进度推进。", "59+23=82"),
        ("交办的3321件信访件已办结3177件，阶段办结121件，正在整改23件，办结率95.7%。", "3177/3321=95.7%"),
        ("交办的1427件举报件，已办结492件，阶段性办结291件，办结率54.9%。", "(492+291)/1427=54.9%"),
        ("全省194个国考断面水质优良比例为84%。", "163/194=84%"),
        ("优良天数256天，优良天数比例达到70.1%。", "256/365=70.1%"),
        ("2018年5月召开会议。时隔五年，2023年7月再次召开会议。", "2023-2018=5"),
    ],
)
def test_what_comes_out_is_said_with_its_formula(text: str, expr: str) -> None:
    found = [f for f in check_figures(text) if f.expr == expr]
    assert len(found) == 1
    assert found[0].holds
    assert found[0].formula


def test_a_cut_off_last_place_is_minor() -> None:
    found = [f for f in check_figures("需要治理20300公顷，仅治理4114.63公顷，完成率20.2%。") if not f.holds]
    assert [(f.expr, f.verdict, f.computed) for f in found] == [("4114.63/20300=20.2%", "minor", "20.269%")]


def test_the_report_is_plain_chinese_with_value_and_quote() -> None:
    text = report("甲.txt", check_figures("反馈的24个问题，已完成整改17个，其余6个正在整改。"))
    assert text.startswith("甲.txt：共核对 ")
    assert "17+6=24" in text
    assert "分项合计为23，与总数24相差1。" in text
    assert "原文：" in text


def test_spans_point_into_the_original() -> None:
    text = "第一段。\n（上接一版）\n反馈的24个问题，已完成整改17个，其余6个正在整改。"
    (finding,) = [f for f in check_figures(text) if f.is_error]
    assert [text[a:b].strip() for a, b in finding.spans] == list(finding.quotes)
