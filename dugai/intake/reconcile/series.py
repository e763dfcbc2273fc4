"""Documents of one series: what the batches print together must grow by what each batch prints."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dugai.intake.grammar.numerals import integer
from dugai.intake.reconcile.finding import Finding

_SINCE = re.compile(
    r"累计|前[一二三四五六七八九十\d]+批|[1一][-至到—][一二三四五六七八九十\d]+批|共(?:向|交办|转办|收到|受理)"
)
_BATCH = re.compile(r"第\s*([一二三四五六七八九十\d]+)\s*批")


@dataclass(frozen=True, slots=True)
class Batch:
    """One document of a series: its number, what came with it, what came so far."""

    name: str
    number: int
    own: Decimal | None
    own_quote: str
    so_far: Decimal | None
    so_far_quote: str


def batch_of(name: str, record: dict[str, Any]) -> Batch | None:
    """The batch a record speaks of, None where it prints no number of a batch."""
    match = _BATCH.search(str(record["document"].get("batch") or ""))
    number = integer(match[1]) if match else None
    if number is None:
        return None
    handed = [f for f in record["figures"] if f["name"] == "信访件交办数"]
    so_far = next((f for f in handed if _SINCE.search(f["quote"])), None)
    own = next((f for f in handed if f is not so_far), None)
    return Batch(
        name,
        number,
        _value(own),
        own["quote"] if own else "",
        _value(so_far),
        so_far["quote"] if so_far else "",
    )


def _value(figure: dict[str, Any] | None) -> Decimal | None:
    return Decimal(str(figure["value"])) if figure and not isinstance(figure["value"], str) else None


def series_checks(records: list[tuple[str, dict[str, Any]]]) -> list[Finding]:
    """Consecutive batches: the total so far grows by the batch, and never shrinks."""
    batches = sorted((b for n, r in records if (b := batch_of(n, r))), key=lambda b: b.number)
    found: list[Finding] = []
    for before, after in itertools.pairwise(batches):
        if before.so_far is None or after.so_far is None or before.number == after.number:
            continue
        quotes = tuple(q for q in (before.so_far_quote, after.own_quote, after.so_far_quote) if q)
        if after.number == before.number + 1 and after.own is not None:
            total = before.so_far + after.own
            expr = f"{before.so_far}+{after.own}={after.so_far}"
            note = (
                ""
                if total == after.so_far
                else f"上批累计{before.so_far}加本批{after.own}为{total}，本批累计写作{after.so_far}"
            )
            found.append(Finding("cross_reference", expr, total == after.so_far, quotes, computed=str(total),
                                 formula="上批累计加本批等于本批累计", note=note))  # fmt: skip
        elif after.so_far < before.so_far:
            note = f"第{after.number}批的累计数小于第{before.number}批"
            found.append(Finding("cross_reference", f"{before.so_far}<={after.so_far}", False, quotes,
                                 formula="累计数不减少", note=note))  # fmt: skip
    return found
