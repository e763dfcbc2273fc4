"""States of a letter, the moves between them, and the closed lists of the published table.

Source: domain reference C.6 (verdicts, states, classes, kinds of pollution).
"""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class LetterState(Choices):
    """Where a letter stands between the office that handed it over and the unit that handles it."""

    HANDED = "handed", "已交办"
    WORKING = "working", "办理中"
    REVIEW = "review", "待审核"
    RETURNED = "returned", "退回重办"
    STAGED = "staged", "阶段性办结"
    DONE = "done", "办结"


class PublishedState(Choices):
    """The three words of the published table; what is not finished is 未办结, however far it has come."""

    DONE = "done", "已办结"
    STAGED = "staged", "阶段性办结"
    OPEN = "open", "未办结"


class Verdict(Choices):
    """Whether what was reported is true; one that nobody has found out yet has none."""

    TRUE = "true", "属实"
    MOSTLY = "mostly", "基本属实"
    PARTLY = "partly", "部分属实"
    UNTRUE = "untrue", "不属实"


class Grade(Choices):
    """三类分办: how a letter is handled."""

    ORDINARY = "ordinary", "一般"
    KEY = "key", "重点"
    HARD = "hard", "疑难复杂"


class Pollution(Choices):
    """What a letter complains of. A letter may name several: the kinds add up to more than the letters."""

    WATER = "water", "水"
    AIR = "air", "大气"
    SOIL = "soil", "土壤"
    WASTE = "waste", "固废"
    ECOLOGY = "ecology", "生态"
    NOISE = "noise", "噪声"
    FUMES = "fumes", "油烟"
    DUST = "dust", "扬尘"
    GARBAGE = "garbage", "垃圾"
    LIVESTOCK = "livestock", "畜禽养殖"
    METALS = "metals", "重金属"
    RADIATION = "radiation", "辐射"
    SEA = "sea", "海洋"
    OTHER = "other", "其他"


class LetterTime(Choices):
    """How much time is left for the answer, computed from dates and never typed. Worst first."""

    OVERDUE = "overdue", "超期"
    SOON = "soon", "临近到期"
    RUNNING = "running", "期限内"
    ANSWERED = "answered", "已答复"


S = LetterState

SETTLED = frozenset({S.DONE, S.STAGED})
OPEN = frozenset(LetterState) - SETTLED
TO_HANDLE = frozenset({S.HANDED, S.WORKING, S.RETURNED})
"""The handling unit has the next word."""
AS_PRINTED = frozenset({S.HANDED, S.WORKING, S.STAGED, S.DONE})
"""States in which a letter may come in with a table that was printed already."""

PUBLISHED = {
    **dict.fromkeys(OPEN, PublishedState.OPEN),
    S.STAGED: PublishedState.STAGED,
    S.DONE: PublishedState.DONE,
}

LETTER_MOVES: Moves[LetterState] = Moves(
    Move("take", "签收", frozenset({S.HANDED}), S.WORKING),
    Move("reassign", "改派", TO_HANDLE, S.HANDED, needs_reason=True),
    Move("answer", "报送办理结果", frozenset({S.WORKING, S.RETURNED, S.STAGED}), S.REVIEW),
    Move("send_back", "退回重办", frozenset({S.REVIEW}), S.RETURNED, needs_reason=True, two_people=True),
    Move("stage", "阶段性办结", frozenset({S.REVIEW}), S.STAGED, two_people=True),
    Move("close", "办结", frozenset({S.REVIEW}), S.DONE, two_people=True),
    Move("reopen", "重新办理", SETTLED, S.RETURNED, needs_reason=True),
)
