"""What must hold between the values of a report, and what a reviewer should look at. Values in, findings out.

A finding that `stops` keeps the report with the unit; the others travel with it as hints. Rules by number:

1. A report says what was done, or why nothing changed.            2. What is not done has a next step.
3. Reported done means every quantity is reached.                  4. Something done is not 未启动.
5. What falls (quantity, progress, funds) is explained.               6. Done is proven, where the round
asks it. 7. More than the target, or paid more than planned: a hint.          8. The same words as last
period: a hint.
9. All quantities reached and not reported done: a hint.            10. Reported done without a file: a hint.

Source: design 3 (progress is reported, time is computed), peers A2 row 27, D6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dugai.ledger.states import DONE_PROGRESS, Progress
from dugai.progress.entries import Baseline, Entry, Line, plain

EXPLAIN = "请在“更正说明”里写明原因。"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a report breaks: its number, the field, the sentence, and whether it stops the report."""

    rule: int
    field: str
    message: str
    stops: bool = True


def findings(
    entry: Entry, baseline: Baseline, *, files: int = 0, done_needs_file: bool = False
) -> tuple[Finding, ...]:
    """Return every rule the entry breaks, those that stop it first. `files` is the number of attachments."""
    found = [
        *_words(entry),
        *_amounts(entry),
        *_falls(entry, baseline),
        *_proof(entry, files, done_needs_file),
    ]
    if not entry.no_change_reason:
        found += _hints(entry, baseline)
    return tuple(sorted(found, key=lambda one: (not one.stops, one.rule)))


def stops(found: Iterable[Finding]) -> dict[str, str]:
    """Return the first sentence for every field that stops the report."""
    fields: dict[str, str] = {}
    for one in found:
        if one.stops:
            fields.setdefault(one.field, one.message)
    return fields


def _words(entry: Entry) -> Iterable[Finding]:
    if not entry.summary and not entry.no_change_reason:
        yield Finding(1, "summary", "还没写本期做了什么。没有变化的，请用“本期无变化”并写明原因。")
    if entry.progress not in DONE_PROGRESS and not entry.next_step and not entry.no_change_reason:
        yield Finding(2, "next_step", f"自评“{entry.progress.label}”，还没写下一步安排。")


def _amounts(entry: Entry) -> Iterable[Finding]:
    for line in entry.lines:
        short = line.amount - line.total
        if entry.progress in DONE_PROGRESS and short > 0:
            text = (
                f"自评“{entry.progress.label}”，但{line.name}累计 {plain(line.total)}，"
                f"总量 {plain(line.amount)}，"
                f"还差 {plain(short)}{_unit(line)}。请改自评，或补上数量。"
            )
            yield Finding(3, "progress", text)
        if entry.progress is Progress.NOT_STARTED and line.total > 0:
            text = f"{line.name}累计已有 {plain(line.total)}{_unit(line)}，自评不能是“未启动”。"
            yield Finding(4, "progress", text)
        if short < 0:
            text = f"{line.name}累计 {plain(line.total)}，超过总量 {plain(line.amount)}{_unit(line)}。"
            yield Finding(7, f"added_{line.target}", text, stops=False)


def _falls(entry: Entry, baseline: Baseline) -> Iterable[Finding]:
    if entry.correction:
        return
    for line in entry.lines:
        if line.added < 0:
            text = f"{line.name}由 {plain(line.before)} 降到 {plain(line.total)}{_unit(line)}。{EXPLAIN}"
            yield Finding(5, "correction", text)
    if baseline.progress in DONE_PROGRESS and entry.progress not in DONE_PROGRESS:
        yield Finding(5, "correction", "上期已报完成，本期改为没有完成。请在“更正说明”里写明原因。")
    if (
        baseline.funds_paid is not None
        and entry.funds_paid is not None
        and entry.funds_paid < baseline.funds_paid
    ):
        text = f"到位资金由 {plain(baseline.funds_paid)} 降到 {plain(entry.funds_paid)} 万元。{EXPLAIN}"
        yield Finding(5, "correction", text)


def _proof(entry: Entry, files: int, needed: bool) -> Iterable[Finding]:  # noqa: FBT001  one private caller
    if entry.progress in DONE_PROGRESS and files == 0:
        if needed:
            yield Finding(6, "files", f"自评“{entry.progress.label}”，还没有传佐证。请先上传。")
        else:
            yield Finding(10, "files", f"自评“{entry.progress.label}”，没有附佐证。", stops=False)


def _hints(entry: Entry, baseline: Baseline) -> Iterable[Finding]:
    if (
        entry.funds_paid is not None
        and entry.funds_planned is not None
        and entry.funds_paid > entry.funds_planned
    ):
        text = f"到位资金累计 {plain(entry.funds_paid)} 万元，超过计划 {plain(entry.funds_planned)} 万元。"
        yield Finding(7, "funds_added", text, stops=False)
    if baseline.summary and "".join(entry.summary.split()) == "".join(baseline.summary.split()):
        yield Finding(8, "summary", "进展情况和上期一字不差。", stops=False)
    reached = entry.lines and all(line.amount > 0 and line.total >= line.amount for line in entry.lines)
    if reached and entry.progress not in DONE_PROGRESS:
        yield Finding(9, "progress", f"数量已全部完成，自评还是“{entry.progress.label}”。", stops=False)


def _unit(line: Line) -> str:
    return f" {line.unit}" if line.unit else ""
