"""What the pages of a review show, prepared from what its room knows; no table is touched here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from dugai.intake.doubts import WORDS, deadline_words, read_deadline
from dugai.intake.proposing import UNITS
from dugai.intake.states import TAKEABLE, ConflictKind, ProposalKind, ProposalState
from dugai.ledger import deadlines
from dugai.web.document_text import Mark, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.intake.models import Page, Proposal
    from dugai.intake.queries_review import Review

OFFERED = 30
"""Units offered for a name that means none, the most alike first."""
CHIPS = {
    ProposalState.ACCEPTED: "ontrack",
    ProposalState.CORRECTED: "ontrack",
    ProposalState.REJECTED: "",
    ProposalState.DUPLICATE: "done",
}
CHECKS = {
    "sum": "合计",
    "rate": "比率",
    "change": "增减",
    "unit_conversion": "单位换算",
    "cross_reference": "前后一致",
    "order": "部分与整体",
    "count": "列举计数",
    "date_span": "时间跨度",
}
DEFECTS = {
    "repeated_paragraph": "段落重复",
    "column_jump": "转版标记",
    "foreign_insert": "夹入外文",
    "page_marker": "页码夹在正文里",
    "masked_number": "数字被遮去",
    "masked_name": "名称被遮去",
    "unrelated_article": "同版其他文章",
    "site_boilerplate": "网站杂项",
    "missing_items": "编号有缺",
    "broken_paragraph": "句子被版面切断",
    "doubled_text": "文字重复",
    "lost_text": "文字缺失",
    "ocr_error": "识别有误",
    "unmatched_quote": "引号不成对",
    "elided_text": "文字被略去",
}
NAMED = ("category", "goal", "deadline", *UNITS, "leader", "status")


def cards(review: Review, page: Page | None, *, only: bool, chosen: str) -> list[dict[str, Any]]:
    """Return the proposals that begin on a page; with `only`, those with doubts from all pages."""
    rows = [
        row
        for row in review.proposals
        if (bool(review.doubts(row)) if only else page is not None and review.on_page(row, page))
    ]
    here = next((row.pk for row in rows if str(row.pk) == chosen), None)
    if here is None:
        here = next((row.pk for row in rows if row.state == ProposalState.PROPOSED), None)
    before: dict[tuple[str, int | None], bool] = {}
    found = []
    for row in rows:
        key = (row.kind, row.parent_id)
        found.append(_card(review, row, on=row.pk == here, has_before=before.get(key, False)))
        before[key] = True
    return found


def _card(review: Review, row: Proposal, *, on: bool, has_before: bool) -> dict[str, Any]:
    state = ProposalState(row.state)
    entered = row.became_id is not None
    conflict = row.conflict
    return {
        "row": row,
        "on": on,
        "name": f"{ProposalKind(row.kind).label} {row.values['number'] or '（待编号）'}",
        "chip": "已入账" if entered else state.label,
        "lamp": "closed" if entered else CHIPS.get(state, ""),
        "doubts": review.doubts(row),
        "stopped": any(doubt.stops for doubt in review.doubts(row)),
        "fields": _fields(review, row),
        "anchor": "text" in row.spans,
        "section": row.section,
        "conflict": conflict,
        "conflict_word": ConflictKind(conflict["kind"]).label if conflict else "",
        "differences": [
            {
                "name": name,
                "word": WORDS[name],
                "ledger": was,
                "document": now,
                "takeable": name in TAKEABLE,
            }
            for name, (was, now) in (conflict.get("differences") or {}).items()
        ],
        "asks": bool(conflict) and not row.choice and state == ProposalState.PROPOSED,
        "open": state == ProposalState.PROPOSED,
        "can_reopen": not entered
        and state in {ProposalState.ACCEPTED, ProposalState.CORRECTED, ProposalState.REJECTED},
        "has_before": has_before,
    }


def _fields(review: Review, row: Proposal) -> list[dict[str, Any]]:
    found = []
    for name in NAMED:
        value = row.values.get(name)
        own = bool(value)
        if name == "deadline" and not own:
            value = deadline_words(row)
        if not value:
            continue
        text = "、".join(value) if isinstance(value, list) else str(value)
        if name == "deadline":
            day = _day(review, text)
            text += f" → {day}" if day else ""
            text += "" if own else "（同问题）"
        corrected = row.corrections.get(name)
        found.append(
            {
                "word": WORDS[name],
                "text": text,
                "anchor": f"s{row.pk}-{name}" if name in row.spans else "",
                "corrected": _corrected(corrected),
            }
        )
    if (corrected := row.corrections.get("text")) is not None:
        found.append({"word": "原文", "text": f"{corrected['name']} 改过", "anchor": "", "corrected": ""})
    return found


def _corrected(note: dict[str, Any] | None) -> str:
    return f"{note['name']} 改过，原文是“{_plain(note['from'])}”" if note else ""


def _day(review: Review, text: str) -> str:
    stored, why = read_deadline(text, review.lens.issued)
    if why:
        return ""
    day = deadlines.due_date(deadlines.from_json(stored))
    return day.isoformat() if day else ""


def _plain(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)


def marks(review: Review, page: Page | None) -> list[Mark]:
    """Return what is marked in the text of a page: the fields of proposals, and figures that were read."""
    if page is None:
        return []
    found = []
    for row in review.proposals:
        for name, (start, end, _) in row.spans.items():
            if start < page.end and end > page.start:
                word = f"{ProposalKind(row.kind).label}{row.values['number'] or ''} {WORDS[name]}"
                found.append(Mark(start, end, kind_of(row.kind, name), f"s{row.pk}-{name}", word))
    for figure in review.record.get("figures", ()):
        start, end = figure["x_span"]
        if start < page.end and end > page.start:
            found.append(Mark(start, end, "figure", f"f{start}", figure.get("name") or "数字"))
    return found


def sections(found: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return the sections of the cards with how many of each wait without a doubt."""
    counted: dict[str, int] = {}
    for card in found:
        counted.setdefault(card["section"], 0)
        counted[card["section"]] += card["open"] and not card["doubts"]
    return [(section, n) for section, n in counted.items() if n]


def unit_choices(review: Review, found: Iterable[dict[str, Any]]) -> dict[str, list[tuple[int, str]]]:
    """Return for each name that means no unit those it may mean, the most alike first."""
    names = {doubt.unit for card in found for doubt in card["doubts"] if doubt.unit}
    pool = {pk: unit.name for pk, unit in review.lens.names.units.by_pk.items()} if names else {}
    return {
        name: [(pk, word) for word, _, pk in process.extract(name, pool, scorer=fuzz.WRatio, limit=OFFERED)]
        for name in names
    }


def edits_here(review: Review, page: Page | None) -> int:
    """Return how many cleaning edits lie on a page."""
    if page is None:
        return 0
    return sum(page.start <= edit["start"] < page.end for edit in review.edits)


def edits(review: Review) -> list[dict[str, Any]]:
    """Return every cleaning edit with the words it took out and where."""
    text = _Text(review)
    return [
        {
            "at": at,
            "reason": edit["reason"],
            "removed": text.cut(edit["start"], edit["end"]),
            "put": edit["replacement"],
            "start": edit["start"],
        }
        for at, edit in enumerate(review.edits)
    ]


def undone(review: Review) -> list[dict[str, Any]]:
    """Return the cleaning edits that were taken back."""
    text = _Text(review)
    return [
        {"kind": DEFECTS.get(kind, "清理"), "words": text.cut(start, end), "start": start}
        for start, end, kind in review.document.undone
    ]


def checks(review: Review) -> list[dict[str, Any]]:
    """Return the checks of figures: first what does not hold, last what does."""
    ranked = []
    for one in review.record.get("arithmetic", ()):
        loose = one.get("verdict") == "not_comparable"
        word = "相符" if one["holds"] else "不可比" if loose else "不符"
        spans = one.get("x_spans") or []
        ranked.append(
            {
                **one,
                "word": CHECKS.get(one["kind"], one["kind"]),
                "verdict_word": word + ("（末位取舍）" if one.get("verdict") == "minor" else ""),
                "rank": 2 if one["holds"] else 1 if loose else 0,
                "computed": one.get("x_computed"),
                "formula": one.get("x_formula"),
                "at": spans[0][0] if spans else None,
            }
        )
    return sorted(ranked, key=lambda one: one["rank"])


def figures(review: Review) -> list[dict[str, Any]]:
    """Return the figures that were read, each with its place."""
    found = review.record.get("figures", ())
    return [
        {**one, "at": one["x_span"][0], "when": one["as_of"] or one.get("as_of_raw") or "—"} for one in found
    ]


def defects(review: Review) -> list[dict[str, Any]]:
    """Return what is damaged or missing, in words, each with its place where it has one."""
    found = []
    for one in review.record.get("defects", ()):
        span = one.get("x_span") or [None]
        missing = "、".join(str(number) for number in one.get("missing", ()))
        found.append({**one, "word": DEFECTS.get(one["kind"], one["kind"]), "lacks": missing, "at": span[0]})
    return found


class _Text:
    """Pieces of the document for lists, cut short."""

    longest = 60

    def __init__(self, review: Review) -> None:
        self.whole = review.text() if review.edits or review.document.undone else ""

    def cut(self, start: int, end: int) -> str:
        """Return the words of a place; long ones keep their beginning."""
        words = " ".join(self.whole[start:end].split()) or "（空白或换行）"
        return words if len(words) <= self.longest else words[: self.longest] + "……"
