"""The numbers that Word draws itself: 一、 （一） 1. ① stand in no run of text and are counted here.

Source of the rules: ECMA-376 part 1, 17.9 (numbering). A list number belongs to an abstract list; each level keeps
a counter, a higher level that moves resets the lower ones, and ``lvlText`` says how the counters are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_IDEOGRAPHS = str.maketrans("0123456789", _DIGITS)
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_PLACE = re.compile(r"%([1-9])")


def chinese(number: int, digits: str = "零一二三四五六七八九", units: str = "十百千") -> str:
    """1..9999 in Chinese counting; 10 is 十, 110 一百一十."""
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for place in (3, 2, 1, 0):
        value = number // 10**place % 10
        if value == 0:
            gap = bool(text)
            continue
        text += (digits[0] if gap else "") + digits[value] + (units[place - 1] if place else "")
        gap = False
    short = text.startswith(digits[1] + units[0])
    return text[1:] if short and digits[1] == "一" else text


def roman(number: int) -> str:
    text = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    ):
        times, number = divmod(number, value)
        text += sign * min(times, 50)
    return text


def letters(number: int) -> str:
    """a..z, then aa, bb, … as Word does."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 30) if number > 0 else "0"


def _circled(number: int) -> str:
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return str(number)


def _from(signs: str) -> Callable[[int], str]:
    return lambda n: signs[(n - 1) % len(signs)] if n > 0 else "0"


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": lambda n: str(n).translate({48 + i: 0xFF10 + i for i in range(10)}),
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda n: chr(0x2474 + n - 1) if 0 < n <= 20 else f"({n})",
    "decimalEnclosedFullstop": lambda n: chr(0x2488 + n - 1) if 0 < n <= 20 else f"{n}.",
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "koreanCounting": str,
    "ideographDigital": lambda n: str(n).translate(_IDEOGRAPHS),
    "taiwaneseDigital": lambda n: str(n).translate(_IDEOGRAPHS),
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL, "拾佰仟"),
    "ideographLegalTraditional": lambda n: chinese(n, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographTraditional": _from(_STEMS),
    "ideographZodiac": _from(_BRANCHES),
    "ideographEnclosedCircle": lambda n: chr(0x3280 + n - 1) if 0 < n <= 10 else chinese(n),
    "upperLetter": lambda n: letters(n).upper(),
    "lowerLetter": letters,
    "upperRoman": roman,
    "lowerRoman": lambda n: roman(n).lower(),
    "ordinal": str,
    "numberInDash": lambda n: f"- {n} -",
}


@dataclass(slots=True)
class Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class Numbering:
    """Lists of one document; ``label`` counts on each call, so call it once a paragraph, in order."""

    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, number: str, depth: int) -> str:
        """The label of the next paragraph of list ``number`` at level ``depth`` (0-based); "" for bullets."""
        if number not in self.lists or not 0 <= depth <= 8:
            return ""
        abstract, levels = self.lists[number]
        counters = self._counters.setdefault(abstract, {})
        level = levels.get(depth, Level())
        first = self.starts.get(number, {}).get(depth)
        if first is not None and (number, depth) not in self._begun:
            counters[depth] = first
        else:
            counters[depth] = counters.get(depth, level.start - 1) + 1
        self._begun.add((number, depth))
        for lower in [d for d in counters if d > depth]:
            restart = levels.get(lower, Level()).restart
            if restart is None or (restart > 0 and depth < restart):
                del counters[lower]
        if level.style in {"bullet", "none"} and "%" not in level.text:
            return ""
        return _PLACE.sub(lambda m: self._number(int(m.group(1)) - 1, levels, counters, level), level.text)

    def _number(self, depth: int, levels: dict[int, Level], counters: dict[int, int], here: Level) -> str:
        level = levels.get(depth, Level())
        value = counters.get(depth, level.start)
        if (here.legal and level is not here) or level.style == "none":
            return str(value) if level.style != "none" else ""
        return FORMATS.get(level.style, str)(value)


def joined(label: str, text: str) -> str:
    """Label and text in one line; a space only where two letters or digits would run together."""
    return f"{label} {text}" if label and (label[-1].isascii() and label[-1].isalnum()) else label + text


def read_numbering(root: Any) -> Numbering:
    """The lists that ``word/numbering.xml`` declares; ``root`` with namespaces already made transitional."""
    abstracts: dict[str, dict[int, Level]] = {}
    for node in root.iterfind(f"{W}abstractNum"):
        levels = {}
        for lvl in node.iterfind(f"{W}lvl"):
            levels[_int(lvl.get(f"{W}ilvl"), 0)] = _level(lvl)
        abstracts[node.get(f"{W}abstractNumId") or ""] = levels
    numbering = Numbering()
    for node in root.iterfind(f"{W}num"):
        number = node.get(f"{W}numId") or ""
        abstract = _value(node.find(f"{W}abstractNumId")) or ""
        levels = dict(abstracts.get(abstract, {}))
        for override in node.iterfind(f"{W}lvlOverride"):
            depth = _int(override.get(f"{W}ilvl"), 0)
            first = _value(override.find(f"{W}startOverride"))
            if first is not None:
                numbering.starts.setdefault(number, {})[depth] = _int(first, 1)
            if (lvl := override.find(f"{W}lvl")) is not None:
                levels[depth] = _level(lvl)
        numbering.lists[number] = (abstract, levels)
    return numbering


def _level(lvl: Any) -> Level:
    style = _value(lvl.find(f"{W}numFmt")) or "decimal"
    text = _value(lvl.find(f"{W}lvlText")) or ""
    legal = lvl.find(f"{W}isLgl")
    restart = _value(lvl.find(f"{W}lvlRestart"))
    return Level(
        start=_int(_value(lvl.find(f"{W}start")), 1),
        style=style,
        text=text,
        legal=legal is not None and legal.get(f"{W}val") not in {"0", "false"},
        restart=None if restart is None else _int(restart, 0),
    )


def _value(node: Any) -> str | None:
    if node is None:
        return None
    value = node.get(f"{W}val")
    return None if value is None else str(value)


def _int(text: str | None, default: int) -> int:
    try:
        return max(-100_000, min(int(text or ""), 100_000))
    except ValueError:
        return default
