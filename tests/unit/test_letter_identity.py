"""P02: personal data in the text of a letter is found, and what only looks like it is let be."""

from __future__ import annotations

import random

import pytest

from dugai.complaints import rules_identity
from dugai.complaints.rules_identity import NEVER, Trace, sightings
from tests.letter_texts import card_number, identity_number, written

TEXTS = 5000


def measured() -> tuple[float, float, list[str]]:
    """Return recall and precision over the generated texts, and the first texts that went wrong."""
    right = missed = wrong = 0
    told = []
    for seed in range(TEXTS):
        text = written(seed)
        found = {(one.kind, one.start, one.end) for one in sightings(text.text)}
        hit = {
            one
            for one in text.truth
            if any(kind == one[0] and start < one[2] and one[1] < end for kind, start, end in found)
        }
        false = {
            one
            for one in found
            if not any(kind == one[0] and start < one[2] and one[1] < end for kind, start, end in text.truth)
        }
        right, missed, wrong = right + len(hit), missed + len(text.truth) - len(hit), wrong + len(false)
        if false or len(hit) < len(text.truth):
            told.append(f"{text.text} | {set(text.truth) - hit} | {false}")
    return right / (right + missed), right / (right + wrong), told[:5]


def test_five_thousand_texts_are_read_as_the_reliability_goals_ask():
    recall, precision, told = measured()
    assert recall >= 0.99, told
    assert precision >= 0.90, told


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("举报人李某反映，养殖场排污。", []),
        ("举报人：王建国，电话 13912345678。", [Trace.NAME, Trace.PHONE]),
        ("王秀英来信举报砖厂扬尘。", [Trace.NAME]),
        ("手机１３９１２３４５６７８。", [Trace.PHONE]),
        ("办公电话（0990）1234567 不对，(0990)7654321 对。", [Trace.PHONE]),
        ("邮箱 a.b@mail.example 收。", [Trace.EMAIL]),
        ("货车晋A·12345倾倒垃圾，新能源车晋AD12345。", [Trace.PLATE, Trace.PLATE]),
        ("受理编号 D3SX202505280018，共 3123 件。", []),
        ("", []),
    ],
)
def test_traces_are_named_in_their_order(text: str, kinds: list[Trace]):
    assert [one.kind for one in sightings(text)] == kinds


def test_a_number_counts_only_with_its_checksum():
    draw = random.Random(7)
    right, card = identity_number(draw), card_number(draw)
    assert rules_identity.id_holds(right)
    assert rules_identity.card_holds(card)
    broken = right[:16] + str((int(right[16]) + 1) % 10) + right[17]
    assert not rules_identity.id_holds(broken)
    assert not rules_identity.card_holds(card[:-1] + str((int(card[-1]) + 1) % 10))
    assert {one.kind for one in sightings(f"证件 {right}，卡号 {card}。")} == NEVER


def test_what_is_shown_of_a_sighting_does_not_repeat_it():
    text = "联系电话 13912345678，举报人王建国。"
    assert rules_identity.hidden(text) == "联系电话 13********8，举报人王**。"
    values = {"summary": text}
    found = rules_identity.traces_in(values)
    assert rules_identity.told(found, values, {"summary": "基本情况"}) == (
        "基本情况里的电话号码“13********8”、基本情况里的举报人姓名“王**”"
    )
