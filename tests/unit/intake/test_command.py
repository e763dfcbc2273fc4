"""The two functions that the command line calls, and what holds for any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dugai.intake.intake_cli import check_files, decode, main, read_files
from dugai.intake.text.source import plain_source
from dugai.intake.understand import understand
from tests.unit.intake import casebook

WRONG = "反馈的24个问题，已完成整改17个，其余6个正在整改。\n"


def test_records_keep_the_stem_of_their_file(tmp_path: Path) -> None:
    paper = tmp_path / "甲.v1.txt"
    paper.write_text(WRONG, encoding="utf-8")
    (record,) = read_files([paper], tmp_path / "out")
    written = json.loads((tmp_path / "out" / "甲.v1.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(record))
    assert [f["value"] for f in written["figures"]] == [24, 17, 6]


def test_checking_gives_findings_and_a_report(tmp_path: Path) -> None:
    paper = tmp_path / "甲.txt"
    paper.write_text(WRONG, encoding="utf-8")
    ((path, findings, text),) = check_files([paper])
    assert path == paper
    assert [f.expr for f in findings if f.is_error] == ["17+6=24"]
    assert "17+6=24" in text


def test_the_exit_status_says_whether_something_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, right = tmp_path / "甲.txt", tmp_path / "乙.txt"
    wrong.write_text(WRONG, encoding="utf-8")
    right.write_text(WRONG.replace("6个正", "7个正"), encoding="utf-8")
    assert main(["check", str(wrong)]) == 1
    assert main(["check", str(right)]) == 0
    assert "不符 0 处" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_decoded_as_it_was_written(encoding: str) -> None:
    assert decode("生态环境保护督察整改，㎡。".encode(encoding)) == "生态环境保护督察整改，㎡。"


def test_bytes_that_cannot_be_read_are_said_to_be_lost(tmp_path: Path) -> None:
    paper = tmp_path / "坏.txt"
    paper.write_bytes("督察整改".encode("gb18030") + b"\xff\xff\n")
    (record,) = read_files([paper], None)
    assert record["x_complete"] is False
    assert record["x_skipped"] == ["有字节不是通行的中文编码，无法还原，以“\ufffd”代替。"]


PIECES = st.sampled_from(
    [
        "问题一：",
        "责任单位：",
        "整改时限：2025年底前",
        "\n",
        "\t",
        "12件",
        "其中",
        "，",
        "。",
        "（",
        "）",
        "“",
        "”",
        "*",
        "3.5%",
        "办结率",
        "从",
        "上升到",
        "序号",
        "整改措施",
        "D3SX202505280018",
        "市水利局、",
        "（上接一版）",
        " and ",
        "1、",
        "2、",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_any_text_gives_a_record_whose_quotes_are_literal(text: str) -> None:
    record = understand(plain_source("x.txt", text))
    for entry in [*record["figures"], *record["defects"]]:
        assert entry["quote"].strip() == "" or entry["quote"] in text
    for entry in record["arithmetic"]:
        assert all(quote in text for quote in entry["quotes"])
    for edit in record["x_edits"]:
        assert 0 <= edit["start"] <= edit["end"] <= len(text)


@pytest.mark.parametrize("name", casebook.names())
def test_every_case_fits_the_shape_of_a_record(name: str) -> None:
    text = (casebook.CASES / f"{name}.txt").read_text(encoding="utf-8")
    record = understand(plain_source(name, text))
    for figure in record["figures"]:
        assert figure["quote"] in text
    for problem in record["problems"]:
        assert problem["text_starts"] in text
        assert problem.get("deadline_raw", "") in text
    for defect in record["defects"]:
        assert defect["quote"] in text
