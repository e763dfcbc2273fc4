"""分解与推进: tasks are split downwards, milestones set, and adopted progress written to them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal.services import Draft, change, insert_many, record, record_many, shown
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, Refused, require
from dugai.ledger import policy, queries, rollup, rules, search, standing, tallies
from dugai.ledger.models import Milestone, Task, TaskTarget
from dugai.ledger.sight import Scope
from dugai.ledger.states import DONE_PROGRESS, Closure, Progress
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.ledger.entries import NewTarget, NewTask
    from dugai.people.models import User

WHY = "the service has already loaded the task through the actor's eyes"


@transaction.atomic
def split_task(
    *, actor: User, task_id: int, seen_version: int, shares: Sequence[NewTask], note: str = ""
) -> list[Task]:
    """Split a task among units below it. Quantities are conserved, or `note` says why not.

    Each share's owner must stand under the task's owner's region; the parent stops being a leaf and
    its progress is derived from its children from now on.
    """
    task = queries.get_task(actor, task_id, lock=True)
    require(policy.may_split(actor, task), "只有承担任务的单位或整改办可以分解任务", code="may_not_split")
    queries.require_seen(task, seen_version)
    require(bool(shares), "至少要分给一个单位", code="no_shares")
    require(task.is_leaf, "这项任务已经分解过。要再分，请打开下级任务。", code="already_split")
    require(task.closure == Closure.OPEN, "任务已进入验收，不能再分解", code="not_open")
    top = (
        task.owner.parent
        if task.owner.kind not in {"region", "enterprise"} and task.owner.parent
        else task.owner
    )
    for share in shares:
        require(
            share.owner.is_within(top),
            f"{share.owner} 不在 {top} 之下，不能承担它分下来的任务",
            code="not_below",
        )
    targets = list(task.targets.all())
    findings = rollup.split_conserves(
        [_quantity(row) for row in targets],
        [[_quantity(row) for row in share.targets] for share in shares],
        note,
    )
    if findings:
        raise Refused("；".join(finding.message for finding in findings), code="quantities_not_conserved")
    places = people.ancestors_by_path([share.owner for share in shares])
    children = [_child(task, share, count, places) for count, share in enumerate(shares, 1)]
    insert_many(children)
    drafts = [
        Draft("task.assigned", row, after=shown(row, "code", "parent", "owner", "deadline", "progress"))
        for row in children
    ]
    rows = [
        TaskTarget(task=child, name=target.name, unit=target.unit, amount=target.amount)
        for child, share in zip(children, shares, strict=True)
        for target in share.targets
    ]
    insert_many(rows)
    drafts += [Draft("target.set", row, after=shown(row, "task", "name", "unit", "amount")) for row in rows]
    milestones = [row for child in children for row in standing.milestones_for(child)]
    insert_many(milestones)
    drafts += [Draft("milestone.set", row, after=shown(row, "task", "name", "due")) for row in milestones]
    record_many(actor=actor, drafts=drafts)
    search.write(search.documents([], [], children))
    before, after = change(task, split_note=note)
    record(
        actor=actor,
        kind="task.split",
        subject=task,
        before=before,
        after={**after, "children": [row.code for row in children]},
    )
    delta = tallies.Delta()
    delta.add(tallies.TASK, task.owner_path, task.lamp, -1)
    for child in children:
        delta.add(tallies.TASK, child.owner_path, child.lamp)
    delta.write()
    Task.objects.unscoped(WHY).filter(pk=task.pk).update(is_leaf=False)
    standing.refresh_problems([task.problem_id], clock.today())
    return children


@transaction.atomic
def set_milestones(
    *, actor: User, task_id: int, seen_version: int, milestones: Sequence[Mapping[str, Any]]
) -> list[Milestone]:
    """Add milestones to a task: each has `name`, `due` (date) and optionally `planned`, a quantity."""
    task = queries.get_task(actor, task_id, lock=True)
    require(
        policy.may_split(actor, task), "只有承担任务的单位或整改办可以设节点", code="may_not_set_milestones"
    )
    queries.require_seen(task, seen_version)
    rows = []
    for entry in milestones:
        due: dt.date = entry["due"]
        if task.due and due > task.due:
            message = f"节点“{entry['name']}”是 {due}，晚于整改时限 {task.due}。请改早，或先申请调整时限。"
            raise InvalidInput(message, fields={"due": message})
        rows.append(Milestone(task=task, name=entry["name"], due=due, planned=entry.get("planned")))
    insert_many(rows)
    record_many(
        actor=actor,
        drafts=[
            Draft("milestone.set", row, after=shown(row, "task", "name", "due", "planned")) for row in rows
        ],
    )
    change(task)
    record(
        actor=actor,
        kind="task.milestones_set",
        subject=task,
        after={"milestones": [row.name for row in rows]},
    )
    standing.refresh_tasks([task.pk], clock.today())
    return rows


@transaction.atomic
def apply_progress(
    *,
    actor: User,
    task_id: int,
    progress: str,
    done: Mapping[int, Decimal],
    met: Sequence[int] = (),
    reported_on: dt.date,
    reason: str = "",
) -> Task:
    """Write what a reviewer adopted to the task: progress, done quantities (by target id), milestones met.

    Called by the reporting room only. A target's done quantity may fall only with a reason. The
    parent's progress follows from its children, up to the root of the tree.
    """
    task = queries.get_task(actor, task_id, lock=True)
    require(task.is_leaf, "这项任务已分解，进展由下级任务汇总", code="not_a_leaf")
    require(
        task.closure in {Closure.OPEN, Closure.REOPENED, Closure.STRENGTHENED},
        "任务已进入验收，进展不能再改",
        code="not_open",
    )
    if task.progress in DONE_PROGRESS and progress not in DONE_PROGRESS and not reason:
        message = "上次已报完成，这次退回未完成，请写明原因"
        raise Refused(message, code="reason_missing")
    for target in task.targets.filter(pk__in=list(done)):
        amount = done[target.pk]
        if amount < target.done and not reason:
            message = f"{target.name}由 {target.done} 降到 {amount}{target.unit}，请写明原因"
            raise Refused(message, code="reason_missing")
        if amount != target.done:
            before, after = change(target, done=amount)
            record(
                actor=actor,
                kind="target.progressed",
                subject=target,
                before=before,
                after=after,
                reason=reason,
            )
    for milestone in task.milestones.filter(pk__in=list(met), met_on=None):
        before, after = change(milestone, met_on=reported_on)
        record(actor=actor, kind="milestone.met", subject=milestone, before=before, after=after)
    if progress != task.progress:
        before, after = change(task, progress=Progress(progress))
        record(actor=actor, kind="task.progressed", subject=task, before=before, after=after, reason=reason)
    Task.objects.unscoped(WHY).filter(pk=task.pk).update(last_report_on=reported_on)
    standing.refresh_tasks([task.pk], clock.today())
    _roll_up(actor, task)
    return task


def _roll_up(actor: User, task: Task) -> None:
    """Derive each ancestor's progress from its children; recorded, because the state of a row changes."""
    parent_id = task.parent_id
    while parent_id:
        parent: Task = Task.objects.unscoped(WHY).select_for_update(no_key=True).get(pk=parent_id)
        children = list(Task.objects.unscoped(WHY).filter(parent=parent).prefetch_related("targets"))
        derived = _joint(children)
        if derived != parent.progress:
            before, after = change(parent, progress=derived)
            record(actor=actor, kind="task.rolled_up", subject=parent, before=before, after=after)
        standing.refresh_tasks([parent.pk], clock.today())
        parent_id = parent.parent_id


def _joint(children: Sequence[Task]) -> Progress:
    facts = []
    for child in children:
        targets = list(child.targets.all())
        facts.append(
            rollup.Child(Progress(child.progress), _quantity(targets[0]) if len(targets) == 1 else None)
        )
    return rollup.derive_parent(facts).progress


def _quantity(row: TaskTarget | NewTarget) -> rules.Quantity:
    return rules.Quantity(row.amount, getattr(row, "done", Decimal(0)), row.unit, row.name)


def _child(parent: Task, share: NewTask, count: int, places: dict[str, int]) -> Task:
    child = Task(
        problem_id=parent.problem_id,
        measure_id=parent.measure_id,
        parent=parent,
        owner=share.owner,
        code=f"{parent.code}.{count:02d}",
        title=(share.title or parent.title)[:200],
        text=share.text or parent.text,
        deadline=share.deadline or parent.deadline,
        person=share.person,
        **Scope.columns_of(share.owner, places),
    )
    standing.set_columns(child, milestones=standing.milestones_for(child), targets=(), today=clock.today())
    return child
