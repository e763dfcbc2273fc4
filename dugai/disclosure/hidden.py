"""What a file carries that no reader sees: hidden sheets, comments, tracked changes, names of people, places.

The list of a file says in words what was found; an empty one says that nothing of what is looked for is
there. A file that cannot be looked into is never called clean.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from defusedxml import ElementTree as Safe
from PIL import Image, UnidentifiedImageError

MOST_PARTS = 2000
MOST_BYTES = 200 * 1024 * 1024
_WORD = {
    r"word/comments\w*\.xml": "批注",
    r"word/embeddings/.+": "嵌入的文件",
    r"customXml/item\d+\.xml": "自定义数据",
    r"docProps/custom\.xml": "自定义属性",
    r".*/vbaProject\.bin": "宏",
}
_EXCEL = {
    r"xl/(?:threaded)?[cC]omments.*\.xml": "批注",
    r"xl/comments/.+": "批注",
    r"xl/pivotCache/.+": "数据透视缓存",
    r"xl/externalLinks/.+": "外部链接",
    r"xl/embeddings/.+": "嵌入的文件",
    r"xl/vbaProject\.bin": "宏",
    r"docProps/custom\.xml": "自定义属性",
}
_PDF = (
    (rb"/EmbeddedFiles?\b", "嵌入的文件"),
    (rb"/JavaScript\b|/JS\b", "脚本"),
    (rb"/Subtype\s*/(?:Text|FreeText|Popup|FileAttachment)\b", "批注"),
    (rb"/OCProperties\b", "可隐藏的图层"),
)


def found_in(name: str, data: bytes) -> list[str]:
    """Return what a file hides, in words; `name` decides how it is looked into."""
    ending = name.rpartition(".")[2].lower()
    try:
        if ending in {"docx", "xlsx"}:
            return _office(ending, data)
        if ending == "pdf":
            return _pdf(data)
        if ending in {"jpg", "jpeg", "png", "webp", "tif", "tiff"}:
            return _image(data)
    except (zipfile.BadZipFile, Safe.ParseError, UnidentifiedImageError, KeyError, OSError, ValueError):
        return ["打不开，看不出里面有什么"]
    if ending in {"txt", "csv"}:
        return []
    return [f"没有办法检查 .{ending} 文件，请换成 docx、xlsx、pdf 或图片"]


def _office(ending: str, data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        infos = parts.infolist()
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
            return ["文件太大，没有检查"]
        names = [info.filename for info in infos]
        known = _WORD if ending == "docx" else _EXCEL
        found = [words for pattern, words in known.items() if _any(pattern, names)]

        found += _properties(parts, names)
        if ending == "docx":
            for one in names:
                if re.fullmatch(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes)\.xml", one):
                    found += _word_part(parts.read(one))
        else:
            found += _workbook(parts, names)
    return list(dict.fromkeys(found))


def _any(pattern: str, names: list[str]) -> bool:
    return any(re.fullmatch(pattern, one) for one in names)


def _properties(parts: zipfile.ZipFile, names: list[str]) -> list[str]:
    if "docProps/core.xml" not in names:
        return []
    found = []
    for node in Safe.fromstring(parts.read("docProps/core.xml")):
        tag = _tag(node)
        if tag in {"creator", "lastModifiedBy"} and (node.text or "").strip():
            found.append("作者姓名" if tag == "creator" else "最后修改人姓名")
    return found


def _word_part(xml: bytes) -> list[str]:
    found = []
    for node in Safe.fromstring(xml).iter():
        tag = _tag(node)
        if tag in {"ins", "del", "moveFrom", "moveTo"}:
            found.append("修订痕迹")
        elif tag in {"vanish", "webHidden"} and _on(node):
            found.append("隐藏文字")
        elif tag == "color" and _attribute(node, "val").upper() == "FFFFFF":
            found.append("白色文字")
    return found


def _workbook(parts: zipfile.ZipFile, names: list[str]) -> list[str]:
    found = []
    for node in Safe.fromstring(parts.read("xl/workbook.xml")).iter():
        if _tag(node) == "sheet" and _attribute(node, "state") in {"hidden", "veryHidden"}:
            found.append("隐藏的工作表")
        if _tag(node) == "definedName" and _attribute(node, "hidden") in {"1", "true"}:
            found.append("隐藏的名称")
    for one in names:
        if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", one):
            nodes = Safe.fromstring(parts.read(one)).iter()
            gone = [_tag(node) for node in nodes if _attribute(node, "hidden") in {"1", "true"}]
            found += [words for tag, words in (("row", "隐藏的行"), ("col", "隐藏的列")) if tag in gone]
    return found


def _pdf(data: bytes) -> list[str]:
    if not data.startswith(b"%PDF"):
        return ["打不开，看不出里面有什么"]
    found = [words for pattern, words in _PDF if re.search(pattern, data)]
    if re.search(rb"/Author\s*(?:\((?!\))|<(?!>))", data):
        found.append("作者姓名")
    if data.count(b"%%EOF") > 2:
        found.append("改动前的旧内容")
    return found


def _image(data: bytes) -> list[str]:
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        found = []
        if exif.get_ifd(0x8825):
            found.append("拍摄地点")
        if any(exif.get(tag) for tag in (0x013B, 0x8298, 0x9C9D)):
            found.append("作者姓名")
        if exif.get_ifd(0x8769).get(0x927C) or exif.get(0x0110):
            found.append("设备信息")
    return found


def _tag(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _attribute(node: Any, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")


def _on(node: Any) -> bool:
    return _attribute(node, "val") not in {"0", "false", "none"}
