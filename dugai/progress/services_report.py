"""填报: a unit drafts, hands in, takes back; each hand-in gets a receipt number."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from dugai.files import services as files
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, InvalidInput, Refused, require
from dugai.ledger.states import WORKING_CLOSURES
from dugai.progress import lookups, policy, queries_report, rules, rules_round, tallies
from dugai.progress.entries import FIELDS, Entry, plain, read_entry, unchanged
from dugai.progress.models import ReceiptCounter, ReportDraft, ReportFile
from dugai.progress.states import REPORT_MOVES, UNREPORTED, ReportState, RoundState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from dugai.people.models import Organisation, User
    from dugai.progress.entries import Baseline
    from dugai.progress.models import Report

NOT_YOURS = "只有承担任务的单位可以填报"
CLOSED = "这一轮已经关账，不能再报。确需补报的，请联系发起单位准予补报。"
LONGEST = 6000
TYPED = re.compile(r"added_\d{1,18}")
MOST_FILES = 20
ENTRY_COLUMNS = (
    "state",
    "progress",
    "percent",
    "summary",
    "quantities",
    "receipt",
    "late",
    "at_desk_of",
    "reporter",
)


class DraftConflict(Conflict):
    """A colleague saved other text since this person's form was shown. Both texts travel with the refusal."""

    def __init__(self, draft: ReportDraft, mine: dict[str, str]) -> None:
        """Keep the colleague's draft and what this person typed."""
        when = clock.local(draft.saved_at)
        super().__init__(
            f"{draft.saved_by.name} {when:%H:%M} 改过这一份。您写的还在下面，请对照后再存。",
            code="draft_conflict",
        )
        self.draft = draft
        self.theirs: dict[str, str] = dict(draft.values)
        self.mine = mine


@transaction.atomic
def save_draft(*, actor: User, report_id: int, seen_edition: int, values: Mapping[str, str]) -> ReportDraft:
    """Keep what is being typed. `seen_edition` is the edition the form was filled from, 0 for none.

    A draft decides nothing and has no events; only its beginning is recorded. Raises `DraftConflict`.
    """
    report = queries_report.get_report(actor, report_id, lock=True)
    require(policy.may_fill(actor, report), NOT_YOURS, code="may_not_fill")
    _require_open(report)
    state = REPORT_MOVES.next(ReportState(report.state), "save_draft")
    draft = _typed(actor, report, seen_edition, values)
    if state != report.state:
        old = report.state
        before, after = change(report, state=state)
        record(actor=actor, kind="report.started", subject=report, before=before, after=after)
        _count(report, old, was_late=report.late)
    return draft


@transaction.atomic
def submit_report(
    *,
    actor: User,
    report_id: int,
    seen_version: int | None = None,
    seen_edition: int | None = None,
    values: Mapping[str, str],
) -> Report:
    """Hand the report in: typed text (`entries.FIELDS`, `added_<target id>`), checked by the rules.

    Raises `InvalidInput` with a sentence for each wrong field, `Conflict` when another version or draft was
    seen.
    """
    report = queries_report.get_report(actor, report_id, lock=True)
    require(policy.may_fill(actor, report), NOT_YOURS, code="may_not_fill")
    _require_open(report)
    require_version(report, seen_version)
    baseline = lookups.baseline_of(report, lookups.last_adopted(report))
    entry = read_entry(values, baseline)
    if entry.met and set(entry.met) - lookups.nodes_of(report):
        message = "勾选的节点里有别的任务的节点。请刷新后重新勾选。"
        raise InvalidInput(message, fields={"met": message}, code="entry_invalid")
    _typed(actor, report, seen_edition, values)  # should it be sent back, the form shows these words again
    return _hand_in(actor, report, entry, baseline)


@transaction.atomic
def report_no_change(*, actor: User, report_id: int, seen_version: int | None = None, reason: str) -> Report:
    """Hand in last period's values once more, with the reason why nothing changed."""
    report = queries_report.get_report(actor, report_id, lock=True)
    require(policy.may_fill(actor, report), NOT_YOURS, code="may_not_fill")
    _require_open(report)
    require_version(report, seen_version)
    if not reason.strip():
        message = "请写一句为什么没有变化"
        raise InvalidInput(message, fields={"no_change_reason": message}, code="reason_missing")
    last = lookups.last_adopted(report)
    if last is None:
        raise Refused("这项任务还没有采纳过的填报，第一次请填全。", code="nothing_before")
    baseline = lookups.baseline_of(report, last)
    return _hand_in(actor, report, unchanged(baseline, reason), baseline)


@transaction.atomic
def withdraw_report(*, actor: User, report_id: int, seen_version: int | None = None) -> Report:
    """Take a report back before anybody reviewed it."""
    report = queries_report.get_report(actor, report_id, lock=True)
    require(policy.may_fill(actor, report), NOT_YOURS, code="may_not_fill")
    _require_open(report)
    require_version(report, seen_version)
    state = REPORT_MOVES.next(ReportState(report.state), "withdraw")
    require(
        report.reviewer_id is None, "已经有人审过，不能撤回。要改请联系审核单位退回。", code="review_begun"
    )
    old, was_late = report.state, report.late
    before, after = change(report, state=state, at_desk_of=None, submitted_at=None, late=False)
    record(actor=actor, kind="report.withdrawn", subject=report, before=before, after=after)
    _count(report, old, was_late=was_late)
    return report


@transaction.atomic
def attach_file(*, actor: User, report_id: int, name: str, stream: IO[bytes]) -> ReportFile:
    """Attach proof to a report that is still with the unit."""
    report = queries_report.get_report(actor, report_id, lock=True)
    require(policy.may_fill(actor, report), NOT_YOURS, code="may_not_fill")
    _require_open(report)
    require(report.state in UNREPORTED, "已经报送，附件不能再改。需要时请先撤回。", code="handed_in")
    kept = len(lookups.attachments(report))
    require(kept < MOST_FILES, f"一份填报最多 {MOST_FILES} 个附件。请合并后再传。", code="too_many_files")
    stored = files.store_file(actor=actor, name=name, stream=stream)
    row = ReportFile(report=report, file=stored)
    row.save(force_insert=True)
    record(actor=actor, kind="report.file_attached", subject=row, after=shown(row, "report", "file"))
    return row


@transaction.atomic
def remove_file(*, actor: User, report_id: int, attachment_id: int) -> ReportFile:
    """Take an attachment off a report that is still with the unit; the file itself stays in the store."""
    report = queries_report.get_report(actor, report_id, lock=True)
    require(policy.may_fill(actor, report), NOT_YOURS, code="may_not_fill")
    _require_open(report)
    require(report.state in UNREPORTED, "已经报送，附件不能再改。需要时请先撤回。", code="handed_in")
    row = next((row for row in lookups.attachments(report) if row.pk == attachment_id), None)
    if row is None:
        raise Refused("这个附件已经不在了", code="file_gone")
    before, after = change(row, removed=True)
    record(actor=actor, kind="report.file_removed", subject=row, before=before, after=after)
    return row


def _require_open(report: Report) -> None:
    state = report.round.state
    require(state != RoundState.OPENING, "这一轮正在展开，稍等片刻就能填。", code="round_opening")
    require(state == RoundState.OPEN or report.exception, CLOSED, code="round_closed")


def _typed(actor: User, report: Report, seen_edition: int | None, values: Mapping[str, str]) -> ReportDraft:
    """Write the draft if the form knew its newest edition; `None` stands for a program."""
    kept = {
        name: str(value).replace("\r\n", "\n")[:LONGEST]
        for name, value in values.items()
        if name in FIELDS or TYPED.fullmatch(name)
    }
    draft = lookups.draft_of(report)
    edition = draft.edition if draft else 0
    stale = seen_edition is not None and seen_edition != edition
    if draft is not None and stale and draft.values != kept:
        raise DraftConflict(draft, kept)
    draft = draft or ReportDraft(report=report)
    draft.edition, draft.values = edition + 1, kept
    draft.saved_by, draft.saved_at = actor.person, clock.now()
    draft.save()
    return draft


def _hand_in(actor: User, report: Report, entry: Entry, baseline: Baseline) -> Report:
    state = REPORT_MOVES.next(ReportState(report.state), "submit")
    task = report.task
    require(task.is_leaf, "这项任务已经分解，由下级任务填报。请联系发起单位补齐本轮任务。", code="not_a_leaf")
    require(task.closure in WORKING_CLOSURES, "任务已进入验收，不用再报进展。", code="not_open")
    attached = len(lookups.attachments(report))
    found = rules.findings(
        entry, baseline, files=attached, done_needs_file=report.round.rules["done_needs_file"]
    )
    wrong = rules.stops(found)
    if wrong:
        raise InvalidInput(f"还有 {len(wrong)} 处要改，改好就能报送", fields=wrong, code="entry_refused")
    old, was_late, today = report.state, report.late, clock.today()
    # A report that came in time and was sent back is not late because it comes again.
    late = report.late if report.submitted_at else rules_round.is_late(today, report.round.due_on)
    way = lookups.ways([report], handed_in_by=actor.person.pk)[report.pk]
    before = shown(report, *ENTRY_COLUMNS)
    change(
        report,
        state=state,
        **_columns(entry),
        reporter=actor.person,
        submitted_at=clock.now(),
        late=late,
        at_desk_of_id=way[0],
        reviewer=None,
        review_opinion="",
        receipt=_receipt(report, today),
    )
    record(
        actor=actor,
        kind="report.submitted",
        subject=report,
        before=before,
        after=shown(report, *ENTRY_COLUMNS),
    )
    _count(report, old, was_late=was_late)
    return report


def _columns(entry: Entry) -> dict[str, Any]:
    return {
        "progress": entry.progress,
        "percent": entry.percent,
        "summary": entry.summary,
        "quantities": [
            {
                "target": line.target,
                "name": line.name,
                "unit": line.unit,
                "amount": plain(line.amount),
                "before": plain(line.before),
                "added": plain(line.added),
                "total": plain(line.total),
            }
            for line in entry.lines
        ],
        "funds_planned": entry.funds_planned,
        "funds_paid": entry.funds_paid,
        "difficulty": entry.difficulty,
        "help_wanted": entry.help_wanted,
        "next_step": entry.next_step,
        "met": list(entry.met),
        "correction": entry.correction,
        "no_change_reason": entry.no_change_reason,
    }


def _receipt(report: Report, day: dt.date) -> str:
    """Draw the next receipt number of the unit's region; taken last, so that the counter is held shortly."""
    region: Organisation = lookups.receipt_region(report.owner)
    ReceiptCounter.objects.get_or_create(region=region, day=day)
    mine = ReceiptCounter.objects.filter(region=region, day=day)
    mine.update(last=F("last") + 1)
    number = mine.values_list("last", flat=True).get()
    prefix = report.round.rules["receipt_prefix"]
    return rules_round.receipt_number(prefix, region.region_code or region.code, day, number)


def _count(report: Report, old: str, *, was_late: bool) -> None:
    delta = tallies.Delta(report.round_id)
    delta.move(report.owner_path, old, report.state, was_late=was_late, is_late=report.late)
    delta.write()
