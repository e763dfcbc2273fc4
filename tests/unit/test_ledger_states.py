"""The tables of moves: the whole way round, and what is not in them."""

from __future__ import annotations

import pytest

from dugai.kernel.errors import Refused
from dugai.ledger import states
from dugai.ledger.states import (
    CHANGE_MOVES,
    CLOSED_CLOSURES,
    CLOSURE_MOVES,
    PLAN_MOVES,
    PROGRESS_MOVES,
    ChangeState,
    Closure,
    PlanState,
    Progress,
)


def walk(moves, state, *acts):
    for act in acts:
        state = moves.next(state, act)
    return state


def test_the_close_out_goes_round():
    way = ("apply", "check", "verify", "publish_notice", "close", "file", "consolidate", "reopen", "apply")
    assert walk(CLOSURE_MOVES, Closure.OPEN, *way) is Closure.APPLIED


def test_an_objection_stops_the_close_out():
    assert walk(CLOSURE_MOVES, Closure.IN_NOTICE, "object", "dismiss_objection", "close") is Closure.CLOSED
    assert walk(CLOSURE_MOVES, Closure.IN_NOTICE, "object", "uphold_objection") is Closure.REOPENED
    with pytest.raises(Refused) as refused:
        CLOSURE_MOVES.next(Closure.OBJECTED, "close")
    assert refused.value.message == "现在是“公示有异议”，不能“销号”。现在可以“异议不成立”、“异议成立”。"


def test_nothing_is_closed_without_notice():
    ways_in = {source for move in CLOSURE_MOVES if move.target is Closure.CLOSED for source in move.sources}
    assert ways_in == {Closure.IN_NOTICE}


def test_every_closed_state_can_be_reopened_with_a_reason_by_two_people():
    for state in CLOSED_CLOSURES:
        move = CLOSURE_MOVES.find(state, "reopen")
        assert (move.target, move.needs_reason, move.two_people) == (Closure.REOPENED, True, True)


def test_done_is_taken_back_only_with_a_reason():
    for state in states.DONE_PROGRESS:
        backward = [move for move in PROGRESS_MOVES.allowed(state) if move.target not in states.DONE_PROGRESS]
        assert [(move.name, move.needs_reason) for move in backward] == [("take_back", True)]


def test_a_plan_is_approved_before_it_is_published():
    way = ("submit", "send_back", "submit", "approve", "publish", "supersede")
    assert walk(PLAN_MOVES, PlanState.DRAFT, *way) is PlanState.SUPERSEDED
    assert not PLAN_MOVES.allows(PlanState.DRAFT, "publish")


def test_a_decided_change_request_stays_decided():
    assert (
        walk(CHANGE_MOVES, ChangeState.REQUESTED, "send_back", "resubmit", "approve") is ChangeState.APPROVED
    )
    for decided in (ChangeState.APPROVED, ChangeState.REFUSED, ChangeState.WITHDRAWN):
        assert CHANGE_MOVES.allowed(decided) == ()


@pytest.mark.parametrize(
    ("moves", "kind", "start"),
    [
        (PROGRESS_MOVES, Progress, Progress.NOT_STARTED),
        (CLOSURE_MOVES, Closure, Closure.OPEN),
        (PLAN_MOVES, PlanState, PlanState.DRAFT),
        (CHANGE_MOVES, ChangeState, ChangeState.REQUESTED),
    ],
)
def test_every_state_can_be_reached(moves, kind, start):
    reached, edge = {start}, {start}
    while edge:
        edge = {move.target for state in edge for move in moves.allowed(state)} - reached
        reached |= edge
    assert reached == set(kind)


def test_values_are_ascii_and_labels_are_chinese_and_differ():
    lists = [kind for kind in vars(states).values() if hasattr(kind, "choices") and kind.choices]
    assert len(lists) >= 13
    for kind in lists:
        assert all(value.isascii() and value.islower() for value in kind.values)
        assert len(set(kind.labels)) == len(kind.labels)
        assert not any(label.isascii() for label in kind.labels)
