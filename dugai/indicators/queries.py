"""Questions about indicators: definitions, one reading with its versions, the sheet of a region, alerts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from dugai.indicators import policy, rules
from dugai.indicators.models import Indicator, IndicatorReading, IndicatorTarget
from dugai.indicators.rules_span import Span
from dugai.indicators.sight import home_of
from dugai.indicators.states import Against, RowState
from dugai.kernel.errors import NotVisible
from dugai.people.models import Organisation
from dugai.people.states import Kind

if TYPE_CHECKING:
    from decimal import Decimal

    from django.db.models import QuerySet

    from dugai.people.models import User

WHY = "whether a span is taken is asked for every row of a workbook at once"
HIDDEN = "没有这个页面，或您的单位看不到它"
RELATED = ("indicator", "region", "entered_by")
ALERTING = Q(against=Against.SHORT) | Q(against=Against.SHORT_SO_FAR) | Q(worsened=True)
PLACES = 400


def region_of(viewer: User, region_id: int | None = None) -> Organisation:
    """Return the region indicators are asked for: the viewer's own, or one inside it. Raises `NotVisible`."""
    home = home_of(viewer)
    found = home if region_id is None else Organisation.objects.filter(pk=region_id, kind=Kind.REGION).first()
    if home is None or found is None or not found.is_within(home):
        raise NotVisible("没有这个地区，或您的单位看不到它")
    return found


def regions_below(viewer: User) -> Sequence[Organisation]:
    """Return the regions whose indicators a viewer reads: the own one and those two steps below."""
    home = home_of(viewer)
    if home is None:
        return []
    found = Organisation.objects.below(home).filter(
        kind=Kind.REGION, depth__lte=home.depth + 2, active_until=None
    )
    return list(found.order_by("path")[:PLACES])


def indicators(viewer: User) -> list[Indicator]:
    """Return every definition; they are the same for all who have a place."""
    return list(Indicator.objects.all()) if policy.may_see(viewer) else []


def get_indicator(viewer: User, code: str, *, lock: bool = False) -> Indicator:
    """Return one definition by its code or name. Raises `NotVisible`."""
    found = Indicator.objects.filter(Q(code=code) | Q(name=code))
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    row = found.first() if policy.may_see(viewer) else None
    if row is None:
        raise NotVisible("没有这个指标，或您的单位看不到它")
    return row


def public_locked(ids: Collection[int]) -> list[Indicator]:
    """Lock definitions, so that nobody else writes a reading of them meanwhile; definitions are no secret."""
    rows = Indicator.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    return list(rows.order_by("pk"))


def public_taken(
    keys: Collection[tuple[int, int, dt.date, dt.date]],
) -> set[tuple[int, int, dt.date, dt.date]]:
    """Return those of (indicator, region, from, to) that have a standing reading; nothing else of it."""
    if not keys:
        return set()
    rows = IndicatorReading.objects.unscoped(WHY).filter(
        state=RowState.STANDING,
        indicator__in={key[0] for key in keys},
        region__in={key[1] for key in keys},
        ends_on__gte=min(key[3] for key in keys),
        ends_on__lte=max(key[3] for key in keys),
    )
    return set(keys) & set(rows.values_list("indicator", "region", "starts_on", "ends_on"))


def get_reading(viewer: User, reading_id: int, *, lock: bool = False) -> IndicatorReading:
    """Return one reading through the viewer's eyes."""
    found = IndicatorReading.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    row: IndicatorReading | None = found.filter(pk=reading_id).first()
    if row is None:
        raise NotVisible("没有这个数，或您的单位看不到它")
    return row


def get_target(viewer: User, target_id: int, *, lock: bool = False) -> IndicatorTarget:
    """Return one target through the viewer's eyes."""
    found = IndicatorTarget.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    row: IndicatorTarget | None = found.filter(pk=target_id).first()
    if row is None:
        raise NotVisible("没有这个目标，或您的单位看不到它")
    return row


def standing_target(
    viewer: User, indicator: Indicator, region: Organisation, span: Span
) -> IndicatorTarget | None:
    """Return the target that stands for a span."""
    found: IndicatorTarget | None = (
        IndicatorTarget.objects.visible_to(viewer)
        .filter(indicator=indicator, region=region, starts_on=span.start, ends_on=span.end)
        .filter(state=RowState.STANDING)
        .first()
    )
    return found


def versions(viewer: User, row: IndicatorReading) -> list[IndicatorReading]:
    """Return every version of a reading's span, the newest first, those taken back too."""
    rows = IndicatorReading.objects.visible_to(viewer).filter(
        indicator=row.indicator_id, region=row.region_id, starts_on=row.starts_on, ends_on=row.ends_on
    )
    return list(rows.select_related(*RELATED).order_by("-pk"))


@dataclass
class Series:
    """One indicator in one region: its standing readings and targets, and what follows from them."""

    indicator: Indicator
    readings: list[IndicatorReading] = field(default_factory=list)
    targets: list[IndicatorTarget] = field(default_factory=list)

    @cached_property
    def latest(self) -> IndicatorReading | None:
        """Return the reading with the latest end, the longest span of those."""
        return max(self.readings, key=lambda row: row.span.rank, default=None)

    @cached_property
    def values(self) -> dict[Span, Decimal]:
        """Return the value of each span."""
        return {row.span: row.value for row in self.readings}

    def comparisons(self, row: IndicatorReading) -> list[rules.Comparison]:
        """Return what a reading is compared with."""
        return rules.comparisons(self.indicator.terms, row.span, self.values)

    def target_of(self, row: IndicatorReading) -> IndicatorTarget | None:
        """Return the target that a reading is held against."""
        by_span = {target.span: target for target in self.targets}
        goal = rules.goal_for(row.span, {span: target.goal for span, target in by_span.items()})
        return by_span[goal.span] if goal else None

    def goal_around(self, row: IndicatorReading) -> rules.Goal | None:
        """Return the target whose months contain those of a reading, to draw it."""
        return rules.goal_around(row.span, {target.span: target.goal for target in self.targets})

    def against(self, row: IndicatorReading) -> str:
        """Return how a reading stands against its target; empty without one."""
        target = self.target_of(row)
        if target is None:
            return ""
        return str(rules.against(self.indicator.terms, target.goal, row.span, row.value))

    def worsened(self, row: IndicatorReading) -> bool:
        """Say whether it is worse although it may not be."""
        return rules.has_worsened(self.indicator.terms, self.comparisons(row))


def sheet(
    viewer: User,
    region: Organisation,
    *,
    indicator: Indicator | None = None,
    at: dt.datetime | None = None,
) -> list[Series]:
    """Return the indicators of a region that have readings or targets, in the order of the catalogue.

    With `at`, the rows as they stood at that moment: what was entered, corrected or taken back later is not
    known yet.
    """
    known = {indicator.pk: indicator} if indicator else Indicator.objects.in_bulk()
    found = {pk: Series(row) for pk, row in known.items()}
    where = {"region": region.pk, **({"indicator": indicator.pk} if indicator else {})}
    standing = Q(state=RowState.STANDING)
    if at is not None:
        standing = Q(entered_at__lt=at) & (Q(ended_at=None) | Q(ended_at__gte=at))
    readings = IndicatorReading.objects.visible_to(viewer).filter(standing, **where)
    for row in readings.select_related("entered_by").order_by("ends_on", "starts_on", "pk"):
        row.indicator, row.region = known[row.indicator_id], region
        found[row.indicator_id].readings.append(row)
    targets = IndicatorTarget.objects.visible_to(viewer).filter(standing, **where)
    for target in targets.select_related("entered_by").order_by("ends_on", "starts_on", "pk"):
        target.indicator, target.region = known[target.indicator_id], region
        found[target.indicator_id].targets.append(target)
    kept = [one for one in found.values() if one.readings or one.targets or indicator]
    return sorted(kept, key=lambda one: (one.indicator.kind != "environmental", one.indicator.pk))


def alerts(viewer: User, *, limit: int = 200) -> list[IndicatorReading]:
    """Return the latest readings in sight that miss their target or have worsened, the worst first."""
    rows = IndicatorReading.objects.visible_to(viewer).filter(ALERTING, latest=True).select_related(*RELATED)
    kept = list(rows.order_by("-ends_on", "region__path", "pk")[:limit])
    return sorted(kept, key=lambda row: (not row.worsened, Against(row.against or "met").rank))


def alert_count(viewer: User, limit: int = 1000) -> int:
    """Return how many latest readings in sight give an alert, at most `limit`."""
    return int(alerting(viewer)[:limit].count())


def alerting(viewer: User) -> QuerySet[IndicatorReading]:
    """Return the latest readings in sight that give an alert, to be counted beside other things."""
    rows: QuerySet[IndicatorReading] = IndicatorReading.objects.visible_to(viewer)
    return rows.filter(ALERTING, latest=True)


def by_pair(viewer: User, rows: Sequence[IndicatorReading]) -> dict[tuple[int, int], Series]:
    """Return the series of the indicators and regions of given rows, in two queries."""
    found: dict[tuple[int, int], Series] = defaultdict(lambda: Series(Indicator()))
    for row in rows:
        found[row.indicator_id, row.region_id] = Series(row.indicator)
    where = {
        "indicator__in": {row.indicator_id for row in rows},
        "region__in": {row.region_id for row in rows},
        "state": RowState.STANDING,
    }
    for row in IndicatorReading.objects.visible_to(viewer).filter(**where):
        if (row.indicator_id, row.region_id) in found:
            found[row.indicator_id, row.region_id].readings.append(row)
    for target in IndicatorTarget.objects.visible_to(viewer).filter(**where):
        if (target.indicator_id, target.region_id) in found:
            target.indicator = found[target.indicator_id, target.region_id].indicator
            found[target.indicator_id, target.region_id].targets.append(target)
    return dict(found)
