"""What in a text may point at the person who complained: telephone, ID, e-mail, plate, card, a name. Pure.

Source: reliability.md P02. An ID number or bank card that passes its own checksum is never let in. The rest
may belong to somebody else (the telephone of a plant, the plate of a lorry): a person looks and says why.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dugai.kernel.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Trace(Choices):
    """A kind of personal data."""

    ID = "id", "身份证号"
    CARD = "card", "银行卡号"
    PHONE = "phone", "电话号码"
    EMAIL = "email", "电子邮箱"
    PLATE = "plate", "车牌号"
    NAME = "name", "举报人姓名"


NEVER = frozenset({Trace.ID, Trace.CARD})
"""No reason lets these in: a letter has no use for them."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place of a text: what it looks like and where it stands."""

    kind: Trace
    start: int
    end: int
    field: str = ""

    def masked(self, text: str) -> str:
        """Return the piece with its middle hidden, for a message that must not repeat it."""
        piece = text[self.start : self.end]
        if len(piece) <= 3:
            return piece[0] + "*" * (len(piece) - 1)
        return f"{piece[:2]}{'*' * (len(piece) - 3)}{piece[-1]}"


_GAP = r"[\s\-—–·.]?"
_ID = re.compile(rf"(?<![0-9A-Za-z])\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?![0-9A-Za-z])")
_CARD = re.compile(rf"(?<![0-9A-Za-z])[3-6](?:{_GAP}\d){{15,18}}(?![0-9A-Za-z])")
_MOBILE = re.compile(rf"(?<![0-9A-Za-z.])(?:\+?86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}}(?![0-9A-Za-z])")
_LAND = re.compile(r"(?<![0-9A-Za-z.\-])(?:[(（]0\d{2,3}[)）]\s?|0\d{2,3}[\-—\s])[2-9]\d{6,7}(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Z][·•\s\-]?(?:[A-HJ-NP-Z0-9]{{5}}[A-HJ-NP-Z0-9挂学警]|[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警])"
    r"(?![A-Za-z0-9])"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游"
    "辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应"
    "臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_DOUBLE = "欧阳|司马|上官|诸葛|皇甫|尉迟|东方|慕容|令狐|公孙|司徒|夏侯"
_WHO = r"(?:举报人|信访人|投诉人|来信人|来电人|反映人|上访人|检举人|控告人|署名|落款|联系人)"
_LINK = r"(?:的?(?:姓名|名字)|系|为|是|叫|自称|名叫|:|：|（|\(|，|,|\s){0,3}"
_NOT_A_NAME = (
    "反映|认为|表示|要求|称|说|对|和|与|不|未|已|所|在|于是|于\\d|的|提|诉|来|多|曾多|曾向|曾经|曾反|向|投|陈述|严重|严厉|成立|成功|明确|"
    "明知|应当|应该|应予|应于|应|解释|解决|时常|时间|时而|安全|安排|安静|满意|常年|常常|常住|常去|可|再|又|现|就|住|后|等|也|将|希|"
    "强|全部|全程|全家|全体|连续|连同|连日|连夜|连年|白天|白日|关于|关注|关心|关系|单独|单位|何时|何种|何人|任何|任意|管理|路过|"
    "路边|文字|文中|文件|查看|查询|查实|查阅|武断|万分|高度|高兴|高龄|高新|方便|方面|方才|金额|项目|公|平时|平日|温和|左右|左侧|"
    "包括|包含|同|身份|信息|姓名|地址|电话|联系|隐私|权益|回访|核实|核查|居|附|周边|周围|周末|周日|多次|匿名|保密|有|无|一|两|三|"
    "实|经|当|家|本人|即|因|为|是|从|以|仍|均|都|及|或|并|之|其|该|车|明显|古|沙|石料|水|江边|河|余下|余款|章程|党员|计划|阳台"
)
_NAME = re.compile(
    rf"{_WHO}{_LINK}(?P<name>(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|(?!{_NOT_A_NAME})[{_SURNAMES}]"
    r"(?:某某|某|[\u4e00-\u9fff]{1,2}?))"
    r"(?=先生|女士|同志|反映|认为|表示|要求|称|说|举报|投诉|来信|来电|多次|住|家|系|的|等|，|,|。|；|;|、|）|\)|:|：|\s|\d|$|电|手|联|身)"
)
_TITLED = re.compile(
    rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?:先生|女士)?"
    r"(?:来信|来电|来访|写信|打电话|实名)(?:举报|反映|投诉)"
)
_PUBLIC_NAME = re.compile(r"某+$")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def sightings(text: str, field: str = "") -> list[Sighting]:
    """Return every trace of a person in a text, in its order; full-width forms count as the plain ones."""
    plain = _plain(text)
    found = list(_numbers(plain))
    taken = [(one.start, one.end) for one in found]
    for kind, pattern in ((Trace.EMAIL, _EMAIL), (Trace.PLATE, _PLATE)):
        found += [
            Sighting(kind, match.start(), match.end())
            for match in pattern.finditer(plain)
            if not _within(match.span(), taken)
        ]
    for pattern in (_NAME, _TITLED):
        for match in pattern.finditer(plain):
            if not _PUBLIC_NAME.search(match["name"]) and not _within(match.span("name"), taken):
                found.append(Sighting(Trace.NAME, *match.span("name")))
                taken.append(match.span("name"))
    return [Sighting(one.kind, one.start, one.end, field) for one in sorted(found, key=lambda one: one.start)]


def hidden(text: str) -> str:
    """Return a text with the middle of every sighting hidden."""
    for one in reversed(sightings(text)):
        text = text[: one.start] + one.masked(text) + text[one.end :]
    return text


def traces_in(values: Mapping[str, str]) -> list[Sighting]:
    """Return the sightings in several fields, each with the name of its field."""
    return [one for name, text in values.items() for one in sightings(text, name)]


def told(found: list[Sighting], values: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return the sightings in words, with the middle of each hidden."""
    parts = [
        f"{names.get(one.field, one.field)}里的{one.kind.label}“{one.masked(values[one.field])}”"
        for one in found[:5]
    ]
    return "、".join(parts) + (f"等 {len(found)} 处" if len(found) > len(parts) else "")


def _numbers(plain: str) -> Iterator[Sighting]:
    taken: list[tuple[int, int]] = []
    for kind, pattern, right in (
        (Trace.ID, _ID, id_holds),
        (Trace.CARD, _CARD, card_holds),
        (Trace.PHONE, _MOBILE, bool),
        (Trace.PHONE, _LAND, bool),
    ):
        for match in pattern.finditer(plain):
            digits = re.sub(r"[^0-9Xx]", "", match[0])
            if right(digits) and not _within(match.span(), taken):
                taken.append(match.span())
                yield Sighting(kind, *match.span())


def id_holds(digits: str) -> bool:
    """Say whether 18 characters are a citizen's number: a possible birthday and the right last character."""
    if len(digits) != 18 or not digits[:17].isdigit():
        return False
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    if not (1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def card_holds(digits: str) -> bool:
    """Say whether 16 to 19 digits pass the check of bank cards (ISO/IEC 7812, Luhn)."""
    if not (digits.isdigit() and 16 <= len(digits) <= 19):
        return False
    total = 0
    for place, one in enumerate(reversed(digits)):
        value = int(one) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _plain(text: str) -> str:
    """Return the text with full-width letters and digits folded, each character in its own place."""
    return "".join(
        folded
        if len(folded := unicodedata.normalize("NFKC", char)) == 1 and char not in "：，；（）"
        else char
        for char in text
    )


def _within(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)
