"""Found words are cut out for marking, and nothing of the text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dugai.kernel import marking


def hits(text: str, query: str) -> list[str]:
    return [part.text for part in marking.parts(text, query) if part.hit]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("老城区污水管网缺口", "污水", ["污水"]),
        ("污水直排，污水管网", "污水 管网", ["污水", "污水管网"]),
        ("编号 JY3-12", "jy3", ["JY3"]),
        ("管网 ６.4 公里", "6", ["６"]),
        ("共 16 处", "6", []),
        ("<b>污水</b>", "污水", ["污水"]),
        ("老城区", "，。", []),
        ("", "污水", []),
    ],
)
def test_what_was_asked_for_is_marked(text: str, query: str, found: list[str]):
    assert hits(text, query) == found


@given(st.text(), st.text(max_size=20))
def test_the_parts_are_the_text(text: str, query: str):
    assert "".join(part.text for part in marking.parts(text, query)) == text


def test_an_excerpt_stands_around_the_first_hit():
    text = "前" * 200 + "污水" + "后" * 200
    cut = marking.excerpt(text, "污水", 60)
    assert [part.text for part in cut if part.hit] == ["污水"]
    assert cut[0].text == cut[-1].text == marking.ELLIPSIS
    assert sum(len(part.text) for part in cut[1:-1]) == 60
    assert marking.excerpt("短文", "污水") == [marking.Part("短文")]
