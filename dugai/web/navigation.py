"""The way around the house: what stands in the side navigation, for whom.

A place whose address does not exist, or that the viewer may not open, is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from dugai.people.states import ADMIN_ROLES, OFFICE_ROLES, UNIT_ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

BUSINESS = frozenset(Role) - ADMIN_ROLES - {Role.PUBLIC}
REPORTING = OFFICE_ROLES | UNIT_ROLES | {Role.VERIFIER, Role.LEADER, Role.SUPERVISOR, Role.DISCIPLINE}
EVERYONE = frozenset(Role)
EVIDENCE_REVIEWERS = frozenset({Role.VERIFIER, Role.UNIT_REVIEWER, Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})
SYSTEM, SECURITY, AUDIT = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN


@dataclass(frozen=True, slots=True)
class Place:
    """A word in the navigation, the name of its address, who may open it and which pages lie inside it."""

    word: str
    name: str
    roles: frozenset[str] = BUSINESS
    inside: tuple[str, ...] = ()
    count: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place as one viewer finds it."""

    word: str
    url: str
    current: bool = False
    count: int = 0


REPORT_PAGES = ("report", "report_receipt", "report_no_change", "report_batch")
ROUND_PAGES = (
    *("round", "round_new", "round_reports", "round_close", "round_figures", "review_desk", "review_batch"),
    *("my_reports", *REPORT_PAGES),
)
LEDGER_PAGES = (
    *("problem", "measures", "measure", "problem_gantt"),
    *("problem_evidence", "evidence", "evidence_new"),
)
CLOSEOUT_PAGES = (
    *("problem_closeout", "closeout_apply", "closeout_withdraw", "closeout_check", "closeout_visit"),
    *("closeout_sign", "closeout_notice", "closeout_objection_new", "closeout_objection", "closeout_close"),
    *("closeout_decide", "closeout_file", "closeout_consolidate", "closeout_propose", "closeout_register"),
    "problem_traces",
)
LOOK_BACK_PAGES = ("look_back_new", "look_back_plan", "look_back_item", "consolidation")
LETTER_PAGES = (
    *("letter_batch", "letter_batch_new", "letter", "letter_new", "letter_answer", "my_letters"),
    *("letter_import", "letter_import_staged"),
)
TEXT_PAGES = ("text", "text_new", "text_sources", "text_compare", "text_release", "text_template")
INDICATOR_PAGES = ("indicator", "indicator_reading", "indicator_alerts", "indicator_new", "indicator_edit")
FIRST = (Place("今天", "today", EVERYONE),)
LOOP = (
    Place("发现交办", "inspections", inside=("inspection",)),
    Place("建账分解", "problems", inside=LEDGER_PAGES),
    Place("调度推进", "rounds", REPORTING, inside=ROUND_PAGES),
    Place("验收销号", "closeout", inside=CLOSEOUT_PAGES),
    Place("回头看", "look_backs", inside=LOOK_BACK_PAGES),
    Place("公示公开", "texts", inside=(*TEXT_PAGES, "releases", "release")),
)
COMMON = (
    Place("本单位填报", "my_reports", UNIT_ROLES, inside=("report", "report_receipt")),
    Place(
        "接件",
        "documents",
        OFFICE_ROLES,
        ("document", "document_findings", "document_letters", "proposal_edit"),
    ),
    Place("信访件", "letters", inside=LETTER_PAGES),
    Place("审核台", "review_desk", OFFICE_ROLES | {Role.UNIT_REVIEWER}),
    Place("待审佐证", "evidence_queue", EVIDENCE_REVIEWERS),
    Place("任务台账", "tasks", inside=("task", "gantt")),
    Place("整改方案", "plans", inside=("plan", "plan_new", "plan_version")),
    Place("申请调整", "changes", inside=("change", "change_new")),
    Place("地区看板", "board"),
    Place("数据项", "figures", inside=("figure",)),
    Place("指标", "indicators", inside=INDICATOR_PAGES),
    Place("消息", "messages", EVERYONE),
)
KEEPING = (
    Place(
        "单位", "organisations", EVERYONE, ("organisation", "add_organisation", "edit_organisation", "group")
    ),
    Place("人员", "people", ADMIN_ROLES, ("person", "edit_person", "change_post", "people_import")),
    Place("通知发送", "deliveries", frozenset({SYSTEM})),
    Place("安全", "security", frozenset({SECURITY})),
    Place("留痕日志", "journal", OFFICE_ROLES | {AUDIT, Role.SUPERVISOR, Role.DISCIPLINE}),
)
GROUPS = (("常用", COMMON), ("单位与留痕", KEEPING))
TABS = (
    Place("今天", "today", EVERYONE),
    Place("台账", "tasks", inside=("task", "problems", "problem", "measure")),
    Place("填报", "my_reports", UNIT_ROLES, inside=REPORT_PAGES),
    Place("审核", "review_desk", OFFICE_ROLES | {Role.UNIT_REVIEWER}),
    Place("看板", "board", BUSINESS - UNIT_ROLES),
    Place("销号", "closeout", frozenset({Role.VERIFIER}), inside=CLOSEOUT_PAGES),
    Place("调度", "rounds", BUSINESS - OFFICE_ROLES - UNIT_ROLES - {Role.VERIFIER}, inside=ROUND_PAGES),
    Place("单位", "organisations", ADMIN_ROLES, inside=("organisation",)),
    Place("人员", "people", ADMIN_ROLES, inside=("person",)),
    Place("消息", "messages", EVERYONE),
)
ACCOUNT = (
    Place("我的账号", "account", EVERYONE),
    Place("代理", "deputies", EVERYONE),
    Place("通知设置", "notice_settings", EVERYONE - {Role.PUBLIC}),
    Place("登录设备", "my_sessions", EVERYONE),
)


@cache
def address(name: str) -> str:
    """Return the path of a named address without arguments; empty when the house has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def address_of(name: str, *args: int) -> str:
    """Return the path of a named address with arguments; empty when the house has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def links(places: Iterable[Place], role: str, here: str, counts: dict[str, int] | None = None) -> list[Link]:
    """Return the places that exist and that `role` may open; `here` is the name of the page shown."""
    counts = counts or {}
    return [
        Link(place.word, url, here == place.name or here in place.inside, counts.get(place.count, 0))
        for place in places
        if role in place.roles and (url := address(place.name))
    ]
