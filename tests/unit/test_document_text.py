"""The left side of a review, and the pure parts behind its right side."""

from __future__ import annotations

from types import SimpleNamespace

from dugai.intake.blocks import Block, SourceText
from dugai.intake.matching import Entry, conflict_with
from dugai.intake.proposing import fits, key_of, proposals_of
from dugai.web.document_text import Mark, stretches

TEXT = "问题一：管网缺口大（下转二版）。时限：2026年12月底前"


def page(text: str, *blocks: tuple[str, int, int, int | None, int | None]) -> SimpleNamespace:
    packed = [[kind, a, b, 1, table, row, 0, None, None, None, 1, 1] for kind, a, b, table, row in blocks]
    return SimpleNamespace(start=0, text=text, blocks=packed)


def test_marks_and_cleaning_cut_a_paragraph_into_pieces():
    whole = page(TEXT, ("paragraph", 0, len(TEXT), None, None))
    marks = [Mark(4, 16, "problem", "s1-text"), Mark(19, len(TEXT), "deadline", "s1-deadline")]
    edit = {"start": 9, "end": 15, "replacement": "", "reason": "转版标记"}
    (found,) = stretches(whole, marks, [edit])
    shown = [(piece.text, piece.kind, piece.anchor, bool(piece.gone)) for piece in found.pieces]
    assert "".join(piece.text for piece in found.pieces) == TEXT
    assert shown == [
        ("问题一：", "", "", False),
        ("管网缺口大", "problem", "s1-text", False),
        ("（下转二版）", "problem", "", True),
        ("。", "problem", "", False),
        ("时限：", "", "", False),
        ("2026年12月底前", "deadline", "s1-deadline", False),
    ]


def test_of_marks_that_overlap_the_shorter_one_shows():
    whole = page("共38处矿山", ("paragraph", 0, 6, None, None))
    (found,) = stretches(whole, [Mark(0, 6, "measure", "a"), Mark(1, 4, "figure", "b")], [])
    assert [(piece.text, piece.kind, piece.anchor) for piece in found.pieces] == [
        ("共", "measure", "a"),
        ("38处", "figure", "b"),
        ("矿山", "measure", ""),
    ]


def test_cells_of_one_table_stand_in_its_rows():
    whole = page("甲\t乙\n丙", ("cell", 0, 1, 0, 0), ("cell", 2, 3, 0, 0), ("cell", 4, 5, 0, 1))
    (found,) = stretches(whole, [], [])
    assert found.kind == "table"
    assert [["".join(piece.text for piece in cell) for cell in row] for row in found.rows] == [
        ["甲", "乙"],
        ["丙"],
    ]


def test_what_a_proposal_says_is_known_again_whatever_its_spaces():
    one = {"number": 3, "text": "管网 缺口（大）。", "lead": ["市住建局"], "goal": ""}
    other = {"number": 3, "text": "管网缺口(大)", "lead": ["市住建局"], "goal": ""}
    assert key_of("problem", one) == key_of("problem", other)
    assert key_of("problem", one) != key_of("problem", {**other, "number": 4})


def test_the_same_words_win_over_the_same_number():
    entries = [
        Entry(7, "JY-01", 1, 1, {"text": "甲县污水直排入河，长期没有整治到位", "deadline": ""}),
        Entry(8, "JY-02", 2, 1, {"text": "乙县矿山修复没有动工，进度严重滞后", "deadline": "2026年底前"}),
    ]
    said = {"text": "乙县矿山修复没有动工，进度严重滞后。", "deadline": "2027年底前"}
    found = conflict_with(said, 1, entries)
    assert (found["row"], found["kind"]) == (8, "text")
    assert found["differences"] == {"deadline": ["2026年底前", "2027年底前"]}
    assert conflict_with({"text": "完全是另一回事的问题描述文字"}, 1, entries)["kind"] == "number"
    assert conflict_with({"text": "乙县矿山修复没有动工，进度明显滞后"}, None, entries)["kind"] == "near"
    assert conflict_with({"text": "毫不相干"}, None, entries) == {}


def test_a_record_fits_only_the_text_it_was_read_from():
    record = {"problems": [{"x_span": [4, 10], "text_starts": "管网缺口", "measures": []}]}
    assert fits(record, TEXT)
    assert not fits(record, "别的文字，长度也够的一段")
    assert not fits({"problems": [{"x_span": [4], "text_starts": "管", "measures": []}]}, TEXT)
    assert not fits({}, TEXT)


def test_recognised_text_carries_its_lowest_confidence_in_percent():
    text = "问题一：管网缺口大，污水直排。\n整改时限：2026年12月底前\n"
    blocks = (
        Block("paragraph", text[:15], 0, 15, page=1, confidence=0.934),
        Block("paragraph", text[16:31], 16, 31, page=1, confidence=0.716),
    )
    source = SourceText("扫描.png", "image", text, blocks, complete=True, skipped=())
    entry = {
        "no": "1",
        "no_raw": "问题一",
        "x_span": [4, 15],
        "deadline_raw": "2026年12月底前",
        "measures": [],
    }
    (draft,) = proposals_of({"problems": [entry]}, source)
    assert draft.confidence == 71
    assert draft.spans["deadline"][2] == "2026年12月底前"
