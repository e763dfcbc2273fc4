"""Excel and csv: what the sheet shows, nothing altered in silence."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from dugai.intake.readers import Limits, Unreadable, read_bytes
from dugai.intake.readers.sheet_values import lost_digits, shown
from tests.unit.intake_formats.conftest import lines, rebuilt, sound, table


def book(fill: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    fill(made)
    made.close()
    return out.getvalue()


def sheet(rows: list[list[Any]]) -> bytes:
    def fill(made: Any) -> None:
        page = made.add_worksheet("措施清单")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)

    return book(fill)


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        ("3", "General", "3"), ("3.0", "General", "3"), ("0.30000000000000004", "General", "0.3"),
        ("0.20269", "0.0%", "20.3%"), ("0.5", "0%", "50%"), ("12345.678", "#,##0.00", "12,345.68"), ("1234", "#,##0", "1,234"),
        ("35", '0"件"', "35件"), ("7", "000", "007"), ("45838", "yyyy-mm-dd", "2025-06-30"), ("1E+05", "General", "100000"),
        ("45838", 'yyyy"年"m"月"d"日"', "2025年6月30日"), ("45838", 'yyyy"年"m"月"', "2025年6月"), ("45838.75", "yyyy/m/d h:mm", "2025-06-30 18:00"),
        ("45838", '[$-804]yyyy"年"m"月"d"日";@', "2025年6月30日"), ("-3.5", "0.0_);(0.0)", "-3.5"), ("不是数", "0", "不是数"), ("2.675", "0.00", "2.68"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_the_sheet_shows_them(raw, code, text):
    assert shown(raw, code) == text


def test_dates_count_from_1904_where_the_book_says_so():
    assert shown("44376", "yyyy-mm-dd", since_1904=True) == "2025-06-30"


def test_long_numbers_are_flagged_and_not_trusted():
    assert lost_digits("3.2010219900101123E+17") == 18
    assert lost_digits("123456789012345") == 0
    source = read_bytes(sheet([["身份", "号"], [320102199001011234, "320102199001011234"]]), "a.xlsx")
    assert any("A2 是 18 位数字" in note for note in source.notes)
    assert table(source)[1][1] == "320102199001011234"


def test_tables_titles_and_notes_are_told_apart():
    source = sound(
        read_bytes(
            sheet([["整改措施清单"], ["序号", "措施"], [1, "管网"], [2, "泵站"], ["注：以上均已完成"]]),
            "a.xlsx",
        )
    )
    assert lines(source) == ["措施清单", "整改措施清单", "注：以上均已完成"]
    assert table(source) == [["序号", "措施"], ["1", "管网"], ["2", "泵站"]]
    assert {b.row for b in source.blocks if b.kind == "cell"} == {0, 1, 2}


def test_merged_cells_and_blank_rows():
    def fill(made: Any) -> None:
        page = made.add_worksheet("甲")
        page.merge_range(0, 0, 1, 0, "序号")
        page.merge_range(0, 1, 0, 2, "单位")
        page.write_row(1, 1, ["责任", "督导"])
        page.write_row(4, 0, ["另一张", "表"])

    source = sound(read_bytes(book(fill), "a.xlsx"))
    assert table(source) == [["序号", "单位", ""], ["", "责任", "督导"]]
    assert table(source, 1) == [["另一张", "表"]]


def test_hidden_sheets_are_named_and_hidden_rows_are_read():
    def fill(made: Any) -> None:
        page = made.add_worksheet("明面")
        page.write_row(0, 0, ["甲", "乙"])
        page.set_row(0, None, None, {"hidden": True})
        hidden = made.add_worksheet("底账")
        hidden.write(0, 0, "秘密")
        hidden.very_hidden()

    source = read_bytes(book(fill), "a.xlsx")
    assert not source.complete
    assert "底账" in source.skipped[0]
    assert "秘密" not in source.text
    assert "甲" in source.text
    assert any("隐藏的行 1 行" in note for note in source.notes)


def test_formulas_give_the_stored_value_or_say_that_there_is_none():
    def fill(made: Any) -> None:
        page = made.add_worksheet("甲")
        page.write_row(0, 0, ["合计", "数"])
        page.write_formula(1, 0, "=1+1", None, 2)
        page.write_formula(1, 1, '=IF(A2>9,"x","")', None, "")

    data = book(fill)
    source = read_bytes(data, "a.xlsx")
    assert table(source)[1] == ["2"]
    assert source.complete
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet_xml = package.read("xl/worksheets/sheet1.xml")
    unknown = rebuilt(data, {"xl/worksheets/sheet1.xml": sheet_xml.replace(b"<v>2</v>", b"")})
    source = read_bytes(unknown, "a.xlsx")
    assert not source.complete
    assert "A2" in source.skipped[0]
    assert "没有存计算结果" in source.skipped[0]


def test_text_that_looks_like_a_formula_stays_text():
    rows = [["甲", "乙"], ["＝1+1", "@SUM(A1)"], ["-3", "\t=2"]]
    data = "\ufeff" + "\n".join(",".join(row) for row in rows)
    assert table(read_bytes(data.encode(), "a.csv"))[1:] == [["＝1+1", "@SUM(A1)"], ["-3", "=2"]]


def test_dates_typed_as_dates_come_back():
    def fill(made: Any) -> None:
        page = made.add_worksheet("甲")
        style = made.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        page.write_row(0, 0, ["时限", "数"])
        page.write_datetime(1, 0, dt.datetime(2025, 12, 31), style)  # noqa: DTZ001 # a sheet has no zone
        page.write_number(1, 1, -5, style)

    source = read_bytes(book(fill), "a.xlsx")
    assert table(source)[1] == ["2025年12月31日", "-5"]
    assert any("却不是日期" in note for note in source.notes)


def test_too_many_rows_columns_and_cells_are_refused_with_the_count():
    few = Limits(rows=10, columns=5, cells=30)
    for rows, code, word in (
        ([[1, 2]] * 11, "too_many_rows", "10 行"), ([[1] * 6], "too_many_columns", "5 列"), ([[1] * 4] * 9, "too_many_cells", "30 个"),
    ):  # fmt: skip
        for name, data in (
            ("a.xlsx", sheet(rows)),
            ("a.csv", "\n".join(",".join(map(str, r)) for r in rows).encode()),
        ):
            with pytest.raises(Unreadable) as caught:
                read_bytes(data, name, limits=few)
            assert caught.value.code == code
            assert word in caught.value.message


def test_the_declared_size_of_a_sheet_is_not_believed():
    data = sheet([["序号", "措施"], [1, "管网"]])
    huge = rebuilt(
        data,
        {"xl/worksheets/sheet1.xml": (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>'
            '<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c><c r="B1" t="inlineStr"><is><t>乙</t></is></c></row>'
            '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>末</t></is></c></row></sheetData></worksheet>'
        )},
    )  # fmt: skip
    source = sound(read_bytes(huge, "a.xlsx"))
    assert [b.text for b in source.blocks] == ["措施清单", "甲", "乙", "末"]


@pytest.mark.parametrize(
    ("sign", "encoding"), [(",", "utf-8-sig"), ("\t", "utf-16"), (";", "gb18030"), ("，", "utf-8")]
)
def test_the_separator_is_found(sign, encoding):
    text = "\n".join(
        sign.join(row)
        for row in (
            ["序号", "责任单位", "时限"],
            ["1", "市水务局", "立行立改"],
            ["2", "市林业局", "长期坚持"],
        )
    )
    assert table(read_bytes(text.encode(encoding), "a.csv"))[2] == ["2", "市林业局", "长期坚持"]


def test_a_quoted_cell_may_hold_lines_and_commas():
    source = sound(read_bytes('序号,单位\n1,"市水务局,\n市住建局"\n'.encode(), "a.csv"))
    assert table(source)[1] == ["1", "市水务局,\n市住建局"]


def test_one_endless_line_is_refused(refusal):
    assert refusal(b'"' + b"x" * 3_000_000, "a.csv").code in {"damaged", "encoding"}
    assert refusal(b"1," * 100_000, "a.csv").code == "too_many_columns"
