"""建账: an inspection comes in, its problems are registered, and measures are set against them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from dugai.journal.services import Draft, insert_many, record, record_many, shown
from dugai.kernel import clock, collecting
from dugai.kernel.errors import InvalidInput, Refused, require
from dugai.ledger import policy, queries, reach, search, standing, tallies
from dugai.ledger.models import Inspection, Measure, Milestone, Participation, Problem, Site, Task, TaskTarget
from dugai.ledger.models_entry import Part
from dugai.ledger.sight import Scope
from dugai.ledger.states import WORKING_CLOSURES, Lamp
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
    from dugai.people.models import Organisation, User

KEEPER = "只有本地区的整改办可以登记台账"
INSPECTION_FIELDS = (
    "code",
    "name",
    "level",
    "type",
    "round",
    "batch",
    "team",
    "present_from",
    "present_until",
    "fed_back_on",
)


@transaction.atomic
def open_inspection(*, actor: User, object_: Organisation, **values: Any) -> Inspection:
    """Register an inspection; `values` are columns of `Inspection` by name."""
    require(policy.may_keep_ledger(actor, object_), KEEPER, code="not_keeper")
    unknown = set(values) - set(INSPECTION_FIELDS)
    if unknown:
        message = f"督察没有这些项：{'、'.join(sorted(unknown))}"
        raise InvalidInput(message)
    if Inspection.objects.filter(code=values["code"]).exists():
        message = f"督察编号 {values['code']} 已经用过。请换一个，或到台账里打开原来那一个。"
        raise Refused(message, code="inspection_code_taken")
    inspection = Inspection(object=object_, **values)
    inspection.save(force_insert=True)
    record(
        actor=actor,
        kind="inspection.opened",
        subject=inspection,
        after=shown(inspection, *INSPECTION_FIELDS, "object"),
    )
    return inspection


@transaction.atomic
@collecting.paused()
def register_problems(*, actor: User, inspection_id: int, problems: Sequence[NewProblem]) -> list[Problem]:
    """Register problems with their measures, tasks and parts, all or none, with an event for each row.

    Built for one entry and for an import of 20,000 rows alike: a constant number of statements for
    each kind of row and batch. Raises `Refused` when a number is taken within the inspection.
    """
    inspection = queries.get_inspection(actor, inspection_id)
    for home in {entry.home.pk: entry.home for entry in problems}.values():
        require(policy.may_keep_ledger(actor, home), KEEPER, code="not_keeper")
    _refuse_out_of_reach(actor, problems, [measure for entry in problems for measure in entry.measures])
    _refuse_taken_numbers(inspection, problems)
    places = _places(problems)
    rows = [_problem(inspection, entry, places) for entry in problems]
    pairs = [(row, entry) for row, owner in zip(rows, problems, strict=True) for entry in owner.measures]
    grown = _grow(pairs, places)
    below: dict[int, list[standing.Part]] = {id(row): [] for row in rows}
    for measure, (row, _) in zip(grown.measures, pairs, strict=True):
        below[id(row)].append((measure.lamp, measure.due, measure.progress))
    for row in rows:
        standing.derive_from(row, below[id(row)])
    _insert_problems(rows)
    drafts = [
        Draft("problem.registered", row, after=shown(row, "code", "title", "home", "lead", "deadline"))
        for row in rows
    ]
    parts = [Participation(problem=row, organisation=row.lead, part=Part.LEAD) for row in rows]
    for row, entry in zip(rows, problems, strict=True):
        parts += [
            Participation(problem=row, organisation=unit, part=part, person=entry.persons.get(unit.pk, ""))
            for part, units in entry.parts.items()
            if part != Part.LEAD
            for unit in units
        ]
    drafts += _insert_parts(parts)
    record_many(actor=actor, drafts=drafts)
    delta = tallies.Delta()
    for row in rows:
        delta.add(tallies.PROBLEM, row.owner_path, row.lamp)
    _insert_grown(actor, grown, delta)
    delta.write()
    search.write(search.documents(rows, [], []), fresh=True)
    return rows


@transaction.atomic
def add_measures(
    *, actor: User, problem_id: int, seen_version: int, measures: Sequence[NewMeasure]
) -> list[Measure]:
    """Set further measures against a problem whose plan is not yet approved."""
    problem = queries.get_problem(actor, problem_id, lock=True)
    require(policy.may_change_problem(actor, problem), KEEPER, code="not_keeper")
    bound = queries.plan_binds(problem) and not queries.plan_under_revision(problem)
    require(not bound, "方案已经审定。要增加措施，请先起草方案的新版。", code="plan_binds")
    queries.require_seen(problem, seen_version)
    works = problem.closure in WORKING_CLOSURES
    require(works, "问题已进入验收，不能再加措施。要加，请先退回或重新整改。", code="not_open")
    _refuse_out_of_reach(actor, (), measures)
    _refuse_taken_measures(problem, measures)
    places = people.ancestors_by_path([entry.owner for measure in measures for entry in measure.tasks])
    grown = _grow([(problem, entry) for entry in measures], places)
    for measure in grown.measures:
        measure.closure = problem.closure
    for task in grown.tasks:
        task.closure = problem.closure
    delta = tallies.Delta()
    _insert_grown(actor, grown, delta)
    delta.write()
    standing.refresh_problems([problem.pk], clock.today())
    return grown.measures


@transaction.atomic
def add_site(*, actor: User, problem_id: int, region: Organisation, name: str, **values: Any) -> Site:
    """Add a 点位 to a problem; coordinates need their datum (坐标系) named."""
    problem = queries.get_problem(actor, problem_id, lock=True)
    require(policy.may_change_problem(actor, problem), KEEPER, code="not_keeper")
    if values.get("longitude") is not None and not values.get("datum"):
        message = "填了坐标就要说明坐标系（CGCS2000、WGS84、GCJ-02 或 BD-09）"
        raise InvalidInput(message, fields={"datum": message})
    site = Site(problem=problem, region=region, name=name, **values)
    site.save(force_insert=True)
    record(
        actor=actor,
        kind="site.added",
        subject=site,
        after=shown(site, "name", "problem", "region", "longitude", "latitude", "datum"),
    )
    return site


def _refuse_out_of_reach(actor: User, problems: Sequence[NewProblem], measures: Sequence[NewMeasure]) -> None:
    """Refuse work for a unit beside the keeper, once for each unit and part however many rows there are."""
    named = {(entry.lead.pk, Part.LEAD.value): entry.lead for entry in problems}
    for parts in [entry.parts for entry in problems] + [entry.parts for entry in measures]:
        named |= {(unit.pk, str(part)): unit for part, units in parts.items() for unit in units}
    for measure in measures:
        named |= {(task.owner.pk, Part.RESPONSIBLE.value): task.owner for task in measure.tasks}
    for (_, part), unit in named.items():
        why = reach.why_not(actor, unit, part)
        require(not why, why, code="unit_out_of_reach")


def _refuse_taken_numbers(inspection: Inspection, problems: Sequence[NewProblem]) -> None:
    counted = Counter(entry.number for entry in problems)
    twice = {number for number, times in counted.items() if times > 1}
    taken = queries.taken_problem_numbers(inspection, counted)
    if taken or twice:
        listed = "、".join(str(number) for number in sorted(taken | twice)[:10])
        message = f"序号 {listed} 在这次督察里已经登记过。请核对后改成没有用过的序号。"
        raise Refused(message, code="problem_number_taken")
    for entry in problems:
        _refuse_double_measures(entry.measures)


def _insert_problems(rows: list[Problem]) -> None:
    """Insert problems; somebody else may have taken a number since we looked."""
    try:
        insert_many(rows)
    except IntegrityError as taken:
        message = "刚有别人用了同样的序号。请刷新后改成没有用过的序号。"
        raise Refused(message, code="problem_number_taken") from taken


def _refuse_taken_measures(problem: Problem, measures: Sequence[NewMeasure]) -> None:
    _refuse_double_measures(measures)
    numbers = {entry.number for entry in measures}
    rows = Measure.objects.unscoped("numbers are unique within the problem").filter(problem=problem)
    taken = sorted(rows.filter(number__in=numbers).values_list("number", flat=True))
    if taken:
        listed = "、".join(str(number) for number in taken)
        message = f"措施序号 {listed} 在这个问题里已经有了。请改成没有用过的序号。"
        raise Refused(message, code="measure_number_taken")


def _refuse_double_measures(measures: Sequence[NewMeasure]) -> None:
    numbers = [entry.number for entry in measures]
    if len(set(numbers)) < len(numbers):
        listed = "、".join(str(number) for number, times in Counter(numbers).items() if times > 1)
        message = f"措施序号 {listed} 写了两次。请改成不同的序号。"
        raise Refused(message, code="measure_number_taken")


def _places(problems: Sequence[NewProblem]) -> dict[str, int]:
    owners = {entry.home.pk: entry.home for entry in problems}
    owners |= {
        task.owner.pk: task.owner
        for entry in problems
        for measure in entry.measures
        for task in measure.tasks
    }
    return people.ancestors_by_path(list(owners.values()))


def _problem(inspection: Inspection, entry: NewProblem, places: dict[str, int]) -> Problem:
    return Problem(
        inspection=inspection,
        code=f"{inspection.code}-{entry.number:02d}",
        number=entry.number,
        lamp=Lamp.ONTRACK,
        home=entry.home,
        lead=entry.lead,
        **entry.columns,
        **Scope.columns_of(entry.home, places),
    )


def _insert_parts(parts: list[Participation]) -> list[Draft]:
    insert_many(parts)
    return [
        Draft(
            "participation.set", row, after=shown(row, "problem", "measure", "organisation", "part", "person")
        )
        for row in parts
    ]


@dataclass(frozen=True, slots=True)
class _Grown:
    """Measures with everything that hangs on them, computed and not yet inserted."""

    measures: list[Measure]
    parts: list[Participation]
    tasks: list[Task]
    targets: list[TaskTarget]
    milestones: list[Milestone]


def _grow(pairs: Sequence[tuple[Problem, NewMeasure]], places: dict[str, int]) -> _Grown:
    """Compute measures, parts, tasks and targets with their derived columns, in memory."""
    today = clock.today()
    soon = standing.soon_days(today)
    grown = _Grown([], [], [], [], [])
    for problem, entry in pairs:
        measure = Measure(problem=problem, number=entry.number, lamp=Lamp.ONTRACK, **entry.columns)
        grown.measures.append(measure)
        grown.parts.extend(
            Participation(problem=problem, measure=measure, organisation=unit, part=part)
            for part, units in entry.parts.items()
            for unit in units
        )
        below: list[standing.Part] = []
        for count, wanted in enumerate(entry.tasks, 1):
            task = _task(measure, wanted, count, places)
            targets = [
                TaskTarget(
                    task=task, name=target.name, unit=target.unit, amount=target.amount, done=Decimal(0)
                )
                for target in wanted.targets
            ]
            milestones = standing.milestones_for(task)
            standing.set_columns(task, milestones=milestones, targets=targets, today=today, soon=soon)
            grown.tasks.append(task)
            grown.targets.extend(targets)
            grown.milestones.extend(milestones)
            below.append((task.lamp, task.due, task.progress))
        standing.derive_from(measure, below)
    return grown


def _insert_grown(actor: User, grown: _Grown, delta: tallies.Delta) -> None:
    """Insert what `_grow` computed, with an event for each row; `delta` takes the counts."""
    insert_many(grown.measures)
    drafts = [
        Draft("measure.added", row, after=shown(row, "problem", "number", "text", "deadline"))
        for row in grown.measures
    ]
    drafts += _insert_parts(grown.parts)
    insert_many(grown.tasks)
    drafts += [
        Draft("task.assigned", task, after=shown(task, "code", "measure", "owner", "deadline", "progress"))
        for task in grown.tasks
    ]
    insert_many(grown.targets)
    drafts += [
        Draft("target.set", row, after=shown(row, "task", "name", "unit", "amount")) for row in grown.targets
    ]
    insert_many(grown.milestones)
    drafts += [
        Draft("milestone.set", row, after=shown(row, "task", "name", "due")) for row in grown.milestones
    ]
    record_many(actor=actor, drafts=drafts)
    search.write(search.documents([], grown.measures, grown.tasks), fresh=True)
    for task in grown.tasks:
        delta.add(tallies.TASK, task.owner_path, task.lamp)
    for row in grown.measures:
        delta.add(tallies.MEASURE, row.problem.owner_path, row.lamp)


def _task(measure: Measure, entry: NewTask, count: int, places: dict[str, int]) -> Task:
    problem = measure.problem
    return Task(
        problem=problem,
        measure=measure,
        owner=entry.owner,
        code=f"{problem.code}-{measure.number:03d}-{count:02d}",
        title=(entry.title or measure.text)[:200],
        text=entry.text,
        deadline=standing.with_internal_date(
            entry.deadline or measure.deadline, problem.inspection.fed_back_on
        ),
        progress=entry.progress,
        person=entry.person,
        **Scope.columns_of(entry.owner, places),
    )
