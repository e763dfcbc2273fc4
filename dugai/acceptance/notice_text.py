"""公示 as structured data, drawn from the ledger: 任务原文, 整改目标, 整改措施, 完成情况, 期限, 联系方式.

Source: domain reference C.5 (publicity text) and F (整改结果公示). Values in, a document out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of the annex: its number, its words, and what was done."""

    number: int
    measure: str
    done: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a notice says. Days are calendar days in Asia/Shanghai."""

    title: str
    code: str
    problem: str
    goal: str
    lead: str
    lines: tuple[Line, ...]
    starts_on: dt.date
    until: dt.date
    objections_until: dt.date
    channel: str
    contact: str

    @property
    def paragraphs(self) -> list[str]:
        """The notice as paragraphs, in the order officials print them."""
        found = [f"一、整改任务：{self.problem}"]
        if self.goal:
            found.append(f"二、整改目标：{self.goal}")
        done = "；".join(f"措施{line.number}：{line.done}" for line in self.lines)
        found.append(f"{'三' if self.goal else '二'}、完成情况：{done}")
        period = f"公示期：{_day(self.starts_on)}至{_day(self.until)}"
        found.append(
            f"{period}。对公示内容有异议的，请于{_day(self.objections_until)}前实名反映，并附证明材料。"
        )
        found.append(f"联系方式：{self.contact}")
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the notice as it is stored, dates as ISO text."""
        plain: dict[str, Any] = asdict(self)
        for name in ("starts_on", "until", "objections_until"):
            plain[name] = plain[name].isoformat()
        return {**plain, "lines": [asdict(line) for line in self.lines], "paragraphs": self.paragraphs}


def draft(
    *,
    code: str,
    problem: str,
    goal: str,
    lead: str,
    lines: Sequence[Line],
    starts_on: dt.date,
    until: dt.date,
    objections_until: dt.date,
    channel: str,
    contact: str,
) -> Draft:
    """Return the notice of one problem."""
    title = f"关于{code}问题整改完成情况的公示"
    return Draft(
        title, code, problem, goal, lead, tuple(lines), starts_on, until, objections_until, channel, contact
    )


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
