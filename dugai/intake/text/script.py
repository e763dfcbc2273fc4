"""Traditional characters in a text that is otherwise the mainland's."""

from __future__ import annotations

import re
from functools import lru_cache

from opencc import OpenCC

from dugai.intake.text.edits import Edit

_RUN = re.compile(r"[\u4e00-\u9fff]+")
_KEEP = set("乾瞭著於")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=8192)
def _simple(char: str) -> str:
    return str(_converter().convert(char))


def traditional_runs(text: str) -> list[Edit]:
    """Runs of traditional characters as edits, only where they are more than a stray name."""
    edits: list[Edit] = []
    letters = changed = 0
    for match in _RUN.finditer(text):
        for offset, char in enumerate(match.group()):
            letters += 1
            simple = _simple(char)
            if simple != char and len(simple) == 1 and char not in _KEEP:
                changed += 1
                at = match.start() + offset
                edits.append(Edit(at, at + 1, simple, "traditional", "繁体字转为规范字"))
    if changed < 8 or changed < 0.02 * letters:
        return []
    return edits


def simplified(text: str) -> str:
    """The text with its traditional characters replaced one by one; unchanged where they are only stray."""
    edits = traditional_runs(text)
    if not edits:
        return text
    letters = list(text)
    for edit in edits:
        letters[edit.start] = edit.replacement
    return "".join(letters)
