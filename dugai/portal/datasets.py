"""开放数据: what can be fetched as a whole, each field described; nothing leaves that is not listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dugai.portal import provinces, store

Row = dict[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, its kind (text, number, day) and what it means."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table of open data."""

    name: str
    title: str
    about: str
    fields: tuple[Field, ...]
    rows: Callable[[], Iterable[Row]]


def cell(value: Any) -> str:
    """Return a value as a cell of CSV; a text that a spreadsheet would run as a formula stays a text."""
    text = (
        "；".join(str(one) for one in value)
        if isinstance(value, list)
        else ""
        if value is None
        else str(value)
    )
    dangerous = isinstance(value, str) and text.startswith(FORMULA)
    return f"'{text}" if dangerous else text


def standing(kind: str) -> Iterator[store.Shown]:
    """Yield everything that stands of a kind, page by page."""
    page = 1
    while rows := store.listed(kind, page=page, size=500):
        yield from rows
        page += 1


def picked(row: Row, fields: tuple[Field, ...], **more: Any) -> Row:
    """Return the listed fields of a payload."""
    values = {**row, **more}
    return {field.name: values.get(field.name, "") for field in fields}


def _day(name: str, meaning: str) -> Field:
    return Field(name, "day", meaning)


def _number(name: str, meaning: str) -> Field:
    return Field(name, "number", meaning)


def _text(name: str, meaning: str) -> Field:
    return Field(name, "text", meaning)


REGION = (_text("region", "地区名称"), _text("region_code", "行政区划代码"))
AS_OF = _day("as_of", "数据截至日")
PROBLEMS = (
    _text("code", "问题编号"),
    _text("inspection", "督察"),
    _number("number", "序号"),
    _text("category", "大类"),
    _text("title", "标题"),
    _text("text", "问题原文"),
    _text("goal", "整改目标"),
    _text("deadline", "整改时限（原文）"),
    _text("lead", "牵头单位"),
    *REGION,
    _text("status", "公布口径"),
    AS_OF,
    _number("measures", "整改措施的条数"),
    _text("release", "随哪次发布公开"),
)
MEASURES = (
    _text("code", "问题编号"),
    _number("number", "措施序号"),
    _text("text", "措施原文"),
    _text("deadline", "时限（原文）"),
    _text("owners", "责任单位，多个用分号隔开"),
    _text("status", "公布口径"),
    _text("told", "公布的进展"),
    AS_OF,
)
FIGURES = (
    *REGION,
    _text("code", "指标代码"),
    _text("name", "名称"),
    _text("value", "数值，按公布的写法"),
    _text("unit", "单位"),
    _number("numerator", "比率的分子"),
    _number("denominator", "比率的分母"),
    _text("meaning", "定义"),
    AS_OF,
)
NOTICES = (
    _text("key", "公示的名称（网址的一部分）"),
    _text("code", "问题编号"),
    _text("title", "标题"),
    _text("problem", "问题原文"),
    _text("goal", "整改目标"),
    _text("lead", "牵头单位"),
    _day("starts_on", "公示开始"),
    _day("until", "公示结束"),
    _day("objections_until", "受理异议至"),
    _text("contact", "受理异议的联系方式"),
    *REGION,
)
RELEASES = (
    _text("number", "发布编号"),
    _text("genre_label", "文种"),
    _text("title", "标题"),
    _text("document_number", "文号"),
    _text("office", "发布单位"),
    *REGION,
    _day("released_on", "发布日期"),
    AS_OF,
    _text("corrects", "更正了哪次发布"),
    _text("sha256", "发布内容的 SHA-256 摘要"),
    _text("sm3", "发布内容的 SM3 摘要"),
)
LETTERS = (
    _text("inspection", "督察"),
    _number("batch", "批次"),
    _text("batch_name", "批次名称"),
    _day("handed_on", "转办日期"),
    _text("number", "受理编号"),
    _text("region", "地区"),
    _text("types", "污染类型，多个用分号隔开"),
    _text("summary", "反映的问题"),
    _text("verdict", "是否属实"),
    _text("findings", "调查核实情况"),
    _text("handling", "处理和整改情况"),
    _text("state", "办理状态"),
    _text("accountability", "责任追究"),
    AS_OF,
)
READINGS = (
    _text("code", "指标代码"),
    _text("name", "指标名称"),
    *REGION,
    _text("period", "时段"),
    _number("value", "数值"),
    _text("unit", "单位"),
    AS_OF,
    _text("source", "数据来源"),
    _text("sample_size", "样本数"),
    _text("exclusions", "剔除了什么"),
)
ROOTS = (
    _day("day", "日期"),
    _number("size", "树上的记录数"),
    _text("sha256", "树根（SHA-256）"),
    _text("sm3", "树根（SM3）"),
    _text("at", "签名时间"),
    _text("signature", "Ed25519 签名"),
)
PROVINCES = (
    _text("province", "省（区）"),
    _text("province_code", "行政区划代码"),
    _text("code", "数据项代码"),
    _text("name", "数据项"),
    _number("value", "数值；空表示没有公布"),
    _text("unit", "单位"),
    _text("as_of", "截至时间；空表示没有写明"),
    _text("meaning", "定义"),
)


def _problems() -> Iterator[Row]:
    for row in standing("problem"):
        yield picked(row.payload, PROBLEMS, measures=len(row.payload["measures"]), release=row.release)


def _measures() -> Iterator[Row]:
    for row in standing("problem"):
        for one in row.payload["measures"]:
            yield picked(one, MEASURES, code=row.payload["code"], as_of=row.payload["as_of"])


def _figures() -> Iterator[Row]:
    for row in standing("overview"):
        around = {key: row.payload[key] for key in ("region", "region_code", "as_of")}
        for one in row.payload["figures"]:
            yield picked(one, FIGURES, **around)


def _notices() -> Iterator[Row]:
    for row in standing("notice"):
        yield picked(row.payload, NOTICES, key=row.key)


def _releases() -> Iterator[Row]:
    for row in standing("release"):
        yield picked(row.payload, RELEASES, sha256=row.sha256, sm3=row.sm3)


def _letters() -> Iterator[Row]:
    for row in standing("letters"):
        around = {
            key: row.payload.get(key, "")
            for key in ("inspection", "batch", "batch_name", "handed_on", "as_of")
        }
        for one in row.payload.get("rows", []):
            yield picked(one, LETTERS, **around)


def _readings() -> Iterator[Row]:
    for row in standing("indicator"):
        around = {key: row.payload.get(key, "") for key in ("code", "name", "region", "region_code", "unit")}
        for one in row.payload.get("readings", []):
            yield picked(one, READINGS, **around)


def _roots() -> Iterator[Row]:
    for row in standing("root"):
        yield picked(row.payload, ROOTS)


def _provinces() -> Iterator[Row]:
    known = provinces.facts()
    for province in known["provinces"]:
        for figure in known["figures"]:
            value = province["values"].get(figure["code"], {})
            yield {
                "province": province["name"],
                "province_code": province["code"],
                "code": figure["code"],
                "name": figure["name"],
                "value": value.get("value"),
                "unit": figure["unit"],
                "as_of": value.get("as_of", ""),
                "meaning": figure["meaning"],
            }


DATASETS = {
    one.name: one
    for one in (
        Dataset("problems", "问题", "公开的整改问题，一行一个", PROBLEMS, _problems),
        Dataset("measures", "整改措施", "问题下的措施和公布的进展，一行一条", MEASURES, _measures),
        Dataset("figures", "总体数字", "各地公布的总体数字，一行一个数", FIGURES, _figures),
        Dataset("notices", "正在公示", "正在公示的整改结果；公示结束即不再列出", NOTICES, _notices),
        Dataset("releases", "发布", "发布稿目录；正文和附件在各自的页面", RELEASES, _releases),
        Dataset("letters", "信访举报", "逐件的办理情况，没有举报人的任何信息", LETTERS, _letters),
        Dataset("readings", "环境指标", "指标的每次读数", READINGS, _readings),
        Dataset("roots", "留痕树根", "每天的树根和签名", ROOTS, _roots),
        Dataset(
            "provinces", "各省对照", "八省（区）公开的数，逐项列出，没有公布的留空", PROVINCES, _provinces
        ),
    )
}
