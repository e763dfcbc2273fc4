"""Word documents: numbers that Word draws, merged cells, and what hides beside the text."""

import io

import docx
import pytest

from dugai.intake.readers import docx as reader
from dugai.intake.readers import legacy, read_bytes, read_file_caged
from dugai.intake.readers.docx_numbers import FORMATS, chinese, joined, letters, roman
from tests.unit.intake_formats.conftest import W, lines, paragraph, rebuilt, sound, table

NUMBERING = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%3.%4"/></w:lvl>
<w:lvl w:ilvl="4"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>"""


def item(text, level, number=1):
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def test_list_numbers_are_counted_as_word_counts_them(word):
    body = "".join(
        [item("总体要求", 0), item("指导思想", 1), item("基本原则", 1), item("压实责任", 2), item("严格执法", 2),
         item("整改任务", 0), item("水环境", 1), item("管网", 2), item("泵站", 3), item("说明", 4)]
    )  # fmt: skip
    source = sound(read_bytes(word(body, numbering=NUMBERING), "方案.docx"))
    assert lines(source) == [
        "一、总体要求", "（一）指导思想", "（二）基本原则", "1.压实责任", "2.严格执法", "二、整改任务", "（一）水环境", "1.管网",
        "2.1.1 泵站", "说明",
    ]  # fmt: skip


def test_a_list_may_begin_elsewhere(word):
    source = read_bytes(
        word(item("甲", 0) + item("乙", 0, number=2) + item("丙", 0, number=2), numbering=NUMBERING), "a.docx"
    )
    assert lines(source) == ["一、甲", "五、乙", "六、丙"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1005, "一千零五"),
        (9999, "九千九百九十九"),
    ],
)
def test_chinese_counting(number, words):
    assert chinese(number) == words


def test_other_ways_of_counting():
    assert [roman(n) for n in (4, 9, 40, 1994)] == ["IV", "IX", "XL", "MCMXCIV"]
    assert [letters(n) for n in (1, 26, 27)] == ["a", "z", "aa"]
    assert FORMATS["decimalEnclosedCircle"](3) == "③"
    assert FORMATS["ideographTraditional"](2) == "乙"
    assert FORMATS["chineseLegalSimplified"](12) == "壹拾贰"
    assert joined("3", "2025年") == "3 2025年"


def test_styles_give_headings_and_lists():
    document = docx.Document()
    document.add_heading("整改方案", 1)
    document.add_paragraph("第一", style="List Number")
    document.add_paragraph("第二", style="List Number")
    out = io.BytesIO()
    document.save(out)
    source = read_bytes(out.getvalue(), "a.docx")
    assert (source.blocks[0].kind, source.blocks[0].level) == ("heading", 1)
    assert lines(source)[1:] == ["1.第一", "2.第二"]


def test_merged_cells_keep_their_place():
    document = docx.Document()
    grid = document.add_table(4, 3)
    grid.cell(0, 0).text = "序号"
    grid.cell(0, 1).merge(grid.cell(0, 2)).text = "单位"
    grid.cell(1, 0).merge(grid.cell(3, 0)).text = "1"
    grid.cell(2, 2).text = "市水务局"
    grid.cell(3, 1).text = "甲"
    out = io.BytesIO()
    document.save(out)
    source = sound(read_bytes(out.getvalue(), "a.docx"))
    assert table(source) == [["序号", "单位", ""], ["1", "", ""], ["", "", "市水务局"], ["", "甲", ""]]
    spans = {b.text: (b.rowspan, b.colspan) for b in source.blocks if b.text}
    assert spans["单位"] == (1, 2)
    assert spans["1"] == (3, 1)


def test_revisions_are_read_as_accepted_and_named(word):
    body = (
        "<w:p><w:r><w:t>已完成</w:t></w:r><w:ins><w:r><w:t>3</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>5</w:delText></w:r></w:del><w:r><w:t>项</w:t></w:r></w:p>"
    )
    source = read_bytes(word(body), "a.docx")
    assert source.text == "已完成3项"
    assert any("修订痕迹" in note and "删除 1 处" in note for note in source.notes)


def test_text_boxes_and_notes_follow_their_paragraph(word):
    body = (
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:pict><w:txbxContent>"
        "<w:p><w:r><w:t>框内的字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p><w:p><w:r><w:t>后文</w:t></w:r></w:p>"
    )
    notes = f"<w:footnotes xmlns:w='{W}'><w:footnote w:id='2'><w:p><w:r><w:t>脚注的字</w:t></w:r></w:p></w:footnote></w:footnotes>"
    assert lines(read_bytes(word(body, footnotes=notes), "a.docx")) == [
        "正文",
        "框内的字",
        "脚注的字",
        "后文",
    ]


def test_what_cannot_be_read_makes_the_result_incomplete(word):
    body = paragraph("见附件") + "<w:p><w:r><w:object/></w:r></w:p><w:altChunk/>"
    source = read_bytes(word(body), "a.docx")
    assert not source.complete
    assert len(source.skipped) == 2


def test_soft_breaks_make_lines_and_page_breaks_make_pages(word):
    body = "<w:p><w:r><w:t>一行</w:t><w:br/><w:t>二行</w:t><w:br w:type='page'/><w:t>三行</w:t></w:r></w:p>"
    source = read_bytes(word(body), "a.docx")
    assert [(b.text, b.page) for b in source.blocks] == [("一行", 1), ("二行", 1), ("三行", 2)]
    assert source.pages == 2


def test_nested_tables_and_content_controls_lose_nothing(word):
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>内一</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>内二</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    body = f"<w:sdt><w:sdtContent>{paragraph('控件里')}</w:sdtContent></w:sdt><w:tbl><w:tr><w:tc>{paragraph('外')}{inner}</w:tc><w:tc>{paragraph('旁')}</w:tc></w:tr></w:tbl>"
    source = sound(read_bytes(word(body), "a.docx"))
    assert lines(source) == ["控件里"]
    assert table(source) == [["外\n内一  内二", "旁"]]


def test_strict_documents_read_the_same(word):
    plain = word(paragraph("整改"))
    strict = rebuilt(
        plain,
        {"word/document.xml": f'<w:document xmlns:w="{reader._STRICT.decode()}"><w:body>{paragraph("整改")}</w:body></w:document>'},
    )  # fmt: skip
    assert read_bytes(strict, "a.docx").text == "整改"


def test_headers_are_named_when_they_say_something(word):
    header = f"<w:hdr xmlns:w='{W}'><w:p><w:r><w:t>内部资料</w:t></w:r></w:p></w:hdr>"
    source = read_bytes(word(paragraph("正文"), header1=header), "a.docx")
    assert any("内部资料" in note for note in source.notes)
    assert source.complete


def test_old_word_files_go_through_libreoffice(tmp_path, word):
    (tmp_path / "a.docx").write_bytes(word(paragraph("整改任务已完成")))
    assert legacy._convert(str(legacy.office()), tmp_path / "a.docx", "doc", 60)
    source = read_file_caged(tmp_path / "a.doc")
    assert (source.media, source.text) == ("docx", "整改任务已完成")
    assert any("LibreOffice" in note for note in source.notes)


def test_without_libreoffice_old_files_get_a_clear_word(monkeypatch, refusal):
    monkeypatch.setattr(legacy, "office", lambda: None)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "WordDocument".encode("utf-16-le")
    found = refusal(ole, "通知.wps")
    assert found.code == "office_missing"
    assert "另存为 docx" in found.message
