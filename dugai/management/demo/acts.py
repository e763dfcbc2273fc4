"""What happens to a ledger besides reports: plans are approved, tasks split, nodes set, changes asked for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from dugai.kernel import clock
from dugai.ledger import services_change, services_plan, services_task
from dugai.ledger.entries import NewTarget, NewTask
from dugai.ledger.models import Task
from dugai.ledger.states import ChangeKind, Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dugai.ledger.models import Inspection
    from dugai.management.demo.places import Region
    from dugai.people.models import User

WHY = "the demo chooses among its own tasks"
SPLITS = 6
NODES = 12


def approve_plan(users: Mapping[str, User], inspection: Inspection, province: Region) -> None:
    """Draft, submit, approve and publish the province's plan; from here on changes need a request."""
    first = services_plan.open_plan(
        actor=users["sheng-jingban"],
        inspection_id=inspection.pk,
        organisation=province.organisation,
        title=f"{province.organisation.name}贯彻落实督察报告整改方案",
    )
    handed = services_plan.submit_plan(
        actor=users["sheng-jingban"], version_id=first.pk, seen_version=first.version
    )
    approved = services_plan.approve_plan(
        actor=users["sheng-guanli"],
        version_id=handed.pk,
        seen_version=handed.version,
        opinion="同意，按程序公开。",
    )
    services_plan.publish_plan(
        actor=users["sheng-guanli"], version_id=approved.pk, seen_version=approved.version
    )


def split_tasks(users: Mapping[str, User], city: Region) -> None:
    """Split some county tasks between two townships; quantities add up, or the note says why not."""
    counties = [region for region in city.below if len(region.towns) > 1]
    for number, county in enumerate(counties * SPLITS):
        if number == SPLITS:
            return
        found = (
            Task.objects.unscoped(WHY)
            .filter(
                owner__parent=county.organisation, is_leaf=True, parent=None, progress=Progress.IN_PROGRESS
            )
            .order_by("pk")
            .first()
        )
        if found is None:
            continue
        targets = list(found.targets.all())
        shares = []
        for at, town in enumerate(county.towns[:2]):
            halves = [(row, row.amount // 2 if at == 0 else row.amount - row.amount // 2) for row in targets]
            shares.append(
                NewTask(
                    owner=town,
                    title=f"{town.name}：{found.title}",
                    progress=Progress.IN_PROGRESS,
                    targets=tuple(NewTarget(row.name, row.unit, Decimal(amount)) for row, amount in halves),
                )
            )
        services_task.split_task(
            actor=users["sheng-jingban"], task_id=found.pk, seen_version=found.version, shares=shares
        )


def set_nodes(users: Mapping[str, User], today: dt.date) -> None:
    """Set two dated nodes on some tasks that have a date to work towards."""
    rows = Task.objects.unscoped(WHY).filter(is_leaf=True, due__gt=today + dt.timedelta(days=90))
    for task in rows.order_by("pk")[:NODES]:
        near, far = today + dt.timedelta(days=20), today + dt.timedelta(days=70)
        services_task.set_milestones(
            actor=users["sheng-jingban"],
            task_id=task.pk,
            seen_version=task.version,
            milestones=[{"name": "完成施工图设计", "due": near}, {"name": "主体工程完工", "due": far}],
        )


def ask_for_changes(users: Mapping[str, User], today: dt.date) -> None:
    """Ask for three changes of dates: one is approved, one is sent back, one waits."""
    late = Task.objects.unscoped(WHY).filter(is_leaf=True, due__gt=today, progress=Progress.IN_PROGRESS)
    tasks = list(late.select_related("problem").order_by("pk")[:3])
    reasons = (
        "征地协调滞后，主汛期无法施工。",
        "设备采购流标一次，需重新招标。",
        "上级规划调整，建设内容有变。",
    )
    for number, (task, reason) in enumerate(zip(tasks, reasons, strict=False)):
        request = services_change.request_change(
            actor=users["sheng-jingban"],
            problem_id=task.problem_id,
            measure_id=task.measure_id,
            task_id=task.pk,
            field=ChangeKind.DEADLINE,
            new={"text": f"{today.year + 2}年{4 + number}月底前"},
            reason=reason,
            seen_version=task.version,
        )
        decider, seen = users["sheng-guanli"], request.version
        if number == 0:
            services_change.approve_change(
                actor=decider,
                change_id=request.pk,
                seen_version=seen,
                opinion="情况属实，同意调整，不得再延。",
            )
        elif number == 1:
            services_change.return_change(
                actor=decider, change_id=request.pk, seen_version=seen, opinion="请附招标文件和新的工期安排。"
            )


def moment(today: dt.date, back: int) -> dt.datetime:
    """Return ten in the morning, `back` days before `today`."""
    return dt.datetime.combine(today - dt.timedelta(days=back), dt.time(10), clock.SHANGHAI)
