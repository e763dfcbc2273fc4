"""What the people of the kill test do over HTTP, one keyed request after another, until the product dies."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dugai.files.models import StoredFile
from dugai.journal.models import Event
from dugai.ledger.models import Problem, Task
from dugai.people.models import Answer as Kept
from dugai.people.models import ApiToken
from dugai.progress.models import Report
from dugai.staging.models import ImportBatch
from tests.api.world import entry, secret_of
from tests.cast import Cast, make_inspection
from tests.fault.house import Answer, House, multipart
from tests.service.test_ledger_import import HEADERS, row
from tests.sheets import workbook

WHY = "the oracle of the kill test"
DONE = {200, 201}


@dataclass
class Sent:
    """One request with its key: what it would change, and the answer, if one was seen."""

    key: str
    token: ApiToken
    secret: str
    path: str
    body: Any
    media: str
    effect: Callable[[], bool]
    answer: Answer | None = None

    def send(self, house: House) -> Answer:
        """Send it; a repetition is the same to the byte."""
        told = {"Content_Type": self.media} if self.media else {}
        return house.ask("POST", f"/api/v1{self.path}", self.secret, self.body, self.key, **told)

    def kept(self) -> bool:
        """Say whether the database holds an answer for the key."""
        return Kept.objects.filter(user=self.token.user_id, key=f"{self.token.pk}:{self.key}").exists()


class Errands:
    """The requests of everybody, in the order sent."""

    def __init__(self, cast: Cast, reports: list[Report]) -> None:
        self.cast, self.reports = cast, reports
        self.later = [make_inspection(cast, f"JY{4 + at}") for at in range(22)]
        self.secrets = {name: secret_of(cast.users[name]) for name in ("city_clerk", "county_clerk")}
        self.tokens = {name: ApiToken.objects.get(user=cast.users[name]) for name in self.secrets}
        self.sent: list[Sent] = []

    def everybody(self, trial: int) -> list[Iterator[Sent]]:
        """Return what each of them does in one trial."""
        return [self.register(trial), self.report(trial), self.bring_in(trial)]

    def run(self, house: House, errand: Iterator[Sent]) -> None:
        """Send one request after another until there is no answer any more."""
        for request in errand:
            self.sent.append(request)
            try:
                request.answer = request.send(house)
            except (OSError, http.client.HTTPException):
                return
            if request.answer.status not in DONE:
                return  # the check after the trial names it

    def _new(self, who: str, path: str, body: Any, effect: Callable[[], bool], media: str = "") -> Sent:
        key = f"k-{len(self.sent)}-{path.strip('/').replace('/', '-')}"[:50]
        return Sent(key, self.tokens[who], self.secrets[who], path, body, media, effect)

    def register(self, trial: int) -> Iterator[Sent]:
        """Register problems, split their tasks, plan milestones."""
        cast, inspection = self.cast, self.later[trial // 99]
        for number in range(1 + trial % 99 * 100, trial % 99 * 100 + 100):
            body = entry(cast, number)
            body["measures"][0]["number"] = 1
            body["measures"][0]["tasks"][0]["owner"] = cast.city_bureau.pk
            one = self._new(
                "city_clerk",
                f"/inspections/{inspection.pk}/problems",
                body,
                lambda number=number: (  # type: ignore[misc]
                    Problem.objects.unscoped(WHY).filter(inspection=inspection, number=number).exists()
                ),
            )
            yield one
            task = Task.objects.unscoped(WHY).get(problem=told(one)["id"])
            share = {
                "owner": cast.county_bureau.pk,
                "targets": [{"name": "管网", "unit": "公里", "amount": "6.4"}],
            }
            yield self._new(
                "city_clerk",
                f"/tasks/{task.pk}/split",
                {"seen_version": 1, "shares": [share]},
                lambda task=task: Task.objects.unscoped(WHY).filter(parent=task).exists(),  # type: ignore[misc]
            )
            yield self._new(
                "city_clerk",
                f"/tasks/{task.pk}/milestones",
                {"seen_version": 2, "milestones": [{"name": "完成设计", "due": "2026-12-01"}]},
                event("task", task.pk, 3),
            )

    def report(self, trial: int) -> Iterator[Sent]:
        """Attach proof to a report, hand it in, take it back, again and again."""
        report = self.reports[trial % len(self.reports)]
        report.refresh_from_db()
        version, at = report.version, f"/reports/{report.pk}"
        target = report.task.targets.get().pk
        values = {
            "progress": "in_progress",
            "summary": "已完成沿河路段管网铺设一点二公里，正在回填路面。",
            "next_step": "继续铺设剩余路段。",
            "added": [{"target": target, "amount": "1.2"}],
        }
        if report.state == "submitted":
            yield self._seen(at + "/withdraw", report.pk, version, {})
            version += 1
        for number in range(200):
            if number < 3:
                name = f"{trial}-{number}.txt"
                body, media = multipart(name, f"完工说明 {trial} {number} ".encode() * 9000)
                yield self._new(
                    "county_clerk",
                    at + "/attachments",
                    body,
                    lambda name=name: StoredFile.objects.filter(name=name).exists(),  # type: ignore[misc]
                    media,
                )
                version = Report.objects.unscoped(WHY).get(pk=report.pk).version
            yield self._seen(at + "/submit", report.pk, version, {"values": values})
            yield self._seen(at + "/withdraw", report.pk, version + 1, {})
            version += 2

    def _seen(self, path: str, pk: int, version: int, more: dict[str, Any]) -> Sent:
        return self._new(
            "county_clerk", path, {"seen_version": version, **more}, event("report", pk, version + 1)
        )

    def bring_in(self, trial: int) -> Iterator[Sent]:
        """Upload workbooks and accept them."""
        for number in range(30):
            first = 1 + trial % 99 * 100 + number * 3
            lines = [row(序号=first + at) for at in range(3)]
            name = f"清单 {trial}-{number}.xlsx"
            body, media = multipart(
                name,
                workbook(HEADERS, lines),
                kind="ledger",
                inspection=self.later[11 + trial // 99].pk,
                home=self.cast.city.pk,
            )
            batch = self._new(
                "city_clerk",
                "/imports",
                body,
                lambda name=name: ImportBatch.objects.filter(file_name=name).exists(),  # type: ignore[misc]
                media,
            )
            yield batch
            pk = told(batch)["id"]
            yield self._new(
                "city_clerk",
                f"/imports/{pk}/accept",
                {"seen_version": 1},
                lambda pk=pk: ImportBatch.objects.filter(pk=pk, state="accepted").exists(),  # type: ignore[misc]
            )


def told(request: Sent) -> Any:
    """Return what the answer says; an errand goes on only after an answer."""
    assert request.answer is not None
    return request.answer.json()


def event(kind: str, pk: int, version: int) -> Callable[[], bool]:
    """Return the question whether a subject has reached a version."""
    return lambda: Event.objects.filter(subject_type=kind, subject_id=pk, version=version).exists()
