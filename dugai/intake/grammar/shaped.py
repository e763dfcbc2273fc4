"""Divisions that the table of codes does not hold: told by their ending and by how the text treats them.

A name alone proves nothing (检测市场, 涉及我市). What proves it is company that only a division keeps: a
government, a committee, a heading of its own, a report it publishes, a number of cases beside its neighbours'.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dugai.intake.grammar.places import Place, place_named

_TAIL = r"(?:省|自治区|市|自治州|地区|盟|自治县|县|区|旗)"
_NAME = rf"(?P<name>[\u4e00-\u9fff]{{2,5}}?{_TAIL})"
_BEFORE = r"(?:(?<=[\n。,;:、()“《\s\d])|^|(?<=的是)|(?<=分别[是为]))(?:对|向|在|由|从|赴|和|与|及|将|经|据|关于|涉及|中共|其中|近日)?"
_COMPANY = (
    r"(?:(?:人民)?政府|[省市县区州]?委(?!员|托)|人大|政协|纪委|[\u4e00-\u9fff]{2,6}局|生态环境|公开|贯彻|落实|反馈|整改|办理|通报|公布|公示"
    r"|开展|认真|坚决|高度|坚持|召开|督察|第(?!一位)|群众|信访|省级|中央|全面|投入|城区|主城区|境内|辖区|党政|领导|[\d《“、,:()]|\s|等|$)"
)
_NAMED = re.compile(rf"{_BEFORE}{_NAME}(?={_COMPANY})")
_COUNTY = re.compile(
    rf"{_BEFORE}(?P<name>[\u4e00-\u9fff]{{2,3}}?县)(?=[\u4e00-\u9fff])"
)  # few other words end so
_TARGET = re.compile(
    rf"(?:向|对|进驻|督察){_NAME}(?=(?:委、?)?[^。;\n]{{0,6}}?(?:反馈|转办|交办|移交|通报|开展|进行|开展了))"
)
_NESTED = re.compile(
    r"(?P<outer>[\u4e00-\u9fff]{2,4}?(?:市|州|盟|地区))(?P<name>[\u4e00-\u9fff]{2,4}?(?:县|区|市|旗))(?=[\u4e00-\u9fff])"
)
_NOT_IN_NAME = re.compile(
    r"[我各全本该的在对向被将与和及为由从到至级个涉所其召共已是了并等两某此另省市县区旗内外]|督察|反馈|整改|检测|检查|公开|先后"
)
_NO_DIVISION = re.compile(
    r"(?:小|社|园|矿|厂|景|城|地|辖|库|湖|林|灌|山|片|护|范|能|聚|置|业|养|街|校|牧|郊|流|湿|水|海|禁|试验|新|老|商|住|作|分|半|成|库)区$"
    r"|(?:城|都|超|门|上|设区|县级|地级|直辖|股|楼|集|夜|早)市$|(?:郡|各)县$"
)
_KNOWN_ZONE = re.compile(r"^(?:高新|经开|开发|工业园|示范|度假|保税|生态)")


def _plausible(name: str) -> bool:
    core = re.sub(rf"{_TAIL}$", "", name)
    return 2 <= len(core) <= 5 and not _NOT_IN_NAME.search(core) and not _NO_DIVISION.search(name) and not _KNOWN_ZONE.match(name)  # fmt: skip


def level_of(name: str) -> int:
    """1 for a province, 2 for a city or prefecture, 3 for a county, by its ending."""
    if name.endswith(("省", "自治区")):
        return 1
    return 2 if name.endswith(("市", "州", "盟", "地区")) else 3


def _word_start(folded: str, place: int) -> int:
    """The place itself where nothing but a mark or a particle stands before it, else -1."""
    before = folded[max(0, place - 1) : place]
    return (
        place
        if not before or not re.match(r"[\u4e00-\u9fff]", before) or before in "对向在由从赴和与及将"
        else -1
    )


@lru_cache(maxsize=8)
def shaped_places(folded: str) -> tuple[Place, ...]:
    """The divisions this text speaks of that have no code, in the order of their first mention."""
    found: dict[str, int] = {}
    for pattern in (_NAMED, _COUNTY, _TARGET):
        for match in pattern.finditer(folded):
            name = match["name"]
            if _plausible(name) and place_named(name) is None:
                found.setdefault(name, match.start("name"))
    for match in _NESTED.finditer(folded):
        outer, inner = match["outer"], match["name"]
        known = outer in found or place_named(outer) is not None or _plausible(outer)
        if (
            known
            and _plausible(inner)
            and place_named(inner) is None
            and match.start() == _word_start(folded, match.start())
        ):
            for name, at in ((outer, match.start()), (inner, match.start("name"))):
                if place_named(name) is None:
                    found.setdefault(name, at)
    return tuple(Place(n, None, level_of(n)) for n in sorted(found, key=lambda n: found[n]))


def shaped_in(text: str, known: tuple[Place, ...]) -> list[tuple[int, int, Place]]:
    """Every mention of these divisions in a text, in order."""
    if not known:
        return []
    by_name = {p.name: p for p in known}
    pattern = re.compile("|".join(map(re.escape, sorted(by_name, key=len, reverse=True))))
    return [(m.start(), m.end(), by_name[m.group()]) for m in pattern.finditer(text)]
