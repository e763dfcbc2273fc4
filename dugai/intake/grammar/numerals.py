"""Chinese and Arabic numerals as the labels of official texts print them."""

from __future__ import annotations

import re

from dugai.kernel.chinese import chinese_to_int, int_to_chinese

NUMERAL = "零〇一二两三四五六七八九十百千"
_SHAPE = re.compile(rf"[{NUMERAL}○\d]+")


def integer(text: str) -> int | None:
    """``十一`` and ``11`` are 11; None where it is no whole number."""
    text = text.strip()
    if not _SHAPE.fullmatch(text):
        return None
    try:
        return chinese_to_int(text)
    except ValueError:
        return None


def chinese(number: int) -> str:
    """11 as ``十一``."""
    return int_to_chinese(number)
