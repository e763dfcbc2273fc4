"""The steps of reading one document, each on the result of the one before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from dugai.intake.blocks import SourceText
from dugai.intake.complaints.cases import CaseReader, cases_of_table, is_complaint_table
from dugai.intake.figures.from_tables import NumberTable, number_table
from dugai.intake.grammar.numerals import integer
from dugai.intake.problems.flat import flat_tables
from dugai.intake.problems.grid import Table, grids_of_blocks, grids_of_text, understood, upright
from dugai.intake.problems.measures import split_measures
from dugai.intake.problems.model import Piece, ProblemDraft
from dugai.intake.problems.prose import ProseReader
from dugai.intake.problems.tables import is_problem_table, problems_of_table
from dugai.intake.text.cleaning import Cleaning, clean_text
from dugai.intake.text.edits import CleanText, Edit, compatible
from dugai.intake.text.script import simplified


@dataclass
class Reading:
    """What was found in the tables and in the prose of one source."""

    source: SourceText
    cleaning: Cleaning
    prose: CleanText  # the cleaned text without its tables
    tables: list[Table]
    drafts: list[ProblemDraft] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)  # places of tables (original)
    counted: list[NumberTable] = field(default_factory=list)  # tables of numbers
    numbers: list[tuple[int, int]] = field(
        default_factory=list
    )  # places of running numbers in tables (original)

    @property
    def clean(self) -> CleanText:
        """The cleaned text, tables included."""
        return self.cleaning.clean


Undone = frozenset[tuple[int, int, str]]
"""Cleaning edits that a person took back: start and end in the original text, and kind."""


def read(source: SourceText, undone: Undone = frozenset()) -> Reading:
    """Tables first, then cleaning without the edits in `undone`, then what the prose holds."""
    original = simplified(source.text)  # same length: every offset stays
    blocks = source.blocks
    if original != source.text:
        blocks = tuple(replace(b, text=original[b.start : b.end]) if b.end > b.start else b for b in blocks)
    grids = grids_of_blocks(blocks)
    taken = [(g.start, g.end) for g in grids]
    grids += grids_of_text(original, taken)
    tables: list[Table] = []
    forms: list[dict[str, list[Piece]]] = []
    counted: list[NumberTable] = []
    spans: list[tuple[int, int]] = []
    for grid in grids:
        table = understood(grid)
        if table and (is_problem_table(table) or is_complaint_table(table)):
            tables.append(table)
            spans.append((grid.start, grid.end))
            continue
        form = upright(grid)
        if form:
            forms.append(form)
            spans.append((grid.start, grid.end))
            continue
        numbers = number_table(grid)
        if numbers:
            counted.append(numbers)
            spans.append((grid.start, grid.end))
        elif (grid.start, grid.end) in taken:
            spans.append((grid.start, grid.end))
    flat = [t for t in flat_tables(original, spans) if is_problem_table(t) or is_complaint_table(t)]
    tables += flat
    spans += [(t.start, t.end) for t in flat]
    cleaning = clean_text(source.text, tuple(spans))
    if undone:
        kept = tuple(e for e in cleaning.clean.edits if (e.start, e.end, e.kind) not in undone)
        cleaning = replace(cleaning, clean=CleanText(cleaning.clean.original, kept))
    prose = _without(cleaning.clean, spans)
    reading = Reading(source, cleaning, prose, tables, spans=spans, counted=counted)
    _take_tables(reading, forms)
    _take_prose(reading)
    return reading


def _without(clean: CleanText, spans: list[tuple[int, int]]) -> CleanText:
    cuts = [Edit(a, b, "\n", "table", "表格另行读取") for a, b in spans]
    inside = [e for e in clean.edits if not any(a <= e.start < b for a, b in spans)]
    return CleanText(clean.original, compatible([*inside, *cuts]))


def _take_tables(reading: Reading, forms: list[dict[str, list[Piece]]]) -> None:
    for table in reading.tables:
        if is_complaint_table(table):
            reading.cases += cases_of_table(table, reading.source.text)
        else:
            reading.drafts += problems_of_table(table)
        for role, column in (
            (r, i)
            for i, r in enumerate(table.roles)
            if r in ("no", "case_no", "deadline", "received", "batch")
        ):
            reading.numbers += [
                (c.start, c.end) for row in table.rows if (c := row[column] if column < len(row) else None)
            ]
            del role
    for form in forms:
        draft = _of_form(form)
        if draft:
            reading.drafts.append(draft)


def _of_form(form: dict[str, list[Piece]]) -> ProblemDraft | None:
    """A close-out form: the label on the left, its value on the right."""
    texts = form.get("problem")
    if not texts:
        return None
    draft = ProblemDraft(texts[0], from_table=True)
    if form.get("no"):
        draft.no = form["no"][0].text
    for role, pieces in form.items():
        for piece in pieces:
            if role == "measures":
                draft.measures += split_measures(piece)
            if role not in ("problem", "no"):
                draft.add(role, piece)
    return draft


def _take_prose(reading: Reading) -> None:
    cases = CaseReader(reading.prose).read([])
    known = {c["case_no"] for c in reading.cases}
    fresh = [c for c in cases if c["case_no"] not in known]
    if len(fresh) >= 1 and not (len(fresh) == 1 and not ({"verified", "status"} & set(fresh[0]))):
        reading.cases += fresh
    if reading.cases:
        return
    from_prose = ProseReader(reading.prose).read()
    told = {_key(d) for d in reading.drafts}
    reading.drafts += [d for d in from_prose if _key(d) not in told]
    _number_of_notice(reading)
    reading.drafts.sort(key=lambda d: d.text.start if d.text else 0)


_OWN_NUMBER = re.compile(r"(?:序号|编号|第)\s*(\d{1,3}|[一二三四五六七八九十百]{1,4})\s*(?:项|个|号|条)?")


def _number_of_notice(reading: Reading) -> None:
    """A close-out notice of one task prints its number in the title or the first lines."""
    if len(reading.drafts) != 1:
        return
    only = reading.drafts[0]
    # （一）反馈问题：… is the first section of the notice, not the first problem
    if only.no and not (
        only.no == "1" and only.no_raw and not re.search(r"[\d一二三四五六七八九十]", only.no_raw)
    ):
        return
    for match in _OWN_NUMBER.finditer(reading.clean.folded[:500]):
        around = reading.clean.folded[max(0, match.start() - 16) : match.end() + 8]
        number = integer(match[1])
        if (
            number
            and re.search(r"任务|问题|事项", around)
            and not re.match(r"\s*(?:轮|批|次|督察|生态)", reading.clean.folded[match.end() :])
        ):
            reading.drafts[0].no = str(number)
            return


def _key(draft: ProblemDraft) -> str:
    return "".join((draft.text.text if draft.text else "").split())[:16]
