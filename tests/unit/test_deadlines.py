"""The deadline as a value: which date counts, what prints, what is stored."""

from __future__ import annotations

import datetime as dt

import pytest

from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import PeriodKind
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.deadlines import (
    Deadline,
    DeadlineKind,
    UnknownDeadline,
    canonical,
    due_date,
    first_due,
    from_json,
    last_due,
    next_due,
    print_deadline,
    to_json,
    with_default_internal_due,
    with_internal_due,
)

TWO = "2022年6月底（2025年12月底前完成目标）"
UNKNOWN = UnknownDeadline("另行通知", "读不出")


def day(text):
    return dt.date.fromisoformat(text)


def known(text, issued=None):
    found = parse_deadline(text, issued=issued)
    assert isinstance(found, Deadline)
    return found


def test_the_last_date_makes_overdue_and_the_first_comes_first():
    assert (first_due(known(TWO)), due_date(known(TWO))) == (day("2022-06-30"), day("2025-12-31"))


def test_the_internal_date_counts_only_where_there_is_no_published_one():
    immediate = with_internal_due(known("立行立改"), day("2024-04-14"))
    assert (last_due(immediate), due_date(immediate), first_due(immediate)) == (
        None,
        day("2024-04-14"),
        day("2024-04-14"),
    )
    fixed = with_internal_due(known("2025年底前"), day("2025-10-31"))
    assert (due_date(fixed), fixed.published()) == (day("2025-12-31"), known("2025年底前"))


def test_an_internal_date_may_only_be_earlier():
    with pytest.raises(InvalidInput) as refused:
        with_internal_due(known("2025年底前"), day("2026-01-01"))
    assert refused.value.fields == {
        "internal_due": "内部时限 2026-01-01 晚于公布的时限 2025-12-31。内部时限只能提前，请改早。"
    }


def test_at_once_gets_an_internal_date_and_others_do_not():
    issued = day("2024-03-15")
    assert with_default_internal_due(known("立行立改"), issued=issued).internal_due == day("2024-04-14")
    assert with_default_internal_due(known("立行立改"), issued=issued, immediate_days=7).internal_due == day(
        "2024-03-22"
    )
    own = with_internal_due(known("立行立改"), day("2024-03-20"))
    assert with_default_internal_due(own, issued=issued) is own
    for text in ("2025年底前", "立行立改，2024年底前", "长期坚持"):
        assert with_default_internal_due(known(text), issued=issued).internal_due is None


def test_next_due_looks_ahead():
    two = known(TWO)
    assert next_due(two, day("2022-06-30")) == day("2022-06-30")
    assert next_due(two, day("2022-07-01")) == day("2025-12-31")
    assert next_due(two, day("2026-01-01")) is None
    assert next_due(known("长期坚持"), day("2024-05-05")) == day("2024-06-30")
    assert next_due(with_internal_due(two, day("2025-11-30")), day("2025-01-01")) == day("2025-11-30")


def test_an_unknown_deadline_has_no_dates_and_prints_its_words():
    assert (due_date(UNKNOWN), first_due(UNKNOWN), next_due(UNKNOWN, day("2024-01-01"))) == (None, None, None)
    assert print_deadline(UNKNOWN) == "另行通知"
    assert UNKNOWN.kind is DeadlineKind.UNKNOWN


def test_the_original_words_print_unchanged():
    assert print_deadline(known(" ２０２５年12月底前 。")) == " ２０２５年12月底前 。"
    assert print_deadline(Deadline(DeadlineKind.IMMEDIATE, immediate=True)) == "立行立改"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("即知即改、持续推进", "立行立改；长期坚持"),
        (TWO, "2022年6月底前；2025年12月底前完成目标"),
        ("“十四五”末并长期坚持", "2025年底前；长期坚持"),
        ("2025.6.3", "2025年6月3日前"),
        ("2025年三季度", "2025年第3季度末前"),
        ("2025年上半年；2026年下半年", "2025年上半年内；2026年下半年内"),
        ("已办结", "已完成"),
        ("2023年、2024年分年度，长期坚持", "2023年、2024年分年度完成；长期坚持"),
        ("长期坚持，每月报送", "长期坚持（每月报送佐证）"),
        ("短期（2022年底前）攻坚，中期推进，长期坚持", "短期攻坚（2022年底前）、中期推进、长期坚持"),
    ],
)
def test_canonical_words(text, words):
    assert canonical(known(text)) == words
    assert parse_deadline(words) == known(text)


def test_json_keeps_everything():
    own = with_internal_due(known("2月底前并长期坚持", issued=day("2024-03-15")), day("2025-01-31"))
    back = from_json(to_json(own))
    assert isinstance(back, Deadline)
    assert (back, back.raw, back.assumed, back.issued) == (own, own.raw, own.assumed, own.issued)
    assert to_json(own)["evidence"] == PeriodKind.QUARTER.value
    assert from_json(to_json(UNKNOWN)) == UNKNOWN


@pytest.mark.parametrize(
    "damage", [{}, {"kind": "soon"}, {"kind": "fixed", "parts": None}, {"kind": "unknown"}]
)
def test_damaged_json_is_refused(damage):
    with pytest.raises(InvalidInput) as refused:
        from_json(damage)
    assert refused.value.code == "deadline_data"
