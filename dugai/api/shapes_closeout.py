"""Shapes of close-out: cases, gates, steps, visits, notice, objections, proposals, register, look-backs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from dugai.acceptance.queries_after import Queue
from dugai.acceptance.states import CaseState, Conclusion, GateKey, LookBackState, MotionKind, MotionState
from dugai.api.shapes import Ask, Day, Id, In, Line, Opinion, Out, PathId, Person, Ref, Text, Version, Word
from dugai.kernel.choices import Choices

MOMENT = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])$"
)
_MOMENT = re.compile(MOMENT.replace("(0[1-9]|1[0-9]|2[0-8])T", "[0-3][0-9]T"), re.ASCII)


def _moment(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("时间要带时区，写成 2026-05-18T09:30:00+08:00")
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("没有这个时间") from None


Moment = Annotated[
    dt.datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": MOMENT, "examples": ["2026-05-18T09:30:00+08:00"]}),
]
Degrees = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,3}\.[0-9]{1,6}$")]
"""Degrees in WGS84, as text: "103.654321"."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
"""What a phone calls its own draft; the same key again is the same thing."""
Said = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ProblemRef(Out):
    """A problem, by number, code and title."""

    id: int
    code: str
    title: str


class CaseOut(Out):
    """One attempt at closing a problem; `waiting_for` is the key of its next step."""

    id: int
    version: int
    problem: ProblemRef
    attempt: int
    state: CaseState
    class_name: str
    checklist: str
    applicant_unit: Ref
    applied_by: Person
    applied_at: dt.datetime
    statement: str
    waiting_for: str
    closed_on: dt.date | None
    consolidation_until: dt.date | None
    previous_id: int | None


class GateOut(Out):
    """One line of the checklist: whether it holds, why (not), and who can mend it."""

    key: GateKey
    label: str
    holds: bool
    why: str
    who: str


class StepOut(Out):
    """One step of the procedure and what became of it."""

    key: str
    label: str
    who: str
    next: bool
    conclusion: Conclusion | None
    organisation: str
    person: str
    opinion: str
    at: dt.datetime | None


class LineOut(Out):
    """One measure of the table: what is claimed and what was found."""

    measure_id: int
    claim: str
    proof: str
    conclusion: str
    note: str


class CloseoutOut(Out):
    """The close-out of one problem: its case, gates and steps, and what the asker may do now."""

    problem: ProblemRef
    case: CaseOut | None
    gates: list[GateOut]
    steps: list[StepOut]
    lines: list[LineOut]
    number: str
    acts: list[str]


class WaitingOut(Out):
    """One line of a queue: the case, its next step, and whether that step is the asker's."""

    case: CaseOut
    step: str
    mine: bool


class QueuePage(Out):
    """One page of a queue."""

    items: list[WaitingOut]
    next: str | None


class CloseoutProposalOut(Out):
    """What one person proposed and another decides."""

    id: int
    version: int
    problem: ProblemRef
    kind: MotionKind
    state: MotionState
    reason: str
    requirement: str
    due: dt.date | None
    proposed_by: Person
    proposed_at: dt.datetime
    opinion: str


class CloseoutProposalPage(Out):
    """One page of proposals."""

    items: list[CloseoutProposalOut]
    next: str | None


class EntryOut(Out):
    """One line of the register (销号台账)."""

    id: int
    version: int
    text: str
    year: int
    number: int
    region: Ref
    case_id: int
    closed_on: dt.date
    filed_on: dt.date | None
    filed_with: str


class EntryPage(Out):
    """One page of the register."""

    items: list[EntryOut]
    next: str | None


class LookBackOut(Out):
    """One drawn item of a look-back and its answers."""

    id: int
    version: int
    plan_id: int
    case_id: int
    visitor_unit: Ref
    state: LookBackState
    rebound: bool | None
    in_place: bool | None
    stable: bool | None
    findings: str
    visited_on: dt.date | None


class LookBackPage(Out):
    """One page of drawn items."""

    items: list[LookBackOut]
    next: str | None


class LookBackPlanOut(Out):
    """One draw: its seed, its population and share."""

    id: int
    version: int
    region: Ref
    title: str
    seed: str
    share_percent: int
    population: int
    population_digest: str
    closed_until: dt.date
    due: dt.date


class VisitOut(Out):
    """A visit that was recorded."""

    id: int
    case_id: int
    draft_key: str
    place: str
    began_at: dt.datetime
    ended_at: dt.datetime


class PhotoOut(Out):
    """A photo that was kept."""

    id: int
    case_id: int
    visit_key: str
    photo_key: str


class NoticeOut(Out):
    """A notice as it was published."""

    id: int
    case_id: int
    starts_on: dt.date
    until: dt.date
    objections_until: dt.date
    address: str
    text: dict[str, Any]


class ObjectionOut(Out):
    """An objection without who made it."""

    id: int
    version: int
    case_id: int
    received_on: dt.date
    channel: str
    content: str
    state: str
    answer: str


class RulesOut(Out):
    """A version of rules that was adopted."""

    id: int
    number: int
    valid_from: dt.date
    legal_reference: str


class NumbersOut(Out):
    """How many cases in sight are in each state, and how many proposals wait."""

    counts: dict[str, int]


class QueueAsk(Ask):
    """Which queue."""

    queue: Queue


class RegisterAsk(Ask):
    """Which year and region of the register."""

    year: Annotated[PathId | None, Field(default=None)]
    region: Annotated[PathId | None, Field(default=None)]


class ClaimIn(In):
    """One line of the application."""

    measure: Id
    claim: Said
    proof: Line = ""


class ApplyIn(In):
    """An application; `seen_version` is the problem's."""

    seen_version: Version
    statement: Said
    claims: Annotated[list[ClaimIn], Field(min_length=1, max_length=500)]


class FindingIn(In):
    """What was found of one measure."""

    measure: Id
    met: bool
    note: Line = ""


class CheckIn(In):
    """A check of the papers."""

    seen_version: Version
    passed: bool
    opinion: Opinion = ""
    findings: Annotated[list[FindingIn], Field(max_length=500)] = []


class SignIn(In):
    """A signature; `step` is the key that was seen."""

    seen_version: Version
    step: Key
    passed: bool
    opinion: Opinion = ""


class VisitIn(In):
    """A visit as the phone sends it; its photos were sent before, under the same `draft_key`."""

    draft_key: Key
    members: Annotated[list[Name], Field(min_length=1, max_length=30)]
    place: Word
    longitude: Annotated[Degrees | None, Field(default=None)]
    latitude: Annotated[Degrees | None, Field(default=None)]
    began_at: Moment
    ended_at: Moment
    findings: Said
    passed: bool
    opinion: Opinion = ""
    measures: Annotated[list[FindingIn], Field(max_length=500)] = []


class PhotoIn(In):
    """The keys of a photo and its caption, beside the file."""

    visit_key: Key
    photo_key: Key
    caption: Annotated[Line, Field(max_length=200)] = ""


class NoticeIn(In):
    """Where the notice stands and who takes objections."""

    seen_version: Version
    address: Word
    contact: Annotated[Word, Field(max_length=120)]
    channel: Annotated[Line, Field(max_length=60)] = ""


class ObjectionIn(In):
    """What somebody objects; `contact` is sealed and never shown again to programs."""

    content: Said
    channel: Annotated[Line, Field(max_length=40)] = ""
    received_on: Day
    contact: Line = ""


class AnswerIn(In):
    """The answer to an objection; `seen_version` is the objection's."""

    seen_version: Version
    upheld: bool
    answer: Said


class AgainKind(Choices):
    """What may be proposed of a problem beside its closing."""

    REOPEN = "reopen", "重新整改"
    STRENGTHEN = "strengthen", "强化整改"
    CARRY_OVER = "carry_over", "转入下一轮"


class AgainIn(In):
    """A proposal; 强化整改 needs `requirement` and `due`; `seen_version` is the problem's."""

    kind: AgainKind
    seen_version: Version
    reason: Annotated[Text, Field(min_length=1, max_length=1000)]
    requirement: Text = ""
    due: Annotated[Day | None, Field(default=None)]
    successor: Annotated[Id | None, Field(default=None)]


class FileIn(In):
    """With whom a closed problem was filed."""

    seen_version: Version
    filed_with: Annotated[Word, Field(max_length=120)]


class LookBackPlanIn(In):
    """A draw: the region, its seed and who visits."""

    region: Id
    title: Annotated[Word, Field(max_length=120)]
    seed: Annotated[Word, Field(max_length=80)]
    due: Day
    visitors: Annotated[list[Id], Field(min_length=1, max_length=50)]
    share_percent: Annotated[int | None, Field(default=None, strict=True, ge=1, le=100)]


class LookBackIn(In):
    """The three questions and what was found."""

    seen_version: Version
    rebound: bool
    in_place: bool
    stable: bool
    findings: Said
    visited_on: Day


class Variant(Choices):
    """The procedures that ship."""

    NATIONAL = "national", "全国默认"
    HUANGSHAN = "huangshan", "黄山"
    BOSHAN = "boshan", "博山"
    HUNAN = "hunan", "湖南"


class RulesIn(In):
    """Adopt a variant for a region, from a day on (today, if none is named)."""

    region: Id
    variant: Variant
    valid_from: Annotated[Day | None, Field(default=None)]
