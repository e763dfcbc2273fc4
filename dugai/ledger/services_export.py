"""导出清单: what a viewer sees becomes a workbook; a large one is written by a child process, outside the web server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from dugai.journal.services import record, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, Refused, require
from dugai.ledger import policy, queries_export, sheet_writer
from dugai.ledger.models import ListExport, Measure, PlanVersion, Task
from dugai.ledger.queries import BINDING
from dugai.ledger.states import Lamp
from dugai.ledger.units import Units
from dugai.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet

    from dugai.people.models import User

HERE_UP_TO = 3000
"""Rows up to which the web process writes by itself; a few seconds at most."""
CHILD_SECONDS = 600
FILTERS = ("inspection", "problem", "lamp", "lead", "owner", "q")


def measures_for(viewer: User, filters: Mapping[str, str]) -> QuerySet[Measure]:
    """Return the measures in sight that the filters of a list leave: inspection, problem, lamp, lead, owner, q."""
    found: QuerySet[Measure] = Measure.objects.visible_to(viewer)
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


@transaction.atomic
def export_list(*, actor: User, filters: Mapping[str, str], path: Path) -> int:
    """Write the list to `path`; return the number of rows. The export itself is recorded."""
    require(policy.may_export(actor), "您的角色没有可以导出的台账", code="may_not_export", error=Forbidden)
    kept = {name: str(filters[name]) for name in FILTERS if filters.get(name)}
    count = measures_for(actor, kept).count()
    written = write_here(actor, kept, path) if count <= HERE_UP_TO else _write_in_child(actor, kept, path)
    taken = ListExport(user=actor, filters=kept, rows=written)
    taken.save(force_insert=True)
    record(actor=actor, kind="ledger.exported", subject=taken, after=shown(taken, "user", "filters", "rows"))
    return written


def write_here(
    actor: User, filters: Mapping[str, str], path: Path, tick: Callable[[int], None] | None = None
) -> int:
    """Write the list in this process, in constant memory."""
    names = Units(queries_export.units())
    tops = list(
        PlanVersion.objects.filter(state__in=BINDING)
        .values_list("plan__organisation__path", flat=True)
        .distinct()
    )
    rows = queries_export.rows(measures_for(actor, filters), names, tops)
    today = clock.today()
    note = f"{actor.organisation} {actor.person.name} 导出，数据截至 {today.isoformat()}。白底的列可以改，改后可再导入。"
    return sheet_writer.write_list(
        path, (row.cells for row in rows), title="整改措施清单", note=note, tick=tick
    )


def _write_in_child(actor: User, filters: Mapping[str, str], path: Path) -> int:
    """Write the list in a process of its own, so that the memory of the web server does not grow with it."""
    arguments = [
        "export_ledger",
        "--viewer",
        str(actor.pk),
        "--filters",
        json.dumps(filters),
        "--out",
        str(path),
    ]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    try:
        done = subprocess.run(  # noqa: S603  our own command with values we wrote
            [sys.executable, "-m", "django", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=CHILD_SECONDS,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
    except subprocess.TimeoutExpired as late:
        raise Refused("导出超过 10 分钟，已停止。请加上筛选条件，分几次导出。", code="export_slow") from late
    if done.returncode:
        raise Refused("导出没有完成。请稍后再试；仍不行请联系系统管理员。", code="export_failed")
    return int(done.stdout.strip().splitlines()[-1])


def viewer_for_export(user_id: int) -> Any:
    """Return the account an export child works for."""
    return people.account(user_id)
