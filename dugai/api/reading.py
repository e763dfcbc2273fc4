"""Reading JSON strictly: what two readers could understand differently is refused (M39)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from ninja.parser import Parser

from dugai.kernel.errors import DomainError

if TYPE_CHECKING:
    from django.http import HttpRequest

DEEPEST = 12
LONGEST_NUMBER = 25


class BadJson(DomainError):
    """The body is not JSON as this API reads it."""

    code, status = "bad_json", 400


class WrongType(DomainError):
    """The body came as something else than JSON."""

    code, status = "unsupported_media_type", 415


def loads(data: bytes) -> Any:
    """Return the value of a JSON text.

    Raises `BadJson` for what is not UTF-8, for double names, NaN and Infinity, numbers of more than 25
    characters and nesting deeper than 12.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once_each,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except RecursionError:
        raise BadJson(f"嵌套太深，最多 {DEEPEST} 层") from None
    except ValueError as error:  # not JSON, or not UTF-8
        raise BadJson(f"正文不是有效的 JSON：{_where(error)}") from None
    _require_shallow(value)
    return value


class StrictParser(Parser):
    """What django-ninja reads bodies with."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value of a JSON body."""
        if request.content_type != "application/json":
            raise WrongType("请用 Content-Type: application/json 提交")
        return loads(request.body)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = sorted({name for name in names if names.count(name) > 1} if len(names) < 1000 else {"…"})
        raise BadJson(f"同一个名字写了两次：{'、'.join(double)[:80]}")
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} 不是 JSON 的数")


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise BadJson(f"数字太长，最多 {LONGEST_NUMBER} 位")
    return int(text)


def _fraction(text: str) -> float:
    if len(text) > LONGEST_NUMBER:
        raise BadJson(f"数字太长，最多 {LONGEST_NUMBER} 位")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadJson("数字太大")
    return number


def _where(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"第 {error.lineno} 行第 {error.colno} 列"
    return "请用 UTF-8 编码"


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise BadJson(f"嵌套太深，最多 {DEEPEST} 层")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
