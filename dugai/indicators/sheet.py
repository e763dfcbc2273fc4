"""指标 Excel: how a row becomes a reading, and how readings leave in the layout that comes back in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from dugai.indicators import policy, queries, services
from dugai.indicators.models import Indicator, IndicatorReading
from dugai.indicators.rules import plain
from dugai.indicators.rules_span import Span, parse_span
from dugai.indicators.sight import home_of
from dugai.indicators.states import RowState
from dugai.kernel import clock
from dugai.kernel.errors import Forbidden, InvalidInput, require
from dugai.people.models import Organisation
from dugai.people.states import Kind
from dugai.staging.rows import BadCellError, CellError, Column, Proposed, as_day, as_text, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from dugai.people.models import User
    from dugai.staging.models import ImportBatch
    from dugai.staging.rows import Cell, Place

KIND = "readings"
MOST = 20_000
TEXTS = (("source", 200), ("quote", 500), ("sample_size", 60), ("exclusions", 200))
COLUMNS = (
    Column("region", "地区", required=True, note="台账里的全名或区划代码", example="望渡县"),
    Column("indicator", "指标", required=True, note="名称或代码", example="PM2.5浓度"),
    Column("period", "时段", required=True, note="月、季度、半年、年或 1 月至某月", example="2026年1—9月"),
    Column("value", "数值", required=True, example="26.2"),
    Column("unit", "单位", note="与指标的单位一致，可不填", example="微克/立方米"),
    Column("as_of", "数据截至", note="不填就取时段的最后一天", example="2026-09-30"),
    Column("source", "来源", required=True, note="文件或部门", example="省生态环境厅 2026 年 9 月通报"),
    Column("quote", "原文", note="来源里的那句话", example=""),
    Column("sample_size", "样本量", aliases=("样本",), note="断面、站点、座数", example="112个断面"),
    Column("exclusions", "剔除说明", note="扣除了什么", example="扣除沙尘影响"),
)


class ReadingReader:
    """Reads 指标 rows for one actor; a span that has the same number already is a duplicate."""

    columns = COLUMNS

    def __init__(self, actor: User, context: Mapping[str, Any]) -> None:
        """Load what every row is held against. Raises a refusal when the actor may not enter readings."""
        del context
        require(
            policy.may_enter_at_all(actor),
            "只有整改办和责任单位可以导入指标",
            code="may_not_import",
            error=Forbidden,
        )
        self.actor = actor
        home = home_of(actor)
        places = Organisation.objects.below(home).filter(kind=Kind.REGION) if home else []
        self.places = list(places)
        self.indicators = {word: row for row in Indicator.objects.all() for word in (row.code, row.name)}
        self.errors: list[CellError] = []
        self.cells: Mapping[str, Cell] = {}
        self.known: dict[tuple[int, int], dict[Span, Decimal]] = {}

    def read(self, place: Place, cells: Mapping[str, Cell]) -> Proposed | list[CellError]:
        """Return what the row would become, or every error in it."""
        del place
        self.cells, self.errors = cells, []
        region, indicator, span = self._region(), self._indicator(), self._span()
        value, day = self._value(), self._get("as_of", as_day)
        words = {name: self._words(name, most) for name, most in TEXTS}
        if words["source"] == "":
            self._bad("source", "这一列必填，请填写。")
        unit = self._words("unit", 20)
        if indicator and unit and unit != indicator.unit:
            self._bad("unit", f"这个指标的单位是“{indicator.unit}”。请换算数值后改成它，或留空。")
        if span:
            day = day or min(span.end, clock.today())
            if day < span.start or day > clock.today():
                self._bad("as_of", f"应在 {span.start} 以后、今天及以前。请核对。")
        if region and indicator and span and value is not None:
            self._against_known(region, indicator, span, value)
        if self.errors or not (region and indicator and span and value is not None and day):
            return self.errors
        values = {
            "region": region.pk,
            "indicator": indicator.pk,
            "period": span.code,
            "value": plain(value),
            "as_of": day.isoformat(),
            **words,
        }
        return Proposed(f"{region.pk} {indicator.code} {span.code}", values)

    def taken(self, keys: Collection[str]) -> set[str]:
        """Return those keys whose spans have their reading."""
        codes = {row.code: row.pk for row in self.indicators.values()}
        wanted = {}
        for key in keys:
            region, code, period = key.split(" ")
            span = parse_span(period)
            wanted[codes[code], int(region), span.start, span.end] = key
        return {wanted[one] for one in queries.public_taken(wanted.keys())}

    def accept(self, *, actor: User, batch: ImportBatch, rows: Iterator[Proposed]) -> int:
        """Enter the good rows through the service of the room, in the caller's transaction."""
        del batch
        places = {one.pk: one for one in self.places}
        indicators = {one.pk: one for one in self.indicators.values()}
        new = [
            services.NewReading(
                indicators[row.values["indicator"]],
                places[row.values["region"]],
                parse_span(row.values["period"]),
                services.Said(
                    value=Decimal(row.values["value"]),
                    as_of=dt.date.fromisoformat(row.values["as_of"]),
                    **{name: row.values[name] for name in ("source", "quote", "sample_size", "exclusions")},
                ),
            )
            for row in rows
        ]
        return len(services.enter_readings(actor=actor, readings=new)) if new else 0

    def _get(self, name: str, how: Callable[[Cell], Any], *, required: bool = False) -> Any:
        try:
            found = how(self.cells.get(name))
        except BadCellError as bad:
            self._bad(name, bad.says)
            return None
        if required and found in {"", None}:
            self._bad(name, "这一列必填，请填写。")
        return found

    def _words(self, name: str, longest: int) -> str | None:
        found: str | None = self._get(name, lambda cell: as_text(cell, longest=longest))
        return found

    def _bad(self, name: str, says: str) -> None:
        self.errors.append(CellError(name, says))

    def _region(self) -> Organisation | None:
        words = self._get("region", lambda cell: as_text(cell, longest=60), required=True)
        if not words:
            return None
        fitting = [one for one in self.places if words in {one.name, one.short_name, one.region_code}]
        if len(fitting) > 1:
            self._bad("region", "有几个地区叫这个名字。请改填区划代码。")
            return None
        if not fitting:
            self._bad("region", "不是本地区或下级地区。请填台账里的全名或区划代码。")
            return None
        if not policy.may_enter(self.actor, fitting[0]):
            self._bad("region", "您的单位只填本地区的指标。请改成本地区，或由那里的单位填。")
        return fitting[0]

    def _indicator(self) -> Indicator | None:
        words = self._get("indicator", lambda cell: as_text(cell, longest=60), required=True)
        found = self.indicators.get(words or "")
        if words and found is None:
            self._bad("indicator", "没有这个指标。请填“指标”页上的名称或代码。")
        return found

    def _span(self) -> Span | None:
        cell = self.cells.get("period")
        words = (
            shown(cell)
            if isinstance(cell, int | float)
            else self._get("period", lambda cell: as_text(cell, longest=40), required=True)
        )
        if not words:
            return None
        try:
            return parse_span(words)
        except InvalidInput:
            self._bad("period", "读不懂。请写成 2026年5月、2026年第2季度、2026年 或 2026年1—11月。")
            return None

    def _value(self) -> Decimal | None:
        words = self._get("value", lambda cell: as_text(cell, longest=40), required=True)
        if not words:
            return None
        try:
            value = Decimal(words.replace(",", "").replace("，", ""))
        except InvalidOperation:
            self._bad("value", "不是数。请只填数字，单位写在“单位”列。")
            return None
        trouble = services.number_trouble(value)
        if trouble:
            self._bad("value", f"{trouble}请核对。")
            return None
        return value

    def _against_known(self, region: Organisation, indicator: Indicator, span: Span, value: Decimal) -> None:
        """Refuse a number that differs from the standing one: an import never corrects."""
        pair = (region.pk, indicator.pk)
        if pair not in self.known:
            (series,) = queries.sheet(self.actor, region, indicator=indicator)
            self.known[pair] = series.values
        old = self.known[pair].get(span)
        if old is not None and old != value:
            said = f"{span.label}已经填过 {plain(old)}。导入不改已有的数；要改，请在指标页写明原因更正。"
            self._bad("value", said)


def rows(viewer: User) -> Iterator[dict[str, str]]:
    """Yield the standing readings in sight as rows of the workbook."""
    found = IndicatorReading.objects.visible_to(viewer).filter(state=RowState.STANDING)
    ordered = found.select_related("indicator", "region").order_by(
        "region__path", "indicator", "ends_on", "pk"
    )
    for row in ordered[:MOST]:
        yield {
            "region": row.region.name,
            "indicator": row.indicator.name,
            "period": row.span.label,
            "value": plain(row.value),
            "unit": row.unit,
            "as_of": row.as_of.isoformat(),
            "source": row.source,
            "quote": row.quote,
            "sample_size": row.sample_size,
            "exclusions": row.exclusions,
        }
