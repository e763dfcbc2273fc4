"""Who gets what at the addresses of the journal."""

from __future__ import annotations

from dugai.journal.models import Event
from tests.web.access import FORBIDDEN, HIDDEN, SEES, Line, line

READERS = {
    "county_office_clerk": SEES,
    "city_clerk": SEES,
    "city_reviewer": SEES,
    "other_city_reviewer": SEES,
    "province_clerk": SEES,
    "province_manager": SEES,
    "supervisor": SEES,
    "discipline": SEES,
    "audit_admin": SEES,
}
PROVINCIAL = dict.fromkeys(
    ("province_clerk", "province_manager", "supervisor", "discipline", "audit_admin"), SEES
)


def of_the_problem(world) -> dict[str, int]:
    """Return the address of the event that registered the problem, an act of the provincial clerk."""
    return {"event_id": Event.objects.filter(kind="problem.registered").earliest("pk").pk}


def the_problem(world) -> dict[str, int]:
    """Address the world's problem."""
    return {"problem_id": world.problem.pk}


ACCESS: dict[str, Line] = {
    "journal": line(FORBIDDEN, **READERS),
    "receipt_check": line(SEES),
    "check_script": line(SEES),
    "event_receipt": line(HIDDEN, of_the_problem, **PROVINCIAL),
    # readers of the journal who see the problem; the audit administrator by region
    "problem_extract": line(FORBIDDEN, the_problem, **{**READERS, "other_city_reviewer": HIDDEN}),
}
