"""申请调整: asking for a change, the queue of those who decide, and one request with its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dugai.kernel.errors import DomainError, Forbidden, NotVisible, Refused, require
from dugai.ledger import policy, policy_lists, queries, queries_plan, rules, services_change
from dugai.ledger.states import CHANGE_MOVES, ChangeKind, ChangeState
from dugai.web.forms_ledger import ChangeForm
from dugai.web.ledger_units import Names
from dugai.web.places import go
from dugai.web.views_lists import NO_LEDGER

if TYPE_CHECKING:
    from django.http import HttpResponse

    from dugai.ledger.models import ChangeRequest, Measure, Problem, Task
    from dugai.people.models import User
    from dugai.web.frame import SignedInRequest

SHOWN = 100
MAY_NOT = "只有承担任务的单位，或登记它的整改办，可以申请调整"
DECISIONS = {
    "approve": services_change.approve_change,
    "send_back": services_change.return_change,
    "refuse": services_change.refuse_change,
}
COLUMN_WORDS = {
    "title": "摘要",
    "text": "原文",
    "goal": "整改目标",
    "requirement": "整改要求",
    "standard": "整改标准",
}


@require_GET
def change_list(request: SignedInRequest) -> HttpResponse:
    """Show what waits for a decision, the oldest first, and what was decided lately."""
    require(policy_lists.may_read_ledger(request.user), NO_LEDGER, error=Forbidden)
    waiting = list(queries_plan.changes_waiting(request.user)[:SHOWN])
    decided = queries_plan.changes(request.user).exclude(state=ChangeState.REQUESTED)[:SHOWN]
    context = {
        "mine": [_told(row) for row in waiting if policy.may_decide_change(request.user, row)],
        "others": [_told(row) for row in waiting if not policy.may_decide_change(request.user, row)],
        "decided": [_told(row) for row in decided],
    }
    return render(request, "ledger/changes.html", context)


@require_http_methods(["GET", "POST"])
def change_new(request: SignedInRequest, problem_id: int) -> HttpResponse:
    """Ask for a change of a problem, of one of its measures (?measure=) or tasks (?task=)."""
    problem = queries.get_problem(request.user, problem_id)
    measure, task = _named(request, "measure"), _named(request, "task")
    subject: Any = (
        queries.get_task(request.user, task)
        if task
        else queries.get_measure(request.user, measure)
        if measure
        else problem
    )
    owner = subject if task else None
    require(policy.may_request_change(request.user, problem, owner), MAY_NOT, error=Forbidden)
    shape = _shape(subject)
    form = ChangeForm(
        request.POST or None,
        initial={"field": shape["kinds"][0], "seen_version": subject.version, "deadline": ""},
        **shape,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(request.user, problem, measure, task, form)
        except DomainError as refusal:
            _take(form, refusal)
        else:
            messages.success(request, "已提交，等待审批。批准以后才生效。")
            return go("change", change_id=made.pk)
    context = {
        "form": form,
        "problem": problem,
        "subject": _name(subject),
        "now": _now(subject),
        "history": [_told(row) for row in queries_plan.changes_of(request.user, problem)],
    }
    return render(request, "ledger/change_new.html", context, status=422 if form.errors else 200)


@require_GET
def change_page(request: SignedInRequest, change_id: int) -> HttpResponse:
    """Show one request: old beside new, the reason, how often the date was put off, and the decision."""
    row = queries_plan.get_change(request.user, change_id)
    others = [one for one in queries_plan.changes_of(request.user, row.problem) if one.pk != row.pk]
    same = [one for one in others if queries_plan.subject_key(one) == queries_plan.subject_key(row)]
    original = queries_plan.original_deadline([*same, row]) if row.field == ChangeKind.DEADLINE else None
    context = {
        "told": _told(row),
        "row": row,
        "moves": _moves(request.user, row),
        "extensions": queries_plan.extensions(row.problem).get(queries_plan.subject_key(row), 0),
        "puts_off": row.field == ChangeKind.DEADLINE and queries_plan.puts_off(row.old, row.new),
        "original": queries_plan.printed(original) if original else "",
        "history": [_told(one) for one in same],
        "may_withdraw": row.requested_by_id == request.user.person.pk
        and CHANGE_MOVES.allows(ChangeState(row.state), "withdraw"),
    }
    return render(request, "ledger/change.html", context)


@require_POST
def change_decide(request: SignedInRequest, change_id: int) -> HttpResponse:
    """Decide on a request, or take one's own back."""
    move = request.POST.get("move", "")
    seen = int(request.POST.get("seen_version") or 0)
    if move == "withdraw":
        services_change.withdraw_change(actor=request.user, change_id=change_id, seen_version=seen)
    elif move in DECISIONS:
        opinion = request.POST.get("opinion", "")
        DECISIONS[move](actor=request.user, change_id=change_id, seen_version=seen, opinion=opinion)
    else:
        queries_plan.get_change(request.user, change_id)
        raise Refused("请选同意、退回补充或不同意。", code="move_missing")
    words = {
        "approve": "已同意，调整已生效。",
        "send_back": "已退回补充。",
        "refuse": "已写明不同意。",
        "withdraw": "已撤回。",
    }
    messages.success(request, words[move])
    return go("change", change_id=change_id)


def _named(request: SignedInRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if text and not text.isdigit():
        raise NotVisible("没有这一项")
    return int(text) if text else None


def _shape(subject: Any) -> dict[str, Any]:
    """Return what can be asked for of a subject: kinds, pieces of text, targets."""
    kind = subject.subject_type
    kinds = [ChangeKind.DEADLINE, ChangeKind.WORDING]
    targets: list[tuple[str, str]] = []
    if kind == "task":
        targets = [
            (str(one.pk), f"{one.name} {rules.plain(one.amount)} {one.unit}")
            for one in subject.targets.order_by("pk")
        ]
        kinds.insert(1, ChangeKind.OWNER)
        kinds += [ChangeKind.TARGET] if targets else []
    elif kind == "problem":
        kinds.insert(1, ChangeKind.OWNER)
    words = {"problem": tuple(COLUMN_WORDS), "measure": ("text",), "task": ("title", "text")}[kind]
    return {"kinds": kinds, "columns": [(word, COLUMN_WORDS[word]) for word in words], "targets": targets}


def _ask(
    viewer: User, problem: Problem, measure: int | None, task: int | None, form: ChangeForm
) -> ChangeRequest:
    new = form.new()
    if form.cleaned_data["field"] == ChangeKind.OWNER:
        unit = Names(viewer).one("organisation", new["organisation"], problem.home.path)
        new = {"organisation": unit.pk}
    return services_change.request_change(
        actor=viewer,
        problem_id=problem.pk,
        measure_id=measure,
        task_id=task,
        field=form.cleaned_data["field"],
        new=new,
        reason=form.cleaned_data["reason"],
        seen_version=form.cleaned_data["seen_version"],
    )


def _take(form: ChangeForm, refusal: DomainError) -> None:
    """Put a refusal beside the field it is about; the wording of a date stands in the field of the date."""
    fields = getattr(refusal, "fields", {})
    if form.cleaned_data.get("field") == ChangeKind.DEADLINE and "text" in fields:
        form.add_error("deadline", fields["text"])
    else:
        form.take(refusal)


def _name(subject: Any) -> str:
    kind = subject.subject_type
    if kind == "task":
        return f"任务 {subject.code}　{subject.title}"
    return f"措施 {subject.number}" if kind == "measure" else f"问题 {subject.number}　{subject.title}"


def _now(subject: Problem | Measure | Task) -> list[tuple[str, str]]:
    found = [("整改时限", queries_plan.printed(subject.deadline) or "没有写")]
    if subject.subject_type == "task":
        found.append(("责任单位", str(subject.owner)))  # type: ignore[union-attr]
    elif subject.subject_type == "problem":
        found.append(("牵头单位", str(subject.lead)))  # type: ignore[union-attr]
        found.append(("整改目标", subject.goal or "没有写"))  # type: ignore[union-attr]
    found.append(("原文", subject.text or getattr(subject, "title", "")))
    return found


def _value(row: ChangeRequest, value: dict[str, Any]) -> str:
    if row.field == ChangeKind.DEADLINE:
        return queries_plan.printed(value) or "没有写"
    if row.field == ChangeKind.OWNER:
        return str(value.get("name", ""))
    if row.field == ChangeKind.TARGET:
        return f"{value['name']} {value['amount']} {value['unit']}"
    return str(value.get("text", ""))


def _told(row: ChangeRequest) -> dict[str, Any]:
    subject: Any = row.task or row.measure or row.problem
    lamps = {"requested": "soon", "returned": "behind", "approved": "ontrack", "refused": "overdue"}
    return {
        "row": row,
        "name": _name(subject),
        "what": row.get_field_display(),
        "old": _value(row, row.old),
        "new": _value(row, row.new),
        "lamp": lamps.get(row.state, "closed"),
    }


def _moves(viewer: User, row: ChangeRequest) -> list[dict[str, Any]]:
    """Return the buttons of those who decide; a blocked one stays and says why."""
    if not policy.may_keep_ledger(viewer, row.problem.home):
        return []
    why = ""
    if viewer.person.pk == row.requested_by_id:
        why = "申请是您提的，要由另一个人审批"
    elif not policy.may_decide_change(viewer, row):
        why = "要由整改办的审核或管理人员审批"
    return [
        {"name": move.name, "label": move.label, "why": why, "main": move.name == "approve"}
        for move in CHANGE_MOVES.allowed(ChangeState(row.state))
        if move.name in DECISIONS
    ]
