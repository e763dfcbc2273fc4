"""A saved page gives its article; the rest is counted, not mixed in."""

import pytest

from dugai.intake.readers import read_bytes
from tests.unit.intake_formats.conftest import lines, sound, table

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>公示_某某市政府网</title>
<meta name="PubDate" content="2024-05-18"><style>p{{color:red}}</style><script>var 菜单=1</script></head><body>
<div class="nav"><a href="#">首页</a><a href="#">政务公开</a></div>
<div class="w"><h1>关于第三项整改任务销号的公示</h1><div id="zoom" style="visibility:hidden;opacity:0">
<p>现将PM<sub>2.5</sub>治理情况<b>公示</b>如下：<br>一、任务原文</p><h2>二、整改目标</h2>
<p style="display:none">看不见的字</p>
<table><tr><th rowspan="2">序号</th><th colspan="2">单位</th></tr><tr><td>责任</td><td>督导</td></tr>
<tr><td>1</td><td><p>市水务局</p><p>市住建局</p></td><td>市整改办</td></tr></table>
<p>公示期为7天。<img src="a.jpg"></p></div></div>
<div class="foot"><p>主办单位：某某市人民政府办公室 承办：信息中心 网站标识码 9900000001</p></div></body></html>"""


@pytest.fixture
def page():
    return sound(read_bytes(PAGE.format(charset="utf-8").encode(), "公示.html"))


def test_the_article_is_read_in_order(page):
    assert lines(page) == [
        "关于第三项整改任务销号的公示", "2024-05-18", "现将PM2.5治理情况公示如下：", "一、任务原文", "二、整改目标", "公示期为7天。",
    ]  # fmt: skip


def test_tables_become_cells_with_their_spans(page):
    assert table(page) == [
        ["序号", "单位", ""],
        ["", "责任", "督导"],
        ["1", "市水务局\n市住建局", "市整改办"],
    ]
    head = next(b for b in page.blocks if b.text == "序号")
    assert (head.rowspan, head.colspan) == (2, 1)


def test_what_is_left_aside_is_counted(page):
    assert any("网页其他部分" in note for note in page.notes)
    assert any("1 张图片" in note for note in page.notes)
    assert any("隐藏" in note for note in page.notes)
    assert "菜单" not in page.text


def test_the_declared_charset_is_used_when_it_fits():
    page = read_bytes(PAGE.format(charset="gb2312").encode("gb18030"), "公示.htm")
    assert "市住建局" in page.text


def test_a_wrong_charset_is_seen_through():
    page = read_bytes(PAGE.format(charset="utf-8").encode("gb18030"), "公示.htm")
    assert "市住建局" in page.text


def test_a_layout_table_is_read_through():
    html = "<html><body><table><tr><td><h1>整改方案</h1><table><tr><td>序号</td><td>措施</td></tr></table></td></tr></table></body></html>"
    page = sound(read_bytes(html.encode(), "a.html"))
    assert lines(page) == ["整改方案"]
    assert table(page) == [["序号", "措施"]]


def test_a_page_saved_as_one_file():
    part = PAGE.format(charset="utf-8").encode()
    message = (
        b'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="B"\r\n\r\n--B\r\n'
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + part + b"\r\n--B--\r\n"
    )  # fmt: skip
    page = read_bytes(message, "公示.mht")
    assert page.media == "html"
    assert "市住建局" in page.text


@pytest.mark.parametrize("tag", ["div", "b", "table"])
def test_deep_nesting_is_refused_at_once(refusal, tag):
    assert refusal(f"<html><body>{f'<{tag}>' * 200_000}x".encode(), "a.html").code == "too_deep"


def test_a_page_of_ten_megabytes_is_refused(refusal):
    assert refusal(b"<html><body><p title='" + b"x" * 10_000_000 + b"'>y</p>", "a.html").code == "too_large"
