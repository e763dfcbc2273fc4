"""Writing the journal. `record` is called inside the service's own transaction: both commit or neither."""

from __future__ import annotations

import contextvars
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from dugai.journal.models import Event, Recorded
from dugai.kernel import canonical, clock
from dugai.kernel.errors import Conflict, VersionMissing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from dugai.people.models import User

SCHEMA = 1
INSERT_EVENT = (
    "INSERT INTO dugai_event (at, actor_id, kind, subject_type, subject_id, version, body, sha256, sm3) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
STALE = "这一项已被他人修改。请刷新后对照再存，您写的内容不会丢。"
request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


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
    event = _event(actor, draft, clock.now())
    event.save(force_insert=True)
    return event


def record_many(*, actor: User | None, drafts: Iterable[Draft]) -> int:
    """Write many events in one go and return how many; their order is the order of `drafts`.

    Goes round the ORM, whose compiler costs more than the database when tens of thousands of
    events are written with an import.
    """
    moment = clock.now()
    at = connection.ops.adapt_datetimefield_value(moment)
    rows = [
        (
            at,
            event.actor_id,
            event.kind,
            event.subject_type,
            event.subject_id,
            event.version,
            event.body,
            event.sha256,
            event.sm3,
        )
        for event in (_event(actor, draft, moment) for draft in drafts)
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(INSERT_EVENT, rows)
    return len(rows)


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


def insert_many(rows: Sequence[Recorded], batch: int = 400) -> None:
    """Insert recorded rows with few statements; the caller records their events in the same transaction.

    Goes round the ORM's compiler like `record_many`: an import writes tens of thousands of rows. The
    rows get their ids in the order in which they were given.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = _inserted(model)
    quoted = ", ".join(connection.ops.quote_name(str(field_.column)) for field_, _ in fields)
    readers = [(field_.attname, prepare) for field_, prepare in fields]
    marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
    head = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted}) VALUES "  # noqa: S608  names are ours
    with connection.cursor() as cursor:
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            values = [prepare(getattr(row, name)) for row in part for name, prepare in readers]
            cursor.execute(head + ", ".join([marks] * len(part)) + " RETURNING id", values)
            for row, (key,) in zip(part, cursor.fetchall(), strict=True):
                row.pk = key
                row._state.adding = False  # noqa: SLF001  what bulk_create does
                row._state.db = connection.alias  # noqa: SLF001  the same


def _inserted(model: type[Recorded]) -> list[tuple[models.Field[Any, Any], Callable[[Any], Any]]]:
    """Return the columns of a new row but its id, each with what turns a value into one for the driver."""
    plain = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey, models.BooleanField)
    return [
        (field_, _driver_value if isinstance(field_, plain) else _prepared(field_))
        for field_ in model._meta.concrete_fields
        if not field_.primary_key
    ]


def _driver_value(value: Any) -> Any:
    """Return a word of a closed list as the plain text it is; drivers know no enumerations."""
    return str(value) if isinstance(value, str) and type(value) is not str else value


def _prepared(field_: models.Field[Any, Any]) -> Callable[[Any], Any]:
    return lambda value: field_.get_db_prep_save(value, connection)


def shown(subject: models.Model, *names: str) -> dict[str, Any]:
    """Return named columns of a row as the journal shows them (a related row by its id)."""
    return {name: _shown(subject, name) for name in names}


def state_of(row: Recorded) -> str:
    """Return the digest over every journalled column of a row, so that any later edit shows.

    Hexadecimal SHA-256 of the canonical JSON of {column: value}; the verifier computes it again
    from the row as it is in the database.
    """
    values = {name: canonical.plain(read(getattr(row, name))) for name, read in journalled(type(row))}
    return canonical.sha256(canonical.dump_plain(values).encode())


@functools.cache
def journalled(model: type[Recorded]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Return each journalled attribute of `model`, with what reads it as the database will.

    A number or date that a caller gave as another type (0 for a decimal) must hash as what comes
    back from the database.
    """
    free = {"id", "version", *model.derived}
    typed = (models.DecimalField, models.DateField, models.BooleanField, models.IntegerField)
    return tuple(
        (str(field.attname), field.to_python if isinstance(field, typed) else _same)
        for field in model._meta.concrete_fields
        if field.name not in free
    )


def _same(value: Any) -> Any:
    return value


def _shown(subject: models.Model, name: str) -> Any:
    field_ = subject._meta.get_field(name)
    value = getattr(subject, str(getattr(field_, "attname", name)))
    return canonical.plain(value)


def _event(actor: User | None, draft: Draft, moment: dt.datetime) -> Event:
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
            "state": state_of(subject) if isinstance(subject, Recorded) else "",
            "request": request_id.get(),
        }
    )
    data = body.encode()
    return Event(
        at=moment,
        actor=person,
        kind=draft.kind,
        subject_type=kind,
        subject_id=subject.pk,
        version=version,
        body=body,
        sha256=canonical.sha256(b"\x00" + data),
        sm3=canonical.sm3(b"\x00" + data),
    )
