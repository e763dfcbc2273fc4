"""申请调整: deadline, target, owner and wording change only when one person asks and another agrees.

The change is applied in the transaction of the approval, together with the next version of the plan. The old
value stays in the request and in the journal: the original date never disappears, every extension is counted.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal.services import change, record, shown
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, Refused, require
from dugai.ledger import (
    deadlines,
    policy,
    queries,
    queries_plan,
    reach,
    rules,
    search,
    services_plan,
    standing,
    tallies,
)
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.models import ChangeRequest, Measure, Participation, Problem, Task, TaskTarget
from dugai.ledger.models_entry import Part
from dugai.ledger.sight import Scope
from dugai.ledger.states import CHANGE_MOVES, ChangeKind, ChangeState
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dugai.people.models import User

    Subject = Problem | Measure | Task
    Applier = Callable[[User, Any, dict[str, Any], str], list[str]]

WHY = "the request was loaded through the actor's eyes"
WORDS = {
    Problem: {"title", "text", "goal", "requirement", "standard"},
    Measure: {"text"},
    Task: {"title", "text"},
}
TITLE_MAX = 200


@transaction.atomic
def request_change(
    *,
    actor: User,
    problem_id: int,
    field: str,
    new: Mapping[str, Any],
    reason: str,
    seen_version: int,
    measure_id: int | None = None,
    task_id: int | None = None,
) -> ChangeRequest:
    """Ask for a change of a problem, a measure or a task (the one named most closely).

    `new` by field: deadline {"text": "2026年12月底前"}; owner {"organisation": id}; target
    {"target": id, "amount": "5.2"}; wording {"column": "text", "text": "…"}. Raises `InvalidInput` with the
    sentence for the field when the value cannot be right.
    """
    problem = queries.get_problem(
        actor, problem_id, lock=True
    )  # two requests at once wait for each other here
    measure = queries.get_measure(actor, measure_id) if measure_id else None
    task = queries.get_task(actor, task_id, lock=True) if task_id else None
    subject: Subject = task or measure or problem
    require(
        getattr(subject, "problem_id", problem.pk) == problem.pk, "这一项不属于这个问题", code="other_problem"
    )
    require(
        policy.may_request_change(actor, problem, task),
        "只有承担任务的单位，或登记它的整改办，可以申请调整",
        code="may_not_request",
        error=Forbidden,
    )
    queries.require_seen(subject, seen_version)
    require(reason.strip(), "请写申请的理由", code="reason_missing")
    kind = _kind(field)
    old, value = _values(kind, subject, new)
    if old == value:
        raise Refused("新值和现在的一样，不用申请", code="nothing_changes")
    key = {
        "problem": problem,
        "measure": measure or (task.measure if task else None),
        "task": task,
        "field": kind,
    }
    waiting = ChangeRequest.objects.filter(**key, state__in=(ChangeState.REQUESTED, ChangeState.RETURNED))
    if waiting.exists():
        raise Refused(f"这一项的{kind.label}已经有一份申请没有办完。请先办完那一份。", code="request_open")
    request = ChangeRequest(**key, old=old, new=value, reason=reason.strip(), requested_by=actor.person)
    request.save(force_insert=True)
    names = ("problem", "measure", "task", "field", "old", "new")
    record(
        actor=actor,
        kind="change.requested",
        subject=request,
        after=shown(request, *names),
        reason=request.reason,
    )
    return request


@transaction.atomic
def resubmit_change(
    *, actor: User, change_id: int, seen_version: int, new: Mapping[str, Any], reason: str
) -> ChangeRequest:
    """Ask again after the request was sent back, with a new value or a better reason."""
    request = queries_plan.get_change(actor, change_id, lock=True)
    require(
        actor.person.pk == request.requested_by_id,
        "只有申请人可以重新申请",
        code="not_requester",
        error=Forbidden,
    )
    queries.require_seen(request, seen_version)
    state = CHANGE_MOVES.next(ChangeState(request.state), "resubmit")
    require(reason.strip(), "请写申请的理由", code="reason_missing")
    old, value = _values(ChangeKind(request.field), _subject(request, lock=False), new)
    before, after = change(request, state=state, old=old, new=value, reason=reason.strip())
    record(
        actor=actor,
        kind="change.resubmitted",
        subject=request,
        before=before,
        after=after,
        reason=reason.strip(),
    )
    return request


@transaction.atomic
def withdraw_change(*, actor: User, change_id: int, seen_version: int) -> ChangeRequest:
    """Take one's own request back."""
    request = queries_plan.get_change(actor, change_id, lock=True)
    require(
        actor.person.pk == request.requested_by_id,
        "只有申请人可以撤回",
        code="not_requester",
        error=Forbidden,
    )
    queries.require_seen(request, seen_version)
    before, after = change(request, state=CHANGE_MOVES.next(ChangeState(request.state), "withdraw"))
    record(actor=actor, kind="change.withdrawn", subject=request, before=before, after=after)
    return request


@transaction.atomic
def return_change(*, actor: User, change_id: int, seen_version: int, opinion: str) -> ChangeRequest:
    """Send a request back to be completed."""
    return _decide(actor, change_id, seen_version, "send_back", "change.returned", opinion)


@transaction.atomic
def refuse_change(*, actor: User, change_id: int, seen_version: int, opinion: str) -> ChangeRequest:
    """Refuse a request, with the reason."""
    return _decide(actor, change_id, seen_version, "refuse", "change.refused", opinion)


@transaction.atomic
def approve_change(*, actor: User, change_id: int, seen_version: int, opinion: str = "") -> ChangeRequest:
    """Agree to a request: the change is applied and every plan that binds the problem gets its next version.

    Raises `Conflict` when the value is no longer the one that the request wanted to replace.
    """
    request = _decide(actor, change_id, seen_version, "approve", "change.approved", opinion)
    subject = _subject(request, lock=True)
    kind = ChangeKind(request.field)
    if _old(kind, subject, request.old) != request.old:
        raise Conflict("申请之后原值又变过。请退回，由申请人按现在的值重新申请。")
    touched = APPLIERS[kind](actor, subject, request.new, request.reason)
    search.renew(request.problem_id)
    problem = queries.get_problem(actor, request.problem_id)
    services_plan.version_for_change(actor=actor, request=request, problem=problem, keys=touched)
    return request


def _decide(  # noqa: PLR0917  the parts of one decision, always in this order
    actor: User, change_id: int, seen_version: int, name: str, kind: str, opinion: str
) -> ChangeRequest:
    request = queries_plan.get_change(actor, change_id, lock=True)
    require(
        actor.person.pk != request.requested_by_id,
        "申请是您提的，要由另一个人审批",
        code="two_people",
        error=Forbidden,
    )
    require(
        policy.may_decide_change(actor, request),
        "只有这个地区整改办的审核或管理人员可以审批",
        code="may_not_decide",
        error=Forbidden,
    )
    queries.require_seen(request, seen_version)
    move = CHANGE_MOVES.find(ChangeState(request.state), name)
    require(opinion.strip() or not move.needs_reason, f"“{move.label}”要写意见", code="reason_missing")
    before, after = change(request, state=move.target, decided_by=actor.person, opinion=opinion.strip())
    record(actor=actor, kind=kind, subject=request, before=before, after=after, reason=opinion.strip())
    return request


def _kind(field: str) -> ChangeKind:
    if field not in ChangeKind.values:
        raise InvalidInput(
            "没有这种调整", fields={"field": "请选一种：整改时限、整改目标、责任单位、文字表述"}
        )
    return ChangeKind(field)


def _subject(request: ChangeRequest, *, lock: bool) -> Subject:
    model: Any = Task if request.task_id else Measure if request.measure_id else Problem
    key = request.task_id or request.measure_id or request.problem_id
    rows = model.objects.unscoped(WHY)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found: Subject = rows.get(pk=key)
    return found


def _values(
    kind: ChangeKind, subject: Subject, new: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is and what is asked for, as both are stored in the request."""
    value: dict[str, Any]
    if kind == ChangeKind.DEADLINE:
        value = _deadline(str(new.get("text", "")))
    elif kind == ChangeKind.OWNER:
        if isinstance(subject, Measure):
            raise InvalidInput(
                "措施的责任单位按任务调整。请打开任务申请。", fields={"field": "请在任务上申请"}
            )
        unit = people.public_organisations().filter(pk=new.get("organisation") or 0).first()
        if unit is None:
            raise InvalidInput("请选新的责任单位", fields={"organisation": "请选新的责任单位"})
        value = {"organisation": unit.pk, "name": unit.name}
    elif kind == ChangeKind.TARGET:
        target = _target(subject, new)
        value = {"target": target.pk, "name": target.name, "unit": target.unit, "amount": _amount(new)}
    else:
        column, text = str(new.get("column", "")), str(new.get("text", "")).strip()
        if column not in WORDS[type(subject)]:
            raise InvalidInput("没有这一项文字", fields={"column": "请选要改的文字"})
        if not text or (column == "title" and len(text) > TITLE_MAX):
            message = "请写新的文字" if not text else f"摘要最多 {TITLE_MAX} 个字，现在 {len(text)} 个"
            raise InvalidInput(message, fields={"text": message})
        value = {"column": column, "text": text}
    return _old(kind, subject, value), value


def _old(kind: ChangeKind, subject: Subject, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return the present value in the shape of `like`."""
    if kind == ChangeKind.DEADLINE:
        return dict(subject.deadline)
    if kind == ChangeKind.OWNER:
        unit = (
            subject.owner
            if isinstance(subject, Task)
            else subject.lead
            if isinstance(subject, Problem)
            else None
        )
        return {"organisation": unit.pk, "name": unit.name} if unit else {}
    if kind == ChangeKind.TARGET:
        target = TaskTarget.objects.get(pk=like["target"])
        return {**like, "amount": rules.plain(target.amount)}
    return {"column": like["column"], "text": getattr(subject, like["column"])}


def _deadline(text: str) -> dict[str, Any]:
    read = parse_deadline(text, issued=clock.today())
    if isinstance(read, deadlines.UnknownDeadline):
        raise InvalidInput(read.reason, fields={"text": read.reason})
    return deadlines.to_json(read)


def _target(subject: Subject, new: Mapping[str, Any]) -> TaskTarget:
    found = (
        TaskTarget.objects.filter(task=subject, pk=new.get("target") or 0).first()
        if isinstance(subject, Task)
        else None
    )
    if found is None:
        raise InvalidInput("请选要调整的量化目标", fields={"target": "请在任务上选一个量化目标"})
    return found


def _amount(new: Mapping[str, Any]) -> str:
    try:
        amount = Decimal(str(new.get("amount", "")).strip())
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 14:
        message = "目标量要写成不小于 0 的数字"
        raise InvalidInput(message, fields={"amount": message})
    return rules.plain(amount)


def _apply_deadline(actor: User, subject: Subject, new: dict[str, Any], reason: str) -> list[str]:
    """Set the deadline, and that of what below still had the old one."""
    old = dict(subject.deadline)
    if isinstance(subject, Task):
        new = standing.with_internal_date(new, clock.today())
    touched = [_set(actor, subject, "deadline_changed", reason, deadline=new)]
    if isinstance(subject, Problem):
        for measure in _locked(Measure, problem=subject):
            if same_words(measure.deadline, old):
                touched += _apply_deadline(actor, measure, new, reason)
        return touched
    tasks = _locked(Task, measure=subject) if isinstance(subject, Measure) else _locked(Task, parent=subject)
    for task in tasks:
        if same_words(task.deadline, old) and (isinstance(subject, Task) or task.parent_id is None):
            touched += _apply_deadline(actor, task, new, reason)
    if isinstance(subject, Task):
        move_milestones(actor=actor, task=subject, old=old, reason=reason)
        due = deadlines.due_date(deadlines.from_json(new))
        if subject.internal_due and due and subject.internal_due > due:
            _set(actor, subject, "internal_due_set", reason, internal_due=None)
        standing.refresh_tasks([subject.pk], clock.today())
    return touched


def same_words(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Say whether two stored deadlines are the same but for the office's own earlier date."""
    return {**one, "internal_due": None} == {**other, "internal_due": None}


@transaction.atomic
def move_milestones(*, actor: User, task: Task, old: dict[str, Any], reason: str) -> None:
    """Carry the milestones that came from the earlier deadline of a task over to its present one.

    They are matched in their order; one that has no counterpart any more falls on the last date, and one that
    is met stays as it is. What somebody set by hand is left alone.
    """
    had = rules.milestones_of(deadlines.from_json(old)) if old else ()
    wanted = standing.milestones_for(task)
    mine = {(node.name[:200], node.due) for node in had}
    present = [row for row in task.milestones.order_by("due", "pk") if (row.name, row.due) in mine]
    last = deadlines.due_date(deadlines.from_json(task.deadline))
    for row, to in zip_longest(present, wanted):
        if row is None:
            to.save(force_insert=True)
            record(actor=actor, kind="milestone.set", subject=to, after=shown(to, "task", "name", "due"))
        elif row.met_on is None and (to is not None or last is not None):
            values = {"name": to.name, "due": to.due} if to is not None else {"due": last}
            before, after = change(row, **values)
            record(
                actor=actor, kind="milestone.moved", subject=row, before=before, after=after, reason=reason
            )


def _apply_owner(actor: User, subject: Subject, new: dict[str, Any], reason: str) -> list[str]:
    unit = people.get_organisation(actor, new["organisation"])
    why = reach.why_not(actor, unit, Part.LEAD if isinstance(subject, Problem) else Part.RESPONSIBLE)
    require(not why, why, code="unit_out_of_reach")
    if isinstance(subject, Task):
        # the scope columns and the roll-ups follow the owner
        places = people.ancestors_by_path([unit])
        delta = tallies.Delta()
        if subject.is_leaf:
            delta.add(tallies.TASK, subject.owner_path, subject.lamp, -1)
            delta.add(tallies.TASK, unit.path, subject.lamp)
        key = _set(actor, subject, "owner_changed", reason, owner=unit, **Scope.columns_of(unit, places))
        delta.write()
        return [key]
    if not isinstance(subject, Problem):
        raise Refused("措施的责任单位按任务调整", code="owner_of_measure")
    end_lead(actor, subject, unit.pk, reason)
    return [_set(actor, subject, "lead_changed", reason, lead=unit)]


def end_lead(actor: User, problem: Problem, unit_id: int, reason: str) -> None:
    """End the part of the present lead unit and set that of the next: there is always exactly one."""
    for part in Participation.objects.filter(problem=problem, measure=None, part=Part.LEAD):
        before, after = change(part, ended_on=clock.today())
        record(
            actor=actor, kind="participation.ended", subject=part, before=before, after=after, reason=reason
        )
    part = Participation(problem=problem, organisation_id=unit_id, part=Part.LEAD)
    part.save(force_insert=True)
    names = ("problem", "measure", "organisation", "part", "person")
    record(actor=actor, kind="participation.set", subject=part, after=shown(part, *names), reason=reason)


def _apply_target(actor: User, subject: Subject, new: dict[str, Any], reason: str) -> list[str]:
    target = TaskTarget.objects.select_for_update(of=("self",), no_key=True).get(pk=new["target"])
    before, after = change(target, amount=Decimal(new["amount"]))
    record(actor=actor, kind="target.changed", subject=target, before=before, after=after, reason=reason)
    standing.refresh_tasks([subject.pk], clock.today())
    return [f"task:{subject.pk}"]


def _apply_wording(actor: User, subject: Subject, new: dict[str, Any], reason: str) -> list[str]:
    return [_set(actor, subject, "reworded", reason, **{new["column"]: new["text"]})]


def _set(actor: User, subject: Subject, kind: str, reason: str, **values: Any) -> str:
    before, after = change(subject, **values)
    name = subject.subject_type
    record(actor=actor, kind=f"{name}.{kind}", subject=subject, before=before, after=after, reason=reason)
    return f"{name}:{subject.pk}"


def _locked(model: Any, **where: Any) -> list[Any]:
    return list(
        model.objects.unscoped(WHY)
        .filter(**where)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )


APPLIERS: dict[ChangeKind, Applier] = {
    ChangeKind.DEADLINE: _apply_deadline,
    ChangeKind.OWNER: _apply_owner,
    ChangeKind.TARGET: _apply_target,
    ChangeKind.WORDING: _apply_wording,
}


@transaction.atomic
def set_internal_due(
    *, actor: User, task_id: int, seen_version: int, day: dt.date | None, reason: str = ""
) -> Task:
    """Set or clear the office's or unit's own earlier date (往前赶); never later than the published one."""
    task = queries.get_task(actor, task_id, lock=True)
    allowed = policy.may_split(actor, task)
    require(allowed, "只有承担任务的单位或整改办可以设内部时限", code="may_not_set", error=Forbidden)
    queries.require_seen(task, seen_version)
    if day and task.due and day > task.due:
        message = f"内部时限 {day} 晚于公布的时限 {task.due}。内部时限只能提前，请改早。"
        raise InvalidInput(message, code="internal_due_late", fields={"day": message})
    if day == task.internal_due:
        return task
    _set(actor, task, "internal_due_set", reason.strip(), internal_due=day)
    standing.refresh_tasks([task.pk], clock.today())
    return task
