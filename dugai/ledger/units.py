"""Names of units as lists write them, found among the organisations: short names, 市、县 by context."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from dugai.ledger.sheet_text import MARK
from dugai.people.states import Kind, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

_GOVERNMENT = re.compile(
    r"(?:党委(?:和|及)?政府|党委政府|人民政府|委员会和人民政府|委(?:和|及)?政府|委|政府)$"
)
_PREFIX = {
    "省": Level.PROVINCE,
    "自治区": Level.PROVINCE,
    "市": Level.CITY,
    "县": Level.COUNTY,
    "区": Level.COUNTY,
}
_COLLECTIVE = re.compile(r"^(?:各|有关|相关|全市|全省|其他|沿线|所有)")
SUGGESTED = 3
ALIKE = 55


@dataclass(frozen=True, slots=True)
class Unit:
    """What is needed of an organisation to find it by name."""

    pk: int
    name: str
    short_name: str
    code: str
    path: str
    kind: str
    level: str


@dataclass(frozen=True, slots=True)
class Found:
    """The unit a name means, or why it means none and what to write instead."""

    unit: Unit | None
    says: str = ""


class Units:
    """Every organisation by every name it goes by; answers are kept, since lists repeat themselves."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_pk: dict[int, Unit] = {}
        self.by_path: dict[str, Unit] = {}
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        self.by_code: dict[str, Unit] = {}
        for unit in units:
            self.by_pk[unit.pk] = self.by_path[unit.path] = self.by_code[unit.code] = unit
            for name in {unit.name, unit.short_name} - {""}:
                self.by_name[name].append(unit)
        self._known: dict[tuple[str, str, bool], Found] = {}

    def find(self, text: str, home: str, *, region: bool = False) -> Found:
        """Resolve a name in a list about the region at path `home`; with `region` only regions."""
        key = (text, home, region)
        if key not in self._known:
            self._known[key] = self._find(text, home, region=region)
        return self._known[key]

    def printed(self, pk: int) -> str:
        """Return the name of a unit, with its code where another unit has the same name."""
        unit = self.by_pk[pk]
        return unit.name if len(self.by_name[unit.name]) == 1 else f"{unit.name}〔{unit.code}〕"

    def _find(self, text: str, home: str, *, region: bool) -> Found:
        marked = MARK.fullmatch(text)
        if marked and marked[2] in self.by_code:
            return Found(self.by_code[marked[2]])
        if _COLLECTIVE.match(text):
            return Found(None, f"“{text}”没有说是哪几个。请逐个写出单位名称。")
        above = [home[:end] for end in range(len(home), 0, -4)]
        for name in self._readings(text, above):
            found = [unit for unit in self.by_name.get(name, ()) if not region or unit.kind == Kind.REGION]
            near = self._nearest(found, above)
            if len(near) == 1:
                return Found(near[0])
            if near:
                listed = "、".join(f"{unit.name}〔{unit.code}〕" for unit in near[:SUGGESTED])
                return Found(None, f"“{text}”有 {len(near)} 个：{listed}。请写成其中一个。")
        return Found(None, self._unknown(text, region=region))

    def _readings(self, text: str, above: list[str]) -> list[str]:
        """Return the names a text may stand for, the most literal first."""
        names = [text, _GOVERNMENT.sub("", text)]
        regions = [self.by_path[path] for path in above if path in self.by_path]
        for prefix, level in _PREFIX.items():
            if text.startswith(prefix):
                rest = text[len(prefix) :]
                for place in regions:
                    if place.level == level and place.kind == Kind.REGION:
                        names += [place.name + rest]
                        if rest in {"委", "政府", "人民政府", "委政府", "委市政府", "级", ""}:
                            names.append(place.name)
        # without a prefix it is a unit of the region itself, else of one above it
        names += [place.name + text for place in regions if place.kind == Kind.REGION]
        return list(dict.fromkeys(name for name in names if name))

    def _nearest(self, found: list[Unit], above: list[str]) -> list[Unit]:
        """Of several with one name, take those that share most of their way with the region."""
        if len(found) <= 1:
            return found
        shared = {
            unit.pk: max((len(path) for path in above if unit.path.startswith(path)), default=0)
            for unit in found
        }
        best = max(shared.values())
        nearest = [unit for unit in found if shared[unit.pk] == best]
        if len(nearest) > 1:
            # a region and its office may share a short name: the full name decides
            depth = min(len(unit.path) for unit in nearest)
            higher = [unit for unit in nearest if len(unit.path) == depth]
            return higher if len(higher) == 1 else nearest
        return nearest

    def _unknown(self, text: str, *, region: bool) -> str:
        pool = {
            name: units[0]
            for name, units in self.by_name.items()
            if not region or units[0].kind == Kind.REGION
        }
        alike = process.extract(text, pool.keys(), scorer=fuzz.ratio, limit=SUGGESTED, score_cutoff=ALIKE)
        names = list(dict.fromkeys(pool[name].name for name, _, _ in alike))
        hint = f"是不是“{'”“'.join(names)}”？" if names else "请先在“单位”里登记，"
        return f"“{text}”不在单位名录里。{hint}请改成名录里的名称。"
