"""门户: what begins and ends by itself — notices, daily roots — and what the public sends in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.acceptance import services_notice
from dugai.acceptance.models import PublicNotice
from dugai.acceptance.states import CaseState
from dugai.disclosure import policy, snapshots, snapshots_portal
from dugai.disclosure.models import PublicEntry, Snapshot
from dugai.disclosure.states import SnapshotKind
from dugai.journal.models import DailyRoot
from dugai.journal.services import record, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import DomainError, InvalidInput, require

if TYPE_CHECKING:
    from dugai.people.models import User

CHANNEL = "公众门户"
RUNNING = (CaseState.IN_NOTICE, CaseState.OBJECTED)
LONGEST_CONTACT = 200
ROOTS_KEPT = 4000


@transaction.atomic
def refresh_portal(*, actor: User | None) -> dict[str, int]:
    """Let the portal's rows follow the day: notices that run, roots, and what became of entries."""
    return {
        "notices": _notices(actor),
        "roots": _roots(actor),
        "receipts": _receipts(),
    }


@transaction.atomic
def take_in_entry(*, actor: User, receipt: str, entry: dict[str, Any]) -> PublicEntry:
    """Turn one entry of the drop-box into an objection, once however often it is handed over.

    What cannot be registered (the notice is over, the text empty) ends with its reason, shown to the sender.
    """
    require(policy.may_hand_in(actor), "公众的异议由系统账号登记", code="may_not_hand_in")
    known = PublicEntry.objects.filter(receipt=receipt).first()
    if known:
        return known
    notice = _notice_of(str(entry.get("notice", "")))
    row = PublicEntry(receipt=receipt, notice=notice, sent_at=_moment(entry))
    try:
        if notice is None:
            raise InvalidInput("没有找到这份公示，或它已经结束", code="no_notice")
        with transaction.atomic():
            row.objection = services_notice.lodge_objection(
                actor=actor,
                case_id=notice.case_id,
                content=str(entry.get("content", "")),
                channel=CHANNEL,
                received_on=clock.local(row.sent_at).date(),
                contact=str(entry.get("contact", ""))[:LONGEST_CONTACT],
            )
    except DomainError as refusal:
        row.refusal = refusal.message[:300]
    row.save(force_insert=True)
    names = ("receipt", "notice", "objection", "sent_at", "refusal")
    record(actor=actor, kind="public_entry.received", subject=row, after=shown(row, *names))
    _receipts()
    return row


def _notice_of(key: str) -> PublicNotice | None:
    number = key.rpartition("-")[2]
    found = PublicNotice.objects.select_related("case").filter(pk=int(number) if number.isdecimal() else 0)
    notice = found.first()
    return notice if notice is not None and snapshots_portal.notice_key(notice) == key else None


def _moment(entry: dict[str, Any]) -> dt.datetime:
    """Return when an entry was sent, as the portal says, and never later than now."""
    now = clock.now()
    try:
        told = dt.datetime.fromisoformat(str(entry.get("at", "")))
    except ValueError:
        return now
    return min(told, now) if told.tzinfo else now


def _notices(actor: User | None) -> int:
    """Show the notices that run today and take away the others."""
    today = clock.today()
    running = {
        snapshots_portal.notice_key(notice): notice
        for notice in PublicNotice.objects.filter(
            starts_on__lte=today, objections_until__gte=today, case__state__in=RUNNING
        ).select_related("case__problem__home", "case__problem__lead")
    }
    standing = Snapshot.objects.filter(kind=SnapshotKind.NOTICE, withdrawn_at=None)
    known = set(standing.values_list("key", flat=True))
    over = known - set(running)
    if over:
        _take_away(standing.filter(key__in=over))
    for key in running.keys() - known:
        notice = running[key]
        payload = snapshots_portal.notice_payload(notice)
        row = _show(SnapshotKind.NOTICE, key, payload["title"], payload["region_code"], payload)
        after = {"snapshot": f"{row.kind}/{row.key}", "sha256": row.sha256, "sm3": row.sm3}
        record(actor=actor, kind="public_notice.on_portal", subject=notice, after=after, changed=False)
    return len(running.keys() - known) + len(over)


def _roots(actor: User | None) -> int:
    """Show every day's root that is not shown yet; a root is in the journal by what it is."""
    del actor
    known = Snapshot.objects.filter(kind=SnapshotKind.ROOT, withdrawn_at=None).values("key")
    shown_days = set(known.values_list("key", flat=True))
    rows = DailyRoot.objects.select_related("head").order_by("-day")[:ROOTS_KEPT]
    missing = [row for row in rows if row.day.isoformat() not in shown_days]
    for row in missing:
        payload = snapshots_portal.root_payload(row)
        _show(SnapshotKind.ROOT, payload["day"], f"{payload['day']} 留痕树根", "", payload)
    return len(missing)


def _receipts() -> int:
    """Show the status of every entry by the digest of its receipt, and nothing else of it."""
    shown_now = {
        row.key: row for row in Snapshot.objects.filter(kind=SnapshotKind.RECEIPT, withdrawn_at=None)
    }
    changed = 0
    for entry in PublicEntry.objects.select_related("objection").order_by("pk"):
        payload = snapshots_portal.receipt_payload(entry)
        known = shown_now.get(entry.receipt)
        if known is not None and known.payload == payload:
            continue
        if known is not None:
            _take_away(Snapshot.objects.filter(pk=known.pk))
        _show(SnapshotKind.RECEIPT, entry.receipt, "", "", payload)
        changed += 1
    return changed


def _show(kind: SnapshotKind, key: str, title: str, region: str, payload: dict[str, Any]) -> Snapshot:
    return Snapshot.objects.create(
        kind=kind,
        key=key,
        region_code=region,
        title=title[:200],
        release="",
        payload=canonical.plain(payload),
        released_at=clock.now(),
        **snapshots.digests(payload),
    )


def _take_away(rows: Any) -> None:
    rows.update(withdrawn_at=clock.now(), payload={}, title="", words="")
