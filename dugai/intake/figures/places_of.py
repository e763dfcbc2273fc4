"""Which region a place in the text speaks of: its part, its finding, its sentence, the document."""

from __future__ import annotations

import re
from bisect import bisect_right

from dugai.intake.document.region import Part, Region
from dugai.intake.grammar.places import ENDING, Place, lies_in, places_in

_LEAD = re.compile(r"^[\s\d.、()一二三四五六七八九十是:;,其中“]*(?:其中[,:]?)?")
_OWN = re.compile(rf"^([\u4e00-\u9fff]{{2,7}}?{ENDING})(?=[\d\u4e00-\u9fff(])")
_NOT_OWN = re.compile(
    r"^(?:全|各|本|该|我|两|三|设区|城|市区|辖区|园区|地区|其他|有关|相关|所有|沿|第|中央|国家|省级|市级|县级|对|在|将|为|以|从|由|已|共|累计|截至|目前)"
)


_LISTED = re.compile(r"(?:[、,:;和]|其中)([\u4e00-\u9fff]{2,5}(?:市|县|区|州|旗))$")
_NO_REGION = re.compile(
    r"(?:建成|城|园|社|小|景|矿|库|保护|开发|示范|试验|灌|安置|地|辖|厂|片|湿地|聚集|功能|禁养|校|全|各|设|本)区$|(?:全|各|设区|城|本|我)[市县州]$"
)


def _last_told(before: str) -> Place | None:
    """``吉林177人，其中厅级干部53人``: the region whose total was told last in this part of the sentence."""
    if "其中" not in before:
        return None
    found = None
    for start, end, place in places_in(before):
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
        self._starts = [p.start for p in parts]
        self._cache: dict[int, str | None] = {}

    def __call__(self, place: int) -> str | None:
        for start, end, region in self.findings:
            if start <= place < end:
                return region
        index = bisect_right(self._starts, place) - 1
        if index >= 0 and place < self.parts[index].end:
            return self.parts[index].region.name
        start = max(self.folded.rfind(mark, 0, place) for mark in "。\n;") + 1
        return self._of_sentence(start, place) or self.main.name

    def _of_sentence(self, start: int, place: int) -> str | None:
        """The division a sentence begins with, or the one right before a number in a list of regions."""
        before = self.folded[start:place]
        near = re.search(r"([\u4e00-\u9fff]{2,12})$", before)
        if near:
            named = places_in(near[1])
            if named and named[-1][1] == len(near[1]) and self._lower(named[-1][2]):
                return named[-1][2].name
        told = _last_told(before)
        if told and self._lower(told):
            return told.name
        listed = _LISTED.search(before)
        if listed and self.main.code is None and not _NO_REGION.search(listed[1]):
            return listed[1]
        lead = _LEAD.match(before)
        text = before[lead.end() if lead else 0 :]
        named = places_in(text[:16])
        if named and named[0][0] == 0 and self._lower(named[0][2]):
            best = named[0][2]
            if text[named[0][1] : named[0][1] + 1] == "等":
                return None  # several regions together
            if len(named) > 1 and named[1][0] == named[0][1] and lies_in(named[1][2], best):
                best = named[1][2]
            elif len(named) > 1 and re.match(r"[、和及]", text[named[0][1] : named[0][1] + 1]):
                return None  # a list of regions
            return best.name
        own = _OWN.match(text)
        if (
            own
            and not named
            and not _NOT_OWN.match(own[1])
            and self.main.place
            and own[1] != self.main.name
            and self._prints_regions()
        ):
            return own[1]
        return None

    def _prints_regions(self) -> bool:
        return self.main.code is None and self.main.name is not None

    def _lower(self, place: Place) -> bool:
        if self.main.name is None:
            return True
        if self.group or self.main.place is None:
            return self.group
        return lies_in(place, self.main.place)
