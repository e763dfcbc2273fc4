"""Names of indicator figures: the state of air, water, soil, energy."""

from __future__ import annotations

import re

# concept -> words; the concept named last before the number wins
_CONCEPTS: tuple[tuple[str, str], ...] = (
    ("环境空气质量综合指数", r"空气质量(?:综合)?指数"),
    ("PM2.5平均浓度", r"PM2\.5(?:年)?(?:平均|均值)?(?:浓度)?(?:均值)?|细颗粒物(?:\(PM2\.5\))?(?:年均|平均)?(?:浓度)?"),
    ("PM10平均浓度", r"PM10(?:年)?(?:平均|均值)?(?:浓度)?|可吸入颗粒物(?:\(PM10\))?(?:年均|平均)?(?:浓度)?"),
    ("臭氧浓度", r"(?:臭氧|O3)[^,。;\d]{0,8}浓度"),
    ("优良天数比例", r"优良天数(?:比例|比率|率|占比)|空气质量优良率"),
    ("优良天数", r"优良天数"),
    ("重污染天气比例", r"重污染天气比例"),
    ("重污染天数", r"重污染天数"),
    ("达到国家二级标准城市数", r"〇个(?:市|城市)(?:[^,。;]{0,10})?(?:达到)?国家二级标准|城市达到(?:国家)?(?:空气质量)?二级标准"),
    ("长江流域水质优良断面比例", r"长江流域[^,。;\d]{0,6}水质优良[^,。;\d]{0,6}比例"),
    ("国考断面水环境质量", r"国家地表水考核断面水环境质量|国考断面水环境质量"),
    ("国考断面水质优良比例", r"(?:国考|国控|国家地表水考核|国家考核|国省考)[^,。;\d]{0,10}断面[^,。;\d]{0,8}(?:优良|达标)?[^,。;\d]{0,4}(?:比例|比率|率)|(?:Ⅰ|I)[^,。;]{0,3}(?:Ⅲ|III)类水质断面[占比例]*|优良水质比例|国考断面[^。;]{0,40}水质优良(?:率|比例)"),
    ("Ⅰ类水质断面占比", r"[ⅠI]类水质断面"),
    ("国考断面数", r"〇个(?:国考|国控|国家地表水考核|国家考核|国省考)[^,。;]{0,6}断面"),
    ("地表水水质优良率", r"地表水(?:水)?(?:环境)?(?:质量|水质)优良(?:率|比例)|地表水优良(?:率|比例)"),
    ("地表水水质", r"地表水水质|地表水环境质量"),
    ("水功能区水质达标率", r"水功能区水质达标率"),
    ("饮用水水源地水质达标率", r"(?:饮用)?水(?:水)?源地?(?:地)?(?:水质)?达标率|饮用水[^,。;\d]{0,8}(?:达标|达到[^,。;]{0,6}标准)[^,。;\d]{0,2}(?:率|比例)?"),
    ("水环境质量进入全国前30名市州数", r"〇个(?:市州|市|州|城市)水环境质量进入全国前"),
    ("总磷浓度", r"[\u4e00-\u9fff]{0,8}总磷[^,。;\d]{0,8}浓度"),
    ("规模以上工业增加值碳排放", r"规模以上工业[^,。;\d]{0,12}碳排放"),
    ("规模以上工业增加值能耗", r"规模以上工业[^,。;\d]{0,8}增加值能耗"),
    ("规模以上工业综合能源消费量", r"规模以上工业[^,。;\d]{0,4}综合能源消费量"),
    ("规模以上工业能耗强度", r"规模以上工业[^。;]{0,30}能耗强度"),
    ("单位工业增加值能耗", r"单位工业增加值能耗"),
    ("单位GDP碳排放", r"单位(?:GDP|国内生产总值|地区生产总值)[^,。;\d]{0,6}(?:二氧化)?碳排放"),
    ("单位GDP能耗", r"单位(?:GDP|国内生产总值|地区生产总值)[^,。;\d]{0,6}能耗(?:强度)?"),
    ("碳排放强度", r"碳排放强度"),
    ("煤炭消费占能源消费比重", r"煤炭消费(?:量)?占能源消费"),
    ("六大高耗能行业煤炭消费占比", r"(?:六大)?高耗能行业[^。]{0,90}煤炭消费量占煤炭消费[^。;,\d]{0,8}"),
    ("六大高耗能行业能源消费占比", r"(?:六大)?高耗能行业[^。]{0,60}能源消费占[^。;,\d]{0,16}"),
    ("公众生态环境满意率", r"(?:公众|群众)[^,。;\d]{0,8}满意[率度]"),
    ("受污染耕地安全利用率", r"受污染耕地[^,。;\d]{0,4}安全利用率"),
    ("污染地块安全利用率", r"(?:污染地块|建设用地)[^,。;\d]{0,10}安全利用率"),
    ("生活污水集中收集率", r"生活污水[^,。;\d]{0,4}集中收集率"),
    ("农村生活污水治理率", r"农村生活污水治理率"),
    ("秸秆综合利用率", r"秸秆[^,。;\d]{0,4}利用率"),
    ("畜禽粪污综合利用率", r"畜禽粪污[^,。;\d]{0,4}利用率"),
    ("农药利用率", r"农药利用率"),
    ("新能源装机占比", r"新能源装机[^,。;\d]{0,4}(?:占比|比重)"),
    ("光伏装机容量", r"光伏(?:发电)?(?:、风电)?装机容量"),
    ("风电装机容量", r"风电(?:发电)?装机容量"),
    ("矿山需治理恢复面积", r"矿山需要?治理(?:恢复)?面积"),
    ("矿山治理完成率", r"矿山需要?治理[^。]{0,60}完成率"),
    ("矿山已治理面积", r"矿山需要?治理[^。]{0,50}治理"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _CONCEPTS)
_CHANGE = re.compile(
    r"(?:同比|较上年|较去年|较?同期|增长|下降|上升|提高|减少|提升|改善|降低|增加|回落)[^,。;、\d]{0,6}$"
)
_BASE = re.compile(r"(?:较|比|与)((?:19|20)\d{2})年(?:底|末|同期)?")
_TARGET = re.compile(r"(?:目标|任务|要求|计划)(?:任务|值|指标)?(?:约|近)?$")
_AIR_WATER = re.compile(r"比例|率|浓度|指数|天数|装机|能耗|碳排放|收集率|占比|消费量")
_PLACE_RANK = re.compile(r"全国|中部六省|全省|全区|全市")


def indicator_name(
    left: str,
    unit: str,
    right: str,
    *,
    subject: str | None = None,
    rank: bool = False,
    rank_text: str = "",
    direction: str | None = None,
) -> str | None:
    """The canonical name of an indicator, None where the quantity speaks of none.

    ``subject`` replaces the left side where several values share a predicate (A、B分别为x、y).
    """
    text = (subject + "〇" if subject else left + "〇") + unit + right[:30]
    place = text.index("〇")
    concept = _concept(text, place, unit, rank)
    if concept is None:
        return None
    if concept == "总磷浓度":
        concept = _water_body(text[:place]) + concept
    if rank:
        scope = "中部六省" if "中部六省" in rank_text else "全省" if "全省" in rank_text else "全国"
        base = f"{concept}增速" if re.search(r"增速[^,。;]{0,4}$|增速居", left[-14:]) else concept
        return f"{base}{scope}排名"
    tail = left[-30:]
    if _TARGET.search(tail) and re.search(r"好于|低于|高于|优于|超额完成|超过", tail):
        return f"{concept}较目标差值"
    if concept == "碳排放强度":
        return "碳排放强度实际降幅" if re.search(r"实际", tail) else "碳排放强度降幅要求"
    if concept == "煤炭消费占能源消费比重":
        return concept + ("控制目标" if re.search(r"控制在[^\d]{0,2}$", tail) else "")
    changed = direction in ("up", "down") and bool(_CHANGE.search(tail) or _BASE.search(tail))
    if not changed and subject and direction in ("up", "down"):
        changed = True
    if not changed:
        return concept
    if concept == "单位工业增加值能耗" and re.search(r"累计", tail):
        return f"{concept}累计变化"
    base_year = _BASE.search(tail)
    if base_year and "同期" not in base_year.group():
        return f"{concept}较上年底变化" if "底" in base_year.group() else f"{concept}较{base_year[1]}年变化"
    return f"{concept}同比变化"


def _water_body(text: str) -> str:
    """The lake, river or reservoir named with a concentration."""
    match = re.search(
        r"([\u4e00-\u9fff]{1,4}(?:湖|河|江|库|海|水库|湾)(?:湖体|干流)?)(?:的)?(?:全年)?(?:平均)?总磷[^总]*$",
        text,
    )
    return re.sub(r"^.*[与和及、]", "", match[1]) if match else ""


def _concept(text: str, place: int, unit: str, rank: bool) -> str | None:
    best: tuple[int, int, str] | None = None
    for order, (name, pattern) in enumerate(_COMPILED):
        for match in pattern.finditer(text):
            if match.start() > place or (match.end() > place and "〇" not in pattern.pattern):
                continue
            if place - match.end() > 90 or not _suits(name, unit, rank):
                continue
            key = (match.end() if match.end() <= place else place + 1, -order)
            if best is None or key > best[:2]:
                best = (key[0], key[1], name)
    return best[2] if best else None


def _suits(name: str, unit: str, rank: bool) -> bool:
    if rank:
        return not name.endswith(("数", "优良天数"))
    if name == "环境空气质量综合指数":
        return unit in ("", "%")
    if name.startswith(("PM", "臭氧")):
        return unit == "%" or "克/" in unit or "g/m" in unit
    if name.endswith("总磷浓度"):
        return unit == "%" or "/升" in unit or "/L" in unit or "/l" in unit
    if name == "优良天数":
        return unit in ("天", "日", "%")
    if name == "重污染天数":
        return unit in ("天", "日")
    if name in ("国考断面数", "达到国家二级标准城市数", "水环境质量进入全国前30名市州数"):
        return unit == "个"
    if name.endswith("装机容量"):
        return "千瓦" in unit or unit in ("%", "kW", "MW")
    if name.endswith("面积"):
        return unit.endswith(("亩", "公顷", "平方米", "平方公里"))
    if name in ("地表水水质", "国考断面水环境质量"):
        return rank
    if name == "国考断面水质优良比例" or name.endswith(("比例", "率", "占比", "比重")):
        return unit in ("%", "个百分点", "百分点")
    return unit in ("%", "个百分点", "百分点")
