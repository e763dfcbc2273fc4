"""Cleaning: every edit is listed, points into the original and can be undone."""

from __future__ import annotations

from dugai.intake.text.cleaning import clean_text
from dugai.intake.text.edits import CleanText, Edit, compatible
from dugai.intake.text.fold import fold

PAGE = "（上接A1版）\n全市加强监管 and 执法，新建污水处理\n\n厂6座，治理成效持续巩固提升。\n第 3 页 共 9 页\n（下转A4版）\n"


def test_folding_keeps_every_offset() -> None:
    text = "ＰＭ２．５ ㎡ Ⅲ类①—（甲）％"
    assert len(fold(text)) == len(text)
    assert fold("（甲）：１２％") == "(甲):12%"
    assert fold("Ⅲ类①") == "Ⅲ类①"


def test_every_edit_names_its_place_kind_and_reason() -> None:
    clean = clean_text(PAGE).clean
    assert {e.kind for e in clean.edits} == {"column_jump", "page_marker", "foreign_insert"}
    assert [PAGE[e.start : e.end] for e in clean.edits if e.kind == "column_jump"] == [
        "（上接A1版）",
        "（下转A4版）",
    ]
    assert all(e.reason for e in clean.edits)


def test_a_sentence_cut_by_a_column_is_joined() -> None:
    text = "全市持续推进生态环境保护督察反馈问题整改，加快补齐环境基础设施短板，新建污水处理\n\n厂6座，治理成效持续巩固提升。\n"
    clean = clean_text(text).clean
    assert "新建污水处理厂6座" in clean.text
    place = clean.text.index("处理厂6座")
    assert clean.quote(place, place + 5) == "处理\n\n厂6座"


def test_undoing_every_edit_gives_back_the_original() -> None:
    clean = clean_text(PAGE).clean
    assert clean.original == PAGE
    for edit in clean.edits:
        clean = clean.without(edit)
    assert clean.text == PAGE
    assert clean.edits == ()


def test_a_place_goes_to_the_original_and_back() -> None:
    clean = CleanText("甲乙丙丁戊", (Edit(1, 3, "", "x", "删"), Edit(4, 4, "、", "x", "补")))
    assert clean.text == "甲丁、戊"
    assert [clean.span(i, i + 1) for i in range(4)] == [(0, 1), (3, 4), (4, 5), (4, 5)]
    assert clean.place_of(3) == 1


def test_of_two_edits_that_overlap_the_longer_stays() -> None:
    long, short = Edit(0, 9, "", "a", "长"), Edit(3, 5, "", "b", "短")
    assert compatible([short, long]) == (long,)


def test_fields_that_say_the_same_twice_are_no_repeats() -> None:
    line = "责任单位：市生态环境局、市水利局、市住房和城乡建设局、各县（市、区）人民政府、各开发区管委会以及其他有关部门\n"
    assert clean_text(line + "整改时限：2024年\n" + line).clean.edits == ()


def test_traditional_characters_become_edits_one_by_one() -> None:
    text = "問題一：河道兩岸垃圾堆放問題突出，揚塵污染管控不到位，整改責任落實不夠。"
    clean = clean_text(text).clean
    assert clean.text.startswith("问题一：河道两岸垃圾堆放问题突出")
    assert len(clean.text) == len(text)
