"""What a 整改措施清单 prints, row by row, and what an import is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max

from dugai.ledger.labels import published_label
from dugai.ledger.models import Inspection, Measure, Participation, PlanVersion, Problem, Task
from dugai.ledger.models_entry import Part
from dugai.ledger.queries import BINDING, MANY
from dugai.ledger.queries_plan import printed
from dugai.ledger.sheet_columns import EXPORTED
from dugai.ledger.sheet_text import fingerprint, row_id
from dugai.ledger.states import Closure, Lamp, Progress, TimeStatus
from dugai.ledger.units import Unit, Units
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.db.models import QuerySet

    from dugai.people.models import User

WHY = "numbers and versions of the whole inspection, to tell what is already there"
TIMES = {
    Lamp.OVERDUE: TimeStatus.OVERDUE,
    Lamp.BEHIND: TimeStatus.BEHIND,
    Lamp.SOON: TimeStatus.DUE_SOON,
    Lamp.ONTRACK: TimeStatus.ON_SCHEDULE,
}
LONGEST_CELL = 32_767
CUT = "……（后略，全文见系统）"


@dataclass(frozen=True, slots=True)
class Known:
    """A problem that is registered: its id, its words, its lead unit."""

    pk: int
    text: str
    lead: int


@dataclass(frozen=True, slots=True)
class Exported:
    """One row as it is exported: the cells by column, and what an update is held against."""

    cells: dict[str, str]
    number: int
    measure_id: int
    measure_number: int
    problem_version: int
    measure_version: int
    bound: bool = False


def public_units() -> Iterator[Unit]:
    """Yield every organisation as far as names are resolved."""
    names = ("pk", "name", "short_name", "code", "path", "kind", "level")
    return (
        Unit(*values)
        for values in people.public_organisations().values_list(*names).iterator(chunk_size=2000)
    )


def problems_of(viewer: User, inspection: Inspection) -> dict[int, Known]:
    """Return the registered problems of an inspection by number, in sight or not: numbers are taken once."""
    del viewer
    rows = (
        Problem.objects.unscoped(WHY)
        .filter(inspection=inspection)
        .values_list("number", "pk", "text", "lead")
    )
    return {number: Known(pk, text, lead) for number, pk, text, lead in rows}


def measure_numbers(viewer: User, inspection: Inspection) -> set[str]:
    """Return the keys of the measures an inspection has, as an import writes them."""
    del viewer  # numbers are unique across the whole inspection
    rows = Measure.objects.unscoped(WHY).filter(problem__inspection=inspection)
    measures = {
        f"问题 {one} 措施 {other}" for one, other in rows.values_list("problem__number", "number").order_by()
    }
    problems = Problem.objects.unscoped(WHY).filter(inspection=inspection).values_list("number", flat=True)
    return measures | {f"问题 {number}" for number in problems.order_by()}


def last_measure_number(viewer: User, inspection: Inspection) -> int:
    """Return the highest measure number of an inspection, 0 without any."""
    del viewer  # numbers run through the whole inspection
    rows = Measure.objects.unscoped(WHY).filter(problem__inspection=inspection)
    return int(rows.aggregate(last=Max("number"))["last"] or 0)


def by_measure(viewer: User, inspection: Inspection, names: Units) -> dict[int, Exported]:
    """Return the exported rows of an inspection by measure, as the viewer sees them."""
    measures = Measure.objects.visible_to(viewer).filter(problem__inspection=inspection)
    binding = PlanVersion.objects.filter(plan__inspection=inspection, state__in=BINDING)
    tops = list(binding.values_list("plan__organisation__path", flat=True).distinct())
    return {row.measure_id: row for row in rows(viewer, measures, names, tops)}


def rows(
    viewer: User, measures: QuerySet[Measure], names: Units, bound_tops: Iterable[str] = (), chunk: int = MANY
) -> Iterator[Exported]:
    """Yield measures in the order of the list, a bounded number of statements for each chunk of them."""
    del viewer  # `measures` was asked for through their eyes
    tops = tuple(bound_tops)
    ids = list(
        measures.order_by("problem__inspection", "problem__number", "number", "pk").values_list(
            "pk", flat=True
        )
    )
    for start in range(0, len(ids), chunk):
        yield from _chunk(ids[start : start + chunk], names, tops)


def _chunk(ids: list[int], names: Units, tops: tuple[str, ...]) -> Iterator[Exported]:
    found = (
        Measure.objects.unscoped("chosen by the viewer's own query")
        .filter(pk__in=ids)
        .select_related("problem")
    )
    by_id = {measure.pk: measure for measure in found}
    problem_ids = {measure.problem_id for measure in by_id.values()}
    tasks: dict[int, list[Task]] = {}
    roots = Task.objects.unscoped(WHY).filter(measure__in=ids, parent=None).order_by("code")
    for task in roots.only("measure", "owner", "person", "last_report_on"):
        tasks.setdefault(task.measure_id, []).append(task)
    shared: dict[tuple[int, str], list[int]] = {}
    own: dict[tuple[int, str], list[int]] = {}
    parts = Participation.objects.filter(problem__in=problem_ids).order_by("pk")
    for problem_id, measure_id, part, unit in parts.values_list("problem", "measure", "part", "organisation"):
        if measure_id is None:
            shared.setdefault((problem_id, part), []).append(unit)
        elif measure_id in by_id:
            own.setdefault((measure_id, part), []).append(unit)
    reported = set(
        Task.objects.unscoped(WHY)
        .filter(problem__in=problem_ids)
        .exclude(last_report_on=None)
        .values_list("problem", flat=True)
        .distinct()
    )
    for pk in ids:
        measure = by_id[pk]

        def listed(part: str, measure: Measure = measure) -> str:
            keys = own.get((measure.pk, part)) or shared.get((measure.problem_id, part), [])
            return "、".join(names.printed(key) for key in keys)

        yield _row(measure, tasks.get(pk, []), listed, names, tops, fresh=measure.problem_id in reported)


def _row(
    measure: Measure,
    tasks: list[Task],
    part: Callable[[str], str],
    names: Units,
    tops: tuple[str, ...],
    *,
    fresh: bool,
) -> Exported:
    problem = measure.problem
    persons = list(dict.fromkeys(task.person for task in tasks if task.person))
    cells = {
        "number": str(problem.number),
        "category": problem.category,
        "problem": problem.text,
        "title": problem.title,
        "home": names.printed(problem.home_id),
        "goal": problem.goal,
        "requirement": problem.requirement,
        "standard": problem.standard,
        "measure_number": str(measure.number),
        "measure": measure.text,
        "deadline": printed(measure.deadline),
        "lead": part(Part.LEAD),
        "responsible": "、".join(dict.fromkeys(names.printed(task.owner_id) for task in tasks)),
        "cooperating": part(Part.COOPERATING),
        "supervising": part(Part.SUPERVISING),
        "accepting": part(Part.ACCEPTING),
        "person": "、".join(persons),
        "leader": problem.leader_name,
        "overall": printed_status(problem, fresh=fresh),
        "status": printed_status(measure, fresh=fresh),
        "narrative": measure.narrative,
        "note": measure.note,
    }
    cells = {
        name: text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 20] + CUT
        for name, text in cells.items()
    }
    cells["row_id"] = row_id(measure.pk, problem.version, measure.version, fingerprint(cells))
    return Exported(
        {name: cells[name] for name in EXPORTED},
        problem.number,
        measure.pk,
        measure.number,
        problem.version,
        measure.version,
        any(problem.owner_path.startswith(top) for top in tops),
    )


def printed_status(row: Problem | Measure, *, fresh: bool) -> str:
    """Return the status of a problem or measure for print.

    The original words of the document it came from, until the ledger knows something newer (`fresh`: a report
    on its problem was adopted, or the close-out has begun); from then on the published label.
    """
    if row.status_raw and not fresh and row.closure == Closure.OPEN:
        return row.status_raw
    standing = bool(row.deadline) and bool(row.deadline.get("standing"))
    time = TIMES.get(Lamp(row.lamp), TimeStatus.ON_SCHEDULE)
    if row.due is None and time is TimeStatus.ON_SCHEDULE:
        time = TimeStatus.NOT_DUE
    return published_label(Progress(row.progress), time, Closure(row.closure), has_standing_part=standing)
