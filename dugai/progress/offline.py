"""离线填报: a unit's owed reports as one workbook, and reading it back through staging.

A row is one report. Its check word (校验码) ties it to what was true when the workbook was made: the
report, its draft and the adopted quantities. Whatever changed since comes back as an error of that row,
never as a guess.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.kernel.errors import Forbidden, InvalidInput, require
from dugai.ledger.models import TaskTarget
from dugai.ledger.states import Progress
from dugai.progress import lookups, policy, rules, services_report
from dugai.progress import queries_report as queries
from dugai.progress.entries import TEXTS, Baseline, Line, plain, read_entry
from dugai.progress.models import Report, ReportDraft, ReportFile
from dugai.progress.states import UNREPORTED, RoundState
from dugai.staging.rows import BadCellError, CellError, Column, Proposed, as_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from dugai.people.models import User
    from dugai.staging.models import ImportBatch
    from dugai.staging.rows import Cell, Place

KIND = "reports"
MOST = 2000
"""Reports in one workbook; a unit with more takes one round at a time."""
WORDS = {label: value for value, label in Progress.choices}
MARK = 12


@dataclass(frozen=True)
class Row:
    """One line of the workbook: the report, its baseline, what is typed already and its check word."""

    report: Report
    baseline: Baseline
    values: dict[str, str]
    mark: str
    files: int


def owed_rows(viewer: User) -> list[Row]:
    """Return what the viewer's unit still owes in open rounds, in a constant number of queries."""
    require(policy.may_fill_at_all(viewer), "您的角色不填报", code="may_not_fill", error=Forbidden)
    found = queries.owed_to_fill(viewer).filter(round__state=RoundState.OPEN, state__in=UNREPORTED)
    reports = list(found.select_related("round", "task", "owner").order_by("round__due_on", "pk")[:MOST])
    tasks = [report.task_id for report in reports]
    last = lookups.last_adopted_of(reports)
    drafts = {
        draft.pk: draft for draft in ReportDraft.objects.filter(pk__in=[report.pk for report in reports])
    }
    targets: dict[int, list[TaskTarget]] = {}
    for target in TaskTarget.objects.filter(task__in=tasks).order_by("pk"):
        targets.setdefault(target.task_id, []).append(target)
    files: dict[int, int] = {}
    for report_id in ReportFile.objects.filter(report__in=reports, removed=False).values_list(
        "report", flat=True
    ):
        files[report_id] = files.get(report_id, 0) + 1
    rows = []
    for report in reports:
        before, draft = last.get(report.task_id), drafts.get(report.pk)
        baseline = Baseline(
            lines=tuple(
                Line(one.pk, one.name, one.unit, one.amount, one.done)
                for one in targets.get(report.task_id, [])
            ),
            progress=Progress(report.task.progress),
            percent=before.percent if before else 0,
            summary=before.summary if before else "",
            funds_planned=before.funds_planned if before else None,
            funds_paid=before.funds_paid if before else None,
        )
        typed = lookups.typed_values(draft, baseline)
        rows.append(Row(report, baseline, typed, mark_of(report, draft, baseline), files.get(report.pk, 0)))
    return rows


def mark_of(report: Report, draft: ReportDraft | None, baseline: Baseline) -> str:
    """Return the check word of a row: the report's id and a short digest of what the row was made from."""
    stands = "|".join(f"{line.target}={plain(line.before)}/{plain(line.amount)}" for line in baseline.lines)
    edition = draft.edition if draft else 0
    seen = f"{report.pk}|{report.receipt}|{report.state}|{edition}|{stands}"
    return f"{report.pk}-{hashlib.sha256(seen.encode()).hexdigest()[:MARK]}"


def columns_for(groups: int) -> tuple[Column, ...]:
    """Return the columns of a workbook whose tasks have at most `groups` quantities."""
    quantities = [
        Column(f"{name}_{group}", f"{title}{group + 1}" if groups > 1 else title)
        for group in range(groups)
        for name, title in (("target", "指标"), ("before", "上期累计"), ("added", "本期新增"))
    ]
    return (
        Column("mark", "校验码", required=True, note="不要改"),
        Column("round", "轮次"),
        Column("code", "任务编号"),
        Column("title", "任务"),
        Column("due", "整改时限"),
        *quantities,
        Column("progress", "自评进度", required=True, choices=tuple(WORDS)),
        Column("percent", "完成比例", note="有数量指标的不用填"),
        Column("summary", "进展情况", note="本期做了什么，写事实和数字"),
        Column("funds_added", "本期到位资金", note="万元"),
        Column("funds_planned", "计划资金", note="万元"),
        Column("next_step", "下一步安排"),
        Column("difficulty", "困难问题"),
        Column("help_wanted", "需协调事项"),
        Column("correction", "更正说明"),
        Column("no_change_reason", "无变化的原因", note="填了这一格，就照上期报"),
    )


class ReportReader:
    """Reads the workbook of one unit; every row that passes becomes a hand-in."""

    def __init__(self, actor: User, context: Mapping[str, Any]) -> None:
        """Load what the unit owes now, so that every row is judged against the present."""
        del context
        self.actor = actor
        self.rows = {str(row.report.pk): row for row in owed_rows(actor)}
        most = max((len(row.baseline.lines) for row in self.rows.values()), default=1)
        self.columns = columns_for(max(1, most))

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError]:
        """Return the hand-in a row asks for, or every error in it, by cell."""
        del place
        mark = str(cells.get("mark") or "").strip()
        row = self.rows.get(mark.partition("-")[0])
        if row is None:
            return [
                CellError(
                    "mark", "这一行不在您单位现在要报的任务里：可能已经报送、已关账或免报。请删去这一行。"
                )
            ]
        if mark != row.mark:
            return [
                CellError("mark", "下载之后这一项在网上改过，或累计数变了。请重新下载模板，把这一行抄过去。")
            ]
        errors: list[CellError] = []
        values = self._values(row, cells, errors)
        if errors:
            return errors
        if not values["progress"] and not values["no_change_reason"]:
            return [CellError("progress", "没有填，这一行不会报送。要报请选自评进度。")]
        return self._judged(row, values)

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return rows whose report is no longer owed, since somebody handed it in meanwhile."""
        return {key for key in keys if key not in self.rows}

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Hand every good row in, all or none."""
        del batch
        count = 0
        for row in rows:
            values = {str(key): str(value) for key, value in row.values.items()}
            if values.get("no_change_reason"):
                services_report.report_no_change(
                    actor=actor, report_id=int(row.key), reason=values["no_change_reason"]
                )
            else:
                services_report.submit_report(actor=actor, report_id=int(row.key), values=values)
            count += 1
        return count

    def _values(self, row: Row, cells: Mapping[str, Cell], errors: list[CellError]) -> dict[str, str]:
        values: dict[str, str] = {}
        for name in (*TEXTS, "percent", "funds_added", "funds_planned"):
            longest = TEXTS[name][1] if name in TEXTS else 30
            values[name] = _text(cells.get(name), name, longest, errors)
        for group, line in enumerate(row.baseline.lines):
            values[f"added_{line.target}"] = _text(cells.get(f"added_{group}"), f"added_{group}", 30, errors)
        word = _text(cells.get("progress"), "progress", 20, errors)
        if word and word not in WORDS:
            errors.append(CellError("progress", f"不在下拉表里。请选：{'、'.join(WORDS)}。"))
        values["progress"] = WORDS.get(word, "")
        return values

    def _judged(self, row: Row, values: dict[str, str]) -> Proposed | list[CellError]:
        if values["no_change_reason"]:
            if lookups.last_adopted(row.report) is None:
                return [CellError("no_change_reason", "这项任务还没有采纳过的填报，第一次请填全。")]
            return Proposed(str(row.report.pk), values)
        places = {f"added_{line.target}": f"added_{group}" for group, line in enumerate(row.baseline.lines)}
        try:
            entry = read_entry(values, row.baseline)
        except InvalidInput as refusal:
            return [CellError(places.get(name, name), text) for name, text in refusal.fields.items()]
        needed = row.report.round.rules["done_needs_file"]
        found = rules.findings(entry, row.baseline, files=row.files, done_needs_file=needed)
        wrong = rules.stops(found)
        if wrong:
            # Proof cannot travel in a workbook: that error stands at the progress it belongs to.
            return [
                CellError("progress" if name == "files" else places.get(name, name), text)
                for name, text in wrong.items()
            ]
        return Proposed(str(row.report.pk), values)


def _text(cell: Cell, name: str, longest: int, errors: list[CellError]) -> str:
    if isinstance(cell, float):
        # A spreadsheet keeps 0.1 as a binary number; its shortest form is what the person typed.
        return repr(cell) if not cell.is_integer() else str(int(cell))
    if isinstance(cell, dt.date | dt.time | dt.timedelta) and name in TEXTS:
        errors.append(CellError(name, "疑似被 Excel 改成了日期。请把这一格设为“文本”格式后重新填写。"))
        return ""
    try:
        return as_text(cell, longest=longest)
    except BadCellError as bad:
        errors.append(CellError(name, bad.says))
        return ""
