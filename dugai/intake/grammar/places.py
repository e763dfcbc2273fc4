"""Administrative divisions: full names, short names and codes (GB/T 2260).

The table holds the codes of a published edition. A county that was founded or renamed later is still
recognised by its ending (市, 县, 区 …) and simply carries no code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_PEOPLES = "朝鲜|土家|苗|侗|布依|藏|羌|彝|白|傣|景颇|傈僳|哈尼|壮|回|蒙古|哈萨克|柯尔克孜"
_SHORT_TAIL = re.compile(rf"(?:(?:{_PEOPLES})族)+自治州$|(?:蒙古)?自治州$|(?:地区|市|盟)$")
_PROVINCE_TAIL = re.compile(r"(?:壮族自治区|回族自治区|维吾尔自治区|特别行政区|自治区|省|市)$")
ENDING = r"(?:省|自治区|市|自治州|地区|盟|自治县|县|区|旗)"


@dataclass(frozen=True, slots=True)
class Place:
    """A division: full name, six-digit code, level 1 province, 2 prefecture, 3 county."""

    name: str
    code: str | None
    level: int


def _short(name: str, level: int) -> str:
    if level == 1:
        return _PROVINCE_TAIL.sub("", name)
    if level == 2:
        return _SHORT_TAIL.sub("", name)
    return name


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, Place], re.Pattern[str]]:
    by_name: dict[str, Place] = {}
    shared: set[str] = set()
    text = resources.files("dugai.intake.grammar").joinpath("data/divisions.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        code, name, *children = line.split()
        level = 1 if code.endswith("0000") else 2
        if name != "-":
            place = Place(name, code, level)
            by_name[name] = place
            short = _short(name, level)
            if len(short) >= 2:
                by_name.setdefault(short, place)
        for child in children:
            child_name, child_code = child[2:], code[:4] + child[:2]
            if child_name in by_name and by_name[child_name].level == 3:
                shared.add(child_name)
            by_name.setdefault(child_name, Place(child_name, child_code, 3))
    for name in shared:  # 新华区 exists many times: the name alone has no code
        by_name[name] = Place(name, None, 3)
    for word in ("城区", "矿区", "郊区", "市辖区"):
        by_name.pop(word, None)
    names = sorted((n for n in by_name if by_name[n].level < 3 or len(n) >= 3), key=len, reverse=True)
    return by_name, re.compile("|".join(map(re.escape, names)))


def place_named(name: str) -> Place | None:
    """The division with this full or short name."""
    return _tables()[0].get(name.strip())


def full_name(name: str) -> str:
    """广西 is 广西壮族自治区; a name not in the table stays as it is."""
    place = place_named(name)
    return place.name if place else name


def places_in(text: str) -> list[tuple[int, int, Place]]:
    """Every division named in the text, longest name first, in order of place."""
    by_name, pattern = _tables()
    found = []
    for match in pattern.finditer(text):
        place = by_name[match.group()]
        end = match.end()
        if end - match.start() < len(place.name) and text.startswith(place.name, match.start()):
            end = match.start() + len(place.name)
        found.append((match.start(), end, place))
    return found


def province_of(place: Place) -> str | None:
    """The two digits of its province, None where the code is unknown."""
    return place.code[:2] if place.code else None


def lies_in(inner: Place, outer: Place) -> bool:
    """Whether one division is a part of the other, by code."""
    if not inner.code or not outer.code or inner.code == outer.code or inner.level <= outer.level:
        return False
    return inner.code.startswith(outer.code[: 2 * outer.level])
