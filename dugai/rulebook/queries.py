"""Questions about rules and working days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from dugai.rulebook.defaults import NATIONAL
from dugai.rulebook.models import CalendarDay, RuleSet

if TYPE_CHECKING:
    import datetime as dt

    from dugai.people.models import Organisation

FRIDAY = 5


def public_rules(name: str, today: dt.date, region: Organisation | None = None) -> dict[str, Any]:
    """Return the values of the rules called `name` that hold on `today` for `region`.

    The nearest region above wins; without any row, the shipped national default answers.
    """
    paths = region.ancestor_paths if region else []
    found = (
        RuleSet.objects.filter(name=name, valid_from__lte=today)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today))
        .filter(Q(region=None) | Q(region__path__in=paths))
        .select_related("region")
    )
    best = max(
        found, key=lambda rules: (rules.region.depth if rules.region else -1, rules.number), default=None
    )
    return {**NATIONAL[name], **(best.values if best else {})}


def public_works(day: dt.date) -> bool:
    """Say whether `day` is a working day: as the calendar has it, else Monday to Friday."""
    known = CalendarDay.objects.filter(day=day).values_list("works", flat=True).first()
    return bool(known) if known is not None else day.isoweekday() <= FRIDAY
