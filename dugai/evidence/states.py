"""States of a piece of evidence, its phases, and what a slot of the checklist amounts to."""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class EvidenceState(Choices):
    """Where a piece of evidence stands between the unit that added it and the unit that reviews it."""

    PENDING = "pending", "待审"
    ACCEPTED = "accepted", "已采纳"
    RETURNED = "returned", "已退回"
    REPLACED = "replaced", "已替换"
    WITHDRAWN = "withdrawn", "已撤回"


class Phase(Choices):
    """When what it shows was so; a document belongs to no moment of the works."""

    BEFORE = "before", "整改前"
    DURING = "during", "整改中"
    AFTER = "after", "整改后"
    DOCUMENT = "document", "材料"


class SlotStatus(Choices):
    """What a criterion of the checklist still lacks, worst first."""

    MISSING = "missing", "未交"
    RETURNED = "returned", "被退回"
    INCOMPLETE = "incomplete", "不全"
    PENDING = "pending", "待审"
    ACCEPTED = "accepted", "已采纳"


class Stage(Choices):
    """By which step of the close-out a criterion must be met."""

    APPLY = "apply", "申请验收前"
    CLOSE = "close", "销号前"


class ReadingState(Choices):
    """What came of looking into a file."""

    READ = "read", "已读取"
    NOTHING = "nothing", "无可读取"
    UNREADABLE = "unreadable", "未能解析"


S = EvidenceState

LIVE = frozenset({S.PENDING, S.ACCEPTED, S.RETURNED})
"""Still spoken of; the others are kept and shown only in the history."""

EVIDENCE_MOVES: Moves[EvidenceState] = Moves(
    Move("accept", "采纳", frozenset({S.PENDING}), S.ACCEPTED, two_people=True),
    Move("send_back", "退回", frozenset({S.PENDING}), S.RETURNED, needs_reason=True, two_people=True),
    Move("revoke", "撤销采纳", frozenset({S.ACCEPTED}), S.RETURNED, needs_reason=True, two_people=True),
    Move("replace", "换一份", frozenset({S.PENDING, S.RETURNED}), S.REPLACED),
    Move("withdraw", "撤回", frozenset({S.PENDING, S.RETURNED}), S.WITHDRAWN, needs_reason=True),
)
