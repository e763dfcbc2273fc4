"""The checklists of evidence that ship: 工程类 and 非工程类 (domain reference C.5, a proposal there).

`stage` says by when a criterion must be met: `apply` before the application for acceptance, `close` before
the close-out. What the platform draws up itself (申请表, 公示, 签字) is not asked for again.
"""

from __future__ import annotations

from typing import Any

_REPORT = {
    "code": "self_report",
    "name": "责任单位自查报告",
    "required": True,
    "hint": "逐条对照整改目标和措施，写明结果和数据，加盖公章",
}
_PLAN = {
    "code": "plan",
    "name": "整改方案及批准文件",
    "required": True,
    "hint": "方案正文和批准文号；中途调整过的，附批准调整的文件",
}
_MEASURES = {
    "code": "measures",
    "name": "措施落实对照表",
    "required": True,
    "hint": "每条措施一行：做了什么、何时完成、凭什么证明",
}
_MECHANISM = {
    "code": "mechanism",
    "name": "长效制度",
    "required": True,
    "hint": "已经印发的制度，写明文号",
}
_ANALOGY = {
    "code": "analogy",
    "name": "举一反三排查表",
    "required": True,
    "hint": "排查了哪些地方、发现几处、整改到哪一步",
}
_LATER: tuple[dict[str, Any], ...] = (
    {
        "code": "minutes",
        "name": "会议纪要、批示",
        "required": False,
        "hint": "研究这个问题的会议和领导批示",
    },
    {
        "code": "satisfaction",
        "name": "群众满意、回访记录",
        "required": False,
        "hint": "信访件必附；涉及举报人的内容先遮盖",
    },
    {
        "code": "application",
        "name": "申请表",
        "required": False,
        "hint": "在本系统申请验收的自动生成，不用再传",
    },
    {
        "code": "notice",
        "name": "公示截图及异议处理",
        "required": False,
        "stage": "close",
        "hint": "在本系统公示的自动留存；在别处公示的传截图",
    },
    {
        "code": "signatures",
        "name": "各级签字",
        "required": False,
        "stage": "close",
        "hint": "在本系统签批的自动留存；线下签的传扫描件",
    },
)

EVIDENCE: dict[str, Any] = {
    "number": 1,
    "time_tolerance_hours": 24,
    "place_tolerance_m": 200,
    "engineering": (
        _REPORT,
        _PLAN,
        _MEASURES,
        {
            "code": "project",
            "name": "立项、招标、合同、竣工验收",
            "required": True,
            "hint": "竣工验收要有各方签字；没有招标的说明依据",
        },
        {
            "code": "monitoring",
            "name": "监测报告",
            "required": True,
            "hint": "CMA 报告，整改前后各一份，附采样记录",
        },
        {
            "code": "photos",
            "name": "前、中、后影像",
            "required": True,
            "phases": ("before", "after"),
            "paired": True,
            "hint": "同一地点、同一角度，保留拍摄时间和定位",
        },
        _MECHANISM,
        _ANALOGY,
        {
            "code": "enforcement",
            "name": "执法文书",
            "required": False,
            "hint": "处罚决定和执行、缴款凭证；没有违法的不用传",
        },
        *_LATER,
    ),
    "non_engineering": (
        _REPORT,
        _PLAN,
        _MEASURES,
        {
            "code": "study",
            "name": "学习部署记录",
            "required": True,
            "hint": "何时、谁主持、部署了什么",
        },
        _MECHANISM,
        {
            "code": "sampling",
            "name": "抽查记录",
            "required": True,
            "hint": "抽查了哪些单位、怎么查的、结果如何",
        },
        _ANALOGY,
        {
            "code": "training",
            "name": "培训记录",
            "required": False,
            "hint": "通知、签到、课件",
        },
        {
            "code": "assessment",
            "name": "考核结果",
            "required": False,
            "hint": "考核办法和本次结果",
        },
        {
            "code": "photos",
            "name": "前、中、后影像",
            "required": False,
            "phases": ("before", "after"),
            "hint": "有现场的附上",
        },
        *_LATER,
    ),
}
