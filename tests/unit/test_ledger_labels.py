"""Labels: printed words in, the published label out."""

from __future__ import annotations

import pytest

from dugai.ledger.labels import LabelReading, published_label, read_label
from dugai.ledger.states import Closure, Progress, TimeStatus

P, T, C = Progress, TimeStatus, Closure


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("整改措施：已完成并长期坚持。", "已完成并长期坚持"),
        ("己完成", "已完成"),
        (" 部分已完成,其他按序时进度推进 ", "部分已完成，其他按序时进度推进"),
        ("已完成，并持续推进", "已完成并持续推进"),
        ("已完成整改、长期坚持", "已完成并长期坚持"),
        ("均已完成整改", "已完成"),
        ("未达到时序进度要求", "未达序时进度"),
        ("正在按序时进度推进", "按序时进度推进"),
        ("整改进度：正在有序推进", "正在推进"),
        ("转入第三轮", "转入下一轮"),
    ],
)
def test_spelling_does_not_change_what_a_label_says(printed, plain):
    read, reference = read_label(printed), read_label(plain)
    assert read.understood
    assert (read.progress, read.time, read.closure, read.standing, read.code) == (
        reference.progress,
        reference.time,
        reference.closure,
        reference.standing,
        reference.code,
    )
    assert str(read) == printed


@pytest.mark.parametrize("text", ["", "见附件", "完成投资3亿元", "未完成销号材料", "不予销号", "已完成80%"])
def test_what_is_no_label_is_not_guessed(text):
    assert read_label(text) == LabelReading(text)
    assert not read_label(text).understood


def test_done_with_a_standing_part_says_so():
    assert published_label(P.DONE, T.ON_SCHEDULE, C.OPEN, has_standing_part=True) == "已完成并长期坚持"
    assert published_label(P.IN_PROGRESS, T.NOT_DUE, C.OPEN, has_standing_part=True) == "持续推进"


def test_children_decide_in_place_of_what_is_typed():
    label = published_label(P.DONE, T.ON_SCHEDULE, C.OPEN, children=[P.DONE, P.IN_PROGRESS])
    assert label == "部分已完成，其他按序时进度推进"


@pytest.mark.parametrize("closure", [C.REOPENED, C.STRENGTHENED])
def test_again_under_way_and_late(closure):
    assert published_label(P.IN_PROGRESS, T.ON_SCHEDULE, closure) == closure.label
    assert published_label(P.IN_PROGRESS, T.BEHIND, closure) == f"{closure.label}，未达序时进度"
    assert published_label(P.IN_PROGRESS, T.OVERDUE, closure) == f"{closure.label}，未按期完成"
