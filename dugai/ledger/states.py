"""The words of the ledger: three axes of status with their moves, and the closed lists of its columns.

Source: domain reference C.2 (fields), C.4 (status words and the machine of a problem), C.5 (close-out).
Three axes never share a column: progress is reported and adopted, time is computed, closure is decided step
by step.
"""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class Progress(Choices):
    """What the unit reports and the reviewer adopts, from nothing to done."""

    NOT_STARTED = "not_started", "未启动"
    IN_PROGRESS = "in_progress", "正在整改"
    PARTIAL = "partial", "部分完成"
    BASICALLY_DONE = "basically_done", "基本完成"
    DONE = "done", "已完成"
    DONE_CONTINUING = "done_continuing", "已完成并持续推进"
    DONE_STANDING = "done_standing", "已完成并长期坚持"


DONE_PROGRESS = frozenset({Progress.DONE, Progress.DONE_CONTINUING, Progress.DONE_STANDING})
"""Self-declared done. 基本完成 is not done, and done is not closed."""


class TimeStatus(Choices):
    """Where a task stands against its dates; computed by ``rules.time_status``, never typed."""

    NOT_DUE = "not_due", "未到时间"
    ON_SCHEDULE = "on_schedule", "达到序时进度"
    DUE_SOON = "due_soon", "临近到期"
    BEHIND = "behind", "未达序时进度"
    OVERDUE = "overdue", "超期"


class Lamp(Choices):
    """The lamp of a row, worst first; shape, word and colour are in the visual language."""

    OVERDUE = "overdue", "超期"
    BEHIND = "behind", "滞后"
    SOON = "soon", "临期"
    ONTRACK = "ontrack", "序时"
    DONE = "done", "待销号"
    CLOSED = "closed", "已销号"


class Closure(Choices):
    """How far the close-out has come. Closed is never the end: a look-back may reopen."""

    OPEN = "open", "整改中"
    APPLIED = "applied", "已申请验收"
    CHECKED = "checked", "已核查"
    VERIFIED = "verified", "验收通过"
    IN_NOTICE = "in_notice", "公示中"
    OBJECTED = "objected", "公示有异议"
    CLOSED = "closed", "已销号"
    FILED = "filed", "已备案"
    IN_CONSOLIDATION = "in_consolidation", "巩固期"
    REOPENED = "reopened", "重新整改"
    CARRIED_OVER = "carried_over", "转入下一轮"
    STRENGTHENED = "strengthened", "强化整改"


C = Closure

CLOSED_CLOSURES = frozenset({C.CLOSED, C.FILED, C.IN_CONSOLIDATION})
"""Signed off. Only these may be published or counted as 销号."""

WORKING_CLOSURES = frozenset({C.OPEN, C.REOPENED, C.STRENGTHENED})
"""The rectification itself is under way and may be applied for close-out."""

PROGRESS_MOVES: Moves[Progress] = Moves(
    Move("start", "启动整改", frozenset({Progress.NOT_STARTED}), Progress.IN_PROGRESS),
    Move(
        "report_partial",
        "报部分完成",
        frozenset({Progress.NOT_STARTED, Progress.IN_PROGRESS}),
        Progress.PARTIAL,
    ),
    Move(
        "report_basically_done",
        "报基本完成",
        frozenset({Progress.NOT_STARTED, Progress.IN_PROGRESS, Progress.PARTIAL}),
        Progress.BASICALLY_DONE,
    ),
    Move("report_done", "报已完成", frozenset(Progress) - DONE_PROGRESS, Progress.DONE),
    Move(
        "report_done_continuing",
        "报已完成并持续推进",
        frozenset(Progress) - frozenset({Progress.DONE_CONTINUING}),
        Progress.DONE_CONTINUING,
    ),
    Move(
        "report_done_standing",
        "报已完成并长期坚持",
        frozenset(Progress) - frozenset({Progress.DONE_STANDING}),
        Progress.DONE_STANDING,
    ),
    Move(
        "take_back",
        "退回正在整改",
        DONE_PROGRESS | {Progress.BASICALLY_DONE, Progress.PARTIAL},
        Progress.IN_PROGRESS,
        needs_reason=True,
    ),
)

CLOSURE_MOVES: Moves[Closure] = Moves(
    Move("apply", "申请验收", WORKING_CLOSURES, C.APPLIED),
    Move("withdraw", "撤回申请", frozenset({C.APPLIED}), C.OPEN, needs_reason=True),
    Move("check", "现场核查", frozenset({C.APPLIED}), C.CHECKED),
    Move(
        "send_back",
        "退回限期完善",
        frozenset({C.APPLIED, C.CHECKED, C.VERIFIED, C.IN_NOTICE}),
        C.OPEN,
        needs_reason=True,
    ),
    Move("verify", "审核签字", frozenset({C.CHECKED}), C.VERIFIED),
    Move("publish_notice", "开始公示", frozenset({C.VERIFIED}), C.IN_NOTICE),
    Move("object", "登记异议", frozenset({C.IN_NOTICE}), C.OBJECTED, needs_reason=True),
    Move("dismiss_objection", "异议不成立", frozenset({C.OBJECTED}), C.IN_NOTICE, needs_reason=True),
    Move("uphold_objection", "异议成立", frozenset({C.OBJECTED}), C.REOPENED, needs_reason=True),
    Move("close", "销号", frozenset({C.IN_NOTICE}), C.CLOSED, two_people=True),
    Move("file", "备案", frozenset({C.CLOSED}), C.FILED),
    Move("consolidate", "进入巩固期", frozenset({C.CLOSED, C.FILED}), C.IN_CONSOLIDATION),
    Move("reopen", "重新整改", CLOSED_CLOSURES, C.REOPENED, needs_reason=True, two_people=True),
    Move(
        "carry_over",
        "转入下一轮",
        WORKING_CLOSURES | {C.APPLIED, C.CHECKED},
        C.CARRIED_OVER,
        needs_reason=True,
        two_people=True,
    ),
    Move("strengthen", "强化整改", frozenset({C.OPEN, C.REOPENED}), C.STRENGTHENED, needs_reason=True),
    Move(
        "strengthen",
        "强化整改",
        frozenset({C.IN_CONSOLIDATION}),
        C.STRENGTHENED,
        needs_reason=True,
        two_people=True,
    ),
)


class PlanState(Choices):
    """A version of the 整改方案."""

    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待审定"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已审定"
    PUBLISHED = "published", "已公开"
    SUPERSEDED = "superseded", "已被新版取代"
    WITHDRAWN = "withdrawn", "已撤回"


PLAN_MOVES: Moves[PlanState] = Moves(
    Move("submit", "报送审定", frozenset({PlanState.DRAFT, PlanState.RETURNED}), PlanState.SUBMITTED),
    Move("send_back", "退回修改", frozenset({PlanState.SUBMITTED}), PlanState.RETURNED, needs_reason=True),
    Move("approve", "审定", frozenset({PlanState.SUBMITTED}), PlanState.APPROVED),
    Move("publish", "公开", frozenset({PlanState.APPROVED}), PlanState.PUBLISHED),
    Move(
        "supersede",
        "由新版取代",
        frozenset({PlanState.APPROVED, PlanState.PUBLISHED}),
        PlanState.SUPERSEDED,
        by_system=True,
    ),
    Move(
        "withdraw",
        "撤回",
        frozenset({PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED}),
        PlanState.WITHDRAWN,
        needs_reason=True,
    ),
)


class ChangeState(Choices):
    """A request to change a deadline, target, owner or wording."""

    REQUESTED = "requested", "待审批"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"


CHANGE_MOVES: Moves[ChangeState] = Moves(
    Move("resubmit", "重新申请", frozenset({ChangeState.RETURNED}), ChangeState.REQUESTED),
    Move(
        "send_back", "退回补充", frozenset({ChangeState.REQUESTED}), ChangeState.RETURNED, needs_reason=True
    ),
    Move("approve", "同意", frozenset({ChangeState.REQUESTED}), ChangeState.APPROVED),
    Move("refuse", "不同意", frozenset({ChangeState.REQUESTED}), ChangeState.REFUSED, needs_reason=True),
    Move(
        "withdraw",
        "撤回",
        frozenset({ChangeState.REQUESTED, ChangeState.RETURNED}),
        ChangeState.WITHDRAWN,
    ),
)


class ChangeKind(Choices):
    """What a change request wants to change."""

    DEADLINE = "deadline", "整改时限"
    TARGET = "target", "整改目标"
    OWNER = "owner", "责任单位"
    WORDING = "wording", "文字表述"


class InspectionLevel(Choices):
    """Who sent the inspection."""

    CENTRAL = "central", "中央"
    PROVINCIAL = "provincial", "省级"
    MUNICIPAL = "municipal", "市级"


class InspectionType(Choices):
    """What sort of inspection it was."""

    ROUTINE = "routine", "例行督察"
    SPECIAL = "special", "专项督察"
    LOOK_BACK = "look_back", "“回头看”"
    RESIDENT = "resident", "派驻监察"
    WARNING_FILM = "warning_film", "警示片"
    SELF_CHECK = "self_check", "自查"


class ProblemKind(Choices):
    """In which form a problem was handed over."""

    REPORT = "report", "督察报告问题"
    TYPICAL_CASE = "typical_case", "典型案例"
    KEY_SUPERVISED = "key_supervised", "重点督办件"
    COMPLAINT = "complaint", "信访衍生问题"
    WARNING_FILM = "warning_film", "警示片问题"
    GREEN_SHIELD = "green_shield", "“绿盾”问题"
    SELF_FOUND = "self_found", "自查问题"


class SourceType(Choices):
    """Through which channel a problem was found."""

    CENTRAL_INSPECTION = "central_inspection", "中央督察反馈"
    PROVINCIAL_INSPECTION = "provincial_inspection", "省级督察反馈"
    MUNICIPAL_INSPECTION = "municipal_inspection", "市级督察反馈"
    NATIONAL_FILM = "national_film", "国家警示片"
    PROVINCIAL_FILM = "provincial_film", "省级警示片"
    COMPLAINT = "complaint", "信访举报"
    SPECIAL_ACTION = "special_action", "专项行动"
    COVERT_VISIT = "covert_visit", "暗查暗访"
    MEDIA = "media", "媒体曝光"
    OVERSIGHT = "oversight", "人大政协审计检察监督"
    SELF_CHECK = "self_check", "自查自纠"
    ANALOGY = "analogy", "举一反三"


class SourceClass(Choices):
    """The 1+1+N class, which decides who verifies."""

    CENTRAL = "central", "中央层面交办"
    PROVINCIAL = "provincial", "省级层面交办"
    SELF_FOUND = "self_found", "自查发现"


class WorkKind(Choices):
    """Works or no works; evidence lists and close-out texts differ (domain reference C.5)."""

    ENGINEERING = "engineering", "工程类"
    NON_ENGINEERING = "non_engineering", "非工程类"


class LinkKind(Choices):
    """How a problem follows from another one."""

    INHERITED = "inherited", "沿袭"
    CARRIED_OVER = "carried_over", "转入下一轮"
    MERGED = "merged", "合并"
    ANALOGY = "analogy", "举一反三"
    REOPENED = "reopened", "重新整改"
