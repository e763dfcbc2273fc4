"""Errors, choices and moves: what they carry and what they refuse."""

from __future__ import annotations

import pytest

from dugai.kernel import errors
from dugai.kernel.choices import Choices
from dugai.kernel.moves import Move, Moves


class Door(Choices):
    OPEN = "open", "开着"
    SHUT = "shut", "关着"
    WALLED = "walled", "封死"


DOOR_MOVES: Moves[Door] = Moves(
    Move("shut", "关门", frozenset({Door.OPEN}), Door.SHUT),
    Move("open", "开门", frozenset({Door.SHUT}), Door.OPEN),
    Move("rust", "锈死", frozenset({Door.SHUT}), Door.WALLED, by_system=True),
)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (errors.NotVisible, 404, "not_found"),
        (errors.Refused, 422, "refused"),
        (errors.Forbidden, 403, "forbidden"),
        (errors.Conflict, 409, "conflict"),
        (errors.VersionMissing, 428, "version_missing"),
        (errors.TooLarge, 413, "too_large"),
        (errors.TooMany, 429, "too_many"),
        (errors.InvalidInput, 422, "invalid_input"),
    ],
)
def test_a_refusal_has_a_sentence_a_code_and_a_status(kind, status, code):
    plain, coded = kind("不行"), kind("不行", code="because")
    assert (plain.message, str(plain), plain.status, plain.code) == ("不行", "不行", status, code)
    assert coded.code == "because"
    assert isinstance(plain, errors.DomainError)


def test_invalid_input_names_each_field():
    fields = {"due": "没有这一天。"}
    refusal = errors.InvalidInput("有 1 处要改", fields=fields)
    fields.clear()
    assert refusal.fields == {"due": "没有这一天。"}
    assert errors.InvalidInput("有误").fields == {}


def test_require_lets_the_true_pass_and_refuses_the_false():
    errors.require(1, "不会说出来")
    with pytest.raises(errors.Refused) as refused:
        errors.require("", "请填写进展情况", code="summary_missing")
    assert (refused.value.message, refused.value.code) == ("请填写进展情况", "summary_missing")
    with pytest.raises(errors.Forbidden):
        errors.require(None, "只有责任单位可以报送", error=errors.Forbidden)


def test_choices_look_like_the_ones_models_and_forms_take():
    assert Door.choices == [("open", "开着"), ("shut", "关着"), ("walled", "封死")]
    assert Door.values == ["open", "shut", "walled"]
    assert Door.labels == ["开着", "关着", "封死"]
    assert Door("shut") is Door.SHUT
    assert str(Door.SHUT) == "shut"
    assert {"shut": 1}[Door.SHUT] == 1
    assert f"{Door.SHUT}" == "shut"
    assert [door.rank for door in Door] == [0, 1, 2]
    assert Door.do_not_call_in_templates


def test_a_move_leads_where_the_table_says():
    assert DOOR_MOVES.next(Door.OPEN, "shut") is Door.SHUT
    assert DOOR_MOVES.allows(Door.OPEN, "shut")
    assert not DOOR_MOVES.allows(Door.SHUT, "shut")
    assert [move.name for move in DOOR_MOVES.allowed(Door.SHUT)] == ["open", "rust"]
    assert [move.label for move in DOOR_MOVES] == ["关门", "开门", "锈死"]


def test_a_refused_move_names_state_act_and_what_is_possible():
    with pytest.raises(errors.Refused) as refused:
        DOOR_MOVES.next(Door.SHUT, "shut")
    assert refused.value.message == "现在是“关着”，不能“关门”。现在可以“开门”。"
    assert refused.value.code == "move_refused"


def test_a_refusal_without_any_way_out_says_so_and_keeps_unknown_acts_as_they_are():
    with pytest.raises(errors.Refused) as refused:
        DOOR_MOVES.next(Door.WALLED, "paint")
    assert refused.value.message == "现在是“封死”，不能“paint”。这一步之后没有别的操作。"


def test_a_table_with_two_ways_for_one_act_is_a_mistake():
    with pytest.raises(ValueError, match="shut leaves open twice"):
        Moves(
            Move("shut", "关门", frozenset({Door.OPEN}), Door.SHUT),
            Move("shut", "关门", frozenset({Door.OPEN}), Door.WALLED),
        )
