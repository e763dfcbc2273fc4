"""Units of one dimension and the factors between them."""

from __future__ import annotations

from decimal import Decimal

_BASE: dict[str, tuple[str, Decimal]] = {
    "公里": ("m", Decimal(1000)), "千米": ("m", Decimal(1000)), "km": ("m", Decimal(1000)), "米": ("m", Decimal(1)), "m": ("m", Decimal(1)),
    "公顷": ("m2", Decimal(10000)), "hm2": ("m2", Decimal(10000)), "亩": ("m2", Decimal(10000) / Decimal(15)), "平方米": ("m2", Decimal(1)),
    "m2": ("m2", Decimal(1)), "㎡": ("m2", Decimal(1)), "平方公里": ("m2", Decimal(1000000)), "平方千米": ("m2", Decimal(1000000)), "km2": ("m2", Decimal(1000000)),
    "吨": ("t", Decimal(1)), "t": ("t", Decimal(1)), "千克": ("t", Decimal("0.001")), "公斤": ("t", Decimal("0.001")),
    "吨/日": ("t/d", Decimal(1)), "吨/天": ("t/d", Decimal(1)), "t/d": ("t/d", Decimal(1)), "立方米/日": ("m3/d", Decimal(1)), "立方米/天": ("m3/d", Decimal(1)), "吨/年": ("t/a", Decimal(1)),
    "立方米": ("m3", Decimal(1)), "方": ("m3", Decimal(1)), "m3": ("m3", Decimal(1)), "元": ("yuan", Decimal(1)), "千瓦": ("kw", Decimal(1)), "兆瓦": ("kw", Decimal(1000)),
    "kW": ("kw", Decimal(1)), "MW": ("kw", Decimal(1000)), "微克/立方米": ("ug/m3", Decimal(1)), "μg/m3": ("ug/m3", Decimal(1)), "毫克/立方米": ("ug/m3", Decimal(1000)),
    "毫克/升": ("mg/l", Decimal(1)), "mg/L": ("mg/l", Decimal(1)), "mg/l": ("mg/l", Decimal(1)), "微克/升": ("mg/l", Decimal("0.001")),
    "%": ("%", Decimal(1)), "个百分点": ("pp", Decimal(1)), "百分点": ("pp", Decimal(1)),
    "天": ("day", Decimal(1)), "日": ("day", Decimal(1)),
}  # fmt: skip
_MULTIPLES = (
    ("千万", Decimal(10**7)),
    ("百万", Decimal(10**6)),
    ("亿", Decimal(10**8)),
    ("万", Decimal(10**4)),
)
_COUNT = "个项件条起家座处宗台辆户人名位次场篇部期门头只种类所艘套批份块栋株口支组例"


def dimension(unit: str) -> tuple[str, Decimal]:
    """(dimension, factor to its base unit); counting words are one dimension each for people and things."""
    if unit.endswith("(次)"):
        return "人次", Decimal(1)
    unit = unit.split("(", maxsplit=1)[0].replace("³", "3").replace("²", "2")
    factor = Decimal(1)
    if unit in _BASE:
        return _BASE[unit]
    for word, size in _MULTIPLES:
        if unit.startswith(word):
            factor, unit = size, unit[len(word) :]
            break
    if unit in _BASE:
        name, base = _BASE[unit]
        return name, base * factor
    if unit in ("人", "名", "位"):
        return "person", factor
    if unit in ("人次", "件次"):
        return unit, factor
    if len(unit) == 1 and unit in _COUNT:
        return "count", factor
    return unit or "index", factor


def is_count(unit: str) -> bool:
    """Whether a unit counts things or people."""
    return dimension(unit)[0] in ("count", "person")
