"""Fixed pages by hand: pdf with the standard Chinese font, ofd (GB/T 33190) and nothing but the standard library."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from xml.sax.saxutils import escape

from dugai.intake.samples.typeset import Sheet, advance

_MM = 72 / 25.4
# ASCII is half as wide as Chinese, as the typesetter assumes: CIDs 1 to 95 of Adobe-GB1.
_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype"
    "/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>/DW 1000"
    "/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)


def pdf(sheets: Sequence[Sheet]) -> bytes:
    """A text pdf."""
    objects: list[bytes] = [b"", b"", _FONT.encode()]
    kids = []
    for sheet in sheets:
        content = zlib.compress(_pdf_content(sheet))
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content))
        box = f"{sheet.width * _MM:.2f} {sheet.height * _MM:.2f}"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {box}]/Contents {len(objects)} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>".encode()
    return assemble(objects)


def assemble(objects: Sequence[bytes]) -> bytes:
    """A pdf file from its objects, the first being the catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def _pdf_content(sheet: Sheet) -> bytes:
    parts = ["0.5 w"]
    for x0, y0, x1, y1 in sheet.lines:
        a, b = x0 * _MM, (sheet.height - y0) * _MM
        c, d = x1 * _MM, (sheet.height - y1) * _MM
        parts.append(f"{a:.2f} {b:.2f} m {c:.2f} {d:.2f} l S")
    for run in sheet.runs:
        codes = run.text.encode("utf-16-be").hex().upper()
        x, y = run.x * _MM, (sheet.height - run.y + 0.12 * run.size) * _MM
        parts.append(f"BT /F1 {run.size * _MM:.2f} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{codes}> Tj ET")
    return "\n".join(parts).encode()


_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def ofd(sheets: Sequence[Sheet], pictures: Sequence[bytes] = ()) -> bytes:
    """An ofd file of text and lines, or of one png a page when ``pictures`` are given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "OFD.xml",
            f'{_HEAD}<ofd:OFD {_OFD} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>'
            f"00000000000000000000000000000001</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
            f"</ofd:DocBody></ofd:OFD>",
        )
        box = f"0 0 {sheets[0].width:g} {sheets[0].height:g}"
        pages = "".join(
            f'<ofd:Page ID="{100 + i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(sheets))
        )
        resources = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" if pictures else ""
        package.writestr(
            "Doc_0/Document.xml",
            f"{_HEAD}<ofd:Document {_OFD}><ofd:CommonData><ofd:MaxUnitID>100000</ofd:MaxUnitID><ofd:PageArea>"
            f"<ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
            f"{resources}</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
        )
        package.writestr(
            "Doc_0/PublicRes.xml",
            f'{_HEAD}<ofd:Res {_OFD} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="1" FontName="宋体" FamilyName="宋体"/>'
            f"</ofd:Fonts></ofd:Res>",
        )
        if pictures:
            media = "".join(
                f'<ofd:MultiMedia ID="{500 + i}" Type="Image" Format="PNG"><ofd:MediaFile>page_{i}.png</ofd:MediaFile>'
                f"</ofd:MultiMedia>"
                for i in range(len(pictures))
            )
            package.writestr(
                "Doc_0/DocumentRes.xml",
                f'{_HEAD}<ofd:Res {_OFD} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>',
            )
        for at, sheet in enumerate(sheets):
            body = _ofd_picture(sheet, at) if pictures else _ofd_content(sheet)
            package.writestr(
                f"Doc_0/Pages/Page_{at}/Content.xml",
                f'{_HEAD}<ofd:Page {_OFD}><ofd:Content><ofd:Layer ID="{1000 + at}">{body}</ofd:Layer></ofd:Content>'
                f"</ofd:Page>",
            )
            if pictures:
                package.writestr(f"Doc_0/Res/page_{at}.png", pictures[at])
    return out.getvalue()


def _ofd_picture(sheet: Sheet, at: int) -> str:
    box = f"0 0 {sheet.width:g} {sheet.height:g}"
    return f'<ofd:ImageObject ID="{2000 + at}" Boundary="{box}" CTM="{box[4:].replace(" ", " 0 0 ")} 0 0" ResourceID="{500 + at}"/>'


def _ofd_content(sheet: Sheet) -> str:
    parts = []
    for at, (x0, y0, x1, y1) in enumerate(sheet.lines):
        width, height = max(x1 - x0, 0.2), max(y1 - y0, 0.2)
        parts.append(
            f'<ofd:PathObject ID="{20000 + at}" Boundary="{x0:.3f} {y0:.3f} {width:.3f} {height:.3f}" LineWidth="0.2">'
            f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0:.3f} {y1 - y0:.3f}</ofd:AbbreviatedData></ofd:PathObject>"
        )
    for at, run in enumerate(sheet.runs):
        width = advance(run.text, run.size)
        steps = " ".join(f"{advance(c, run.size):.3f}" for c in run.text[:-1])
        delta = f' DeltaX="{steps}"' if steps else ""
        parts.append(
            f'<ofd:TextObject ID="{50000 + at}" Boundary="{run.x:.3f} {run.y - run.size:.3f} {width:.3f} {run.size * 1.2:.3f}"'
            f' Font="1" Size="{run.size:.3f}"><ofd:TextCode X="0" Y="{run.size:.3f}"{delta}>{escape(run.text)}'
            f"</ofd:TextCode></ofd:TextObject>"
        )
    return "".join(parts)
