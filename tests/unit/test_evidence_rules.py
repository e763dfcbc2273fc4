"""The checklist and the comparison of claims, without a database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from dugai.evidence import rules
from dugai.evidence.rules import Slot
from dugai.evidence.rules_claims import (
    Point,
    distance_words,
    gap_words,
    known_datum,
    metres_between,
    place_difference,
    time_difference,
)
from dugai.evidence.states import Phase, SlotStatus, Stage
from dugai.ledger.states import WorkKind
from dugai.rulebook.defaults import NATIONAL
from dugai.web.charts_place import Spot, place_map


@dataclass(frozen=True)
class One:
    slot: str = "photos"
    phase: str = "before"
    state: str = "accepted"
    pair: str = ""


PHOTOS = Slot("photos", "影像", required=True, phases=(Phase.BEFORE, Phase.AFTER), paired=True)
PAPER = Slot("plan", "方案", required=True)


@pytest.mark.parametrize(
    ("items", "state"),
    [
        ([], SlotStatus.MISSING),
        ([One(state="returned")], SlotStatus.RETURNED),
        ([One()], SlotStatus.INCOMPLETE),
        ([One(), One(phase="after")], SlotStatus.INCOMPLETE),
        ([One(pair="a"), One(phase="after", pair="b")], SlotStatus.INCOMPLETE),
        ([One(pair="a", state="pending"), One(phase="after", pair="a")], SlotStatus.PENDING),
        ([One(pair="a"), One(phase="after", pair="a")], SlotStatus.ACCEPTED),
        ([One(pair="a"), One(phase="after", pair="a"), One(state="returned")], SlotStatus.ACCEPTED),
        ([One(pair="a", state="withdrawn"), One(phase="after", pair="a")], SlotStatus.INCOMPLETE),
    ],
)
def test_what_a_criterion_amounts_to(items: list[One], state: SlotStatus):
    found = rules.checklist([PHOTOS], items)
    assert found.slots[0].state is state
    assert found.slots[0].met == (state is SlotStatus.ACCEPTED)


def test_the_gate_of_each_stage():
    later = Slot("notice", "公示", required=True, stage=Stage.CLOSE)
    free = Slot("minutes", "纪要", required=False)
    found: rules.Checklist[One] = rules.checklist([PAPER, later, free], [])
    assert [state.code for state in found.open(Stage.APPLY)] == ["plan"]
    assert [state.code for state in found.open()] == ["plan", "notice"]


def test_a_piece_of_a_dropped_criterion_is_still_shown():
    found = rules.checklist([PAPER], [One(slot="gone")])
    assert [one.slot for one in found.others] == ["gone"]


@pytest.mark.parametrize("kind", list(WorkKind))
def test_the_shipped_lists_read_and_name_each_criterion_once(kind: WorkKind):
    found = rules.read_slots(NATIONAL["evidence"], kind)
    codes = [slot.code for slot in found]
    assert len(codes) == len(set(codes)) == 14 + (kind is WorkKind.NON_ENGINEERING)
    assert [slot.code for slot in found if slot.paired] == (
        ["photos"] if kind is WorkKind.ENGINEERING else []
    )
    assert all(slot.name and slot.hint for slot in found)


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres():
    metres = metres_between(Point(26, 103), Point(27, 103))
    assert 111_000 < metres < 111_300
    assert metres_between(Point(26, 103), Point(26, 103)) == 0
    assert 19_900_000 < metres_between(Point(0, 0), Point(0, 180)) < 20_100_000


@pytest.mark.parametrize(
    ("metres", "words"), [(0.2, "0 米"), (999.4, "999 米"), (999.6, "1.0 公里"), (9704, "9.7 公里")]
)
def test_distances_in_words(metres: float, words: str):
    assert distance_words(metres) == words


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (dt.timedelta(minutes=5), "5 分钟"),
        (dt.timedelta(hours=2), "2 小时"),
        (dt.timedelta(hours=2, minutes=1), "2 小时 1 分"),
        (dt.timedelta(days=3, hours=4, minutes=9), "3 天 4 小时"),
        (dt.timedelta(days=3), "3 天"),
    ],
)
def test_gaps_in_words(gap: dt.timedelta, words: str):
    assert gap_words(gap) == words


def test_what_is_beyond_is_marked_and_what_is_not_known_is_not_compared():
    noon = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
    late = time_difference(noon + dt.timedelta(hours=25), noon, tolerance_hours=24)
    early = time_difference(noon - dt.timedelta(hours=24), noon, tolerance_hours=24)
    same = time_difference(noon, noon + dt.timedelta(seconds=59), tolerance_hours=0)
    assert late is not None
    assert early is not None
    assert same is not None
    assert (late.words, late.beyond) == ("填报的时间比文件里的晚 1 天 1 小时", True)
    assert (early.words, early.beyond) == ("填报的时间比文件里的早 1 天", False)
    assert same.words == "一致"
    assert time_difference(None, noon, tolerance_hours=1) is None
    assert place_difference(Point(26, 103), None, tolerance_m=1) is None
    near = place_difference(Point(26, 103), Point(26.001, 103), tolerance_m=200)
    assert near is not None
    assert (near.words, near.beyond) == ("相距 111 米", False)


@pytest.mark.parametrize(
    ("datum", "known"),
    [("", True), ("WGS-84", True), ("cgcs2000", True), ("GCJ-02", False), ("BD-09", False)],
)
def test_coordinates_of_another_system_are_not_compared(datum: str, known: bool):  # noqa: FBT001  a parameter
    assert known_datum(datum) is known


def test_the_small_map_is_to_scale_and_says_so():
    found = place_map([Spot("claimed", "甲", Point(26, 103)), Spot("carried", "乙", Point(26.01, 103))])
    assert found is not None
    assert place_map([]) is None
    low, high = (float(mark.y) for mark in found.marks)
    metres = metres_between(Point(26, 103), Point(26.01, 103))
    assert found.bar_word == "500 米"
    assert abs((low - high) / metres - float(found.bar) / 500) < 0.001
    assert all(0 < float(mark.x) < 320 and 0 < float(mark.y) < 200 for mark in found.marks)
    assert found.words.endswith("甲与乙相距 1.1 公里")
    single = place_map([Spot("site", "丙", Point(26, 103))])
    assert single is not None
    assert single.line is None
