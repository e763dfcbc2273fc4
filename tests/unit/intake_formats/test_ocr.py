"""Scans and photographs, where the recognition packages are installed; a clear word where they are not."""

import difflib

import pytest

from dugai.intake import samples
from dugai.intake.readers import Unreadable, ocr, read_bytes, read_file_caged
from dugai.intake.samples.write_scan import font_file
from dugai.intake.samples.write_text import filled
from tests.unit.intake_formats.conftest import sound, table

needs_font = pytest.mark.skipif(
    font_file() is None, reason="没有中文字体，画不出扫描件；请安装 fonts-noto-cjk"
)
needs_ocr = pytest.mark.skipif(not ocr.installed(), reason="没有装文字识别组件（pip install dugai[ocr]）")


def closeness(a: str, b: str) -> float:
    a, b = "".join(a.split()), "".join(b.split())
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


@needs_font
@pytest.mark.parametrize("form", ["image", "photo", "scan-clean", "ofd-image"])
def test_without_the_packages_the_refusal_says_what_to_do(monkeypatch, form):
    monkeypatch.setattr(ocr, "installed", lambda: False)
    sample = samples.draw_sample(1, "accountability", form)
    with pytest.raises(Unreadable) as caught:
        read_bytes(sample.data, sample.name)
    assert caught.value.code == "ocr_missing"
    assert "ocr" in caught.value.message


@needs_font
@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("form", ["scan-clean", "scan-skewed", "scan-turned", "scan-stamped", "ofd-image"])
def test_a_scan_reads_like_its_paper(form):
    sample = samples.draw_sample(1, "accountability", form)
    source = sound(read_bytes(sample.data, sample.name))
    assert closeness(source.text, sample.paper.plain()) > 0.98
    assert all(block.confidence is None or 0 <= block.confidence <= 1 for block in source.blocks)
    assert any(block.confidence is not None for block in source.blocks)
    assert any("请对照原件" in note for note in source.notes)


@needs_font
@needs_ocr
@pytest.mark.slow
def test_a_table_in_a_scan_becomes_cells(tmp_path):
    sample = samples.draw_sample(7, "complaints", "scan-clean")
    path = tmp_path / sample.name
    path.write_bytes(sample.data)
    source = sound(read_file_caged(path))
    assert source.media == "pdf-scan"
    want = filled(sample.paper.grids()[0])
    got = table(source)
    assert [len(row) for row in got] == [len(row) for row in want]
    same = sum(
        closeness(a, b) > 0.9 for x, y in zip(want, got, strict=True) for a, b in zip(x, y, strict=True)
    )
    assert same >= 0.95 * sum(map(len, want))
