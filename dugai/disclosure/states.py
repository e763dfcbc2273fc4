"""The words of texts and releases: kinds of text, states and moves, channels, and how hard a finding is."""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class TextState(Choices):
    """Where a text stands between the first draft and the public."""

    DRAFT = "draft", "起草中"
    IN_REVIEW = "in_review", "待审核"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已核准"
    RELEASED = "released", "已发布"
    CORRECTED = "corrected", "已更正"
    WITHDRAWN = "withdrawn", "已撤回"
    DISCARDED = "discarded", "已作废"


T = TextState

TEXT_MOVES: Moves[TextState] = Moves(
    Move("submit", "送审", frozenset({T.DRAFT, T.RETURNED}), T.IN_REVIEW),
    Move("send_back", "退回修改", frozenset({T.IN_REVIEW, T.APPROVED}), T.RETURNED, needs_reason=True),
    Move("approve", "核准", frozenset({T.IN_REVIEW}), T.APPROVED, two_people=True),
    Move("release", "发布", frozenset({T.APPROVED}), T.RELEASED),
    Move("correct", "由更正稿取代", frozenset({T.RELEASED}), T.CORRECTED, needs_reason=True, by_system=True),
    Move("withdraw", "撤回发布", frozenset({T.RELEASED}), T.WITHDRAWN, needs_reason=True),
    Move("discard", "作废", frozenset({T.DRAFT, T.RETURNED}), T.DISCARDED, needs_reason=True),
)

EDITABLE = frozenset({T.DRAFT, T.RETURNED})
OUT = frozenset({T.RELEASED, T.CORRECTED, T.WITHDRAWN})
"""Has been released at least once."""


class Genre(Choices):
    """What a text is; each has a shipped template of the same name."""

    MONTHLY = "monthly", "月调度通报"
    QUARTERLY = "quarterly", "季通报"
    PROGRESS_REPORT = "progress_report", "整改落实情况报告"
    PROGRESS_PUBLIC = "progress_public", "整改落实情况（公开稿）"
    TASK_ANNEX = "task_annex", "整改任务完成情况"
    PLAN = "plan", "整改方案"
    CLOSE_NOTICE = "close_notice", "整改结果公示"
    ACCEPTANCE = "acceptance", "验收意见"
    URGE = "urge", "督办函"
    SUMMONS = "summons", "约谈通知"
    MEETING = "meeting", "会议主持词"
    CASE_FILE = "case_file", "一案一档目录"
    INDICATORS = "indicators", "指标通报"
    LETTERS = "letters", "信访件一览表"
    ACCOUNTABILITY = "accountability", "责任追究情况公开"


ABOUT_A_PROBLEM = frozenset(
    {Genre.CLOSE_NOTICE, Genre.ACCEPTANCE, Genre.URGE, Genre.SUMMONS, Genre.CASE_FILE}
)
"""Texts that speak of one problem and cannot be drafted without it."""
ABOUT_A_BATCH = frozenset({Genre.LETTERS})
"""Texts that print the letters of one batch."""


class Channel(Choices):
    """Where a text is made known."""

    PORTAL = "portal", "公众门户"
    SITE = "site", "政府网站"
    NEWSPAPER = "newspaper", "报纸"
    TELEVISION = "television", "电视台"
    WECHAT = "wechat", "政务新媒体"
    NOTICE_BOARD = "notice_board", "公示栏"
    INTERNAL = "internal", "内部印发"


class ReleaseState(Choices):
    """A release stands, was replaced by its correction, or was withdrawn."""

    STANDING = "standing", "有效"
    CORRECTED = "corrected", "已更正"
    WITHDRAWN = "withdrawn", "已撤回"


RELEASE_MOVES: Moves[ReleaseState] = Moves(
    Move("correct", "更正", frozenset({ReleaseState.STANDING}), ReleaseState.CORRECTED, needs_reason=True),
    Move("withdraw", "撤回", frozenset({ReleaseState.STANDING}), ReleaseState.WITHDRAWN, needs_reason=True),
)


class Severity(Choices):
    """Whether a finding stops the release until it is mended or overruled."""

    BLOCK = "block", "须处理"
    WARN = "warn", "请留意"


class SnapshotKind(Choices):
    """What a released row is about."""

    RELEASE = "release", "发布稿"
    PROBLEM = "problem", "问题"
    OVERVIEW = "overview", "总体数字"
    NOTICE = "notice", "公示"
    PICTURE = "picture", "整改前后照片"
    ROOT = "root", "留痕树根"
    LETTERS = "letters", "信访件"
    INDICATOR = "indicator", "指标"
    RECEIPT = "receipt", "异议回执"
