"""留痕: what the journal says about a subject and what belongs to it, newest first."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dugai.insight import event_words
from dugai.journal.models import Event
from dugai.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dugai.people.models import User

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a history shows it: when (wall clock), what, the details, who; `key` for decisions."""

    pk: int
    at: dt.datetime
    what: str
    detail: str
    who: str
    key: bool


def history(
    viewer: User,
    subjects: Mapping[str, Iterable[int] | Any],
    *,
    names: Mapping[tuple[str, int], str],
    count: int = SHOWN,
) -> list[Line]:
    """Return the last events about `subjects` (ids by type), which the viewer has already been shown.

    `names` says how a subject is called in a line; what is not named is the page's own subject.
    """
    del viewer  # the subjects were read through the viewer's eyes
    # Each kind is looked up in the index of subjects for itself. Joined by OR the planner may walk the whole
    # journal backwards instead, in the hope of meeting enough of them soon.
    wanted = [
        Event.objects.filter(subject_type=kind, subject_id__in=ids).order_by().values("pk")
        for kind, ids in subjects.items()
        if not isinstance(ids, list) or ids
    ]
    if not wanted:
        return []
    found = wanted[0].union(*wanted[1:], all=True)
    rows = Event.objects.filter(pk__in=found).order_by("-pk")[:count]
    return [_line(event, names.get((event.subject_type, event.subject_id), "")) for event in rows]


def _line(event: Event, name: str) -> Line:
    body = json.loads(event.body)
    what = event_words.words_of(event.kind)
    return Line(
        pk=event.pk,
        at=clock.local(event.at),
        what=f"{name} {what}" if name else what,
        detail=event_words.details(body),
        who=body.get("actor_name") or "系统",
        key=event.kind in event_words.KEY,
    )
