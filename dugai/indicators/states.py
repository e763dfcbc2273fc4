"""The words of indicators: which way is better, what kind of number it is, and how a row ends."""

from __future__ import annotations

from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class IndicatorKind(Choices):
    """What an indicator speaks of."""

    ENVIRONMENTAL = "environmental", "环境质量"
    ENGINEERING = "engineering", "工程治理"


class Better(Choices):
    """Which way is better."""

    HIGHER = "higher", "越高越好"
    LOWER = "lower", "越低越好"


class Nature(Choices):
    """What kind of number it is, and so in what its changes are counted."""

    RATE = "rate", "比率"
    AMOUNT = "amount", "数量"
    RANK = "rank", "名次"


class RowState(Choices):
    """A reading or a target stands, was corrected by its next version, or was taken back."""

    STANDING = "standing", "现行"
    REPLACED = "replaced", "已更正"
    WITHDRAWN = "withdrawn", "已撤销"


S = RowState

ROW_MOVES: Moves[RowState] = Moves(
    Move("correct", "更正", frozenset({S.STANDING}), S.REPLACED, needs_reason=True),
    Move("withdraw", "撤销", frozenset({S.STANDING}), S.WITHDRAWN, needs_reason=True),
)


class Against(Choices):
    """How a reading stands against its target; from worst to best."""

    SHORT = "short", "未达目标"
    SHORT_SO_FAR = "short_so_far", "暂未达目标"
    OPEN = "open", "期末再比"
    MET = "met", "达到目标"


class ComparisonKind(Choices):
    """What a reading is compared with."""

    YEAR_ON_YEAR = "year_on_year", "同比"
    ON_PREVIOUS = "on_previous", "环比"
    ON_BASE = "on_base", "较基年"
