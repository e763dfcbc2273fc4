"""Tables that a copy flattened into text: one cell a line, or a row of cells divided by spaces.

The column words at the top tell the columns. The lines below are laid on the columns in reading order by
the cheapest path: a line may go on with its cell, go one column further, or open the next row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.grammar.deadlines import looks_like_deadline
from dugai.intake.grammar.labels import UNIT_ROLES, head_role, role_of
from dugai.intake.grammar.organisations import looks_like_units
from dugai.intake.grammar.places import ENDING
from dugai.intake.grammar.statuses import looks_like_status
from dugai.intake.problems.glued import cut_row, glued_header
from dugai.intake.problems.grid import Table
from dugai.intake.problems.model import Piece
from dugai.intake.text.fold import fold

_HEAD = 8  # a longer line below the column words is the first cell
_CASE = re.compile(r"^[*(]*[A-Z]{1,3}\d{0,2}[A-Z]{0,3}\d{8,18}[*()]*$")
_END = re.compile(r"^(?:注[:：]|备注[:：]|附件|联系(?:人|电话)|说明[:：]|以上)")


@dataclass(frozen=True, slots=True)
class Token:
    """One line (or word) of the flattened body."""

    text: str
    start: int
    end: int


def flat_tables(original: str, taken: list[tuple[int, int]]) -> list[Table]:
    """Every flattened table of a text outside the places ``taken``."""
    lines = [t for t in _lines(original) if not any(a <= t.start < b for a, b in taken)]
    tables: list[Table] = []
    index = 0
    while index < len(lines):
        header = _column_lines(lines, index) or _column_words(lines, index) or _column_glue(lines, index)
        if header is None:
            index += 1
            continue
        roles, heads, body_at, how = header
        if {"case_no", "case_text"} & set(roles) and "case_status" not in roles:
            roles = ["case_status" if role == "status" else role for role in roles]
        stop = _body_end(lines, body_at)
        tokens = _CUTS[how](lines[body_at:stop], roles)
        tokens = _without_repeated_header(tokens)
        rows = _lay(tokens, roles)
        if rows:
            tables.append(Table(list(roles), heads, rows, lines[index].start, lines[stop - 1].end))
        index = max(stop, index + 1)
    return tables


def _lines(original: str) -> list[Token]:
    out = []
    at = 0
    for line in original.splitlines(keepends=True):
        text = line.strip()
        if text:
            start = at + line.index(text)
            out.append(Token(text, start, start + len(text)))
        at += len(line)
    return out


def _column_lines(lines: list[Token], index: int) -> tuple[list[str | None], list[str], int, str] | None:
    """Column words one below the other, a word cut over two lines included."""
    roles: list[str | None] = []
    heads: list[str] = []
    at = index
    while at < len(lines) and len(lines[at].text) <= 14:
        role = role_of(lines[at].text) or (
            head_role(lines[at].text) if len(lines[at].text) <= _HEAD else None
        )
        if role is None and at + 1 < len(lines) and len(lines[at].text) <= 6:
            both = lines[at].text + lines[at + 1].text
            role = role_of(both) if len(lines[at + 1].text) <= 8 else None
            if role:
                roles.append(role)
                heads.append(both)
                at += 2
                continue
        if role is None:
            break
        roles.append(role)
        heads.append(lines[at].text)
        at += 1
    known = {r for r in roles if r}
    if 2 * sum(1 for h in heads if role_of(h)) < len(heads):
        return None
    return (roles, heads, at, "lines") if _is_header(known, len(roles)) and at < len(lines) else None


def _column_words(lines: list[Token], index: int) -> tuple[list[str | None], list[str], int, str] | None:
    """Column words on one line, divided by spaces."""
    text = lines[index].text
    words = text.split()
    if not 3 <= len(words) <= 16 or len(text) > 120 or re.search(r"[。;；:：]", text):
        return None
    roles = [head_role(w) for w in words]
    known = {r for r in roles if r}
    if sum(1 for r in roles if r) < 0.7 * len(words) or not _is_header(known, len(words)):
        return None
    return (list(roles), words, index + 1, "words") if index + 1 < len(lines) else None


def _is_header(known: set[str], width: int) -> bool:
    if width < 3 or len(known) < 3:
        return False
    problem = known & {"problem", "measures", "goal", "progress"} and known & {
        "deadline",
        "status",
        "progress",
        *UNIT_ROLES,
    }
    complaint = known & {"case_no", "case_text"} and known & {
        "area",
        "finding",
        "verified",
        "pollution",
        "handling",
    }
    return bool(problem or complaint)


def _body_end(lines: list[Token], start: int) -> int:
    for at in range(start, len(lines)):
        if _END.match(lines[at].text):
            return max(at, start + 1)
    return len(lines)


def _column_glue(lines: list[Token], index: int) -> tuple[list[str | None], list[str], int, str] | None:
    """Column words on one line without anything between them."""
    words = glued_header(lines[index].text)
    if words is None:
        return None
    roles = [role_of(w) for w in words]
    if not _is_header({r for r in roles if r}, len(roles)) or index + 1 >= len(lines):
        return None
    return roles, words, index + 1, "glue"


def _glued(lines: list[Token], roles: list[str | None]) -> list[Token]:
    out = []
    for line in lines:
        for start, end in cut_row(line.text, roles):
            out.append(Token(line.text[start:end].strip(), line.start + start, line.start + end))
    return out


def _as_lines(lines: list[Token], _roles: list[str | None]) -> list[Token]:
    return lines


def _words(lines: list[Token], _roles: list[str | None]) -> list[Token]:
    out = []
    for line in lines:
        for match in re.finditer(r"\S+", line.text):
            out.append(Token(match.group(), line.start + match.start(), line.start + match.end()))
    return out


_CUTS = {"lines": _as_lines, "words": _words, "glue": _glued}


def _without_repeated_header(tokens: list[Token]) -> list[Token]:
    """Column words printed again on the next page."""
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        run = index
        while run < len(tokens) and len(tokens[run].text) <= 10 and role_of(tokens[run].text):
            run += 1
        if run - index >= 3:
            index = run
            continue
        out.append(tokens[index])
        index += 1
    return out


def _fit(text: str, role: str | None) -> float:
    """How well one line fits a column, from -4 to 6."""
    folded = fold(text)
    number = bool(re.fullmatch(r"\d{1,3}|[一二三四五六七八九十]{1,3}", folded))
    if role == "no":
        return 5.0 if number else -6.0
    if number:
        return -4.0
    if role == "case_no":
        return 6.0 if _CASE.match(folded) else -6.0
    if _CASE.match(folded):
        return -6.0
    if role == "deadline":
        return 4.0 if looks_like_deadline(folded) else -4.0
    if role in UNIT_ROLES:
        return 3.0 if looks_like_units(folded) else -1.0 if len(folded) <= 8 else -4.0
    if role == "status":
        return 4.0 if looks_like_status(folded) else -2.0
    if role == "verified":
        return 5.0 if re.fullmatch(r"(?:基本|部分|不)?属实|是|否", folded) else -4.0
    if role == "case_status":
        return 5.0 if re.fullmatch(r"(?:已|阶段性?|未|正在)?办[结理]中?|是|否", folded) else -4.0
    if role == "area":
        return (
            4.0
            if re.fullmatch(rf"[\u4e00-\u9fff]{{1,9}}{ENDING}|[\u4e00-\u9fff]{{2,6}}", folded)
            and folded.endswith(("市", "县", "区", "旗", "州", "盟", "省"))
            else -3.0
        )
    if role == "pollution":
        return (
            3.0
            if len(folded) <= 14
            and not folded.endswith(("县", "区", "市", "旗"))
            and re.search(
                r"水|大气|土壤|噪[声音]|固废|固体废物|废渣|废物|重金属|垃圾|油烟|扬尘|粉尘|生态|辐射|其他|其它|海洋|异味|恶臭|畜禽|养殖|振动",
                folded,
            )
            else -3.0
        )
    if role in ("blamed", "remark", "leader", "batch", "source", "category", "received", None):
        return (
            1.0
            if len(folded) <= 14 and not looks_like_deadline(folded) and not looks_like_units(folded)
            else -2.0
        )
    base = 1.0 if len(folded) >= 12 else 0.0
    if (
        looks_like_deadline(folded)
        or (looks_like_units(folded) and len(folded) < 40)
        or looks_like_status(folded)
    ):
        base -= 3.0
    if role == "measures" and re.match(r"^(?:[(]?\d{1,2}[)]?[.、)]|[一二三]是|[(][一二三四五]|措施)", folded):
        base += 2.0
    if role == "goal" and re.search(r"确保|达到|实现|完成|全面|目标", folded):
        base += 0.5
    if role == "finding" and re.search(r"经(?:调查|核[实查]|现场)|属实", folded):
        base += 1.5
    if role in ("handling", "progress") and re.search(r"已|责令|整改|下一步", folded):
        base += 0.8
    if role in ("problem", "case_text") and re.search(r"不到位|不力|存在|问题|未|反映|举报|群众", folded):
        base += 0.8
    return base


def _lay(tokens: list[Token], roles: list[str | None]) -> list[list[Piece | None]]:
    """Viterbi over columns; returns rows of cells."""
    if not tokens:
        return []
    width = len(roles)
    score = [[float("-inf")] * width for _ in tokens]
    back: list[list[int]] = [[-1] * width for _ in tokens]
    score[0] = [_fit(tokens[0].text, roles[j]) - 2.0 * j for j in range(width)]
    for i in range(1, len(tokens)):
        open_before = not re.search(r"[。;；!！?？]$", tokens[i - 1].text)
        for j in range(width):
            fit = _fit(tokens[i].text, roles[j])
            for k in range(width):
                step = _step(k, j, width, open_before, tokens[i - 1].text, roles)
                value = score[i - 1][k] + step + fit
                if value > score[i][j]:
                    score[i][j], back[i][j] = value, k
    columns = [max(range(width), key=lambda j: score[-1][j] - 0.5 * (width - 1 - j))]
    for i in range(len(tokens) - 1, 0, -1):
        columns.append(back[i][columns[-1]])
    columns.reverse()
    return _rows(tokens, columns, width)


def _step(before: int, here: int, width: int, open_before: bool, text: str, roles: list[str | None]) -> float:
    if here == before:
        if roles[here] in ("no", "case_no", "deadline", "verified", "case_status", "area"):
            return -4.0
        if roles[here] == "lead":
            return -1.6
        return 0.3 if open_before and len(text) >= 10 else -0.6
    if here > before:
        return -1.2 * (here - before - 1)
    return -1.2 * (width - 1 - before) - 1.5 * here - 0.2


def _rows(tokens: list[Token], columns: list[int], width: int) -> list[list[Piece | None]]:
    rows: list[list[Piece | None]] = []
    last = width
    for token, column in zip(tokens, columns, strict=True):
        if column < last or not rows:
            rows.append([None] * width)
        cell = rows[-1][column]
        if cell is None:
            rows[-1][column] = Piece(token.text, token.start, token.end)
        else:
            cell.text += "\n" + token.text
            cell.end = token.end
        last = column
    return rows
