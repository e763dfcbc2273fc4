"""调度轮次: an office calls a round, every open task owes a report, closing freezes it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from dugai.journal.services import Draft, change, insert_many, record, record_many, require_version, shown
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput, Refused, require
from dugai.ledger.models import Inspection
from dugai.ledger.states import WORKING_CLOSURES, Lamp, SourceClass
from dugai.progress import coverage, policy, queries_report, queries_round, rules_round, tallies
from dugai.progress.models import Report, Round
from dugai.progress.states import REPORT_MOVES, ROUND_MOVES, UNREPORTED, ReportState, RoundKind, RoundState
from dugai.rulebook import queries as rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.ledger.models import Task
    from dugai.people.models import Organisation, User

WHY = "the round was loaded through the actor's eyes and all its reports change with it"
BATCH = 2000
AT_ONCE = 10_000
"""A round up to this size is laid out while the caller waits; a larger one goes on batch by batch."""
ROUND_FIELDS = (
    "kind",
    "period",
    "title",
    "caller",
    "region",
    "filters",
    "starts_on",
    "due_on",
    "adopt_by",
    "rules",
)
CLOSED = "这一轮已经关账，数字不再变。确需补报的，请由发起单位管理员准予补报。"


@transaction.atomic
def open_round(
    *,
    actor: User,
    kind: str,
    region: Organisation,
    day: dt.date | None = None,
    filters: Mapping[str, Any] | None = None,
    title: str = "",
    due_on: dt.date | None = None,
    adopt_by: dt.date | None = None,
    instruction: str = "",
    at_once: int | None = None,
) -> Round:
    """Call a round over `region` for the period that contains `day` (today if not given).

    Dates that are not given follow the rules of the region. Up to `at_once` reports are laid out here; a
    larger round stays 正在展开 until `lay_out_round` has been called often enough.
    """
    require(policy.may_open_round(actor, region), "只有本地区的整改办可以发起调度", code="may_not_open")
    round_ = _drawn_up(
        actor, RoundKind(kind), region, day or clock.today(), dict(filters or {}), title, due_on, adopt_by
    )
    round_.instruction = instruction.strip()
    if round_.kind != RoundKind.SPECIAL and _taken(round_):
        raise Refused(f"“{round_.title}”已经发起过。请到调度轮次里打开它。", code="round_taken")
    tasks = coverage.tasks_in_scope(region, round_.filters).count()
    require(tasks > 0, "这个范围里没有未销号的任务，不用调度。请换范围或条件。", code="nothing_owed")
    try:
        with transaction.atomic():
            round_.save(force_insert=True)
    except IntegrityError:  # another office member was faster
        raise Refused(f"“{round_.title}”刚由同事发起。请到调度轮次里打开它。", code="round_taken") from None
    record(
        actor=actor,
        kind="round.called",
        subject=round_,
        after={**shown(round_, *ROUND_FIELDS), "tasks": tasks},
    )
    if tasks <= (AT_ONCE if at_once is None else at_once):
        while not _lay_out(actor, round_, BATCH):
            pass
    return round_


@transaction.atomic
def lay_out_round(*, actor: User, round_id: int, limit: int = BATCH) -> Round:
    """Lay out the next reports of a round that is being opened. Safe to call again after any stop.

    The round remembers how far it came; when nothing is left it becomes 填报中.
    """
    round_ = queries_round.get_round(actor, round_id, lock=True)
    require(policy.may_keep_round(actor, round_), "只有发起单位可以展开这一轮", code="may_not_keep")
    if round_.state == RoundState.OPENING:
        _lay_out(actor, round_, limit)
    return round_


@transaction.atomic
def catch_up_round(*, actor: User, round_id: int, limit: int = AT_ONCE) -> tuple[int, int]:
    """Bring an open round to the ledger of now: return how many reports were added and how many excused.

    Tasks registered or split off since the round began owe a report from now on; a task that was split, or
    has entered acceptance, owes none any more.
    """
    round_ = queries_round.get_round(actor, round_id, lock=True)
    require(policy.may_keep_round(actor, round_), "只有发起单位可以补齐任务", code="may_not_keep")
    require(round_.state == RoundState.OPEN, CLOSED, code="round_not_open")
    excused = _excuse(actor, round_)
    tasks = list(coverage.uncovered(round_).order_by("pk")[:limit])
    added = _owe(actor, round_, tasks)
    if added or excused:
        Round.objects.unscoped(WHY).filter(pk=round_.pk).update(total=F("total") + added - excused)
        change(round_)
        record(
            actor=actor, kind="round.caught_up", subject=round_, after={"added": added, "excused": excused}
        )
        round_.refresh_from_db()
    return added, excused


@transaction.atomic
def remind_units(*, actor: User, round_id: int, units: Sequence[int] = ()) -> int:
    """Remind units that still owe reports (all under the actor, or only `units`); return how many.

    The event names them; the notices read it. Once a day for a round and office is enough.
    """
    round_ = queries_round.get_round(actor, round_id, lock=True)
    require(policy.may_remind(actor, round_), "只有整改办可以催报", code="may_not_remind")
    require(round_.state == RoundState.OPEN, CLOSED, code="round_not_open")
    last = coverage.last_reminder(round_)
    if last and last.actor_id == actor.person.pk and clock.local(last.at).date() == clock.today():
        raise Refused(
            f"今天 {clock.local(last.at):%H:%M} 已经催过一次。请明天再催，或直接打电话。",
            code="reminded_today",
        )
    named = queries_round.named_units(actor, round_, "missing")
    chosen = [row for row in named if not units or row.unit.pk in set(units)]
    require(bool(chosen), "没有欠报的单位，不用催。", code="nobody_missing")
    after = {"units": [{"id": row.unit.pk, "name": row.unit.name, "n": row.n} for row in chosen]}
    record(actor=actor, kind="round.reminded", subject=round_, after=after, changed=False)
    return len(chosen)


@transaction.atomic
def close_round(*, actor: User, round_id: int, seen_version: int, leave_unreviewed: bool = False) -> Round:
    """Close the books: what was not reported becomes 未报, and the figures freeze with their digest.

    Reports handed in and not yet reviewed stay as they are, named in the figures; the actor must say that
    this is meant. Afterwards the database and every service refuse changes of this round.
    """
    round_, waiting = closable(
        actor=actor, round_id=round_id, seen_version=seen_version, leave_unreviewed=leave_unreviewed
    )
    state = ROUND_MOVES.next(RoundState(round_.state), "close")
    _excuse(actor, round_)
    missed = _settle(
        actor, round_, "miss", Report.objects.unscoped(WHY).filter(round=round_, state__in=UNREPORTED), ""
    )
    figures = _figures(round_)
    change(round_, state=state, closed_at=clock.now(), figures=figures)
    after = {
        "state": state,
        "missed": missed,
        "unreviewed": waiting,
        **{key: figures[key] for key in ("as_of", "owed", "counts", "rate", "digest")},
    }
    record(actor=actor, kind="round.closed", subject=round_, before={"state": RoundState.OPEN}, after=after)
    done = rules_round.covered(figures["counts"])
    Round.objects.unscoped(WHY).filter(pk=round_.pk).update(covered=done)
    tallies.fold(round_.pk)
    return round_


def closable(*, actor: User, round_id: int, seen_version: int, leave_unreviewed: bool) -> tuple[Round, int]:
    """Return a round that may be closed now, locked, and how many of its reports nobody has reviewed."""
    round_ = queries_round.get_round(actor, round_id, lock=True)
    require(
        policy.may_close_round(actor, round_), "只有发起单位的审核或管理人员可以关账", code="may_not_close"
    )
    require_version(round_, seen_version)
    ROUND_MOVES.next(RoundState(round_.state), "close")
    if clock.today() <= round_.due_on:
        message = f"报送截止是 {round_.due_on.month}月{round_.due_on.day}日，还没有过。请在截止之后关账。"
        raise Refused(message, code="not_due_yet")
    waiting = Report.objects.unscoped(WHY).filter(round=round_, state=ReportState.SUBMITTED).count()
    if waiting and not leave_unreviewed:
        message = f"还有 {waiting} 份已报未审。请先审完，或勾选“已报未审的照此留存”。"
        raise Refused(message, code="unreviewed_left")
    return round_, waiting


@transaction.atomic
def reopen_report(*, actor: User, report_id: int, seen_version: int, reason: str) -> Report:
    """Allow one report of a closed round to be handed in after all; the frozen figures stay as they are."""
    report = queries_report.get_report(actor, report_id, lock=True)
    round_ = report.round
    require(
        policy.may_reopen_report(actor, round_), "只有发起单位的管理人员可以准予补报", code="may_not_reopen"
    )
    require(round_.state == RoundState.CLOSED, "这一轮还没有关账，直接退回就行。", code="round_not_closed")
    require_version(report, seen_version)
    require(bool(reason.strip()), "请写明准予补报的原因", code="reason_missing", error=InvalidInput)
    state = REPORT_MOVES.next(ReportState(report.state), "reopen")
    old, was_late = report.state, report.late
    before, after = change(
        report, state=state, exception=True, late=False, submitted_at=None, reviewer=None, adopted_at=None
    )
    record(
        actor=actor, kind="report.reopened", subject=report, before=before, after=after, reason=reason.strip()
    )
    delta = tallies.Delta(round_.pk)
    delta.move(report.owner_path, old, state, was_late=was_late)
    delta.write()
    return report


def _drawn_up(  # noqa: PLR0917  the parts of one round, passed on by its only caller
    actor: User,
    kind: RoundKind,
    region: Organisation,
    day: dt.date,
    filters: dict[str, Any],
    title: str,
    due_on: dt.date | None,
    adopt_by: dt.date | None,
) -> Round:
    values = rulebook.public_rules("rounds", day, region)
    period = rules_round.period_of(kind, day)
    dates = rules_round.dates_of(kind, day, values)
    due = due_on or dates.due_on
    review = adopt_by or due + dt.timedelta(days=int(values["adopt_days"]))
    wrong: dict[str, str] = {}
    if due < dates.starts_on:
        wrong["due_on"] = f"报送截止 {due} 早于开始日期 {dates.starts_on}"
    if review < due:
        wrong["adopt_by"] = f"审核截止 {review} 早于报送截止 {due}"
    if kind is RoundKind.SPECIAL and not title.strip():
        wrong["title"] = "专项调度要写名称，让填报单位知道为什么事"
    wrong |= _wrong_filters(filters)
    if wrong:
        raise InvalidInput("；".join(wrong.values()), fields=wrong, code="round_invalid")
    return Round(
        kind=kind,
        period=period.code if period else day.isoformat(),
        title=(title.strip() or rules_round.title_of(kind, period))[:120],
        caller=actor.organisation,
        region=region,
        filters={key: value for key, value in filters.items() if value},
        starts_on=dates.starts_on,
        due_on=due,
        adopt_by=review,
        rules=values,
        opened_by=actor.person,
    )


def _wrong_filters(filters: Mapping[str, Any]) -> dict[str, str]:
    wrong = {key: f"没有“{key}”这个条件" for key in set(filters) - set(coverage.FILTERS)}
    if filters.get("source_class") and filters["source_class"] not in SourceClass.values:
        wrong["source_class"] = "没有这个交办层级"
    if filters.get("lamp") and set(filters["lamp"]) - set(Lamp.values):
        wrong["lamp"] = "没有这个时间状态"
    if filters.get("inspection") and not Inspection.objects.filter(pk=filters["inspection"]).exists():
        wrong["inspection"] = "没有这次督察"
    return wrong


def _taken(round_: Round) -> bool:
    same = Round.objects.unscoped("one regular round a period and region, whoever called it")
    return bool(same.filter(region=round_.region, kind=round_.kind, period=round_.period).exists())


def _lay_out(actor: User, round_: Round, limit: int) -> bool:
    """Lay out the next `limit` reports; return whether the round is open now. The caller holds the round."""
    found = coverage.tasks_in_scope(round_.region, round_.filters).filter(pk__gt=round_.laid_until)
    tasks = list(found.order_by("pk")[:limit])
    if tasks:
        round_.laid_until = tasks[-1].pk
        round_.total += _owe(actor, round_, tasks)
        columns = {"laid_until": round_.laid_until, "total": round_.total}
        Round.objects.unscoped(WHY).filter(pk=round_.pk).update(**columns)
    if len(tasks) == limit:
        return False
    state = ROUND_MOVES.next(RoundState(round_.state), "open")
    before, after = change(round_, state=state)
    record(
        actor=actor,
        kind="round.opened",
        subject=round_,
        before=before,
        after={**after, "total": round_.total},
    )
    tallies.fold(round_.pk)
    return True


def _owe(actor: User, round_: Round, tasks: Sequence[Task]) -> int:
    """Insert an owed report with its event for every task, and count them."""
    rows = [
        Report(
            round=round_,
            task=task,
            problem_id=task.problem_id,
            owner_id=task.owner_id,
            progress=task.progress,
            a1=task.a1,
            a2=task.a2,
            a3=task.a3,
            owner_path=task.owner_path,
        )
        for task in tasks
    ]
    insert_many(rows)
    drafts = [
        Draft("report.owed", row, after={"round": round_.pk, "task": row.task_id, "owner": row.owner_id})
        for row in rows
    ]
    record_many(actor=actor, drafts=drafts)
    delta = tallies.Delta(round_.pk)
    for row in rows:
        delta.add(row.owner_path, ReportState.OWED)
    delta.write()
    return len(rows)


def _excuse(actor: User, round_: Round) -> int:
    """Excuse what is still with the units for tasks that were split or have entered acceptance."""
    found = Report.objects.unscoped(WHY).filter(round=round_, state__in=UNREPORTED)
    gone = found.exclude(task__is_leaf=True, task__closure__in=WORKING_CLOSURES)
    return _settle(actor, round_, "excuse", gone, "任务已分解或已进入验收，由下级任务填报或不再填报")


def _settle(actor: User, round_: Round, move: str, found: Any, reason: str) -> int:
    """Move many reports at once, with their events. The round is held, so no report changes meanwhile."""
    kind = f"report.{move}{'d' if move.endswith('e') else 'ed'}"
    delta, count, after = tallies.Delta(round_.pk), 0, 0
    while rows := list(found.filter(pk__gt=after).order_by("pk")[:BATCH]):
        drafts = []
        for row in rows:
            old, was_late = ReportState(row.state), row.late
            # A report that came late, was sent back and never came again is missing, not late.
            row.state, row.late, row.version = REPORT_MOVES.next(old, move), False, row.version + 1
            drafts.append(
                Draft(
                    kind, row, {"state": old, "late": was_late}, {"state": row.state, "late": False}, reason
                )
            )
            delta.move(row.owner_path, old, row.state, was_late=was_late)
        moved = Report.objects.unscoped(WHY).filter(pk__in=[row.pk for row in rows])
        moved.update(state=rows[0].state, version=F("version") + 1, late=False)
        record_many(actor=actor, drafts=drafts)
        count, after = count + len(rows), rows[-1].pk
    delta.write()
    return count


def _figures(round_: Round) -> dict[str, Any]:
    rows = Report.objects.unscoped(WHY).filter(round=round_)
    columns = ("owner", "owner__name", "owner_path", "state", "late", "task__code")
    facts = [rules_round.Fact(*row) for row in rows.values_list(*columns).iterator(chunk_size=BATCH)]
    return rules_round.freeze(facts, as_of=clock.now(), due_on=round_.due_on)
