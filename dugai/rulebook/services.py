"""Changes of rules: a new version is adopted; what began under an older one keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from dugai.journal.services import change, record, shown
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, require
from dugai.rulebook import policy
from dugai.rulebook.defaults import NATIONAL
from dugai.rulebook.models import CalendarDay, RuleSet

if TYPE_CHECKING:
    import datetime as dt

    from dugai.people.models import Organisation, User


@transaction.atomic
def adopt_rules(
    *,
    actor: User | None,
    name: str,
    region: Organisation | None,
    values: dict[str, Any],
    legal_reference: str,
    valid_from: dt.date | None = None,
) -> RuleSet:
    """Adopt the next version of the rules called `name` for a region and everything below it."""
    allowed = policy.may_adopt_rules(actor, region)
    require(allowed, "只有本地区整改办的管理岗可以定规则", code="may_not_adopt_rules", error=Forbidden)
    if name not in NATIONAL or not set(values) <= set(NATIONAL[name]):
        raise InvalidInput("没有这种规则，或规则里有不认识的项", code="rules_unknown")
    require(legal_reference.strip(), "请写规则的依据（文件名、文号或年份）", code="reference_missing")
    versions = RuleSet.objects.filter(name=name, region=region)
    last = versions.aggregate(last=Max("number"))["last"] or 0
    rules = RuleSet(
        name=name,
        region=region,
        number=last + 1,
        valid_from=valid_from or clock.today(),
        legal_reference=legal_reference.strip()[:300],
        values=values,
    )
    try:
        rules.save(force_insert=True)
    except IntegrityError as taken:  # somebody else adopted the same number just now
        raise Conflict("刚有别人定了新规则。请刷新后对照再定。") from taken
    names = ("name", "region", "number", "valid_from", "legal_reference", "values")
    record(actor=actor, kind="rule_set.adopted", subject=rules, after=shown(rules, *names))
    return rules


@transaction.atomic
def set_calendar_day(
    *, actor: User | None, day: dt.date, works: bool, name: str, source: str, seen_version: int | None = None
) -> CalendarDay:
    """Say that a day is a holiday or a day of work, whatever the weekday and the library say."""
    allowed = policy.may_adopt_rules(actor, actor.organisation if actor else None)
    require(allowed, "只有整改办的管理岗可以改工作日历", code="may_not_adopt_rules", error=Forbidden)
    row = CalendarDay.objects.filter(day=day).first()
    if row is None:
        if seen_version is not None:
            raise Conflict("这一天还没有登记过，请刷新后重试。")
        row = CalendarDay(day=day, works=works, name=name, source=source)
        row.save(force_insert=True)
        before: dict[str, Any] = {}
        after = shown(row, "day", "works", "name", "source")
    else:
        before, after = change(row, seen_version=seen_version, works=works, name=name, source=source)
    record(actor=actor, kind="calendar_day.set", subject=row, before=before, after=after)
    return row
