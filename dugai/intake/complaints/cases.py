"""Complaint cases: numbers, regions, types, truth values and states, from tables, labels and prose."""

from __future__ import annotations

import re
from typing import Any

from dugai.intake.grammar.labels import label_of, label_pattern, role_of
from dugai.intake.grammar.places import ENDING, places_in
from dugai.intake.problems.grid import Table
from dugai.intake.problems.model import Piece
from dugai.intake.text.edits import CleanText
from dugai.intake.text.fold import fold

CASE_NO = re.compile(
    r"(?<![A-Za-z0-9])[*]?(?:[DXLW]{1,2}\d{0,2}[A-Z]{2,3}\d{8,14}|[DXLWXZ]\d{12,20}|[A-Z]{2,4}\d{10,16}|[DX][A-Z0-9]{0,4}[-]?\d{8}[-]?\d{2,4}|[A-Z]{2,4}\d{0,2}-\d{6,8}-\d{2,4})(?![0-9])\s?(?:[(]?[*★▲]+[)]?)?"
)
_ROLES = {
    "case_no",
    "case_text",
    "area",
    "pollution",
    "finding",
    "verified",
    "handling",
    "case_status",
    "blamed",
    "batch",
    "status",
    "problem",
    "category",
    "progress",
}
_TYPE = re.compile(r"[、,;/\s+]+")
_TRUTH = ("基本属实", "部分属实", "不属实", "属实")


def verdict_of(text: str, *, narrative: bool = False) -> str | None:
    """One of the four truth values. In a narrative only a statement about the complaint counts."""
    folded = re.sub(r"\s", "", fold(text))
    if not narrative:
        short = {"是": "属实", "否": "不属实"}.get(folded)
        return short or next((t for t in _TRUTH if t in folded), None)
    match = re.search(
        r"(?:举报|信访|反映|投诉|转办|群众|该|问题|情况|内容|件|核实|核查|调查)[^。;]{0,24}?(基本属实|部分属实|不属实|属实)",
        folded,
    )
    if match:
        return match[1]
    found = [t for t in _TRUTH if t in folded]
    return found[0] if found and len(folded) < 400 else None


def state_of(text: str) -> str | None:
    """已办结, 阶段性办结, 正在办理 or 未办结."""
    folded = re.sub(r"\s", "", fold(text)).strip("。")
    if re.search(r"阶段性?(?:已)?办结|阶段办结", folded):
        return "阶段性办结"
    if re.search(r"未办结|尚未办结|没有办结|^否$", folded):
        return "未办结"
    if re.search(r"正在(?:办理|整改|处理)|办理中|在办|未办完|整改中|推进中", folded):
        return "正在办理"
    if re.search(r"(?:已|均已|全部)?办结|^是$|已完成", folded):
        return "已办结"
    return None


def types_of(text: str) -> list[str]:
    """The pollution types of a cell, each once."""
    found: list[str] = []
    for piece in _TYPE.split(fold(text).strip(" 。")):
        word = piece.strip("()·- ")
        if 1 <= len(word) <= 8 and word not in found:
            found.append(word)
    return found


def is_complaint_table(table: Table) -> bool:
    """Whether the columns are those of 一览表 or a hand-over list."""
    roles = {r for r in table.roles if r}
    if "case_no" in roles and len(roles & _ROLES) >= 2:
        return True
    return (
        "case_text" in roles
        and bool(roles & {"verified", "finding", "case_status", "pollution"})
        and "measures" not in roles
    )


def cases_of_table(table: Table, original: str) -> list[dict[str, Any]]:
    """One case a row; a row without a number goes on with the case above."""
    cases: list[dict[str, Any]] = []
    texts = [r for r in ("case_text", "problem", "finding", "handling") if r in table.roles]
    for row in table.rows:
        values: dict[str, Piece] = {}
        for role, cell in zip(table.roles, row, strict=False):
            if role and cell and role not in values:
                values[role] = cell
        number = values.get("case_no") or _number_in(row)
        shown = next((values[r] for r in texts if r in values), None)
        if number is None and "case_no" not in table.roles and values.get("no"):
            number = values["no"]
        if number is None or shown is None:
            continue
        if any(re.search(r"合计|总计|小计", c.text) for c in row if c and len(c.text) < 6):
            continue
        case = _case(re.sub(r"\s", "", number.text), shown, values, original)
        filled = [c for c in row if c]
        case["x_extent"] = [min(c.start for c in filled), max(c.end for c in filled)]
        cases.append(case)
    return cases


def _number_in(row: list[Piece | None]) -> Piece | None:
    for cell in row:
        if cell and len(cell.text) <= 30 and CASE_NO.search(fold(cell.text)):
            return cell
    return None


def _case(number: str, shown: Piece, values: dict[str, Piece], original: str) -> dict[str, Any]:
    case: dict[str, Any] = {"case_no": number}
    if "area" in values:
        case["region"] = re.sub(r"\s", "", values["area"].text)
    else:
        area = _area(shown.text)
        if area:
            case["region"] = area
    if "pollution" in values or "category" in values:
        kinds = types_of((values.get("pollution") or values["category"]).text)
        if kinds:
            case["pollution_types"] = kinds
    verdict = verdict_of(values["verified"].text) if "verified" in values else None
    if verdict is None:
        for role in ("finding", "handling"):
            if role in values and verdict is None:
                verdict = verdict_of(values[role].text, narrative=True)
    if verdict:
        case["verified"] = verdict
    state = next(
        (s for r in ("case_status", "status") if r in values and (s := state_of(values[r].text))), None
    )
    if state is None:
        for role in ("handling", "progress", "finding"):
            if role in values and state is None:
                state = _state_in_narrative(values[role].text)
    if state:
        case["status"] = state
    case["text_starts"] = original[shown.start : min(shown.start + 20, shown.end)].rstrip() or shown.text[:20]
    if "batch" in values:
        case["batch"] = values["batch"].text
    case["x_span"] = [shown.start, shown.end]
    case["x_spans"] = {
        role: [piece.start, piece.end] for role, piece in values.items() if piece.start < piece.end
    }
    return case


def _state_in_narrative(text: str) -> str | None:
    folded = fold(text)
    last = re.search(r"(?:^|[。;,])\s*(?:目前)?(正在(?:办理|整改)(?:中)?|办理中|未办结)\s*[。;]?\s*$", folded)
    if last:
        return state_of(last[1])
    found = re.search(
        r"(?:该|此)?(?:信访|举报|转办|案)?件?(?:问题)?(?:已|未|正在|阶段性?)?(?:阶段性?)?(?:办结|办理中)",
        folded,
    )
    return state_of(found.group()) if found and "办" in found.group() else None


def _area(text: str) -> str | None:
    """The last division of the address a complaint begins with."""
    head = fold(text)[:60]
    last: str | None = None
    at = 0
    for start, end, place in places_in(head):
        if last is None or start <= at + 1:
            last, at = place.name, end
    follow = (
        re.match(r"([\u4e00-\u9fff]{1,5}?(?:县|区|旗|市))(?=[\u4e00-\u9fff])", head[at:])
        if last
        else re.match(rf"(?:举报人?反映|群众反映|反映)?[:,]?([\u4e00-\u9fff]{{1,8}}?{ENDING})", head)
    )
    if follow and not re.search(r"小区|社区|园区|矿区|厂区|景区|城区|地区|辖区|开发区|反映|举报", follow[1]):
        return follow[1]
    return last


class CaseReader:
    """Cases that stand in running text: each begins at its number and ends before the next."""

    def __init__(self, clean: CleanText) -> None:
        self.clean = clean

    def read(self, taken: list[tuple[int, int]]) -> list[dict[str, Any]]:
        folded = self.clean.folded
        marks = [
            m
            for m in CASE_NO.finditer(folded)
            if not any(a <= self.clean.span(m.start(), m.end())[0] < b for a, b in taken)
        ]
        starts: list[re.Match[str]] = []
        for mark in marks:
            if starts and mark.group().strip("*() ") == starts[-1].group().strip("*() "):
                continue
            starts.append(mark)
        cases = []
        for index, mark in enumerate(starts):
            stop = starts[index + 1].start() if index + 1 < len(starts) else self._last_end(mark.end())
            case = self._one(mark, stop)
            if case:
                cases.append(case)
        return cases

    def _last_end(self, start: int) -> int:
        after = re.search(
            r"\n\s*(?:附件|[一二三四五六七八九十]{1,3}、[^\n。]{2,30}\n)|\n\s*\n\s*\n",
            self.clean.folded[start:],
        )
        return start + after.start() if after else len(self.clean.folded)

    def _piece(self, start: int, stop: int) -> Piece:
        text = self.clean.text[start:stop]
        lead = len(text) - len(text.lstrip(" \n\t,，。:：;；、)）]】号"))
        text = text[lead:].rstrip()
        a, b = self.clean.span(start + lead, start + lead + len(text))
        return Piece(text, a, b, self.clean, start + lead)

    def _one(self, mark: re.Match[str], stop: int) -> dict[str, Any] | None:
        body = self.clean.folded[mark.end() : stop]
        values: dict[str, Piece] = {}
        labels = [m for m in label_pattern().finditer(body) if role_of(label_of(m))]
        for index, label in enumerate(labels):
            role = role_of(label_of(label))
            end = labels[index + 1].start() if index + 1 < len(labels) else len(body)
            piece = self._piece(mark.end() + label.end(), mark.end() + end)
            if role and piece.text and role not in values:
                values[role] = piece
        shown = values.get("case_text") or values.get("problem")
        if shown is None:
            first = labels[0].start() if labels else len(body)
            shown = self._piece(mark.end(), mark.end() + first)
            if len(shown.text) < 6:
                shown = next(iter(values.values()), None)
        if shown is None or len(shown.text) < 6:
            return None
        case = _case(mark.group().strip(), shown, values, self.clean.original)
        case["x_extent"] = list(self.clean.span(mark.start(), stop))
        if not labels or "verified" not in case:
            verdict = verdict_of(body, narrative=True)
            if verdict:
                case.setdefault("verified", verdict)
        if "status" not in case:
            state = _state_in_narrative(body)
            if state:
                case["status"] = state
        return case
