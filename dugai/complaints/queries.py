"""What pages, programs and other rooms ask of the letters; the viewer always comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from dugai.complaints import policy, rules
from dugai.complaints.models import Letter, LetterBatch
from dugai.complaints.states import PUBLISHED, TO_HANDLE, LetterState, LetterTime, PublishedState
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.ledger.models import Problem
from dugai.ledger.sight import Scope
from dugai.people.models import Organisation
from dugai.people.states import OFFICE_ROLES, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from django.db.models import QuerySet

    from dugai.people.models import User

NO_BATCH = "没有这一批信访件，或您的单位看不到它"
NO_LETTER = "没有这件信访件，或您的单位看不到它"
COUNT_COLUMNS = ("state", "verdict", "types", "persons", "person_times")
ROW_RELATED = ("batch", "region", "lead", "inspection")
MOST_BATCHES = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Which letters of a batch are wanted; `blank`: no verdict yet; `held`: people were held to account."""

    verdict: str = ""
    state: str = ""
    type: str = ""
    grade: str = ""
    region: int | None = None
    time: str = ""
    blank: bool = False
    held: bool = False


def get_batch(viewer: User, batch_id: int, *, lock: bool = False) -> LetterBatch:
    """Return one batch through the viewer's eyes."""
    found = LetterBatch.objects.visible_to(viewer).select_related("inspection", "region")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    batch: LetterBatch | None = found.filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible(NO_BATCH)
    return batch


def get_letter(viewer: User, letter_id: int, *, lock: bool = False) -> Letter:
    """Return one letter through the viewer's eyes."""
    found = Letter.objects.visible_to(viewer).select_related(*ROW_RELATED, "answered_by", "reviewed_by")
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    letter: Letter | None = found.filter(pk=letter_id).first()
    if letter is None:
        raise NotVisible(NO_LETTER)
    return letter


def batches(viewer: User, inspection: int | None = None) -> list[LetterBatch]:
    """Return the newest batches in sight, each with `counts` of the letters the viewer sees in it."""
    found = LetterBatch.objects.visible_to(viewer).select_related("inspection", "region")
    if inspection is not None:
        found = found.filter(inspection=inspection)
    rows = list(found.order_by("-handed_on", "-number", "-pk")[:MOST_BATCHES])
    held: dict[int, list[rules.Counted]] = {row.pk: [] for row in rows}
    late = dict.fromkeys(held, 0)
    today = clock.today()
    seen = Letter.objects.visible_to(viewer).filter(batch__in=list(held)).order_by()
    for batch, due, follow_up, *values in seen.values_list("batch", "due", "follow_up", *COUNT_COLUMNS):
        one = _counted(values)
        held[batch].append(one)
        late[batch] += rules.time_of(one.state, due, follow_up, today, 0) is LetterTime.OVERDUE
    for row in rows:
        row.counts = rules.counted(held[row.pk])  # type: ignore[attr-defined]
        row.late = late[row.pk]  # type: ignore[attr-defined]
    return rows


def letters_of(viewer: User, batch: LetterBatch, asked: Asked | None = None) -> list[Letter]:
    """Return the visible letters of a batch in the order of their numbers, each with its `time`.

    A batch holds some hundred letters, so kinds of pollution and time are chosen here and not in SQL.
    """
    wanted = asked or Asked()
    found = Letter.objects.visible_to(viewer).filter(batch=batch).select_related(*ROW_RELATED)
    if wanted.verdict or wanted.blank:
        found = found.filter(verdict=wanted.verdict)
    if wanted.state in PublishedState.values:
        found = found.filter(state__in=[one for one, said in PUBLISHED.items() if said == wanted.state])
    if wanted.grade:
        found = found.filter(grade=wanted.grade)
    if wanted.region is not None:
        found = found.filter(region=wanted.region)
    rows = [_timed(row, batch.soon_days) for row in found.order_by("number", "pk")]
    return [row for row in rows if _wanted(row, wanted)]


def counts_of(letters: Iterable[Letter]) -> rules.Counts:
    """Return the published counts of letters."""
    return rules.counted([_counted([getattr(row, name) for name in COUNT_COLUMNS]) for row in letters])


def times_of(letters: Iterable[Letter]) -> dict[str, int]:
    """Return how many letters stand how in time."""
    found = dict.fromkeys(LetterTime.values, 0)
    for row in letters:
        found[row.time] += 1  # type: ignore[attr-defined]
    return found


def timed(viewer: User, letter: Letter) -> Letter:
    """Return a letter with `time` and `days_left` of today."""
    del viewer
    return _timed(letter, letter.batch.soon_days)


def to_handle(viewer: User) -> list[Letter]:
    """Return the letters at the viewer's own desk, those due first: to handle, or to review for an office."""
    found = at_desk(viewer).select_related(*ROW_RELATED)
    return [_timed(row, row.batch.soon_days) for row in found.order_by("due", "number", "pk")[:MOST_BATCHES]]


def at_desk(viewer: User) -> QuerySet[Letter]:
    """Return the letters that wait for the viewer; none for roles that handle none."""
    found = Letter.objects.visible_to(viewer)
    if not policy.may_have_letters_to_handle(viewer):
        return found.none()
    mine = Q(lead=viewer.organisation_id, state__in=TO_HANDLE)
    mine |= Q(lead=viewer.organisation_id, state=LetterState.STAGED, follow_up__isnull=False)
    if viewer.role in policy.DECIDING:
        mine |= Q(state=LetterState.REVIEW)
    if viewer.role in OFFICE_ROLES:
        mine |= Q(lead=None, state__in=TO_HANDLE)
    return found.filter(mine)


def numbers_taken(viewer: User, inspection_id: int, numbers: Collection[str]) -> set[str]:
    """Return those numbers the inspection has already, whoever may see their letters."""
    del viewer
    rows = Letter.objects.unscoped("numbers are unique in the whole inspection").filter(
        inspection=inspection_id
    )
    wanted, found = list(numbers), set()
    for start in range(0, len(wanted), 500):
        found.update(rows.filter(number__in=wanted[start : start + 500]).values_list("number", flat=True))
    return found


def by_number(viewer: User, inspection_id: int, numbers: Collection[str]) -> dict[str, Letter]:
    """Return the visible letters with some numbers, by number."""
    rows = Letter.objects.visible_to(viewer).filter(inspection=inspection_id, number__in=list(numbers))
    return {row.number: row for row in rows.select_related(*ROW_RELATED)}


def problem_by_code(viewer: User, code: str) -> Problem | None:
    """Return the problem of the ledger with a code, when the viewer sees it."""
    found: Problem | None = Problem.objects.visible_to(viewer).filter(code=code).first()
    return found


def regions_for(viewer: User, top: Organisation) -> Sequence[Organisation]:
    """Return the regions a batch for `top` may speak of, as far as the viewer oversees them."""
    seen = Scope.top(viewer)
    if seen is None:
        return []
    found = Organisation.objects.below(top).filter(kind=Kind.REGION, active_until=None)
    return [row for row in found.order_by("path") if row.is_within(seen)]


def units_for(viewer: User, region: Organisation) -> Sequence[Organisation]:
    """Return the units that may handle a letter of a region: those under it, and of the regions above it."""
    del viewer
    below = Q(path__gte=region.path, path__lt=region.path_end)
    beside = Q(parent__path__in=region.ancestor_paths)
    found = Organisation.objects.filter(below | beside, active_until=None).exclude(kind=Kind.REGION)
    return list(found.order_by("path")[:600])


def _wanted(row: Letter, wanted: Asked) -> bool:
    return (
        (not wanted.type or wanted.type in row.types)
        and (not wanted.time or row.time == wanted.time)  # type: ignore[attr-defined]
        and (not wanted.held or bool(row.persons or row.person_times))
    )


def _timed(row: Letter, soon_days: int) -> Letter:
    today = clock.today()
    row.time = rules.time_of(row.state, row.due, row.follow_up, today, soon_days)  # type: ignore[attr-defined]
    staged = row.state == LetterState.STAGED and row.follow_up is not None
    row.days_left = ((row.follow_up if staged else row.due) - today).days  # type: ignore[attr-defined,operator]
    row.published = rules.published(row.state)  # type: ignore[attr-defined]
    row.type_words = rules.type_words(row.types)  # type: ignore[attr-defined]
    return row


def _counted(values: Sequence[Any]) -> rules.Counted:
    state, verdict, types, persons, times = values
    return rules.Counted(state, verdict, tuple(types), persons, times)
