"""Canonical JSON: one value, one sequence of bytes.

Keys are sorted, text is UTF-8 in NFC, and only strings, integers, booleans, null, lists and
objects with string keys are allowed. Dates become ISO strings and decimals become plain decimal
strings before they get here, so that no float ever enters a digest (reliability rule D5).
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
from typing import Any
from unicodedata import is_normalized, normalize

import orjson

TYPE_NAMES = "文本、整数、是否、空、列表、字典、日期、十进制数"


class Plain(dict[str, Any]):
    """A dictionary that `plain` has made already, or of such values only; never changed later."""


def plain(value: Any) -> Any:
    """Turn `value` into the JSON subset that canonical bytes allow.

    Raises `TypeError` for a value that has no exact form (a float, a set, an object).
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() or is_normalized("NFC", value) else normalize("NFC", value)
    if value is None or kind is int or kind is bool or kind is Plain:
        return value
    if kind is dict:
        made = Plain()
        for key, item in value.items():
            made[plain(str(key))] = item if item is None or type(item) is int else plain(item)
        return made
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    return _rare(value)


def _rare(value: Any) -> Any:
    if isinstance(value, str):
        return normalize("NFC", str(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f") if value else "0"
    message = f"{type(value).__name__} 没有规范写法；允许的是{TYPE_NAMES}"
    raise TypeError(message)


def dump(value: Any) -> str:
    """Return the canonical text of `value`."""
    return dump_plain(plain(value))


def dump_plain(value: Any) -> str:
    """Return the canonical text of a value that `plain` has made already."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 digest of `data` in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sm3(data: bytes) -> str:
    """Return the SM3 digest (GB/T 32905) of `data` in lower-case hexadecimal."""
    try:
        return hashlib.new("sm3", data).hexdigest()
    except ValueError:  # an OpenSSL built without SM3
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  only where hashlib lacks it

        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize().hex()
