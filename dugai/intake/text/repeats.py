"""The same paragraph printed again by the copy."""

from __future__ import annotations

import re

from dugai.intake.grammar.labels import label_pattern
from dugai.intake.text.edits import Edit
from dugai.intake.text.lines import Line

_LEAST, _LEAST_BESIDE, _NEAR = 40, 26, 10
_NUMBERED = re.compile(r"^(?:[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[)]?[、.)]|[①-⑳])")


def repeated_paragraphs(lines: list[Line]) -> list[Edit]:
    """Second and later copies of a long paragraph near its first place.

    A field of a form (责任单位：…) or a numbered measure may well say the same twice; those stay.
    """
    seen: dict[str, int] = {}
    edits: list[Edit] = []
    for index, line in enumerate(lines):
        key = re.sub(r"\s+", "", line.text)
        beside = index - seen.get(key, -99) == 1
        if (
            len(key) < (_LEAST_BESIDE if beside or key not in seen else _LEAST)
            or "\t" in line.text
            or _NUMBERED.match(line.text)
            or label_pattern().match(line.text)
        ):
            continue
        if key in seen and index - seen[key] <= _NEAR:
            edits.append(Edit(line.start, line.end, "", "repeated_paragraph", "与前文重复的段落"))
        else:
            near = len(key) >= _LEAST and _prefix_of(key, seen, index)
            if near:
                edits.append(Edit(line.start, line.end, "", "repeated_paragraph", "与前文重复的段落（残缺）"))
        seen[key] = index
    return edits


def _prefix_of(key: str, seen: dict[str, int], index: int) -> bool:
    """Whether this is a cut copy of a paragraph just before."""
    return any(
        index - place <= _NEAR and len(other) > len(key) and other.startswith(key)
        for other, place in seen.items()
    )
