"""A ledger with something of everything, for pages that show many rows: every lamp, round and report state."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from dugai.journal.services import record
from dugai.kernel import clock
from dugai.ledger import services_entry, services_task
from dugai.ledger.entries import NewMeasure, NewProblem, NewTarget, NewTask
from dugai.ledger.models import Problem, Task
from dugai.progress.models import Report, Round, RoundTally
from dugai.progress.states import ReportState, RoundState
from tests.cast import Cast, deadline, make_inspection

WHY = "a sample for tests"
SUBJECTS = (
    ("老城区污水管网改造滞后", "水环境", "管网", "公里", "6.4"),
    ("历史遗留矿山生态修复不到位", "矿山生态", "矿山", "处", "19"),
    ("入河排污口规范化整治缓慢", "水环境", "排污口", "处", "12"),
    ("生活垃圾填埋场渗滤液积存", "固体废物", "渗滤液", "万吨", "3.2"),
    ("散煤替代任务未完成", "大气环境", "农户", "户", "180"),
    ("自然保护地内违规设施未清退", "自然保护地", "设施", "处", "7"),
)
DAYS = (-47, -12, 4, 21, 60, 120, 300)


def in_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日前"


def make_ledger(cast: Cast, problems: int = 8, code: str = "JY3") -> list[Problem]:
    """Register problems of 朔岭市 and its counties, each with a measure for two bureaus, due at many dates."""
    inspection = make_inspection(cast, code)
    today = clock.today()
    owners = (cast.county_bureau, cast.neighbour_bureau, cast.city_bureau)
    entries = []
    for number in range(1, problems + 1):
        title, sector, target, unit, amount = SUBJECTS[number % len(SUBJECTS)]
        when = deadline(in_words(today + dt.timedelta(days=DAYS[number % len(DAYS)])))
        tasks = tuple(
            NewTask(
                owner=owner,
                title=f"{owner.name[:3]}{target}整治",
                targets=(NewTarget(target, unit, Decimal(amount)),),
            )
            for owner in (owners[number % 3], owners[(number + 1) % 3])
        )
        entries.append(
            NewProblem(
                number=number,
                home=(cast.city, cast.county, cast.neighbour)[number % 3],
                lead=cast.city_bureau,
                columns={
                    "title": title,
                    "text": f"督察发现，{title}，群众反映强烈，有关单位整改不力，至今没有实质进展。",
                    "kind": "report",
                    "source": "central_inspection",
                    "source_class": ("central", "provincial", "self_found")[number % 3],
                    "sector": sector,
                    "deadline": when,
                    "leader": cast.users["leader"] if number % 4 == 0 else None,
                },
                parts={"supervising": (cast.province_bureau,), "accepting": (cast.province_bureau,)},
                measures=(
                    NewMeasure(
                        number=number,
                        columns={"text": f"整治{target} {amount} {unit}。", "deadline": when},
                        tasks=tasks,
                    ),
                ),
            )
        )
    return services_entry.register_problems(
        actor=cast.province_clerk, inspection_id=inspection.pk, problems=entries
    )


def progress_some(cast: Cast) -> None:
    """Let every third task be done and every other one be under way."""
    for count, task in enumerate(Task.objects.unscoped(WHY).order_by("pk")):
        if count % 3 == 2:
            continue
        target = task.targets.get()
        full = count % 3 == 0
        services_task.apply_progress(
            actor=cast.province_clerk,
            task_id=task.pk,
            progress="done" if full else "in_progress",
            done={target.pk: target.amount if full else (target.amount / 2).quantize(Decimal("0.1"))},
            reported_on=clock.today(),
        )


@transaction.atomic
def make_round(cast: Cast, states: tuple[str, ...] = ("owed", "submitted", "returned", "adopted")) -> Round:
    """Open this month's round over the province, with a report for every leaf task in turn of `states`."""
    today = clock.today()
    start = today.replace(day=1)
    found = Round(
        kind="monthly",
        period=f"{today:%Y-%m}",
        title=f"{today.year}年{today.month}月调度",
        caller=cast.province_office,
        region=cast.province,
        starts_on=start,
        due_on=today + dt.timedelta(days=4),
        adopt_by=today + dt.timedelta(days=9),
        state=RoundState.OPEN,
        opened_by=cast.province_clerk,
    )
    found.save()
    record(actor=cast.province_clerk, kind="round.called", subject=found, after={"period": found.period})
    for count, task in enumerate(Task.objects.unscoped(WHY).filter(is_leaf=True).order_by("pk")):
        state = ReportState(states[count % len(states)])
        values: dict[str, Any] = {}
        if state not in {ReportState.OWED, ReportState.DRAFT}:
            values = {
                "reporter": cast.county_clerk,
                "submitted_at": clock.now(),
                "summary": "已进场施工，完成过半。",
            }
        if state == ReportState.ADOPTED:
            values |= {"reviewer": cast.city_reviewer, "adopted_at": clock.now()}
        if state == ReportState.SUBMITTED:
            values |= {"at_desk_of": cast.city_office}
        report = Report(
            round=found, task=task, problem=task.problem, owner=task.owner, state=state,
            a1=task.a1, a2=task.a2, a3=task.a3, owner_path=task.owner_path, **values,
        )  # fmt: skip
        report.save()
        record(actor=cast.province_clerk, kind="report.owed", subject=report, after={"state": str(state)})
        for path in task.owner.ancestor_paths:
            organisation = type(task.owner).objects.get(path=path)
            RoundTally.objects.create(round=found, organisation=organisation, state=state, n=1)
    return found
