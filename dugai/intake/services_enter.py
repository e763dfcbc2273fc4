"""入账: what was adopted goes into the ledger through its own services, all of it in one transaction.

New problems come with their adopted measures; measures of known problems are added to them; what is the same as
an entry points to it, and its chosen differences become requests for a change (申请调整). For every value the
place it was read from is kept for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.intake import queries
from dugai.intake.doubts import WORDS, deadline_words, read_deadline
from dugai.intake.models import FieldSource, Page, Proposal
from dugai.intake.proposing import UNITS
from dugai.intake.queries_match import Names
from dugai.intake.services_review import name_of
from dugai.intake.states import ADOPTED, Choice, ProposalKind, ProposalState
from dugai.journal.services import Draft, change, record, record_many
from dugai.kernel import clock
from dugai.kernel.errors import Refused, require
from dugai.ledger import queries as ledger
from dugai.ledger import queries_export, services_change, services_entry, sheet_text
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.labels import read_label
from dugai.ledger.services_import import SOURCES
from dugai.ledger.states import InspectionLevel, Progress
from dugai.people import queries as people

if TYPE_CHECKING:
    import datetime as dt

    from dugai.intake.models import Document
    from dugai.ledger.models import Measure, Problem
    from dugai.people.models import Organisation, User

INCOMPLETE = "这份文件没有读全（{what}）。请先由一个人写明理由，决定可以入账。"
FIRST_SHOWN = 5


@dataclass
class Batch:
    """One entering: the document, what its words mean, and the ledger row each proposal became."""

    actor: User
    document: Document
    names: Names
    issued: dt.date
    units: dict[int, Organisation]
    became: dict[int, tuple[str, int, str]] = field(default_factory=dict)

    def is_now(self, row: Proposal, subject: Problem | Measure, says: str) -> None:
        """Note which ledger row a proposal became."""
        self.became[row.pk] = (subject.subject_type, subject.pk, says)


@transaction.atomic
def enter_document(*, actor: User, document_id: int, seen_version: int | None = None) -> dict[str, int]:
    """Write everything adopted and not yet entered into the ledger, all or nothing; return the counts.

    The counts are of the whole document: total = proposed + accepted + corrected + rejected + merged + split +
    duplicate + withdrawn. `entered` of them were written now. Raises `Refused` when the document was not read
    whole and nobody took that upon themselves, or when something adopted cannot be placed.
    """
    document = queries.document_to_review(actor, document_id)
    whole = document.complete or document.allowed_by_id is not None
    what = "；".join(document.skipped)[:200]
    require(whole, INCOMPLETE.format(what=what), code="document_incomplete")
    rows = [row for row in queries.adopted(actor, document) if row.became_id is None]
    require(
        bool(rows), "没有采纳了还没入账的条目。请先审阅，或看看是不是刚有人入过账。", code="nothing_adopted"
    )
    batch = _batch(actor, document, rows)
    _write(batch, rows)
    _link(batch, rows)
    counts = {**queries.counts(actor, document), "entered": len(rows)}
    before, after = change(document, seen_version=seen_version, message=_says(counts))
    record(actor=actor, kind="document.entered", subject=document, before=before, after={**after, **counts})
    return counts


def _says(counts: dict[str, int]) -> str:
    left = counts["proposed"]
    return f"入账 {counts['entered']} 条" + (f"，还有 {left} 条未审。" if left else "，全部审完。")


def _batch(actor: User, document: Document, rows: list[Proposal]) -> Batch:
    names = Names(actor, document)
    wanted = {document.home_id, *([document.lead_id] if document.lead_id else [])}
    wrong = []
    for row in rows:
        for name in UNITS:
            unknown = names.unknown(row.values.get(name) or [])
            wrong += [f"{name_of(row)}的{WORDS[name]}“{unit}”还没对上单位" for unit in unknown]
            wanted.update(names.ids(row.values.get(name) or []))
    for row in rows:
        above = row.parent
        if above is not None and not _placed(above):
            wrong.append(f"{name_of(row)}所属的{name_of(above)}还没采纳")
    if wrong:
        shown = "；".join(wrong[:FIRST_SHOWN]) + ("……" if len(wrong) > FIRST_SHOWN else "")
        raise Refused(f"有 {len(wrong)} 处要先定下来：{shown}。", code="not_placed")
    return Batch(
        actor,
        document,
        names,
        queries.issued_on(actor, document),
        people.public_organisations_by_id(wanted | _known_leads(actor, rows)),
    )


def _known_leads(actor: User, rows: list[Proposal]) -> set[int]:
    """Return who leads the problems that are in the ledger already and get further measures."""
    known = {target for row in rows if row.parent and (target := _ledger_row(row.parent))}
    return {ledger.get_problem(actor, pk).lead_id for pk in known}


def _placed(row: Proposal) -> bool:
    return ProposalState(row.state) in ADOPTED or bool(_ledger_row(row))


def _ledger_row(row: Proposal) -> int | None:
    """Return the ledger problem a proposal stands for already: it became it, or it is the same."""
    if row.became_id is not None:
        return row.became_id
    if row.choice == Choice.SAME or (row.state == ProposalState.DUPLICATE and row.conflict):
        return int(row.conflict["row"])
    if row.state == ProposalState.DUPLICATE and row.into is not None:
        return row.into.became_id
    return None


def _write(batch: Batch, rows: list[Proposal]) -> None:
    same = [row for row in rows if row.choice == Choice.SAME]
    new = [row for row in rows if row.choice != Choice.SAME]
    problems = [row for row in new if row.kind == ProposalKind.PROBLEM]
    below: dict[int, list[Proposal]] = {}
    for row in new:
        if row.parent_id is not None:
            below.setdefault(row.parent_id, []).append(row)
    numbers = _Numbers(batch, new)
    entries = [_problem(batch, row, below.pop(row.pk, []), numbers) for row in problems]
    if entries:
        inspection = batch.document.inspection_id
        made = services_entry.register_problems(
            actor=batch.actor, inspection_id=inspection, problems=[entry for entry, _ in entries]
        )
        for row, problem, (entry, measures) in zip(problems, made, entries, strict=True):
            batch.is_now(row, problem, f"新建 {problem.code}")
            _note_measures(batch, problem, entry.measures, measures)
    for parent_id, measures in below.items():
        _add(batch, Proposal.objects.select_related("into").get(pk=parent_id), measures, numbers)
    for row in same:
        _take_over(batch, row)


def _note_measures(
    batch: Batch, problem: Problem, entries: tuple[NewMeasure, ...], rows: list[Proposal]
) -> None:
    by_number = {one.number: one for one in queries.measures_of(batch.actor, problem)}
    for entry, row in zip(entries, rows, strict=True):
        batch.is_now(row, by_number[entry.number], f"新建 {problem.code} 措施 {entry.number}")


def _add(batch: Batch, parent: Proposal, rows: list[Proposal], numbers: _Numbers) -> None:
    """Add measures to a problem that the ledger has already."""
    problem = ledger.get_problem(batch.actor, _ledger_row(parent) or 0)
    entries = tuple(_measure(batch, row, parent, problem.lead_id, numbers) for row in rows)
    services_entry.add_measures(
        actor=batch.actor, problem_id=problem.pk, seen_version=problem.version, measures=entries
    )
    _note_measures(batch, problem, entries, rows)


def _take_over(batch: Batch, row: Proposal) -> None:
    """Point to the entry a proposal is the same as, and ask for the differences that were chosen."""
    actor, pk = batch.actor, int(row.conflict["row"])
    is_problem = row.kind == ProposalKind.PROBLEM
    subject: Problem | Measure = (
        ledger.get_problem(actor, pk) if is_problem else ledger.get_measure(actor, pk)
    )
    asked: list[str] = []
    for name in row.conflict.get("take", ()):
        kind = {"deadline": "deadline", "lead": "owner"}.get(name, "wording")
        if kind == "wording" and "wording" in asked:
            continue  # one open request for the wording of one row; what is left stays readable in the conflict
        asked.append(kind)
        services_change.request_change(
            actor=actor,
            problem_id=subject.pk if is_problem else subject.problem_id,  # type: ignore[union-attr]
            measure_id=None if is_problem else subject.pk,
            field=kind,
            new=_asked(batch, row, name),
            reason=f"《{batch.document}》写的是“{str(row.conflict['differences'][name][1])[:200]}”。",
            seen_version=subject.version,
        )
    says = f"就是 {row.conflict['code']}" + (f"，已申请调整 {len(asked)} 处" if asked else "")
    batch.is_now(row, subject, says)


def _asked(batch: Batch, row: Proposal, name: str) -> dict[str, Any]:
    if name == "deadline":
        return {"text": row.values["deadline"]}
    if name == "lead":
        return {"organisation": batch.names.ids(row.values["lead"])[0]}
    return {"column": name, "text": row.values[name]}


class _Numbers:
    """Numbers for what has none printed: behind the highest that the inspection and this batch use."""

    def __init__(self, batch: Batch, rows: list[Proposal]) -> None:
        inspection = batch.document.inspection
        taken = [row.values["number"] or 0 for row in rows if row.kind == ProposalKind.PROBLEM]
        self.problem = max([*queries_export.problems_of(batch.actor, inspection), *taken, 0])
        taken = [row.values["number"] or 0 for row in rows if row.kind == ProposalKind.MEASURE]
        self.measure = max([queries_export.last_measure_number(batch.actor, inspection), *taken, 0])

    def of(self, row: Proposal) -> int:
        """Return the printed number, else the next free one."""
        if row.values["number"]:
            return int(row.values["number"])
        if row.kind == ProposalKind.PROBLEM:
            self.problem += 1
            return self.problem
        self.measure += 1
        return self.measure


def _problem(
    batch: Batch, row: Proposal, below: list[Proposal], numbers: _Numbers
) -> tuple[NewProblem, list[Proposal]]:
    values, document = row.values, batch.document
    lead = [*batch.names.ids(values["lead"]), *([document.lead_id] if document.lead_id else [])][0]
    source, source_class = SOURCES[InspectionLevel(document.inspection.level)]
    words = values["deadline"]
    columns = {
        "title": sheet_text.summary(values["text"])[:200],
        "text": values["text"],
        "kind": "report",
        "source": str(source),
        "source_class": str(source_class),
        "category": values["category"] or row.section,
        "goal": values["goal"],
        "deadline": read_deadline(words, batch.issued)[0] if words else {},
        "leader_name": values["leader"],
        "status_raw": values["status"],
    }
    entry = NewProblem(
        number=numbers.of(row),
        home=batch.units[document.home_id],
        lead=batch.units[lead],
        columns=columns,
        parts=_parts(batch, row),
        measures=tuple(_measure(batch, one, row, lead, numbers) for one in below),
    )
    return entry, below


def _measure(batch: Batch, row: Proposal, above: Proposal, lead: int, numbers: _Numbers) -> NewMeasure:
    deadline, _ = read_deadline(deadline_words(row), batch.issued)
    names = row.values["responsible"] or above.values["responsible"]
    owners = batch.names.ids(names) or [lead]
    return NewMeasure(
        number=numbers.of(row),
        columns={"text": row.values["text"], "deadline": deadline, "status_raw": row.values["status"]},
        tasks=tuple(
            NewTask(owner=batch.units[pk], progress=_progress(row.values["status"])) for pk in owners
        ),
    )


def _parts(batch: Batch, row: Proposal) -> dict[str, tuple[Organisation, ...]]:
    found = {name: batch.names.ids(row.values[name]) for name in UNITS if name != "lead"}
    return {name: tuple(batch.units[pk] for pk in ids) for name, ids in found.items() if ids}


def _progress(status: str) -> Progress:
    read = read_label(status) if status else None
    return (read.progress if read else None) or Progress.NOT_STARTED


def _link(batch: Batch, rows: list[Proposal]) -> None:
    """Tell every proposal what it became, and keep where each value of the ledger row was read."""
    sheets = list(Page.objects.filter(document=batch.document).order_by("number").values_list("end", "sheet"))
    now, drafts, sources = clock.now(), [], []
    for row in rows:
        kind, pk, says = batch.became[row.pk]
        before, after = change(row, became_type=kind, became_id=pk, outcome=says)
        for name, (start, end, quote) in row.spans.items():
            corrected = row.corrections.get(name)
            sources.append(
                FieldSource(
                    subject_type=kind,
                    subject_id=pk,
                    field=name,
                    document=batch.document,
                    proposal=row,
                    sheet=next((sheet for ends, sheet in sheets if start < ends), None),
                    start=start,
                    end=end,
                    quote=quote,
                    corrected_by_id=corrected["by"] if corrected else None,
                    corrected_from=_plain(corrected["from"]) if corrected else "",
                    at=now,
                )
            )
        drafts.append(Draft("proposal.entered", row, before=before, after=after))
    FieldSource.objects.bulk_create(sources, batch_size=500)
    record_many(actor=batch.actor, drafts=drafts)


def _plain(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else "" if value is None else str(value)
