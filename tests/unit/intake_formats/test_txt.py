"""Plain text keeps every character, whatever encoding it came in."""

import pytest

from dugai.intake.readers import read_bytes
from tests.unit.intake_formats.conftest import lines, sound

NOTICE = (
    "关于第三项整改任务销号的公示\r\n\r\n按照要求，现将PM2.5治理情况公示如下：办结率95.7%。\n（下转三版）"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_text_is_the_decoded_file_unchanged(encoding):
    source = sound(read_bytes(NOTICE.encode(encoding), "公示.txt"))
    assert source.text == NOTICE
    assert source.complete
    assert lines(source) == [
        "关于第三项整改任务销号的公示",
        "按照要求，现将PM2.5治理情况公示如下：办结率95.7%。",
        "（下转三版）",
    ]


def test_traditional_text_in_big5_is_not_taken_for_gb():
    text = "關於環境保護督察整改情況的報告，責任單位為市水務局，已經完成整改並長期堅持。"
    assert read_bytes(text.encode("big5"), "a.txt").text == text


def test_one_short_line_of_gb18030_is_enough():
    assert (
        read_bytes("整改时限：2025年12月底前".encode("gb18030"), "a.txt").text == "整改时限：2025年12月底前"
    )


def test_a_few_damaged_bytes_are_named_and_the_rest_is_read():
    data = ("整改任务已完成。" * 200).encode()
    source = read_bytes(data[:100] + b"\xff" + data[100:], "a.txt")
    assert not source.complete
    assert "1 处字节坏了" in source.skipped[0]
    assert source.text.count("整改任务已完成。") >= 198


def test_noise_is_refused_and_not_shown_as_text(refusal):
    noise = bytes((i * 7919 + 13) % 251 + 4 for i in range(5000))
    assert refusal(noise, "a.txt").code in {"encoding", "unsupported"}


def test_harmful_characters_are_taken_out_and_named():
    source = sound(read_bytes("任务\u202e完成\u0007。\r\n第二行\n".encode(), "a.txt"))
    assert source.text == "任务完成。\r\n第二行\n"
    assert any("改变文字方向" in note for note in source.notes)
    assert any("控制字符" in note for note in source.notes)


def test_marks_piled_on_one_another_are_cut():
    source = read_bytes(("公" + "\u0301" * 100_000 + "示").encode(), "a.txt")
    assert len(source.text) == 32
    assert source.notes


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b" \n\t\n", "no_text")])
def test_nothing_is_a_refusal(refusal, data, code):
    assert refusal(data, "a.txt").code == code


def test_an_empty_looking_name_is_no_obstacle():
    assert read_bytes("整改方案".encode(), "无后缀").media == "txt"
