"""疑点 of one problem: the facts the detectors ask for, read through the viewer's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Subquery, Value

from dugai.acceptance.models import CaseMeasure, CloseoutCase, LookBack, SiteVisit, VisitPhoto
from dugai.complaints.models import Letter
from dugai.disclosure import rules_alike
from dugai.evidence.models import Evidence
from dugai.evidence.rules_claims import Point, place_difference, time_difference
from dugai.evidence.states import LIVE
from dugai.insight.rules_traces import Facts, Piece, Trace, VisitFact, traces
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import NotVisible
from dugai.ledger import queries as ledger
from dugai.ledger.models import Problem
from dugai.people.states import OFFICE_ROLES, Role
from dugai.progress.models import Report
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from django.db.models import QuerySet

    from dugai.people.models import User

LOOKING = OFFICE_ROLES | {Role.VERIFIER, Role.LEADER, Role.SUPERVISOR, Role.DISCIPLINE}
"""Those who judge a close-out. The units that carry it out are not told what the rules look at."""
HIDDEN = "没有这个页面，或您的单位看不到它"
SOMEWHERE = "别的问题"
OTHERS = 300
"""Applications of other problems, the newest first, that the words are held against."""
MOST = 500
FAR_HOURS, FAR_METRES = 72, 1000
"""A claim that lies further from what the file says is a trace; less is marked beside the piece itself."""
WHY = "the same bytes, or the same words, are looked for in every problem; what is out of sight stays unnamed"


def may_look(viewer: User, problem: Problem, case: CloseoutCase | None) -> bool:
    """Say whether the viewer judges this close-out: never somebody of the unit that leads or applied."""
    own = {problem.lead_id, case.applicant_unit_id if case else None}
    applied = case is not None and viewer.person.pk == case.applied_by_id
    return viewer.role in LOOKING and viewer.organisation_id not in own and not applied


def of_problem(viewer: User, problem_id: int) -> tuple[Problem, CloseoutCase | None, list[Trace]]:
    """Return a problem in sight, its newest case and what the detectors find. Raises `NotVisible`."""
    problem = ledger.get_problem(viewer, problem_id)
    seen = CloseoutCase.objects.visible_to(viewer).filter(problem=problem)
    cases = list(seen.select_related("applicant_unit").order_by("-attempt"))
    case = cases[0] if cases else None
    if not may_look(viewer, problem, case):
        raise NotVisible(HIDDEN)
    return problem, case, traces(_facts(viewer, problem, case))


def _facts(viewer: User, problem: Problem, case: CloseoutCase | None) -> Facts:
    claims = list(CaseMeasure.objects.filter(case=case).select_related("measure").order_by("measure__number"))
    pieces = _pieces(viewer, problem)
    registered_at, rebounds, letters = _counts(viewer, problem, case)
    shared, copied = _shared(problem, pieces), _copied(case, claims)
    seen = _in_sight(viewer, {*(pk for _, pk, _ in shared), *(pk for _, pk, _, _ in copied)})
    return Facts(
        registered_on=clock.local(registered_at).date() if registered_at else clock.today(),
        due=problem.due,
        applied_on=clock.local(case.applied_at).date() if case else None,
        claims=tuple((line.measure.number, line.claim) for line in claims),
        pieces=tuple(pieces),
        visits=_visits(case),
        percents=_percents(problem),
        shared=tuple(
            dict.fromkeys((title, f"问题 {code}" if pk in seen else SOMEWHERE) for title, pk, code in shared)
        ),
        copied=tuple(
            (mine, f"{f'问题 {code}' if pk in seen else SOMEWHERE}的申请材料", share)
            for mine, pk, code, share in copied
        ),
        rebounds=rebounds or 0,
        letters=letters or 0,
    )


def _counts(
    viewer: User, problem: Problem, case: CloseoutCase | None
) -> tuple[dt.datetime | None, int | None, int | None]:
    """Return when the problem came into the ledger, how often it rebounded, how many letters came since."""
    events = Event.objects.filter(subject_type="problem", subject_id=problem.pk).order_by("pk")
    backs = LookBack.objects.filter(Q(rebound=True) | Q(in_place=False), case__problem=problem.pk)
    letters = Letter.objects.visible_to(viewer).filter(problem=problem.pk)
    if case is not None:
        letters = letters.filter(batch__handed_on__gt=clock.local(case.applied_at).date())
    else:
        letters = letters.none()
    row = Problem.objects.unscoped(WHY).filter(pk=problem.pk).order_by()
    found: tuple[dt.datetime | None, int | None, int | None] = row.values_list(
        Subquery(events.values("at")[:1]), Subquery(_count_of(backs)), Subquery(_count_of(letters))
    )[0]
    return found


def _count_of(rows: QuerySet[Any]) -> QuerySet[Any]:
    counted: QuerySet[Any] = rows.order_by().values(whole=Value(1)).annotate(n=Count("pk"))
    return counted.values("n")


def _pieces(viewer: User, problem: Problem) -> list[Piece]:
    rows = Evidence.objects.visible_to(viewer).filter(problem=problem, state__in=LIVE)
    found = []
    for row in rows.select_related("file__blob__reading").order_by("pk")[:MOST]:
        reading = getattr(row.file.blob, "reading", None)
        taken_at = reading.taken_at if reading else None
        carried = _point(reading.latitude, reading.longitude) if reading else None
        claimed = _point(row.claimed_latitude, row.claimed_longitude)
        gaps = (
            ("填报的时间与照片自带的", time_difference(row.claimed_at, taken_at, tolerance_hours=FAR_HOURS)),
            ("填报的地点与照片自带的", place_difference(claimed, carried, tolerance_m=FAR_METRES)),
        )
        found.append(
            Piece(
                title=row.title,
                phase=row.phase,
                pair=row.pair,
                content=row.file.blob_id,
                added_on=clock.local(row.added_at).date(),
                picture=row.file.blob.media_type.startswith(("image/", "video/")),
                taken_at=clock.local(taken_at) if taken_at else None,
                beyond="；".join(f"{words}{gap.words}" for words, gap in gaps if gap and gap.beyond),
            )
        )
    return found


def _visits(case: CloseoutCase | None) -> tuple[VisitFact, ...]:
    """Return the visits of a case with their photos, in one query over both tables."""
    if case is None:
        return ()
    visits = SiteVisit.objects.filter(case=case).order_by()
    photos = VisitPhoto.objects.filter(case=case).order_by()
    rows = visits.values_list("draft_key", "began_at", "ended_at", "latitude", "longitude", Value("")).union(
        photos.values_list("visit_key", "taken_at", "taken_at", "latitude", "longitude", "file__blob"),
        all=True,
    )
    found: dict[str, tuple[dt.datetime, dt.datetime, Point | None]] = {}
    shots: dict[str, list[tuple[str, Point | None]]] = {}
    for key, began_at, ended_at, latitude, longitude, content in rows:
        if content:
            shots.setdefault(key, []).append((content, _point(latitude, longitude)))
        else:
            found[key] = (began_at, ended_at, _point(latitude, longitude))
    return tuple(
        VisitFact(began_at, ended_at, place, tuple(shots.get(key, ())))
        for key, (began_at, ended_at, place) in sorted(found.items())
    )


def _percents(problem: Problem) -> dict[str, list[int]]:
    rows = Report.objects.unscoped(WHY).filter(problem=problem.pk, state=ReportState.ADOPTED)
    found: dict[str, list[int]] = {}
    for code, percent in rows.order_by("round__starts_on", "pk").values_list("task__code", "percent")[:5000]:
        found.setdefault(code, []).append(percent)
    return found


def _shared(problem: Problem, pieces: list[Piece]) -> list[tuple[str, int, str]]:
    """Return (title, problem, its code) of pieces whose bytes prove another problem too."""
    titles = {one.content: one.title for one in pieces}
    others = Evidence.objects.unscoped(WHY).filter(file__blob__in=list(titles)).exclude(problem=problem)
    rows = others.order_by("pk").values_list("file__blob", "problem", "problem__code")[:50]
    return [(titles[blob], pk, code) for blob, pk, code in rows]


def _copied(case: CloseoutCase | None, claims: list[CaseMeasure]) -> list[tuple[str, int, str, float]]:
    """Return (what, problem, its code, share) of texts that stand in another problem's application."""
    if case is None:
        return []
    mine = [(0, case.statement), *((line.measure.number, line.claim) for line in claims)]
    newest = CloseoutCase.objects.unscoped(WHY).exclude(problem=case.problem_id).order_by("-pk")
    within = CloseoutCase.objects.unscoped(WHY).filter(pk__in=newest.values("pk")[:OTHERS]).order_by()
    lines = CaseMeasure.objects.filter(case__in=newest.values("pk")[:OTHERS]).order_by()
    rows = within.values_list("problem", "problem__code", "statement").union(
        lines.values_list("case__problem", "case__problem__code", "claim"), all=True
    )
    others = list(rows)
    codes = {pk: code for pk, code, _ in others}
    return [
        (
            f"措施 {one.mine} 的完成情况" if one.mine else "自查自验情况",
            one.source,
            codes[one.source],
            one.share,
        )
        for one in rules_alike.copies(mine, [(pk, words) for pk, _, words in others])
    ]


def _in_sight(viewer: User, problems: set[int]) -> set[int]:
    if not problems:
        return set()
    rows = Problem.objects.visible_to(viewer).filter(pk__in=problems).order_by()
    return set(rows.values_list("pk", flat=True))


def _point(latitude: Decimal | None, longitude: Decimal | None) -> Point | None:
    return (
        Point(float(latitude), float(longitude)) if latitude is not None and longitude is not None else None
    )
