"""Consecutive batches of one series."""

from __future__ import annotations

from typing import Any

from dugai.intake.reconcile.series import series_checks
from dugai.intake.text.source import plain_source
from dugai.intake.understand import understand

NUMBERS = ["十", "十一", "十二", "十三"]


def batch(number: int, own: int, so_far: int) -> tuple[str, dict[str, Any]]:
    """The notice of one batch."""
    name = NUMBERS[number - 10]
    text = (
        f"中央生态环境保护督察组交办第{name}批信访举报件办理情况\n"
        f"6月17日，督察组向我市交办第{name}批信访举报件{own}件，已办结{own - 2}件。\n"
        f"截至目前，督察组累计向我市交办信访举报件{so_far}件。\n"
    )
    return f"{number}.txt", understand(plain_source(f"{number}.txt", text))


def test_totals_that_grow_by_the_batch_hold() -> None:
    found = series_checks([batch(11, 27, 395), batch(10, 30, 368)])
    assert [(f.expr, f.holds) for f in found] == [("368+27=395", True)]


def test_a_total_that_does_not_grow_by_the_batch_is_named() -> None:
    found = series_checks([batch(10, 30, 368), batch(11, 27, 390)])
    assert [(f.expr, f.holds, f.computed) for f in found] == [("368+27=390", False, "395")]
    assert found[0].note == "上批累计368加本批27为395，本批累计写作390"


def test_a_batch_that_is_missing_only_forbids_shrinking() -> None:
    assert series_checks([batch(10, 30, 368), batch(12, 20, 415)]) == []
    found = series_checks([batch(10, 30, 368), batch(12, 20, 360)])
    assert [(f.expr, f.holds) for f in found] == [("368<=360", False)]
