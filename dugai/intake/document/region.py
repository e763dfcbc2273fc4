"""The region a document speaks for, its round and batch, and its parts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from dugai.intake.grammar.places import ENDING, Place, lies_in, places_in
from dugai.intake.grammar.shaped import shaped_in, shaped_places
from dugai.intake.text.lines import Line, ends_sentence

_GROUP = re.compile(
    r"等?(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2})个?(?:省|省份|市|县)(?:\([^()]{1,8}\)|、自治区、直辖市)?"
)
_OWN = re.compile(rf"^(?:中共)?([\u4e00-\u9fff]{{2,10}}?{ENDING})(?=[\u4e00-\u9fff《“(]|$)")
_TARGET = re.compile(
    rf"(?:督察|督查|巡查)[^,。]{{0,6}}?(?:向|对|进驻|交办|转办|移交)([\u4e00-\u9fff]{{2,12}}?{ENDING})(?=委|政府|反馈|转办|交办|移交|通报|开展|信访|群众|举报|的)"
)
_FILLED_IN_BY = re.compile(r"(?:填报|报送|制表|公开|发布|编制|填表)(?:单位|部门|机关)[:\s]{1,3}([^\n]{2,40})")
_ROUND = re.compile(r"第([一二三四五六])轮")
_BATCH = re.compile(r"第([一二三四五六七八九十]{1,3}|\d{1,2})批(?!复|准)")


@dataclass(frozen=True, slots=True)
class Region:
    """A full name and a code; both None where the name is masked or not said."""

    name: str | None
    code: str | None
    place: Place | None = None


NOWHERE = Region(None, None)


def region_of(title: str, issuer: str | None, folded: str) -> Region:
    """From the title, else the issuer, else the division named most in the text."""
    group = _GROUP.search(title)
    if group and len(places_in(title)) >= 1:
        name = re.sub(r"^等", "", group.group())
        return Region(name, None)
    known = shaped_places(f"{title}\n{folded}")
    target, told = _TARGET.search(title), _TARGET.search(folded[:600])
    filled_in_by = _FILLED_IN_BY.search(folded)
    for text in (
        target[1] if target else "",
        title,
        issuer or "",
        filled_in_by[1] if filled_in_by else "",
        told[1] if told else "",
    ):
        found = _best_in(text, known)
        if found:
            return found
    if re.search(r"\*{2,}|[×X]{2,}(?:省|市|县|区)", folded[:4000]):
        return NOWHERE
    return _most_named(folded, known)


def _all_in(text: str, known: tuple[Place, ...]) -> list[tuple[int, int, Place]]:
    """Divisions of the table and of this text, in order; a name of the table wins where they overlap."""
    found = places_in(text)
    found += [s for s in shaped_in(text, known) if not any(s[0] < b and a < s[1] for a, b, _ in found)]
    return sorted(found, key=lambda f: f[0])


def _best_in(text: str, known: tuple[Place, ...]) -> Region | None:
    places = [(a, b, p) for a, b, p in _all_in(text, known) if not _is_part_of_name(text, b)]
    if places:
        best = places[0][2]
        for _, _, place in places[1:]:
            if lies_in(place, best) or (place.code is None and place.level > best.level and best.code):
                best = place
        return Region(best.name, best.code, best)
    own = _OWN.match(text.lstrip("#《 关于"))
    if own and not re.search(r"中央|国家|全[省市县区国]|各|督察|城市|本市|我[省市]|园区|地区$", own[1]):
        name = own[1]
        level = 1 if name.endswith(("省", "自治区")) else 2 if name.endswith(("市", "州", "盟")) else 3
        return Region(name, None, Place(name, None, level))
    return None


def _is_part_of_name(text: str, end: int) -> bool:
    return text[end : end + 2] in ("日报", "晚报", "大学")


def _most_named(folded: str, known: tuple[Place, ...]) -> Region:
    counts: Counter[Place] = Counter(p for _, _, p in _all_in(folded, known))
    if not counts:
        return NOWHERE
    place, hits = counts.most_common(1)[0]
    total = sum(counts.values())
    if hits < 2 or hits < 0.3 * total:
        provinces = Counter(p for p in counts.elements() if p.level == 1)
        if not provinces:
            return NOWHERE
        place, hits = provinces.most_common(1)[0]
        if hits < 2:
            return NOWHERE
    return Region(place.name, place.code, place)


def round_and_batch(title: str, folded: str) -> tuple[str | None, str | None]:
    """``第二轮`` and ``第三批`` of the inspection, from the title, else from its first mention."""
    rounds = _ROUND.search(title) or next(
        (
            m
            for m in _ROUND.finditer(folded)
            if re.search(r"督察|环保", folded[max(0, m.start() - 20) : m.end() + 24])
        ),
        None,
    )
    batch = None
    for text in (title, folded):
        for match in _BATCH.finditer(text):
            around = text[max(0, match.start() - 14) : match.end() + 14]
            alone = (
                re.search(r"\n\s*\(?$", text[max(0, match.start() - 4) : match.start()])
                and match.start() < 200
            )
            if (
                text is title
                or alone
                or (re.search(r"轮|督察|信访|转办|交办|举报", around) and not re.search(r"为第.批", around))
            ):
                batch = match.group()
                break
        if batch:
            break
    return (rounds.group() if rounds else None), batch


@dataclass(frozen=True, slots=True)
class Part:
    """A section with a title and a region of its own; offsets in the cleaned text."""

    title: str
    no: str | None
    region: Region
    start: int
    end: int


_PART_NO = re.compile(
    r"^(\d{1,2}(?:[、.]|\s)?|[(][一二三四五六七八九十]{1,3}[)][、.]?|[一二三四五六七八九十]{1,3}[、.])\s*(?=[\u4e00-\u9fff])"
)


def find_parts(lines: list[Line]) -> list[Part]:
    """Headlines that each begin with a different division and say the same kind of thing, or only name it."""
    return _by_headline(lines) or _by_name(lines)


def _by_name(lines: list[Line]) -> list[Part]:
    """``一、南浦区``, ``(二)望川县``: sections headed by nothing but their division, in one style of numbers."""
    known = shaped_places("\n".join(line.text for line in lines))
    heads: list[tuple[Line, str | None, Place]] = []
    for line in lines:
        number = _PART_NO.match(line.text)
        text = line.text[number.end() :].strip(" :") if number else line.text.strip(" :")
        if not number or len(text) > 14:
            continue
        places = _all_in(text, known)
        if len(places) == 1 and places[0][:2] == (0, len(text)):
            heads.append((line, number[1].strip("、.() "), places[0][2]))
    if len({h[2].name for h in heads}) < max(2, len(heads)):
        return []
    ends = [h[0].start for h in heads[1:]] + [lines[-1].end if lines else 0]
    return [
        Part(line.text, no, Region(place.name, place.code, place), line.start, end)
        for (line, no, place), end in zip(heads, ends, strict=True)
        if end - line.end >= 16
    ]


def _by_headline(lines: list[Line]) -> list[Part]:
    heads: list[tuple[Line, str, str | None, Place]] = []
    for line in lines:
        if not 8 <= len(line) <= 60 or ends_sentence(line.text) or re.search(r"[。,;\t]", line.text):
            continue
        if _GROUP.search(line.text) and len(places_in(line.text)) > 1:
            continue  # the headline of the whole document
        number = _PART_NO.match(line.text)
        text = line.text[number.end() :] if number else line.text
        places = places_in(text[:16])
        if places and places[0][0] == 0 and re.search(r"整改|督察|信访|问责|情况|公开", text):
            heads.append((line, text, number[1].strip("、.() ") if number else None, places[0][2]))
    if len(heads) < 2 or len({h[3].name for h in heads}) < 2:
        return []
    parts = []
    for index, (line, text, no, place) in enumerate(heads):
        end = heads[index + 1][0].start if index + 1 < len(heads) else lines[-1].end
        if end - line.end < 60:
            continue
        parts.append(Part(text, no, Region(place.name, place.code, place), line.start, end))
    return parts if len(parts) >= 2 else []
