"""The rows of a place as facts at the end of a day: as stored for today, rewound for days past."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from dugai.complaints.models import Letter
from dugai.complaints.rules import time_of
from dugai.disclosure.facts import Fact
from dugai.disclosure.history import Journal
from dugai.kernel import clock
from dugai.ledger import standing
from dugai.ledger.models import Measure, Milestone, Problem, Site, Task, TaskTarget
from dugai.ledger.sight import Scope
from dugai.ledger.states import Lamp
from dugai.people.models import Organisation
from dugai.progress.models import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dugai.people.models import User

SHOWN = "rows of problems whose visible part was asked for through the viewer's eyes"
SUBJECTS = ("problem", "measure", "task", "task_target", "milestone", "site", "report")
REPORT_COLUMNS = ("state",)
DAY_DONE, DAY_OPEN = Lamp.DONE, Lamp.ONTRACK


@dataclass(frozen=True, slots=True)
class Ground:
    """Whose eyes, below which place, of which inspection, problem and batch of letters (None: all)."""

    viewer: User
    place: Organisation
    inspection: int | None = None
    problem: int | None = None
    batch: int | None = None

    def problems(self, prefix: str = "") -> Q:
        """Return the condition that a row belongs to the inspection and the problem."""
        found = Q(**{f"{prefix}inspection": self.inspection}) if self.inspection else Q()
        return found & Q(**{f"{prefix}pk": self.problem}) if self.problem else found


@dataclass(frozen=True, slots=True)
class Levels:
    """Facts of all levels of the ledger below one place at the end of one day."""

    problem: list[Fact]
    measure: list[Fact]
    task: list[Fact]
    site: list[Fact]


def today(ground: Ground, day: dt.date) -> Levels:
    """Return the levels from the columns as they are stored now."""
    viewer, place = ground.viewer, ground.place
    problems = Problem.objects.visible_to(viewer).filter(Scope.subtree(place), ground.problems())
    measures = Measure.objects.visible_to(viewer).filter(
        Scope.subtree(place, "problem__"), ground.problems("problem__")
    )
    tasks = Task.objects.visible_to(viewer).filter(
        Scope.subtree(place), ground.problems("problem__"), is_leaf=True
    )
    sites = Site.objects.filter(problem__in=_all_seen(ground).values("pk"), **_below(place, "region__"))
    return Levels(
        [
            Fact(*row)
            for row in problems.order_by("pk").values_list(
                *("pk", "code", "title", "lead__name", "owner_path"),
                *("lamp", "progress", "closure", "due", "kind"),
            )
        ],
        [
            Fact(pk, f"{code} 措施{number}", text, who, path, lamp, progress, closure, due, kind)
            for pk, code, number, text, who, path, lamp, progress, closure, due, kind in measures.order_by(
                "pk"
            ).values_list(
                *("pk", "problem__code", "number", "text", "problem__lead__name", "problem__owner_path"),
                *("lamp", "progress", "closure", "due", "problem__kind"),
            )
        ],
        [
            Fact(*row)
            for row in tasks.order_by("pk").values_list(
                *("pk", "code", "title", "owner__name", "owner_path"),
                *("lamp", "progress", "closure", "due", "problem__kind"),
            )
        ],
        _site_facts(sites.select_related("problem", "region"), day),
    )


def at_day(ground: Ground, day: dt.date) -> Levels:
    """Return the levels as they stood at the end of `day`, a day before today.

    Rows are rewound and proved (see `history`); due dates, lamps and roll-ups are computed again by the
    pure rules for that day. A row belongs to the place it had then.
    """
    journal = Journal.after(day, SUBJECTS)
    viewer, place = ground.viewer, ground.place
    seen = _all_seen(ground)
    problems = journal.rewind(seen.select_related("lead", "home"))
    by_pk = {row.pk: row for row in problems}
    measures = journal.rewind(
        Measure.objects.unscoped(SHOWN).filter(problem__in=seen.order_by().values("pk")).order_by("pk")
    )
    closures = {row.pk: row.closure for row in problems}
    tasks = _tasks(ground, journal, day, closures)
    parts: dict[int, list[standing.Part]] = defaultdict(list)
    for task in tasks:
        parts[task.measure_id].append((task.lamp, task.due, task.progress))
    below: dict[int, list[standing.Part]] = defaultdict(list)
    for measure in measures:
        measure.closure = closures[measure.problem_id]
        standing.derive_from(measure, parts[measure.pk])
        below[measure.problem_id].append((measure.lamp, measure.due, measure.progress))
    for problem in problems:
        standing.derive_from(problem, below[problem.pk])
    paths = _paths({row.home_id for row in problems} | {row.owner_id for row in tasks})
    names = dict(
        Organisation.objects.filter(
            pk__in={row.lead_id for row in problems} | {row.owner_id for row in tasks}
        ).values_list("pk", "name")
    )
    mine = set(
        Task.objects.visible_to(viewer)
        .filter(problem__in=seen.order_by().values("pk"))
        .values_list("pk", flat=True)
    )
    seen_measures = set(
        Measure.objects.visible_to(viewer)
        .filter(problem__in=seen.order_by().values("pk"))
        .values_list("pk", flat=True)
    )
    here = {row.pk for row in problems if paths[row.home_id].startswith(place.path)}
    sites = journal.rewind(
        Site.objects.filter(problem__in=seen.order_by().values("pk"), **_below(place, "region__"))
        .select_related("problem", "region")
        .order_by("pk")
    )
    return Levels(
        [
            Fact(
                *(row.pk, row.code, row.title, names[row.lead_id], paths[row.home_id]),
                *(row.lamp, row.progress, row.closure, row.due, row.kind),
            )
            for row in problems
            if row.pk in here
        ],
        [
            _measure_fact(row, by_pk[row.problem_id], names, paths)
            for row in measures
            if row.problem_id in here and row.pk in seen_measures
        ],
        [
            Fact(
                *(row.pk, row.code, row.title, names[row.owner_id], paths[row.owner_id]),
                *(row.lamp, row.progress, row.closure, row.due, by_pk[row.problem_id].kind),
            )
            for row in tasks
            if row.pk in mine and paths[row.owner_id].startswith(place.path)
        ],
        _site_facts(sites, day),
    )


def reports_at(ground: Ground, round_id: int, day: dt.date, *, now: bool) -> list[Fact]:
    """Return the reports of a round below the place, as they stood at the end of `day`."""
    rows = (
        Report.objects.visible_to(ground.viewer)
        .filter(Scope.subtree(ground.place), ground.problems("problem__"), round=round_id)
        .select_related("task", "owner")
        .order_by("pk")
    )
    found = list(rows) if now else Journal.after(day, ("report",)).rewind(rows, REPORT_COLUMNS)
    return [
        Fact(
            row.pk,
            row.task.code,
            row.task.title,
            row.owner.name,
            row.owner_path,
            lamp="",
            progress=row.progress,
            closure=row.state,
            due=None,
            late=row.late,
        )
        for row in found
    ]


def letters_at(ground: Ground, day: dt.date, *, now: bool) -> list[Fact]:
    """Return the letters of the place as they stood at the end of `day`."""
    return [_letter_fact(row, day) for row in letter_rows(ground, day, now=now)]


def letter_rows(ground: Ground, day: dt.date, *, now: bool) -> list[Letter]:
    """Return the letters themselves, in the order of their numbers."""
    asked = {"inspection": ground.inspection, "problem": ground.problem, "batch": ground.batch}
    rows = Letter.objects.visible_to(ground.viewer).filter(
        Scope.subtree(ground.place), **{name: value for name, value in asked.items() if value}
    )
    found = rows.select_related("batch", "region", "lead").order_by("number", "pk")
    return list(found) if now else Journal.after(day, ("letter",)).rewind(found)


def _letter_fact(row: Letter, day: dt.date) -> Fact:
    return Fact(
        row.pk,
        row.number,
        row.summary,
        row.lead.name if row.lead else "",
        row.owner_path,
        lamp=time_of(row.state, row.due, row.follow_up, day, row.batch.soon_days),
        progress=row.verdict,
        closure=row.state,
        due=row.due,
        kind=row.grade,
        persons=row.persons or 0,
        person_times=row.person_times or 0,
    )


def _all_seen(ground: Ground) -> Any:
    """Return the visible problems that have anything to do with the place."""
    place = ground.place
    mine = Task.objects.visible_to(ground.viewer).filter(Scope.subtree(place))
    touched = Scope.subtree(place) | Q(pk__in=mine.values("problem"))
    return Problem.objects.visible_to(ground.viewer).filter(touched, ground.problems()).order_by("pk")


def _tasks(ground: Ground, journal: Journal, day: dt.date, closures: Mapping[int, str]) -> list[Task]:
    """Return the leaf tasks of the day, with due date and lamp of that day.

    A task is closed with its problem; `closures` says how far each problem had come.
    """
    seen = _all_seen(ground).order_by().values("pk")
    rows = journal.rewind(Task.objects.unscoped(SHOWN).filter(problem__in=seen).order_by("pk"))
    parents = {row.parent_id for row in rows if row.parent_id}
    leaves = [row for row in rows if row.pk not in parents]
    ids = [row.pk for row in leaves]
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in journal.rewind(_of(Milestone, ids)):
        milestones[milestone.task_id].append(milestone)
    targets: dict[int, list[TaskTarget]] = defaultdict(list)
    for target in journal.rewind(_of(TaskTarget, ids)):
        targets[target.task_id].append(target)
    last = _last_reports(journal, ids)
    soon = standing.soon_days(day)
    for task in leaves:
        task.last_report_on = last.get(task.pk)
        task.closure = closures[task.problem_id]
        standing.set_columns(
            task, milestones=milestones[task.pk], targets=targets[task.pk], today=day, soon=soon
        )
    return leaves


def _of(model: Any, task_ids: list[int]) -> Iterable[Any]:
    for start in range(0, len(task_ids), 500):
        yield from model.objects.filter(task__in=task_ids[start : start + 500]).order_by("pk")


def _last_reports(journal: Journal, task_ids: list[int]) -> dict[int, dt.date]:
    """Return the day of the last adopted report of each task, as of the day."""
    found: dict[int, dt.date] = {}
    for start in range(0, len(task_ids), 500):
        rows = Report.objects.unscoped(SHOWN).filter(task__in=task_ids[start : start + 500])
        for row in journal.rewind(rows.order_by("adopted_at", "pk"), REPORT_COLUMNS):
            if row.adopted_at and row.submitted_at:
                found[row.task_id] = clock.local(row.submitted_at).date()
    return found


def _measure_fact(row: Measure, problem: Problem, names: dict[int, str], paths: dict[int, str]) -> Fact:
    return Fact(
        row.pk,
        f"{problem.code} 措施{row.number}",
        row.text,
        names[problem.lead_id],
        paths[problem.home_id],
        lamp=row.lamp,
        progress=row.progress,
        closure=row.closure,
        due=row.due,
        kind=problem.kind,
    )


def _site_facts(rows: Iterable[Site], day: dt.date) -> list[Fact]:
    return [
        Fact(
            row.pk,
            row.problem.code,
            row.name,
            row.region.name,
            row.region.path,
            lamp=DAY_DONE if row.done_on and row.done_on <= day else DAY_OPEN,
            progress="",
            closure=row.disposition,
            due=row.done_on,
        )
        for row in rows
    ]


def _below(place: Organisation, prefix: str) -> dict[str, str]:
    return {f"{prefix}path__gte": place.path, f"{prefix}path__lt": place.path_end}


def _paths(ids: set[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "path"))
