"""Who gets what at the addresses of ledger."""

from __future__ import annotations

from typing import Any

from dugai.ledger import services_entry
from dugai.ledger.models import Site
from tests.web.access import FORBIDDEN, HIDDEN, SEES, WRONG_METHOD, Line, line

OFFICES = (
    "county_office_clerk",
    "city_clerk",
    "city_reviewer",
    "other_city_reviewer",
    "province_clerk",
    "province_manager",
)
ADMINS = ("system_admin", "security_admin", "audit_admin", "public")


def problem(world: Any) -> dict[str, Any]:
    """Address the world's problem."""
    return {"problem_id": world.problem.pk}


def task(world: Any) -> dict[str, Any]:
    """Address the world's task."""
    return {"task_id": world.task.pk}


def measure(world: Any) -> dict[str, Any]:
    """Address the measure of the world's problem."""
    return {"measure_id": world.task.measure_id}


def site(world: Any) -> dict[str, Any]:
    """Address a 点位 of the world's problem, which is added the first time."""
    found = Site.objects.filter(problem=world.problem).first()
    if found is None:
        found = services_entry.add_site(
            actor=world.cast.city_clerk,
            problem_id=world.problem.pk,
            region=world.cast.county,
            name="一号泵站",
        )
    return {"site_id": found.pk}


def nothing(name: str) -> Any:
    """Address something that is not there."""
    return lambda world: {name: 0}


def people(names: tuple[str, ...], outcome: Any) -> dict[str, Any]:
    """Give several people the same outcome."""
    return dict.fromkeys(names, outcome)


OFFICE_ONLY = line(FORBIDDEN, **people(OFFICES, SEES))
KEEPERS = {
    **people(("city_clerk", "city_reviewer", "province_clerk", "province_manager"), SEES),
    # those who see it and do not keep it; the neighbours and administrators do not see it at all
    **people(
        (
            "county_clerk",
            "county_reviewer",
            "county_office_clerk",
            "verifier",
            "leader",
            "supervisor",
            "discipline",
        ),
        FORBIDDEN,
    ),
}
SPLITTERS = {
    **people(OFFICES, SEES),
    **people(("county_clerk", "county_reviewer"), SEES),
    **people(("verifier", "leader", "supervisor", "discipline"), FORBIDDEN),
    "other_city_reviewer": HIDDEN,
}
READERS = line(SEES, **people(ADMINS, FORBIDDEN))
GONE = line(HIDDEN, nothing("change_id"))

ACCESS: dict[str, Line] = {
    "inspection_new": OFFICE_ONLY,
    "problem_new": OFFICE_ONLY,
    "problem_edit": line(HIDDEN, problem, **KEEPERS),
    "measures_new": line(HIDDEN, problem, **KEEPERS),
    "problem_parts": line(HIDDEN, problem, **KEEPERS),
    "measure_edit": line(HIDDEN, measure, **KEEPERS),
    "site_edit": line(HIDDEN, site, **KEEPERS),
    "part_end": line(WRONG_METHOD, nothing("part_id")),
    "task_split": line(HIDDEN, task, **SPLITTERS),
    "task_internal_due": line(HIDDEN, task, **SPLITTERS),
    "changes": READERS,
    "change_new": line(HIDDEN, problem, **KEEPERS),
    "change": GONE,
    "change_decide": line(WRONG_METHOD, nothing("change_id")),
    "plans": READERS,
    "plan_new": OFFICE_ONLY,
    "plan": line(HIDDEN, nothing("plan_id")),
    "plan_next": line(WRONG_METHOD, nothing("plan_id")),
    "plan_version": line(HIDDEN, nothing("version_id")),
    "plan_version_move": line(WRONG_METHOD, nothing("version_id")),
    "ledger_imports": OFFICE_ONLY,
    "ledger_import_template": OFFICE_ONLY,
    "ledger_export": line(SEES, **people(ADMINS, FORBIDDEN)),
    "ledger_import": line(HIDDEN, nothing("batch_id")),
    "ledger_import_progress": line(HIDDEN, nothing("batch_id")),
    "ledger_import_decide": line(WRONG_METHOD, nothing("batch_id")),
    "ledger_import_marked": line(HIDDEN, nothing("batch_id")),
}
