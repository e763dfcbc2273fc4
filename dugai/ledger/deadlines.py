"""整改时限: what a deadline is, how it prints, how it is stored, and which of its dates counts.

Source: domain reference C.3. ``deadline_text.parse_deadline`` reads the wording; ``parse(print(d)) == d``
holds for what the wording says. What the office adds for itself (往前赶, the period of evidence) is kept in
JSON, not printed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from dugai.kernel.canonical import plain
from dugai.kernel.choices import Choices
from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import Period, PeriodKind


class DeadlineKind(Choices):
    """What sort of promise the wording makes."""

    FIXED = "fixed", "定期完成"
    IMMEDIATE = "immediate", "立行立改"
    STANDING = "standing", "长期坚持"
    IMMEDIATE_STANDING = "immediate_standing", "立行立改并长期坚持"
    COMPOUND = "compound", "多段时限"
    YEARLY = "yearly", "分年度"
    PHASED = "phased", "分阶段"
    NONE = "none", "不设时限"
    UNKNOWN = "unknown", "未能识别"


class Precision(Choices):
    """How exactly the wording names the date; the date kept is the last day it allows."""

    DAY = "day", "日"
    MONTH = "month", "月底"
    QUARTER = "quarter", "季度末"
    HALF = "half", "半年末"
    YEAR = "year", "年底"


@dataclass(frozen=True, slots=True)
class DatedPart:
    """One promise in a deadline: the last day it allows (``None``: the wording gives none) and what for."""

    due: dt.date | None
    precision: Precision = Precision.DAY
    content: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as officials write it.

    ``parts`` stand in the order of the text. ``immediate`` and ``standing`` say whether 立行立改 and
    长期坚持 words are in it. ``evidence`` is how often a standing duty must be proved, ``internal_due`` the
    office's own earlier date (往前赶). ``issued`` is the date of issue, kept only where the wording cannot
    be read without it. ``assumed`` lists what the reader supplied, in Chinese, for a person to confirm. Two
    deadlines are equal when they mean the same; ``raw``, ``issued`` and ``assumed`` do not count.
    """

    kind: DeadlineKind
    parts: tuple[DatedPart, ...] = ()
    immediate: bool = False
    standing: bool = False
    evidence: PeriodKind | None = None
    internal_due: dt.date | None = None
    issued: dt.date | None = field(default=None, compare=False)
    raw: str = field(default="", compare=False)
    assumed: tuple[str, ...] = field(default=(), compare=False)

    def published(self) -> Deadline:
        """Return the deadline without what the office added for itself."""
        return replace(self, internal_due=None)


@dataclass(frozen=True, slots=True)
class UnknownDeadline:
    """A wording nobody could read: kept as it is, with the reason in Chinese, for a person to decide."""

    raw: str
    reason: str

    @property
    def kind(self) -> DeadlineKind:
        """Always ``UNKNOWN``."""
        return DeadlineKind.UNKNOWN


AnyDeadline: TypeAlias = Deadline | UnknownDeadline


def with_internal_due(deadline: Deadline, day: dt.date) -> Deadline:
    """Set the office's own date. ``InvalidInput`` when it is later than the published one (不能往后拖)."""
    due = last_due(deadline)
    if due is not None and day > due:
        message = f"内部时限 {day} 晚于公布的时限 {due}。内部时限只能提前，请改早。"
        raise InvalidInput(message, code="internal_due_late", fields={"internal_due": message})
    return replace(deadline, internal_due=day)


def with_default_internal_due(deadline: Deadline, *, issued: dt.date, immediate_days: int = 30) -> Deadline:
    """Give 立行立改 without any date an internal one, else it would never be overdue.

    ``immediate_days`` counts calendar days from ``issued`` and is an office's rule. Others come back
    unchanged.
    """
    if not deadline.immediate or deadline.internal_due or last_due(deadline):
        return deadline
    return replace(deadline, internal_due=issued + dt.timedelta(days=immediate_days))


def last_due(deadline: AnyDeadline) -> dt.date | None:
    """Return the last published date, or ``None`` when the wording has no date."""
    return max(_dates(deadline), default=None)


def due_date(deadline: AnyDeadline) -> dt.date | None:
    """Return the date after which the whole is overdue: the last published one, else the internal one."""
    return last_due(deadline) or (deadline.internal_due if isinstance(deadline, Deadline) else None)


def first_due(deadline: AnyDeadline) -> dt.date | None:
    """Return the earliest published date, else the internal one."""
    return min(_dates(deadline), default=due_date(deadline))


def next_due(deadline: AnyDeadline, today: dt.date) -> dt.date | None:
    """Return the next date on which something is due, ``today`` included; ``None`` when all have passed.

    Without dates ahead a standing duty is next due at the end of the evidence period that contains ``today``.
    """
    if isinstance(deadline, UnknownDeadline):
        return None
    ahead = [day for day in (*_dates(deadline), deadline.internal_due) if day is not None and day >= today]
    if ahead:
        return min(ahead)
    return Period.of(deadline.evidence, today).end if deadline.evidence else None


def codes(deadline: AnyDeadline) -> list[str]:
    """Return the codes of the intake record: ``immediate``, 2025-12-31, 2025-12, ``long_term``."""
    if isinstance(deadline, UnknownDeadline):
        return []
    dates = [
        str(part.due) if part.precision is Precision.DAY else f"{part.due:%Y-%m}"
        for part in deadline.parts
        if part.due
    ]
    return ["immediate"] * deadline.immediate + dates + ["long_term"] * deadline.standing


def print_deadline(deadline: AnyDeadline) -> str:
    """Return the original wording when there is one, else the canonical Chinese."""
    if deadline.raw or isinstance(deadline, UnknownDeadline):
        return deadline.raw
    return canonical(deadline)


def canonical(deadline: Deadline) -> str:
    """Write the deadline in the house's own words: 立行立改；2022年6月底前；2025年12月底前完成…；长期坚持."""
    if deadline.kind is DeadlineKind.NONE:
        return "已完成"
    standing = ["长期坚持" + _EVIDENCE_WORDS[deadline.evidence or DEFAULT_EVIDENCE]] * deadline.standing
    if deadline.kind is DeadlineKind.PHASED:
        return "、".join([_phase(part) for part in deadline.parts] + standing)
    dated = [(part.due, part) for part in deadline.parts if part.due]
    if deadline.kind is DeadlineKind.YEARLY:
        plain = not any(part.content for _, part in dated)
        years = [f"{due.year}年{part.content}" for due, part in dated]
        words = ["、".join(years) + "分年度完成"] if plain else ["分年度：" + "；".join(years)]
    else:
        words = [print_date(due, part.precision) + part.content for due, part in dated]
    return "；".join(["立行立改"] * deadline.immediate + words + standing)


def _phase(part: DatedPart) -> str:
    return part.content + (f"（{print_date(part.due, part.precision)}）" if part.due else "")


def print_date(due: dt.date, precision: Precision) -> str:
    """Write one date as a plan does: 2024年6月30日前, 2025年12月底前, 2025年第3季度末前, 2025年底前."""
    match precision:
        case Precision.DAY:
            return f"{due.year}年{due.month}月{due.day}日前"
        case Precision.MONTH:
            return f"{due.year}年{due.month}月底前"
        case Precision.QUARTER:
            return f"{due.year}年第{due.month // 3}季度末前"
        case Precision.HALF:
            return f"{due.year}年{'下' if due.month > _JUNE else '上'}半年内"
        case _:
            return f"{due.year}年底前"


DEFAULT_EVIDENCE = PeriodKind.QUARTER
"""How often a standing duty is proved when the wording does not say."""

_JUNE = 6
_EVIDENCE_WORDS = {
    PeriodKind.WEEK: "（每周报送佐证）",
    PeriodKind.MONTH: "（每月报送佐证）",
    PeriodKind.QUARTER: "",
    PeriodKind.HALF: "（每半年报送佐证）",
    PeriodKind.YEAR: "（每年报送佐证）",
}


def to_json(deadline: AnyDeadline) -> dict[str, Any]:
    """Return the whole value, the office's additions included, as JSON types; see ``from_json``."""
    if isinstance(deadline, UnknownDeadline):
        return {"kind": deadline.kind.value, "raw": deadline.raw, "reason": deadline.reason}
    made: dict[str, Any] = {
        "kind": deadline.kind.value,
        "parts": [
            {"due": _iso(part.due), "precision": part.precision.value, "content": part.content}
            for part in deadline.parts
        ],
        "immediate": deadline.immediate,
        "standing": deadline.standing,
        "evidence": deadline.evidence.value if deadline.evidence else None,
        "internal_due": _iso(deadline.internal_due),
        "issued": _iso(deadline.issued),
        "raw": deadline.raw,
        "assumed": list(deadline.assumed),
    }
    exact = plain(made)
    return exact if exact == made else made  # already as the journal wants it, unless the wording is not NFC


def from_json(data: dict[str, Any]) -> AnyDeadline:
    """Rebuild what ``to_json`` made; ``InvalidInput`` (code ``deadline_data``) when the data is damaged."""
    try:
        kind = DeadlineKind(data["kind"])
        if kind is DeadlineKind.UNKNOWN:
            return UnknownDeadline(raw=data["raw"], reason=data["reason"])
        return Deadline(
            kind=kind,
            parts=tuple(
                DatedPart(_date(part["due"]), Precision(part["precision"]), part["content"])
                for part in data["parts"]
            ),
            immediate=data["immediate"],
            standing=data["standing"],
            evidence=PeriodKind(data["evidence"]) if data["evidence"] else None,
            internal_due=_date(data["internal_due"]),
            issued=_date(data["issued"]),
            raw=data["raw"],
            assumed=tuple(data["assumed"]),
        )
    except (KeyError, TypeError, ValueError) as damage:
        message = "存下来的时限数据不完整，读不出来。请按原文重新登记时限。"
        raise InvalidInput(message, code="deadline_data") from damage


def _dates(deadline: AnyDeadline) -> list[dt.date]:
    if isinstance(deadline, UnknownDeadline):
        return []
    return [part.due for part in deadline.parts if part.due is not None]


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
