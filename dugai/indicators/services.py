"""读数: entered with their source, corrected by a new version, taken back; never overwritten."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.indicators import policy, queries, rules
from dugai.indicators.models import Indicator, IndicatorReading, IndicatorTarget
from dugai.indicators.rules_span import Span
from dugai.indicators.states import ROW_MOVES, Against, RowState
from dugai.journal.services import Draft, change, insert_many, record, record_many, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, Forbidden, InvalidInput, require
from dugai.people.models import Organisation

if TYPE_CHECKING:
    from dugai.people.models import User

WHY = "the readings of one indicator and region, whose change the actor may make"
COLUMNS = (
    *("indicator", "region", "starts_on", "ends_on", "value", "unit", "sample_size", "exclusions"),
    *("source", "quote", "as_of", "edition", "replaces", "reason"),
)
NOT_YOURS = "只能填本地区的指标；整改办也可以填下级地区的"
LARGEST = Decimal(10) ** 11
FINEST = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a reading: the number and where it comes from."""

    value: Decimal
    source: str
    as_of: dt.date
    quote: str = ""
    sample_size: str = ""
    exclusions: str = ""
    unit: str = ""

    def columns(self, indicator: Indicator, span: Span) -> dict[str, Any]:
        """Return the columns of a row. Raises `InvalidInput` for what cannot be."""
        wrong = {}
        if number_trouble(self.value):
            wrong["value"] = number_trouble(self.value)
        if not self.source.strip():
            wrong["source"] = "请写这个数来自哪份文件或哪个部门。"
        unit = self.unit.strip() or indicator.unit
        if unit != indicator.unit:
            wrong["unit"] = f"{indicator.name}的单位是“{indicator.unit}”。请换算后再填。"
        if self.as_of < span.start or self.as_of > clock.today():
            wrong["as_of"] = "数据截至日应在时段开始以后、今天及以前。"
        if wrong:
            raise InvalidInput(" ".join(wrong.values()), fields=wrong, code="reading_invalid")
        return {
            "value": self.value.quantize(FINEST),
            "unit": unit,
            "source": self.source.strip()[:200],
            "quote": self.quote.strip()[:500],
            "sample_size": self.sample_size.strip()[:60],
            "exclusions": self.exclusions.strip()[:200],
            "as_of": self.as_of,
        }


@dataclass(frozen=True, slots=True)
class NewReading:
    """One reading to enter."""

    indicator: Indicator
    region: Organisation
    span: Span
    said: Said


def number_trouble(value: Decimal) -> str:
    """Return what is wrong with a number; empty when it can be kept exactly."""
    if not value.is_finite() or abs(value) >= LARGEST:
        return "数太大，整数部分最多 11 位。"
    return "" if value == value.quantize(FINEST) else "小数最多 4 位。"


@transaction.atomic
def enter_readings(*, actor: User, readings: Sequence[NewReading]) -> list[IndicatorReading]:
    """Enter readings of spans that have none yet, all or none."""
    for region in {one.region.pk: one.region for one in readings}.values():
        require(policy.may_enter(actor, region), NOT_YOURS, code="may_not_enter", error=Forbidden)
    queries.public_locked({one.indicator.pk for one in readings})
    rows = [
        IndicatorReading(
            indicator=one.indicator,
            region=one.region,
            starts_on=one.span.start,
            ends_on=one.span.end,
            entered_by=actor.person,
            entered_at=clock.now(),
            **one.said.columns(one.indicator, one.span),
        )
        for one in readings
    ]
    _require_free(rows)
    insert_many(rows)
    drafts = (Draft("indicator_reading.entered", row, after=shown(row, *COLUMNS)) for row in rows)
    record_many(actor=actor, drafts=drafts)
    settle_alerts(actor=actor, pairs={(row.indicator_id, row.region_id) for row in rows})
    return rows


@transaction.atomic
def enter_reading(
    *, actor: User, indicator: Indicator, region: Organisation, span: Span, said: Said
) -> IndicatorReading:
    """Enter one reading."""
    (row,) = enter_readings(actor=actor, readings=[NewReading(indicator, region, span, said)])
    row.refresh_from_db()
    return row


@transaction.atomic
def correct_reading(
    *, actor: User, reading_id: int, seen_version: int, said: Said, reason: str
) -> IndicatorReading:
    """Put a new version in the place of a reading; the old one stays with the reason."""
    old = queries.get_reading(actor, reading_id, lock=True)
    require(policy.may_enter(actor, old.region), NOT_YOURS, code="may_not_correct", error=Forbidden)
    require_version(old, seen_version)
    state = ROW_MOVES.next(RowState(old.state), "correct")
    why = _reason(reason, "请写明为什么更正。")
    columns = said.columns(old.indicator, old.span)
    before, after = change(old, state=state, ended_at=clock.now(), reason=old.reason or why)
    record(
        actor=actor, kind="indicator_reading.replaced", subject=old, before=before, after=after, reason=why
    )
    new = IndicatorReading(
        indicator=old.indicator,
        region=old.region,
        starts_on=old.starts_on,
        ends_on=old.ends_on,
        edition=old.edition + 1,
        replaces=old,
        reason=why,
        entered_by=actor.person,
        entered_at=clock.now(),
        **columns,
    )
    new.save(force_insert=True)
    said_ = shown(new, *COLUMNS)
    record(actor=actor, kind="indicator_reading.corrected", subject=new, after=said_, reason=why)
    settle_alerts(actor=actor, pairs={(new.indicator_id, new.region_id)})
    new.refresh_from_db()
    return new


@transaction.atomic
def withdraw_reading(*, actor: User, reading_id: int, seen_version: int, reason: str) -> IndicatorReading:
    """Take back a reading that should not be there at all; it stays on file with the reason."""
    row = queries.get_reading(actor, reading_id, lock=True)
    require(policy.may_enter(actor, row.region), NOT_YOURS, code="may_not_withdraw", error=Forbidden)
    require_version(row, seen_version)
    state = ROW_MOVES.next(RowState(row.state), "withdraw")
    why = _reason(reason, "请写明为什么撤销。")
    before, after = change(row, state=state, ended_at=clock.now(), reason=why)
    record(
        actor=actor, kind="indicator_reading.withdrawn", subject=row, before=before, after=after, reason=why
    )
    settle_alerts(actor=actor, pairs={(row.indicator_id, row.region_id)})
    return row


@transaction.atomic
def settle_alerts(*, actor: User, pairs: Iterable[tuple[int, int]]) -> None:
    """Work out anew which reading is the latest and how it stands; a new alert leaves an event."""
    wanted = set(pairs)
    indicators = Indicator.objects.in_bulk({indicator for indicator, _ in wanted})
    regions = {region for _, region in wanted}
    readings: dict[tuple[int, int], list[IndicatorReading]] = defaultdict(list)
    goals: dict[tuple[int, int], dict[Span, rules.Goal]] = defaultdict(dict)
    both = {"indicator__in": list(indicators), "region__in": list(regions)}
    for row in IndicatorReading.objects.unscoped(WHY).filter(state=RowState.STANDING, **both):
        readings[row.indicator_id, row.region_id].append(row)
    for target in IndicatorTarget.objects.unscoped(WHY).filter(state=RowState.STANDING, **both):
        goals[target.indicator_id, target.region_id][target.span] = target.goal
    gone = IndicatorReading.objects.unscoped(WHY).exclude(state=RowState.STANDING).filter(latest=True, **both)
    gone.update(latest=False)
    for pair in sorted(wanted):
        _settle(actor, indicators[pair[0]], readings[pair], goals[pair])


def _settle(
    actor: User, indicator: Indicator, rows: list[IndicatorReading], goals: dict[Span, rules.Goal]
) -> None:
    if not rows:
        return
    last = max(rows, key=lambda row: row.span.rank)
    values = {row.span: row.value for row in rows}
    for row in rows:
        goal = rules.goal_for(row.span, goals)
        against = rules.against(indicator.terms, goal, row.span, row.value) if goal else ""
        worsened = rules.has_worsened(indicator.terms, rules.comparisons(indicator.terms, row.span, values))
        latest = row is last
        was = (row.latest, row.against, row.worsened)
        if was == (latest, against, worsened):
            continue
        row.latest, row.against, row.worsened = latest, against, worsened
        row.save(update_fields=["latest", "against", "worsened"])
        if latest and against == Against.SHORT and (was[0], was[1]) != (True, Against.SHORT):
            _tell(actor, "indicator_reading.fell_behind", row)
        if latest and worsened and (was[0], was[2]) != (True, True):
            _tell(actor, "indicator_reading.worsened", row)


def _tell(actor: User, kind: str, row: IndicatorReading) -> None:
    record(actor=actor, kind=kind, subject=row, after=shown(row, "against", "worsened"), changed=False)


def _require_free(rows: Sequence[IndicatorReading]) -> None:
    """Refuse a span that has its reading, and a span that is given twice."""
    seen = set()
    taken = queries.public_taken(
        [(row.indicator_id, row.region_id, row.starts_on, row.ends_on) for row in rows]
    )
    for row in rows:
        key = (row.indicator_id, row.region_id, row.starts_on, row.ends_on)
        if key in taken or key in seen:
            message = (
                f"{row.region}{row.span.label}的{row.indicator}已经填过。要改，请打开那个数，写明原因更正。"
            )
            raise Conflict(message, code="reading_taken")
        seen.add(key)


def _reason(words: str, message: str) -> str:
    said = words.strip()[:300]
    if not said:
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    return said
