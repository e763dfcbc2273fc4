"""Laws of deadlines: what is printed reads back, what is stored comes back, and text never breaks the reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.kernel.errors import InvalidInput
from dugai.kernel.months import PeriodKind, month_end
from dugai.ledger.deadline_text import parse_deadline
from dugai.ledger.deadlines import (
    DatedPart,
    Deadline,
    DeadlineKind,
    Precision,
    canonical,
    due_date,
    first_due,
    from_json,
    next_due,
    print_deadline,
    to_json,
)

K = DeadlineKind
YEARS = st.integers(2000, 2099)
# Content free of words that are deadlines themselves; those belong to the part they name.
CONTENT = st.sampled_from(
    [
        "",
        "完成管网改造",
        "建成污水处理厂",
        "拆除违建12处",
        "完成“十四五”能耗目标",
        "主体完工（含配套）",
        "关闭A矿",
    ]
)


@st.composite
def parts(draw: st.DrawFn) -> DatedPart:
    year, precision = draw(YEARS), draw(st.sampled_from(list(Precision)))
    match precision:
        case Precision.DAY:
            due = draw(st.dates(dt.date(year, 1, 1), dt.date(year, 12, 31)))
        case Precision.MONTH:
            due = month_end(year, draw(st.integers(1, 12)))
        case Precision.QUARTER:
            due = month_end(year, draw(st.sampled_from([3, 6, 9, 12])))
        case Precision.HALF:
            due = month_end(year, draw(st.sampled_from([6, 12])))
        case _:
            due = dt.date(year, 12, 31)
    return DatedPart(due, precision, draw(CONTENT))


@st.composite
def deadlines(draw: st.DrawFn) -> Deadline:
    kind = draw(st.sampled_from([kind for kind in K if kind is not K.UNKNOWN]))
    standing = kind in {K.STANDING, K.IMMEDIATE_STANDING}
    immediate = kind in {K.IMMEDIATE, K.IMMEDIATE_STANDING}
    found: tuple[DatedPart, ...] = ()
    if kind is K.FIXED:
        found = (draw(parts()),)
    elif kind is K.COMPOUND:
        found = tuple(draw(st.lists(parts(), min_size=1, max_size=4)))
        immediate, standing = draw(st.booleans()), draw(st.booleans())
        immediate = immediate or (len(found) == 1 and not standing)
    elif kind is K.YEARLY:
        contents = draw(st.sampled_from([("", ""), ("完成60%", "完成40%"), ("", "建成二期")]))
        first = draw(YEARS)
        found = tuple(
            DatedPart(dt.date(first + step, 12, 31), Precision.YEAR, text)
            for step, text in enumerate(contents)
        )
        standing = draw(st.booleans())
    elif kind is K.PHASED:
        names = draw(
            st.sampled_from([("短期攻坚", "中期推进"), ("第一阶段：完成管网", "第二阶段：完成治理")])
        )
        found = tuple(
            replace(draw(parts()), content=name)
            if draw(st.booleans())
            else DatedPart(None, Precision.DAY, name)
            for name in names
        )
        standing = draw(st.booleans())
    evidence = draw(st.sampled_from(list(PeriodKind))) if standing else None
    return Deadline(kind, found, immediate=immediate, standing=standing, evidence=evidence)


PIECES = (
    "2024年 2025年 12月 6月 31日 30日 底 前 末 内 、 ， （ ） ； 完成 长期坚持 立行立改 第三季度 上半年 分年度 每 至 — "
    "十四五 “ ” 三个月 年 已 并 短期 中期 自 较 项目 2026 . - 工作日 本月 25 一 其中"
)
WORDS = st.lists(st.sampled_from(PIECES.split(" ")), max_size=9).map("".join)


@given(deadlines())
def test_what_is_printed_reads_back(deadline):
    assert parse_deadline(print_deadline(deadline)) == deadline


@given(WORDS | st.text(max_size=30), st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)))
def test_any_text_is_read_kept_or_refused_but_never_breaks(text, issued):
    try:
        found = parse_deadline(text, issued=issued)
    except InvalidInput:
        with pytest.raises(InvalidInput, match=r"没有这|没有 "):
            parse_deadline(text, issued=issued)
        return
    assert found.raw == text
    assert print_deadline(found) == text
    assert parse_deadline(print_deadline(found), issued=issued) == found
    assert from_json(to_json(found)) == found


@given(deadlines(), st.dates(dt.date(2000, 1, 1), dt.date(2099, 1, 1)), st.text(max_size=5))
def test_what_is_stored_comes_back_whole(deadline, internal, raw):
    full = replace(deadline, internal_due=internal, issued=internal, raw=raw, assumed=(raw,))
    back = from_json(to_json(full))
    assert isinstance(back, Deadline)
    assert (back, back.raw, back.issued, back.assumed) == (full, raw, internal, (raw,))


@given(deadlines(), st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_dates_stand_in_order(deadline, today):
    first, last, ahead = first_due(deadline), due_date(deadline), next_due(deadline, today)
    assert (first is None) == (last is None)
    if first and last:
        assert first <= last
    assert ahead is None or ahead >= today
    if last and last >= today:
        assert ahead is not None


@given(deadlines())
def test_the_canonical_wording_is_a_fixed_point(deadline):
    again = parse_deadline(canonical(deadline))
    assert isinstance(again, Deadline)
    assert canonical(again) == canonical(deadline)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("word", PIECES.split(" "))
def test_a_word_repeated_without_end_does_not_hold_the_reader(word):
    for text in (word * 500 + "项", "2025年底前" + "并且" * 500 + word, "截止到" * 500 + word * 500):
        assert outcome(text) is not None


def outcome(text: str) -> object:
    """What the reader makes of a text, a refusal included."""
    try:
        return parse_deadline(text, issued=dt.date(2024, 3, 15))
    except InvalidInput as refusal:
        return refusal
