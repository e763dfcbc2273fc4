"""疑点: each detector on a history that shows it, on the nearest one that does not, and on none at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.evidence.rules_claims import Point
from dugai.insight.rules_traces import DETECTORS, Facts, Piece, VisitFact, traces

DAY = dt.date(2026, 1, 10)
UTC = dt.UTC
HERE, THERE = Point(30.0, 110.0), Point(30.1, 110.0)


def piece(added: int = 0, **values: Any) -> Piece:
    told = {"title": "照片", "phase": "after", "pair": "", "content": "a", "picture": True, **values}
    return Piece(added_on=DAY + dt.timedelta(days=added), **told)


def visit(minutes: int = 60, *photos: tuple[str, Point | None]) -> VisitFact:
    began = dt.datetime(2026, 6, 1, 9, tzinfo=UTC)
    return VisitFact(began, began + dt.timedelta(minutes=minutes), HERE, photos)


def taken(day: int, **values: Any) -> Piece:
    return piece(taken_at=dt.datetime(2026, 3, day, tzinfo=UTC), **values)


EMPTY = Facts(registered_on=DAY)
DONE = replace(EMPTY, applied_on=DAY + dt.timedelta(days=100))
FAR = (("a", THERE),)
CASES: dict[str, tuple[Facts, Facts, str]] = {
    "late_application": (
        replace(DONE, due=DAY + dt.timedelta(days=90)),
        replace(DONE, due=DAY + dt.timedelta(days=100)),
        "晚 10 天",
    ),
    "evidence_burst": (
        replace(DONE, due=DAY + dt.timedelta(days=100), pieces=tuple(piece(at) for at in (91, 95, 99, 180))),
        replace(DONE, due=DAY + dt.timedelta(days=700), pieces=tuple(piece(at) for at in (95, 95, 99, 100))),
        "4 件佐证里有 4 件",
    ),
    "sudden_completion": (
        replace(EMPTY, percents={"T1": [5, 5, 6, 100]}),
        replace(
            EMPTY,
            percents={"T1": [0, 0, 100], "T2": [0, 9, 30, 100], "T3": [0, 0, 0, 90], "T4": [96] * 3 + [100]},
        ),
        "停在 5%—6%",
    ),
    "vague_claim": (
        replace(EMPTY, claims=((3, "按照“1+3”要求，高度重视，已全部整改到位。"), (4, "建成管网 3.2 公里"))),
        replace(EMPTY, claims=((3, "拆除设备三台"), (4, "按《方案》完成"), (5, "2026年5月投运"))),
        "措施 3 的",
    ),
    "short_visit": (replace(EMPTY, visits=(visit(9),)), replace(EMPTY, visits=(visit(10),)), "9 分钟"),
    "visit_far": (
        replace(EMPTY, visits=(visit(60, *FAR),)),
        replace(EMPTY, visits=(visit(60, ("a", HERE), ("b", None)),)),
        "1 张核查照片",
    ),
    "shared_file": (
        replace(
            EMPTY, pieces=(piece(content="x", phase="before", title="前"), piece(content="x", title="后"))
        ),
        replace(EMPTY, pieces=(piece(content="x", phase="before"), piece(content="y"))),
        "“前”“后”",
    ),
    "visit_reuses": (
        replace(EMPTY, pieces=(piece(content="x", title="交来的"),), visits=(visit(60, ("x", None)),)),
        replace(EMPTY, pieces=(piece(content="x"),), visits=(visit(60, ("y", None)),)),
        "“交来的”是同一个文件",
    ),
    "photo_order": (
        replace(EMPTY, pieces=(taken(9, pair="p", phase="before"), taken(2, pair="p"))),
        replace(EMPTY, pieces=(taken(2, pair="p", phase="before"), taken(9, pair="p"), taken(1, pair="q"))),
        "拍于 2026-03-02",
    ),
    "photo_early": (
        replace(EMPTY, registered_on=dt.date(2026, 3, 3), pieces=(taken(2),)),
        replace(EMPTY, registered_on=dt.date(2026, 3, 2), pieces=(taken(2), taken(1, phase="before"))),
        "2026-03-03 才入账",
    ),
    "claims_differ": (
        replace(EMPTY, pieces=(piece(beyond="填报的地点与照片自带的相距 4 公里"),)),
        replace(EMPTY, pieces=(piece(),)),
        "相距 4 公里",
    ),
    "copied_words": (replace(EMPTY, copied=(("自查自验情况", "问题 JY3-02的申请材料", 0.93),)), EMPTY, "93%"),
    "no_picture": (
        replace(DONE, pieces=tuple(piece(at, picture=False) for at in (1, 20, 40))),
        replace(DONE, pieces=(*(piece(at, picture=False) for at in (1, 20, 40)), piece(50))),
        "3 件佐证都是文字材料",
    ),
    "rebound_before": (replace(EMPTY, rebounds=1), EMPTY, "1 次发现反弹"),
    "letters_after": (replace(EMPTY, letters=2), EMPTY, "又交办 2 件"),
}


def test_every_detector_is_tried():
    assert set(CASES) == set(DETECTORS)


@pytest.mark.parametrize("code", list(DETECTORS))
def test_a_detector_finds_its_case_and_not_the_nearest_other(code: str):
    shows, near, words = CASES[code]
    found = [one for one in traces(shows) if one.detector.code == code]
    assert len(found) == 1
    assert words in found[0].words
    assert [one.words for one in traces(near) if one.detector.code == code] == []


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.one_of(st.none(), st.dates()))
def test_nothing_is_found_where_nothing_happened(day: dt.date, due: dt.date | None):
    assert traces(Facts(registered_on=day, due=due)) == []


def test_the_reference_names_every_detector():
    page = (Path(__file__).parents[2] / "docs/reference/traces.md").read_text(encoding="utf-8")
    for one in DETECTORS.values():
        row = f"| {one.name} | {one.kind.label} | {one.looks_at} | `{one.code}` 第 {one.version} 版 |"
        assert row in page, one.code
