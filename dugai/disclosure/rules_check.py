"""What a text must not carry out of the house: open places, people's data, foreign places. Pure.

Each function returns what it found with its place; `checking` puts them together with the arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dugai.disclosure.states import Severity
from dugai.kernel import canonical

RULES: dict[str, tuple[Severity, str]] = {
    "mask": (Severity.BLOCK, "没有填的地方"),
    "phone": (Severity.BLOCK, "手机号码"),
    "landline": (Severity.WARN, "固定电话"),
    "identity": (Severity.BLOCK, "身份证号"),
    "bank": (Severity.BLOCK, "银行卡号"),
    "email": (Severity.WARN, "电子邮箱"),
    "arithmetic": (Severity.BLOCK, "数字对不上"),
    "rounding": (Severity.WARN, "末位取舍"),
    "ledger": (Severity.BLOCK, "与台账不符"),
    "stale": (Severity.WARN, "数据不是同一天"),
    "empty_rate": (Severity.WARN, "没有分母的比率"),
    "typed": (Severity.WARN, "手写的数"),
    "typed_wrong": (Severity.BLOCK, "手写的数与台账不符"),
    "fell": (Severity.WARN, "累计数比上期少"),
    "copy": (Severity.WARN, "与别处文字相近"),
    "place": (Severity.WARN, "出现别处地名"),
    "hidden": (Severity.BLOCK, "附件里有看不见的内容"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its rule, the block it is in (None: the whole text or a file), what stands there, why."""

    rule: str
    message: str
    quote: str = ""
    block: int | None = None

    @property
    def severity(self) -> Severity:
        """Return whether it stops the release."""
        return RULES[self.rule][0]

    @property
    def key(self) -> str:
        """Return what makes it the same finding in the next check: its rule and the words it is about."""
        return canonical.sha256(canonical.dump([self.rule, self.quote, self.message]).encode())


_MASKS = re.compile(
    r"【待填[^】]*】|待定|待补充|待核实|[×✕╳]{2,}|[xX]{2,}|[○〇]{2,}|\*{2,}|_{3,}|＿{2,}|…{3,}"
)
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d-])(?:0\d{2,3}[-－—\s]?)\d{7,8}(?!\d)")
_IDENTITY = re.compile(
    r"(?<![\dA-Za-z])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_BANK = re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def open_places(lines: Iterable[tuple[int, str]]) -> list[Found]:
    """Find what was left to fill in: 【待填：…】, 待定, ×××, **, ○○, ____."""
    return [
        Found("mask", f"“{mark[0]}”还没有填。请填上，或删去这一句。", line, block)
        for block, line in lines
        for mark in _MASKS.finditer(line)
    ]


def personal_data(lines: Iterable[tuple[int, str]]) -> list[Found]:
    """Find phone numbers, identity numbers (with their check digit), bank cards (Luhn) and addresses.

    What is found is quoted with its middle covered, so that a finding does not spread it.
    """
    found = []
    for block, line in lines:
        taken: list[tuple[int, int]] = []
        for rule, pattern, right in (
            ("identity", _IDENTITY, is_identity),
            ("bank", _BANK, is_bank_card),
            ("phone", _PHONE, None),
            ("landline", _LANDLINE, None),
            ("email", _EMAIL, None),
        ):
            for hit in pattern.finditer(line):
                inside = any(start < hit.end() and hit.start() < end for start, end in taken)
                if inside or (right is not None and not right(hit[0])):
                    continue
                taken.append(hit.span())
                found.append(Found(rule, WORDS_OF[rule], covered(hit[0]), block))
    return found


WORDS_OF = {
    "identity": "正文里有身份证号。请删去。",
    "bank": "正文里有银行卡号。请删去。",
    "phone": "正文里有手机号码。请删去，或换成公开的办公电话。",
    "landline": "正文里有固定电话。请确认是公开的办公电话。",
    "email": "正文里有电子邮箱。请确认是公开的单位信箱。",
}


def covered(words: str) -> str:
    """Return words with the middle covered: 138****0000."""
    return words if len(words) < 8 else f"{words[:3]}****{words[-4:]}"


def is_identity(number: str) -> bool:
    """Say whether eighteen marks carry the check digit of GB 11643."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def is_bank_card(words: str) -> bool:
    """Say whether sixteen to nineteen digits satisfy Luhn and do not begin with a nought."""
    digits = [int(mark) for mark in words if mark.isdigit()]
    if digits[0] == 0 or len(set(digits)) == 1:
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def foreign_places(
    lines: Iterable[tuple[int, str]], names: Mapping[str, str], own: Sequence[str]
) -> list[Found]:
    """Find names of regions outside the text's own: `names` gives each short or full name its full name.

    A name inside a longer one of the text's own region is not foreign.
    """
    if not names:
        return []
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    ours = re.compile("|".join(sorted(map(re.escape, own), key=len, reverse=True))) if own else None
    found = []
    for block, line in lines:
        covered_at = [hit.span() for hit in ours.finditer(line)] if ours else []
        seen: set[str] = set()
        for hit in pattern.finditer(line):
            inside = any(start <= hit.start() and hit.end() <= end for start, end in covered_at)
            full = names[hit[0]]
            if not inside and full not in seen:
                seen.add(full)
                found.append(Found("place", f"“{hit[0]}”不在本地区。请核对是否从别处抄来。", line, block))
    return found


_TYPED = re.compile(r"(?<![\d.第])(\d[\d,]*(?:\.\d+)?) ?(个|项|条|处|件|份|次|家|人|座|%|％)")


def typed_numbers(body: Mapping[str, Any]) -> list[tuple[int, str, str, str]]:
    """Return counts that a person typed into prose: block, sentence, number, unit. Figures are left out."""
    found = []
    for position, block in enumerate(body["blocks"]):
        if block["kind"] == "table" or block.get("maker"):
            continue
        for run in block["runs"]:
            for hit in _TYPED.finditer(run.get("t", "")):
                sentence = next(
                    part for part in re.split(r"(?<=[。；\n])", _upto(run["t"], hit.end())) if hit[0] in part
                )
                found.append((position, sentence, hit[1].replace(",", ""), hit[2]))
    return found


_CLOSED_BY = re.compile(
    r"(?:合计|共计|总计|总共)(?:为|是|达到?)?\s*(\d[\d,]*(?:\.\d+)?)\s*([^\d\s，。；、]{1,3})"
)


def closing_totals(lines: Iterable[tuple[int, str]]) -> list[Found]:
    """Find totals that close a list and are not its sum: 工业口 30 个，生活口 20 个，合计 60 个.

    All numbers of the sentence before the total, in its unit, are its parts; two at least.
    """
    found = []
    for block, line in lines:
        for sentence in re.split(r"[。；\n]", line):
            for total in _CLOSED_BY.finditer(sentence):
                unit = re.escape(total[2][0])
                before = re.findall(rf"(\d[\d,]*(?:\.\d+)?)\s*{unit}", sentence[: total.start()])
                parts = [Decimal(one.replace(",", "")) for one in before]
                whole = Decimal(total[1].replace(",", ""))
                if len(parts) > 1 and sum(parts) != whole:
                    terms = "＋".join(before)
                    message = f"{terms}＝{sum(parts)}，与合计 {total[1]} 差 {abs(sum(parts) - whole)}。"
                    found.append(Found("arithmetic", message, sentence, block))
    return found


def _upto(words: str, end: int) -> str:
    """Return the words as far as the sentence in which `end` lies."""
    stop = re.search(r"[。；\n]", words[end:])
    return words[: end + stop.end()] if stop else words
