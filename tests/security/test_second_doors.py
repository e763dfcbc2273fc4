"""What a neighbour county wrote comes out of no door: pages, search, exports, names, messages, API (S04).

Every text field of a problem of 雁回县 and of all that hangs on it carries its own canary. People of 望渡县 go
round every address with the ids of that county; people of 雁回县 go round the same to show that canaries do sing.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from dugai.complaints import services as letters
from dugai.complaints.entries import NewLetter
from dugai.complaints.services_handle import Answer, answer_letter
from dugai.disclosure import services_check, services_text
from dugai.disclosure.models import Finding
from dugai.evidence import services as evidence
from dugai.evidence.services import Claim
from dugai.files import services as files
from dugai.files import services_upload
from dugai.intake import services_reading
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.ledger import services_change, services_edit, services_entry, services_plan, services_task
from dugai.ledger.entries import NewMeasure, NewProblem, NewTarget, NewTask
from dugai.ledger.models import Participation, Task
from dugai.management import working
from dugai.notices import services as notices
from dugai.notices.models import Message
from dugai.people.models import Organisation
from dugai.progress import services_report, services_round
from dugai.progress.models import Report, ReportFile
from dugai.staging import services as staging
from dugai.staging.models import ImportBatch
from tests import documents
from tests.api.test_access import operations
from tests.api.world import api_of
from tests.cast import Cast, deadline, make_inspection, make_problem
from tests.indicators import adopt, enter
from tests.pictures import photo

pytestmark = pytest.mark.django_db
WHY = "a test looks at its own rows"
WORD = "石鼓滩"
COUNTY = ("county_clerk", "county_reviewer", "county_office_clerk", "county_office_reviewer")
BESIDE = ("other_city_reviewer", "system_admin", "security_admin", "public")
OWNERS = ("neighbour_office_clerk", "neighbour_clerk")
ASKED = {
    "problems": {"q": WORD},
    "tasks": {"q": WORD},
    "ledger_export": {"q": WORD},
    "messages": {"q": WORD},
    "unit_names": {"unit": "石鼓"},
    "review_desk": {"q": WORD},
    "rounds": {"q": WORD},
}
FEWEST = 20


class Canaries:
    """Texts that hold a common word, to be searched for, and a mark that stands nowhere else."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.marks: dict[str, str] = {}

    def __call__(self, where: str) -> str:
        mark = f"CANARY{next(self._numbers):03d}X"
        self.marks[where] = mark
        return f"{WORD}{mark}"

    def heard(self, text: str) -> set[str]:
        return {where for where, mark in self.marks.items() if mark in text}


class World:
    """The two counties, the canaries of the neighbour, and the ids of its rows by the names of addresses."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.sings = cast, Canaries()
        self.ids: dict[str, Any] = {}
        inspection = make_inspection(cast)
        make_problem(cast, inspection)
        self._register(inspection)
        self._plan_and_change(inspection)
        self._report()
        self._import()
        self._text()
        self._evidence()
        self._letters(inspection)
        self._document(inspection)
        self._indicator()
        while notices.deliver():
            pass
        self.ids["message_id"] = self._last(Message.objects.filter(user=cast.neighbour_clerk))
        own = dict.fromkeys(("deputy_id", "session_id", "group_id", "member_id", "token_id", "view_id"), 1)
        proof = dict.fromkeys(("evidence_id", "case_id", "photo_id", "objection_id", "proposal_id"), 1)
        self.ids = {**own, **proof, "item_id": 1, "key": "none"} | self.ids
        self.ids |= {
            "user_id": cast.neighbour_clerk.pk,
            "organisation_id": cast.neighbour_bureau.pk,
        }
        self.ids |= {"kind": "people", "inspection_id": inspection.pk}
        self.ids |= {"code": "task_total", "genre": "monthly", "form": "docx", "release_id": 1}
        self.ids |= dict.fromkeys(("delivery_id", "webhook_id", "job_id"), 1) | {"token": "wrong"}

    @staticmethod
    def _last(rows: Any) -> int:
        row = rows.order_by("-pk").first()
        return row.pk if row else 1

    def _register(self, inspection: Any) -> None:
        cast, sings = self.cast, self.sings
        task = NewTask(
            owner=cast.neighbour_bureau,
            title=sings("task title"),
            text=sings("task text"),
            person=sings("task person"),
            deadline=deadline(),
            targets=(NewTarget(sings("target"), "公里", Decimal(6)),),
        )
        words = ("title", "text", "goal", "requirement", "standard", "category", "leader_name", "note")
        columns = {name: sings(f"problem {name}") for name in words}
        coded = {"kind": "report", "source": "central_inspection", "source_class": "central"}
        entry = NewProblem(
            number=2,
            home=cast.neighbour,
            lead=cast.neighbour_bureau,
            columns={**columns, **coded, "deadline": deadline()},
            parts={"cooperating": (cast.neighbour_office,)},
            persons={cast.neighbour_office.pk: sings("person of a part")},
            measures=(
                NewMeasure(
                    number=2,
                    columns={
                        "text": sings("measure text"),
                        "narrative": sings("measure narrative"),
                        "note": sings("measure note"),
                        "deadline": deadline(),
                    },
                    tasks=(task,),
                ),
            ),
        )
        clerk = cast.neighbour_office_clerk
        (self.problem,) = services_entry.register_problems(
            actor=clerk, inspection_id=inspection.pk, problems=[entry]
        )
        self.task: Any = Task.objects.unscoped(WHY).get(problem=self.problem)
        site = services_entry.add_site(
            actor=clerk, problem_id=self.problem.pk, region=cast.neighbour, name=sings("site")
        )
        services_edit.edit_problem(
            actor=clerk,
            problem_id=self.problem.pk,
            seen_version=1,
            note=sings("problem note"),
            reason=sings("reason of an edit"),
        )
        services_task.set_milestones(
            actor=cast.neighbour_clerk,
            task_id=self.task.pk,
            seen_version=self.task.version,
            milestones=[{"name": sings("milestone"), "due": dt.date(2026, 9, 1)}],
        )
        self.task.refresh_from_db()
        self.ids |= {
            "problem_id": self.problem.pk,
            "site_id": site.pk,
            "task_id": self.task.pk,
            "measure_id": self.task.measure_id,
            "part_id": self._last(Participation.objects.filter(problem=self.problem)),
        }

    def _plan_and_change(self, inspection: Any) -> None:
        cast, sings = self.cast, self.sings
        version = services_plan.open_plan(
            actor=cast.neighbour_office_clerk,
            inspection_id=inspection.pk,
            organisation=cast.neighbour,
            title=sings("plan title"),
        )
        change = services_change.request_change(
            actor=cast.neighbour_clerk,
            problem_id=self.problem.pk,
            task_id=self.task.pk,
            field="wording",
            new={"column": "text", "text": sings("new wording")},
            reason=sings("reason of a change"),
            seen_version=self.task.version,
        )
        self.ids |= {"plan_id": version.plan_id, "version_id": version.pk, "change_id": change.pk}

    def _report(self) -> None:
        cast, sings = self.cast, self.sings
        round_ = services_round.open_round(
            actor=cast.neighbour_office_clerk,
            kind="monthly",
            region=cast.neighbour,
            title=sings("round title"),
            instruction=sings("round instruction"),
        )
        report = Report.objects.unscoped(WHY).get(round=round_)
        target = self.task.targets.get()
        services_report.attach_file(
            actor=cast.neighbour_clerk,
            report_id=report.pk,
            name=f"{sings('file name')}.txt",
            stream=io.BytesIO(sings("file content").encode()),
        )
        words = ("summary", "difficulty", "help_wanted", "next_step")
        services_report.submit_report(
            actor=cast.neighbour_clerk,
            report_id=report.pk,
            values={
                "progress": "in_progress",
                f"added_{target.pk}": "1",
                **{name: f"{sings(f'report {name}')}，按计划推进施工。" for name in words},
            },
        )
        event = Event.objects.filter(subject_type="report", subject_id=report.pk)
        file = ReportFile.objects.filter(report=report)
        self.ids |= {"round_id": round_.pk, "report_id": report.pk, "event_id": self._last(event)}
        self.ids["attachment_id"] = self._last(file)

    def _text(self) -> None:
        cast, sings, clerk = self.cast, self.sings, self.cast.neighbour_office_clerk
        text = services_text.draft_text(
            actor=clerk, genre="quarterly", region=cast.neighbour, period="2026-Q2"
        )
        words = f"{sings('text paragraph')}，研究⟦=6次·{sings('source of a stated number')}⟧。"
        text = services_text.save_text(
            actor=clerk,
            text_id=text.pk,
            seen_version=text.version,
            title=sings("text title"),
            parts=[{"kind": "p", "text": words}, {"kind": "p", "text": "【待填：会议】"}],
        )
        services_check.check_text(actor=clerk, text_id=text.pk)
        self.ids |= {"text_id": text.pk, "finding_id": self._last(Finding.objects.filter(text=text))}

    def _evidence(self) -> None:
        cast, sings = self.cast, self.sings
        name = f"{sings('name of a picture')}.jpg"
        kept = files.store_file(actor=cast.neighbour_clerk, name=name, stream=io.BytesIO(photo("before")))
        claim = Claim(
            "photos", "before", title=sings("title of a picture"), place=sings("place of a picture")
        )
        piece = evidence.add_evidence(
            actor=cast.neighbour_clerk, problem_id=self.problem.pk, file_id=kept.pk, claim=claim
        )
        upload = services_upload.begin_upload(
            actor=cast.neighbour_clerk, name=f"{sings('name of an upload')}.jpg", size=9, purpose="evidence"
        )
        self.ids |= {"evidence_id": piece.pk, "key": upload.pk}

    def _letters(self, inspection: Any) -> None:
        cast, sings = self.cast, self.sings
        batch = letters.open_batch(
            actor=cast.neighbour_office_clerk,
            inspection_id=inspection.pk,
            region=cast.neighbour,
            number=1,
            handed_on=clock.today(),
        )
        entry = NewLetter(
            number="D3JY202605280001",
            region=cast.neighbour,
            summary=sings("summary of a letter"),
            lead=cast.neighbour_bureau,
            state="working",
        )
        (letter,) = letters.enter_letters(
            actor=cast.neighbour_office_clerk, batch_id=batch.pk, letters=[entry]
        )
        told = Answer(
            verdict="true",
            findings=sings("findings of a letter"),
            handling=sings("handling of a letter"),
            accountability=sings("accountability of a letter"),
        )
        answer_letter(actor=cast.neighbour_clerk, letter_id=letter.pk, answer=told)
        self.ids["letter_id"] = letter.pk

    def _document(self, inspection: Any) -> None:
        cast, sings = self.cast, self.sings
        words = documents.ANNEX.replace("历史遗留矿山修复推进不力", sings("problem of a document"))
        words = words.replace("完成19处历史遗留矿山生态修复", sings("measure of a document"))
        document = services_reading.receive_document(
            actor=cast.neighbour_office_clerk,
            name=f"{sings('name of a document')}.txt",
            stream=io.BytesIO(words.encode()),
            inspection_id=inspection.pk,
            home_id=cast.neighbour.pk,
            lead_id=cast.neighbour_bureau.pk,
        )
        while working.run_one({"intake.read": working.HANDLERS["intake.read"]}) is not None:
            pass
        self.ids |= {
            "document_id": document.pk,
            "proposal_id": documents.the(document, "problem", 2).pk,
        }

    def _indicator(self) -> None:
        words = ("source", "quote", "sample_size", "exclusions")
        told = {name: self.sings(f"reading {name}") for name in words}
        adopt(self.cast)
        reading = enter(self.cast.neighbour_clerk, self.cast.neighbour, "pm25", "2025年", "32", **told)
        self.ids["reading_id"] = reading.pk

    def _import(self) -> None:
        batch = ImportBatch(
            kind="ledger",
            organisation=self.cast.neighbour_office,
            uploaded_by=self.cast.neighbour_office_clerk,
            file_name=f"{self.sings('import file name')}.xlsx",
            file_sha256="0" * 64,
        )
        self.ids["batch_id"] = staging._store(self.cast.neighbour_office_clerk, batch, []).pk
        self.ids["import_id"] = self.ids["batch_id"]


def patterns(resolver: Any) -> list[URLPattern]:
    """Return all named addresses of pages."""
    found: list[URLPattern] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += [] if str(entry.pattern).startswith("api") else patterns(entry)
        else:
            found.append(entry)
    return found


def words_of(response: Any) -> str:
    """Return what a response says, headers included; a workbook is opened."""
    parts = b"".join(response.streaming_content) if response.streaming else response.content
    told = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    if parts[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(parts)) as book:
            parts = b" ".join(book.read(name) for name in book.namelist())
    return f"{told} {parts.decode(errors='replace')}"


def crawl(world: World, person: str) -> dict[str, set[str]]:
    """Go round every door as a person; return which canaries sang at which."""
    heard: dict[str, set[str]] = {}
    client = Client(raise_request_exception=False)
    client.force_login(world.cast.users[person])
    for pattern in patterns(get_resolver()):
        names = pattern.pattern.converters
        address = reverse(pattern.name, kwargs={name: world.ids[name] for name in names})
        for query, fragment in (({}, {}), (ASKED.get(pattern.name, {}), {"HX-Request": "true"})):
            response = client.get(address, query, headers=fragment)
            heard.setdefault(pattern.name, set()).update(world.sings.heard(words_of(response)))
    if person == "public":
        return heard
    api = api_of(world.cast.users[person])
    for name, (method, path) in operations().items():
        if method != "get":
            continue
        address = path.removeprefix("/api/v1").format(**world.ids)
        queries = [{}, {"q": WORD}, {"subject_type": "problem", "subject_id": world.problem.pk}]
        for query in queries:
            heard.setdefault(name, set()).update(world.sings.heard(words_of(api.get(address, **query))))
    return heard


@pytest.mark.timeout(2400)
def test_no_canary_sings_for_another_county(cast: Cast):
    world = World(cast)
    assert len(world.sings.marks) >= FEWEST
    own = [crawl(world, person) for person in OWNERS]
    sung = set().union(*(marks for heard in own for marks in heard.values()))
    silent = set(world.sings.marks) - sung
    assert not silent, f"these would not have been noticed: {silent}"
    for door in ("problems", "tasks", "ledger_export", "list_problems", "list_tasks", "report", "messages"):
        assert any(heard[door] for heard in own), f"{door} tells its own people nothing"
    for person in (*COUNTY, *BESIDE):
        told = {door: marks for door, marks in crawl(world, person).items() if marks}
        assert not told, (person, told)


def test_units_are_known_by_name_to_all_and_their_work_is_not(cast: Cast):
    """The list of units is public inside the house; what a unit wrote is not among the suggestions."""
    world = World(cast)
    assert Organisation.objects.filter(name="雁回县住建局").exists()
    client = Client()
    client.force_login(cast.county_clerk)
    for words in ("雁回", "石鼓", "CANARY"):
        answer = client.get(reverse("unit_names"), {"unit": words}).content.decode()
        assert not world.sings.heard(answer)
