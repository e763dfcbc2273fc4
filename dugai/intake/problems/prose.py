"""Problems out of running text: labels in any order, numbered paragraphs, close-out notices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dugai.intake.grammar.labels import UNIT_ROLES, bare, label_of, label_pattern, role_of
from dugai.intake.grammar.numerals import NUMERAL, integer
from dugai.intake.grammar.organisations import split_units
from dugai.intake.grammar.statuses import status_at_start
from dugai.intake.problems.measures import measure_of, split_measures
from dugai.intake.problems.model import MeasureDraft, Piece, ProblemDraft
from dugai.intake.text.edits import CleanText
from dugai.intake.text.fold import fold
from dugai.intake.text.lines import Line, ends_sentence, lines_of

_NUM = rf"(\d{{1,3}}|[{NUMERAL}]{{1,4}})"
_PREFIX = r"(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.]\s*)?"
_PROBLEM = re.compile(
    rf"(?:^|(?<=[\n。]))[ \t#*]*{_PREFIX}\[(?:督察)?(?:反馈|整改|具体)?(?:问题|任务|事项)(?:序号|编号)?\s*{_NUM}\][ \t]*[:]?|"
    rf"(?:^|(?<=[\n。]))[ \t#*\[]*{_PREFIX}(?:督察)?(?:反馈|整改|具体)?(?:问题|任务|事项)(?:序号|编号)?\s*{_NUM}[\])]?\s*(?:[:、.]|(?=[ \t]*\n)|[ \t]+(?=\S))"
    rf"|(?:^|(?<=\n))[ \t#*\[(]*第\s*{_NUM}\s*(?:项|个)(?:整改|反馈)?(?:问题|任务|事项)?[\])]?\s*(?:[:、.]|(?=[ \t]*\n)|[ \t]+(?=\S))"
)
_MEASURE = re.compile(rf"(?:^|(?<=[\n。;:\s]))[\[(]?措施(?:序号)?\s*{_NUM}[\])]?\s*[:、.]")
_SAID = re.compile(
    r"(?<=\n)[ \t]*(?:该|此)(?:项)?(?:问题|任务|事项)(?:目前)?(?:已|正在|基本|达到|未|按|持续)"
)
_CATEGORY = re.compile(
    r"^[一二三四五六七八九十]{1,3}、\s*\S|^[(][一二三四五六七八九十]{1,3}[)]\s*\S|^第[一二三四五六七八九十]{1,3}(?:部分|类)"
)
STYLE_OF = (
    ("一、", re.compile(r"^([一二三四五六七八九十]{1,3})、\s*")),
    ("(一)", re.compile(r"^[(]([一二三四五六七八九十]{1,3})[)][、.]?\s*")),
    ("(1)", re.compile(r"^[(](\d{1,3})[)][、.]?\s*")),
    ("1.", re.compile(r"^(\d{1,3})\s?[.、](?!\d)\s*")),
    ("第", re.compile(r"^第([一二三四五六七八九十百\d]{1,4})[项条个][、:.\s]*")),
)
_FIELDS = {"goal", "deadline", "measures", "status", "progress", "leader", "notice", "category", *UNIT_ROLES}
_FEW = 8
_CHAPTER = re.compile(r"^[一二三四五六七八九十]{1,3}、\s*[\u4e00-\u9fff]{2}")
_STOP = re.compile(
    r"^(?:附件|附表|中共|抄送|公示期间|现予以公示|现将|联系人|监督|特此|以上|[\u4e00-\u9fff]{2,16}(?:人民政府|办公室|委员会|领导小组|局|厅)$|(?:19|20)\d{2}年\d{1,2}月\d{1,2}日$)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """A label: where it stands, where its value begins, what it is and its number."""

    at: int
    value: int
    role: str
    number: str | None = None
    raw: str | None = None


def numbered(text: str) -> tuple[str, int, int] | None:
    """(style, number, length of the label) of a paragraph that begins with a number."""
    for style, pattern in STYLE_OF:
        match = pattern.match(text)
        if match:
            number = integer(match[1])
            if number is not None:
                return style, number, match.end()
    return None


def events_of(folded: str) -> list[Event]:
    """All labels of a folded text, in order."""
    found: dict[int, Event] = {}
    for match in label_pattern().finditer(folded):
        role = role_of(label_of(match))
        if role in (*_FIELDS, "problem", "no", "contact", "remark"):
            number = _of_label(match["num"]) if role == "problem" else None
            found[
                match.start(match.lastgroup if match.lastgroup in ("label", "boxed", "wide") else "label")
            ] = Event(match.start(), match.end(), role, number, bare(label_of(match)))
    for lone in _lone_labels(folded):
        found.setdefault(lone.at, lone)
    for match in _PROBLEM.finditer(folded):
        printed = integer(match[1] or match[2] or match[3])
        raw = re.sub(rf"^{_PREFIX}(?=.*(?:问题|任务|事项))", "", match.group().strip(" \t\n:、.#*[]()"))
        at = match.start() + (len(match.group()) - len(match.group().lstrip()))
        found[at] = Event(match.start(), match.end(), "problem", str(printed), raw)
    for match in _SAID.finditer(folded):
        found.setdefault(match.start(), Event(match.start(), match.start(), "progress"))
    for match in _MEASURE.finditer(folded):
        printed = integer(match[1])
        found[match.start()] = Event(
            match.start(), match.end(), "measure", str(printed), match.group().strip(" \n:、.")
        )
    return _in_order(list(found.values()))


def _of_label(mark: str | None) -> str | None:
    digits = re.sub(r"[^\d一二三四五六七八九十]", "", mark or "")
    number = integer(digits) if digits else None
    return str(number) if number is not None else None


def _lone_labels(folded: str) -> list[Event]:
    """A label alone on its line, its value on the next: only words that cannot be anything else."""
    out: list[Event] = []
    numbered_roles: set[str] = set()
    heads: list[Event] = []
    for line in lines_of(folded):
        body = re.sub(r"^(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.)]?)\s*", "", line.text)
        if 2 <= len(body) <= 14 and not re.search(r"[。,;、:]", body):
            role = role_of(body)
            if role in _FIELDS and len(bare(body)) >= 4 and role not in ("category", "status"):
                event = Event(line.start, line.end, role, raw=bare(body))
                if body == line.text:
                    out.append(event)
                else:
                    heads.append(event)
                    numbered_roles.add(role)
            elif role == "problem" and body != line.text:
                heads.append(Event(line.start, line.end, role, raw=bare(body)))
    # 二、整改目标 … 四、整改措施 are the fields of a notice; a single 二、整改措施 is a chapter of a plan.
    notice = len(numbered_roles) >= 3 or (
        len(numbered_roles) == 2 and any(_states_a_problem(h, folded) for h in heads)
    )
    return sorted([*out, *heads], key=lambda e: e.at) if notice else out


def _states_a_problem(head: Event, folded: str) -> bool:
    """``一、整改任务`` above one plain paragraph, not above a list of items."""
    return head.role == "problem" and not re.match(
        r"\s*(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.)]|\[)", folded[head.value :]
    )


def _in_order(events: list[Event]) -> list[Event]:
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: (e.at, -e.value)):
        if kept and event.at < kept[-1].value and event.role != "measure":
            if kept[-1].number is None and event.number is not None:
                kept[-1] = event
            continue
        kept.append(event)
    return kept


_OWN = ("deadline", "status", "responsible", "lead")


def fields_of_measures(draft: ProblemDraft) -> None:
    """Fields printed anew under each measure belong to the measures, not to the problem."""
    blocks = [i for i, (role, _, _) in enumerate(draft.order) if role == "measures"]
    if len(blocks) < 2:
        return
    for role in _OWN:
        places = [i for i, (r, _, _) in enumerate(draft.order) if r == role]
        if len(places) < 2 or places[0] < blocks[0]:
            continue
        for place in places:
            _, piece, known = draft.order[place]
            first = draft.order[max(b for b in blocks if b < place)][2]
            for measure in draft.measures[first:known]:
                _give(measure, role, piece)
        draft.fields.pop(role, None)


def _give(measure: MeasureDraft, role: str, piece: Piece) -> None:
    if role == "deadline":
        measure.deadline = piece
    elif role == "status":
        state = status_at_start(piece.text)
        if state:
            measure.status, measure.status_raw = state.code, state.raw
    else:
        for found, names in split_units(piece.text, role).items():
            measure.units.setdefault(found, []).extend(names)


class ProseReader:
    """Walks over the labels of one text and gathers problems."""

    def __init__(self, clean: CleanText, start: int = 0, end: int | None = None) -> None:
        self.clean = clean
        self.end = len(clean.text) if end is None else end
        self.folded = clean.folded[: self.end]
        self.lines = [ln for ln in lines_of(self.folded) if ln.start >= start]
        self.events = [e for e in events_of(self.folded) if e.at >= start - 1]
        self.drafts: list[ProblemDraft] = []
        self.style: str | None = None
        self.number = 0
        self.pending: str | None = None

    def piece(self, start: int, end: int) -> Piece:
        text = self.clean.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        first, last = self.clean.span(start, start + len(text))
        return Piece(text, first, last, self.clean, start)

    def read(self) -> list[ProblemDraft]:
        """All problems; none where the text carries no labels of the field."""
        strong = [
            e
            for e in self.events
            if e.role in ("deadline", "measures", "goal", *UNIT_ROLES) or (e.role == "problem" and e.number)
        ]
        said = [e for e in self.events if e.role == "progress" and e.raw is None]
        if len(said) >= 2:
            strong += said
        elif len(strong) < 1 or not any(
            e.role in ("problem", "deadline", "goal", "measures") for e in self.events
        ):
            return []
        for index, event in enumerate(self.events):
            following = self.events[index + 1].at if index + 1 < len(self.events) else self.end
            self._take(index, event, following)
        for draft in self.drafts:
            fields_of_measures(draft)
        return [
            d for d in self.drafts if d.text and (d.fields or d.measures or (d.no and len(d.text.text) > 30))
        ]

    def _take(self, index: int, event: Event, following: int) -> None:
        current = self.drafts[-1] if self.drafts else None
        if event.role == "no":
            self.pending = self.folded[event.value : following].strip().split("\n")[0].strip(" 。;") or None
            return
        if event.role in ("contact", "remark"):
            return
        if event.role == "problem":
            self._problem(event, self._value_end(index, event, following))
            return
        if current is None or self._restarts(index, event, current):
            if not self._from_tail(index, event) and current is None:
                return
            current = self.drafts[-1]
        stop = self._value_end(index, event, following)
        value = self.piece(event.value, stop)
        if event.role == "measure":
            draft = measure_of(value, event.number, event.raw)
            if draft:
                current.measures.append(draft)
        else:
            value, rest = self._split_value(event.role, value)
            current.add(event.role, value)
            if event.role == "measures":
                current.measures += split_measures(value)
            if rest is not None and current.measures:
                current.order.append(("measures", rest, len(current.measures)))
                current.measures += split_measures(rest)

    def _split_value(self, role: str, value: Piece) -> tuple[Piece, Piece | None]:
        """A short field under one measure ends where the next numbered measure begins."""
        if role not in (*UNIT_ROLES, "deadline", "status") or not self.drafts[-1].measures:
            return value, None
        last = self.drafts[-1].measures[-1]
        for match in re.finditer(r"\n\s*", value.text):
            mark = numbered(fold(value.text[match.end() :]))
            if mark and last.no and mark[1] == int(last.no) + 1:
                return value.cut(0, match.start()), value.cut(match.end())
        return value, None

    def _problem(self, event: Event, stop: int) -> None:
        value = self.piece(event.value, stop)
        last = self.drafts[-1] if self.drafts else None
        open_ended = last is not None and not last.fields and not last.measures
        filled = event.number is None or role_of(event.raw or "") == "problem"
        if (
            open_ended
            and last is not None
            and filled
            and (last.text is None or len(last.text.text) < 8 or last.no)
        ):
            if value.text:
                last.text = value
            return
        draft = ProblemDraft(value if value.text else None, event.number, event.raw if event.number else None)
        if draft.text and not event.number:
            mark = numbered(draft.text.text.replace("（", "(").replace("）", ")"))
            if mark:
                draft.no, draft.no_raw = str(mark[1]), draft.text.text[: mark[2]].strip(" 、.．")
                draft.text = draft.text.cut(mark[2])
        if draft.no is None and self.pending:
            draft.no, self.pending = self.pending, None
        draft.heading = self._heading_before(event.at)
        self.drafts.append(draft)

    def _restarts(self, index: int, event: Event, current: ProblemDraft) -> bool:
        """Whether this label opens the next problem: it came already and a new numbered text stands before it."""
        if event.role == "measure" or event.role not in current.fields:
            return False
        tail = self._tail(index, event)
        if tail is None:
            return event.role == "goal"
        mark = numbered(tail.text)
        return self._follows(mark) or self._opens_anew(tail, mark) or (self.style is None and mark is None)

    def _follows(self, mark: tuple[str, int, int] | None) -> bool:
        """Whether a number opens the next problem: the next one, or one after a few that are missing."""
        return bool(mark and mark[0] == self.style and 1 <= mark[1] - self.number <= _FEW)

    def _opens_anew(self, line: Line, mark: tuple[str, int, int] | None) -> bool:
        """``1.`` under the next county: the series begins again below a heading of a higher style."""
        if not (mark and mark[0] == self.style and mark[1] == 1 and self.style not in ("一、", "")):
            return False
        above = [ln for ln in self.lines if ln.start < line.start]
        return bool(
            above
            and _CATEGORY.match(above[-1].text)
            and len(above[-1]) <= 45
            and not ends_sentence(above[-1].text)
            and (numbered(above[-1].text) or ("",))[0] != self.style
        )

    def _tail(self, index: int, event: Event) -> Line | None:
        """The last paragraph before a label that may be the text of a problem."""
        floor = self.events[index - 1].value if index else 0
        between = [ln for ln in self.lines if floor <= ln.start < event.at]
        if index and between and between[0].start - floor <= 2 and self.style != "":
            between = between[1:] if len(between) > 1 else []
        if self.style:
            for line in reversed(between):
                mark = numbered(line.text)
                if self._follows(mark) or self._opens_anew(line, mark):
                    return line
            return None
        for line in reversed(between):
            if numbered(line.text) and len(line) >= 12:
                return line
        long = [ln for ln in between if len(ln) >= 14]
        return long[-1] if long else None

    def _from_tail(self, index: int, event: Event) -> bool:
        line = self._tail(index, event)
        if line is None:
            return False
        mark = numbered(line.text)
        begin = line.start + (mark[2] if mark else 0)
        draft = ProblemDraft(self.piece(begin, event.at))
        if mark:
            self.style, self.number = mark[0], mark[1]
            draft.no, draft.no_raw = str(mark[1]), line.text[: mark[2]].strip(" 、.")
        if self.pending:
            draft.no, self.pending = self.pending, None
        draft.heading = self._heading_before(line.start)
        self.drafts.append(draft)
        return True

    def _value_end(self, index: int, event: Event, following: int) -> int:
        """A value ends at the next label, before the next problem's own text or a category heading."""
        inside = [ln for ln in self.lines if event.value <= ln.start < following]
        nxt = self.events[index + 1] if index + 1 < len(self.events) else None
        first_is_value = not self.folded[event.value : following].lstrip(" \t").startswith("\n")
        for line in inside:
            first = line is inside[0] and not first_is_value and event.role in UNIT_ROLES
            if _STOP.match(line.text) and len(line) <= 60 and not first:
                return line.start
            if (
                _CATEGORY.match(line.text)
                and len(line) <= 45
                and not ends_sentence(line.text)
                and nxt
                and nxt.role == "problem"
            ):
                return line.start
            if (
                self.style != "一、"
                and _CHAPTER.match(line.text)
                and len(line) <= 30
                and not re.search(r"[。;:]", line.text)
            ):
                return line.start
        if nxt and nxt.role in _FIELDS and self.drafts and nxt.role in self.drafts[-1].fields and self.style:
            for line in reversed(inside):
                mark = numbered(line.text)
                if self._follows(mark) or self._opens_anew(line, mark):
                    return self._before_heading(line, inside)
        short = (
            event.role in ("deadline", "status", "leader", "notice", "category") or event.role in UNIT_ROLES
        )
        if short and first_is_value is False and inside:
            return inside[0].end
        if short and (nxt is None or nxt.role not in _FIELDS):
            newline = self.folded.find("\n", event.value, following)
            if newline > 0 and self.folded[event.value : newline].strip():
                return newline
        return following

    def _before_heading(self, line: Line, inside: list[Line]) -> int:
        place = inside.index(line)
        if (
            place
            and _CATEGORY.match(inside[place - 1].text)
            and len(inside[place - 1]) <= 45
            and not ends_sentence(inside[place - 1].text)
        ):
            return inside[place - 1].start
        return line.start

    def _heading_before(self, at: int) -> str | None:
        for line in reversed([ln for ln in self.lines if ln.start < at]):
            if _CATEGORY.match(line.text) and len(line) <= 45 and not re.search(r"[。;]", line.text):
                mark = numbered(line.text)
                if (mark and mark[0] == self.style) or (mark and role_of(line.text[mark[2] :])):
                    continue
                return self.clean.quote(line.start, line.end)
        return None
