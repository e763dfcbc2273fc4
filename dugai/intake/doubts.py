"""疑点: what a person should look at before adopting a proposal, and what must be settled first. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.intake.proposing import LONGEST, UNITS
from dugai.intake.states import Choice, ConflictKind, ProposalKind
from dugai.kernel.errors import InvalidInput
from dugai.ledger import deadlines
from dugai.ledger.deadline_text import parse_deadline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dugai.intake.models import Proposal
    from dugai.intake.queries_match import Names

SURE = 80
"""Percent of confidence in recognised text below which a person is asked to look."""
WORDS = {
    "lead": "牵头单位",
    "responsible": "责任单位",
    "cooperating": "配合单位",
    "supervising": "督导单位",
    "accepting": "验收单位",
    "deadline": "整改时限",
    "number": "序号",
    "text": "原文",
    "category": "大类",
    "goal": "整改目标",
    "leader": "督办领导",
    "status": "公布状态",
}
_VERDICT = {
    "masked_number": "数字被遮去",
    "masked_name": "名称被遮去",
    "lost_text": "文字有缺",
    "ocr_error": "识别有误",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look at. `stops`: nothing can be adopted before it is settled; `unit`: the name to settle."""

    words: str
    field: str = ""
    stops: bool = False
    unit: str = ""
    figure: bool = False


def doubts_of(
    row: Proposal, record: dict[str, Any], names: Names, *, issued: dt.date, has_lead: bool
) -> list[Doubt]:
    """Return the doubts of one proposal, those that stop first.

    `record` is the document's, for figures and damage within the proposal's own spans; `issued` is the day from
    which relative deadlines count; `has_lead` says whether the document names who leads where nobody is printed.
    """
    found = [*_units(row, names), *_deadline(row, issued), *_lengths(row)]
    if row.kind == ProposalKind.PROBLEM and not row.values["lead"] and not has_lead:
        found.append(Doubt("没写牵头单位。请点“修改”补上，或在这份文件上选一个默认的。", "lead", stops=True))
    if row.conflict and row.choice == Choice.NONE:
        kind = ConflictKind(row.conflict["kind"]).label
        found.append(Doubt(f"与台账 {row.conflict['code']} {kind}。请选：另建、就是它，或不要。", stops=True))
    if row.confidence is not None and row.confidence < SURE:
        found.append(Doubt(f"识别把握 {row.confidence}%，请逐字对照原件。", "text"))
    found += _figures(row, record.get("arithmetic", ()))
    found += _damage(row, record.get("defects", ()))
    return sorted(found, key=lambda doubt: not doubt.stops)


def read_deadline(text: str, issued: dt.date) -> tuple[dict[str, Any], str]:
    """Read the words of a deadline: what is stored, or why they cannot be read and what to write."""
    try:
        read = parse_deadline(text, issued=issued)
    except InvalidInput as impossible:
        return {}, impossible.message
    if isinstance(read, deadlines.UnknownDeadline):
        return {}, read.reason
    return deadlines.to_json(deadlines.with_default_internal_due(read, issued=issued)), ""


def deadline_words(row: Proposal) -> str:
    """Return the words of a proposal's deadline; a measure without its own has that of its problem."""
    return str(row.values["deadline"] or (row.parent.values["deadline"] if row.parent else ""))


def _units(row: Proposal, names: Names) -> Iterable[Doubt]:
    for name in UNITS:
        for unit in row.values.get(name) or ():
            answer = names.find(unit)
            if answer.unit is None:
                yield Doubt(f"{WORDS[name]}“{unit}”还没对上单位。", name, stops=True, unit=unit)


def _deadline(row: Proposal, issued: dt.date) -> Iterable[Doubt]:
    words = deadline_words(row)
    if not words:
        if row.kind == ProposalKind.MEASURE:
            yield Doubt("措施和问题都没写时限。请点“修改”补上。", "deadline", stops=True)
        return
    _, why = read_deadline(words, issued)
    if why:
        yield Doubt(f"时限“{words}”：{why}", "deadline", stops=True)


def _lengths(row: Proposal) -> Iterable[Doubt]:
    for name, most in LONGEST.items():
        length = len(str(row.values.get(name) or ""))
        if length > most:
            yield Doubt(f"{WORDS[name]}有 {length} 个字，最多 {most} 个。请缩短。", name, stops=True)


def _figures(row: Proposal, findings: Iterable[dict[str, Any]]) -> Iterable[Doubt]:
    for one in findings:
        if not one["holds"] and one.get("verdict") != "not_comparable" and _meet(row, one.get("x_spans", ())):
            note = one.get("note") or one["expr"]
            yield Doubt(f"数对不上：{note}。系统不替您改，请对照原件。", "text", figure=True)


def _damage(row: Proposal, defects: Iterable[dict[str, Any]]) -> Iterable[Doubt]:
    for one in defects:
        if one["kind"] in _VERDICT and one.get("x_span") and _meet(row, [one["x_span"]]):
            yield Doubt(f"{_VERDICT[one['kind']]}：{one['quote'][:40]}", "text")


def _meet(row: Proposal, spans: Iterable[Any]) -> bool:
    return any(
        start < theirs[1] and theirs[0] < end
        for theirs in spans
        for name, (start, end, _) in row.spans.items()
        if name in {"text", "goal"}
    )
