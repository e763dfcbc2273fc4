"""Our text against that of an independent extractor: nothing lost, the order kept."""

import io
import itertools

import docx
import ofdkit
import openpyxl
import pypdfium2
import pytest

from dugai.intake import samples
from dugai.intake.readers import read_bytes

SEEDS = range(300, 306)


def letters(text: str) -> str:
    return "".join(text.split())


def by_python_docx(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    parts = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            # A merged cell is the same element in every place it covers.
            parts += [cell.text for cell, _ in itertools.groupby(c for row in block.rows for c in row.cells)]
        else:
            parts.append(block.text)
    return letters("".join(parts))


def by_openpyxl(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return letters(
        "".join(
            str(v)
            for sheet in book
            for row in sheet.iter_rows(values_only=True)
            for v in row
            if v is not None
        )
    )


def by_pdfium(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        text = ""
        for page in document:
            textpage = page.get_textpage()
            text += textpage.get_text_range()
            textpage.close()
            page.close()
    return letters(text)


OTHERS = {
    "docx": by_python_docx,
    "xlsx": by_openpyxl,
    "pdf": by_pdfium,
    "ofd": lambda data: letters(ofdkit.extract_text(data)),
}


@pytest.mark.parametrize("form", OTHERS)
@pytest.mark.parametrize("kind", samples.KINDS)
def test_x12_no_letter_is_lost_against_another_extractor(form, kind):
    for seed in SEEDS:
        sample = samples.draw_sample(seed, kind, form)
        source = read_bytes(sample.data, sample.name)
        ours, theirs = letters(source.text), OTHERS[form](sample.data)
        if form in {"pdf", "ofd"}:
            theirs = "".join(
                c for c in theirs if c != "—"
            )  # page numbers stand between dashes; we leave them out
            assert len(ours) >= 0.98 * len(theirs) - 20
            assert set(ours) >= set(theirs) - set("—0123456789")
        elif form == "xlsx":
            assert ours == "清单" + theirs
        elif not sample.paper.grids():
            assert ours == theirs
        assert ours.count("整改") >= letters(sample.paper.plain()).count("整改")
        assert source.complete


@pytest.mark.parametrize("form", ["docx", "pdf", "ofd", "html"])
def test_x12_the_order_is_that_of_the_paper(form):
    for seed in SEEDS:
        sample = samples.draw_sample(seed, "disclosure", form)
        assert letters(read_bytes(sample.data, sample.name).text) == letters(sample.paper.plain())
