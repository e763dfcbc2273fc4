"""From drafts to the ``problems`` of the record."""

from __future__ import annotations

import re
from typing import Any

from dugai.intake.grammar.deadlines import deadlines_of
from dugai.intake.grammar.labels import UNIT_ROLES
from dugai.intake.grammar.organisations import split_units
from dugai.intake.grammar.places import places_in
from dugai.intake.grammar.statuses import Status, conclusion_of, status_at_start, status_in
from dugai.intake.problems.measures import split_measures
from dugai.intake.problems.model import MeasureDraft, Piece, ProblemDraft
from dugai.intake.text.fold import fold
from dugai.intake.text.script import simplified

_KEYS = {"responsible": "responsible_units", "lead": "lead_units", "supervising": "supervising_units",
         "cooperating": "x_cooperating_units", "acceptance": "x_acceptance_units"}  # fmt: skip
_ACTORS = re.compile(
    r"^((?:[\u4e00-\u9fff]{2,16}(?:局|委员会|委|厅|办公室|政府|公司|集团|中心|支队)(?:\([^()]{1,10}\))?、)*[\u4e00-\u9fff]{2,16}?(?:局|委员会|委|厅|办公室|政府|公司|集团|中心|支队))等?(?:部门|单位)?(?=对|按|开展|组织|印发|会同|联合|切实|严格|认真|加强|牵头|已|制定|深入|落实|负责|督促|积极|共|[,，])"
)
_DONE_WORDS = re.compile(r"完成|销号|序时|推进|整改|启动|办理|进度|落实|是$|否$")


def problem_record(
    draft: ProblemDraft, original: str, region: str | None, issue_year: int | None
) -> dict[str, Any]:
    """One entry of ``problems``; a field that is not printed is left out."""
    text = draft.text or Piece("", 0, 0)
    record: dict[str, Any] = {}
    if draft.no:
        record["no"] = draft.no
    if draft.no_raw:
        record["no_raw"] = draft.no_raw
    record["region"] = region
    if draft.heading:
        record["heading"] = draft.heading
    record["text_starts"] = starts(text, original)
    record["x_span"] = [text.start, text.end]
    _deadline(record, draft, issue_year, original)
    goals = draft.fields.get("goal", [])
    if goals:
        record["goal_starts"] = starts(goals[0], original)
        record["x_goal_span"] = [goals[0].start, goals[0].end]
    _units(record, draft, original)
    state = _status(draft)
    if state:
        record["status_raw"], record["status"] = state.raw, state.code
    category = draft.fields.get("category")
    if category:
        record["category"] = category[0].text
    if not draft.measures:
        for piece in draft.fields.get("progress", []):
            if re.search(r"措施", original[max(0, piece.start - 16) : piece.start]):
                draft.measures = split_measures(piece)
    record["measures"] = [measure_record(m, original, issue_year) for m in draft.measures]
    record["x_text"] = text.text.strip()
    if goals:
        record["x_goal"] = goals[0].text.strip()
    record["x_spans"] = _spans(draft)
    return record


_SPANNED = {"deadline": "deadline", "status": "status", "category": "category", "leader": "leader",
            "requirement": "requirement", "responsible": "responsible", "lead": "lead",
            "supervising": "supervising", "cooperating": "cooperating", "acceptance": "accepting"}  # fmt: skip


def _spans(draft: ProblemDraft) -> dict[str, list[int]]:
    """The place in the original of each field that was printed for itself."""
    return {
        name: [pieces[0].start, pieces[-1].end]
        for role, name in _SPANNED.items()
        if (pieces := draft.fields.get(role)) and pieces[0].start < pieces[-1].end
    }


def starts(piece: Piece, original: str) -> str:
    """The first twenty characters, literally as in the original."""
    begin = piece.start
    key = piece.text[:6]
    if not original.startswith(
        key[:4], begin
    ):  # a cell put together from lines: look for the words themselves
        found = original.find(key, max(0, begin - 60), piece.end + 60)
        begin = found if found >= 0 else begin
    return original[begin : max(min(begin + 20, piece.end), begin + len(key))].rstrip() or piece.text[:20]


def literal(piece: Piece, original: str) -> str:
    """The words as printed: traditional characters and line breaks stay."""
    shown = original[piece.start : piece.end]
    return shown if abs(len(shown) - len(piece.text)) <= max(4, len(piece.text) // 3) else piece.text


def as_printed(name: str, piece: Piece, original: str) -> str:
    """A name found in a piece, in the characters of the original where they can be matched one to one."""
    shown = original[piece.start : piece.end]
    place = fold(piece.text).find(name)
    if len(shown) != len(piece.text) or place < 0:
        return name
    return fold(shown[place : place + len(name)])


def _deadline(record: dict[str, Any], draft: ProblemDraft, issue_year: int | None, original: str) -> None:
    pieces = draft.fields.get("deadline", [])
    if not pieces:
        return
    raw = re.sub(r"\s+", "", pieces[0].text).strip("。;；,，:：、 ")
    if not raw or len(raw) > 160:
        return
    record["deadline_raw"] = literal(pieces[0], original).strip("。;；,，:：、 \n\t")
    dates: list[str] = []
    for piece in pieces:
        for value in deadlines_of(re.sub(r"\s+", "", piece.text), issue_year=issue_year):
            if value not in dates:
                dates.append(value)
    record["deadlines"] = dates


def _units(record: dict[str, Any], draft: ProblemDraft, original: str) -> None:
    for role in UNIT_ROLES:
        for piece in draft.fields.get(role, []):
            for found, names in split_units(piece.text, role).items():
                key = _KEYS[found]
                kept = record.setdefault(key, [])
                printed = [as_printed(n, piece, original) for n in names]
                kept += [n for n in printed if n not in kept]
    leaders = [p.text for p in draft.fields.get("leader", [])]
    if leaders:
        record["x_leaders"] = leaders


def _status(draft: ProblemDraft) -> Status | None:
    for piece in draft.fields.get("status", []):
        if fold(piece.text).strip(" 。") in ("是", "√"):
            return Status("completed", piece.text.strip(), 0, 1)
        found = status_at_start(piece.text) or (status_in(piece.text) if len(piece.text) <= 60 else None)
        if found:
            return found
    for role in ("measures", "progress"):
        for piece in draft.fields.get(role, []):
            found = status_at_start(piece.text)
            if found and found.start <= 3:
                return found
    for piece in draft.fields.get("progress", []):
        found = conclusion_of(piece.text)
        if found:
            return found
    return None


def measure_record(draft: MeasureDraft, original: str, issue_year: int | None) -> dict[str, Any]:
    """One entry of ``measures``."""
    record: dict[str, Any] = {}
    if draft.no:
        record["no"] = draft.no
    if draft.no_raw:
        record["no_raw"] = draft.no_raw
    record["text_starts"] = starts(draft.text, original)
    record["x_span"] = [draft.text.start, draft.text.end]
    actors = _ACTORS.match(fold(draft.text.text))
    if actors:
        names = [n for n in actors[1].split("、") if n]
        if all(len(n) <= 16 and "各级" not in n for n in names):
            record["acting_units"] = names
    if draft.deadline:
        record["deadline_raw"] = draft.deadline.text
        record["deadlines"] = deadlines_of(draft.deadline.text, issue_year=issue_year)
    if draft.units.get("responsible"):
        record["responsible_units"] = [_shown(n, draft, original) for n in draft.units["responsible"]]
    if draft.status and draft.status_raw:
        record["status_raw"], record["status"] = draft.status_raw, draft.status
    record["x_text"] = draft.text.text.strip()
    if draft.deadline:
        record["x_spans"] = {"deadline": [draft.deadline.start, draft.deadline.end]}
    return record


def _shown(name: str, draft: MeasureDraft, original: str) -> str:
    """A unit of a measure in the characters of the original: in a traditional text the reading is simplified."""
    if name in original:
        return name
    window = original[draft.text.start : draft.text.end + _NEAR]
    place = fold(simplified(window)).find(name)
    return window[place : place + len(name)] if place >= 0 else name


_NEAR = 400  # a row of a table ends within so many characters
_UPPER = re.compile(r"全(区|省|国)")


def problem_region(draft: ProblemDraft, document: str | None) -> str | None:
    """The region a finding speaks of: the province it names as its subject, else that of the document."""
    if draft.text is None:
        return document
    named = [p for _, _, p in places_in(draft.text.text)]
    provinces = [p for p in named if p.level == 1]
    if provinces and document and provinces[0].name != document:
        same = [p for p in provinces if p.name == provinces[0].name]
        own = [p for p in named if p.name == document]
        if len(same) > len(own):
            return provinces[0].name
    return document
