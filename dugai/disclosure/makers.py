"""What the ledger fills in by itself: rankings, lists of late tasks, annexes in the officials' layouts."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dugai.disclosure import makers_indicator, makers_letters, queries_figure
from dugai.disclosure.catalogue import FigureLevel
from dugai.disclosure.history import Journal, cutoff_of
from dugai.kernel import clock
from dugai.kernel.chinese import int_to_chinese
from dugai.kernel.errors import InvalidInput
from dugai.ledger.labels import published_label
from dugai.ledger.labels_row import deadline_words, is_standing, time_of
from dugai.ledger.models import Measure, Participation, PlanVersion, Problem, Task
from dugai.ledger.models_entry import Part
from dugai.ledger.states import Closure, Lamp, PlanState, Progress
from dugai.progress.models import Report, ReportFile
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dugai.disclosure.drafting import Frame
    from dugai.disclosure.facts import Fact

Block = dict[str, Any]
WHY = "rows of problems whose facts were read through the writer's eyes"
MOST_LATE = 500
NO_CATEGORY = "其他问题"


def made(frame: Frame, maker: str) -> list[Block]:
    """Return the blocks a maker makes; each carries its name. Raises `InvalidInput` for an unknown one."""
    make = MAKERS.get(maker)
    if make is None:
        known = "、".join(f"@{name}" for name in MAKERS)
        raise InvalidInput(f"模板里的“@{maker}”没有对应的内容。可以用：{known}。", code="maker_unknown")
    return [{**block, "maker": maker} for block in make(frame)]


def _p(text: str, kind: str = "p") -> Block:
    return {"kind": kind, "runs": [{"t": text}]}


def _words(*cells: object) -> list[list[dict[str, str]]]:
    return [[{"t": str(cell)}] for cell in cells]


RANKED = (
    ("任务总数", "task_total"),
    ("已完成", "task_done"),
    ("完成率", "task_done_rate"),
    ("应完成", "task_due"),
    ("到期完成率", "task_due_rate"),
    ("未达序时进度", "task_not_on_schedule"),
    ("超期", "task_overdue"),
)


def ranking(frame: Frame) -> list[Block]:
    """Rank the regions one step below by 到期完成率, then 完成率; a place without due tasks comes last."""
    places = queries_figure.regions_below(frame.viewer, frame.region)
    values = {place: {code: frame.sheet.value(code, place) for _, code in RANKED} for place in places}
    kept = [place for place in places if values[place]["task_total"].numerator]
    if not kept:
        return [_p("下级地区没有任务，不排名。")]
    low = Decimal(-1)

    def key(place: Any) -> tuple[Decimal, Decimal]:
        due, done = values[place]["task_due_rate"].value, values[place]["task_done_rate"].value
        return (-(low if due is None else due), -(low if done is None else done))

    rows = []
    ordered = sorted(kept, key=key)
    rank = 0
    for at, place in enumerate(ordered):
        if at == 0 or key(place) != key(ordered[at - 1]):
            rank = at + 1
        cells: list[list[dict[str, str]]] = [[{"f": frame.figure(code, place)}] for _, code in RANKED]
        rows.append([*_words(rank, place.name), *cells])
    head = ["名次", "地区", *(name for name, _ in RANKED)]
    caption = "各地整改任务进展（到期完成率高的在前）"
    return [{"kind": "table", "caption": caption, "head": head, "rows": rows}]


def late_tasks(frame: Frame) -> list[Block]:
    """List the tasks that are overdue or behind, the longest overdue first."""
    facts = frame.sheet.rows("task_not_on_schedule")
    if not facts:
        return [_p("没有超期或未达序时进度的任务。")]
    facts.sort(key=lambda fact: (Lamp(fact.lamp).rank, fact.due or frame.as_of, fact.code))
    rows = [
        _words(
            at, fact.code, fact.title, fact.who, fact.due.isoformat() if fact.due else "—", _late(frame, fact)
        )
        for at, fact in enumerate(facts[:MOST_LATE], 1)
    ]
    head = ["序号", "任务编号", "任务", "责任单位", "整改时限", "状态"]
    table = {"kind": "table", "caption": "超期和未达序时进度的任务", "head": head, "rows": rows}
    if len(facts) > MOST_LATE:
        return [table, _p(f"表中列出最紧的 {MOST_LATE} 项，其余见台账。", "note")]
    return [table]


def _late(frame: Frame, fact: Fact) -> str:
    if fact.lamp == Lamp.OVERDUE and fact.due:
        return f"超期 {(frame.as_of - fact.due).days} 天"
    return "未达序时进度"


def label_of(fact: Fact, deadline: dict[str, Any]) -> str:
    """Return the published label of a row on the day of its fact."""
    return published_label(
        Progress(fact.progress),
        time_of(Lamp(fact.lamp), fact.due),
        Closure(fact.closure),
        has_standing_part=is_standing(deadline),
    )


class Rows:
    """Problems of the frame with their measures, words and labels, on the frame's day."""

    def __init__(self, frame: Frame) -> None:
        day = frame.as_of
        facts = frame.sheet.facts(FigureLevel.PROBLEM, day)
        self.problem_facts = {fact.pk: fact for fact in facts}
        if frame.problem and not facts:
            # A higher region's problem with tasks here is not counted here, and is shown all the same.
            own = frame.problem
            self.problem_facts[own.pk] = _fact_of(own)
        self.measure_facts = {fact.pk: fact for fact in frame.sheet.facts(FigureLevel.MEASURE, day)}
        problems = (
            Problem.objects.unscoped(WHY).filter(pk__in=list(self.problem_facts)).order_by("number", "pk")
        )
        measures = Measure.objects.unscoped(WHY).filter(problem__in=list(self.problem_facts))
        measures = measures.order_by("number", "pk")
        past = day < clock.today()
        journal = Journal.after(day, ("problem", "measure")) if past else None
        self.problems: list[Problem] = journal.rewind(problems) if journal else list(problems)
        self.measures: dict[int, list[Measure]] = defaultdict(list)
        for row in journal.rewind(measures) if journal else measures:
            self.measures[row.problem_id].append(row)
        ids = list(self.problem_facts)
        self.told = _told(frame, ids)
        self.owners = _owners(ids)

    def label(self, row: Problem | Measure) -> str:
        facts = self.problem_facts if isinstance(row, Problem) else self.measure_facts
        return label_of(facts.get(row.pk) or _fact_of(row), row.deadline)


def _fact_of(row: Any) -> Fact:
    from dugai.disclosure.facts import Fact as Made  # noqa: PLC0415  the name above is for the checker alone

    return Made(row.pk, "", "", "", "", row.lamp, row.progress, row.closure, row.due)


def _told(frame: Frame, problem_ids: list[int]) -> dict[int, list[str]]:
    """Return what was last reported and adopted for each measure by the frame's day, a unit a line."""
    reports = (
        Report.objects.unscoped(WHY)
        .filter(problem__in=problem_ids, adopted_at__lt=cutoff_of(frame.as_of))
        .exclude(summary="")
        .order_by("task", "adopted_at", "pk")
    )
    last: dict[int, tuple[int, str]] = {}
    for task, measure, summary in reports.values_list("task", "task__measure", "summary"):
        last[task] = (measure, summary.strip())
    found: dict[int, list[str]] = defaultdict(list)
    for measure, summary in last.values():
        if summary not in found[measure]:
            found[measure].append(summary)
    return found


def _owners(problem_ids: list[int]) -> dict[int, list[str]]:
    rows = Task.objects.unscoped(WHY).filter(problem__in=problem_ids, parent=None).order_by("pk")
    found: dict[int, list[str]] = defaultdict(list)
    for measure, owner in rows.values_list("measure", "owner__name"):
        if owner not in found[measure]:
            found[measure].append(owner)
    return found


def _measure_lines(rows: Rows, problem: Problem) -> Iterable[Block]:
    for measure in rows.measures[problem.pk]:
        told = " ".join(rows.told.get(measure.pk) or [measure.narrative]).strip()
        ended = told if not told or told.endswith(("。", "；", "！")) else f"{told}。"
        yield _p(f"措施{measure.number}：{rows.label(measure)}。{ended}")


def task_annex(frame: Frame) -> list[Block]:
    """Write the annex: 大类, 问题原文, 整改时限, 整改措施总体状态, then each measure with state and words."""
    rows = Rows(frame)
    by_category: dict[str, list[Problem]] = defaultdict(list)
    for problem in rows.problems:
        by_category[problem.category or NO_CATEGORY].append(problem)
    found: list[Block] = []
    for at, (category, problems) in enumerate(by_category.items(), 1):
        found.append(_p(f"{int_to_chinese(at)}、{category}", "h1"))
        for problem in problems:
            found += [
                _p(f"问题{problem.number}：{problem.title}", "h2"),
                _p(f"问题原文：{problem.text}"),
                _p(f"整改时限：{deadline_words(problem.deadline) or '未定'}"),
                _p(f"整改措施总体状态：{rows.label(problem)}"),
                *_measure_lines(rows, problem),
            ]
    return found or [_p("没有问题。")]


def measure_list(frame: Frame) -> list[Block]:
    """List every measure: problem, number, wording, units, deadline."""
    rows = Rows(frame)
    leads = dict(
        Participation.objects.filter(
            problem__in=[row.pk for row in rows.problems], part=Part.LEAD, measure=None
        ).values_list("problem", "organisation__name")
    )
    cells = [
        _words(
            problem.number,
            problem.title,
            measure.number,
            measure.text,
            leads.get(problem.pk, ""),
            "、".join(rows.owners[measure.pk]),
            deadline_words(measure.deadline) or "未定",
        )
        for problem in rows.problems
        for measure in rows.measures[problem.pk]
    ]
    head = ["问题", "问题摘要", "措施序号", "整改措施", "牵头单位", "责任单位", "整改时限"]
    return [{"kind": "table", "caption": "整改措施清单", "head": head, "rows": cells}]


def _its_problem(frame: Frame) -> Problem:
    if frame.problem is None:
        raise InvalidInput("这种文稿要先选一个问题。", code="problem_missing")
    return frame.problem


def problem_text(frame: Frame) -> list[Block]:
    """Quote the problem."""
    problem = _its_problem(frame)
    return [_p(f"问题原文：{problem.text}"), _p(f"整改时限：{deadline_words(problem.deadline) or '未定'}")]


def measures_of_problem(frame: Frame) -> list[Block]:
    """Write measure by measure what was asked and what is done."""
    problem = _its_problem(frame)
    rows = Rows(frame)
    asked = {row.pk: row.text for row in rows.measures[problem.pk]}
    told = list(_measure_lines(rows, problem))
    return [
        block
        for text, line in zip(asked.values(), told, strict=True)
        for block in (_p(f"整改要求：{text}"), line)
    ]


def case_file(frame: Frame) -> list[Block]:
    """List what the file of the problem holds, and say what is missing."""
    problem = _its_problem(frame)
    cut = cutoff_of(frame.as_of)
    reports = Report.objects.unscoped(WHY).filter(
        problem=problem, state=ReportState.ADOPTED, adopted_at__lt=cut
    )
    files = ReportFile.objects.filter(report__problem=problem, removed=False, file__uploaded_at__lt=cut)
    plans = PlanVersion.objects.filter(
        plan__inspection=problem.inspection_id, state__in=(PlanState.APPROVED, PlanState.PUBLISHED)
    )
    tasks = Task.objects.unscoped(WHY).filter(problem=problem)
    held = (
        ("依据", "督察反馈问题原文", 1 if problem.text else 0, "份"),
        ("方案", "已审定的整改方案", plans.count(), "版"),
        ("任务分解", "整改任务", tasks.count(), "项"),
        ("进展", "已采纳的进展报告", reports.count(), "份"),
        ("佐证", "进展报告的附件", files.count(), "件"),
    )
    rows = [
        _words(at, name, what, f"{count}{unit}" if count else "缺")
        for at, (name, what, count, unit) in enumerate(held, 1)
    ]
    head = ["序号", "类别", "内容", "数量"]
    return [{"kind": "table", "caption": "案卷目录", "head": head, "rows": rows}]


def signature(frame: Frame) -> list[Block]:
    """Sign with the office."""
    return [_p(frame.office.name, "sign")]


def date_line(frame: Frame) -> list[Block]:
    """Date the text: the day it was drafted or refreshed."""
    del frame
    day = clock.today()
    return [_p(f"{day.year}年{day.month}月{day.day}日", "date")]


MAKERS: dict[str, Callable[[Frame], list[Block]]] = {
    "排名": ranking,
    "滞后清单": late_tasks,
    "任务完成情况": task_annex,
    "措施清单": measure_list,
    "问题原文": problem_text,
    "措施情况": measures_of_problem,
    "案卷目录": case_file,
    "信访一览表": makers_letters.letter_table,
    "信访统计": makers_letters.letter_counts,
    "署名": signature,
    "日期": date_line,
    **makers_indicator.MAKERS,
}
