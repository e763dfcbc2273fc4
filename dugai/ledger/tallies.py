"""Roll-ups of the ledger, written inside the transaction of the change they follow from.

A board reads a handful of `Tally` rows, whatever the size of the ledger. `recount` is the truth
they are checked against (and the repair, should they ever differ).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Count, Sum

from dugai.journal import bulk
from dugai.ledger.models import Measure, Problem, Tally, Task
from dugai.people.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

TASK, MEASURE, PROBLEM = "task", "measure", "problem"
Key = tuple[str, str, str]
"""(level, path of the owner, lamp)"""


class Delta:
    """Collects signed counts and writes each key once."""

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()

    def add(self, level: str, path: str, lamp: str, n: int = 1) -> None:
        """Count one row of `level` owned at `path` under `lamp`; a negative `n` takes it away."""
        self.counts[level, path, lamp] += n

    def move(self, level: str, path: str, old: str, new: str) -> None:
        """Move one row from one lamp to another."""
        if old != new:
            self.add(level, path, old, -1)
            self.add(level, path, new)

    def write(self) -> None:
        """Insert the counts for every ancestor of every owner."""
        spread: Counter[Key] = Counter()
        for (level, path, lamp), n in self.counts.items():
            for end in range(4, len(path) + 1, 4):
                spread[level, path[:end], lamp] += n
        self.counts.clear()
        keys = {path for (_, path, _), n in spread.items() if n}
        if not keys:
            return
        ids = dict(Organisation.objects.filter(path__in=keys).values_list("path", "pk"))
        bulk.insert(
            [
                Tally(organisation_id=ids[path], level=level, lamp=lamp, n=n)
                for (level, path, lamp), n in spread.items()
                if n
            ]
        )


def counts_of(organisation_ids: Iterable[int], level: str) -> dict[int, dict[str, int]]:
    """Return lamp counts of one level for each organisation: {organisation id: {lamp: count}}."""
    ids = list(organisation_ids)
    found: dict[int, dict[str, int]] = {key: {} for key in ids}
    rows = (
        Tally.objects.filter(organisation__in=ids, level=level)
        .values_list("organisation", "lamp")
        .annotate(total=Sum("n"))
        .order_by()
    )
    for organisation, lamp, total in rows:
        if total:
            found[organisation][lamp] = total
    return found


def recount() -> Counter[tuple[int, str, str]]:
    """Count every level from the rows themselves: {(organisation id, level, lamp): count}."""
    why = "recount of roll-ups for the verifier"
    paths = dict(Organisation.objects.values_list("path", "pk"))
    truth: Counter[tuple[int, str, str]] = Counter()
    sources = (
        (TASK, Task.objects.unscoped(why).filter(is_leaf=True).values_list("owner_path", "lamp")),
        (PROBLEM, Problem.objects.unscoped(why).values_list("owner_path", "lamp")),
        (MEASURE, Measure.objects.unscoped(why).values_list("problem__owner_path", "lamp")),
    )
    for level, rows in sources:
        for path, lamp, n in rows.annotate(n=Count("pk")).order_by():
            for end in range(4, len(path) + 1, 4):
                truth[paths[path[:end]], level, lamp] += n
    return truth


def stored() -> Counter[tuple[int, str, str]]:
    """Return what the roll-ups say: {(organisation id, level, lamp): count}, zeros left out."""
    rows = Tally.objects.values_list("organisation", "level", "lamp").annotate(total=Sum("n")).order_by()
    return Counter({(organisation, level, lamp): total for organisation, level, lamp, total in rows if total})


@transaction.atomic
def fold() -> int:
    """Fold the many signed rows of each key into one; return how many rows went away."""
    rows = Tally.objects.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    found = list(rows.values_list("pk", "organisation", "level", "lamp", "n"))
    sums: Counter[tuple[int, str, str]] = Counter()
    for _, organisation, level, lamp, n in found:
        sums[organisation, level, lamp] += n
    if len(sums) == len(found) and all(sums.values()):
        return 0
    last = max((pk for pk, *_ in found), default=0)
    known = [pk for pk, *_ in found]
    for start in range(0, len(known), 10_000):
        Tally.objects.filter(pk__in=known[start : start + 10_000], pk__lte=last).delete()
    kept = [
        Tally(organisation_id=organisation, level=level, lamp=lamp, n=n)
        for (organisation, level, lamp), n in sums.items()
        if n
    ]
    bulk.insert(kept)
    return len(found) - len(kept)
