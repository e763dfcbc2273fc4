"""``understand``: a source text in, the record of the document out. Pure: no database, no clock, no file."""

from __future__ import annotations

import re
from typing import Any

from dugai.intake.blocks import SourceText
from dugai.intake.defects.damage import cut_end, masked, of_cleaning
from dugai.intake.defects.gaps import number_gaps, section_gaps
from dugai.intake.defects.wording import wording
from dugai.intake.document.frame import Frame, frame_of
from dugai.intake.figures.extract import Extractor, Figure
from dugai.intake.figures.from_tables import figures_of_table
from dugai.intake.figures.places_of import RegionMap
from dugai.intake.problems.build import problem_record, problem_region
from dugai.intake.problems.model import ProblemDraft
from dugai.intake.reading import Reading, Undone, read
from dugai.intake.reconcile.engine import reconcile
from dugai.intake.reconcile.finding import Finding
from dugai.intake.reconcile.tables import table_checks
from dugai.intake.text.edits import CleanText
from dugai.intake.text.source import plain_source

Record = dict[str, Any]


def understand(source: SourceText, undone: Undone = frozenset()) -> Record:
    """The record of one document, valid against the intake schema.

    What is not printed is left out; what is masked or cut is reported among the defects and never filled in.
    Keys that start with ``x_`` carry offsets into ``source.text`` (code points), the cleaned words and the edit
    log. Cleaning edits named in ``undone`` are not made.
    """
    reading = read(source, undone)
    frame = frame_of(reading)
    year = int(frame.issue.issued_on[:4]) if frame.issue and frame.issue.issued_on else None
    problems = [problem_record(d, source.text, _region_of(d, reading, frame), year) for d in reading.drafts]
    figures = figures_of(reading, frame)
    findings = _findings(reading, frame, figures)
    return {
        "document": frame.record(),
        "problems": problems,
        "figures": _figure_records(figures, reading),
        "figures_ignored": [],
        "complaints": reading.cases,
        "arithmetic": [f.record() for f in findings],
        "defects": _defects(reading, chosen=frame.kind == "closure_notice"),
        "x_edits": [
            {"start": e.start, "end": e.end, "replacement": e.replacement, "kind": e.kind, "reason": e.reason}
            for e in reading.clean.edits
        ],
        "x_complete": source.complete,
        "x_skipped": list(source.skipped),
    }


def _region_of(draft: ProblemDraft, reading: Reading, frame: Frame) -> str | None:
    """The region of a problem: what its own words say, in the part it stands in."""
    home = frame.region.name
    if draft.text and frame.parts:
        place = reading.clean.place_of(draft.text.start)
        home = next((p.region.name for p in frame.parts if p.start <= place < p.end), home)
    return problem_region(draft, home)


def check_figures(text: str) -> list[Finding]:
    """Every figure of any text that can be checked, with its verdict."""
    reading = read(plain_source("text", text))
    frame = frame_of(reading)
    return _findings(reading, frame, figures_of(reading, frame))


def _findings(reading: Reading, frame: Frame, figures: list[Figure]) -> list[Finding]:
    checked = reconcile(reading.clean, figures, _sections(reading, frame))
    return [*checked, *table_checks(reading.counted, reading.source.text)]


def figures_of(reading: Reading, frame: Frame) -> list[Figure]:
    """The figures of a document, running numbers, deadlines and contact lines left out."""
    clean = reading.clean
    findings = []
    for draft in reading.drafts:
        region = _region_of(draft, reading, frame)
        if draft.text and region and region != frame.region.name:
            findings.append((clean.place_of(draft.text.start), clean.place_of(draft.text.end), region))
    for case in reading.cases:
        start, end = case["x_extent"]
        if case.get("region"):
            findings.append((clean.place_of(start), clean.place_of(end), case["region"]))
    group = bool(frame.parts) and frame.region.place is None
    where = RegionMap(clean.folded, frame.region, frame.parts, findings, group=group)
    found = Extractor(clean, where, _left_out(reading, frame), _year_of(frame)).figures()
    for table in reading.counted:
        found += figures_of_table(table, clean, frame.region.name)
    return sorted(found, key=lambda f: f.quantity.start)


def _year_of(frame: Frame) -> int | None:
    """The year a document is about: the one in its title, else the year of its own date."""
    named = re.search(r"((?:19|20)\d{2})年", frame.title or "")
    if named:
        return int(named[1])
    return int(frame.issue.issued_on[:4]) if frame.issue and frame.issue.issued_on else None


_CONTACT = re.compile(
    r"(?:公示(?:期|时间|期限)|联系(?:人|电话|方式|地址)|监督电话|举报电话|受理电话|电子?邮箱|传真|通讯地址|邮编|受理时间)[^\n]{0,90}"
)


def _left_out(reading: Reading, frame: Frame) -> list[tuple[int, int]]:
    clean = reading.clean
    places = list(reading.numbers)
    for table in reading.counted:
        places += [(c.start, c.end) for _, cells in table.rows for c in cells.values()]
    for draft in reading.drafts:
        for role in ("deadline", "notice", "contact"):
            places += [(p.start, p.end) for p in draft.fields.get(role, [])]
    spans = [(clean.place_of(a), clean.place_of(b)) for a, b in places]
    spans += [m.span() for m in _CONTACT.finditer(clean.folded)]
    if frame.title_at and frame.title_is_line:
        spans.append(frame.title_at)  # its numbers are those of the text below
    return [(a, b) for a, b in spans if b > a]


def _sections(reading: Reading, frame: Frame) -> Any:
    """The section a place belongs to: its part, else the report or its annex of problems."""
    starts = [reading.clean.place_of(d.text.start) for d in reading.drafts if d.text]
    annex = min(starts) if starts else len(reading.clean.text)

    def section_of(place: int) -> object:
        for index, part in enumerate(frame.parts):
            if part.start <= place < part.end:
                return index
        if frame.parts:
            return "summary"
        return "annex" if place >= annex else "report"

    return section_of


def _figure_records(figures: list[Figure], reading: Reading) -> list[Record]:
    """One entry a figure; the same value of the same thing printed again becomes one more quote."""
    entries: dict[tuple[object, ...], Record] = {}
    for figure in figures:
        key: tuple[object, ...] = (figure.name, figure.region, figure.quantity.number, figure.unit)
        known = entries.get(key)
        if (
            known
            and figure.sentence != known["_sentence"]
            and (figure.as_of == known["as_of"] or None in (figure.as_of, known["as_of"]))
        ):
            quotes = known.setdefault("also_quotes", [])
            if figure.quote not in quotes and figure.quote != known["quote"]:
                quotes.append(figure.quote)
            continue
        if known:
            key = (*key, figure.quantity.start)
        entries[key] = {**_figure(figure, reading), "_sentence": figure.sentence}
    for entry in entries.values():
        del entry["_sentence"]
    return list(entries.values())


def _figure(figure: Figure, reading: Reading) -> Record:
    number = figure.quantity.number
    value: object = number if "-" in number else int(number) if number.isdigit() else float(number)
    entry: Record = {"name": figure.name, "region": figure.region, "as_of": figure.as_of}
    if figure.as_of_raw:
        entry["as_of_raw"] = figure.as_of_raw
    if figure.period:
        entry["period"] = figure.period
    entry |= {"value": value, "unit": figure.unit, "quote": figure.quote, "tier": figure.tier}
    if figure.quantity.approx:
        entry["approx"] = True
    if figure.quantity.bound:
        entry["bound"] = figure.quantity.bound
    if figure.direction:
        entry["direction"] = figure.direction
    entry["x_span"] = list(reading.clean.span(figure.quantity.start, figure.quantity.end))
    return entry


def _defects(reading: Reading, *, chosen: bool) -> list[Record]:
    """What is damaged or missing. A notice of ``chosen`` tasks leaves out all the others on purpose."""
    cleaning, original = reading.cleaning, reading.source.text
    whole = CleanText(original, tuple(e for e in cleaning.clean.edits if e.kind != "unrelated_article"))
    found = [
        *of_cleaning(cleaning),
        *masked(cleaning),
        *cut_end(cleaning, reading.spans),
        *wording(whole, original),
    ]
    if chosen:
        return found + section_gaps(reading.prose)
    numbered = [
        (int(d.no), d.no_raw or "", d.text.start)
        for d in reading.drafts
        if d.no and d.no.isdigit() and d.text
    ]
    gaps = number_gaps("problem", numbered, original)
    told = [g["x_span"][0] for g in gaps]
    found += [s for s in section_gaps(reading.prose) if not any(abs(s["x_span"][0] - t) <= 4 for t in told)]
    found += gaps
    found += _measure_gaps(reading.drafts, original)
    return found


def _measure_gaps(drafts: list[ProblemDraft], original: str) -> list[Record]:
    """Numbers that run through the plan are one series; numbers that begin anew are one series a problem."""
    series: list[list[tuple[int, str, int]]] = []
    running: list[tuple[int, str, int]] = []
    for draft in drafts:
        own = [(int(m.no), m.no_raw or "", m.text.start) for m in draft.measures if m.no and m.no.isdigit()]
        if own and (own[0][1].startswith("措施") or (running and own[0][0] > running[-1][0])):
            running += own
        elif own:
            series.append(own)
    return [gap for row in [running, *series] for gap in number_gaps("measure", row, original)]
