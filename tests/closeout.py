"""One problem's way to its close-out, for the tests: each step by the person whose it is."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import time_machine

from dugai.acceptance import services_apply, services_check, services_close, services_notice, services_visit
from dugai.acceptance.entries import Claim, Finding, Photo, Visit
from dugai.acceptance.models import CloseoutCase, CloseoutProposal, ClosureEntry
from dugai.evidence import queries as evidence
from dugai.evidence import services as proving
from dugai.files import services as files
from dugai.ledger import services_task
from dugai.ledger.models import Problem, Task
from tests.cast import Cast
from tests.pictures import photo

WHY = "a test looks at its own rows"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
"""The story begins here: long before the day the tests run, for the database has a clock of its own."""


def day(number: int) -> dt.datetime:
    """Return the morning of the story's day: 0 is the Monday."""
    return MONDAY + dt.timedelta(days=number)


def fresh(row: Any) -> Any:
    """Read a row again, round every scope."""
    return type(row)._base_manager.get(pk=row.pk)


def case_of(problem: Problem) -> CloseoutCase:
    """Return the latest case of a problem."""
    found: CloseoutCase = CloseoutCase.objects.unscoped(WHY).filter(problem=problem).latest("attempt")
    return found


def finish(cast: Cast, problem: Problem) -> None:
    """Have every task adopted as done, with its quantities."""
    for task in Task.objects.unscoped(WHY).filter(problem=problem, is_leaf=True):
        services_task.apply_progress(
            actor=cast.province_clerk,
            task_id=task.pk,
            progress="done",
            done={target.pk: target.amount for target in task.targets.all()},
            reported_on=dt.date(2026, 2, 27),
        )


def prove(cast: Cast, problem: Problem, leave: tuple[str, ...] = ()) -> None:
    """Add a document for every required criterion and have it accepted, less those to leave out."""
    for slot in evidence.slots(cast.city_bureau_clerk, problem):
        if slot.required and not slot.met and slot.code not in leave:
            stored = files.store_file(
                actor=cast.city_bureau_clerk, name=f"{slot.code}.txt", stream=io.BytesIO(slot.code.encode())
            )
            added = proving.add_evidence(
                actor=cast.city_bureau_clerk,
                problem_id=problem.pk,
                file_id=stored.pk,
                claim=proving.Claim(slot=slot.code),
            )
            proving.review_evidence(actor=cast.verifier, evidence_id=added.pk, act="accept")


def apply(cast: Cast, problem: Problem, actor: str = "city_bureau_clerk") -> CloseoutCase:
    """Apply for acceptance, with a line for every measure."""
    claims = [
        Claim(row.pk, "管网 6.4 公里已建成通水。", "自查报告") for row in problem.measures.unscoped(WHY)
    ]
    return services_apply.apply(
        actor=cast.users[actor],
        problem_id=problem.pk,
        seen_version=fresh(problem).version,
        statement="已逐条自查自验，全部达到要求。",
        claims=claims,
    )


def findings(case: CloseoutCase, *, met: bool = True) -> list[Finding]:
    """Find every measure in place, or wanting."""
    return [Finding(line.measure_id, met, "" if met else "少 0.4 公里") for line in case.lines.all()]


def check(cast: Cast, case: CloseoutCase, actor: str = "city_clerk", *, passed: bool = True) -> CloseoutCase:
    """Check the papers."""
    return services_check.check_documents(
        actor=cast.users[actor],
        case_id=case.pk,
        seen_version=fresh(case).version,
        passed=passed,
        opinion="资料齐全" if passed else "缺竣工验收",
        findings=findings(case, met=passed),
    )


def a_visit(at: dt.datetime) -> Visit:
    """Return what two people saw at a place."""
    return Visit(
        members=("沈岩", "江月"),
        place="望渡县老城区柳汀河段",
        began_at=at - dt.timedelta(hours=3),
        ended_at=at - dt.timedelta(hours=1),
        findings="管网已通水，排口无外溢。",
        longitude=Decimal("103.654321"),
        latitude=Decimal("26.123456"),
    )


def snap(cast: Cast, case: CloseoutCase, key: str = "v1", number: str = "p1", actor: str = "verifier") -> Any:
    """Send one photo of a visit."""
    return services_visit.keep_photo(
        actor=cast.users[actor],
        case_id=case.pk,
        visit_key=key,
        photo_key=number,
        name="现场.jpg",
        stream=io.BytesIO(photo(key + number)),
        photo=Photo(caption="排口"),
    )


def visit(
    cast: Cast, case: CloseoutCase, actor: str = "verifier", key: str = "v1", *, passed: bool = True
) -> Any:
    """Visit the place, with one photo."""
    snap(cast, case, key, actor=actor)
    return go(cast, case, actor, key, passed=passed)


def go(
    cast: Cast, case: CloseoutCase, actor: str = "verifier", key: str = "v1", *, passed: bool = True
) -> Any:
    """Record a visit whose photos were sent, or were not."""
    return services_visit.record_visit(
        actor=cast.users[actor],
        case_id=case.pk,
        draft_key=key,
        visit=a_visit(day(2)),
        passed=passed,
        opinion="现场属实" if passed else "仍有外溢",
        findings=findings(case, met=passed),
    )


def sign(cast: Cast, case: CloseoutCase, step: str, actor: str, *, passed: bool = True) -> CloseoutCase:
    """Sign for one level."""
    return services_check.sign_off(
        actor=cast.users[actor],
        case_id=case.pk,
        seen_version=fresh(case).version,
        step=step,
        passed=passed,
        opinion="同意" if passed else "不同意",
    )


def publish(cast: Cast, case: CloseoutCase, actor: str = "city_clerk") -> Any:
    """Publish the notice."""
    return services_notice.publish_notice(
        actor=cast.users[actor],
        case_id=case.pk,
        seen_version=fresh(case).version,
        address="朔岭市政府网站/公示/12",
        contact="朔岭市整改办 0000-0000000",
    )


def propose(cast: Cast, case: CloseoutCase, actor: str = "province_clerk") -> CloseoutProposal:
    """Propose to close."""
    return services_close.propose_close(
        actor=cast.users[actor], case_id=case.pk, seen_version=fresh(case).version
    )


def close(cast: Cast, proposal: CloseoutProposal, actor: str = "province_manager") -> ClosureEntry:
    """Close what somebody else proposed."""
    return services_close.close(
        actor=cast.users[actor], proposal_id=proposal.pk, seen_version=fresh(proposal).version
    )


STAGES = (
    "done",
    "applied",
    "checked_papers",
    "checked",
    "signed",
    "verified",
    "in_notice",
    "proposed",
    "closed",
)


def bring(cast: Cast, problem: Problem, to: str) -> CloseoutCase | None:
    """Bring a central problem as far as one of `STAGES`, by the people of the national default."""
    last = STAGES.index(to)
    held: dict[str, Any] = {}

    def papers() -> None:
        finish(cast, problem)
        prove(cast, problem)

    acts = (
        (0, papers),
        (1, lambda: held.update(case=apply(cast, problem))),
        (1, lambda: check(cast, held["case"])),
        (2, lambda: visit(cast, held["case"])),
        (3, lambda: sign(cast, held["case"], "sign_city", "city_reviewer")),
        (4, lambda: sign(cast, held["case"], "sign_province", "province_reviewer")),
        (5, lambda: publish(cast, held["case"])),
        (14, lambda: held.update(proposal=propose(cast, held["case"]))),
        (15, lambda: close(cast, held["proposal"])),
    )
    for at, act in acts[: last + 1]:
        with time_machine.travel(day(at), tick=False):
            act()
    case = held.get("case")
    return fresh(case) if case else None
