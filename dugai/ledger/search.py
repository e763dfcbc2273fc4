"""Full-text search over problems, measures and tasks: one index, two engines, scoped inside the index.

Each document carries, beside its words, one word for every organisation above its owner (`zs12`)
and one for every organisation that takes part (`zp7`). A viewer's scope is then one more word of
the query, and a search costs the same at any size. Every hit is still checked by `visible_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, F, Q
from django.db.models.expressions import RawSQL

from dugai.kernel import bigrams
from dugai.ledger.models import Measure, Participation, Problem, Task
from dugai.ledger.sight import DEEPEST_COLUMN, Scope
from dugai.people.models import Organisation, User

TABLE = "dugai_search"
KINDS: dict[str, int] = {"problem": 1, "measure": 2, "task": 3}
SHIFT = 4
SMALL = 2000
"""So many matches are always taken from the index, however small the ledger."""
QUARTER = 4
"""More than every fourth row is common."""
REBUILT_AT_ONCE = 200
"""Problems whose documents are written in one transaction when the index is made anew."""
MODELS: dict[str, Any] = {"problem": Problem, "measure": Measure, "task": Task}


@dataclass(frozen=True)
class Document:
    """One row to be found: its kind and id, its text, and the words of its scope."""

    kind: str
    pk: int
    text: str
    scope: tuple[str, ...]

    @property
    def key(self) -> int:
        """Return the number of the document: id and kind in one, newest last."""
        return self.pk << SHIFT | KINDS[self.kind]


@dataclass(frozen=True)
class Hit:
    """One found row."""

    kind: str
    pk: int


def documents(
    problems: Sequence[Problem], measures: Sequence[Measure], tasks: Sequence[Task]
) -> list[Document]:
    """Return the documents of freshly written rows; a constant number of queries."""
    problem_ids = (
        {row.pk for row in problems}
        | {row.problem_id for row in measures}
        | {row.problem_id for row in tasks}
    )
    parts: dict[int, set[str]] = {}
    for start in _chunks(sorted(problem_ids)):
        rows = Participation.objects.filter(problem__in=start).values_list("problem", "organisation")
        for problem, organisation in rows:
            parts.setdefault(problem, set()).add(f"zp{organisation}")
    homes = {row.pk: row for row in problems}
    missing = [pk for pk in problem_ids if pk not in homes]
    for start in _chunks(missing):
        homes |= {
            row.pk: row for row in Problem.objects.unscoped("index of rows just written").filter(pk__in=start)
        }
    found = [
        Document(
            "problem", row.pk, f"{row.code} {row.title} {row.text} {row.goal}", _scope(row, parts.get(row.pk))
        )
        for row in problems
    ]
    found += [
        Document("measure", row.pk, row.text, _scope(homes[row.problem_id], parts.get(row.problem_id)))
        for row in measures
    ]
    found += [
        Document("task", row.pk, f"{row.code} {row.title} {row.text}", _scope(row, parts.get(row.problem_id)))
        for row in tasks
    ]
    return found


def write(found: Iterable[Document], *, fresh: bool = False) -> None:
    """Add or replace documents, in the transaction of the rows they describe; `fresh` rows have none yet."""
    rows = list(found)
    for part in _chunks(rows):
        keys = [row.key for row in part]
        marks = ",".join(["%s"] * len(keys))
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                if not fresh:
                    cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({marks})", keys)  # noqa: S608  numbers only
                cursor.executemany(
                    f"INSERT INTO {TABLE}(rowid, words) VALUES (%s, %s)",  # noqa: S608  the table's own name
                    [(row.key, " ".join([*bigrams.words(row.text), *row.scope])) for row in part],
                )
            else:
                cursor.executemany(
                    f"INSERT INTO {TABLE}(id, words) VALUES (%s, %s::tsvector) "  # noqa: S608
                    "ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words",
                    [(row.key, _vector(row)) for row in part],
                )


def renew(problem_id: int) -> None:
    """Write the documents of one problem anew: its words or its parts have changed."""
    why = "index of a problem just written"
    write(
        documents(
            list(Problem.objects.unscoped(why).filter(pk=problem_id)),
            list(Measure.objects.unscoped(why).filter(problem=problem_id)),
            list(Task.objects.unscoped(why).filter(problem=problem_id)),
        )
    )


def rebuild(tell: Callable[[str, int, int], None] | None = None) -> int:
    """Write every document anew, some problems at a time; return how many documents there are.

    Others may read and write meanwhile: each part is a transaction of its own and replaces what it finds.
    """
    why = "index of the whole ledger"
    ids = list(Problem.objects.unscoped(why).order_by("pk").values_list("pk", flat=True))
    count = 0
    for number, part in enumerate(_chunks(ids, REBUILT_AT_ONCE)):
        if tell:
            tell("重建检索", number * REBUILT_AT_ONCE, len(ids))
        with transaction.atomic():
            found = documents(
                list(Problem.objects.unscoped(why).filter(pk__in=part)),
                list(Measure.objects.unscoped(why).filter(problem__in=part)),
                list(Task.objects.unscoped(why).filter(problem__in=part)),
            )
            write(found)
        count += len(found)
    if tell:
        tell("重建检索", len(ids), len(ids))
    return count


def find(
    viewer: User, query: str, *, limit: int = 50, before: int | None = None, kind: str = ""
) -> tuple[list[Hit], int | None]:
    """Return the newest matching rows the viewer may see, and the key to continue from (None at the end).

    All words of the query must be found; two Chinese characters are enough. `kind` narrows to
    problem, measure or task.
    """
    phrases = bigrams.phrases(query)
    scope = _scope_words(viewer)
    if not phrases or scope is None:
        return [], None
    found: list[Hit] = []
    position = before
    while len(found) < limit:
        keys = _match(phrases, scope, position, limit * 2, kind)
        if not keys:
            return found, None
        for key in _visible(viewer, keys):
            if len(found) == limit:
                return found, position
            found.append(Hit(_kind(key), key >> SHIFT))
            position = key
        if len(found) < limit:
            position = keys[-1]
            if len(keys) < limit * 2:
                return found, None
    return found, position


def count(viewer: User, query: str, cap: int = 1000) -> int:
    """Return how many rows match, counted up to `cap` + 1; above it the page says “1000+”.

    Counts by the scope words of the index, without opening the rows.
    """
    phrases = bigrams.phrases(query)
    scope = _scope_words(viewer)
    if not phrases or scope is None:
        return 0
    return len(_match(phrases, scope, None, cap + 1))


def among(query: str, kind: str, scope: Sequence[str] = (), most: int | None = None) -> RawSQL | None:
    """Return the ids of rows of `kind` that hold every word of `query`, for `pk__in`; the caller scopes.

    Complete for Chinese of two characters and more, whatever stands between its parts. Letters and
    digits match whole words, the last word of a part also by its beginning: 3 finds 31 and not 13.
    `scope` narrows to documents with one of these scope words; `most` takes so many of them and no more.
    None where the index cannot answer: no word, or a Chinese character that stands alone.
    """
    asked = _asked(query, scope)
    if asked is None:
        return None
    sql, params = _documents_sql(asked, kind)
    limit = "" if most is None else " LIMIT %s"
    values = params if most is None else [*params, most]
    return RawSQL(f"SELECT {_number()} >> {SHIFT} {sql}{limit}", values)  # noqa: S611  words of the index only  # nosec B611


def is_rare(query: str, kind: str, most: int, scope: Sequence[str] = ()) -> bool:
    """Say whether at most `most` rows of `kind` in `scope` hold the words; False without index."""
    asked = _asked(query, scope)
    return asked is not None and _at_most(asked, kind, most)


def is_common(query: str, kind: str) -> bool:
    """Say whether more than a quarter of all rows hold the words, so that any walk soon meets them.

    The first matches, which the index gives in the order of their rows, say how close they stand; only where
    that is close enough is it counted further. The answer chooses a way to the rows, never the rows.
    """
    asked = _asked(query)
    if asked is None:
        return False
    newest, last_of_first = _newest(kind, asked)
    if last_of_first is None or last_of_first > (SMALL + 1) * QUARTER:
        return False
    return not _at_most(asked, kind, max(SMALL, newest // QUARTER))


def each(query: str, kind: str) -> RawSQL | None:
    """Return a condition on a row met on a walk: its own document holds the words; None without one.

    PostgreSQL only: its planner would else gather all matches before the first row of the walk.
    """
    asked = _asked(query)
    if asked is None or connection.vendor == "sqlite":
        return None
    row = MODELS[kind]._meta.db_table
    own = f"{TABLE}.id = ({row}.id << {SHIFT} | {KINDS[kind]})"
    sql = f"SELECT words @@ %s::tsquery FROM {TABLE} WHERE {own}"  # noqa: S608  the tables' own names
    return RawSQL(sql, [asked], output_field=BooleanField())  # noqa: S611  words of the index only  # nosec B611


def region_words(region: Organisation | None) -> list[str]:
    """Return the scope word of everything in a region; none where documents carry no word for it."""
    return [f"zs{region.pk}"] if region is not None and 0 < region.depth <= DEEPEST_COLUMN else []


def office_words(viewer: User) -> list[str] | None:
    """Return scope words of which everything an office sees has one; None where words cannot say it."""
    top = Scope.top(viewer)
    return _scope_words(viewer) if top is not None and top.depth <= DEEPEST_COLUMN else None


def holding(rows: Any, q: str, kind: str, *, scope: Sequence[str] = (), rare: bool | None = None) -> Any:
    """Return those of `rows` that hold the words `q`, by the word index (see `among`).

    The index finds every row that has a Chinese word of two characters or more in its code, title or
    text (a problem also by its goal). Parts of numbers and of Latin words are found from their beginning
    only. A lone Chinese character, and on SQLite what most rows hold, is looked for row by row. Parts
    between spaces are found each for itself, and all must be there. `scope` are words of which the
    document of each of `rows` has one; `rare` spares the question when the caller has asked it.
    """
    if not q:
        return rows
    if is_rare(q, kind, SMALL, scope) if rare is None else rare:
        return rows.filter(pk__in=among(q, kind, scope))
    # The board is walked in order, and each row looked up among those found.
    if (walked := each(q, kind)) is not None:
        return rows.filter(walked)
    found = among(q, kind)
    if found is not None and not is_common(q, kind):
        return rows.alias(its_number=F("pk") + 0).filter(its_number__in=found)  # a sum cannot lead
    for part in q.split():
        rows = rows.filter(Q(title__icontains=part) | Q(code__icontains=part) | Q(text__icontains=part))
    return rows


def _newest(kind: str, asked: str) -> tuple[int, int | None]:
    """Return the highest id of one kind, about how many there are, and the id of match number `SMALL` + 1."""
    sql, params = _documents_sql(asked, kind)
    table = MODELS[kind]._meta.db_table
    found = f"SELECT {_number()} >> {SHIFT} {sql} LIMIT 1 OFFSET %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (SELECT MAX(id) FROM {table}), ({found})", [*params, SMALL])  # noqa: S608
        newest, last_of_first = cursor.fetchone()
    return newest or 0, last_of_first


def _at_most(asked: str, kind: str, most: int) -> bool:
    """Say whether at most `most` documents of one kind match; stops counting there."""
    sql, params = _documents_sql(asked, kind)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM (SELECT 1 {sql} LIMIT %s) AS some_rows", [*params, most + 1])  # noqa: S608
        return int(cursor.fetchone()[0]) <= most


def _asked(query: str, scope: Sequence[str] = ()) -> str | None:
    """Return the query in the engine's language, last words open; None where the index cannot answer."""
    phrases = bigrams.phrases(query)
    words = [word for phrase in phrases for word in phrase.words]
    if not words or any(len(word) == 1 and not word.isascii() for word in words):
        return None
    opened = [bigrams.Phrase(phrase.words, prefix=phrase.words[-1].isascii()) for phrase in phrases]
    if connection.vendor == "sqlite":
        within = f" AND ({' OR '.join(scope)})" if scope else ""
        return " AND ".join(map(_fts, opened)) + within
    within = f" & ({' | '.join(scope)})" if scope else ""
    return " & ".join(f"({_tsquery(phrase)})" for phrase in opened) + within


def _documents_sql(asked: str, kind: str) -> tuple[str, list[Any]]:
    """Return FROM and WHERE of the documents of one kind, with their parameters."""
    match = f"{TABLE} MATCH %s" if connection.vendor == "sqlite" else "words @@ %s::tsquery"
    mask = (1 << SHIFT) - 1
    return f"FROM {TABLE} WHERE {match} AND {_number()} & {mask} = {KINDS[kind]}", [asked]


def _number() -> str:
    """Return the column that holds the key of a document."""
    return f"{TABLE}.rowid" if connection.vendor == "sqlite" else f"{TABLE}.id"


def newest(viewer: User, query: str, kind: str, cap: int = 1000) -> tuple[list[int], bool]:
    """Return the ids of the newest matches of one kind that the viewer may see, and whether there are more.

    Looks at `cap` of them; the ids tell how many there are, the first of them are the ones to show.
    """
    phrases = bigrams.phrases(query)
    scope = _scope_words(viewer)
    if not phrases or scope is None:
        return [], False
    keys = _match(phrases, scope, None, cap + 1, kind)
    return [key >> SHIFT for key in _visible(viewer, keys[:cap])], len(keys) > cap


def _scope(row: Problem | Task, parts: set[str] | None) -> tuple[str, ...]:
    above = [f"zs{pk}" for pk in (row.a1, row.a2, row.a3) if pk]
    owner = row.owner_id if isinstance(row, Task) else row.home_id
    return (*above, f"zs{owner}", *sorted(parts or ()))


def _scope_words(viewer: User) -> list[str] | None:
    """Return the scope words of which one must match; an empty list for everything, None for nothing."""
    top: Organisation | None = Scope.top(viewer)
    if top is None:
        return None
    if top.depth == 0:
        return []
    return [f"zs{top.pk}", f"zp{viewer.organisation_id}"]


def _match(
    phrases: Sequence[bigrams.Phrase], scope: Sequence[str], before: int | None, limit: int, kind: str = ""
) -> list[int]:
    mask = (1 << SHIFT) - 1
    values = [] if before is None else [before]
    values += [mask, KINDS[kind]] if kind else []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            asked = " AND ".join(_fts(phrase) for phrase in phrases)
            if scope:
                asked = f"({asked}) AND ({' OR '.join(scope)})"
            limits = ("" if before is None else "AND rowid < %s ") + ("AND rowid & %s = %s " if kind else "")
            sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s {limits}ORDER BY rowid DESC LIMIT %s"  # noqa: S608
            cursor.execute(sql, [asked, *values, limit])
        else:
            asked = " & ".join(f"({_tsquery(phrase)})" for phrase in phrases)
            if scope:
                asked = f"({asked}) & ({' | '.join(scope)})"
            limits = ("" if before is None else "AND id < %s ") + ("AND id & %s = %s " if kind else "")
            sql = f"SELECT id FROM {TABLE} WHERE words @@ %s::tsquery {limits}ORDER BY id DESC LIMIT %s"  # noqa: S608
            cursor.execute(sql, [asked, *values, limit])
        return [row[0] for row in cursor.fetchall()]


def _visible(viewer: User, keys: list[int]) -> list[int]:
    seen: set[int] = set()
    for name, model in MODELS.items():
        ids = [key >> SHIFT for key in keys if _kind(key) == name]
        if ids:
            rows = model.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True)
            seen |= {pk << SHIFT | KINDS[name] for pk in rows}
    return [key for key in keys if key in seen]


def _kind(key: int) -> str:
    number = key & ((1 << SHIFT) - 1)
    return next(name for name, mark in KINDS.items() if mark == number)


def _fts(phrase: bigrams.Phrase) -> str:
    return '"' + " ".join(phrase.words) + '"' + ("*" if phrase.prefix else "")


def _tsquery(phrase: bigrams.Phrase) -> str:
    return " <-> ".join(f"'{word}'" for word in phrase.words) + (":*" if phrase.prefix else "")


def _vector(row: Document) -> str:
    places: dict[str, list[int]] = {}
    for position, word in enumerate(bigrams.words(row.text)[:16_000], 1):
        places.setdefault(word, []).append(position)
    listed = [f"'{word}':{','.join(map(str, at[:255]))}" for word, at in places.items()]
    return " ".join([*listed, *(f"'{word}'" for word in row.scope)])


def _chunks(rows: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
