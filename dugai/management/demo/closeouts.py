"""Some problems on their way to closing, each stopped at another step; one closed, found again and reopened.

Every act goes through the services of the room, by the person whose it is, in the weeks before today.
"""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Q

from dugai.acceptance import (
    services_again,
    services_apply,
    services_check,
    services_close,
    services_notice,
    services_rules,
    services_visit,
)
from dugai.acceptance.entries import Claim, Finding, Photo, Visit
from dugai.acceptance.models import CloseoutCase, Objection
from dugai.evidence import queries as evidence
from dugai.evidence import services as proving
from dugai.files.services import store_file
from dugai.kernel import clock
from dugai.ledger import services_task
from dugai.ledger.models import Measure, Problem, Task
from dugai.ledger.states import DONE_PROGRESS, Closure, SourceClass
from dugai.management.demo import acts
from dugai.management.demo.pictures import scene
from dugai.people.models import User
from dugai.people.states import UNIT_ROLES, Role
from dugai.progress.models import Report
from dugai.progress.states import ReportState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dugai.management.demo.places import Region

WHY = "the demo chooses among its own problems"
BUSY = (ReportState.DRAFT, ReportState.SUBMITTED, ReportState.RETURNED)
ENDS = ("applied", "visited", "verified", "in_notice", "objected", "closed", "reopened")
"""Where the problems stop, in turn."""
LONGEST_BACK = 46
"""Days that the way to a number takes here; in a younger ledger none gets further than its notice."""
NOTICED = ENDS.index("closed")


class Closing:
    """The people of one city on the way of its problems."""

    def __init__(self, users: Mapping[str, User], city: Region, today: dt.date, begun: dt.date) -> None:
        self.users, self.city, self.today = users, city, today
        self.back = min(LONGEST_BACK, (today - begun).days - 1)
        self.cases: list[tuple[CloseoutCase, str]] | None = None

    def begin_before(self, day: dt.date) -> None:
        """Let the problems be finished and applied for, unless that happened or lies after `day`.

        What is applied for owes no more reports, so it must happen before the rounds of those days are turned.
        """
        if self.cases is None and self.today - dt.timedelta(days=self.back) <= day:
            with transaction.atomic():
                ends = ENDS if self.back == LONGEST_BACK else ENDS[:NOTICED]
                self.cases = [
                    (self._begin(problem), end) for problem, end in zip(self._problems(), ends, strict=False)
                ]

    def run(self) -> int:
        """Bring problems of the centre to each of `ENDS`; return how many there were."""
        self.begin_before(self.today)
        for case, end in self.cases or ():
            self._close(case, end)
        with self._at(5):
            services_rules.install_variant(
                actor=self.users["sheng-guanli"],
                region_id=self.city.organisation.pk,
                variant="huangshan",
                valid_from=self.today + dt.timedelta(days=30),
            )
        return len(self.cases or ())

    def _problems(self) -> list[Problem]:
        """Return problems of the centre in the city, whose tasks lie on nobody's desk, nearly done first."""
        busy = Report.objects.unscoped(WHY).filter(state__in=BUSY).values("problem")
        found = Problem.objects.unscoped(WHY).filter(
            home=self.city.organisation, source_class=SourceClass.CENTRAL, closure=Closure.OPEN
        )
        unfinished = Count("tasks", filter=Q(tasks__is_leaf=True) & ~Q(tasks__progress__in=DONE_PROGRESS))
        free = found.exclude(pk__in=busy).exclude(number=1).annotate(unfinished=unfinished)
        return list(free.select_related("lead", "home").order_by("unfinished", "pk")[: len(ENDS)])

    def _begin(self, problem: Problem) -> CloseoutCase:
        lead = self._person(problem.lead_id)
        with self._at(self.back):
            self._finish(problem)
            self._prove(problem, lead)
        with self._at(self.back - 2):
            return self._apply(problem, lead)

    def _close(self, case: CloseoutCase, end: str) -> None:
        stop, problem = ENDS.index(end), case.problem
        overseer = self._person(self._accepting(problem))
        case.refresh_from_db()
        if stop < ENDS.index("visited"):
            return
        with self._at(self.back - 4):
            self._check(case)
            self._visit(case, overseer)
        if stop < ENDS.index("verified"):
            return
        with self._at(self.back - 6):
            self._sign(case, "sign_city", "shi-shenhe")
            self._sign(case, "sign_province", "sheng-shenhe")
        if stop < ENDS.index("in_notice"):
            return
        with self._at(3 if end in {"in_notice", "objected"} else 39):
            self._publish(case)
        if end == "objected":
            with self._at(1):
                self._object(case)
        if stop >= ENDS.index("closed"):
            self._strike(case)
        if end == "reopened":
            self._reopen(problem)

    def _at(self, back: int) -> Any:
        return clock.standing_at(acts.moment(self.today, back))

    def _person(self, organisation_id: int | None) -> User:
        people = User.objects.filter(organisation=organisation_id, role__in=[*UNIT_ROLES, Role.VERIFIER])
        return people.select_related("organisation__parent").order_by("-role", "pk")[0]

    def _accepting(self, problem: Problem) -> int | None:
        parts = problem.participations.filter(part="accepting")
        return parts.values_list("organisation", flat=True).first()

    def _fresh(self, row: Any) -> Any:
        row.refresh_from_db()
        return row

    def _finish(self, problem: Problem) -> None:
        for task in Task.objects.unscoped(WHY).filter(problem=problem, is_leaf=True).order_by("pk"):
            services_task.apply_progress(
                actor=self.users["sheng-jingban"],
                task_id=task.pk,
                progress="done",
                done={target.pk: target.amount for target in task.targets.all()},
                reported_on=clock.today(),
                reason="完工后更正累计",
            )

    def _prove(self, problem: Problem, lead: User) -> None:
        """Hand in what the checklist asks for; pictures are drawn by the program."""
        for slot in evidence.slots(lead, problem):
            if not slot.required or slot.met:
                continue
            phases = tuple(str(phase) for phase in slot.slot.phases) or ("document",)
            pieces = {phase: self._piece(problem, lead, slot.code, slot.name, phase) for phase in phases}
            if slot.slot.paired:
                proving.pair_evidence(actor=lead, evidence_id=pieces["before"], other_id=pieces["after"])
            for piece in pieces.values():
                proving.review_evidence(
                    actor=self.users["shi-shenhe"], evidence_id=piece, act="accept", opinion="属实"
                )

    def _piece(self, problem: Problem, lead: User, code: str, name: str, phase: str) -> int:
        if phase == "document":
            data = f"{problem.code} {name}\n（演示材料，内容为虚构）\n".encode()
            stored = store_file(actor=lead, name=f"{name}.txt", stream=io.BytesIO(data))
        else:
            picture = scene(f"{problem.code} {phase}", after=phase == "after")
            stored = store_file(actor=lead, name=f"{name}-{phase}.jpg", stream=io.BytesIO(picture))
        claim = proving.Claim(slot=code, phase=phase, title=name)
        added = proving.add_evidence(actor=lead, problem_id=problem.pk, file_id=stored.pk, claim=claim)
        return int(added.pk)

    def _apply(self, problem: Problem, lead: User) -> CloseoutCase:
        measures = Measure.objects.unscoped(WHY).filter(problem=problem).order_by("number")
        return services_apply.apply(
            actor=lead,
            problem_id=problem.pk,
            seen_version=self._fresh(problem).version,
            statement="逐条对照整改目标自查自验，措施全部落实，未发现反弹。",
            claims=[Claim(row.pk, f"已完成：{row.text}", "见佐证清单") for row in measures],
        )

    def _check(self, case: CloseoutCase) -> None:
        services_check.check_documents(
            actor=self.users["shi-jingban"],
            case_id=case.pk,
            seen_version=case.version,
            passed=True,
            opinion="资料齐全，逐条核对属实。",
            findings=[Finding(line.measure_id, met=True) for line in case.lines.all()],
        )

    def _visit(self, case: CloseoutCase, overseer: User) -> None:
        key = f"demo-{case.pk}"
        services_visit.keep_photo(
            actor=overseer,
            case_id=case.pk,
            visit_key=key,
            photo_key="1",
            name="现场.jpg",
            stream=io.BytesIO(scene(f"{case.problem.code} 现场", after=True)),
            photo=Photo(caption="整改后的现场（程序绘制）"),
        )
        ended = clock.now() - dt.timedelta(hours=1)
        services_visit.record_visit(
            actor=overseer,
            case_id=case.pk,
            draft_key=key,
            visit=Visit(
                members=(overseer.name, self.users["shi-jingban"].name),
                place=f"{self.city.organisation.name}现场",
                began_at=ended - dt.timedelta(hours=2),
                ended_at=ended,
                findings="到场逐点查看，措施已落实，未见反弹。",
                longitude=Decimal("103.654321"),
                latitude=Decimal("26.123456"),
            ),
            passed=True,
            opinion="现场与申报一致。",
        )

    def _sign(self, case: CloseoutCase, step: str, who: str) -> None:
        services_check.sign_off(
            actor=self.users[who],
            case_id=case.pk,
            seen_version=self._fresh(case).version,
            step=step,
            passed=True,
            opinion="同意通过验收。",
        )

    def _publish(self, case: CloseoutCase) -> None:
        services_notice.publish_notice(
            actor=self.users["shi-jingban"],
            case_id=case.pk,
            seen_version=self._fresh(case).version,
            address=f"{self.city.organisation.name}政府网站“督察整改”专栏",
            contact=f"{self.city.organisation.name}整改办 0000-0000000",
        )

    def _object(self, case: CloseoutCase) -> Objection:
        return services_notice.lodge_objection(
            actor=self.users["shi-jingban"],
            case_id=case.pk,
            content="雨后仍能闻到异味，请再查一查。",
            channel="电话",
            contact="演示群众 000-0000000",
            received_on=clock.today(),
        )

    def _strike(self, case: CloseoutCase) -> None:
        """Close by two people, file, and begin the 巩固期; the notice ended long enough ago."""
        clerk, version = self.users["sheng-jingban"], self._fresh(case).version
        with self._at(18):
            proposal = services_close.propose_close(actor=clerk, case_id=case.pk, seen_version=version)
        with self._at(17):
            services_close.close(
                actor=self.users["sheng-guanli"], proposal_id=proposal.pk, seen_version=proposal.version
            )
        steps: tuple[Callable[[int], Any], ...] = (
            lambda seen: services_close.file(
                actor=clerk, case_id=case.pk, seen_version=seen, filed_with="国家督察整改工作办公室"
            ),
            lambda seen: services_close.consolidate(actor=clerk, case_id=case.pk, seen_version=seen),
        )
        for step in steps:
            with self._at(15):
                step(self._fresh(case).version)

    def _reopen(self, problem: Problem) -> None:
        with self._at(6):
            proposal = services_again.propose_reopen(
                actor=self.users["sheng-jingban"],
                problem_id=problem.pk,
                seen_version=self._fresh(problem).version,
                reason="省级抽查发现问题反弹，原址再次出现直排。",
            )
        with self._at(5):
            services_again.approve(
                actor=self.users["sheng-guanli"], proposal_id=proposal.pk, seen_version=proposal.version
            )
