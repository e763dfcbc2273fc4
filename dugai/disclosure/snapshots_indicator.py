"""Indicators for the public: what a released bulletin prints of them, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.disclosure import rules_body
from dugai.disclosure.indicator_figures import INDICATOR, TARGET, VALUE
from dugai.disclosure.shown import SCHEMA, Shown
from dugai.disclosure.states import SnapshotKind
from dugai.indicators.rules import plain
from dugai.people.models import Organisation

if TYPE_CHECKING:
    from dugai.disclosure.drafting import Frame
    from dugai.disclosure.models import Text
    from dugai.indicators.models import IndicatorReading, IndicatorTarget
    from dugai.indicators.queries import Series


def rows(text: Text, frame: Frame) -> list[Shown]:
    """Return one row for each indicator and region whose numbers the text prints."""
    printed = [text.body["figures"][number] for number in rules_body.used(text.body)]
    figures = [one for one in printed if one["code"] == INDICATOR]
    places = Organisation.objects.in_bulk({one["region"] for one in figures})
    found = []
    for region, code in dict.fromkeys((one["region"], one["indicator"]) for one in figures):
        series = frame.shelf.of(places[region], code)
        if series is not None:
            mine = [one for one in figures if (one["region"], one["indicator"]) == (region, code)]
            found.append(_row(places[region], series, mine))
    return found


def _row(place: Organisation, series: Series, figures: list[dict[str, Any]]) -> Shown:
    indicator = series.indicator
    code = place.region_code or place.code
    by_pk = {row.pk: row for row in series.readings}
    shown = [by_pk[one["reading"]] for one in figures if one["what"] == VALUE and one["reading"] in by_pk]
    readings = sorted({row.pk: row for row in shown}.values(), key=lambda row: (row.ends_on, row.starts_on))
    aimed = {one["target"] for one in figures if one["what"] == TARGET}
    targets = [one for one in series.targets if one.pk in aimed]
    asked = {(one["what"], one["reading"]) for one in figures}
    return Shown(
        SnapshotKind.INDICATOR,
        f"{code}:{indicator.code}",
        f"{place.name}{indicator.name}",
        {
            "schema": SCHEMA,
            "code": indicator.code,
            "name": indicator.name,
            "unit": indicator.unit,
            "definition": indicator.definition,
            "region": place.name,
            "region_code": place.region_code,
            "better": str(indicator.better),
            "target": _target(targets[-1]) if targets else None,
            "readings": [_reading(row) for row in readings],
            "comparisons": [
                {
                    "kind": str(one.kind),
                    "label": one.kind.label,
                    "value": plain(one.change.rounded),
                    "unit": one.change.unit,
                    "words": one.change.shown,
                    "period": row.span.label,
                }
                for row in readings
                for one in series.comparisons(row)
                if one.change is not None and (str(one.kind), row.pk) in asked
            ],
        },
    )


def _reading(row: IndicatorReading) -> dict[str, Any]:
    return {
        "period": row.span.label,
        "months": row.span.months,
        "value": plain(row.value),
        "as_of": row.as_of.isoformat(),
        "source": row.source,
        "sample_size": row.sample_size,
        "exclusions": row.exclusions,
    }


def _target(row: IndicatorTarget) -> dict[str, Any]:
    bounds = [plain(one) for one in (row.low, row.high) if one is not None]
    return {
        "value": "—".join(dict.fromkeys(bounds)),
        "period": row.span.label,
        "months": row.span.months,
        "source": row.source,
    }
