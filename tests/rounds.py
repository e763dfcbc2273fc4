"""Small makers for the stories of 调度: a round of 2026年5月, and the values a clerk types."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dugai.ledger.models import Task
from dugai.people.models import Organisation, User
from dugai.progress import services_report as services
from dugai.progress import services_review, services_round
from dugai.progress.models import Report, Round
from tests.cast import Cast

WHY = "a test looks at its own rows"
MAY_18 = dt.datetime(2026, 5, 18, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
MAY_26 = MAY_18 + dt.timedelta(days=8)
JUNE_1 = MAY_18 + dt.timedelta(days=14)


def open_may(
    cast: Cast, actor: User | None = None, region: Organisation | None = None, **values: Any
) -> Round:
    """Open the monthly round of May 2026 over the province, called by its office."""
    day = values.pop("day", dt.date(2026, 5, 18))
    return services_round.open_round(
        actor=actor or cast.province_clerk,
        kind=values.pop("kind", "monthly"),
        region=region or cast.province,
        day=day,
        **values,
    )


def report_of(round_: Round, task: Task | None = None) -> Report:
    """Return the report of a task in a round, or the first one."""
    found = Report.objects.unscoped(WHY).filter(round=round_).order_by("pk")
    report: Report = (found.filter(task=task) if task else found)[0]
    return report


def fresh(report: Report) -> Report:
    """Return the report as the database has it now."""
    found: Report = Report.objects.unscoped(WHY).select_related("round", "task").get(pk=report.pk)
    return found


def typed(report: Report, added: str = "2", **values: str) -> dict[str, str]:
    """Return what a clerk types: two kilometres more, in plain words."""
    targets = {f"added_{target.pk}": added for target in report.task.targets.all()}
    return {
        "progress": "in_progress",
        "summary": "5月完成污水管网改造，其中新建街段 1.2 公里，5月12日通水。",
        "next_step": "6月15日前完成柳汀路段。",
        "funds_added": "320",
        **targets,
        **values,
    }


def submit(actor: User, report: Report, **values: str) -> Report:
    """Hand a report in."""
    return services.submit_report(actor=actor, report_id=report.pk, values=typed(fresh(report), **values))


def walk_up(cast: Cast, report: Report, *names: str) -> Report:
    """Let the reviewers named approve a report one after another."""
    for name in names or ("county_reviewer", "county_office_reviewer", "city_reviewer", "province_reviewer"):
        report = services_review.approve_report(actor=cast.users[name], report_id=report.pk)
    return report
