"""Fold a text without moving a single character.

The folded text has the length of the original, so an offset found in it is an offset in the original.
"""

from __future__ import annotations

import unicodedata

_EXTRA = {
    "—": "-", "―": "-", "–": "-", "−": "-", "‒": "-", "‐": "-", "‑": "-", "─": "-", "━": "-",
    "~": "-", "～": "-", "〜": "-", "∼": "-",
    "\u00a0": " ", "\u3000": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\t": "\t",
    "【": "[", "】": "]", "〔": "[", "〕": "]", "［": "[", "］": "]",
    "「": "“", "」": "”", "『": "“", "』": "”", "＂": '"', "｡": "。", "､": "、",
    "µ": "μ", "㎎": "㎎", "〇": "〇", "﹪": "%", "・": "·", "•": "·", "‧": "·",
}  # fmt: skip


def _fold_char(char: str) -> str:
    if char in _EXTRA:
        return _EXTRA[char]
    if char < "\u2000" and char not in "\u00b2\u00b3\u00b5\u00b7":
        return char
    if "\u2150" <= char <= "\u218f" or "\u2460" <= char <= "\u24ff":
        return char  # Roman and circled numerals keep their look: Ⅲ类, ①
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


class _Table(dict[int, str]):
    """A translation table that learns each character once."""

    def __missing__(self, code: int) -> str:
        value = _fold_char(chr(code))
        self[code] = value
        return value


_TABLE = _Table()


def fold(text: str) -> str:
    """Half width, one dash, one kind of bracket; same length as ``text``."""
    return text.translate(_TABLE)
