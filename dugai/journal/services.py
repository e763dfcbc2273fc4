"""Writing the journal. `record` is called inside the service's own transaction: both commit or neither."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from dugai.journal import bulk
from dugai.journal.models import Event, Recorded
from dugai.kernel import canonical, clock, logs
from dugai.kernel.errors import Conflict, VersionMissing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from dugai.people.models import User

SCHEMA = 1
EVENT_COLUMNS = ("at", "actor_id", "kind", "subject_type", "subject_id", "version", "body", "sha256", "sm3")
EVENTS = f"dugai_event ({', '.join(EVENT_COLUMNS)})"
EVENTS_AT_ONCE = 2000
STALE = "这一项已被他人修改。请刷新后对照再存，您写的内容不会丢。"
request_id = logs.request_id


@dataclass(frozen=True)
class Draft:
    """One event before it is written; used when many are recorded at once."""

    kind: str
    subject: models.Model
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    changed: bool = True


def record(
    *,
    actor: User | None,
    kind: str,
    subject: models.Model,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    changed: bool = True,
) -> Event:
    """Write one event about `subject`, in the transaction of the change it tells of.

    With `changed=False` the event tells of an act that left the row as it was (a sign-in, a refusal, a
    download): it carries no version, and there may be any number of them.
    """
    draft = Draft(kind, subject, before or {}, after or {}, reason, changed)
    event = Event(**dict(zip(EVENT_COLUMNS, _event(actor, draft, clock.now(), {}), strict=True)))
    event.save(force_insert=True)
    return event


def record_many(*, actor: User | None, drafts: Iterable[Draft]) -> int:
    """Write many events in one go and return how many; their order is the order of `drafts`.

    Goes round the ORM, whose compiler costs more than the database when tens of thousands of
    events are written with an import.
    """
    moment = clock.now()
    at = connection.ops.adapt_datetimefield_value(moment)
    made: dict[int, Any] = {}
    kept = list(drafts)  # `made` goes by identity: nothing may be freed while it is in use
    for start in range(0, len(kept), EVENTS_AT_ONCE):  # so that never all their texts are in memory
        part = kept[start : start + EVENTS_AT_ONCE]
        bulk.insert_values(EVENTS, [(at, *_event(actor, draft, moment, made)[1:]) for draft in part])
    return len(kept)


def change(
    subject: Recorded, *, seen_version: int | None = None, **values: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set `values` on a recorded row under its version, and return what they were and what they are.

    Raises `Conflict` when `seen_version` is given and is not the row's version, or when another
    transaction changed the row since it was loaded. The caller records the event.
    """
    require_version(subject, seen_version)
    before = {name: _shown(subject, name) for name in values}
    old_version = subject.version
    for name, value in values.items():
        setattr(subject, name, value)
    subject.version = old_version + 1
    manager = type(subject)._base_manager
    columns = {name: getattr(subject, name) for name in values}
    if not manager.filter(pk=subject.pk, version=old_version).update(**columns, version=subject.version):
        raise Conflict(STALE)
    after = {name: _shown(subject, name) for name in values}
    return before, after


def require_version(subject: Recorded, seen_version: int | None) -> None:
    """Refuse a change whose author saw another version of the row."""
    if seen_version is not None and seen_version != subject.version:
        raise Conflict(STALE)


def demand_version(seen_version: int | None) -> int:
    """Refuse a write from a program that does not say which version it saw (428)."""
    if seen_version is None:
        message = "请带上您看到的版本号（seen_version），以免覆盖他人的修改"
        raise VersionMissing(message)
    return seen_version


def insert_many(rows: Sequence[Recorded]) -> None:
    """Insert recorded rows with few statements; the caller records their events in the same transaction."""
    bulk.insert(rows)


def shown(subject: models.Model, *names: str) -> dict[str, Any]:
    """Return named columns of a row as the journal shows them (a related row by its id)."""
    return canonical.Plain((name, _shown(subject, name)) for name in names)


def state_of(row: Recorded, made: dict[int, Any] | None = None) -> str:
    """Return the digest over every journalled column of a row, so that any later edit shows.

    Hexadecimal SHA-256 of the canonical JSON of {column: value}; the verifier computes it again
    from the row as it is in the database. `made` remembers, by identity, the canonical form of JSON
    values that many rows of one batch share.
    """
    known = {} if made is None else made
    values = {}
    for name, read in journalled(type(row)):
        value = getattr(row, name)
        if type(value) is dict:
            if id(value) not in known:
                known[id(value)] = canonical.plain(value)
            values[name] = known[id(value)]
        else:
            values[name] = canonical.plain(value if read is None else read(value))
    return canonical.sha256(canonical.dump_plain(values).encode())


@functools.cache
def journalled(model: type[Recorded]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """Return each journalled attribute of `model`, with what reads it as the database will.

    A number or date that a caller gave as another type (0 for a decimal) must hash as what comes
    back from the database.
    """
    free = {"id", "version", *model.derived}
    typed = (models.DecimalField, models.DateField, models.BooleanField, models.IntegerField)
    return tuple(
        (str(field.attname), field.to_python if isinstance(field, typed) else None)
        for field in model._meta.concrete_fields
        if field.name not in free
    )


def _shown(subject: models.Model, name: str) -> Any:
    field_ = subject._meta.get_field(name)
    value = getattr(subject, str(getattr(field_, "attname", name)))
    return canonical.plain(value)


def _event(actor: User | None, draft: Draft, moment: dt.datetime, made: dict[int, Any]) -> tuple[Any, ...]:
    """Return the values of `EVENT_COLUMNS`."""
    subject = draft.subject
    kind = subject.subject_type if isinstance(subject, Recorded) else subject._meta.model_name or ""
    version = subject.version if draft.changed and isinstance(subject, Recorded) else None
    person = actor.person if actor else None
    body = canonical.dump(
        {
            "schema": SCHEMA,
            "at": moment,
            "actor": person.pk if person else None,
            "actor_name": person.name if person else "",
            "for": actor.pk if actor and person and person.pk != actor.pk else None,
            "organisation": actor.organisation_id if actor else None,
            "kind": draft.kind,
            "subject": [kind, subject.pk, version],
            "before": draft.before,
            "after": draft.after,
            "reason": draft.reason,
            "state": state_of(subject, made) if isinstance(subject, Recorded) else "",
            "request": request_id.get(),
        }
    )
    data = b"\x00" + body.encode()
    actor_id = person.pk if person else None
    return (
        moment,
        actor_id,
        draft.kind,
        kind,
        subject.pk,
        version,
        body,
        canonical.sha256(data),
        canonical.sm3(data),
    )
