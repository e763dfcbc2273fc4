"""Lists of units in a labelled field: who leads, who answers, who helps."""

from __future__ import annotations

import re

from dugai.intake.text.fold import fold

UNIT_TAIL = (
    r"(?:局|委|委员会|政府|办|办公室|厅|部|公司|集团|中心|院|会|署|处|队|支队|总队|区|县|市|旗|州|盟|镇|乡|街道|街道办|"
    r"管委会|党委|党组|站|所|社|学校|大学|医院|银行|法院|检察院|兵团|农场|林场|企业|部门|单位|指挥部|专班|小组|组)"
)
_ENDS_UNIT = re.compile(rf"{UNIT_TAIL}(?:\([^()]*\))?(?:等(?:部门|单位|有关部门|相关部门)?)?$")
_ROLE = re.compile(r"(牵头|负责|配合|协助|督导|参与)")
_NOISE = re.compile(
    r"^(?:由|及|和|与|以及|并由|其中)|(?:等(?:相关|有关)?(?:部门|单位)?|按(?:照)?职责(?:分工)?(?:负责|落实)?|分别?负责|具体负责)$"
)


def looks_like_units(text: str) -> bool:
    """Whether a cell holds names of units and little else."""
    folded = fold(text).strip(" 。;,、")
    if not folded or len(folded) > 300 or re.search(r"\d", folded):
        return False
    pieces = [p for p in _split(folded) if p]
    if not pieces:
        return False
    good = sum(1 for p in pieces if len(p) <= 24 and _ENDS_UNIT.search(p))
    return good >= max(1, (len(pieces) + 1) // 2) and "。" not in folded[:-1]


def _protect(text: str) -> str:
    """Marks inside brackets are not separators: 各县（市、区）."""
    return re.sub(r"\([^()]*\)", lambda m: re.sub(r"[、,;\s]", "\u0001", m.group()), text)


def _split(folded: str) -> list[str]:
    pieces: list[str] = []
    for line in _joined_lines(folded):
        pieces += re.split(r"[、,;。/|]|\s+", _protect(line))
    return [p.strip(" .:-") for p in pieces if p.strip(" .:-")]


def _joined_lines(folded: str) -> list[str]:
    """A name broken over two lines is one name; a line that ends with a unit is finished."""
    out: list[str] = []
    for raw in re.split(r"[\r\n]+", folded):
        line = raw.strip()
        if not line:
            continue
        if out and not _ENDS_UNIT.search(out[-1]) and not out[-1].endswith(("、", ",", ";", "。", ":")):
            out[-1] += line
        else:
            out.append(line)
    return out


def split_units(raw: str, role: str = "responsible") -> dict[str, list[str]]:
    """Unit names by role. ``role`` is that of the label; words such as 牵头 and 配合 inside override it."""
    folded = fold(raw)
    found: dict[str, list[str]] = {}
    inner = re.split(r"(?:(牵头|责任|配合|督导|监督|验收)(?:单位|部门)?)\s*[:]", folded)
    if len(inner) > 1:
        _add(found, role, inner[0])
        names = {"牵头": "lead", "责任": "responsible", "配合": "cooperating", "督导": "supervising",
                 "监督": "supervising", "验收": "acceptance"}  # fmt: skip
        for word, piece in zip(inner[1::2], inner[2::2], strict=True):
            _add(found, names[word], piece)
        return found
    if role in ("responsible", "lead") and re.search(r"牵头|配合", folded):
        for clause in re.split(r"[;。\n]|(?<=牵头)[,、]|(?<=配合)[,、]|(?<=负责)[,、]", folded):
            mark = _ROLE.search(clause)
            word = mark[1] if mark else ""
            target = {"牵头": "lead", "配合": "cooperating", "协助": "cooperating", "参与": "cooperating",
                      "督导": "supervising"}.get(word, role)  # fmt: skip
            _add(
                found,
                target,
                re.sub(r"^(?:由)|(?:牵头|负责|配合|协助|督导|参与)(?:整改|落实|实施|推进)?", "", clause),
            )
        return found
    _add(found, role, folded)
    return found


_PARTY = re.compile(r"(?:党委|[省市县区州旗镇乡]委|党工委)$")
_HALL = re.compile(r"^(?:人民)?政府$|^[省市县区州旗镇乡](?:人民)?政府$|^管委会$|^办事处$")


def _together(pieces: list[str]) -> list[str]:
    """``某县党委、政府`` is one answer, not a party committee and a nameless government."""
    out: list[str] = []
    for piece in pieces:
        if out and _HALL.match(piece) and _PARTY.search(out[-1]) and len(out[-1]) > 2:
            out[-1] += "、" + piece
        else:
            out.append(piece)
    return out


def _add(found: dict[str, list[str]], role: str, text: str) -> None:
    for piece in _together(_split(text)):
        name = piece.replace("\u0001", "、")
        for _ in range(2):
            name = _NOISE.sub("", name).strip()
        if (
            2 <= len(name) <= 40
            and name not in found.setdefault(role, [])
            and re.search(r"[\u4e00-\u9fff]", name)
        ):
            found[role].append(name)
    if role in found and not found[role]:
        del found[role]
