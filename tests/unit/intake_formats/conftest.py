"""Files for the readers, written by the tests themselves; nothing binary is kept."""

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from dugai.intake.blocks import SourceText
from dugai.intake.readers import Unreadable, read_bytes

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture
def refusal() -> Callable[[bytes, str], Unreadable]:
    """Read what must be refused; give the refusal."""

    def read(data: bytes, name: str) -> Unreadable:
        with pytest.raises(Unreadable) as caught:
            read_bytes(data, name)
        return caught.value

    return read


@pytest.fixture
def word() -> Callable[..., bytes]:
    """A docx around the given body XML; other parts by name."""

    def build(body: str, **parts: str) -> bytes:
        document = docx.Document()
        out = io.BytesIO()
        document.save(out)
        return rebuilt(
            out.getvalue(),
            {
                "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
                **{f"word/{name}.xml": text for name, text in parts.items()},
            },
        )

    return build


def rebuilt(data: bytes, parts: dict[str, str | bytes]) -> bytes:
    """The container with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info.filename, old.read(info))
        for name, text in parts.items():
            new.writestr(name, text)
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def sound(source: SourceText) -> SourceText:
    """Every offset is right, tables are laid out with tabs and newlines."""
    for block in source.blocks:
        assert source.text[block.start : block.end] == block.text
        assert (block.kind == "cell") == (block.table is not None)
    if source.media != "txt":
        at = 0
        for block in source.blocks:
            joint = source.text[at : block.start]
            assert joint == (
                "" if at == 0 and block.start == 0 else "\t" if block.kind == "cell" and block.col else "\n"
            )
            at = block.end
        assert at == len(source.text)
    return source


def table(source: SourceText, number: int = 0) -> list[list[str]]:
    """The cells of one table, row by row."""
    rows: dict[int, list[str]] = {}
    for block in source.blocks:
        if block.table == number and block.row is not None:
            rows.setdefault(block.row, []).append(block.text)
    return [rows[at] for at in sorted(rows)]


def lines(source: SourceText) -> list[str]:
    return [block.text for block in source.blocks if block.kind in {"paragraph", "heading"}]
