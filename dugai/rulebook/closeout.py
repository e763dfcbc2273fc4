"""验收销号 as data: the national default and the variants that provinces and cities have published.

A class of source (`central`, `provincial`, `self_found`, `letter`) has its steps in order. A step is of
one kind: `documents` (资料初审), `visit` (现场核查), `sign` (审核签字) or `notice` (公示). `by` lists whose
hands may take it, `level` the lowest level of the organisation. Sign steps behind the notice are taken
when it has ended. What no published rule fixes (length of the notice in most places, share of the
look-back) is a value of ours that a region changes by its own rule set; docs/reference/closeout-rules.md
says which is which. Source: domain reference C.5.
"""

from __future__ import annotations

from typing import Any

Values = dict[str, Any]

OVERSIGHT = ["office", "accepting", "supervising"]
"""The office of the region or of one above it, or a unit named to accept or supervise."""
CHECKLISTS = {"engineering": "工程类", "non_engineering": "非工程类"}


def documents(level: str, label: str = "资料初审") -> Values:
    """A check of the papers, measure by measure."""
    return {"key": "documents", "kind": "documents", "label": label, "by": OVERSIGHT, "level": level}


def visit(level: str, label: str = "现场核查", photos: int = 1) -> Values:
    """A visit by at least two people with at least so many photos."""
    step = {"key": "visit", "kind": "visit", "label": label, "by": OVERSIGHT, "level": level}
    return {**step, "members": 2, "photos": photos}


def sign(level: str, label: str, by: list[str] | None = None) -> Values:
    """A signature of one level; the key is the level, so that each level signs once."""
    return {"key": f"sign_{level}", "kind": "sign", "label": label, "by": by or OVERSIGHT, "level": level}


def notice(level: str, days: int, counting: str, channel: str, label: str = "公示") -> Values:
    """A public notice of `days` `calendar` or `working` days, the day of publication not counted."""
    step = {"key": "notice", "kind": "notice", "label": label, "by": ["office", "lead"], "level": level}
    return {**step, "days": days, "counting": counting, "channel": channel, "objection_days": 0}


def procedure(required_level: str, *steps: Values, filed_by: str, apply: list[str] | None = None) -> Values:
    """One class: its steps, the level that must have signed, who applies, who closes and files."""
    return {
        "apply": {"by": apply or ["lead"], "level": "township"},
        "steps": list(steps),
        "required_level": required_level,
        "close": {"by": ["office"], "level": filed_by},
        "file": {"by": ["office"], "level": filed_by},
        "reopen": {"by": ["office"], "level": filed_by},
    }


COMMON: Values = {
    "checklists": CHECKLISTS,
    "number": "{region}督改销号〔{year}〕{number}号",
    "consolidation_months": 6,
    "look_back": {"share_percent": 10, "minimum": 1, "after_months": 6},
}
SITE = "政府门户网站"

NATIONAL: Values = {
    **COMMON,
    "title": "全国默认",
    "classes": {
        "central": procedure(
            "province",
            documents("city"),
            visit("city"),
            sign("city", "市级审核签字"),
            sign("province", "省级核查签字（省级必核）"),
            notice("county", 5, "working", SITE),
            filed_by="province",
        ),
        "provincial": procedure(
            "city",
            documents("county"),
            visit("city"),
            sign("city", "市级验收签字"),
            notice("county", 5, "working", SITE),
            filed_by="city",
        ),
        "self_found": procedure(
            "county",
            documents("county"),
            visit("county"),
            sign("county", "县级验收签字"),
            notice("county", 5, "working", SITE),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
        "letter": procedure(
            "county",
            documents("county"),
            visit("county"),
            sign("county", "县级验收签字"),
            notice("county", 5, "working", SITE),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
    },
}

HUANGSHAN: Values = {
    **COMMON,
    "title": "黄山（2022）",
    "classes": {
        "central": procedure(
            "province",
            visit("city"),
            sign("city", "市级审核签字"),
            sign("province", "省级验收签字"),
            notice("county", 7, "calendar", SITE, "公示反馈"),
            filed_by="province",
        ),
        "provincial": procedure(
            "city",
            visit("city"),
            sign("city", "审核签字"),
            notice("county", 7, "calendar", SITE, "公示反馈"),
            filed_by="city",
        ),
        "self_found": procedure(
            "county",
            visit("county"),
            sign("county", "审核签字"),
            notice("county", 7, "calendar", SITE, "公示反馈"),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
        "letter": procedure(
            "county",
            visit("county"),
            sign("county", "审核签字"),
            notice("county", 7, "calendar", SITE, "公示反馈"),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
    },
}

_BOSHAN_LOCAL: tuple[Values, ...] = (
    documents("county", "区级验收：资料"),
    visit("county", "区级验收：现场"),
    sign("county", "区级验收签字"),
    notice("county", 5, "working", "区级媒体", "区级媒体公示"),
    {**sign("county", "区主要领导审签", ["leader"]), "key": "sign_leader"},
)
BOSHAN: Values = {
    **COMMON,
    "title": "博山（2025）",
    "classes": {
        "central": procedure(
            "province",
            *_BOSHAN_LOCAL,
            sign("city", "市级复核签字"),
            sign("province", "省级核查签字（省级必核）"),
            filed_by="province",
        ),
        "provincial": procedure("city", *_BOSHAN_LOCAL, sign("city", "市级复核签字"), filed_by="city"),
        "self_found": procedure("county", *_BOSHAN_LOCAL, filed_by="county", apply=["lead", "responsible"]),
        "letter": procedure(
            "city",
            *_BOSHAN_LOCAL,
            sign("city", "市级复核签字"),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
    },
}

HUNAN: Values = {
    **COMMON,
    "title": "湖南（2019）",
    "look_back": {"share_percent": 20, "minimum": 1, "after_months": 6},
    "classes": {
        "central": procedure(
            "province",
            documents("county", "县级自验资料"),
            visit("city", "市级现场核查"),
            sign("city", "市级验收签字"),
            {**visit("province", "省级现场核查（省级必核）"), "key": "visit_province"},
            sign("province", "省级核查签字（省级必核）"),
            notice("county", 10, "calendar", SITE),
            filed_by="province",
        ),
        "provincial": procedure(
            "city",
            documents("county", "县级自验资料"),
            visit("city", "市级现场核查"),
            sign("city", "市级验收签字"),
            notice("county", 10, "calendar", SITE),
            filed_by="city",
        ),
        "self_found": procedure(
            "county",
            documents("county"),
            visit("county"),
            sign("county", "县级验收签字"),
            notice("county", 10, "calendar", SITE),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
        "letter": procedure(
            "county",
            documents("county"),
            visit("county"),
            sign("county", "县级验收签字"),
            notice("county", 10, "calendar", SITE),
            filed_by="county",
            apply=["lead", "responsible"],
        ),
    },
}

VARIANTS: dict[str, tuple[str, Values]] = {
    "national": (
        "中央生态环境保护督察整改工作办法（2022）：清单管理、验收销号、省级督促；各环节天数为系统默认值",
        NATIONAL,
    ),
    "huangshan": (
        "黄山市生态环境问题整改验收销号办法（2022）：申请、现场核查、审核签字、公示反馈",
        HUANGSHAN,
    ),
    "boshan": (
        "博山区省督察交办件销号流程（2025）：台账、区级验收、公示、主要领导审签、市级复核、报备",
        BOSHAN,
    ),
    "hunan": (
        "湖南省督察问题整改销号指导意见（2019-06）、验收销号标准（2019-12）、省级核查销号工作规程：省级必核",
        HUNAN,
    ),
}
"""Variant → (legal reference, values)."""
