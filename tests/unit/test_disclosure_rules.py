"""Pure rules of texts: runs and marks, open places, people's data, copies, hidden content."""

from __future__ import annotations

import io
import random
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

from dugai.disclosure import hidden, rules_alike, rules_body, rules_check
from dugai.disclosure.catalogue import CATALOGUE
from dugai.disclosure.facts import percent
from dugai.disclosure.writing import word

FIGURES = {"1": {"name": "任务总数", "shown": "120项"}, "2": {"name": "完成率", "shown": "72.2%"}}
WORDS = st.text(st.characters(exclude_characters="⟦⟧\n\r", exclude_categories=("Cs",)), max_size=20)


def asked(words: str) -> str:
    raise AssertionError(words)


@given(
    st.lists(
        st.one_of(
            WORDS.filter(bool).map(lambda words: {"t": words}), st.sampled_from([{"f": "1"}, {"f": "2"}])
        )
    )
)
def test_a_paragraph_survives_the_editor(runs):
    text = rules_body.editable(runs, FIGURES)
    again = rules_body.runs_of(text, asked, FIGURES)
    assert rules_body.editable(again, FIGURES) == text
    assert [run["f"] for run in again if "f" in run] == [run["f"] for run in runs if "f" in run]
    assert rules_body.words_of(again, FIGURES) == rules_body.words_of(runs, FIGURES)


@pytest.mark.parametrize("text", ["⟦9·没有 1项⟧", "半个⟦记号", "⟦⟧", "多一个⟧"])
def test_a_mark_that_means_nothing_is_refused(text):
    with pytest.raises(rules_body.Unreadable):
        rules_body.runs_of(text, lambda words: "1", FIGURES)


def test_a_stated_number_needs_its_source():
    assert rules_body.stated("=6次·市委办会议台账") == ("6次", "市委办会议台账")
    assert rules_body.stated("任务总数") is None
    with pytest.raises(rules_body.Unreadable):
        rules_body.stated("=6次")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("电话 138 0013 8000 找老王", "phone"),
        ("电话13800138000。", "phone"),
        ("值班电话 010-12345678", "landline"),
        ("身份证 11010519491231002X", "identity"),
        ("账号 6222 0202 0000 0000 004", ""),
        ("账号 6228480402564890018", "bank"),
        ("信箱 zhenggai@shuoling.gov.example", "email"),
        ("共 13800138 吨，编号 110105194912310021", ""),
        ("2026年6月10日", ""),
    ],
)
def test_personal_data_is_found_and_covered(line, rule):
    found = rules_check.personal_data([(3, line)])
    assert [one.rule for one in found] == ([rule] if rule else [])
    assert all(one.block == 3 and "****" in one.quote for one in found)


@pytest.mark.parametrize("mask", ["×××", "**", "待定", "【待填：日期】", "XX", "○○", "____"])
def test_open_places_are_found(mask):
    assert [one.rule for one in rules_check.open_places([(0, f"会议于{mask}召开。")])] == ["mask"]
    assert rules_check.open_places([(0, "3×2 排列，涉及 X 射线。")]) == []


def test_closing_totals_are_added_up():
    wrong = rules_check.closing_totals([(0, "工业口 30 个，生活口 20 个，合计 60 个。")])
    assert wrong[0].message == "30＋20＝50，与合计 60 差 10。"
    assert rules_check.closing_totals([(0, "工业口 30 个，生活口 20 个，合计 50 个。点位 9 处。")]) == []


def test_foreign_places_are_named_once_and_own_ones_never():
    names = {"临砚市": "临砚市", "临砚": "临砚市"}
    found = rules_check.foreign_places([(1, "学习临砚市经验，临砚做法好。")], names, ["朔岭市"])
    assert [(one.rule, one.block) for one in found] == [("place", 1)]
    assert rules_check.foreign_places([(1, "新临砚县的事")], names, ["新临砚县"]) == []


def test_a_copy_with_new_numbers_is_still_a_copy():
    rng = random.Random(7)
    base = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(200))
    other = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(200))
    changed = base[:100] + "共12个" + base[100:]
    (copy,) = rules_alike.copies([(0, changed)], [(5, other), (6, base)])
    assert (copy.mine, copy.source) == (0, 6)
    assert copy.share > 0.9
    assert rules_alike.copies([(0, other)], [(6, base)]) == []
    assert rules_alike.copies([(0, "短句")], [(6, "短句")]) == []


@pytest.mark.parametrize(
    ("over", "under", "shown"),
    [(1, 3, "33.3"), (2, 3, "66.7"), (1, 1, "100"), (1, 8, "12.5"), (5, 1000, "0.5"), (45, 1000, "4.5")],
)
def test_percent_has_one_place_rounded_half_up(over, under, shown):
    assert percent(over, under) == shown


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_percent_is_never_further_off_than_half_a_tenth(over, under):
    assert abs(Decimal(percent(over, under)) - Decimal(over) * 100 / under) <= Decimal("0.05")


def test_what_files_hide_is_found():
    page = {"title": "通报", "document_number": "", "blocks": [{"kind": "p", "text": "正文"}], "sources": []}
    assert hidden.found_in("通报.docx", word.document(page)) == []
    made = Document()
    made.add_paragraph("明文").add_run("暗文").font.hidden = True
    made.core_properties.author = "王五"
    out = io.BytesIO()
    made.save(out)
    assert {"隐藏文字", "作者姓名"} <= set(hidden.found_in("附件.docx", out.getvalue()))
    book = Workbook()
    book.create_sheet("底稿").sheet_state = "hidden"
    book.active.row_dimensions[3].hidden = True
    book.active["A3"] = 1
    out = io.BytesIO()
    book.save(out)
    assert {"隐藏的工作表", "隐藏的行"} <= set(hidden.found_in("表.xlsx", out.getvalue()))
    exif = Image.Exif()
    exif[0x0110] = "手机型号"
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "jpeg", exif=exif)
    assert hidden.found_in("照片.jpg", out.getvalue()) == ["设备信息"]
    assert hidden.found_in("坏.docx", b"not a zip") == ["打不开，看不出里面有什么"]
    assert hidden.found_in("旧.doc", b"x") != []


def test_the_reference_lists_every_figure_as_it_is():
    text = Path("docs/reference/figures.md").read_text(encoding="utf-8")
    for one in CATALOGUE.values():
        assert f"| {one.name} | `{one.code}` | {one.unit} | {one.meaning} | {one.formula} |" in text
