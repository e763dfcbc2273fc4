"""Chinese numerals, widths and the damage of copies."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dugai.kernel.chinese import (
    chinese_to_int,
    fold_width,
    int_to_chinese,
    mend,
    read_number,
    squeeze,
    year_to_chinese,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十三", 23),
        ("廿三", 23),
        ("卅", 30),
        ("两百", 200),
        ("一百二", 120),
        ("一百零二", 102),
        ("三百零五", 305),
        ("一千零一十", 1010),
        ("一万二", 12000),
        ("一万零二", 10002),
        ("3万5千", 35000),
        ("叁佰贰拾", 320),
        ("二〇二五", 2025),
        ("二○二五", 2025),
        ("2025", 2025),
        ("一百二十七亿三千五百万", 12_735_000_000),
        ("一万亿", 10**12),
    ],
)
def test_numerals_are_read(text, number):
    assert chinese_to_int(text) == number


@pytest.mark.parametrize("text", ["", "甲", "百", "十百", "一二三十十", "三万甲", "万"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="不是数字"):
        chinese_to_int(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (10, "十"),
        (23, "二十三"),
        (105, "一百零五"),
        (10050, "一万零五十"),
        (100_000_001, "一亿零一"),
    ],
)
def test_numbers_are_written(number, text):
    assert int_to_chinese(number) == text


@pytest.mark.parametrize("number", [-1, 10**12])
def test_numbers_out_of_range_are_refused(number):
    with pytest.raises(ValueError, match="超出范围"):
        int_to_chinese(number)


def test_years_are_written_digit_by_digit():
    assert year_to_chinese(2025) == "二〇二五"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,482.6", "3482.6"),
        ("３，４８２．６".replace("．", "."), "3482.6"),
        ("三点五亿", "350000000"),
        ("1.27亿", "127000000"),
        ("百分之十五", "0.15"),
        ("百分之九十八点二", "0.982"),
        ("98.2%", "0.982"),
        ("９８.２％", "0.982"),
        ("450万", "4500000"),
        ("0.5万亿", "500000000000"),
    ],
)
def test_quantities_are_read_exactly(text, value):
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["约三百", "3.甲", "", "百分之"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError, match="不是数字"):
        read_number(text)


def test_width_is_folded_and_marks_become_chinese():
    assert fold_width("２０２５年（Ａ）") == "2025年（A）"
    assert (
        squeeze(" ２０２５年 12 月底前,完成(一期)\u3000[1];见:注")
        == "2025年12月底前，完成（一期）（1）；见：注"
    )
    assert squeeze("a, b", marks=False) == "a,b"


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("2O25年", "2025年"),
        ("二O二五年", "二0二五年"),
        ("2025年l2月3l日", "2025年12月31日"),
        ("6月30曰前", "6月30日前"),
        ("2025年未", "2025年末"),
        ("年未启动", "年未启动"),
        ("己完成", "已完成"),
        ("立行立政", "立行立改"),
        ("自己完成", "自己完成"),
    ],
)
def test_damage_of_copies_is_mended_and_sound_words_are_left(damaged, mended):
    assert mend(damaged) == mended
