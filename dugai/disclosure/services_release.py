"""发布: what was approved leaves the house as a snapshot with its digests; it is corrected or withdrawn."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from dugai.disclosure import pages, pictures, policy, queries_text, services_check, snapshots
from dugai.disclosure.models import Release, ReleaseCounter, Snapshot, SnapshotFile, Text
from dugai.disclosure.shown import Shown
from dugai.disclosure.states import RELEASE_MOVES, TEXT_MOVES, Channel, ReleaseState, SnapshotKind, TextState
from dugai.disclosure.writing import excel, pdf, word
from dugai.files import queries as files
from dugai.jobs import services as jobs
from dugai.journal.services import change, record, require_version, shown
from dugai.kernel import canonical, clock
from dugai.kernel.errors import InvalidInput, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.people.models import User

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
REFRESH_JOB = "portal.refresh"
"""A worker brings the portal's own file up to date; with PostgreSQL the portal reads the rows themselves."""
NOT_OURS = "只有起草单位的审核或管理人员可以发布"


@transaction.atomic
def release_text(
    *,
    actor: User,
    text_id: int,
    seen_version: int,
    channels: Sequence[Mapping[str, Any]],
    released_on: dt.date | None = None,
    reason: str = "",
) -> Release:
    """Release an approved text on named channels; each has `channel`, `address` and maybe `date`.

    The text is checked once more. What goes to the portal is built field by field and kept with its digests;
    a text that corrects another one takes its place and needs the reason.
    """
    text = queries_text.get_text(actor, text_id, lock=True)
    require(policy.may_review(actor, text), NOT_OURS, code="may_not_release")
    require_version(text, seen_version)
    state = TEXT_MOVES.next(TextState(text.state), "release")
    day = released_on or clock.today()
    named = _channels(channels, day)
    services_check.require_clean(actor=actor, text=text)
    old = _replaced(text, reason)
    number = _number(text, day)
    kept = _files(actor, text)
    payload = snapshots.release_payload(
        text,
        number=number,
        released_on=day,
        channels=named,
        corrects=old.number if old else "",
        files=[one.listed for one in kept],
    )
    digest = snapshots.digests(payload)
    release = Release(
        text=text,
        number=number,
        title=text.title,
        channels=named,
        released_on=day,
        released_by=actor.person,
        released_at=clock.now(),
        snapshot=payload,
        corrects=old,
        **digest,
    )
    release.save(force_insert=True)
    if old is not None:
        _end(actor, old, "correct", reason.strip())
    told = _publish(actor, text, release, kept) if _on_portal(named) else {}
    before, after = change(text, state=state)
    record(actor=actor, kind="text.released", subject=text, before=before, after={**after, "release": number})
    record(
        actor=actor,
        kind="release.made",
        subject=release,
        after={**shown(release, "number", "title", "channels", "released_on"), **digest, "snapshots": told},
    )
    return release


@transaction.atomic
def withdraw_release(*, actor: User, release_id: int, seen_version: int, reason: str) -> Release:
    """Withdraw a release: it leaves the portal at once, and the journal keeps that it was there."""
    release = queries_text.get_release(actor, release_id, lock=True)
    text = queries_text.get_text(actor, release.text_id, lock=True)
    require(policy.may_review(actor, text), NOT_OURS, code="may_not_withdraw")
    require_version(release, seen_version)
    said = reason.strip()[:300]
    if not said:
        message = "请写明撤回的原因。"
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    _end(actor, release, "withdraw", said)
    return release


@transaction.atomic
def correct_release(*, actor: User, release_id: int, seen_version: int) -> Text:
    """Begin the correction of a release: a new draft with the same words; the release stands meanwhile."""
    release = queries_text.get_release(actor, release_id, lock=True)
    old = queries_text.get_text(actor, release.text_id)
    require(policy.may_write(actor, old), "只有起草单位可以更正", code="may_not_correct")
    require_version(release, seen_version)
    RELEASE_MOVES.find(ReleaseState(release.state), "correct")
    names = (
        "genre",
        "title",
        "number",
        "office",
        "region",
        "inspection",
        "problem",
        "batch",
        "period",
        "as_of",
        "body",
    )
    text = Text(
        **{name: getattr(old, name) for name in names},
        author=actor.person,
        editor=actor.person,
        corrects=old,
        saved_at=clock.now(),
    )
    text.save(force_insert=True)
    _keep_version(actor, text)
    after = shown(text, "genre", "title", "office", "region", "period", "as_of", "corrects")
    record(actor=actor, kind="text.drafted", subject=text, after=after)
    return text


def _keep_version(actor: User, text: Text) -> None:
    """Keep the first version of a text that begins with another's words."""
    text.versions.create(
        number=text.edition,
        title=text.title,
        body=text.body,
        sha256=canonical.sha256(canonical.dump([text.title, text.body]).encode()),
        saved_by=actor.person,
        saved_at=text.saved_at,
    )


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    media_type: str
    data: bytes

    @property
    def listed(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "media_type": self.media_type,
            "size": len(self.data),
            "sha256": canonical.sha256(self.data),
        }


def _files(actor: User, text: Text) -> list[_File]:
    """Build the released files from the text; attachments passed the scan or were overruled."""
    page = pages.page_of(text)
    stem = text.title[:60].replace("/", "／")
    found = [
        _File(f"{stem}.docx", MEDIA["docx"], word.document(page)),
        _File(f"{stem}.pdf", MEDIA["pdf"], pdf.document(page)),
        _File(f"{stem}（附表和数据来源）.xlsx", MEDIA["xlsx"], excel.annexes(page)),
    ]
    for row in queries_text.attachments(actor, text):
        with files.open_checked(actor, row.file) as stream:
            found.append(_File(row.file.name, row.file.blob.media_type, stream.read()))
    return found


def _channels(channels: Sequence[Mapping[str, Any]], day: dt.date) -> list[dict[str, str]]:
    named = []
    for one in channels:
        channel = str(one["channel"])
        if channel not in Channel.values:
            raise InvalidInput("没有这种发布渠道。", fields={"channels": "没有这种发布渠道。"})
        address = str(one.get("address") or "").strip()[:200]
        if channel not in {Channel.PORTAL, Channel.INTERNAL} and not address:
            message = f"请写明{Channel(channel).label}的名称、版面或网址。"
            raise InvalidInput(message, fields={f"address_{channel}": message}, code="address_missing")
        named.append({"channel": channel, "address": address, "date": str(one.get("date") or day)})
    if not named:
        message = "请至少选一个发布渠道。"
        raise InvalidInput(message, fields={"channels": message}, code="channel_missing")
    return named


def _on_portal(channels: Sequence[Mapping[str, str]]) -> bool:
    return any(one["channel"] == Channel.PORTAL for one in channels)


def _replaced(text: Text, reason: str) -> Release | None:
    """Return the standing release that this text corrects; refuse without a reason."""
    if text.corrects_id is None:
        return None
    old = (
        Release.objects.select_for_update(no_key=True)
        .filter(text=text.corrects_id, state=ReleaseState.STANDING)
        .first()
    )
    if old is not None and not reason.strip():
        message = "这是更正稿，请写明更正的原因。"
        raise InvalidInput(message, fields={"reason": message}, code="reason_missing")
    return old


def _end(actor: User, release: Release, act: str, reason: str) -> None:
    """Let a release and its text end, and take from the portal what came with it."""
    state = RELEASE_MOVES.next(ReleaseState(release.state), act)
    before, after = change(release, state=state, ended_at=clock.now(), reason=reason[:300])
    kind = "release.corrected" if act == "correct" else "release.withdrawn"
    record(actor=actor, kind=kind, subject=release, before=before, after=after, reason=reason)
    old = Text.objects.unscoped("the text of the release that ends").get(pk=release.text_id)
    was, now = change(old, state=TEXT_MOVES.next(TextState(old.state), act))
    said = "text.corrected" if act == "correct" else "text.withdrawn"
    record(actor=actor, kind=said, subject=old, before=was, after=now, reason=reason)
    _take_away(Snapshot.objects.filter(release=release.number, withdrawn_at=None))
    gone = SnapshotFile.objects.filter(release=release.number, withdrawn_at=None)
    gone.update(withdrawn_at=clock.now(), data=b"")
    jobs.enqueue(actor=None, kind=REFRESH_JOB, key=REFRESH_JOB)


def _take_away(rows: Any) -> None:
    """Let snapshots end: their content leaves the table the portal reads; the release keeps its own."""
    rows.update(withdrawn_at=clock.now(), payload={}, title="", words="")


def _publish(actor: User, text: Text, release: Release, kept: Sequence[_File]) -> dict[str, str]:
    """Write the rows the portal reads; return {kind/key: SHA-256} for the journal."""
    rows = [
        Shown(SnapshotKind.RELEASE, release.number, text.title, release.snapshot),
        *snapshots.further_rows(text, queries_text.frame_of(actor, text)),
    ]
    shots = _pictures(text, release.number, kept)
    rows += [shot.row for shot in shots]
    told = {}
    for row in rows:
        _take_away(Snapshot.objects.filter(kind=row.kind, key=row.key, withdrawn_at=None))
        digest = snapshots.digests(row.payload)
        Snapshot.objects.create(
            kind=row.kind,
            key=row.key,
            region_code=str(row.payload.get("region_code") or text.region.region_code),
            title=row.title,
            release=release.number,
            payload=canonical.plain(row.payload),
            released_at=release.released_at,
            **digest,
        )
        told[f"{row.kind}/{row.key}"] = digest["sha256"]
    for one in kept:
        SnapshotFile.objects.create(release=release.number, data=one.data, **one.listed)
    for shot in shots:
        copy = _File(shot.name, "image/jpeg", shot.data)
        SnapshotFile.objects.create(release=release.number, data=copy.data, **copy.listed)
    jobs.enqueue(actor=None, kind=REFRESH_JOB, key=REFRESH_JOB)
    return told


def _pictures(text: Text, number: str, kept: Sequence[_File]) -> list[pictures.Picture]:
    """Return the pictures that a text about one problem shows beside it."""
    if text.problem is None:
        return []
    return pictures.cleared(text.problem, number, [(one.name, one.media_type, one.data) for one in kept])


def _number(text: Text, day: dt.date) -> str:
    """Draw the next release number of the office in the year; taken last, so it is held shortly."""
    ReleaseCounter.objects.get_or_create(office=text.office, year=day.year)
    mine = ReleaseCounter.objects.filter(office=text.office, year=day.year)
    mine.update(last=F("last") + 1)
    return f"{text.office.code}-{day.year}-{mine.values_list('last', flat=True).get():03d}"
