"""The words of close-out: one attempt from application to consolidation, and what surrounds it.

Source: domain reference C.4 (state machine of a problem), C.5 (close-out), A 13–15, 83–86, 126.
"""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class CaseState(Choices):
    """One attempt at closing a problem. While it lives it says the same as the problem's closure."""

    APPLIED = "applied", "已申请验收"
    CHECKED = "checked", "已核查"
    VERIFIED = "verified", "验收通过"
    IN_NOTICE = "in_notice", "公示中"
    OBJECTED = "objected", "公示有异议"
    CLOSED = "closed", "已销号"
    FILED = "filed", "已备案"
    IN_CONSOLIDATION = "in_consolidation", "巩固期"
    WITHDRAWN = "withdrawn", "已撤回"
    RETURNED = "returned", "已退回"
    REOPENED = "reopened", "已重新整改"
    CARRIED_OVER = "carried_over", "已转入下一轮"
    STRENGTHENED = "strengthened", "已转强化整改"


S = CaseState
CLOSED_CASES = frozenset({S.CLOSED, S.FILED, S.IN_CONSOLIDATION})
RUNNING_CASES = frozenset({S.APPLIED, S.CHECKED, S.VERIFIED, S.IN_NOTICE, S.OBJECTED})
LIVE_CASES = RUNNING_CASES | CLOSED_CASES

CASE_MOVES: Moves[CaseState] = Moves(
    Move("withdraw", "撤回申请", frozenset({S.APPLIED}), S.WITHDRAWN, needs_reason=True),
    Move("check", "核查通过", frozenset({S.APPLIED}), S.CHECKED),
    Move(
        "send_back",
        "退回限期完善",
        frozenset({S.APPLIED, S.CHECKED, S.VERIFIED, S.IN_NOTICE}),
        S.RETURNED,
        needs_reason=True,
    ),
    Move("verify", "审核签字", frozenset({S.CHECKED}), S.VERIFIED),
    Move("publish_notice", "开始公示", frozenset({S.VERIFIED}), S.IN_NOTICE),
    Move("object", "登记异议", frozenset({S.IN_NOTICE}), S.OBJECTED),
    Move("dismiss_objection", "异议不成立", frozenset({S.OBJECTED}), S.IN_NOTICE, needs_reason=True),
    Move("uphold_objection", "异议成立", frozenset({S.OBJECTED}), S.REOPENED, needs_reason=True),
    Move("close", "销号", frozenset({S.IN_NOTICE}), S.CLOSED, two_people=True),
    Move("file", "备案", frozenset({S.CLOSED}), S.FILED),
    Move("consolidate", "进入巩固期", frozenset({S.CLOSED, S.FILED}), S.IN_CONSOLIDATION),
    Move("reopen", "重新整改", CLOSED_CASES, S.REOPENED, needs_reason=True, two_people=True),
    Move(
        "carry_over",
        "转入下一轮",
        frozenset({S.APPLIED, S.CHECKED}),
        S.CARRIED_OVER,
        needs_reason=True,
        two_people=True,
    ),
    Move(
        "strengthen",
        "强化整改",
        frozenset({S.IN_CONSOLIDATION}),
        S.STRENGTHENED,
        needs_reason=True,
        two_people=True,
    ),
)


class StepKind(Choices):
    """What is done in one step of the procedure."""

    DOCUMENTS = "documents", "资料初审"
    VISIT = "visit", "现场核查"
    SIGN = "sign", "审核签字"
    NOTICE = "notice", "公示"


class Conclusion(Choices):
    """What a check, visit or signature concludes."""

    PASS = "pass", "通过"
    RETURN = "return", "退回限期完善"


class Met(Choices):
    """What the checker finds of one measure."""

    OPEN = "", "未核"
    MET = "met", "落实到位"
    NOT_MET = "not_met", "没有落实"


class ObjectionState(Choices):
    """An objection during the notice."""

    OPEN = "open", "待答复"
    DISMISSED = "dismissed", "不成立"
    UPHELD = "upheld", "成立"


class MotionKind(Choices):
    """What needs two people."""

    CLOSE = "close", "销号"
    REOPEN = "reopen", "重新整改"
    CARRY_OVER = "carry_over", "转入下一轮"
    STRENGTHEN = "strengthen", "强化整改"


class MotionState(Choices):
    """One person's proposal until another decides."""

    PROPOSED = "proposed", "待审批"
    APPROVED = "approved", "已同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"


P = MotionState
PROPOSAL_MOVES: Moves[MotionState] = Moves(
    Move("approve", "同意", frozenset({P.PROPOSED}), P.APPROVED, two_people=True),
    Move("refuse", "不同意", frozenset({P.PROPOSED}), P.REFUSED, needs_reason=True),
    Move("withdraw", "撤回", frozenset({P.PROPOSED}), P.WITHDRAWN),
)


class LookBackState(Choices):
    """One drawn item of a look-back."""

    PLANNED = "planned", "待回访"
    DONE = "done", "已回访"


class GateKey(Choices):
    """The gates before closing, in the order of the checklist; each is also a condition in the database."""

    PROGRESS = "progress", "措施全部完成"
    EVIDENCE = "evidence", "佐证齐全"
    APPLICATION = "application", "提出验收申请"
    DOCUMENTS = "documents", "资料初审"
    MEASURES = "measures", "逐条核实措施"
    VISIT = "visit", "现场核查"
    SIGN = "sign", "分级审核签字"
    NOTICE = "notice", "公示期满"
    OBJECTIONS = "objections", "没有未了的异议"
    CLOSER = "closer", "两人销号"
