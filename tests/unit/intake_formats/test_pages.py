"""Fixed pages (pdf, ofd): paragraphs, columns and tables come back from their places."""

import pytest

from dugai.intake import samples
from dugai.intake.readers import read_bytes
from dugai.intake.readers.layout import Piece, columns, paragraphs
from dugai.intake.readers.ruled import cut, fill, grids
from dugai.intake.samples.paper import Grid, Line, Paper, TCell
from dugai.intake.samples.typeset import typeset
from dugai.intake.samples.write_pages import assemble, ofd, pdf
from dugai.intake.samples.write_text import filled
from tests.unit.intake_formats.conftest import lines, sound, table


def paper(*elements: Line | Grid) -> Paper:
    return Paper("plan", list(elements), {})


WRITERS = {"a.pdf": pdf, "a.ofd": ofd}


@pytest.mark.parametrize("kind", samples.KINDS)
@pytest.mark.parametrize("form", ["pdf", "ofd"])
def test_pages_give_back_the_paragraphs_and_cells_of_the_paper(form, kind):
    sample = samples.draw_sample(7, kind, form)
    source = sound(read_bytes(sample.data, sample.name))
    assert lines(source) == [line.text for line in sample.paper.lines()]
    for number, grid in enumerate(sample.paper.grids()):
        assert table(source, number) == filled(grid)
    assert source.complete


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_over_three_pages_is_one_table_with_one_header(name):
    head = [TCell("序号"), TCell("整改措施"), TCell("责任单位")]
    rows = [
        [TCell(str(n)), TCell(f"第{n}项措施，加快推进污水管网改造和雨污分流。"), TCell("市水务局")]
        for n in range(1, 91)
    ]
    source = sound(read_bytes(WRITERS[name](typeset(paper(Grid([head, *rows], [0.1, 0.6, 0.3])))), name))
    assert len(table(source)) == 91
    assert source.pages == 3
    assert not [b for b in source.blocks if b.table]
    assert {b.page for b in source.blocks} == {1, 2, 3}


@pytest.mark.parametrize("name", WRITERS)
def test_merged_cells_keep_their_spans(name):
    grid = Grid(
        [
            [TCell("序号", 2), TCell("单位", 1, 2)],
            [TCell("责任"), TCell("督导")],
            [TCell("1"), TCell("市水务局"), TCell("市整改办")],
        ],
        [0.2, 0.4, 0.4],
    )
    source = sound(read_bytes(WRITERS[name](typeset(paper(Line("清单", "title"), grid))), name))
    assert table(source) == [["序号", "单位", ""], ["", "责任", "督导"], ["1", "市水务局", "市整改办"]]
    assert [(b.rowspan, b.colspan) for b in source.blocks if b.text in {"序号", "单位"}] == [(2, 1), (1, 2)]


def test_columns_are_read_one_after_the_other():
    text = "督察组指出，部分地区污水收集处理能力不足，雨污混接问题突出，整改工作推进缓慢。" * 3
    page = paper(Line("整改情况公示", "title"), *[Line(f"{n}．{text}") for n in range(1, 9)])
    source = sound(read_bytes(pdf(typeset(page, columns=2)), "a.pdf"))
    assert lines(source) == ["整改情况公示", *[f"{n}．{text}" for n in range(1, 9)]]


def test_page_numbers_are_left_out_and_said_so():
    source = read_bytes(
        pdf(typeset(paper(*[Line("整改工作稳步推进，任务按期完成。" * 6) for _ in range(30)]))), "a.pdf"
    )
    assert source.pages > 1
    assert "—" not in source.text
    assert any("页码" in note for note in source.notes)


def test_boxes_lie_on_the_page_with_the_origin_at_the_top():
    source = read_bytes(pdf(typeset(paper(Line("第一行"), Line("第二行")))), "a.pdf")
    first, second = (block.box for block in source.blocks)
    assert first is not None
    assert second is not None
    assert 0 < first[1] < first[3] < second[3] < 842


def test_a_list_beside_short_labels_is_not_taken_for_columns():
    pieces = [
        Piece(label, 0, 20 * i, 40, 20 * i + 10) for i, label in enumerate(("时限", "单位", "状态", "目标"))
    ]
    pieces += [Piece("已完成并长期坚持", 100, 20 * i, 180, 20 * i + 10) for i in range(4)]
    assert len(columns(pieces)) == 1
    assert paragraphs(pieces)[0].text.startswith("时限 已完成")


def test_a_line_over_two_cells_is_cut_at_the_border():
    table_grid = grids([(0, 0, 200), (20, 0, 200)], [(0, 0, 20), (100, 0, 20), (200, 0, 20)], 1)[0]
    piece = Piece("责任单位整改时限", 60, 5, 140, 15)
    parts = cut(piece, [table_grid])
    assert [p.text for p in parts] == ["责任单位", "整改时限"]
    assert [c.text for c in fill(table_grid, parts, 1)[0] if c] == ["责任单位", "整改时限"]


def test_a_frame_without_cells_is_no_table():
    assert grids([(0, 0, 100), (50, 0, 100)], [(0, 0, 50), (100, 0, 50)], 1) == []


def test_a_pdf_without_pages_or_text_is_refused(refusal):
    empty = assemble(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        ]
    )
    assert refusal(empty, "a.pdf").code == "no_text"
    assert refusal(b"%PDF-1.7\n", "a.pdf").code == "damaged"
