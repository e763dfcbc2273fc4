"""``dugai figures check``: silent on the ways numbers are really told, and plain about those that are wrong."""

from __future__ import annotations

import pytest

from dugai.intake.understand import check_figures

QUIET = {
    "multi-label totals": "交办信访件91件，其中水污染33件、大气污染41件、噪声28件、土壤12件（同一件可能涉及多种类型）。",
    "participations over persons": "全市共追责问责53人、57人次，其中党纪处分31人次、政务处分26人次。",
    "an older date beside a newer one": "截至2023年6月底，整改任务82项已完成59项。\n截至2024年6月底，整改任务82项已完成71项。",
    "about": "约300家企业中，已完成整改120余家，正在整改近190家。",
    "more than": "投入资金超过12亿元，其中中央资金4.6亿元、省级资金3.2亿元。",
    "period and total": "今年新增绿色矿山36家，累计建成绿色矿山134家。",
    "partial breakdown": "立案处罚147家，其中化工企业23家、建材企业31家。",
    "letters with a rest": "交办信访件2011件，办结1988件，阶段性办结12件。",
    "share of another whole": "全市12条黑臭水体全部消除，生活污水集中收集率达到72.5%。",
    "points and per cent": "优良天数比例91.3%，同比上升2.5个百分点；PM2.5浓度28微克/立方米，同比下降9.7%。",
    "measures over problems": "反馈问题43个，制定整改措施126条，已完成35个。",
    "two rounds": "第一轮督察整改任务64项全部完成。\n第二轮督察整改任务43项，已完成35项。",
    "own and received": "自查发现问题312个，督察指出问题43个，已整改问题330个。",
    "target and result": "计划新建管网120公里，实际建成134公里。",
    "rounded rate": "交办3321件，办结3177件，办结率95.7%。",
    "rate with both states": "交办1427件，办结492件、阶段性办结291件，办结率54.9%。",
    "rounded hectares": "造林182万亩（约12.1万公顷）。",
    "list left open": "云台县、清平县等5个县区完成自查。",
    "districts of which some are named": "转办信访件268件，其中云台县126件、清平县88件。",
    "range of years": "2021年至2023年，分别完成治理面积310亩、420亩、560亩，三年共完成1290亩。",
    "ranks": "完成率居全省第3位，水质改善幅度居全国第8位。",
    "half of a sum is a date later": "2023年完成投资3.2亿元，2024年完成投资4.1亿元，目前累计完成9.6亿元。",
    "levels inside a level": "追责问责97人，其中厅级干部9人（正厅级2人）、处级41人、科级及以下47人。",
    "days": "2023年优良天数318天，优良天数比例87.1%，较上年增加9天。",
    "before and now": "国考断面优良比例由2020年的72.7%提高到2023年的90.9%。",
    "one thing twice in other words": "全市52座污水处理厂稳定运行，其中38座执行一级A标准，14座正在提标。",
}
WRONG = {
    "rest": ("整改任务82项，已完成整改59项，其余24项按序时进度推进。", ["59+24=82"]),
    "states": ("反馈问题61个，已完成45个，达到序时进度13个，未达序时进度2个。", ["45+13+2=61"]),
    "rate": ("交办信访件3435件，办结3402件，办结率98.2%。", ["3402/3435=98.2%"]),
    "conversion": ("治理面积4.59万亩（2973公顷）。", ["4.59万亩=2973公顷"]),
    "total at the end": ("新建管网402公里，改造管网118公里，合计510公里。", ["402+118=510"]),
    "change of direction": ("PM2.5平均浓度由2022年的31微克/立方米下降到34微克/立方米。", ["34<31"]),
    "part above whole": ("共有污水处理厂38座，其中52座执行一级A标准。", ["52<=38"]),
    "levels": ("追责问责97人，其中厅级干部9人、处级干部41人、科级及以下干部49人。", ["9+41+49=97"]),
    "verdicts": ("交办83件，其中属实24件、基本属实4件、部分属实43件、不属实11件。", ["24+4+43+11=83"]),
    "letters above what came": ("交办信访件1000件，办结960件，阶段性办结50件。", ["960+50<=1000"]),
    "places listed": ("督察了石家庄市、唐山市、保定市4个市。", ["count(石家庄市、唐山市、保定市)=4"]),
    "one total told twice": ("共梳理整改任务112项。\n对113项整改任务实行挂账管理。", ["112=113"]),
}


def _wrong(text: str) -> list[str]:
    return [f.expr for f in check_figures(text) if not f.holds and f.verdict != "not_comparable"]


@pytest.mark.parametrize("what", QUIET)
def test_a_sound_text_raises_no_alarm(what: str) -> None:
    assert _wrong(QUIET[what]) == []


@pytest.mark.parametrize("what", WRONG)
def test_a_planted_error_is_found_and_nothing_else(what: str) -> None:
    text, expected = WRONG[what]
    assert _wrong(text) == expected
