"""Read the wording of a 整改时限 into a ``Deadline``.

Source: domain reference C.3 and the forms officials use. A wording that cannot be read stays as it is, with
the reason; a day that does not exist is refused. Nothing is guessed in silence: what was supplied stands in
``assumed``.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from dugai.kernel.chinese import mend, squeeze
from dugai.kernel.months import PeriodKind
from dugai.ledger.deadline_dates import (
    LEADS,
    SEPARATORS,
    AddWorkdays,
    CannotTellError,
    Known,
    Mention,
    clause_start,
    find_mentions,
)
from dugai.ledger.deadlines import (
    DEFAULT_EVIDENCE,
    AnyDeadline,
    DatedPart,
    Deadline,
    DeadlineKind,
    Precision,
    UnknownDeadline,
)

_LABEL = re.compile(
    r"(?:整改|完成|办理|办结|销号)*(?:时限|期限|时间节点|时间)(?:要求)?[：为是]+|(?:整改|完成)(?:时限|期限|时间)"
)
_IMMEDIATE_WORD = (
    r"(?:立行立改|立即整改|即知即改|立知立改|立查立改|边查边改|边督边改|边整边改|即行即改|即查即改|立整立改|即改"
    r"|立即改正|马上整改|即时整改|立即完成|立即行动|立即落实|立改)"
)
_STANDING_WORD = (
    r"(?:长期(?:坚持|推进|整改|保持|巩固|落实|执行|治理)?|持续(?:推进|坚持|整改|巩固|开展|改善|提升|落实|用力|推动)?|常抓不懈"
    r"|常态化(?:推进|坚持|开展|管理)?|长效坚持|坚持不懈)"
)
_TAIL = r"(?:整改|完成|到位|落实|推进|实施|坚持|执行|下去)*"
_IMMEDIATE = re.compile(rf"(?:并|且|即日起|一律|全部)*{_IMMEDIATE_WORD}{_TAIL}")
_STANDING = re.compile(
    rf"(?:[自从]?\d{{4}}年(?:\d{{1,2}}月)?起|并|且|同时|后|完成后|整改后|此后|之后|即日起|全面)*{_STANDING_WORD}{_TAIL}"
)
_STANDING_END = re.compile(rf"(?:[，、；。并且后])+(?:\d{{4}}年(?:\d{{1,2}}月)?起)?{_STANDING_WORD}{_TAIL}$")
_DONE = re.compile(
    r"(?:目前)?已(?:经|[于在][^，；。、]{2,14})?(?:全部|全面|按期|按时)?(?:整改)?(?:完成|办结|销号|到位)(?:整改|销号|验收)?"
)
_EVERY = re.compile(r"(?:[每按](?P<every>年|半年|季度?|月|周)|逐(?P<step>年|季|月))")
_YEARLY = re.compile(r"分年度?|逐年|按年度")
_PHASE = re.compile(
    r"(?:(?<=[，；。、：（按分即照行为])|^)(?:短期|近期|前期|中期|后期|远期|长期|第?[一二三四五1-5]阶段)"
)
_PHASE_END = re.compile(r"(?:等)?[一二两三四五2-5]个?阶段(?:推进|实施|完成|整改)*$")
_PLAIN = re.compile(
    r"(?:全部|全面|整体|基本|按期|按时|整改|完成|任务|工作|到位|办结|结束|销号|达标|实施|推进|分年度?|逐年|按年度|年度|以及|和|及)*"
)
_EVIDENCE = {
    "年": PeriodKind.YEAR,
    "半年": PeriodKind.HALF,
    "季": PeriodKind.QUARTER,
    "季度": PeriodKind.QUARTER,
    "月": PeriodKind.MONTH,
    "周": PeriodKind.WEEK,
}
_OUTER = "，；。、：-—~～/"


@dataclass(slots=True)
class _Reading:
    """What has been found so far in one wording."""

    parts: list[DatedPart] = field(default_factory=list)
    immediate: bool = False
    standing: bool = False
    evidence: PeriodKind | None = None
    used_issue: bool = False
    assumed: list[str] = field(default_factory=list)

    def note(self, mention: Mention) -> None:
        """Remember what the mention needed."""
        self.used_issue = self.used_issue or mention.used_issue
        if mention.assumed:
            self.assumed.append(mention.assumed)


def parse_deadline(
    raw: str, *, issued: dt.date | None = None, add_workdays: AddWorkdays | None = None
) -> AnyDeadline:
    """Read the wording of a deadline.

    ``issued`` is the day the plan was issued: dates without a year and periods (三个月内) are counted from
    it, a month already past at issue means the next year. ``add_workdays`` serves 个工作日内. Returns an
    ``UnknownDeadline`` with the reason when the wording cannot be read; raises ``InvalidInput`` (code
    ``date_impossible``) for a day that does not exist.
    """
    text = mend(squeeze(raw))
    label = _LABEL.match(text)
    text = text[label.end() if label else 0 :].strip(_OUTER)
    if not text:
        return UnknownDeadline(raw, "没有写整改时限。")
    try:
        return _read(text, raw, Known(issued, add_workdays))
    except CannotTellError as lack:
        return UnknownDeadline(raw, str(lack))


def _read(text: str, raw: str, known: Known) -> AnyDeadline:
    reading = _Reading()
    if len(set(_PHASE.findall(text))) > 1:
        _read_phases(text, known, reading)
        kind = DeadlineKind.PHASED
    else:
        done = _is_done(text)
        if done:
            text = _DONE.sub("", text, count=1)
        text = _take_rhythm(text, reading)
        _read_words(text, reading)
        mentions = find_mentions(text, known)
        _read_parts(text, mentions, reading)
        every_year = reading.evidence is PeriodKind.YEAR and any(one.from_year for one in mentions)
        yearly = (every_year or bool(_YEARLY.search(text))) and bool(reading.parts)
        if yearly:
            _spread(mentions, known, reading)
        reading.standing = reading.standing or (reading.evidence is not None and not reading.parts)
        found = _kind(reading, yearly=yearly, done=done)
        if found is None:
            return UnknownDeadline(raw, _why(text))
        kind = found
    return Deadline(
        kind=kind,
        parts=tuple(reading.parts),
        immediate=reading.immediate,
        standing=reading.standing,
        evidence=(reading.evidence or DEFAULT_EVIDENCE) if reading.standing else None,
        issued=known.issued if reading.used_issue else None,
        raw=raw,
        assumed=tuple(reading.assumed),
    )


def _kind(reading: _Reading, *, yearly: bool, done: bool) -> DeadlineKind | None:
    if yearly:
        return DeadlineKind.YEARLY
    if reading.parts:
        single = len(reading.parts) == 1 and not reading.immediate and not reading.standing
        return DeadlineKind.FIXED if single else DeadlineKind.COMPOUND
    if reading.standing:
        return DeadlineKind.IMMEDIATE_STANDING if reading.immediate else DeadlineKind.STANDING
    if reading.immediate:
        return DeadlineKind.IMMEDIATE
    return DeadlineKind.NONE if done else None


def _why(text: str) -> str:
    if _YEARLY.search(text):
        return "写了“分年度”，没有写到哪一年。请补上年份。"
    return "读不出日期，也不是“立行立改”“长期坚持”一类说法。请对照原件登记。"


def _is_done(text: str) -> bool:
    first = re.split(f"[{SEPARATORS}]", text, maxsplit=1)[0]
    found = _DONE.match(first)
    return found is not None and (
        found.end() == len(first) or _STANDING.fullmatch(first[found.end() :]) is not None
    )


def _clauses(text: str) -> list[str]:
    return [clause for clause in re.split(f"[{SEPARATORS}]", text) if clause]


def _take_rhythm(text: str, reading: _Reading) -> str:
    """Note how often proof is due and take those clauses out: their dates recur and are no deadline."""
    kept = []
    for piece in re.split(f"([{SEPARATORS}])", text):
        lead = LEADS.match(piece)
        found = _EVERY.match(piece, lead.end() if lead else 0)
        if found and not (found["step"] or found[0].startswith("按年")):
            reading.evidence = _EVIDENCE[found["every"]]
            kept.append(piece if _STANDING_END.search(piece) else "")
        else:
            kept.append(piece)
    return "".join(kept).replace("（）", "")


def _read_words(text: str, reading: _Reading) -> None:
    for clause in _clauses(text):
        if _STANDING.fullmatch(clause) or _STANDING_END.search(clause):
            reading.standing = True
        immediate = _IMMEDIATE.match(clause)
        if not immediate:
            continue
        reading.immediate = True
        if _STANDING.fullmatch(clause[immediate.end() :]):
            reading.standing = True
    dated = any(mark in text for mark in "年月日季内末底")
    if not dated and not (reading.immediate or reading.standing):
        reading.immediate = re.search(_IMMEDIATE_WORD, text) is not None
        reading.standing = re.search(_STANDING_WORD, text) is not None


def _read_parts(text: str, mentions: list[Mention], reading: _Reading) -> None:
    starts = [
        max(clause_start(text, mention.start), before.end if before else 0)
        for mention, before in zip(mentions, [None, *mentions], strict=False)
    ]
    for index, mention in enumerate(mentions):
        until = starts[index + 1] if index + 1 < len(mentions) else len(text)
        before = text[starts[index] : mention.start]
        lead, tail = re.sub(f"{LEADS.pattern}$", "", before), text[mention.end : until]
        reading.standing = reading.standing or _STANDING.fullmatch(tail.strip(_OUTER)) is not None
        content = _content(lead) + _content(tail)
        reading.parts.append(DatedPart(mention.due, mention.precision, content))
        reading.note(mention)


def _content(text: str) -> str:
    text = text.strip(_OUTER)
    text = _STANDING_END.sub("", text)
    text = "" if _STANDING.fullmatch(text) or _IMMEDIATE.fullmatch(text) else text
    spare = text.count("（") - text.count("）")
    if spare:
        head, _, tail = text.rpartition("（" if spare > 0 else "）")
        text = head + tail
    text = text.strip(_OUTER)
    return "" if _PLAIN.fullmatch(text) else text.removeprefix("其中")


def _spread(mentions: list[Mention], known: Known, reading: _Reading) -> None:
    """Turn 分年度 with one last year, or with a range, into one part for every year."""
    last = mentions[-1].due.year
    first = mentions[0].from_year
    if first is None and len(mentions) == 1 and known.issued and known.issued.year <= last:
        first, reading.used_issue = known.issued.year, True
    if first is not None and len(mentions) == 1:
        content = reading.parts[-1].content
        reading.parts = [
            DatedPart(dt.date(year, 12, 31), Precision.YEAR, content if year == last else "")
            for year in range(first, last)
        ] + [DatedPart(mentions[-1].due, Precision.YEAR, content)]


def _read_phases(text: str, known: Known, reading: _Reading) -> None:
    starts = [found.start() for found in _PHASE.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        segment = _PHASE_END.sub("", text[start:end].strip("，；。、："))
        mentions = find_mentions(segment, known)
        if not mentions:
            if segment.startswith("长期"):
                reading.standing = True
                found = _EVERY.search(segment)
                reading.evidence = _EVIDENCE[found["every"]] if found and found["every"] else None
            else:
                reading.parts.append(DatedPart(None, Precision.DAY, segment))
            continue
        last = mentions[-1]
        name, rest = segment[: mentions[0].start], segment[last.end :]
        content = re.sub(r"（）|[（，、：；]+$", "", (name + rest).replace("（）", "")).rstrip("（，、")
        reading.parts.append(DatedPart(last.due, last.precision, content))
        reading.note(last)
