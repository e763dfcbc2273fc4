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
        ("对保定、邢台、邯郸4个设区市开展督察。", "count(保定、邢台、邯郸)=4"),
        ("交办的3000件信访件，已办结2970件，阶段性办结70件。", "2970+70<=3000"),
        ("完成造林1.2万亩（900公顷）。", "1.2万亩=900公顷"),
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
        "2020年国考断面水质优良比例81.2%。2021年1至10月，国考断面水质优良比例84.9%。",
        "截至5月底办结信访件120件。截至6月底办结信访件180件。",
        "全市共有企业300家，完成整治120家，整治率约40%。",
        "排查问题412个，完成整治208个。",
        "2023年投入资金3.2亿元，实施项目26个，建成19个，完成投资2.1亿元。",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("90项整改任务已完成整改61项，其余29项均按序时进度推进。", "61+29=90"),
        ("交办的2140件信访件已办结2051件，阶段办结70件，正在整改19件，办结率95.8%。", "2051/2140=95.8%"),
        ("交办的1500件举报件，已办结612件，阶段性办结203件，办结率54.3%。", "(612+203)/1500=54.3%"),
        ("全省150个国考断面水质优良比例为92.7%。", "139/150=92.7%"),
        ("优良天数292天，优良天数比例达到80.0%。", "292/365=80.0%"),
        ("新建污水管网36公里（3.6万米）。", "36公里=3.6万米"),
        ("完成造林6.3万亩（折合4200公顷）。", "6.3万亩=4200公顷"),
        ("2016年3月召开会议。时隔六年，2022年9月再次召开会议。", "2022-2016=6"),
    ],
)
def test_what_comes_out_is_said_with_its_formula(text: str, expr: str) -> None:
    found = [f for f in check_figures(text) if f.expr == expr]
    assert len(found) == 1
    assert found[0].holds
    assert found[0].formula


def test_a_cut_off_last_place_is_minor() -> None:
    found = [f for f in check_figures("需要治理15600公顷，仅治理3161.2公顷，完成率20.2%。") if not f.holds]
    assert [(f.expr, f.verdict, f.computed) for f in found] == [("3161.2/15600=20.2%", "minor", "20.264%")]


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
