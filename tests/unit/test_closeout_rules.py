"""The procedures that ship, restated: every variant is sound, and each rule holds for all of them."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.acceptance import rules
from dugai.acceptance.rules_gates import Facts, gates, open_gates
from dugai.acceptance.states import GateKey, StepKind
from dugai.kernel.errors import InvalidInput
from dugai.rulebook.closeout import VARIANTS

EVERY = [(name, class_) for name in VARIANTS for class_ in rules.CLASSES]


def procedure(name: str, class_: str) -> rules.Procedure:
    return rules.read(VARIANTS[name][1], class_)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_ships_is_sound_and_says_where_it_is_from(name: str):
    reference, values = VARIANTS[name]
    assert rules.faults(values) == []
    assert "20" in reference


STEPS = {
    "national": "documents visit sign_city sign_province notice",
    "huangshan": "visit sign_city sign_province notice",
    "boshan": "documents visit sign_county notice sign_leader sign_city sign_province",
    "hunan": "documents visit sign_city visit_province sign_province notice",
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_steps_for_what_the_centre_found(name: str):
    found = procedure(name, "central")
    assert " ".join(step.key for step in found.steps) == STEPS[name]
    assert found.required_level == "province"


@pytest.mark.parametrize(("name", "class_"), EVERY)
def test_steps_come_one_after_the_other(name: str, class_: str):
    found = procedure(name, class_)
    passed: set[str] = set()
    seen = []
    while (step := rules.next_step(found, passed, notice_over="notice" in passed)) is not None:
        seen.append(step.key)
        passed.add(step.key)
        assert rules.all_before_notice(found, passed) == ({one.key for one in found.before_notice} <= passed)
    assert seen == [step.key for step in found.steps]
    assert rules.all_checked(found, passed)


@pytest.mark.parametrize(
    ("role", "level", "parts", "over", "may"),
    [
        ("office_reviewer", "city", (), True, True),
        ("office_reviewer", "province", (), True, True),
        ("office_reviewer", "county", (), True, False),
        ("office_reviewer", "city", (), False, False),
        ("office_clerk", "city", (), True, False),
        ("verifier", "province", ("accepting",), False, True),
        ("verifier", "province", ("lead",), False, False),
        ("verifier", "county", ("accepting",), False, False),
        ("unit_clerk", "city", ("supervising",), False, False),
        ("leader", "city", (), True, False),
        ("system_admin", "province", ("accepting",), True, False),
        ("public", "province", (), True, False),
    ],
)
def test_who_signs_for_the_city(role: str, level: str, parts: tuple[str, ...], *, over: bool, may: bool):
    step = procedure("national", "central").step("sign_city")
    assert rules.may_take(step, rules.Hand(role, level, frozenset(parts), over_home=over)) is may


def test_the_leader_of_the_county_signs_in_boshan():
    step = procedure("boshan", "self_found").step("sign_leader")
    assert rules.may_take(step, rules.Hand("leader", "county", over_home=True))
    assert not rules.may_take(step, rules.Hand("leader", "county", over_home=False))
    assert not rules.may_take(step, rules.Hand("office_manager", "county", over_home=True))


def test_who_is_said_in_words():
    assert rules.who(procedure("national", "central").steps[0]) == "市级以上的整改办、验收单位、督导单位"
    assert rules.who(procedure("national", "central").apply) == "牵头单位"


def test_a_notice_of_working_days_skips_the_holiday():
    holiday = {dt.date(2026, 10, day) for day in range(1, 9)}

    def works(day: dt.date) -> bool:
        return day not in holiday and day.weekday() < 5

    assert rules.notice_end(dt.date(2026, 9, 29), 5, works=works) == dt.date(2026, 10, 14)
    assert rules.notice_end(dt.date(2026, 9, 29), 7) == dt.date(2026, 10, 6)


@given(start=st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), days=st.integers(1, 60))
def test_working_days_never_end_before_calendar_days(start: dt.date, days: int):
    plain = rules.notice_end(start, days)
    working = rules.notice_end(start, days, works=lambda day: day.weekday() < 5)
    assert start + dt.timedelta(days=days) == plain <= working <= rules.horizon(start, days)


@given(
    keys=st.lists(st.integers(1, 10_000), unique=True, min_size=1, max_size=80),
    seed=st.text(min_size=1, max_size=10),
    share=st.integers(1, 100),
)
def test_a_draw_can_be_repeated_and_is_no_smaller_than_its_share(keys: list[int], seed: str, share: int):
    drawn = rules.draw(seed, keys, share_percent=share, minimum=1)
    assert drawn == rules.draw(seed, list(reversed(keys)), share_percent=share, minimum=1)
    assert set(drawn) <= set(keys)
    assert len(drawn) == max(1, -(-len(keys) * share // 100))
    more = rules.draw(seed, keys, share_percent=min(100, share * 2), minimum=1)
    assert set(drawn) <= set(more)


FAULTS = [
    (lambda one: one["steps"].pop(1), "没有现场核查"),
    (lambda one: one["steps"].pop(), "公示要有一次"),
    (lambda one: one["steps"].append(copy.deepcopy(one["steps"][-1])), "公示要有一次"),
    (lambda one: one["steps"][-1].update(days=0), "公示要 1 到"),
    (lambda one: one.update(required_level="city"), "省级必核"),
    (lambda one: one["steps"].pop(3), "没有一个签字达到"),
    (lambda one: one["steps"][0].update(by=["friends"]), "没有写清由谁办"),
    (lambda one: one["steps"][0].update(key="visit"), "同名"),
    (lambda one: one["steps"].insert(0, one["steps"].pop()), "最后一步要是审核签字"),
    (lambda one: one["steps"][0].update(kind="prayer"), "写得不对"),
]


@pytest.mark.parametrize(("spoil", "words"), FAULTS)
def test_rules_that_leave_a_gate_out_are_faulty(spoil, words: str):
    values = copy.deepcopy(VARIANTS["national"][1])
    spoil(values["classes"]["central"])
    assert any(words in fault for fault in rules.faults(values)), rules.faults(values)


def test_a_class_that_is_missing_is_told():
    with pytest.raises(InvalidInput):
        rules.read({"classes": {}}, "central")
    assert len(rules.faults({})) >= 4


def test_letters_go_their_own_way_unless_the_centre_sent_them():
    assert rules.class_of("provincial", letter=True) == "letter"
    assert rules.class_of("central", letter=True) == "central"
    assert rules.class_of("self_found", letter=False) == "self_found"


def whole(found: rules.Procedure) -> Facts:
    return Facts(
        today=dt.date(2026, 3, 20),
        measures=2,
        evidence_required=3,
        applied=True,
        passed=frozenset(step.key for step in found.steps),
        signed_rank=5,
        measures_met=2,
        notice_until=dt.date(2026, 3, 19),
        close_proposed=True,
        closed=True,
    )


@pytest.mark.parametrize(("name", "class_"), EVERY)
def test_the_checklist_is_there_from_the_first_day(name: str, class_: str):
    found = procedure(name, class_)
    first = gates(found, Facts(today=dt.date(2026, 3, 1)))
    keys = [gate.key for gate in first]
    assert [gate.key for gate in first if gate.holds] == [GateKey.OBJECTIONS]
    assert all(gate.why and gate.who for gate in first if not gate.holds)
    expected = [key for key in GateKey if key != GateKey.DOCUMENTS or found.count(StepKind.DOCUMENTS)]
    assert keys == expected
    assert open_gates(found, whole(found)) == []


LACKS = [
    ({"not_done": (2,)}, GateKey.PROGRESS),
    ({"measures": 0}, GateKey.PROGRESS),
    ({"evidence_missing": ("监测报告",)}, GateKey.EVIDENCE),
    ({"evidence_required": 0}, GateKey.EVIDENCE),
    ({"applied": False}, GateKey.APPLICATION),
    ({"passed": frozenset({"documents", "sign_city", "sign_province"})}, GateKey.VISIT),
    ({"passed": frozenset({"visit", "sign_city", "sign_province"})}, GateKey.DOCUMENTS),
    ({"passed": frozenset({"visit", "documents", "sign_city"})}, GateKey.SIGN),
    ({"signed_rank": 3}, GateKey.SIGN),
    ({"measures_met": 1}, GateKey.MEASURES),
    ({"measures_not_met": (1,)}, GateKey.MEASURES),
    ({"notice_until": None}, GateKey.NOTICE),
    ({"notice_until": dt.date(2026, 3, 20)}, GateKey.NOTICE),
    ({"open_objections": 1}, GateKey.OBJECTIONS),
    ({"upheld": True}, GateKey.OBJECTIONS),
    ({"closed": False}, GateKey.CLOSER),
]


@pytest.mark.parametrize(("lack", "key"), LACKS)
def test_each_lack_opens_its_gate(lack: dict[str, object], key: GateKey):
    found = procedure("national", "central")
    assert key in {gate.key for gate in open_gates(found, replace(whole(found), **lack))}
