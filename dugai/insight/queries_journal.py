"""留痕日志: the acts of the people a viewer oversees, as a list without their contents.

Contents stand on the page of the subject, for those who may see it. The audit administrator sees
that something was done, by whom and when, and never business text.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from dugai.insight import event_words, subject_words
from dugai.journal.models import DailyRoot, Event, Sequencer, TreeHead
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.ledger.sight import Scope
from dugai.people.states import OFFICE_ROLES, Role

if TYPE_CHECKING:
    from dugai.people.models import Organisation, User

SIZE = 50
READERS = OFFICE_ROLES | {Role.AUDIT_ADMIN, Role.SUPERVISOR, Role.DISCIPLINE}


@dataclass(frozen=True, slots=True)
class Row:
    """One act: when (wall clock), who, what, on which kind of subject with which number."""

    pk: int
    at: dt.datetime
    who: str
    unit: str
    what: str
    kind: str
    subject_type: str
    subject: str
    subject_id: int
    version: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and the number to continue from; 0 at the end."""

    rows: list[Row]
    after: int


def may_read_journal(viewer: User) -> bool:
    """Offices, supervision, discipline and the audit administrator read the journal of their region."""
    return viewer.role in READERS


def journal_page(
    viewer: User, *, kind: str = "", name: str = "", day: dt.date | None = None, before: int = 0
) -> Page:
    """Return the newest acts in the viewer's region, by key; `kind`, `name` of a person and `day` narrow."""
    rows = _visible(viewer)
    if kind:
        rows = rows.filter(kind=kind)
    if name:
        rows = rows.filter(actor__name=name)
    if day:
        start = dt.datetime.combine(day, dt.time(), clock.SHANGHAI)
        rows = rows.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("actor__organisation").order_by("-pk")[: SIZE + 1])
    return Page([_row(event) for event in found[:SIZE]], found[SIZE - 1].pk if len(found) > SIZE else 0)


def get_own_event(viewer: User, event_id: int) -> Event:
    """Return an event the viewer may have a receipt of: their own acts, or those they read in the journal."""
    found = Event.objects.filter(pk=event_id).first()
    own = found is not None and found.actor_id == viewer.person.pk
    if found is None or not (
        own or (may_read_journal(viewer) and _visible(viewer).filter(pk=event_id).exists())
    ):
        raise NotVisible("没有这条记录")
    return found


def public_tree() -> dict[str, Any]:
    """Return the state of the tree: leaves, the last signed head, and the roots of the last thirty days."""
    sequencer = Sequencer.objects.filter(pk=1).first()
    return {
        "size": sequencer.size if sequencer else 0,
        "head": TreeHead.objects.order_by("-size").first(),
        "days": list(DailyRoot.objects.select_related("head").order_by("-day")[:30]),
    }


def public_root_known(root: str, size: int) -> bool:
    """Say whether this installation signed a tree of `size` leaves with this root."""
    return TreeHead.objects.filter(size=size, sha256=root).exists()


def kinds() -> list[tuple[str, str]]:
    """Return every kind of event with its words, in the order of the words."""
    return sorted(event_words.WORDS.items(), key=lambda pair: pair[1])


def _visible(viewer: User) -> QuerySet[Event]:
    top: Organisation | None = viewer.organisation if viewer.role == Role.AUDIT_ADMIN else Scope.top(viewer)
    if top is None or not may_read_journal(viewer):
        return Event.objects.none()
    if top.depth == 0:
        return Event.objects.all()
    return Event.objects.filter(
        actor__organisation__path__gte=top.path, actor__organisation__path__lt=top.path_end
    )


def _row(event: Event) -> Row:
    actor = event.actor
    return Row(
        pk=event.pk,
        at=clock.local(event.at),
        who=actor.name if actor else "系统",
        unit=str(actor.organisation) if actor else "",
        what=event_words.WORDS.get(event.kind, event.kind),
        kind=event.kind,
        subject_type=event.subject_type,
        subject=subject_words.words_of(event.subject_type),
        subject_id=event.subject_id,
        version=event.version,
    )
