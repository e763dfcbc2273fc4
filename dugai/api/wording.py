"""What is wrong with a request, in words: a sentence for each kind of error, by the path of the value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CODE = "invalid_request"
SENTENCES = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_type": "要写成文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对",
    "string_unicode": "含有不能保存的字符",
    "int_type": "要写成整数",
    "int_parsing": "要写成整数",
    "int_from_float": "要写成整数",
    "int_parsing_size": "数字太大",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "bool_type": "要写成 true 或 false",
    "bool_parsing": "要写成 true 或 false",
    "list_type": "要写成列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "model_attributes_type": "要写成对象",
    "model_type": "要写成对象",
    "dict_type": "要写成对象",
    "enum": "只能是：{expected}",
    "literal_error": "只能是：{expected}",
    "date_from_datetime_parsing": "日期要写成 2026-05-18",
    "date_parsing": "日期要写成 2026-05-18",
    "date_type": "日期要写成 2026-05-18",
}


def refusal(errors: Iterable[Mapping[str, Any]]) -> InvalidInput:
    """Return the refusal for the errors of one request, as pydantic lists them behind their source."""
    fields = {_path(error["loc"]): _sentence(error) for error in errors}
    names = "、".join(sorted(name for name in fields if name)[:5])
    return InvalidInput(f"有 {len(fields)} 处不对：{names or '正文'}", code=CODE, fields=fields)


def unknown(names: Iterable[str]) -> InvalidInput:
    """Return the refusal for query parameters that the operation does not know."""
    fields = dict.fromkeys(sorted(names)[:20], SENTENCES["extra_forbidden"])
    return InvalidInput(f"不认识的参数：{'、'.join(fields)[:200]}", code=CODE, fields=fields)


def repeated(names: Iterable[str]) -> InvalidInput:
    """Return the refusal for query parameters that came more than once."""
    fields = dict.fromkeys(sorted(names)[:20], "只能写一次")
    return InvalidInput(f"参数写了不止一次：{'、'.join(fields)[:200]}", code=CODE, fields=fields)


def _path(where: tuple[Any, ...]) -> str:
    """Return `measures.0.text` for a place in the body; the source and the argument's name are left out."""
    parts = [str(part) for part in where[1:]]
    if where[0] in {"body", "query", "file", "form"} and parts and parts[0] in {"body", "ask", "form"}:
        parts = parts[1:]
    return ".".join(parts)


def _sentence(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context.get("error", "")).removeprefix("Value error, ") or "写法不对"
    text = SENTENCES.get(error["type"], "写法不对")
    if "expected" in context:
        context = {
            **context,
            "expected": str(context["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、"),
        }
    return text.format_map(_Gaps(context))


class _Gaps(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
