"""What happens to real copies: each damage changes the paper and says so in its truth.

The kinds follow the record schema's defects. A damage that takes a fact away takes it out of the truth as well; what
is masked or cut is never to be guessed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import opencc

from dugai.intake.samples.paper import Line, Paper
from dugai.intake.samples.papers import ignore

_JUMPS = ("（上接一版）", "（紧接二版）", "（下转三版）", "（上接第2版）")
_ARTICLE = (
    "市图书馆周末讲座预告",
    "本周六上午，市图书馆报告厅将举办古籍修复讲座，欢迎市民预约参加，现场可领取读书卡。",
    "（记者 某某）讲座由馆员主讲，内容包括纸张认识与修复工具使用。",
)
_SITE = ("当前位置：首页>信息公开>督察整改", "【字体：大 中 小】 打印 关闭", "扫一扫在手机打开当前页")


def apply(paper: Paper, name: str, rng: random.Random) -> Paper:
    """A damaged copy; the original stays. An unfitting damage gives the copy unharmed."""
    damaged = paper.copy()
    if DAMAGES[name](damaged, rng):
        damaged.damage.append(name)
        ignore(damaged)
    return damaged


def _prose(paper: Paper, least: int = 30) -> list[Line]:
    return [line for line in paper.lines() if line.style == "body" and len(line.text) >= least]


def _defect(paper: Paper, kind: str, quote: str, **more: object) -> None:
    paper.truth["defects"].append({"kind": kind, "quote": quote, **more})


def _held(paper: Paper) -> set[str]:
    """Texts that the truth quotes: they must stay whole."""
    found: set[str] = set()
    for figure in paper.truth["figures"]:
        found.add(figure["quote"])
    for check in paper.truth["arithmetic"]:
        found.update(check["quotes"])
    for problem in paper.truth["problems"]:
        found.add(problem["text_starts"])
        found.update(measure["text_starts"] for measure in problem.get("measures", []))
    return found


def _cut(paper: Paper, line: Line, rng: random.Random) -> int | None:
    """A place inside the line where nothing that the truth quotes is cut, past the first 25 characters."""
    places = list(range(25, len(line.text) - 4))
    rng.shuffle(places)
    for place in places:
        spoiled = any(
            (start := line.text.find(text)) >= 0 and start < place < start + len(text)
            for text in _held(paper)
        )
        inside_number = (
            line.text[place - 1].isalnum() and line.text[place].isalnum() and line.text[place].isascii()
        )
        if not spoiled and not inside_number:
            return place
    return None


def _insert(paper: Paper, rng: random.Random, kind: str, text: str, least: int = 34) -> bool:
    lines = _prose(paper, least)
    rng.shuffle(lines)
    for line in lines:
        place = _cut(paper, line, rng)
        if place is not None:
            line.text = line.text[:place] + text + line.text[place:]
            _defect(paper, kind, text, count=1)
            return True
    return False


def column_jump(paper: Paper, rng: random.Random) -> bool:
    return _insert(paper, rng, "column_jump", rng.choice(_JUMPS))


def page_marker(paper: Paper, rng: random.Random) -> bool:
    return _insert(paper, rng, "page_marker", f"{rng.randint(2, 19)}、")


def foreign_insert(paper: Paper, rng: random.Random) -> bool:
    places = [
        (line, match.start())
        for line in _prose(paper, 20)
        for match in re.finditer("[、，和]", line.text)
        if match.start() > 5 and not any(text in line.text and match.group() in text for text in _held(paper))
    ]
    if not places:
        return False
    line, place = rng.choice(places)
    line.text = line.text[:place] + " and " + line.text[place + 1 :]
    _defect(paper, "foreign_insert", "and", count=1)
    return True


def repeated_paragraph(paper: Paper, rng: random.Random) -> bool:
    lines = [line for line in _prose(paper, 25) if not any(text in line.text for text in _held(paper))]
    if not lines:
        return False
    line = rng.choice(lines)
    at = paper.elements.index(line)
    times = rng.randint(1, 3)
    paper.elements[at + 1 : at + 1] = [Line(line.text, line.style) for _ in range(times)]
    _defect(paper, "repeated_paragraph", line.text[:20], count=times + 1)
    return True


def masked_number(paper: Paper, rng: random.Random) -> bool:
    """A number becomes stars; the figure and the checks that need it go with it."""
    figures = [f for f in paper.truth["figures"] if re.search(r"\d", f["quote"])]
    if not figures:
        return False
    figure = rng.choice(figures)
    before = str(figure["quote"])
    after = re.sub(r"\d+(?:\.\d+)?", "**", before)
    for line in paper.lines():
        line.text = line.text.replace(before, after)
    paper.truth["figures"].remove(figure)
    paper.truth["arithmetic"] = [
        check
        for check in paper.truth["arithmetic"]
        if not any(before in q or q in before for q in check["quotes"])
    ]
    _defect(paper, "masked_number", after, count=1)
    return True


def missing_items(paper: Paper, rng: random.Random) -> bool:
    """One measure is lost from the disclosure; the gap in the numbers is a fact."""
    if paper.kind != "disclosure":
        return False
    measures = [(p, m) for p in paper.truth["problems"] for m in p["measures"][:-1] if len(p["measures"]) > 2]
    if not measures:
        return False
    problem, measure = rng.choice(measures)
    label = measure["no_raw"]
    lines = [line for line in paper.lines() if line.text.startswith(f"{label}：")]
    if not lines:
        return False
    paper.elements.remove(lines[0])
    after = problem["measures"][problem["measures"].index(measure) + 1]
    problem["measures"].remove(measure)
    quote = next(line.text for line in paper.lines() if line.text.startswith(f"{after['no_raw']}："))[:12]
    _defect(paper, "missing_items", quote, item="措施", missing=[measure["no"]])
    return True


def unrelated_article(paper: Paper, rng: random.Random) -> bool:
    article = [Line(_ARTICLE[0], "heading"), *(Line(text) for text in _ARTICLE[1:])]
    if rng.random() < 0.5:
        paper.elements.extend(article)
    else:
        paper.elements[0:0] = article
    _defect(paper, "unrelated_article", _ARTICLE[0], also_quotes=list(_ARTICLE[1:]))
    return True


def site_boilerplate(paper: Paper, rng: random.Random) -> bool:
    text = rng.choice(_SITE)
    paper.elements.insert(0, Line(text, "plain"))
    paper.elements.append(Line("打印本页 关闭窗口", "plain"))
    _defect(paper, "site_boilerplate", text)
    return True


def half_width(paper: Paper, _rng: random.Random) -> bool:
    """Punctuation set half width, as many sites do; nothing of it is a defect of the content."""
    table = str.maketrans("，：；（）", ",:;()")
    _translate(paper, lambda text: text.translate(table))
    return True


def full_width(paper: Paper, _rng: random.Random) -> bool:
    """Digits set full width."""
    table = str.maketrans("0123456789%", "０１２３４５６７８９％")
    _translate(paper, lambda text: text.translate(table))
    return True


def traditional(paper: Paper, _rng: random.Random) -> bool:
    """The whole text in traditional characters; the truth quotes it as printed."""
    _translate(paper, opencc.OpenCC("s2t").convert)
    return True


_QUOTING = {"quote", "text_starts", "goal_starts", "title", "heading", "no_raw", "deadline_raw", "status_raw", "as_of_raw",
            "quotes", "also_quotes", "figures_ignored", "x_ignored", "responsible_units", "lead_units", "supervising_units"}  # fmt: skip


def _translate(paper: Paper, change: Callable[[str], str]) -> None:
    for element in paper.elements:
        if isinstance(element, Line):
            element.text = change(element.text)
        else:
            for row in element.rows:
                for cell in row:
                    cell.text = change(cell.text)
    _quotes(paper.truth, change)


def _quotes(value: Any, change: Callable[[str], str]) -> None:
    """Change what the truth quotes from the text, in place; names and dates of the record stay."""
    if isinstance(value, list):
        for item in value:
            _quotes(item, change)
        return
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in _QUOTING and isinstance(item, str):
            value[key] = change(item)
        elif key in _QUOTING and isinstance(item, list):
            value[key] = [change(text) for text in item]
        else:
            _quotes(item, change)


DAMAGES: dict[str, Callable[[Paper, random.Random], bool]] = {
    "column_jump": column_jump,
    "page_marker": page_marker,
    "foreign_insert": foreign_insert,
    "repeated_paragraph": repeated_paragraph,
    "masked_number": masked_number,
    "missing_items": missing_items,
    "unrelated_article": unrelated_article,
    "site_boilerplate": site_boilerplate,
    "half_width": half_width,
    "full_width": full_width,
    "traditional": traditional,
}
