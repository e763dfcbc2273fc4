"""Chinese numbers and characters: numerals to integers and back, half and full width, damage of copies.

Written by hand because the common packages refuse 百分之…, thousands separators and 三点五亿, and because a
parser that reads officials' tables must say exactly which forms it takes.
"""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **{str(digit): digit for digit in range(10)},
    "〇": 0,
    "○": 0,
    "两": 2,
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_TENS = {"廿": "二十", "卅": "三十"}
_PLAIN = "零一二三四五六七八九"

NUMERAL = r"[0-9〇○零一二两三四五六七八九十百千]+"
"""Pattern of a small numeral in either script, for parsers to build on."""

# Full-width forms sit at a fixed distance from ASCII; letters, digits and ％ are folded, punctuation stays.
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF = {ord(char): ord(char) - 0xFEE0 for char in _FULL if char.isalnum() or char == "％"}
_FULL_MARKS = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "[": "（", "]": "）"})
_BLANK = re.compile(r"[\s\u3000\u200b\ufeff]+")


def chinese_to_int(text: str) -> int:
    """Read a whole number written 二十三, 二〇二五, 一百二, 3万5千, 廿三, 叁佰 or 23.

    A run of digits without units is read digit by digit. A last bare digit after 百, 千 or 万 counts in the
    next lower unit, as people speak (一百二 is 120). Raises ``ValueError`` when the text is no such number.
    """
    for short, long in _TENS.items():
        text = text.replace(short, long)
    if text and all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, rest = 0, text
    for name in ("亿", "万"):
        head, mark, tail = rest.rpartition(name) if name == "亿" else rest.partition(name)
        if not mark:
            continue
        total += chinese_to_int(head) * _LARGE[name]
        if not tail:
            return total
        if len(tail) == 1 and tail in _DIGITS and tail not in "零〇○":
            return total + _DIGITS[tail] * _LARGE[name] // 10
        rest = tail
    return total + _below_ten_thousand(rest, text)


def _below_ten_thousand(rest: str, whole: str) -> int:
    total, digits, last_unit, after_zero = 0, "", 10**4, False
    for char in rest:
        if char in _DIGITS:
            after_zero = after_zero or (not digits and _DIGITS[char] == 0)
            digits += str(_DIGITS[char])
            continue
        unit = _SMALL.get(char)
        if unit is None or unit >= last_unit or (not digits and char not in "十拾"):
            text = f"不是数字：{whole}"
            raise ValueError(text)
        total += int(digits or "1") * unit
        digits, last_unit, after_zero = "", unit, False
    if not digits:
        if not rest:
            text = f"不是数字：{whole}"
            raise ValueError(text)
        return total
    colloquial = len(digits) == 1 and not after_zero and last_unit in {100, 1000}
    return total + int(digits) * (last_unit // 10 if colloquial else 1)


def int_to_chinese(number: int) -> str:
    """Write a whole number from 0 up to below 一万亿 in plain numerals: 10,050 is 一万零五十."""
    if not 0 <= number < 10**12:
        text = f"超出范围：{number}"
        raise ValueError(text)
    if number == 0:
        return "零"
    text = ""
    for size, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, number = divmod(number, size)
        if not part:
            continue
        if text and part < _SMALL["千"]:
            text += "零"
        text += _group(part) + name
    return text.removeprefix("一") if re.match(r"一十", text) else text


def _group(number: int) -> str:
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap else "") + _PLAIN[digit] + name
            gap = False
        elif text:
            gap = True
    return text


def year_to_chinese(year: int) -> str:
    """Write a year digit by digit, with 〇 for nought: 2025 is 二〇二五."""
    return "".join("〇" if digit == "0" else _PLAIN[int(digit)] for digit in str(year))


def read_number(text: str) -> Decimal:
    """Read a quantity exactly: 3,482.6, 三点五亿, 1.27亿, 百分之十五, 98.2%, 一百二十七亿.

    万 and 亿 are multiplied in; percent becomes a share (98.2% is 0.982). ``ValueError`` when it is no
    number.
    """
    text = re.sub(r"(?<=\d)[,，](?=\d{3})", "", squeeze(text, marks=False))
    share = Decimal(1)
    if text.startswith("百分之"):
        text, share = text[3:], Decimal("0.01")
    elif text.endswith("%"):
        text, share = text[:-1], Decimal("0.01")
    found = re.fullmatch(r"([^点.]+)[点.]([^点.万亿]+)([万亿]*)", text)
    if not found:
        return Decimal(chinese_to_int(text)) * share
    whole, fraction, units = found.groups()
    if not all(char in _DIGITS for char in fraction):
        message = f"不是数字：{text}"
        raise ValueError(message)
    digits = "".join(str(_DIGITS[char]) for char in fraction)
    value = Decimal(f"{chinese_to_int(whole)}.{digits}")
    for unit in units:
        value *= _LARGE[unit]
    return value * share


def fold_width(text: str) -> str:
    """Turn full-width letters, digits and ％ into half-width ones; Chinese punctuation stays as it is."""
    return text.translate(_HALF)


def squeeze(text: str, *, marks: bool = True) -> str:
    """Fold width and drop every blank; with ``marks`` turn half-width , ; : ( ) [ ] into their Chinese forms.

    Meant for comparing and parsing. What is shown to people stays the original text.
    """
    folded = _BLANK.sub("", fold_width(text))
    return folded.translate(_FULL_MARKS) if marks else folded


_MENDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), right)
    for pattern, right in (
        (r"(?<=[\d〇零一二三四五六七八九])[OoＯ○◯](?=[\dOoＯ○◯〇零一二三四五六七八九年])", "0"),
        (r"(?<=[\dlI|])[lI|](?=[\dlI|]|[年月日号])|(?<![A-Za-z])[lI|](?=\d+[年月日号])", "1"),
        (r"(?<=\d)曰", "日"),
        (r"(?<=[年月度期])未(?=$|[前止，；、。）（之])", "末"),
        (r"^己(?=完成|经|整改|办结|销号)|(?<=[，；。、：（])己(?=完成|经|整改|办结|销号)", "已"),
        (r"立行立政|立形立改", "立行立改"),
    )
)


def mend(text: str) -> str:
    """Repair what scanners and typists confuse in dates and status words: 2O25, 3l日, 30曰, 年未, 己完成."""
    for pattern, right in _MENDS:
        text = pattern.sub(right, text)
    return text
