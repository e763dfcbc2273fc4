"""Content and extension must agree; what is not read is named."""

import io
import zipfile

import pytest
from PIL import Image

from dugai.intake import samples
from dugai.intake.readers import sniff


def picture(form: str, size: tuple[int, int] = (20, 20)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, form)
    return out.getvalue()


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in entries.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


@pytest.mark.parametrize("form", ["txt", "html", "docx", "xlsx", "csv", "pdf", "ofd"])
def test_every_sample_is_what_it_says(form):
    sample = samples.draw_sample(3, "closure", form)
    kind = sniff.kind_of(sample.data, sample.name)
    assert f".{form}" in sniff.EXTENSIONS[kind]


@pytest.mark.parametrize("form", ["txt", "html", "docx", "xlsx", "pdf", "ofd"])
@pytest.mark.parametrize("suffix", [".jpg", ".docx", ".pdf", ".xlsx", ".html", ".txt"])
def test_a_wrong_extension_is_refused_with_the_right_one(refusal, form, suffix):
    sample = samples.draw_sample(3, "closure", form)
    if sample.name.endswith(suffix):
        assert sniff.kind_of(sample.data, sample.name)
        return
    found = refusal(sample.data, f"公示{suffix}")
    assert found.code == "extension_mismatch"
    assert f".{form}" in found.message


@pytest.mark.parametrize(
    ("form", "name"),
    [("GIF", "a.gif"), ("TIFF", "a.tif"), ("BMP", "a.bmp"), ("GIF", "a.jpg"), ("TIFF", "a.png")],
)
def test_other_pictures_are_refused_with_a_way_out(refusal, form, name):
    found = refusal(picture(form), name)
    assert found.code == "unsupported"
    assert "jpg 或 png" in found.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(a_dot_txt=b"x"), "unsupported"),
        (b"Rar!\x1a\x07\x00" + b"x" * 50, "unsupported"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "unsupported"),
        (b"\x1f\x8b\x08" + b"x" * 50, "unsupported"),
        (b"MZ" + b"\x00" * 200, "unsupported"),
        (b"SIMPLE  =                    T" + b"\x00" * 100, "unsupported"),
        (b"\x00", "unsupported"),
    ],
)
def test_what_no_reader_opens_is_refused(refusal, data, code):
    assert refusal(data, "a.docx").code == code


def test_macros_and_encryption_are_named(refusal):
    macro = {
        "[Content_Types]_dot_xml": b"<x/>",
        "word__document_dot_xml": b"<x/>",
        "word__vbaProject_dot_bin": b"x",
    }
    assert refusal(zipped(**macro), "a.docm").code == "macro"
    binary = {"[Content_Types]_dot_xml": b"<x/>", "xl__workbook_dot_bin": b"x"}
    assert refusal(zipped(**binary), "a.xlsb").code == "macro"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(ole, "a.docx").code == "encrypted"


def test_a_page_before_a_pdf_is_no_pdf(refusal):
    polyglot = b"<html><script>1</script></html>\n%PDF-1.4\n"
    assert refusal(polyglot, "a.pdf").code == "extension_mismatch"


def test_half_a_document_is_damaged(refusal):
    sample = samples.draw_sample(3, "closure", "docx")
    assert refusal(sample.data[: len(sample.data) // 2], "a.docx").code == "damaged"
