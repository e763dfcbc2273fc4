"""Find every printed quantity: a number with its unit, what makes it rough, what bounds it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.complaints.cases import CASE_NO
from dugai.intake.grammar.numerals import integer

_COUNT = (
    "人\\(次\\)|人次|件次|人|名|个工作日|工作日|个百分点|百分点|个月|个|项|件|条|起|家|座|处|宗|台套|台|辆|户|位|次|场|篇|部|期|门|头|只|种|类|所|间|艘|套|批|份|张"
    "|块|栋|幢|棵|株|口|眼|支|队|对|组|卷|吨次|车次|班次|场次|架次|村|户次|例|笔|尾|颗|片|段|根|面|盏|道|瓶|桶|车|枚|袋|幅|本"
)
_MEASURE = (
    "吨标准煤/年|吨标准煤|吨标煤|吨/日|吨/天|吨/年|吨/小时|吨/万元|立方米/日|立方米/天|立方米/年|立方米/小时|立方米/秒|吨|千克|公斤|毫克|克|平方公里|平方千米|平方米|立方米|公里|千米|厘米|毫米|米"
    "|公顷|亩|千瓦时|千瓦|兆瓦|度|元/吨|元|微克/立方米|毫克/立方米|毫克/升|微克/升|毫克/千克|微克/千克|分贝|摄氏度|℃|小时|分钟|天|日|周|倍|%|‰|分|岁|方|升"
    "|μg/m3|μg/m³|ug/m3|μg/L|mg/L|mg/l|mg/m3|mg/m³|mg/kg|km2|km²|km|m3/d|m³/d|m3|m³|m2|m²|㎡|㎞|kW|MW|dB|t/d|t/a|hm2|hm²|m|t"
)
_UNIT = "|".join(sorted(f"{_MEASURE}|{_COUNT}".split("|"), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![\dA-Za-z.+])(?P<num>\d{{1,3}}(?:,\d{{3}}){{1,5}}(?:\.\d{{1,8}})?|\d{{1,15}}(?:\.\d{{1,8}})?(?!\d))(?:\s?[-至到]\s?(?P<to>\d+(?:\.\d+)?))?\s?(?P<more>余|多|几)?\s?(?P<mul>万|亿|千万|百万|千|百)?(?P<more2>余|多)?\s?(?P<unit>{_UNIT})?(?P<alt>\((?:[条个段座处件人家台套辆艘、/]{{1,7}})\))?"
)
_DATES = re.compile(
    r"(?:19|20)\d{2}\s?[-至到/、]\s?(?:19|20)?\d{2}\s?年?|(?:19|20)\d{2}\s?年(?:度)?(?:\s?\d{1,2}\s?月?\s?[-至到]\s?\d{1,2}\s?月|\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?(?:\s?[-至到]\s?(?:\d{1,2}月)?\d{1,2}\s?日)?)?"
    r"|(?:19|20)\d{2}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?!\d)|\d{1,2}\s?月\s?\d{1,2}\s?日(?:\s?[-至到]\s?(?:\d{1,2}月)?\d{1,2}\s?日)?|(?<!个)(?<![\d.])\d{1,2}\s?[-至到]\s?\d{1,2}\s?月(?!\d)|(?<![\d.个])\d{1,2}\s?月(?:份|底|末|前|中旬|上旬|下旬)?"
    r"|(?<=[至到日、-])\d{1,2}\s?日|(?<![\d.])\d{1,2}日(?=[,、上下午凌晨,。]|电|讯|前)|\d{1,2}[:]\d{2}(?:[:]\d{2})?|\d{1,2}\s?[时点](?:\d{1,2}分|整|许|至|-|左右|起)?|(?:19|20)\d{2}(?=年|[,。;)])"
)
_NAMES = re.compile(
    r"\d个(?=“?百分之百)|PM2\.5|PM10|SO2|NO2|NOx|O3|CO2|N2O|H2S|CH4|(?<!\d)\d{1,3}\+[\dA-Z+]{1,12}|[A-Z]\+\d+|“[^”\n]{0,6}\d[\d.·+“A-Za-z]*[^”\n]{0,3}”(?=(?:信息|系统|工程|模式|机制|行动|工作法|体系|专项|攻坚|措施|方案|计划|标准|要求|平台|热线|目标|战略|工作|自然|政策|闭环|重要|调度|问题|,|、|。|专线))"
    r"|\[\d{4}\]\s?第?\d+号|(?<!\d)\d{1,3}[-至]\d{1,3}批|第\s?\d+[-至]\d+\s?(?:位|名)|第\s?\d+(?:[-至]\d+|(?:[、,和及]\d+){1,20})?\s?(?:号|期|条|款|项|轮|批|次|届|章|节|页|版|季度|类|个|名|段|标段|天|年|日|组|小组|督察组|阶段|师|团|中学|小学|医院)|(?<![\d.])\d{3,4}-\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)|(?:邮编|邮政编码)[:]?\s?\d{6}"
    r"|(?:热线|电话|举报电话|专线)[^。\n,;]{0,6}?\d{5,12}|(?<!\d)12(?:345|369|388|315|389|348)(?!\d)|(?:GB|HJ|DB)/?T?\s?\d[\d.\-/]*|[GSXY]\d{1,4}(?=高速|国道|省道|县道|线|$)|(?<!\d)\d{1,9}(?:[A-Za-z]级|号(?:楼|院|线|机组|炉|井|地块|路|码头|仓|线路|泊位|矿|企业|[,。、;)\s]))|(?<!\d)\d{1,9}\s?号|https?://[!-~]{1,200}|(?<![\w.])[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,64}|附件\s?\d+|表\s?\d+|图\s?\d+|专栏\s?\d+|(?<!\d)\d{1,3}A级|(?<!\d)\d{1,3}[#＃]|[Vv]\d{1,3}|(?<!\d)\d{1,3}(?=类(?:水|区|标准|声))|(?<!\d)\d{1,6}[A-Z]\d{0,6}|(?<!\d)\d{1,4}(?:级(?!\d))|(?:前|近|连续|每|上)\s?\d+(?:名|强|年|个?月|天|位|季度|个?年度|小时)(?:来|内)?|(?<!\d)\d{1,4}年(?:来|内|期|以内|以上|一遇)|(?<!\d)\d{1,3}岁|(?<!\d)\d{1,4}(?:国道|省道|高速|县道)"
)
_LISTED = re.compile(
    r"(?m)(?:^|(?<=[\n。;:]))[ \t#*]*[(]?\d{1,3}[)]?\s?[.、)](?!\d)|(?<=\n)[ \t]*[(]\d{1,2}[)]|[(]\d{1,2}[)](?=[\u4e00-\u9fff])"
)
_ADDRESS = {"组", "村", "队", "道", "面", "度", "方"}
_REGIONS = re.compile(r"(?<=等)\d{1,2}(?=省|市|县|区|州)")
_RANKED = re.compile(
    r"(?:(?:全国|全省|全区|全市|全州|全县|[一二三四五六七八九十]省|[省市区州]内|[\u4e00-\u9fff]{1,3}(?:省|地区|区域|流域)(?=(?:排名)?第\s?(?:[一二三四五六七八九十]{1,3}|\d{1,3})(?:位|名|[,。;、)]|$)))(?:排名)?第|(?:排名|位列|位居|名列|排在|跃居|居于?|列|排)(?:[\u4e00-\u9fff]{0,4}?)第)\s?(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3})(?![一二三四五六七八九十\d]|[至-]\d)(?P<u>位|名)?(?!轮|批|次|届|个|大|期|产业|部)"
    r"|排名(?:[\u4e00-\u9fff]{0,4})(?P<n2>\d{1,3})(?P<u2>位|名)|(?<=[位名第][和、与])第(?P<n3>[一二三四五六七八九十]{1,3}|\d{1,3})(?P<u3>位|名)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One printed quantity; offsets in the cleaned text."""

    start: int
    end: int
    number: str  # as printed, without thousands marks; ``5-10`` for a range
    unit: str  # with 万 and 亿, half width
    approx: bool = False
    bound: str | None = None
    rank: bool = False

    @property
    def value(self) -> float:
        """The number; the lower end of a range."""
        return float(self.number.split("-")[0])


_MORE_RIGHT = re.compile(r"\s?(左右|上下)?(以上|以下|以内|之内)?(左右)?")
_LEFT_APPROX = re.compile(r"(?:约|近|将近|大约|接近)$")
_LEFT_BOUND = (
    (">=", re.compile(r"(?:不低于|不少于|不小于|至少|最低)$")),
    ("<=", re.compile(r"(?:不超过|不高于|不大于|控制在|最高|至多)$")),
    (">", re.compile(r"(?:超过?|突破|逾|多于|大于|高于)$")),
    ("<", re.compile(r"(?:不足|不到|少于|小于|低于)$")),
)


def masked_spans(folded: str) -> list[tuple[int, int]]:
    """Places whose digits are no quantities: dates, names, codes, list numbers."""
    spans = [m.span() for pattern in (_DATES, _NAMES, _LISTED, CASE_NO) for m in pattern.finditer(folded)]
    return sorted(spans)


def quantities(folded: str, extra: list[tuple[int, int]] | None = None) -> list[Quantity]:
    """All quantities of a folded text in order. ``extra`` are more places to leave out."""
    blocked = bytearray(len(folded) + 1)
    for start, end in [*masked_spans(folded), *(extra or [])]:
        blocked[start:end] = b"\x01" * (end - start)
    found = []
    for match in _QUANTITY.finditer(folded):
        if any(blocked[match.start("num") : match.end("num")]):
            continue
        quantity = _read(folded, match)
        if quantity:
            found.append(quantity)
    found += [Quantity(m.start(), m.end(), m.group(), "个") for m in _REGIONS.finditer(folded)]
    found += [r for r in _ranks(folded) if not any(q.start < r.end and r.start < q.end for q in found)]
    return sorted(found, key=lambda q: q.start)


def _read(folded: str, match: re.Match[str]) -> Quantity | None:
    unit = match["unit"] or ""
    multiple = match["mul"] or ""
    after = folded[match.end() : match.end() + 8]
    left = folded[max(0, match.start() - 12) : match.start()]
    number = match["num"].replace(",", "")
    if re.search(r"[*×]$", left) or after.startswith("*"):
        return None
    if not unit:
        if not multiple and not re.search(
            r"(?:指数|得分|评分|系数|pH值?|综合得分)(?:为|是|达到?|:|分别为|降至|下降到|由|从|至)?\s?$", left
        ):
            return None
        if multiple and not re.match(r"[\u4e00-\u9fff]", after):
            return None
    if unit == "日" and not multiple and re.search(r"[月至到-]\s?$", left):
        return None
    if unit == "岁" or (unit in ("位", "名") and re.search(r"(?:第|前|排名[\u4e00-\u9fff]{0,4})$", left)):
        return None
    if unit == "m" and re.match(r"[A-Za-z]", after):
        return None
    if unit in _ADDRESS and not multiple and (number.startswith("0") or re.match(r"[线路门]", after)):
        return None
    if (
        re.match(r"(?:以上|以下|以内)的(?!整改|问题)", after)
        or re.match(r"(?:公里|米|千米)?范围", after)
        or (unit in ("公里", "米", "千米", "km") and re.search(r"周边\s?$", left))
    ):
        return None
    if unit == "小时" and number == "24" and re.match(r"(?:值|不间断|在线|监|运行|热线|连续|全)", after):
        return None
    tail = _MORE_RIGHT.match(folded, match.end())
    approx = bool(
        match["more"] or match["more2"] or _LEFT_APPROX.search(left) or (tail and (tail[1] or tail[3]))
    )
    bound = next((b for b, p in _LEFT_BOUND if p.search(left)), None)
    end = match.end()
    if tail and tail[2]:
        bound = ">=" if tail[2] == "以上" else "<="
    if tail:
        end = tail.end() if tail.group().strip() else end
    if match["to"]:
        number = f"{number}-{match['to']}"
    unit = multiple + unit + (match["alt"] or "")
    unit = _per_day(left, unit)
    return Quantity(match.start(), end, number, unit, approx, bound)


def _per_day(left: str, unit: str) -> str:
    """``日处理能力达3.365万吨`` is 万吨/日."""
    if unit.endswith(("吨", "立方米")):
        if re.search(r"日(?:均)?(?:处理|焚烧|供水|处置|供应|收集|转运)[\u4e00-\u9fff]{0,8}$", left):
            return unit + "/日"
        if re.search(r"年(?:处理|处置|利用|生产)[\u4e00-\u9fff]{0,8}$", left):
            return unit + "/年"
    return unit


def _ranks(folded: str) -> list[Quantity]:
    found = []
    for match in _RANKED.finditer(folded):
        raw = match["n"] or match["n2"] or match["n3"]
        number = integer(raw)
        if number is None or "前" in folded[max(0, match.start() - 2) : match.end()]:
            continue
        found.append(Quantity(match.start(), match.end(), str(number), "位", rank=True))
    return found
