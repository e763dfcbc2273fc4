"""Chinese and Arabic numerals as printed in official texts."""

from __future__ import annotations

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "O": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "零〇一二两三四五六七八九十百千"


def integer(text: str) -> int | None:
    """``十一`` and ``11`` are 11; None where it is no whole number."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(c not in _DIGITS and c not in _TENS for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _TENS[char]
            digit = 0
    return total + digit


def chinese(number: int) -> str:
    """11 as ``十一``, up to 999."""
    names = "零一二三四五六七八九"
    if number < 10:
        return names[number]
    if number < 20:
        return "十" + (names[number - 10] if number > 10 else "")
    if number < 100:
        tens, ones = divmod(number, 10)
        return names[tens] + "十" + (names[ones] if ones else "")
    hundreds, rest = divmod(number, 100)
    if not rest:
        return names[hundreds] + "百"
    tail = chinese(rest) if rest >= 20 else ("一" + chinese(rest) if rest >= 10 else "零" + names[rest])
    return names[hundreds] + "百" + tail
