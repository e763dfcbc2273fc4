"""Which region a place in the text speaks of: its part, its finding, its sentence, the document."""

from __future__ import annotations

import re
from bisect import bisect_right

from dugai.intake.document.region import Part, Region
from dugai.intake.grammar.places import Place, lies_in, places_in
from dugai.intake.grammar.shaped import shaped_in, shaped_places

_OPENING = (
    r"(?:(?:据(?:了解|悉|介绍|统计)|目前|近年来|同时|此外|截至[^,。;]{1,14}"
    r"|(?:19|20)\d{2}年(?:\d{1,2}月|底|末|以来)?(?:[至到-](?:(?:19|20)\d{2}年)?(?:\d{1,2}月|底|末)?)?)[,:])?"
)
_LEAD = re.compile(rf"^{_OPENING}[\s\d.、()一二三四五六七八九十是:;,其中“]*(?:其中[,:]?)?{_OPENING}")
_LISTED = re.compile(r"(?:[、,:;和]|其中)([\u4e00-\u9fff]{2,5}(?:市|县|区|州|旗))$")
_NO_REGION = re.compile(
    r"(?:建成|城|园|社|小|景|矿|库|保护|开发|示范|试验|灌|安置|地|辖|厂|片|湿地|聚集|功能|禁养|校|全|各|设|本)区$|(?:全|各|设区|城|本|我)[市县州]$"
)


def _last_told(named: list[tuple[int, int, Place]], before: str) -> Place | None:
    """``吉林177人，其中厅级干部53人``: the region whose total was told last in this part of the sentence."""
    if "其中" not in before:
        return None
    found = None
    for start, end, place in named:
        leads = start == 0 or before[start - 1] in ",、:;"
        if (
            leads
            and re.match(r"(?:\([^()]{1,8}\))?[\u4e00-\u9fff]{0,3}\d", before[end:])
            and "其中" in before[end:]
        ):
            found = place
    return found


class RegionMap:
    """Answers ``region_at(offset)`` for one document."""

    def __init__(
        self,
        folded: str,
        main: Region,
        parts: list[Part],
        findings: list[tuple[int, int, str]],
        *,
        group: bool,
    ) -> None:
        self.folded = folded
        self.main = main
        self.parts = parts
        self.findings = findings
        self.group = group  # the document speaks for several regions at once
        self._shaped = shaped_places(folded)
        self._starts = [p.start for p in parts]
        self._cache: dict[int, str | None] = {}

    def __call__(self, place: int) -> str | None:
        for start, end, region in self.findings:
            if start <= place < end:
                return region
        index = bisect_right(self._starts, place) - 1
        if index >= 0 and place < self.parts[index].end:
            return self.parts[index].region.name
        floor = max(0, place - 400)
        start = max(floor, max(self.folded.rfind(mark, floor, place) for mark in "。\n;") + 1)
        return self._of_sentence(start, place) or self.main.name

    def _named(self, text: str) -> list[tuple[int, int, Place]]:
        """Divisions named in a text: those with a code, and those this document makes known."""
        found = places_in(text)
        own = [
            s for s in shaped_in(text, self._shaped) if not any(s[0] < b and a < s[1] for a, b, _ in found)
        ]
        return sorted([*found, *own], key=lambda f: f[0])

    def _of_sentence(self, start: int, place: int) -> str | None:
        """The division a sentence begins with, or the one right before a number in a list of regions."""
        before = self.folded[start:place]
        near = re.search(r"([\u4e00-\u9fff]{2,12})[(]?$", before[-14:])
        if near:
            named = self._named(near[1])
            if named and named[-1][1] == len(near[1]) and self._lower(named[-1][2]):
                return named[-1][2].name
        told = _last_told(self._named(before), before)
        if told and self._lower(told):
            return told.name
        listed = _LISTED.search(before[-16:])
        if listed and self.main.code is None and not _NO_REGION.search(listed[1]):
            return listed[1]
        lead = _LEAD.match(before)
        text = before[lead.end() if lead else 0 :]
        named = self._named(text[:16])
        if named and named[0][0] == 0 and self._lower(named[0][2]):
            best = named[0][2]
            if text[named[0][1] : named[0][1] + 1] == "等":
                return None  # several regions together
            if len(named) > 1 and named[1][0] == named[0][1] and lies_in(named[1][2], best):
                best = named[1][2]
            elif len(named) > 1 and re.match(r"[、和及]", text[named[0][1] : named[0][1] + 1]):
                return None  # a list of regions
            return best.name
        return None

    def _lower(self, place: Place) -> bool:
        if self.main.name is None:
            return True
        if self.group or self.main.place is None:
            return self.group
        if place.code is None or self.main.code is None:
            return place.level > self.main.place.level and place.name != self.main.name
        return lies_in(place, self.main.place)
