"""Who gets what at the addresses of the frame, of the lists and of the pages of the ledger."""

from __future__ import annotations

from typing import Any

from tests.web.access import FORBIDDEN, HIDDEN, MOVED, SEES, Line, line

REFUSED = 422
NO_BUSINESS = ("public", "system_admin", "security_admin", "audit_admin")
NO_LEDGER = dict.fromkeys(NO_BUSINESS, FORBIDDEN)
OUT_OF_SIGHT = dict.fromkeys((*NO_BUSINESS, "other_city_reviewer", "neighbour_clerk"), HIDDEN)


def _none(name: str) -> Any:
    return lambda world: {name: 10**9}


ACCESS: dict[str, Line] = {
    "today": line(SEES),
    "board": line(SEES, **NO_LEDGER),
    "wall": line(SEES, **NO_LEDGER),
    "switch_post": line(MOVED, method="post"),
    "search": line(SEES, **NO_LEDGER),
    "measures": line(SEES, **NO_LEDGER),
    "gantt": line(SEES, **NO_LEDGER),
    "problem_gantt": line(SEES, lambda world: {"problem_id": world.problem.pk}, **OUT_OF_SIGHT),
    "tasks": line(SEES, **NO_LEDGER),
    "problems": line(SEES, **NO_LEDGER),
    "inspections": line(SEES, **NO_LEDGER),
    "inspection": line(SEES, lambda world: {"inspection_id": world.problem.inspection_id}, **NO_LEDGER),
    "problem": line(SEES, lambda world: {"problem_id": world.problem.pk}, **OUT_OF_SIGHT),
    "measure": line(SEES, lambda world: {"measure_id": world.task.measure_id}, **OUT_OF_SIGHT),
    "task": line(SEES, lambda world: {"task_id": world.task.pk}, **OUT_OF_SIGHT),
    # The table sends no name for the view: those who may keep one are asked for it.
    "save_view": line(REFUSED, method="post", **NO_LEDGER),
    "delete_view": line(HIDDEN, _none("view_id"), method="post"),
    "unit_names": line(SEES),
    "messages": line(SEES),
    "read_messages": line(MOVED, method="post"),
    "open_message": line(HIDDEN, _none("message_id"), method="post"),
}
