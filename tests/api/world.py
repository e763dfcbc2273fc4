"""What the stories of the API share: a cast with tokens, a ledger, a round, and a client that speaks JSON."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.test import Client

from dugai.acceptance import services_again, services_look_back, services_notice
from dugai.evidence import services as evidence
from dugai.files import services as files
from dugai.files import services_upload
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.ledger import services_change, services_plan
from dugai.people import services_token
from dugai.people.states_token import TokenScope
from dugai.progress import services_report, services_round
from dugai.progress.models import Report
from dugai.staging import services as staging
from dugai.staging.models import ImportBatch
from tests import closeout as way
from tests import documents, letters
from tests.cast import Cast, make_problem, task_of
from tests.pictures import photo
from tests.web import access_disclosure, access_indicators

EVERY_SCOPE = tuple(scope.value for scope in TokenScope)


def secret_of(user, scopes=EVERY_SCOPE, days: int = 30) -> str:
    """Make a token for a person and return its secret."""
    day = clock.today() + dt.timedelta(days=days)
    return services_token.make_token(actor=user, label="测试", scopes=scopes, expires_on=day)[1]


@dataclass
class Api:
    """One program with one token."""

    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, HTTP_AUTHORIZATION=f"Bearer {self.secret}")

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        extra = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.client.post(
            f"/api/v1{path}",
            {} if body is None else body,
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.secret}",
            **extra,
        )


def api_of(user, scopes=EVERY_SCOPE) -> Api:
    """Return a program that acts for a person."""
    return Api(secret_of(user, scopes))


@dataclass
class World:
    """One problem of 朔岭市 with two tasks of 望渡县住建局, a plan, a request, a round, its reports, an import."""

    cast: Cast
    problem: Any
    task: Any
    round: Any
    report: Any
    sent: Any = None
    plan: Any = None
    plan_version: Any = None
    change: Any = None
    event: Any = None
    batch: Any = None
    evidence: Any = None
    other_evidence: Any = None
    upload: Any = None
    document: Any = None
    proposal: Any = None
    case: Any = None
    objection: Any = None
    ending: Any = None
    look_back: Any = None
    release: Any = None
    reading: Any = None
    letter: Any = None

    @property
    def measure(self) -> Any:
        return self.task.measure

    @property
    def inspection(self) -> Any:
        return self.problem.inspection

    @property
    def letter_batch(self) -> Any:
        return self.letter.batch

    @property
    def organisation(self) -> Any:
        return self.cast.county


def make_world(cast: Cast) -> World:
    """Make the problem, its round and its reports."""
    problem = make_problem(cast, owners=(cast.county_bureau, cast.county_bureau))
    task = task_of(problem)
    round_ = services_round.open_round(actor=cast.city_clerk, kind="monthly", region=cast.city)
    report, sent = Report.objects.unscoped(OWN).filter(round=round_, problem=problem).order_by("pk")
    return World(cast, problem, task, round_, report, sent)


def add_picture(cast: Cast, problem: Any, phase: str) -> Any:
    """Add one photograph of 望渡县住建局."""
    stored = files.store_file(actor=cast.county_clerk, name=f"{phase}.jpg", stream=io.BytesIO(photo(phase)))
    return evidence.add_evidence(
        actor=cast.county_clerk,
        problem_id=problem.pk,
        file_id=stored.pk,
        claim=evidence.Claim("photos", phase),
    )


def make_whole_world(cast: Cast) -> World:
    """The same with a report handed in, a plan submitted, a change requested and a workbook staged."""
    world = make_world(cast)
    add_closeout(world)
    values = {
        "progress": "in_progress",
        "summary": "已完成沿河路段管网铺设，正在回填路面。",
        "next_step": "继续铺设。",
    }
    values[f"added_{world.sent.task.targets.get().pk}"] = "0.5"
    world.sent = services_report.submit_report(
        actor=cast.county_clerk, report_id=world.sent.pk, values=values
    )
    version = services_plan.open_plan(
        actor=cast.city_clerk,
        inspection_id=world.inspection.pk,
        organisation=cast.city,
        title="朔岭市整改方案",
    )
    world.plan_version = services_plan.submit_plan(
        actor=cast.city_clerk, version_id=version.pk, seen_version=1
    )
    world.plan = version.plan
    world.change = services_change.request_change(
        actor=cast.county_clerk,
        problem_id=world.problem.pk,
        task_id=world.task.pk,
        field="deadline",
        new={"text": "2027年6月底前"},
        reason="雨季不能施工",
        seen_version=world.task.version,
    )
    batch = ImportBatch(
        kind="ledger",
        organisation=cast.city_office,
        uploaded_by=cast.city_clerk,
        file_name="清单.xlsx",
        file_sha256="0" * 64,
    )
    world.batch = staging._store(cast.city_clerk, batch, [])
    world.evidence, world.other_evidence = (
        add_picture(cast, world.problem, phase) for phase in ("before", "after")
    )
    world.upload = services_upload.begin_upload(
        actor=cast.county_clerk, name="说明.txt", size=6, purpose="test"
    )
    world.document = documents.bring(cast, inspection=world.inspection)
    world.proposal = documents.the(world.document, "problem", 2)
    access_disclosure.a_release(world)
    access_indicators.a_reading(world)
    world.letter = letters.make_letter(cast, letters.make_batch(cast, inspection=world.inspection))
    world.event = Event.objects.get(kind="task.assigned", subject_id=world.task.pk)
    for name in ("task", "report", "round", "problem"):
        getattr(world, name).refresh_from_db()
    return world


def add_closeout(world: World) -> None:
    """Add a problem in notice with an objection, one that is closed and drawn, and a proposal to strengthen."""
    cast = world.cast
    world.case = way.bring(cast, make_problem(cast, world.inspection, number=201), "in_notice")
    with time_machine.travel(way.day(7), tick=False):
        world.objection = services_notice.lodge_objection(
            actor=cast.city_clerk,
            case_id=world.case.pk,
            content="雨天仍有污水味",
            channel="电话",
            received_on=way.day(7).date(),
        )
    way.bring(cast, make_problem(cast, world.inspection, number=202), "closed")
    with time_machine.travel(way.day(200), tick=False):
        plan = services_look_back.plan_look_back(
            actor=cast.supervisor,
            region_id=cast.province.pk,
            title="回头看",
            seed="江源",
            due=way.day(240).date(),
            visitor_ids=[cast.supervisor.organisation_id],
        )
    world.look_back = plan.items.get()
    world.problem.refresh_from_db()
    world.ending = services_again.propose_strengthen(
        actor=cast.province_clerk,
        problem_id=world.problem.pk,
        seen_version=world.problem.version,
        reason="成效不稳",
        requirement="再建 2 公里",
        due=dt.date(2099, 1, 1),
    )
    world.case.refresh_from_db()


OWN = "a test looks at its own rows"


def entry(cast: Cast, number: int = 7, **changes: Any) -> dict[str, Any]:
    """Return the body that registers a problem of 朔岭市."""
    return {
        "number": number,
        "home": cast.city.pk,
        "lead": cast.city_bureau.pk,
        "title": "老城区污水管网改造滞后",
        "text": "督察发现，老城区污水管网缺口较大。",
        "kind": "report",
        "source": "central_inspection",
        "source_class": "central",
        "deadline": "2026年12月底前",
        "parts": {"supervising": [cast.province_bureau.pk]},
        "measures": [
            {
                "number": number,
                "text": "改造老城区污水管网 6.4 公里。",
                "tasks": [
                    {
                        "owner": cast.county.pk,
                        "targets": [{"name": "管网", "unit": "公里", "amount": "6.4"}],
                    }
                ],
            }
        ],
        **changes,
    }
