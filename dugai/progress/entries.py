"""What a unit fills in, read from text: the web form, the offline workbook and the API share this one reader.

Values stay text until they are read here, so that a draft keeps exactly what was typed, also when it cannot
be right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dugai.kernel.errors import InvalidInput
from dugai.ledger.states import DONE_PROGRESS, Progress

TEXTS = {
    "summary": ("进展情况", 5000),
    "difficulty": ("困难问题", 2000),
    "help_wanted": ("需协调事项", 2000),
    "next_step": ("下一步安排", 2000),
    "correction": ("更正说明", 300),
    "no_change_reason": ("无变化的原因", 300),
}
FIELDS = ("progress", "percent", "funds_planned", "funds_added", "met", *TEXTS)
"""Names of the values of a report; quantities come as `added_<target id>`."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_LARGEST = Decimal(10) ** 12
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity: the target, what stood adopted before, and what this period adds; exact decimals."""

    target: int
    name: str
    unit: str
    amount: Decimal
    before: Decimal
    added: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """上月累计 ＋ 本月新增 ＝ 累计."""
        return self.before + self.added


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where a report starts from: adopted quantities, progress, percent, funds, and the last text."""

    lines: tuple[Line, ...] = ()
    progress: Progress = Progress.NOT_STARTED
    percent: int = 0
    summary: str = ""
    funds_planned: Decimal | None = None
    funds_paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One report's values, read and typed. `funds_*` are 万元; `percent` is 0 to 100; `met` are node ids."""

    progress: Progress
    percent: int
    lines: tuple[Line, ...]
    summary: str = ""
    funds_planned: Decimal | None = None
    funds_paid: Decimal | None = None
    difficulty: str = ""
    help_wanted: str = ""
    next_step: str = ""
    correction: str = ""
    no_change_reason: str = ""
    met: tuple[int, ...] = field(default=())


def read_entry(values: Mapping[str, str], baseline: Baseline) -> Entry:
    """Read typed text into an entry. Raises `InvalidInput` with a sentence for every unreadable field."""
    wrong: dict[str, str] = {}
    texts = {name: _text(values.get(name, ""), name, wrong) for name in TEXTS}
    lines = tuple(_line(line, values, wrong) for line in baseline.lines)
    known = {f"added_{line.target}" for line in baseline.lines}
    for name in values:
        if name.startswith("added_") and name not in known:
            wrong[name] = "这项任务没有这个指标，填的数不会记入。请刷新后对照指标再填。"
    planned = _number(values.get("funds_planned", ""), "funds_planned", "计划资金", 2, wrong)
    added = _number(values.get("funds_added", ""), "funds_added", "本期到位资金", 2, wrong)
    paid = baseline.funds_paid if added is None else (baseline.funds_paid or Decimal(0)) + added
    if paid is not None and paid < 0:
        wrong["funds_added"] = (
            f"本期到位资金填 {plain(added or Decimal(0))}，累计就成了 {plain(paid)} 万元。请核对。"
        )
    progress = values.get("progress", "").strip()
    if progress not in Progress.values:
        wrong["progress"] = "请选一项自评进度"
    percent = _percent(values.get("percent", ""), baseline, lines, progress, wrong)
    met = tuple(int(part) for part in values.get("met", "").replace(",", " ").split() if part.isdigit())
    if wrong:
        raise InvalidInput(f"还有 {len(wrong)} 处要改，改好就能报送", fields=wrong, code="entry_invalid")
    return Entry(
        progress=Progress(progress),
        percent=percent,
        lines=lines,
        funds_planned=planned if planned is not None else baseline.funds_planned,
        funds_paid=paid,
        met=met,
        **texts,
    )


def unchanged(baseline: Baseline, reason: str) -> Entry:
    """Return last period's values again, with the reason why nothing changed."""
    return Entry(
        progress=baseline.progress,
        percent=baseline.percent,
        lines=baseline.lines,
        summary=baseline.summary,
        funds_planned=baseline.funds_planned,
        funds_paid=baseline.funds_paid,
        no_change_reason=" ".join(reason.split()),
    )


def percent_of(lines: Sequence[Line]) -> int | None:
    """Return the done share in whole percent, rounded down: the mean over targets, each at most whole.

    `None` without a target of more than nothing, for then the unit judges by itself.
    """
    ratios = [
        max(Decimal(0), min(line.total, line.amount)) / line.amount for line in lines if line.amount > 0
    ]
    return int(sum(ratios, Decimal(0)) * WHOLE / len(ratios)) if ratios else None


def plain(number: Decimal) -> str:
    """Write a decimal exactly, without exponent or needless noughts."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def decimal_of(text: str) -> Decimal | None:
    """Read a number as officials type it (full-width digits, separators); `None` when it is none."""
    folded = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("−", "-")
    return Decimal(folded) if _NUMBER.fullmatch(folded) else None


def _text(value: str, name: str, wrong: dict[str, str]) -> str:
    label, longest = TEXTS[name]
    text = value.replace("\r\n", "\n").strip()
    if len(text) > longest:
        wrong[name] = f"{label}有 {len(text)} 字，最多 {longest} 字。请删去 {len(text) - longest} 字。"
    return text


def _number(text: str, name: str, label: str, places: int, wrong: dict[str, str]) -> Decimal | None:
    if not text.strip():
        return None
    number = decimal_of(text)
    if number is None:
        wrong[name] = f"{label}填的是“{text.strip()[:20]}”，不是数字。请只填数字。"
        return None
    if abs(number) >= _LARGEST:
        wrong[name] = f"{label}填的 {plain(number)[:20]} 太大了。请核对单位。"
        return None
    if number != round(number, places):
        wrong[name] = f"{label}最多 {places} 位小数。"
        return None
    return number


def _line(line: Line, values: Mapping[str, str], wrong: dict[str, str]) -> Line:
    name = f"added_{line.target}"
    added = _number(values.get(name, ""), name, f"{line.name}本期新增", 4, wrong)
    if added is not None and line.before + added < 0:
        wrong[name] = (
            f"{line.name}上期累计 {plain(line.before)}，本期填 {plain(added)}，累计就小于 0 了。请核对。"
        )
    return Line(line.target, line.name, line.unit, line.amount, line.before, added or Decimal(0))


def _percent(
    text: str, baseline: Baseline, lines: tuple[Line, ...], progress: str, wrong: dict[str, str]
) -> int:
    computed = percent_of(lines)
    if computed is not None:
        return computed
    if not text.strip():
        return WHOLE if progress in DONE_PROGRESS else min(baseline.percent, WHOLE - 1)
    number = decimal_of(text.strip().removesuffix("%").removesuffix("％"))
    if number is None or number != int(number) or not 0 <= number <= WHOLE:
        wrong["percent"] = f"完成比例填的是“{text.strip()[:20]}”。请填 0 到 100 的整数。"
        return 0
    return int(number)
