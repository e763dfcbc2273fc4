"""The table of status words in the docs says exactly what the functions do, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from dugai.ledger.labels import LabelReading, published_label, read_label
from dugai.ledger.states import Closure, Progress, TimeStatus

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "status-labels.md"

# Every status word of the domain reference, section C.4, with the variants found in print.
PRINTED = (
    "未启动 正在整改 正在推进 正在积极有序推进 持续推进 达到序时进度 均按序时进度推进 未达序时进度 未达到序时进度 进展滞后 "
    "阶段性进展缓慢 未按期完成 部分已完成，其他按序时进度推进 基本完成 已基本完成 基本办结 已完成 已完成并持续推进 "
    "已完成并长期坚持 已经完成，长期坚持 已完成整改并长期坚持 取得阶段性进展 取得阶段性成效 验收通过 公示中 已销号 已备案 "
    "转入第二轮深入整改 转入深入整改 反弹 重新整改"
)
FOUND_IN_PRINT = PRINTED.split(" ")


def tables() -> list[list[list[str]]]:
    """The tables of the page, each a list of rows of cells, heads left out."""
    found: list[list[list[str]]] = []
    before = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|---"):
            found.append([])
        elif line.startswith("|") and before.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        before = line
    return found


LABELS, OPEN, CLOSURES = tables()


def by_label(kind, label):
    return None if label == "—" else next(member for member in kind if member.label == label)


@pytest.mark.parametrize("row", LABELS, ids=lambda row: row[0])
def test_every_printed_label_reads_and_prints_as_the_table_says(row):
    text, progress, time, closure, standing, label, code = row
    expected = LabelReading(
        original=text,
        progress=by_label(Progress, progress),
        time=by_label(TimeStatus, time),
        closure=by_label(Closure, closure),
        standing=standing == "有",
        code=code.strip("`"),
    )
    read = read_label(text)
    assert read == expected
    assert str(read) == text
    assert (
        published_label(
            read.progress or Progress.IN_PROGRESS,
            read.time or TimeStatus.NOT_DUE,
            read.closure or Closure.OPEN,
            has_standing_part=read.standing,
        )
        == label
    )


def test_every_label_found_in_print_has_a_row():
    assert set(FOUND_IN_PRINT) - {row[0] for row in LABELS} == set()


def test_the_table_of_open_items_is_complete_and_true():
    assert [row[0] for row in OPEN] == Progress.labels
    for row, progress in zip(OPEN, Progress, strict=True):
        assert row[1:] == [published_label(progress, time, Closure.OPEN) for time in TimeStatus]
        for quiet in (Closure.APPLIED, Closure.CHECKED):
            assert row[1:] == [published_label(progress, time, quiet) for time in TimeStatus]


def test_the_table_of_closures_is_complete_and_true():
    assert [row[0] for row in CLOSURES] == Closure.labels
    printed = [published_label(Progress.DONE, TimeStatus.ON_SCHEDULE, closure) for closure in Closure]
    assert [row[1] for row in CLOSURES] == printed
