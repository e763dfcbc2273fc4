"""More of the list of hostile files: lying sheets, things that hide, macros, two formats in one, pages that act."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from PIL import Image

from dugai.intake import samples
from dugai.intake.readers import Unreadable, read_bytes
from dugai.intake.samples.write_pages import assemble
from tests.unit.intake_formats.conftest import paragraph, rebuilt


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hiding(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet["A1"], sheet["A2"] = "看得见", "藏着的一行"
    sheet.row_dimensions[2].hidden = True
    sheet["A1"].comment = Comment("批注", "某人")
    for title, state in (("藏", "hidden"), ("深藏", "veryHidden")):
        other = book.create_sheet(title)
        other["A1"] = f"{title}起来"
        other.sheet_state = state


def test_m12_a_sheet_that_claims_the_whole_grid():
    data = workbook(lambda book: book.active.__setitem__("A1", "一个"))
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read(part).decode()
    lying = sheet.replace('<dimension ref="A1:A1"', '<dimension ref="A1:XFD1048576"').replace(
        '<dimension ref="A1"', '<dimension ref="A1:XFD1048576"'
    )
    assert lying != sheet
    source = read_bytes(rebuilt(data, {part: lying}), "a.xlsx")
    assert [b.text for b in source.blocks if b.kind == "cell"] == ["一个"]
    assert source.complete


def test_m14_what_hides_in_a_workbook_is_named():
    parts = {
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/pivotCache/pivotCacheDefinition1.xml": "<pivotCacheDefinition/>",
        "docProps/custom.xml": "<Properties/>",
    }
    source = read_bytes(rebuilt(workbook(hiding), parts), "a.xlsx")
    assert not source.complete
    assert [words.split("是")[0] for words in source.skipped] == ["工作表“藏”", "工作表“深藏”"]
    told = "".join(source.notes)
    for word in ("隐藏的行 1 行", "批注", "别的工作簿", "数据透视表", "自定义属性"):
        assert word in told
    assert "起来" not in source.text


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsm"])
def test_m15_a_workbook_with_macros(refusal, name):
    found = refusal(rebuilt(workbook(hiding), {"xl/vbaProject.bin": b"\xd0\xcf"}), name)
    assert found.code == "macro"


def test_m15_a_document_with_macros(refusal, word):
    spoiled = rebuilt(word(paragraph("正文")), {"word/vbaProject.bin": b"\xd0\xcf"})
    assert refusal(spoiled, "a.docx").code == "macro"


def test_m15_an_object_inside_is_never_opened(word):
    body = paragraph("正文一段") + "<w:p><w:r><w:object/></w:r></w:p>"
    source = read_bytes(rebuilt(word(body), {"word/embeddings/oleObject1.bin": b"\xd0\xcf"}), "a.docx")
    assert source.text.strip() == "正文一段"
    assert not source.complete
    assert "没有打开" in "".join(source.skipped)


def test_m17_lost_digits_are_said_and_a_number_like_a_date_stays():
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet["A1"], sheet["A2"], sheet["A3"] = 110101199001011234, "1-2", dt.date(2025, 3, 1)

    source = read_bytes(workbook(fill), "a.xlsx")
    assert "后几位可能已经丢失" in "".join(source.notes)
    assert source.text.split()[2:] == ["1-2", "2025-03-01"]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return out.getvalue()


def page() -> bytes:
    return samples.draw_sample(5, "closure", "pdf").data


MIXED = {
    "gif and script": (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "a.png"),
    "html before pdf": (b"<html><script>1</script></html>\n", "a.html"),
    "html before pdf, called pdf": (b"<html></html>\n", "a.pdf"),
    "png and php": (b"<?php echo 1;", "a.php"),
}


@pytest.mark.parametrize("what", MIXED)
def test_m23_two_formats_in_one(refusal, what):
    data, name = MIXED[what]
    data = {"a.php": picture() + data, "a.html": data + page(), "a.pdf": data + page()}.get(name, data)
    assert refusal(data, name).code in {"unsupported", "extension_mismatch"}


ACTING = {
    "script": b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
    "launch": b"<</S/Launch/F(cmd.exe)>>",
    "form": b"<</S/SubmitForm/F(http://127.0.0.1/)>>",
}


@pytest.mark.parametrize("what", ACTING)
def test_m25_a_pdf_that_acts_is_read_and_said(what):
    text = "整改情况".encode("utf-16-be").hex().upper().encode()
    content = b"BT /F1 12 Tf 20 100 Td <" + text + b"> Tj ET"
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>"
        b"/DW 1000>>]>>"
    )
    data = assemble(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
            font,
            ACTING[what],
        ]
    )
    source = read_bytes(data, "a.pdf")
    assert source.text.strip() == "整改情况"
    assert "没有执行" in "".join(source.notes)


DEEP = {
    "200,000 tags": ("<div>" * 200_000 + "内容", "too_deep"),
    "ten megabytes of attribute": ("<p title='" + "x" * 10_000_000 + "'>内容</p>", "too_large"),
    "nothing but tricks": (
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>内容",
        "no_text",
    ),
}


@pytest.mark.parametrize("what", DEEP)
def test_m31_pages_too_deep_or_too_long(refusal, what):
    body, code = DEEP[what]
    assert refusal(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), "a.html").code == code


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "java&#x09;script:alert(1)", "&#106;avascript:alert(1)"]
)
def test_m31_a_link_that_is_a_script_leaves_only_its_words(link):
    source = read_bytes(
        f"<!DOCTYPE html><html><body><a href='{link}'>内容</a></body></html>".encode(), "a.html"
    )
    assert source.text.strip() == "内容"


def test_no_refusal_is_a_crash():
    """Every refusal above is typed and in plain Chinese."""
    with pytest.raises(Unreadable) as caught:
        read_bytes(picture() + b"<?php", "a.php")
    assert caught.value.message.endswith("。")
