"""Roll-ups of a round, written inside the transaction of the change they follow from.

Rows are signed and only inserted, so two units handing in at once never wait for each other's counter; a
board adds up a handful of rows. `recount` is the truth they are checked against.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Sum

from dugai.people.models import Organisation
from dugai.progress.models import Report, RoundTally
from dugai.progress.rules_round import LATE, spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class Delta:
    """Collects signed counts of one round and writes each key once."""

    def __init__(self, round_id: int) -> None:
        self.round_id = round_id
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, path: str, key: str, n: int = 1) -> None:
        """Count one report of the owner at `path` under a state or under `late`."""
        self.counts[path, key] += n

    def move(self, path: str, old: str, new: str, *, was_late: bool = False, is_late: bool = False) -> None:
        """Move one report from one state to another, and in or out of the late ones."""
        if old != new:
            self.add(path, old, -1)
            self.add(path, new)
        if was_late != is_late:
            self.add(path, LATE, 1 if is_late else -1)

    def write(self) -> None:
        """Insert the counts for every owner and every organisation above it."""
        wide: Counter[tuple[str, str]] = Counter()
        for (path, key), n in self.counts.items():
            for part in spread(path):
                wide[part, key] += n
        self.counts.clear()
        paths = {path for (path, _), n in wide.items() if n}
        if not paths:
            return
        ids = dict(Organisation.objects.filter(path__in=paths).values_list("path", "pk"))
        RoundTally.objects.bulk_create(
            [
                RoundTally(round_id=self.round_id, organisation_id=ids[path], state=key, n=n)
                for (path, key), n in wide.items()
                if n
            ],
            batch_size=500,
        )


def counts_of(round_id: int, organisation_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return {organisation id: {state or `late`: count}} of one round; {} without reports."""
    ids = list(organisation_ids)
    found: dict[int, dict[str, int]] = {key: {} for key in ids}
    rows = (
        RoundTally.objects.filter(round=round_id, organisation__in=ids)
        .values_list("organisation", "state")
        .annotate(total=Sum("n"))
        .order_by()
    )
    for organisation, key, total in rows:
        if total:
            found[organisation][key] = total
    return found


def counts_of_owners(round_id: int, keys: Collection[str], below: Organisation) -> dict[int, int]:
    """Return {owner id: reports of its own under one of `keys`} for the owners at and below `below`.

    A roll-up counts for the owner and all above it; what the children have is taken off again. Costs
    what the organisations cost, however many reports there are.
    """
    rows = RoundTally.objects.filter(round=round_id, state__in=keys)
    if below.depth:
        rows = rows.filter(organisation__path__gte=below.path, organisation__path__lt=below.path_end)
    sums = rows.values_list("organisation", "organisation__parent").annotate(total=Sum("n")).order_by()
    own: Counter[int] = Counter()
    for organisation, parent, total in sums:
        own[organisation] += total
        if parent is not None:
            own[parent] -= total
    return {pk: n for pk, n in own.items() if n > 0}


def counts_by_round(tops: Mapping[int, int]) -> dict[int, dict[str, int]]:
    """Return {round id: {state or `late`: count}} by `tops`, {round id: organisation id}."""
    found: dict[int, dict[str, int]] = {round_id: {} for round_id in tops}
    rows = (
        RoundTally.objects.filter(round__in=list(tops), organisation__in=set(tops.values()))
        .values_list("round", "organisation", "state")
        .annotate(total=Sum("n"))
        .order_by()
    )
    for round_id, organisation, key, total in rows:
        if total and tops[round_id] == organisation:
            found[round_id][key] = total
    return found


def stored(round_id: int) -> Counter[tuple[int, str]]:
    """Return what the roll-ups of a round say: {(organisation id, key): count}, zeros left out."""
    rows = (
        RoundTally.objects.filter(round=round_id)
        .values_list("organisation", "state")
        .annotate(total=Sum("n"))
    )
    return Counter({(organisation, key): total for organisation, key, total in rows.order_by() if total})


def recount(round_id: int) -> Counter[tuple[int, str]]:
    """Count a round from its reports: {(organisation id, key): count}."""
    paths = dict(Organisation.objects.values_list("path", "pk"))
    rows = Report.objects.unscoped("recount of a round's roll-ups for the verifier").filter(round=round_id)
    truth: Counter[tuple[int, str]] = Counter()
    for path, state, late, n in (
        rows.values_list("owner_path", "state", "late").annotate(n=Count("pk")).order_by()
    ):
        for part in spread(path):
            truth[paths[part], state] += n
            if late:
                truth[paths[part], LATE] += n
    return truth


@transaction.atomic
def fold(round_id: int) -> int:
    """Fold the signed rows of each key of a round into one; return how many rows went away."""
    rows = RoundTally.objects.select_for_update().filter(round=round_id).order_by("pk")
    found = list(rows.values_list("pk", "organisation", "state", "n"))
    sums: Counter[tuple[int, str]] = Counter()
    for _, organisation, key, n in found:
        sums[organisation, key] += n
    if len(sums) == len(found):
        return 0
    known = [pk for pk, *_ in found]
    for start in range(0, len(known), 10_000):
        RoundTally.objects.filter(pk__in=known[start : start + 10_000]).delete()
    kept = [
        RoundTally(round_id=round_id, organisation_id=organisation, state=key, n=n)
        for (organisation, key), n in sums.items()
        if n
    ]
    RoundTally.objects.bulk_create(kept, batch_size=500)
    return len(found) - len(kept)
