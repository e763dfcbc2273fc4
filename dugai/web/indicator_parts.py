"""Indicators as their pages show them: a lamp, a change that is better or worse, one row of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from dugai.indicators.states import Against, ComparisonKind

if TYPE_CHECKING:
    from dugai.indicators.models import IndicatorReading
    from dugai.indicators.queries import Series
    from dugai.indicators.rules import Comparison

LAMPS = {
    Against.SHORT: "behind",
    Against.SHORT_SO_FAR: "soon",
    Against.OPEN: "ontrack",
    Against.MET: "done",
}


def lamps(against: str, *, worsened: bool) -> list[tuple[str, str]]:
    """Return (lamp, word) of a reading, the worst first; empty when there is nothing to hold it against."""
    found = [("overdue", "变坏")] if worsened else []
    if against:
        found.append((LAMPS[Against(against)], Against(against).label))
    return found


def compared(one: Comparison) -> dict[str, Any]:
    """Return a comparison in words, with whether it is for better or worse."""
    way = "变差" if one.worse else "变好" if one.better else "持平"
    return {"kind": one.kind, "label": one.kind.label, "shown": one.shown, "way": way, "span": one.span}


def url_of(series: Series, region_id: int) -> str:
    """Return the page of an indicator in a region."""
    return f"{reverse('indicator', args=[series.indicator.code])}?region={region_id}"


def row_of(series: Series, region_id: int) -> dict[str, Any]:
    """Return one line of the list of a region."""
    last = series.latest
    by_kind = {one.kind: compared(one) for one in series.comparisons(last)} if last else {}
    return {
        "it": series.indicator,
        "url": url_of(series, region_id),
        "last": last,
        "year": by_kind.get(ComparisonKind.YEAR_ON_YEAR),
        "base": by_kind.get(ComparisonKind.ON_BASE),
        "target": series.target_of(last) if last else None,
        "lamps": lamps(series.against(last), worsened=series.worsened(last)) if last else [],
    }


def alert_of(row: IndicatorReading, series: Series) -> dict[str, Any]:
    """Return one line of the alerts."""
    return {
        "it": row,
        "url": f"{reverse('indicator', args=[row.indicator.code])}?region={row.region_id}",
        "target": series.target_of(row),
        "compared": [compared(one) for one in series.comparisons(row)],
        "lamps": lamps(row.against, worsened=row.worsened),
    }
