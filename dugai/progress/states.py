"""States of a round and of a report, and the moves between them."""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class RoundKind(Choices):
    """How often a round comes, or that it was called for once."""

    WEEKLY = "weekly", "周调度"
    MONTHLY = "monthly", "月调度"
    QUARTERLY = "quarterly", "季调度"
    SPECIAL = "special", "专项调度"


class RoundState(Choices):
    """A round is drawn up, opened, and closed for good."""

    OPENING = "opening", "正在展开"
    OPEN = "open", "填报中"
    CLOSED = "closed", "已关账"


class ReportState(Choices):
    """Where one report stands between the unit and the office that adopts it."""

    OWED = "owed", "待填报"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    ADOPTED = "adopted", "已采纳"
    MISSED = "missed", "未报"
    VOID = "void", "免报"


S = ReportState

UNREPORTED = frozenset({S.OWED, S.DRAFT, S.RETURNED})
"""Still with the unit: what a missing list names, and what closing turns into 未报."""

COVERED = frozenset({S.SUBMITTED, S.ADOPTED})
"""Handed in: what counts as reported, whether or not it has been reviewed."""

ROUND_MOVES: Moves[RoundState] = Moves(
    Move("open", "开始填报", frozenset({RoundState.OPENING}), RoundState.OPEN, by_system=True),
    Move("close", "关账", frozenset({RoundState.OPEN}), RoundState.CLOSED),
)

REPORT_MOVES: Moves[ReportState] = Moves(
    Move("save_draft", "存草稿", frozenset({S.OWED, S.DRAFT}), S.DRAFT),
    Move("save_draft", "存草稿", frozenset({S.RETURNED}), S.RETURNED),
    Move("submit", "报送", frozenset({S.OWED, S.DRAFT, S.RETURNED}), S.SUBMITTED),
    Move("withdraw", "撤回", frozenset({S.SUBMITTED}), S.DRAFT),
    Move("send_back", "退回", frozenset({S.SUBMITTED}), S.RETURNED, needs_reason=True),
    Move("pass_up", "审核通过并上报", frozenset({S.SUBMITTED}), S.SUBMITTED),
    Move("adopt", "采纳", frozenset({S.SUBMITTED}), S.ADOPTED),
    Move("excuse", "免报", UNREPORTED, S.VOID, needs_reason=True, by_system=True),
    Move("miss", "记为未报", UNREPORTED, S.MISSED, by_system=True),
    Move("reopen", "准予补报", frozenset({S.MISSED, S.ADOPTED}), S.RETURNED, needs_reason=True),
)
