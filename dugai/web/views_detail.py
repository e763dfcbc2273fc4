"""One inspection, problem, measure or task, with everything about it side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_GET

from dugai.insight import queries_detail
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, require
from dugai.ledger import policy, policy_lists
from dugai.ledger.labels_row import deadline_words
from dugai.ledger.listing import Ask
from dugai.ledger.states import Closure, Lamp
from dugai.progress.states import ReportState
from dugai.web import rows, stages
from dugai.web.field_sources import sources_of
from dugai.web.frame import frame_of
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from dugai.insight.queries_detail import ProblemPage
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

PARTS = (
    ("lead", "牵头单位"),
    ("responsible", "责任单位"),
    ("cooperating", "配合单位"),
    ("supervising", "督导单位"),
    ("accepting", "验收单位"),
)


@require_GET
def problem_page(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Show one problem: original words, duties, measures with their tasks, rounds, history."""
    today, open_round = clock.today(), frame_of(request).round
    page = queries_detail.problem_page(request.user, problem_id, open_round.pk if open_round else None)
    problem = page.problem
    notes = {0: problem.inspection.fed_back_on.isoformat()} if problem.inspection.fed_back_on else {}
    notes[1] = f"{len(page.measures)} 条措施"
    if page.rounds:
        notes[2] = f"第 {len(page.rounds)} 次调度"
    context = {
        **_shared(request.user, page, today),
        "problem": problem,
        "row": rows.row_of(problem, today),
        "deadline": deadline_words(problem.deadline),
        "stages": stages.stages(Closure(problem.closure), has_tasks=bool(page.tasks), notes=notes),
        "why": _why(page, today),
        "round": open_round,
        "links": [_link(link, problem.pk) for link in page.links],
        "sources": sources_of(
            request.user,
            ("problem", problem.pk),
            [("measure", measure.pk, f"措施 {measure.number}") for measure in page.measures],
        ),
    }
    return render(request, "ledger/problem.html", context)


@require_GET
def measure_page(request: SignedInRequest, measure_id: int) -> HttpResponse:
    """Show one measure: its words and its tasks."""
    today, open_round = clock.today(), frame_of(request).round
    measure, page = queries_detail.measure_page(
        request.user, measure_id, open_round.pk if open_round else None
    )
    context = {
        **_shared(request.user, page, today),
        "problem": page.problem,
        "measure": measure,
        "sources": sources_of(request.user, ("measure", measure.pk)),
        "row": rows.row_of(measure, today),
        "deadline": deadline_words(measure.deadline),
        "why": _why(page, today),
        "round": open_round,
    }
    return render(request, "ledger/measure.html", context)


@require_GET
def task_page(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Show one task: targets, nodes, reports so far, what it was split into, history."""
    today = clock.today()
    page = queries_detail.task_page(request.user, task_id, today)
    task = page.task
    context = {
        "page": page,
        "task": task,
        "problem": task.problem,
        "row": rows.row_of(task, today, page.targets),
        "deadline": deadline_words(task.deadline),
        "targets": [(target, rows.amount_of([target])) for target in page.targets],
        "milestones": [_milestone(node, today) for node in page.milestones],
        "children": [
            rows.row_of(child, today, page.child_targets.get(child.pk, ())) for child in page.children
        ],
        "reports": [(report, rows.report_chip(ReportState(report.state))) for report in page.reports],
    }
    return render(request, "ledger/task.html", context)


@require_GET
def inspection_list(request: SignedInRequest) -> HttpResponse:
    """Show the inspections whose problems stand in the ledger."""
    require(policy_lists.may_read_ledger(request.user), NO_LEDGER, error=Forbidden)
    found = queries_detail.inspections(request.user)
    return render(request, "ledger/inspections.html", {"inspections": found})


@require_GET
def inspection_page(request: SignedInRequest, inspection_id: int) -> HttpResponse:
    """Show one inspection and how its problems stand."""
    require(policy_lists.may_read_ledger(request.user), NO_LEDGER, error=Forbidden)
    inspection, counts = queries_detail.inspection_page(request.user, inspection_id)
    lamps = [
        {
            "lamp": lamp,
            "n": counts.get(lamp.value, 0),
            "query": Ask(inspection=inspection.pk, lamps=(lamp,)).query(),
        }
        for lamp in Lamp
    ]
    context = {"inspection": inspection, "lamps": lamps, "total": counts.total()}
    return render(request, "ledger/inspection.html", context)


def _shared(viewer: User, page: ProblemPage, today: dt.date) -> dict[str, Any]:
    """Return what the pages of a problem and of a measure have in common."""
    by_measure: dict[int, list[Any]] = {}
    for task in page.tasks:
        by_measure.setdefault(task.measure_id, []).append(task)
    tree = [
        {
            "row": rows.row_of(measure, today),
            "deadline": deadline_words(measure.deadline),
            "tasks": rows.task_rows(by_measure.get(measure.pk, []), today, page.targets, page.reports),
        }
        for measure in page.measures
    ]
    return {
        "page": page,
        "keeps": policy.may_change_problem(viewer, page.problem),
        "tree": tree,
        "leaves": sum(task.is_leaf for task in page.tasks),
        "parts": [(word, page.parts[part]) for part, word in PARTS if part in page.parts],
    }


def _why(page: ProblemPage, today: dt.date) -> str:
    """Say which task gives the lamp of the whole; empty when nothing is late."""
    if page.worst is None:
        return ""
    words = rows.days_words(page.worst.due, Lamp(page.worst.lamp), today)
    return f"{page.worst.owner}的任务 {page.worst.code} {Lamp(page.worst.lamp).label}" + (
        f"（{words}）" if words else ""
    )


def _link(link: Any, here: int) -> dict[str, Any]:
    later = link.earlier_id == here
    return {
        "other": link.later if later else link.earlier,
        "words": f"{link.get_relation_display()}到" if later else f"{link.get_relation_display()}自",
        "reason": link.reason,
    }


def _milestone(node: Any, today: dt.date) -> dict[str, Any]:
    if node.met_on:
        return {"node": node, "word": f"{node.met_on.month}月{node.met_on.day}日 完成", "lamp": "closed"}
    late = node.due < today
    return {"node": node, "word": "未完成" if late else "未到", "lamp": "behind" if late else ""}
