"""What the indicators of a region fill in by themselves: how they stand, the alerts, the series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.disclosure.indicator_figures import TARGET, VALUE, Wanted
from dugai.indicators.states import Against, ComparisonKind

if TYPE_CHECKING:
    from dugai.disclosure.drafting import Frame
    from dugai.indicators.models import IndicatorReading
    from dugai.indicators.queries import Series

Block = dict[str, Any]
Runs = list[dict[str, str]]
MOST = 24
"""Readings of one indicator that the table of a bulletin prints, the last ones."""
NOTHING = "—"


def standing(frame: Frame) -> list[Block]:
    """List the latest reading of each indicator with its comparisons and its target."""
    rows = []
    for series in frame.shelf.all_of(frame.region):
        row = series.latest
        if row is None:
            continue
        kinds = {one.kind for one in series.comparisons(row) if one.change is not None}
        compared = [_cell(frame, series, row, kind) if kind in kinds else _words(NOTHING) for kind in SHOWN]
        goal = _cell(frame, series, row, TARGET) if series.target_of(row) else _words(NOTHING)
        cells = [_words(row.indicator.name), _words(row.span.label), _cell(frame, series, row, VALUE)]
        rows.append([*cells, *compared, goal, _words(conclusion(series, row) or NOTHING)])
    if not rows:
        return [_p([{"t": "还没有填报指标数据。"}])]
    head = ["指标", "时段", "数值", *(kind.label for kind in SHOWN), "目标", "结论"]
    return [{"kind": "table", "caption": "指标现状", "head": head, "rows": rows}]


SHOWN = (ComparisonKind.YEAR_ON_YEAR, ComparisonKind.ON_BASE)


def alerts(frame: Frame) -> list[Block]:
    """Say of each indicator that misses its target or has worsened what it is, with its numbers."""
    found = []
    for series in frame.shelf.all_of(frame.region):
        row = series.latest
        said = conclusion(series, row) if row else ""
        if row is None or said in {"", Against.MET.label, Against.OPEN.label}:
            continue
        runs: Runs = [{"t": f"{row.indicator.name}（{row.span.label}）"}, *_cell(frame, series, row, VALUE)]
        if series.target_of(row):
            runs += [{"t": "，目标"}, *_cell(frame, series, row, TARGET)]
        for one in series.comparisons(row):
            if one.kind in SHOWN and one.change is not None:
                runs += [{"t": f"，{one.kind.label}"}, *_cell(frame, series, row, one.kind)]
        found.append(_p([*runs, {"t": f"：{said}。"}]))
    return found or [_p([{"t": "没有未达目标或变坏的指标。"}])]


def history(frame: Frame) -> list[Block]:
    """List the last readings of each indicator with their sources."""
    rows = [
        [
            _words(row.indicator.name),
            _words(row.span.label),
            _cell(frame, series, row, VALUE),
            _words(row.as_of.isoformat()),
            _words(row.source),
            _words("；".join(word for word in (row.sample_size, row.exclusions) if word) or NOTHING),
        ]
        for series in frame.shelf.all_of(frame.region)
        for row in series.readings[-MOST:]
    ]
    if not rows:
        return [_p([{"t": "还没有填报指标数据。"}])]
    head = ["指标", "时段", "数值", "数据截至", "来源", "样本和剔除"]
    return [{"kind": "table", "caption": "各指标历次数据", "head": head, "rows": rows}]


def conclusion(series: Series, row: IndicatorReading) -> str:
    """Return how a reading stands, in words; empty when there is nothing to hold it against."""
    against = series.against(row)
    said = [Against(against).label] if against else []
    if series.worsened(row):
        said = [word for word in said if word != Against.OPEN.label]
        said.append("变坏（只能更好、不能变坏）")
    return "，".join(said)


def _cell(frame: Frame, series: Series, row: IndicatorReading, what: str) -> Runs:
    wanted = Wanted(series.indicator.code, str(what), row.span)
    return [{"f": frame.reading(wanted, frame.region)}]


def _words(text: str) -> Runs:
    return [{"t": text}]


def _p(runs: Runs) -> Block:
    return {"kind": "p", "runs": runs}


MAKERS = {"指标现状": standing, "指标预警": alerts, "指标历次数据": history}
