"""The lists of the ledger: a page of tasks or problems, with the counts of its quick split."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count as Number
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from dugai.kernel.errors import NotVisible
from dugai.ledger import paging, search, tallies
from dugai.ledger.listing import ClosureGroup, Depth
from dugai.ledger.models import Inspection, Measure, Problem, SavedView, Task
from dugai.ledger.sight import DEEPEST_COLUMN, Scope
from dugai.ledger.states import CLOSED_CLOSURES, Lamp
from dugai.people.models import Organisation, User
from dugai.people.states import SUBTREE_ROLES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dugai.ledger.listing import Ask, Place

INSIDE = "the region or unit lies inside the viewer's own range"
MOST_UNITS = 50
MOST_FEW = 2000
SECTORS_KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of one lamp; `more` says that counting stopped at `n`."""

    lamp: Lamp
    n: int
    more: bool = False

    def __str__(self) -> str:
        """Return the count as it is shown: 1,204 or 1000+."""
        return f"{self.n}+" if self.more else f"{self.n:,}"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page in order, and the places of its neighbours."""

    rows: list[Any]
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a list looks: the viewer's top, the region chosen, the regions one step below the place."""

    top: Organisation | None
    region: Organisation | None
    steps: list[Organisation]
    oversees: bool
    counts_own: bool
    rare: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False)

    @property
    def place(self) -> Organisation | None:
        """Return the organisation the list is about."""
        return self.region or self.top

    @property
    def whole(self) -> bool:
        """Say whether the list is about everything there is."""
        return all(one.depth == 0 for one in (self.top, self.region) if one) and self.top is not None

    @property
    def inside(self) -> bool:
        """Say whether a region was chosen that lies in the viewer's own range."""
        return self.region is not None and self.top is not None and self.region.is_within(self.top)


def oversees(viewer: User) -> bool:
    """Say whether the viewer sees the whole ledger of a region, not only their own part of it."""
    return viewer.role in SUBTREE_ROLES or (
        viewer.role == Role.LEADER and viewer.organisation.kind == Kind.REGION
    )


def ground(viewer: User, ask: Ask) -> Ground:
    """Return what the list is about, in one query. Raises `NotVisible` for a region that does not exist.

    Names and places of organisations are known to all; a region out of range gives an empty list.
    """
    top = Scope.top(viewer)
    if top is None:
        return Ground(None, None, [], oversees=False, counts_own=False)
    shelf = top.pk if top.kind == Kind.REGION else top.parent_id or top.pk
    wanted = ask.region or shelf
    found = list(
        Organisation.objects.filter(Q(pk=wanted) | Q(parent=wanted, kind=Kind.REGION)).order_by("path")
    )
    region = next((one for one in found if one.pk == ask.region), None)
    if ask.region and region is None:
        raise NotVisible("没有这个地区，或您的单位看不到它")
    return ground_of(viewer, top, region, [one for one in found if one.pk != wanted])


def ground_of(
    viewer: User,
    top: Organisation | None,
    region: Organisation | None = None,
    steps: Sequence[Organisation] = (),
) -> Ground:
    """Return the ground of a viewer whose top and region are known.

    Offices see of the tasks exactly their subtree; leaders and units see those they oversee besides.
    """
    return Ground(
        top, region, list(steps), oversees=oversees(viewer), counts_own=viewer.role in SUBTREE_ROLES
    )


def tasks(viewer: User, ask: Ask, where: Ground) -> Any:
    """Return the tasks that answer `ask`, unordered; lamps are left to the pages and the split."""
    rows = _sighted(Task, viewer, ask, where).filter(_common(ask, "problem__"))
    if ask.depth is not Depth.ALL:
        rows = rows.filter(is_leaf=ask.depth is Depth.LEAF)
    if ask.progress and where.whole:
        rows = rows.filter(progress=ask.progress)
    elif ask.progress:
        # Without statistics the index of the whole nation's progress looks as good as the region's board.
        rows = rows.alias(its_progress=Coalesce("progress", Value(""))).filter(its_progress=ask.progress)
    units = _units(ask, where)
    if units is not None:
        rows = rows.filter(owner__in=units)
    return _worded(rows, viewer, ask.q, "task", where)


def problems(viewer: User, ask: Ask, where: Ground) -> Any:
    """Return the problems that answer `ask`, unordered."""
    rows = _sighted(Problem, viewer, ask, where).filter(_common(ask, ""))
    if ask.progress:
        rows = rows.filter(progress=ask.progress)
    units = _units(ask, where)
    if units is not None:
        rows = rows.filter(lead__in=units)
    return _worded(rows, viewer, ask.q, "problem", where)


def measures(viewer: User, ask: Ask, where: Ground) -> Any:
    """Return the measures of a region that answer `ask`, unordered; a measure lies where its problem does."""
    if where.inside and where.oversees:
        rows = Measure.objects.unscoped(INSIDE)
    else:
        rows = Measure.objects.visible_to(viewer)
    if where.region is not None:
        rows = rows.filter(Scope.subtree(where.region, "problem__"))
    rows = rows.filter(_common(ask, "problem__"))
    return rows.filter(text__icontains=ask.q) if ask.q else rows


def few(viewer: User, rows: Any, where: Ground, q: str = "") -> list[Place] | None:
    """Return the places of all rows of a viewer who sees few of them; None for many, and for whole regions.

    What a unit may see is a union that no index orders; a short one is read whole and sorted here.
    So are the rows of rare words `q`, for which the order of the board would be walked to its end.
    """
    if where.top is None:
        return None
    narrow = not (where.inside or where.counts_own or where.oversees)
    if narrow or (q and _is_rare(viewer, q, rows.model.subject_type, where)):
        return paging.all_places(rows, MOST_FEW)
    return None


def page_of(
    viewer: User,
    rows: Any,
    ask: Ask,
    related: Sequence[str] = (),
    *,
    size: int | None = None,
    known: list[Place] | None = None,
) -> Page:
    """Return one page of `rows` in the order of `ask`, in two queries, however far the page lies.

    `known` are the places of all rows, where they are few; then one query is enough.
    """
    del viewer  # `rows` were asked for through the viewer's eyes
    size = size or ask.size
    backwards = ask.before is not None
    at = ask.before or ask.after
    if known is not None:
        places = paging.pick(known, ask.shown_lamps, ask.sort, at, backwards=backwards)[: size + 1]
    else:
        wanted = paging.runs(ask.shown_lamps, ask.sort, at, backwards=backwards)
        places = paging.read(rows, wanted, ask.sort, size + 1, stepwise=bool(ask.q))
    more = len(places) > size
    places = places[:size]
    if backwards:
        places.reverse()
    sighted = rows.model.objects.unscoped("the numbers were read through the viewer's eyes")
    if related:  # without names Django would follow every foreign key there is
        sighted = sighted.select_related(*related)
    found = sighted.in_bulk([place.pk for place in places])
    kept = [place for place in places if place.pk in found]
    has_before, has_after = (more, True) if backwards else (ask.after is not None, more)
    return Page(
        [found[place.pk] for place in kept],
        kept[0] if kept and has_before else None,
        kept[-1] if kept and has_after else None,
    )


def split(
    viewer: User, ask: Ask, where: Ground, rows: Any, level: str, *, known: list[Place] | None = None
) -> list[Count]:
    """Return how many rows have each lamp: from the roll-ups, else counted up to a cap.

    Under words that thousands of rows hold, the first of them are counted: so many there are at least.
    """
    lamps = ask.possible_lamps
    if ask.counted_by_rollups and where.place and _whole(where, level):
        found: Mapping[Any, int] = tallies.counts_of([where.place.pk], level)[where.place.pk]
        return [Count(lamp, found.get(lamp.value, 0)) for lamp in lamps]
    if known is not None:
        tally = Counter(place.lamp for place in known)
        return [Count(lamp, tally[lamp]) for lamp in lamps]
    kind = rows.model.subject_type
    scope = _scope(viewer, where)
    first = search.among(ask.q, kind, scope, MOST_FEW) if ask.q and scope is not None else None
    if first is not None and kind in {"task", "problem"}:
        unworded = (tasks if kind == "task" else problems)(viewer, ask.but(q=""), where)
        some = unworded.filter(pk__in=first).order_by().values_list("lamp").annotate(Number("pk"))
        met = dict(some)
        return [Count(lamp, met.get(lamp.value, 0), more=True) for lamp in lamps]
    counted = paging.capped_counts(rows, lamps)
    return [Count(lamp, min(n, paging.CAP), n > paging.CAP) for lamp, n in counted.items()]


def total(counts: Sequence[Count]) -> str:
    """Return the sum of a split as it is shown."""
    more = "+" if any(count.more for count in counts) else ""
    return f"{sum(count.n for count in counts):,}{more}"


def saved_views(viewer: User, page: str) -> list[SavedView]:
    """Return the views `viewer` has saved on one page."""
    return list(SavedView.objects.filter(user=viewer, page=page).order_by("pk"))


def inspections(viewer: User) -> list[Inspection]:
    """Return the inspections whose object lies in the viewer's range, or above it, newest first."""
    top = Scope.top(viewer)
    if top is None:
        return []
    within = Q(object__path__gte=top.path, object__path__lt=top.path_end)
    above = Q(object__path__in=top.ancestor_paths)
    return list(Inspection.objects.select_related("object").filter(within | above))


def unit_names(viewer: User, words: str) -> list[str]:
    """Return names of units in the viewer's range that contain `words`, at most 50."""
    top = Scope.top(viewer)
    if top is None or not words:
        return []
    found = Organisation.objects.below(top).filter(name__icontains=words)
    return list(found.order_by("path").values_list("name", flat=True)[:MOST_UNITS])


def public_sectors() -> list[str]:
    """Return the names of sectors in use; a list of words, read again after ten minutes."""
    found: list[str] | None = cache.get("sectors")
    if found is None:
        rows = Problem.objects.unscoped("the words alone, for a choice").exclude(sector="")
        found = sorted(set(rows.order_by().values_list("sector", flat=True).distinct()))
        cache.set("sectors", found, SECTORS_KEPT_SECONDS)
    return found


def _sighted(model: type[Task | Problem], viewer: User, ask: Ask, where: Ground) -> Any:
    """Return the rows in sight. A region in range is one equality, so that its index leads the way."""
    if where.region is None:
        return model.objects.visible_to(viewer)
    if where.inside and (model is Task or where.oversees):
        rows = model.objects.unscoped(INSIDE)
    else:
        rows = model.objects.visible_to(viewer)
    rows = rows.filter(Scope.subtree(where.region))
    if ask.own:
        return rows.filter(owner_path=where.region.path)
    if ask.direct and where.region.depth < DEEPEST_COLUMN:
        own = Organisation.objects.filter(parent=where.region).exclude(kind=Kind.REGION).values("pk")
        column = f"a{where.region.depth + 1}"
        rows = rows.filter(Q(**{f"{column}__in": own}) | Q(**{f"{column}__isnull": True}))
    return rows


def _scope(viewer: User, where: Ground) -> list[str] | None:
    """Return scope words that the documents of all rows of the list have; None where there are none such.

    Without them the first documents that hold a word may all lie elsewhere.
    """
    if where.region is not None and where.region.depth:
        return search.region_words(where.region) or None
    if where.top is not None and where.top.depth == 0:
        return []
    return search.office_words(viewer) if where.counts_own else None


def _is_rare(viewer: User, q: str, kind: str, where: Ground) -> bool:
    """Say whether few rows of where the list looks hold the words; asked once a page."""
    if (q, kind) not in where.rare:
        where.rare[q, kind] = search.is_rare(q, kind, MOST_FEW, _scope(viewer, where) or ())
    return where.rare[q, kind]


def _worded(rows: Any, viewer: User, q: str, kind: str, where: Ground) -> Any:
    if not q:
        return rows
    return search.holding(
        rows, q, kind, scope=_scope(viewer, where) or (), rare=_is_rare(viewer, q, kind, where)
    )


def _common(ask: Ask, prefix: str) -> Q:
    """Return the conditions on the problem behind a row, and those both levels have."""
    parts = [Q()]
    named = {
        f"{prefix}source_class": ask.source_class,
        f"{prefix}inspection": ask.inspection,
        f"{prefix}sector": ask.sector,
        f"{prefix}leader": ask.leader,
        "due__gte": ask.due_from,
        "due__lte": ask.due_until,
    }
    parts += [Q(**{name: value}) for name, value in named.items() if value]
    if ask.led_by:
        by_post = Q(**{f"{prefix}leader__name__contains": ask.led_by})
        parts.append(by_post | Q(**{f"{prefix}leader_name__contains": ask.led_by}))
    if ask.closure == ClosureGroup.UNCLOSED:
        parts.append(~Q(lamp=Lamp.CLOSED))
    elif ask.closure == ClosureGroup.CLOSED:
        parts.append(Q(closure__in=CLOSED_CLOSURES))
    elif ask.closure:
        parts.append(Q(closure=ask.closure))
    if ask.ids:
        parts.append(Q(pk__in=ask.ids))
    return reduce(lambda left, right: left & right, parts)


def _units(ask: Ask, where: Ground) -> Any:
    """Return the units asked for: by number, by exact name, else all whose name contains the words."""
    if ask.owner:
        return [ask.owner]
    if not ask.unit or where.top is None:
        return None
    below = Organisation.objects.below(where.top)
    exact = list(below.filter(name=ask.unit).values_list("pk", flat=True)[:2])
    return exact or below.filter(name__icontains=ask.unit).values("pk")


def _whole(where: Ground, level: str) -> bool:
    """Say whether what the viewer sees of the place is all that the roll-ups count there."""
    if where.inside:
        return level == tallies.TASK or where.oversees
    if where.region is not None or where.top is None:
        return False
    root = where.top.depth == 0
    return (where.oversees and root) or (level == tallies.TASK and (root or where.counts_own))
