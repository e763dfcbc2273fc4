"""Which acts a page offers on a problem, a task or a list; a blocked one stays visible and says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from dugai.ledger import policy, queries
from dugai.ledger.states import Closure

if TYPE_CHECKING:
    from dugai.ledger.models import Measure, Problem, Task

register = template.Library()


@dataclass(frozen=True, slots=True)
class Act:
    """A button: its word, where it leads, whether it is the main one, why it is blocked, or if it prints."""

    word: str
    url: str
    main: bool = False
    why: str = ""
    prints: bool = False


MOST = 4
"""Buttons on the head of a page, 更多 included."""


def _split(acts: list[Act]) -> tuple[list[Act], list[Act]]:
    """Return what stands on the head, in its order, and what stands under 更多; a main act never hides."""
    if len(acts) <= MOST:
        return acts, []
    main = [act for act in acts if act.main]
    plain = [act for act in acts if not act.main][: max(0, MOST - 1 - len(main))]
    shown = [act for act in acts if act in main or act in plain]
    return shown, [act for act in acts if act not in shown]


@register.filter
def shown_first(acts: list[Act]) -> list[Act]:
    """Return the acts that stand on the head of a page."""
    return _split(acts)[0]


@register.filter
def left_over(acts: list[Act]) -> list[Act]:
    """Return the acts that stand under 更多."""
    return _split(acts)[1]


@register.simple_tag(takes_context=True)
def problem_acts(context: dict[str, Any], problem: Problem) -> list[Act]:
    """Return the acts on a problem for the viewer."""
    viewer = context["request"].user
    keeps = policy.may_change_problem(viewer, problem)
    found = []
    if keeps:
        locked = queries.plan_locks(problem)
        found += [
            Act("修改", reverse("problem_edit", args=[problem.pk])),
            Act("分工与点位", reverse("problem_parts", args=[problem.pk])),
        ]
    if policy.may_request_change(viewer, problem, None):
        found.append(Act("申请调整", reverse("change_new", args=[problem.pk])))
    if keeps:
        why = "方案已审定，请先起草新版" if locked else ""
        found.append(Act("加措施", reverse("measures_new", args=[problem.pk]), why=why))
    if policy.may_export(viewer):
        found.append(Act("导出清单", f"{reverse('ledger_export')}?problem={problem.pk}"))
    return [*found, Act("进度图", reverse("problem_gantt", args=[problem.pk])), Act("打印", "", prints=True)]


@register.simple_tag(takes_context=True)
def measure_acts(context: dict[str, Any], measure: Measure, problem: Problem) -> list[Act]:
    """Return the acts on a measure for the viewer."""
    viewer = context["request"].user
    found = []
    if policy.may_change_problem(viewer, problem):
        found.append(Act("修改", reverse("measure_edit", args=[measure.pk])))
    if policy.may_request_change(viewer, problem, None):
        asked = f"{reverse('change_new', args=[problem.pk])}?measure={measure.pk}"
        found.append(Act("申请调整", asked))
    return found


@register.simple_tag(takes_context=True)
def task_acts(context: dict[str, Any], task: Task) -> list[Act]:
    """Return the acts on a task for the viewer."""
    viewer = context["request"].user
    found = []
    if policy.may_request_change(viewer, task.problem, task):
        asked = f"{reverse('change_new', args=[task.problem_id])}?task={task.pk}"
        found.append(Act("申请调整", asked))
    if policy.may_split(viewer, task):
        why = ""
        if not task.is_leaf:
            why = "已经分解过"
        elif task.closure != Closure.OPEN:
            why = "已进入验收"
        found += [
            Act("内部时限", reverse("task_internal_due", args=[task.pk])),
            Act("分解任务", reverse("task_split", args=[task.pk]), why=why),
        ]
    return found


@register.simple_tag(takes_context=True)
def list_acts(context: dict[str, Any]) -> list[Act]:
    """Return the acts on a list: bring one in, take this one out with its filters, see it another way."""
    request = context["request"]
    found = []
    if policy.may_import(request.user):
        found += [
            Act("登记问题", reverse("problem_new")),
            Act("导入清单", reverse("ledger_imports")),
        ]
    if policy.may_export(request.user):
        query = {"list": context["page_name"], **context["ask"].but().query()}
        found += [
            Act("导出本表", f"{reverse('ledger_export')}?{urlencode(query)}"),
            Act("导出措施清单", f"{reverse('ledger_export')}?{urlencode({**query, 'form': 'measures'})}"),
        ]
    if context["page_name"] == "tasks":
        asked = f"?{context['query']}" if context["query"] else ""
        found += [Act("进度图", f"{reverse('gantt')}{asked}"), Act("问题台账", reverse("problems"))]
    else:
        found.append(Act("任务台账", reverse("tasks")))
    return [*found, Act("打印本页", "", prints=True)]


@register.simple_tag(takes_context=True)
def inspection_acts(context: dict[str, Any]) -> list[Act]:
    """Return the acts on inspections."""
    if policy.may_import(context["request"].user):
        return [Act("登记督察", reverse("inspection_new"), main=True)]
    return []
