"""The list that a viewer takes along: which measures, and the writing of the workbook. Reads only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dugai.kernel import clock
from dugai.ledger import list_rows, queries_export, sheet_writer
from dugai.ledger.models import Measure, PlanVersion, Task
from dugai.ledger.queries import BINDING
from dugai.ledger.states import Lamp
from dugai.ledger.units import Units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

    from dugai.people.models import User

FILTERS = ("inspection", "problem", "lamp", "lead", "owner", "q")
LIST, FORM, MEASURES = "list", "form", "measures"
"""Filters of a list on the screen name it (`list`: tasks or problems) and carry its whole question; they
give its rows, or with `form=measures` the measures behind them."""


def kept(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that are understood, as an export records them."""
    name = filters.get(LIST, "")
    if name not in list_rows.LISTS:
        return {name: str(filters[name]) for name in FILTERS if filters.get(name)}
    form = {FORM: MEASURES} if filters.get(FORM) == MEASURES else {}
    return {LIST: name, **form, **list_rows.asked(filters).query()}


def gives_rows(filters: Mapping[str, str]) -> bool:
    """Say whether the rows of a list are asked for, and not measures."""
    return filters.get(LIST, "") in list_rows.LISTS and filters.get(FORM) != MEASURES


def count(viewer: User, filters: Mapping[str, str]) -> int:
    """Return how many rows an export would have."""
    if gives_rows(filters):
        return list_rows.chosen(viewer, filters[LIST], list_rows.asked(filters)).count()
    return measures_for(viewer, filters).count()


def measures_for(viewer: User, filters: Mapping[str, str]) -> QuerySet[Measure]:
    """Return the measures in sight that the filters of a list leave (`FILTERS`)."""
    found: QuerySet[Measure] = Measure.objects.visible_to(viewer)
    if filters.get(LIST, "") in list_rows.LISTS:
        rows = list_rows.chosen(viewer, filters[LIST], list_rows.asked(filters)).order_by()
        if filters[LIST] == "tasks":
            return found.filter(pk__in=rows.values("measure"))
        return found.filter(problem__in=rows.values("pk"))
    for name, column in (
        ("inspection", "problem__inspection"),
        ("problem", "problem"),
        ("lead", "problem__lead"),
    ):
        if filters.get(name, "").isdigit():
            found = found.filter(**{column: int(filters[name])})
    if filters.get("lamp") in Lamp.values:
        found = found.filter(lamp=filters["lamp"])
    if filters.get("owner", "").isdigit():
        tasks = Task.objects.visible_to(viewer).filter(owner=int(filters["owner"])).order_by()
        found = found.filter(pk__in=tasks.values("measure"))
    if filters.get("q", "").strip():
        found = found.filter(problem__text__contains=filters["q"].strip()[:100])
    return found


def write_here(
    actor: User, filters: Mapping[str, str], path: Path, tick: Callable[[int], None] | None = None
) -> int:
    """Write the list in this process, in constant memory."""
    today = clock.today()
    who = f"{actor.organisation} {actor.person.name}"
    if gives_rows(filters):
        name = filters[LIST]
        return sheet_writer.write_plain(
            path,
            list_rows.HEADS[name],
            list_rows.cells(actor, name, list_rows.asked(filters)),
            title=list_rows.LISTS[name],
            note=f"{who} 导出，数据截至 {today.isoformat()}。",
        )
    names = Units(queries_export.public_units())
    tops = list(
        PlanVersion.objects.filter(state__in=BINDING)
        .values_list("plan__organisation__path", flat=True)
        .distinct()
    )
    rows = queries_export.rows(actor, measures_for(actor, filters), names, tops)
    note = f"{who} 导出，数据截至 {today.isoformat()}。白底的列可以改，改后可再导入。"
    return sheet_writer.write_list(
        path, (row.cells for row in rows), title="整改措施清单", note=note, tick=tick
    )
