"""A spreadsheet cell as a person sees it: numbers, percentages and dates by their number format.

Excel stores dates as day counts and keeps 15 digits of a number; what the sheet showed is rebuilt here, and a
long number whose tail is gone is flagged instead of passed on as if it were right.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ECMA-376 part 1, 18.8.30, and the Chinese locale's meaning of 27-36 and 50-58.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy/m/d",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 36: 'yyyy"年"m"月"',
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss", 46: "h:mm:ss", 47: "mm:ss", 49: "@",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_DECIMALS = re.compile(r"\.([0#?]+)")
_EPOCH = {
    False: dt.datetime(1899, 12, 30),  # noqa: DTZ001 - a sheet has no zone
    True: dt.datetime(1904, 1, 1),  # noqa: DTZ001 - the same
}
_LARGEST = 20  # powers of ten; beyond it no office writes figures, and the number is shown as stored
LONG = 16  # digits; from here on Excel no longer keeps them all


def shown(raw: str, format_code: str, *, since_1904: bool = False) -> str:
    """``raw`` (the stored number) as the format shows it; the raw text when it is no number."""
    if format_code == "General" and raw.isdecimal() and raw.isascii() and len(raw) < LONG:
        return raw.lstrip("0") or "0"
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw
    if not number.is_finite() or (number and abs(number.adjusted()) > _LARGEST):
        return raw
    code = _section(format_code, number)
    bare = _QUOTED.sub("", code)
    if is_date(code):
        return _date(number, code, since_1904=since_1904) or _plain(number)
    if "%" in bare:
        return _fixed(number * 100, bare) + "%"
    if "e" in bare.lower() and "general" not in bare.lower():
        return _plain(number)
    if re.search(r"[0#]", bare):
        return _affixed(number, code, bare)
    return _plain(number)


@functools.cache
def is_date(code: str) -> bool:
    """Whether a number format shows a date or a time."""
    bare = _QUOTED.sub("", code)
    return bool(_DATE.search(bare)) and "general" not in bare.lower() and not re.search(r"[0#](?!\d*s)", bare)


def lost_digits(raw: str) -> int:
    """Digits of an integer too long for Excel; 0 when it is safe."""
    if len(raw) < LONG and "e" not in raw and "E" not in raw:
        return 0
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return 0
    if not number.is_finite() or number != number.to_integral_value():
        return 0
    digits = number.adjusted() + 1
    return digits if LONG <= digits <= 40 else 0


def _section(code: str, number: Decimal) -> str:
    parts = code.split(";")
    if number < 0 and len(parts) > 1 and parts[1].strip():
        return parts[0]
    if (
        number == 0
        and len(parts) > 2
        and _DECIMALS.search(parts[2] + ".") is None
        and re.search(r"[0#]", parts[2])
    ):
        return parts[2]
    return parts[0]


def _plain(number: Decimal) -> str:
    """General: 15 significant digits, no exponent, no trailing zeros."""
    if number == number.to_integral_value():
        return f"{number.quantize(Decimal(1)):f}"
    rounded = Decimal(f"{float(number):.15g}")
    return f"{rounded.normalize():f}"


def _fixed(number: Decimal, bare: str) -> str:
    found = _DECIMALS.search(bare)
    most = len(found.group(1)) if found else 0
    least = found.group(1).count("0") if found else 0
    # The stored binary fraction 0.20269999999999999 stands for 0.2027: round to 15 digits first, as Excel does.
    rounded = Decimal(f"{float(number):.15g}").quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    text = f"{rounded:,f}" if re.search(r"[0#],[0#]", bare) else f"{rounded:f}"
    if "." in text:
        whole, fraction = text.split(".")
        fraction = fraction[:least] + fraction[least:].rstrip("0")
        text = f"{whole}.{fraction}" if fraction else whole
    return text


def _affixed(number: Decimal, code: str, bare: str) -> str:
    """A number with the literal text its format adds: 0"件", ¥#,##0."""
    literal = re.sub(r"\[[^\]]*\]|_.|\*.", "", code)
    match = re.search(r"[#0?][#0?,.]*", re.sub(r'"[^"]*"', lambda m: "\0" * len(m.group(0)), literal))
    if match is None or lost_digits(str(number)):
        return _plain(number)
    before, after = (_literal(part) for part in (literal[: match.start()], literal[match.end() :]))
    if bare.strip().strip("0") == "" and len(bare.strip()) > 1:
        digits = f"{int(number):0{len(bare.strip())}d}"
        return before + digits + after
    return before + _fixed(number, bare) + after


def _literal(text: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda m: m.group(1) or m.group(2) or "", text)


def _date(number: Decimal, code: str, *, since_1904: bool) -> str:
    if not 0 <= number < 2_958_466:
        return ""
    days = number
    if not since_1904 and number < 60:  # Excel counts a 29 February 1900 that never was
        days += 1
    when = _EPOCH[since_1904] + dt.timedelta(days=int(days), seconds=round(float(days % 1) * 86400))
    bare = _QUOTED.sub("", code).lower()
    has_date = "y" in bare or "d" in bare or ("m" in bare and "h" not in bare and "s" not in bare)
    text = _date_part(when, code, bare) if has_date else ""
    if "h" in bare or "s" in bare:
        text = f"{text} {when:%H:%M:%S}" if "s" in bare else f"{text} {when:%H:%M}"
    return text.strip()


def _date_part(when: dt.datetime, code: str, bare: str) -> str:
    year, month, day = "y" in bare, "m" in bare, "d" in bare
    if "年" in code or "月" in code or "日" in code:
        parts = (f"{when.year}年" if year else "") + (f"{when.month}月" if month else "")
        return parts + (f"{when.day}日" if day else "")
    pieces = ([f"{when.year:04d}"] if year else []) + ([f"{when.month:02d}"] if month else [])
    return "-".join(pieces + ([f"{when.day:02d}"] if day else []))
