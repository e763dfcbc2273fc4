"""A text as blocks of runs: template lines in, paragraphs with figure marks out and in again. Pure.

A body is ``{"blocks": [...], "figures": {number: figure}}``. A block is ``{"kind", "runs"}`` with a kind of
``KINDS``, or a table ``{"kind": "table", "caption", "head", "rows"}`` whose cells are lists of runs. A run is
``{"t": words}`` or ``{"f": number of a figure}``. A block with ``maker`` came from the ledger and is made
anew when the text is refreshed; people do not edit it.

In an editor a figure is a mark: ``⟦3·任务总数 120项⟧``. Only its number counts; what stands behind it may be
typed over without any effect. ``⟦任务总数⟧`` or ``⟦任务总数@望渡县⟧`` asks for a new figure, and
``⟦=58次·来源⟧`` states a number the ledger does not have, with where it comes from.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Run = dict[str, str]
Block = dict[str, Any]
Body = dict[str, Any]

KINDS = {
    "title": "标题",
    "to": "主送",
    "h1": "一级标题",
    "h2": "二级标题",
    "h3": "三级标题",
    "p": "正文",
    "note": "附注",
    "sign": "署名",
    "date": "日期",
}
STATED = "stated"
LONGEST_HEADING = 40
_MARK = re.compile(r"⟦([^⟦⟧]*)⟧")
_SLOT = re.compile(r"\{([^{}]+)\}")
_HEADINGS = (
    ("h1", re.compile(r"[一二三四五六七八九十]+、")),
    ("h2", re.compile(r"（[一二三四五六七八九十]+）")),
    ("h3", re.compile(r"\d{1,2}[.．]\D")),
)
_STATED = re.compile(r"=\s*(?P<shown>[^·|]+?)\s*[·|]\s*(?P<source>.+)")


class Unreadable(ValueError):
    """A mark that means nothing; the message says which and what to write instead."""


def blocks_of(lines: str, slots: Mapping[str, str]) -> list[Block]:
    """Return the blocks of a template: a line each, empty lines out, ``{地区}`` filled from `slots`.

    ``# `` begins the title, ``> `` the addressee, ``! `` a note; ``@排名`` asks a maker for blocks. A slot
    that is not given stays as an unfilled place, which the check finds.
    """
    found = []
    for raw in lines.splitlines():
        line = raw.strip()
        if not line:
            continue
        if line.startswith("@"):
            found.append({"kind": "made", "maker": line[1:].strip()})
            continue
        filled = _SLOT.sub(lambda slot: slots.get(slot[1]) or f"【待填：{slot[1]}】", line)
        kind, words = kind_of(filled)
        found.append({"kind": kind, "text": words})
    return found


def kind_of(line: str) -> tuple[str, str]:
    """Return the kind of a template line and its words."""
    for sign, kind in (("# ", "title"), ("> ", "to"), ("! ", "note")):
        if line.startswith(sign):
            return kind, line[2:].strip()
    for kind, pattern in _HEADINGS:
        if pattern.match(line) and len(line) <= LONGEST_HEADING and "。" not in line:
            return kind, line
    return "p", line


def runs_of(text: str, new: Callable[[str], str], known: Mapping[str, Any]) -> list[Run]:
    """Return the runs of an edited paragraph.

    A mark with the number of a known figure stands for it; any other mark goes to `new`, which returns
    the number of the figure it made. Raises `Unreadable` for an unknown number or an unclosed mark.
    """
    runs: list[Run] = []
    last = 0
    for mark in _MARK.finditer(text):
        _add_words(runs, text[last : mark.start()])
        runs.append({"f": _number(mark[1].strip(), new, known)})
        last = mark.end()
    _add_words(runs, text[last:])
    return runs


def _number(words: str, new: Callable[[str], str], known: Mapping[str, Any]) -> str:
    found = re.match(r"(\d+)(?:·|$)", words)
    if found:
        if found[1] not in known:
            text = f"没有第 {found[1]} 号数据项。请从右侧目录插入，或写成 ⟦数据项名称⟧。"
            raise Unreadable(text)
        return found[1]
    if not words:
        text = "⟦⟧ 里是空的。请写上数据项的名称，例如 ⟦任务总数⟧。"
        raise Unreadable(text)
    return new(words)


def _add_words(runs: list[Run], words: str) -> None:
    if "⟦" in words or "⟧" in words:
        text = "⟦ 和 ⟧ 要成对。请补上缺的一个，或都删去。"
        raise Unreadable(text)
    if words:
        runs.append({"t": words})


def stated(words: str) -> tuple[str, str] | None:
    """Return number and source of a mark such as ``=58次·市委办会议台账``; None when it is no such."""
    if not words.startswith("="):
        return None
    found = _STATED.fullmatch(words)
    if found is None:
        text = f"“{words}”没有写来源。请写成 ⟦=58次·来源⟧，例如 ⟦=58次·市委办会议台账⟧。"
        raise Unreadable(text)
    return found["shown"], found["source"].strip()


def editable(runs: Sequence[Run], figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a paragraph as an editor shows it; the inverse of `runs_of`."""
    return "".join(run["t"] if "t" in run else mark(run["f"], figures[run["f"]]) for run in runs)


def mark(number: str, figure: Mapping[str, Any]) -> str:
    """Return the mark of a figure: number, name and what it showed when it was computed."""
    return f"⟦{number}·{figure['name']} {figure['shown']}⟧"


def words_of(runs: Sequence[Run], figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a paragraph as it is printed."""
    return "".join(run["t"] if "t" in run else str(figures[run["f"]]["shown"]) for run in runs)


def lines_of(body: Body) -> list[tuple[int, str]]:
    """Return what is printed, a line for each block or row of a table, with the block's position."""
    figures = body.get("figures", {})
    found = []
    for position, block in enumerate(body.get("blocks", [])):
        if block["kind"] == "table":
            if block.get("caption"):
                found.append((position, block["caption"]))
            rows = [[words_of(cell, figures) for cell in row] for row in block["rows"]]
            found += [(position, "\t".join(row)) for row in [block["head"], *rows]]
        else:
            found.append((position, words_of(block["runs"], figures)))
    return found


def plain(body: Body) -> str:
    """Return the whole text as it is printed, a line a paragraph."""
    return "\n".join(line for _, line in lines_of(body))


def runs_in(body: Body) -> Iterator[tuple[int, list[Run]]]:
    """Yield every list of runs, those of table cells too, with the block's position."""
    for position, block in enumerate(body.get("blocks", [])):
        if block["kind"] == "table":
            for row in block["rows"]:
                for cell in row:
                    yield position, cell
        else:
            yield position, block["runs"]


def used(body: Body) -> list[str]:
    """Return the numbers of the figures that the text uses, in the order they are read, each once."""
    return list(dict.fromkeys(run["f"] for _, runs in runs_in(body) for run in runs if "f" in run))


def block_of(body: Body, number: str) -> int | None:
    """Return the position of the first block that shows a figure; None when none does."""
    return next((at for at, runs in runs_in(body) if any(run.get("f") == number for run in runs)), None)


def swept(body: Body) -> Body:
    """Return the body without the figures that nothing uses any more."""
    kept = set(used(body))
    return {
        "blocks": body["blocks"],
        "figures": {number: one for number, one in body["figures"].items() if number in kept},
    }


def sentence_of(body: Body, number: str) -> str:
    """Return the sentence, or the row of a table, in which a figure stands first."""
    figures = body["figures"]
    for block in body["blocks"]:
        if block["kind"] == "table":
            for row in block["rows"]:
                if any(run.get("f") == number for cell in row for run in cell):
                    return " ".join(words_of(cell, figures) for cell in row)
            continue
        before = ""
        for at, run in enumerate(block["runs"]):
            if run.get("f") == number:
                after = words_of(block["runs"][at:], figures)
                head = re.split(r"[。；\n]", before)[-1]
                return head + re.split(r"(?<=[。；\n])", after)[0]
            before += words_of([run], figures)
    return ""


def differences(old: Body, new: Body) -> list[tuple[str, str]]:
    """Return two bodies line by line as pairs of sign and line: `` `` the same, ``-`` gone, ``+`` come."""
    was = [line for _, line in lines_of(old)]
    now = [line for _, line in lines_of(new)]
    return [(line[0], line[2:]) for line in difflib.ndiff(was, now) if line[:2] in {"  ", "- ", "+ "}]
