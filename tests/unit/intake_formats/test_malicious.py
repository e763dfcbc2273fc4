"""The list of hostile files: each is refused with a type, or read within its limits. Nothing is fetched."""

import io
import socket
import struct
import threading
import warnings
import zipfile
import zlib

import pytest
from PIL import Image

from dugai.intake import samples
from dugai.intake.readers import Limits, Unreadable, read_bytes
from dugai.intake.samples.write_pages import assemble
from tests.unit.intake_formats.conftest import W, paragraph, rebuilt

PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "ofd": "Doc_0/Document.xml"}


def sample(form: str) -> bytes:
    return samples.draw_sample(5, "plan", form).data


@pytest.fixture
def canary():
    """A door nobody may knock at."""
    knocks = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                try:
                    server.accept()[0].close()
                    knocks.append(1)
                except TimeoutError:
                    continue

        thread = threading.Thread(target=watch)
        thread.start()
        yield server.getsockname()[1], knocks
        stop.set()
        thread.join()


DECLARATIONS = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:{port}/x">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x.dtd">',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
)


@pytest.mark.parametrize("form", PARTS)
@pytest.mark.parametrize("declaration", DECLARATIONS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_m01_to_m06_declared_types_and_entities(refusal, canary, form, declaration, encoding):
    port, knocks = canary
    data = sample(form)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        part = package.read(PARTS[form]).decode()
    body = part[part.index("?>") + 2 :] if part.startswith("<?xml") else part
    spoiled = f'<?xml version="1.0" encoding="{encoding}"?>{declaration.format(port=port)}{body}'.encode(
        encoding
    )
    found = refusal(rebuilt(data, {PARTS[form]: spoiled}), f"a.{form}")
    assert found.code == "doctype"
    assert "含有文档类型声明" in found.message
    assert knocks == []


def test_m07_one_node_of_300_megabytes(refusal, word):
    bomb = word(paragraph("整" * 100_000_000))
    assert len(bomb) < 2_000_000
    assert refusal(bomb, "a.docx").code in {"unsafe_archive", "too_large"}


def entries(names: list[str], **attributes: int) -> bytes:
    """A docx-like container with extra entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample("docx"))) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info))
        for name in names:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            for key, value in attributes.items():
                setattr(info, key, value)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python warns of a name used twice; that is the point
                new.writestr(info, b"x")
    return out.getvalue()


@pytest.mark.parametrize("claim", [7, 100, 0])
def test_m08_lying_sizes(claim):
    data = bytearray(sample("docx"))
    at = data.index(b"word/document.xml", data.index(b"PK\x01\x02")) - 46
    assert struct.unpack_from("<I", data, at + 24)[0] > 1_000
    struct.pack_into("<I", data, at + 24, claim)
    with pytest.raises(Unreadable) as caught:
        read_bytes(bytes(data), "a.docx")
    assert caught.value.code == "damaged"


def test_m08_overlapping_entries(refusal):
    data = bytearray(sample("docx"))
    central = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", central + 4)
    offset = struct.unpack_from("<I", data, central + 42)[0]
    struct.pack_into("<I", data, second + 42, offset)
    assert refusal(bytes(data), "a.docx").code in {"unsafe_archive", "damaged"}


def test_m08_twice_the_same_name(refusal):
    assert refusal(entries(["word/document.xml"]), "a.docx").code == "unsafe_archive"


def test_m08_too_many_entries(refusal):
    out = io.BytesIO(sample("docx"))
    with zipfile.ZipFile(out, "a") as package:
        for at in range(2_100):
            package.writestr(f"x{at}", b"")
    found = refusal(out.getvalue(), "a.docx")
    assert found.code == "too_many_entries"
    assert "2,000" in found.message


@pytest.mark.parametrize("name", ["a.zip", "word/b.docx", "c.rar"])
def test_m08_archives_inside(refusal, name):
    assert refusal(entries([name]), "a.docx").code == "unsafe_archive"


@pytest.mark.parametrize(
    "name",
    ["../x", "word/../../x", "//etc/passwd", "C:\\x", "C:/x", "a\\b", "x" * 300, "gpj\u202eexe.xml", "a\nb"],
)
def test_m09_to_m11_names_that_lead_elsewhere(refusal, name):
    assert refusal(entries([name]), "a.docx").code == "unsafe_archive"


def test_m11_links(refusal):
    assert refusal(entries(["link"], external_attr=0o120777 << 16), "a.docx").code == "unsafe_archive"


def test_m13_more_rows_than_a_ledger_has(refusal):
    row = '<row><c t="inlineStr"><is><t>甲</t></is></c><c><v>1</v></c></row>'
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{row * 1_200}</sheetData></worksheet>'
    with pytest.raises(Unreadable) as caught:
        read_bytes(
            rebuilt(sample("xlsx"), {"xl/worksheets/sheet1.xml": xml}), "a.xlsx", limits=Limits(rows=1_000)
        )
    assert caught.value.code == "too_many_rows"
    assert "1,000" in caught.value.message


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [13_000, 30_000])
def test_m18_m19_pictures_of_many_pixels(refusal, side):
    found = refusal(png(side, side), "a.png")
    assert found.code == "too_large"
    assert "百万像素" in found.message


def test_m20_moving_pictures(refusal):
    frames = [Image.new("RGB", (8, 8), (i % 255, 0, 0)) for i in range(300)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert refusal(out.getvalue(), "a.gif").code == "unsupported"
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:20])
    assert refusal(out.getvalue(), "a.webp").code == "unsupported"


@pytest.mark.parametrize(
    "data",
    [
        b"8BPS\x00\x01" + b"\x00" * 50,
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"icns\x00\x00\x00\x08",
        b"\xd7\xcd\xc6\x9a" + b"\x00" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
    ],
)
def test_m21_m22_other_formats_named_png(refusal, data):
    assert refusal(data, "a.png").code in {"unsupported", "extension_mismatch"}


def test_m24_a_page_with_another_name(refusal):
    for name in ("a.jpg", "a.pdf", "a.docx"):
        assert refusal(b"<!DOCTYPE html><html><body>x</body></html>", name).code == "extension_mismatch"


def test_m26_a_pdf_that_claims_a_million_pages(refusal):
    pages = b"<</Type/Pages/Count 1000000/Kids[3 0 R]>>"
    data = assemble(
        [b"<</Type/Catalog/Pages 2 0 R>>", pages, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]
    )
    assert refusal(data, "a.pdf").code in {"too_many_pages", "no_text", "damaged"}


def test_m26_a_loop_in_the_page_tree(refusal):
    data = assemble([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>"])
    assert refusal(data, "a.pdf").code in {"no_text", "damaged", "too_many_pages"}


def test_m27_an_ofd_without_one_of_its_pages():
    data = samples.draw_sample(7, "disclosure", "ofd").data
    whole = read_bytes(data, "a.ofd")
    assert whole.pages > 1
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if "Page_1" not in info.filename:
                new.writestr(info.filename, old.read(info))
    part = read_bytes(out.getvalue(), "a.ofd")
    assert not part.complete
    assert "第 2 页" in part.skipped[0]


def test_m28_an_ofd_with_a_broken_page_or_index(refusal):
    data = samples.draw_sample(7, "disclosure", "ofd").data
    part = read_bytes(rebuilt(data, {"Doc_0/Pages/Page_1/Content.xml": "<ofd:Page><"}), "a.ofd")
    assert not part.complete
    for name in ("OFD.xml", "Doc_0/Document.xml"):
        assert refusal(rebuilt(data, {name: "<x"}), "a.ofd").code == "damaged"


def test_m29_an_ofd_of_5000_pages(refusal):
    pages = "".join(f'<ofd:Page ID="{i}" BaseLoc="Pages/Page_0/Content.xml"/>' for i in range(10, 5_010))
    document = (
        '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297'
        f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
    )
    found = refusal(rebuilt(sample("ofd"), {"Doc_0/Document.xml": document}), "a.ofd")
    assert found.code == "too_many_pages"
    assert "5,000" in found.message


def test_m30_an_encrypted_ofd(refusal):
    assert refusal(rebuilt(sample("ofd"), {"Doc_0/Encryptions.xml": "<x/>"}), "a.ofd").code == "encrypted"


def test_m33_every_cut_is_refused_or_complete(refusal):
    for form in ("docx", "xlsx", "ofd"):
        data = sample(form)
        for share in (0.01, 0.3, 0.7, 0.99):
            assert refusal(data[: int(len(data) * share)], f"a.{form}").code == "damaged"


def test_m36_a_hundred_thousand_columns(refusal):
    assert refusal((",".join("甲" for _ in range(100_000))).encode(), "a.csv").code == "too_many_columns"


def test_m36_two_encodings_in_one_file():
    mixed = "责任单位：市水务局\n".encode("gb18030") * 40 + "整改时限：立行立改\n".encode("utf-16-le") * 3
    with pytest.raises(Unreadable) as caught:
        read_bytes(mixed, "a.txt")
    assert caught.value.code in {"encoding", "unsupported"}


def test_m37_no_nul_and_no_lone_surrogate_comes_through(word):
    source = read_bytes(b"\xff\xfe" + "整改\ud800方案\u202d。".encode("utf-16-le", "surrogatepass"), "a.txt")
    assert "\x00" not in source.text
    source.text.encode("utf-8")


def test_a_tower_of_tables_in_word_is_refused(refusal, word):
    deep = paragraph("底")
    for _ in range(150):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc></w:tr></w:tbl>"
    assert refusal(word(deep), "a.docx").code == "too_deep"


def test_a_style_that_is_based_on_itself(word):
    styles = f"<w:styles xmlns:w='{W}'><w:style w:type='paragraph' w:styleId='a'><w:basedOn w:val='b'/></w:style><w:style w:type='paragraph' w:styleId='b'><w:basedOn w:val='a'/></w:style></w:styles>"
    source = read_bytes(word(paragraph("整改", "<w:pStyle w:val='a'/>"), styles=styles), "a.docx")
    assert source.text == "整改"
