"""目标和指标定义: what is measured, and what it should reach, each with its source."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.indicators import policy, queries
from dugai.indicators.catalogue import shipped
from dugai.indicators.models import Indicator, IndicatorReading, IndicatorTarget
from dugai.indicators.services import WHY, number_trouble, settle_alerts
from dugai.indicators.states import ROW_MOVES, Better, IndicatorKind, Nature, RowState
from dugai.journal.services import Draft, change, insert_many, record, record_many, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, require

if TYPE_CHECKING:
    from dugai.indicators.rules_span import Span
    from dugai.people.models import Organisation, User

DEFINED = (
    *("code", "name", "unit", "kind", "nature", "better", "definition"),
    *("no_worse", "cumulative", "base_year"),
)
OPEN_TO_CHANGE = ("definition", "no_worse", "base_year")
COLUMNS = ("indicator", "region", "starts_on", "ends_on", "low", "high", "source", "quote", "edition")
NOT_DEFINER = "指标由省级整改办的管理人员统一定义"
NOT_OFFICE = "目标由本地区或上级的整改办登记"
EARLIEST, LATEST = 2000, 2100


@transaction.atomic
def define_indicator(*, actor: User, **columns: Any) -> Indicator:
    """Define an indicator for all regions; what it is (unit, nature, direction) never changes afterwards."""
    require(policy.may_define(actor), NOT_DEFINER, code="may_not_define", error=Forbidden)
    row = Indicator(**_defined(columns))
    row.save(force_insert=True)
    record(actor=actor, kind="indicator.defined", subject=row, after=shown(row, *DEFINED))
    return row


@transaction.atomic
def adopt_catalogue(*, actor: User) -> list[Indicator]:
    """Define those indicators of the shipped catalogue that are not there yet; return them."""
    require(policy.may_define(actor), NOT_DEFINER, code="may_not_define", error=Forbidden)
    there = set(Indicator.objects.values_list("code", flat=True))
    names = set(Indicator.objects.values_list("name", flat=True))
    rows = [Indicator(**one) for one in shipped() if one["code"] not in there and one["name"] not in names]
    insert_many(rows)
    drafts = (Draft("indicator.defined", row, after=shown(row, *DEFINED)) for row in rows)
    record_many(actor=actor, drafts=drafts)
    return rows


@transaction.atomic
def change_indicator(*, actor: User, code: str, seen_version: int, reason: str, **columns: Any) -> Indicator:
    """Change the definition, the base year or whether it may worsen; its alerts are worked out anew."""
    require(policy.may_define(actor), NOT_DEFINER, code="may_not_define", error=Forbidden)
    row = queries.get_indicator(actor, code, lock=True)
    require_version(row, seen_version)
    why = _reason(reason, "请写明为什么改。")
    kept = {name: columns[name] for name in OPEN_TO_CHANGE if name in columns}
    _defined({**{name: getattr(row, name) for name in DEFINED}, **kept}, own=row.pk)
    before, after = change(row, **kept)
    record(actor=actor, kind="indicator.changed", subject=row, before=before, after=after, reason=why)
    regions = IndicatorReading.objects.unscoped(WHY).filter(indicator=row, state=RowState.STANDING)
    places = set(regions.order_by().values_list("region", flat=True))
    settle_alerts(actor=actor, pairs={(row.pk, place) for place in places})
    return row


@transaction.atomic
def set_target(
    *,
    actor: User,
    indicator: Indicator,
    region: Organisation,
    span: Span,
    low: Decimal | None,
    high: Decimal | None,
    source: str,
    quote: str = "",
    reason: str = "",
) -> IndicatorTarget:
    """Set a target, or put a new one in the place of the one that stands for the same span."""
    require(policy.may_set_target(actor, region), NOT_OFFICE, code="may_not_set_target", error=Forbidden)
    queries.public_locked({indicator.pk})
    _require_target(low, high, source)
    old = queries.standing_target(actor, indicator, region, span)
    why = _reason(reason, "这个时段已有目标，请写明为什么改。") if old else ""
    if old is not None:
        state = ROW_MOVES.next(RowState(old.state), "correct")
        before, after = change(old, state=state, ended_at=clock.now(), reason=old.reason or why)
        kind = "indicator_target.replaced"
        record(actor=actor, kind=kind, subject=old, before=before, after=after, reason=why)
    row = IndicatorTarget(
        indicator=indicator,
        region=region,
        starts_on=span.start,
        ends_on=span.end,
        low=low,
        high=high,
        source=source.strip()[:200],
        quote=quote.strip()[:500],
        edition=old.edition + 1 if old else 1,
        replaces=old,
        reason=why,
        entered_by=actor.person,
        entered_at=clock.now(),
    )
    row.save(force_insert=True)
    record(actor=actor, kind="indicator_target.set", subject=row, after=shown(row, *COLUMNS), reason=why)
    settle_alerts(actor=actor, pairs={(indicator.pk, region.pk)})
    return row


@transaction.atomic
def withdraw_target(*, actor: User, target_id: int, seen_version: int, reason: str) -> IndicatorTarget:
    """Take back a target; it stays on file with the reason."""
    row = queries.get_target(actor, target_id, lock=True)
    require(policy.may_set_target(actor, row.region), NOT_OFFICE, code="may_not_withdraw", error=Forbidden)
    require_version(row, seen_version)
    state = ROW_MOVES.next(RowState(row.state), "withdraw")
    why = _reason(reason, "请写明为什么撤销。")
    before, after = change(row, state=state, ended_at=clock.now(), reason=why)
    record(
        actor=actor, kind="indicator_target.withdrawn", subject=row, before=before, after=after, reason=why
    )
    settle_alerts(actor=actor, pairs={(row.indicator_id, row.region_id)})
    return row


def _require_target(low: Decimal | None, high: Decimal | None, source: str) -> None:
    wrong = {}
    for name, value in (("low", low), ("high", high)):
        if value is not None and number_trouble(value):
            wrong[name] = number_trouble(value)
    if low is None and high is None:
        wrong["low"] = "请写目标值：不低于多少，或不高于多少。"
    elif low is not None and high is not None and low > high:
        wrong["high"] = "“不高于”比“不低于”还小，请核对。"
    if not source.strip():
        wrong["source"] = "请写目标来自哪份文件。"
    if wrong:
        raise InvalidInput(" ".join(wrong.values()), fields=wrong, code="target_invalid")


def _defined(columns: dict[str, Any], own: int | None = None) -> dict[str, Any]:
    """Return the columns of a definition, cleaned. Raises `InvalidInput` for each that cannot be."""
    found = {name: str(columns.get(name) or "").strip() for name in ("code", "name", "unit", "definition")}
    missing = {"code": "代码", "name": "名称", "unit": "单位", "definition": "定义"}
    wrong = {name: f"请写{word}。" for name, word in missing.items() if not found[name]}
    for name, enum in (("kind", IndicatorKind), ("nature", Nature), ("better", Better)):
        if columns.get(name) not in enum.values:
            wrong[name] = f"只能是：{'、'.join(enum.labels)}。"
    taken = Indicator.objects.exclude(pk=own or 0)
    for name, word in (("code", "代码"), ("name", "名称")):
        if name not in wrong and taken.filter(**{name: found[name]}).exists():
            wrong[name] = f"{word}“{found[name]}”已经用过。"
    year = columns.get("base_year")
    if year is not None and not EARLIEST <= int(year) <= LATEST:
        wrong["base_year"] = f"基年应在 {EARLIEST}—{LATEST} 之间。"
    if columns.get("nature") == Nature.RATE and found["unit"] and found["unit"] not in {"%", "‰"}:
        wrong["unit"] = "比率的单位是 %。数量请把性质改成“数量”。"
    if wrong:
        raise InvalidInput(" ".join(wrong.values()), fields=wrong, code="indicator_invalid")
    flags = {name: bool(columns.get(name)) for name in ("no_worse", "cumulative")}
    closed = {name: str(columns[name]) for name in ("kind", "nature", "better")}
    return {**found, **closed, **flags, "base_year": int(year) if year is not None else None}


def _reason(words: str, message: str) -> str:
    said = words.strip()[:300]
    if not said:
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    return said
