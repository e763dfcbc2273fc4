"""The words of a document under review, and of what was read out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dugai.kernel.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Iterable


class DocumentState(Choices):
    """How far a document has come."""

    READING = "reading", "正在读取"
    REVIEW = "review", "待审阅"
    DONE = "done", "已审完"
    SAME = "same", "与前一份相同"
    UNREADABLE = "unreadable", "未能解析"


class ProposalKind(Choices):
    """What a proposal would become."""

    PROBLEM = "problem", "问题"
    MEASURE = "measure", "措施"


class ProposalState(Choices):
    """What became of a proposal. Every proposal of a document is in exactly one of these."""

    PROPOSED = "proposed", "待定"
    ACCEPTED = "accepted", "已采纳"
    CORRECTED = "corrected", "改后采纳"
    REJECTED = "rejected", "不采纳"
    MERGED = "merged", "已合并"
    SPLIT = "split", "已拆分"
    DUPLICATE = "duplicate", "已有"
    WITHDRAWN = "withdrawn", "重读后不再有"


class Choice(Choices):
    """What a person decided about a proposal that resembles an entry of the ledger."""

    NONE = "", "未定"
    NEW = "new", "另建一条"
    SAME = "same", "就是这一条"


class ConflictKind(Choices):
    """Why a proposal was held beside an entry of the ledger."""

    NUMBER = "number", "序号相同，文字不同"
    TEXT = "text", "文字相同，内容有出入"
    NEAR = "near", "文字相近"


TAKEABLE = frozenset({"text", "goal", "deadline", "lead"})
"""Differences that can be asked for as a change of the entry; parts of other units are set in the ledger."""
S = ProposalState
DECIDABLE = frozenset({S.PROPOSED, S.ACCEPTED, S.CORRECTED, S.REJECTED})
"""A person may still decide, or decide otherwise, as long as nothing of it is in the ledger."""
ADOPTED = frozenset({S.ACCEPTED, S.CORRECTED})
"""These go into the ledger."""
REVIEWABLE = frozenset({DocumentState.REVIEW, DocumentState.DONE})


def state_after(states: Iterable[str]) -> DocumentState:
    """Return where a document stands by its proposals: done once there are some and none is left to decide."""
    found = set(states)
    return DocumentState.REVIEW if not found or S.PROPOSED in found else DocumentState.DONE
