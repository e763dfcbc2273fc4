"""Reading the two tables of snapshots, by the portal's own role or from its own file; it never writes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from dugai.kernel import clock
from dugai.kernel.bigrams import fold

PAGE = 50
COLUMNS = "id, kind, key, region_code, title, release, payload, sha256, sm3, released_at"
STANDS = "withdrawn_at IS NULL"


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing the public may read."""

    id: int
    kind: str
    key: str
    region_code: str
    title: str
    release: str
    payload: dict[str, Any]
    sha256: str
    sm3: str
    released_at: dt.datetime

    @property
    def day(self) -> str:
        """The day it was shown, in Shanghai."""
        return clock.local(self.released_at).date().isoformat()


@dataclass(frozen=True, slots=True)
class Kept:
    """A released file."""

    name: str
    media_type: str
    sha256: str
    data: bytes


def edition() -> tuple[Any, ...]:
    """Return what changes whenever anything is shown or taken away."""
    words = f"SELECT max(id), count(*), sum(CASE WHEN {STANDS} THEN 1 ELSE 0 END)"
    found = _ask(f"{words} FROM dugai_snapshot")
    return tuple(found[0])


def listed(kind: str, *, region: str = "", page: int = 1, size: int = PAGE) -> list[Shown]:
    """Return one page of what stands of a kind, the newest first; problems by their number."""
    order = "key" if kind in {"problem", "indicator"} else "released_at DESC, id DESC"
    values: list[Any] = [kind]
    inside = ""
    if region:
        inside = " AND region_code LIKE %s"
        values.append(_within(region))
    statement = f"SELECT {COLUMNS} FROM dugai_snapshot WHERE kind = %s AND {STANDS}{inside}"
    return _rows(f"{statement} ORDER BY {order} LIMIT %s OFFSET %s", [*values, size, (page - 1) * size])


def count(kind: str, *, region: str = "") -> int:
    """Return how many stand of a kind."""
    values = [kind, _within(region)]
    statement = f"SELECT count(*) FROM dugai_snapshot WHERE kind = %s AND {STANDS} AND region_code LIKE %s"
    return int(_ask(statement, values)[0][0])


def one(kind: str, key: str) -> Shown | None:
    """Return what stands under a name, or None."""
    statement = f"SELECT {COLUMNS} FROM dugai_snapshot WHERE kind = %s AND key = %s AND {STANDS}"
    return next(iter(_rows(statement, [kind, key])), None)


def begun(kind: str, start: str) -> list[Shown]:
    """Return what stands of a kind whose name begins so, by name."""
    statement = (
        f"SELECT {COLUMNS} FROM dugai_snapshot WHERE kind = %s AND key LIKE %s ESCAPE '!' AND {STANDS}"
    )
    return _rows(f"{statement} ORDER BY key LIMIT 200", [kind, f"{_escaped(start)}%"])


def found(words: str, *, limit: int = PAGE) -> list[Shown]:
    """Return what stands and has all the words in its text, the newest first."""
    parts = [part for part in fold(words).split() if part][:6]
    if not parts:
        return []
    wanted = " AND ".join("words LIKE %s ESCAPE '!'" for _ in parts)
    statement = f"SELECT {COLUMNS} FROM dugai_snapshot WHERE {STANDS} AND {wanted}"
    values = [f"%{_escaped(part)}%" for part in parts]
    return _rows(f"{statement} ORDER BY released_at DESC, id DESC LIMIT %s", [*values, limit])


def regions(kind: str) -> list[tuple[str, str, int]]:
    """Return (code, name, how many) of every region that has something of a kind."""
    statement = (
        "SELECT region_code, count(*), max(id) FROM dugai_snapshot"
        f" WHERE kind = %s AND {STANDS} GROUP BY region_code ORDER BY region_code"
    )
    rows = _ask(statement, [kind])
    marks = ",".join(["%s"] * len(rows))
    named = (
        _rows(f"SELECT {COLUMNS} FROM dugai_snapshot WHERE id IN ({marks})", [row[2] for row in rows])
        if rows
        else []
    )
    names = {row.region_code: str(row.payload.get("region") or row.region_code) for row in named}
    return [(str(row[0]), names.get(row[0], str(row[0])), int(row[1])) for row in rows]


def files(release: str) -> list[tuple[str, str, int, str]]:
    """Return (name, media type, size, SHA-256) of the files of a release; pictures stand with their problem."""
    statement = f"SELECT name, media_type, size, sha256 FROM dugai_snapshotfile WHERE release = %s AND name NOT LIKE 'picture-%%' AND {STANDS}"
    return [(str(a), str(b), int(c), str(d)) for a, b, c, d in _ask(f"{statement} ORDER BY id", [release])]


def file(release: str, name: str) -> Kept | None:
    """Return one file that stands, or None."""
    statement = f"SELECT name, media_type, sha256, data FROM dugai_snapshotfile WHERE release = %s AND name = %s AND {STANDS}"
    rows = _ask(statement, [release, name])
    return Kept(str(rows[0][0]), str(rows[0][1]), str(rows[0][2]), bytes(rows[0][3])) if rows else None


def _rows(statement: str, values: list[Any]) -> list[Shown]:
    return [_shown(row) for row in _ask(statement, values)]


def _shown(row: tuple[Any, ...]) -> Shown:
    payload, moment = row[6], row[9]
    return Shown(
        int(row[0]),
        str(row[1]),
        str(row[2]),
        str(row[3]),
        str(row[4]),
        str(row[5]),
        json.loads(payload) if isinstance(payload, str) else payload,
        str(row[7]),
        str(row[8]),
        _moment(moment),
    )


def _moment(value: Any) -> dt.datetime:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _ask(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or [])
        return list(cursor.fetchall())


def _within(region: str) -> str:
    """Return the pattern of a region and what lies in it: 990000 is a province, 990100 a city."""
    start = region
    while len(start) > 2 and start.endswith("00"):
        start = start[:-2]
    return f"{start}%" if start != "00" else "%"


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
