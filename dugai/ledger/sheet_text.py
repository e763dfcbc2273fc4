"""What stands in the cells of a 整改措施清单: ordinals, units, section rows, statuses. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

from dugai.kernel.chinese import chinese_to_int, squeeze
from dugai.ledger.labels import LabelReading, read_label

_ORDINAL = re.compile(
    r"(?:反馈|整改)?(?:问题|任务|事项|措施)?(?:序号|编号)?[：:第（(]*"
    r"(?P<n>\d{1,6}|[〇零一二两三四五六七八九十百千]+)"
    r"(?:项|个|条|号|款)?(?:问题|任务|措施)?[）)、.．：:]*"
)
_SPLIT = re.compile(r"[、，,；;\n\r\t/／]+|\s{2,}")
_TAIL = re.compile(r"等(?:有关|相关)?(?:部门|单位)?$|(?:按照?|根据)职责(?:分工)?负责$|(?:牵头|负责|配合)$")
_FOOT = re.compile(r"(?:备注|注|说明|填表人|填报人|填报单位|审核人|联系人|联系电话|制表)[：:]")
_TOTAL = ("合计", "总计", "小计")
_CONTROL = {code: None for code in range(32) if chr(code) not in "\n\t"} | {0xFFFE: None, 0xFFFF: None}
MARK = re.compile(r"(.+?)[〔\[［](\w{1,32})[〕\]］]")
"""A unit printed with its code, where its name alone is not unique."""


def clean(text: str) -> str:
    """Return the text without control characters, line ends as newlines, in NFC, trimmed."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.translate(_CONTROL).strip()


def read_ordinal(text: str) -> int | None:
    """Read 3, 3., （三）, 问题三, 第十项, 措施序号11; None when it is no number or nought."""
    found = _ORDINAL.fullmatch(squeeze(text, marks=False))
    if not found:
        return None
    word = found["n"]
    try:
        number = int(word) if word.isdigit() else chinese_to_int(word)
    except ValueError:
        return None
    return number or None


def leading_ordinal(text: str) -> tuple[int | None, str]:
    """Take a number off the front of a text (问题二：广西节能…): the number and the rest."""
    found = re.match(r"\s*(?:问题|措施(?:序号)?)([\d一二三四五六七八九十百]+)\s*[：:、.．]\s*", text)
    if not found:
        return None, text
    return read_ordinal(found[1]), text[found.end() :]


def split_units(text: str) -> list[str]:
    """Return the names of units in a cell: parted by 、，；/ or a new line, without 等部门."""
    names = [_TAIL.sub("", re.sub(r"\s+", "", name)).strip("。.：:") for name in _SPLIT.split(text)]
    return list(dict.fromkeys(name for name in names if name))


def section(cells: Sequence[str]) -> str:
    """Return the words of a section row (一行只写“一、绿色发展…问题”), or nothing for an ordinary row.

    A merged cell repeats its words in every column, so one text in at least three columns is a section too.
    """
    words = [cell for cell in cells if cell]
    if len(words) >= 3 and len(set(words)) == 1:
        return words[0]
    return ""


def is_foot(cells: Sequence[str]) -> bool:
    """Say whether a row is a total, a remark or a signature under the table."""
    words = [cell for cell in cells if cell]
    if not words:
        return True
    return squeeze(words[0]) in _TOTAL or (len(set(words)) <= 2 and _FOOT.match(words[0]) is not None)


def status_and_text(text: str) -> tuple[LabelReading | None, str]:
    """Part a cell such as “已完成。市发展改革委…” into its status, if it begins with one, and the rest."""
    if not text:
        return None, ""
    whole = read_label(text)
    if whole.understood:
        return whole, ""
    head, stop, rest = text.partition("。")
    reading = read_label(head) if stop else None
    if reading and reading.understood:
        return reading, rest.strip()
    return None, text


def summary(text: str, longest: int = 40) -> str:
    """Return the first sentence of a problem as its short title, cut at `longest` characters."""
    first = re.split(r"[。；\n]", text, maxsplit=1)[0].strip()
    return first if len(first) <= longest else first[: longest - 1] + "…"


def fingerprint(cells: Mapping[str, str]) -> str:
    """Return 16 hexadecimal digits over the cells of a row, to see whether somebody changed one."""
    body = json.dumps(
        {name: clean(value) for name, value in cells.items()}, ensure_ascii=False, sort_keys=True
    )
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def row_id(measure_id: int, problem_version: int, measure_version: int, print_: str) -> str:
    """Write the mark of an exported row: which measure, which versions, what it said."""
    return f"M{measure_id}-{problem_version}.{measure_version}-{print_}"


def read_row_id(text: str) -> tuple[int, int, int, str] | None:
    """Read the mark of an exported row, or None when it is none."""
    found = re.fullmatch(r"M(\d{1,18})-(\d{1,9})\.(\d{1,9})-([0-9a-f]{16})", text.strip())
    return (int(found[1]), int(found[2]), int(found[3]), found[4]) if found else None
