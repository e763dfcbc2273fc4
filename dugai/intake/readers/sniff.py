"""What a file is, by its content. The extension must say the same, else the file is refused.

A file whose name and content disagree is either damaged on its way or meant to deceive; neither is guessed at.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from dugai.intake.readers.errors import Unreadable

# Kind by content, and the extensions that may carry it, the usual one first.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "text": (
        ".txt",
        ".text",
        ".md",
    ),
    "csv": (
        ".csv",
        ".tsv",
    ),
    "html": (
        ".html",
        ".htm",
        ".shtml",
        ".xhtml",
    ),
    "mhtml": (
        ".mht",
        ".mhtml",
    ),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
    "ofd": (".ofd",),
    "pdf": (".pdf",),
    "jpeg": (
        ".jpg",
        ".jpeg",
    ),
    "png": (".png",),
    "webp": (".webp",),
    "doc": (
        ".doc",
        ".wps",
    ),
    "xls": (
        ".xls",
        ".et",
    ),
    "rtf": (".rtf",),
}
ACCEPTED = "docx、xlsx、csv、pdf、ofd、html、mhtml、txt、jpg、png、webp，装有 LibreOffice 时还有 doc、wps、xls、et、rtf"

NAMES = {
    "text": "纯文本",
    "csv": "逗号分隔表",
    "html": "网页",
    "mhtml": "单文件网页",
    "docx": "Word 文档（docx）",
    "xlsx": "Excel 表（xlsx）",
    "ofd": "OFD 版式文件",
    "pdf": "PDF",
    "jpeg": "JPEG 图片",
    "png": "PNG 图片",
    "webp": "WebP 图片",
    "doc": "旧版 Word 文档",
    "xls": "旧版 Excel 表",
    "rtf": "RTF 文档",
    "gif": "GIF 图片",
    "tiff": "TIFF 图片",
    "bmp": "BMP 图片",
    "heic": "HEIC 图片",
    "zip": "压缩包",
    "rar": "压缩包",
    "7z": "压缩包",
    "gzip": "压缩包",
    "docm": "带宏的 Word 文档",
    "xlsm": "带宏的 Excel 表",
    "xlsb": "二进制 Excel 表",
    "pptx": "演示文稿",
    "encrypted": "加密的 Office 文档",
    "ole": "旧版 Office 复合文件",
    "binary": "认不出的二进制文件",
}

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"{\\rtf", "rtf"),
)
_HTML = re.compile(
    rb"\A\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|div|table"
    rb"|article|section|script|style|p|h[1-6])[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(rb"\A(?:[A-Za-z-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){1,40}", re.DOTALL)


def kind_of(data: bytes, name: str) -> str:
    """The kind of ``data``, agreed by content and by the extension of ``name``; raises ``Unreadable``."""
    if not data:
        raise Unreadable("empty", f"“{name}”是空文件（0 字节）。可能没有传完，请重新上传。")
    found = by_content(data)
    suffix = Path(name).suffix.lower()
    if found == "text" and suffix in EXTENSIONS["csv"]:
        found = "csv"
    _refuse_kind(found, name)
    if suffix in EXTENSIONS[found] or not suffix:
        return found
    raise Unreadable(
        "extension_mismatch",
        f"“{name}”的内容是{NAMES[found]}，扩展名却是“{suffix}”。请确认文件没有传错，再把扩展名改成"
        f"“{EXTENSIONS[found][0]}”。",
    )


def by_content(data: bytes) -> str:
    """A kind from the bytes alone; kinds that no reader opens are named too."""
    head = data[:65536]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(data)
    return _by_magic(head) or _text_kind(head)


def _by_magic(head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic) and not (kind == "bmp" and b"\x00" not in head[:26]):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"} else "binary"
    return None


def _text_kind(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    # UTF-16 without a mark has NULs too, but in half of the places; anything else with NULs is no text.
    elif b"\x00" in head and not _looks_utf16(head):
        return "binary"
    text = head.lstrip(b"\xef\xbb\xbf")
    if _HTML.match(text):
        return "html"
    match = _MHTML.match(text)
    return "mhtml" if match and b"multipart/related" in match.group(0).lower() else "text"


def _looks_utf16(head: bytes) -> bool:
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return max(even, odd) >= 4 * min(even, odd) + 2


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()[:5000]}
            lower = {n.lower().lstrip("/") for n in names}
            if "ofd.xml" in lower:
                return "ofd"
            if "[content_types].xml" not in lower:
                return "zip"
            if any(n.endswith("vbaproject.bin") for n in lower):
                return "docm" if "word/document.xml" in lower else "xlsm"
            if any(n.startswith("xl/") and n.endswith("workbook.bin") for n in lower):
                return "xlsb"
            for prefix, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
                if any(n.startswith(prefix) for n in lower):
                    return kind
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return "broken_zip"
    return "zip"


def _ole_kind(data: bytes) -> str:
    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage") or has("EncryptionInfo"):
        return "encrypted"
    if has("WordDocument"):
        return "doc"
    if has("Workbook") or has("Book\x00"):
        return "xls"
    return "ole"


def _refuse_kind(found: str, name: str) -> None:
    if found in EXTENSIONS:
        return
    if found == "encrypted":
        raise Unreadable("encrypted", f"“{name}”加了密码，打不开。请在 Office 里取消密码后另存，再上传。")
    if found == "broken_zip":
        raise Unreadable("damaged", f"“{name}”的内部结构坏了，打不开。多半是没有传完，请重新取一份原件。")
    if found in {"docm", "xlsm", "xlsb"}:
        target = "docx" if found == "docm" else "xlsx"
        raise Unreadable("macro", f"“{name}”是{NAMES[found]}，不接收。请另存为 {target} 再上传。")
    if found in {"gif", "tiff", "bmp", "heic"}:
        raise Unreadable("unsupported", f"“{name}”是{NAMES[found]}，不接收。请转成 jpg 或 png 再上传。")
    if found in {"zip", "rar", "7z", "gzip"}:
        raise Unreadable("unsupported", f"“{name}”是压缩包。请解压后把里面的文件逐个上传。")
    raise Unreadable("unsupported", f"“{name}”是{NAMES[found]}，不能导入。能导入的有：{ACCEPTED}。")
