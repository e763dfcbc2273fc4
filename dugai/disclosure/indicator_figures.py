"""指标 as figures of a text: a number that knows its reading, and through it region, period and source.

A mark such as ``⟦PM2.5浓度⟧``, ``⟦PM2.5浓度同比@望渡县⟧`` or ``⟦优良天数比例@望渡县@2025年⟧`` asks for one.
Without a period the latest reading answers. Readings are taken as they stood at the end of the text's day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dugai.disclosure.history import cutoff_of
from dugai.indicators import queries
from dugai.indicators.rules import plain
from dugai.indicators.rules_span import Span, parse_span
from dugai.indicators.states import ComparisonKind
from dugai.kernel.errors import InvalidInput

if TYPE_CHECKING:
    import datetime as dt

    from dugai.indicators.models import Indicator, IndicatorReading
    from dugai.indicators.queries import Series
    from dugai.people.models import Organisation, User

INDICATOR = "indicator"
VALUE, TARGET = "value", "target"
LABELS = {VALUE: "", TARGET: "目标", **{str(kind): kind.label for kind in ComparisonKind}}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a mark asks for: which indicator, its value or what follows from it, of which months."""

    indicator: str
    what: str
    span: Span | None = None
    place: str = ""


@dataclass
class Shelf:
    """The series of a text's day, each region read once."""

    viewer: User
    as_of: dt.date
    _series: dict[int, dict[str, Series]] = field(default_factory=dict)
    _names: dict[str, Indicator] | None = None

    @property
    def names(self) -> dict[str, Indicator]:
        """Return every indicator by its name and by its code."""
        if self._names is None:
            rows = queries.indicators(self.viewer)
            self._names = {word: row for row in rows for word in (row.name, row.code)}
        return self._names

    def all_of(self, place: Organisation) -> list[Series]:
        """Return the indicators of a region that have readings on the day, in the order of the catalogue."""
        if place.pk not in self._series:
            found = queries.sheet(self.viewer, place, at=cutoff_of(self.as_of))
            self._series[place.pk] = {one.indicator.code: one for one in found if one.readings}
        return list(self._series[place.pk].values())

    def of(self, place: Organisation, code: str) -> Series | None:
        """Return one indicator of a region; None when it has no reading."""
        self.all_of(place)
        return self._series[place.pk].get(code)

    def wanted(self, words: str) -> Wanted | None:
        """Return what a mark asks for; None when it names no indicator."""
        name, *rest = (part.strip() for part in words.split("@"))
        what = VALUE
        if name not in self.names:
            for key, label in LABELS.items():
                if label and name.removesuffix(label) in self.names and name.endswith(label):
                    name, what = name.removesuffix(label), key
                    break
            else:
                return None
        span, place = None, ""
        for part in rest:
            try:
                span = parse_span(part)
            except InvalidInput:
                place = part
        return Wanted(self.names[name].code, what, span, place)

    def figure(self, wanted: Wanted, place: Organisation, here: Organisation) -> dict[str, Any]:
        """Return the figure as a body keeps it. Raises `InvalidInput` when there is no such number."""
        series = self.of(place, wanted.indicator)
        row = self._row(series, wanted, place)
        known = self._said(series, row, wanted.what)
        label = LABELS[wanted.what]
        lead = "" if place.pk == here.pk else place.name
        return {
            "code": INDICATOR,
            "name": f"{lead}{row.indicator.name}{label}（{row.span.label}）",
            "indicator": row.indicator.code,
            "what": wanted.what,
            "region": place.pk,
            "region_name": place.name,
            "period": row.span.code,
            "reading": row.pk,
            "as_of": self.as_of.isoformat(),
            "numerator": 0,
            "denominator": None,
            "meaning": row.indicator.definition,
            "note": "",
            **known,
        }

    def _row(self, series: Series | None, wanted: Wanted, place: Organisation) -> IndicatorReading:
        rows = series.readings if series else []
        if wanted.span is None:
            row = series.latest if series else None
        else:
            row = next((one for one in rows if one.span == wanted.span), None)
        if row is None:
            name = next(one.name for one in self.names.values() if one.code == wanted.indicator)
            when = wanted.span.label if wanted.span else ""
            message = f"截至 {self.as_of}，{place}没有{when}“{name}”的数。请先在指标页填报。"
            raise InvalidInput(message, code="reading_missing")
        return row

    def _said(self, series: Series | None, row: IndicatorReading, what: str) -> dict[str, Any]:
        """Return what is printed and how it was come by."""
        source = f"来源：{row.source}，数据截至 {row.as_of}，第 {row.edition} 版。"
        more = [f"样本量：{row.sample_size}。" if row.sample_size else ""]
        more.append(f"{row.exclusions.rstrip('。')}。" if row.exclusions else "")
        if what == VALUE or series is None:
            return {"shown": row.shown, "how": f"{source}{''.join(more)}范围：{row.region.name}。"}
        if what == TARGET:
            target = series.target_of(row)
            if target is None:
                raise self._nothing(row, "目标")
            how = f"目标来源：{target.source}，{target.span.label}，第 {target.edition} 版。"
            return {"shown": target.shown, "how": how, "target": target.pk}
        for one in series.comparisons(row):
            if str(one.kind) == what and one.change is not None:
                before = f"{one.span.label}为 {row.indicator.with_unit(plain(one.before))}"
                how = f"{row.span.label}为 {row.shown}，{before}；变动以{one.change.unit}计。{source}"
                return {"shown": one.shown, "how": how}
        raise self._nothing(row, LABELS[what])

    @staticmethod
    def _nothing(row: IndicatorReading, what: str) -> InvalidInput:
        message = f"{row.region}{row.span.label}的“{row.indicator.name}”没有{what}可写。"
        return InvalidInput(message, code="comparison_missing")
