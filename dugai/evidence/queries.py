"""Questions about evidence: the checklist of a problem, one piece, its file and small pictures, the queue."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from dugai.evidence import derived, rules
from dugai.evidence.models import Derivative, Evidence
from dugai.evidence.policy import REVIEWING_PARTS, REVIEWING_ROLES, Stance, may_review_at_all
from dugai.evidence.states import LIVE, EvidenceState, Stage
from dugai.files import queries as files
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.kernel.pages import Order, Page, Place, page
from dugai.ledger import queries as ledger
from dugai.ledger.models import Participation, Problem, Task
from dugai.ledger.sight import Scope
from dugai.rulebook.queries import public_rules

if TYPE_CHECKING:
    import datetime as dt

    from dugai.evidence.models import EvidenceQuerySet
    from dugai.evidence.rules import Checklist, Slot, SlotState
    from dugai.files.models import StoredFile
    from dugai.people.models import User

HIDDEN = "没有这份佐证，或您的单位看不到它"
RELATED = (
    "problem__home",
    "measure",
    "task",
    "site",
    "file__blob__reading",
    "organisation",
    "added_by",
    "reviewer",
    "reviewing_unit",
)
PAGE = 30


def get_evidence(viewer: User, evidence_id: int, *, lock: bool = False) -> Evidence:
    """Return one piece of evidence of a problem in sight, locked for a change if asked."""
    found = Evidence.objects.visible_to(viewer).select_related(*RELATED)
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    evidence: Evidence | None = found.filter(pk=evidence_id).first()
    if evidence is None:
        raise NotVisible(HIDDEN)
    return evidence


def stance(viewer: User, problem: Problem) -> Stance:
    """Return what the viewer's own organisation does for a problem."""
    parts = Participation.objects.filter(problem=problem, organisation=viewer.organisation_id)
    tasks = Task.objects.unscoped("whether the viewer's own unit carries a task").filter(
        problem=problem, owner=viewer.organisation_id
    )
    return Stance(frozenset(parts.values_list("part", flat=True)), tasks.exists())


# ---------- the checklist ----------


def slots(viewer: User, problem: Problem) -> list[SlotState[Evidence]]:
    """Return the criteria of a problem in sight with their live evidence, in the order of the rule."""
    return list(checklist(viewer, problem).slots)


def checklist(viewer: User, problem: Problem) -> Checklist[Evidence]:
    """Return the criteria of a problem and its live evidence, as the rules of today ask for them."""
    return _checklist(ledger.get_problem(viewer, problem.pk), clock.today())


def public_slots_of(problem_id: int, day: dt.date | None = None) -> list[SlotState[Evidence]]:
    """Return the criteria of a problem without a viewer, for the gate of the close-out and nothing else.

    `day` chooses the version of the rules: that of the application, or today.
    """
    problem = Problem.objects.unscoped("the gate of the close-out looks for everyone").get(pk=problem_id)
    return list(_checklist(problem, day or clock.today()).slots)


def public_open_slots(
    problem_id: int, stage: Stage = Stage.CLOSE, day: dt.date | None = None
) -> tuple[SlotState[Evidence], ...]:
    """Return the required criteria that keep a problem from `stage`; empty when the gate is open."""
    problem = Problem.objects.unscoped("the gate of the close-out looks for everyone").get(pk=problem_id)
    return _checklist(problem, day or clock.today()).open(stage)


def slot_list(viewer: User, problem: Problem) -> tuple[Slot, ...]:
    """Return the criteria a problem in sight has today."""
    del viewer  # criteria are the same for everyone who sees the problem
    return _slots(problem, clock.today())


def tolerances(viewer: User, problem: Problem) -> tuple[int, int]:
    """Return how many hours and metres a claim may lie from what the file says without being marked."""
    del viewer  # the same for everyone who sees the problem
    values = public_rules("evidence", clock.today(), problem.home)
    return int(values["time_tolerance_hours"]), int(values["place_tolerance_m"])


def _slots(problem: Problem, day: dt.date) -> tuple[Slot, ...]:
    values = public_rules("evidence", day, problem.home)
    return rules.read_slots(values, rules.work_kind(engineering=problem.engineering))


def _checklist(problem: Problem, day: dt.date) -> Checklist[Evidence]:
    kind = rules.work_kind(engineering=problem.engineering)
    return rules.checklist(_slots(problem, day), _live(problem), kind)


def _live(problem: Problem) -> EvidenceQuerySet:
    rows = Evidence.objects.unscoped("evidence of a problem that was fetched through the viewer's eyes")
    found: EvidenceQuerySet = (
        rows.filter(problem=problem, state__in=LIVE)
        .select_related(*RELATED)
        .prefetch_related("file__blob__derivatives")
        .order_by("pk")
    )
    return found


# ---------- one piece ----------


def past(viewer: User, problem: Problem, limit: int = 100) -> list[Evidence]:
    """Return replaced and withdrawn pieces of a problem in sight, newest first."""
    seen = Evidence.objects.visible_to(viewer).filter(problem=problem).exclude(state__in=LIVE)
    return list(seen.select_related(*RELATED).order_by("-pk")[:limit])


def partners(viewer: User, evidence: Evidence) -> list[Evidence]:
    """Return live pieces of the same pair, the piece itself among them, before to after."""
    if not evidence.pair:
        return []
    seen = Evidence.objects.visible_to(viewer).filter(problem=evidence.problem_id, pair=evidence.pair)
    return list(seen.filter(state__in=LIVE).select_related(*RELATED).order_by("pk"))


def pairable(viewer: User, evidence: Evidence, limit: int = 200) -> list[Evidence]:
    """Return pictures of the viewer's unit that may be joined with this one: other phases, not yet joined."""
    seen = Evidence.objects.visible_to(viewer).filter(
        problem=evidence.problem_id,
        slot=evidence.slot,
        organisation=evidence.organisation_id,
        pair="",
        state__in=LIVE,
        file__blob__media_type__startswith="image/",
    )
    others = seen.exclude(phase__in=(evidence.phase, "document")).exclude(pk=evidence.pk)
    return list(others.select_related(*RELATED).order_by("pk")[:limit])


def history(viewer: User, evidence: Evidence) -> list[Event]:
    """Return the events of a piece in sight, newest first."""
    del viewer  # the caller got the piece through the viewer's eyes
    found = Event.objects.filter(subject_type=Evidence.subject_type, subject_id=evidence.pk)
    return list(found.select_related("actor__organisation").order_by("-pk"))


def open_file(viewer: User, evidence_id: int) -> tuple[StoredFile, IO[bytes]]:
    """Open the original of a piece in sight. Raises `NotVisible`, or `Refused` (`file_damaged`)."""
    evidence = get_evidence(viewer, evidence_id)
    return evidence.file, files.open_checked(viewer, evidence.file)


def picture(viewer: User, evidence_id: int, kind: str) -> bytes:
    """Return the JPEG of a thumb or preview. `NotVisible` while there is none, or the blob is damaged."""
    evidence = get_evidence(viewer, evidence_id)
    drawn = Derivative.objects.filter(blob=evidence.file.blob_id, kind=kind).first()
    data = derived.read(drawn) if drawn and evidence.file.blob.damaged_at is None else None
    if data is None:
        raise NotVisible("这份佐证还没有预览")
    return data


# ---------- the queue ----------


def review_queue(viewer: User, after: int | None = None, limit: int = PAGE) -> Page[Evidence]:
    """Return evidence that waits for the viewer's review, oldest first, behind the piece numbered `after`."""
    found = _to_review(viewer).select_related(*RELATED).prefetch_related("file__blob__derivatives")
    return page(found, Order(), Place(None, after) if after else None, limit)


def review_count(viewer: User, most: int = 100) -> int:
    """Count what waits for the viewer's review, as far as `most`."""
    return len(_to_review(viewer).order_by().values_list("pk", flat=True)[:most])


def to_review(viewer: User, most: int) -> EvidenceQuerySet:
    """Return what waits for the viewer's review, as far as `most`, to be counted beside other things."""
    first = _to_review(viewer).order_by().values("pk")[:most]
    found: EvidenceQuerySet = Evidence.objects.unscoped("the inner query is scoped").filter(pk__in=first)
    return found


def _to_review(viewer: User) -> EvidenceQuerySet:
    waiting = Evidence.objects.visible_to(viewer).filter(state=EvidenceState.PENDING)
    others = waiting.exclude(organisation=viewer.organisation_id).exclude(added_by=viewer.person)
    top = Scope.top(viewer)
    if top is None or not may_review_at_all(viewer):
        nobody: EvidenceQuerySet = others.none().unscoped("a role that reviews nothing")
        return nobody
    if viewer.role in REVIEWING_ROLES:
        parts = Participation.objects.filter(
            organisation=viewer.organisation_id, part__in=sorted(REVIEWING_PARTS)
        )
        return others.filter(problem__in=parts.values("problem"))
    return others.filter(Scope.subtree(top, "problem__"))
