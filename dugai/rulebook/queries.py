"""Questions about rules and working days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import chinese_calendar
from django.db.models import Q

from dugai.rulebook.defaults import NATIONAL
from dugai.rulebook.models import CalendarDay, RuleSet

if TYPE_CHECKING:
    from dugai.people.models import Organisation

WEEKEND = 5


def public_rules(name: str, today: dt.date, region: Organisation | None = None) -> dict[str, Any]:
    """Return the values of the rules called `name` that hold on `today` for `region`.

    The nearest region above wins; without any row, the shipped national default answers.
    """
    best = public_rule_set(name, today, region)
    return {**NATIONAL[name], **(best.values if best else {})}


def public_rule_set(name: str, today: dt.date, region: Organisation | None = None) -> RuleSet | None:
    """Return the row that holds on `today` for `region`; None where the national default answers."""
    paths = region.ancestor_paths if region else []
    found = (
        RuleSet.objects.filter(name=name, valid_from__lte=today)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today))
        .filter(Q(region=None) | Q(region__path__in=paths))
        .select_related("region")
    )
    return max(
        found, key=lambda rules: (rules.region.depth if rules.region else -1, rules.number), default=None
    )


def public_works(day: dt.date) -> bool:
    """Say whether offices work on `day`; see `public_workdays`."""
    return day in public_workdays(day, day)


def public_rule_sets(name: str) -> list[RuleSet]:
    """Return every version of the rules called `name`, by region and number."""
    found = RuleSet.objects.filter(name=name).select_related("region")
    return list(found.order_by("region__path", "number"))


def public_workdays(first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Return the days from `first` to `last` on which offices work.

    The edited table wins, then the holiday library; for years it does not know, Monday to Friday.
    """
    edited = dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "works"))
    days = (first + dt.timedelta(days=count) for count in range((last - first).days + 1))
    return frozenset(day for day in days if edited.get(day, _works(day)))


def _works(day: dt.date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the State Council has not published that year yet
        return day.weekday() < WEEKEND
