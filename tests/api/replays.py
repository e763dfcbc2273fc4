"""One month by programs, every write of it sent ten times at once with one key; see test_replays.py."""

from __future__ import annotations

import datetime as dt
import json
import threading
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from dugai.journal.models import Event
from dugai.people.models import Answer
from tests.api.client import SPEC
from tests.api.world import Api, entry, secret_of
from tests.cast import Cast
from tests.digest import whole_database
from tests.service.test_ledger_import import HEADERS, row
from tests.sheets import workbook

TIMES = 10
DONE = {200, 201}
STRANGER = "other_city_reviewer"
REUSED = "idempotency_key_reused"


def writes() -> dict[str, tuple[str, str]]:
    """Return method and path of every operation of the contract that writes."""
    paths = json.loads(SPEC.read_text(encoding="utf-8"))["paths"]
    return {
        operation["operationId"]: (method, path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method != "get"
    }


@dataclass
class Replayed:
    """Sends each operation ten times at once, and holds what came of it."""

    cast: Cast
    shown: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.writes = writes()

    def reader(self, who: str) -> Api:
        """Return a program that reads for a person."""
        if who not in self.secrets:
            self.secrets[who] = secret_of(self.cast.users[who])
        return Api(self.secrets[who])

    def ask(self, who: str, operation: str, args: dict[str, int], body: Any, key: str) -> Any:
        """Send one request and return the answer."""
        api = self.reader(who)
        method, path = self.writes[operation]
        told: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {api.secret}", "HTTP_IDEMPOTENCY_KEY": key}
        if isinstance(body, tuple):
            name, data, fields = body
            body = {"file": SimpleUploadedFile(name, data), **fields}
        elif method != "delete":
            body, told["content_type"] = json.dumps(body or {}), "application/json"
        return getattr(api.client, method)(f"/api/v1{path.format(**args)}", body, **told)

    def __call__(
        self, operation: str, who: str, body: Any = None, *, refusable: bool = False, **args: int
    ) -> Any:
        """Do an act ten times at once under one key: one effect, ten equal answers; return the answer."""
        key = f"key-{operation}-{Answer.objects.count()}"
        for reader in (who, STRANGER):  # their tokens are made before the events are counted
            self.reader(reader)
        first = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
        answers = self._at_once(who, operation, args, body, key)
        words = [(answer.status_code, answer.content) for answer in answers]
        if refusable and words[0][0] not in DONE:
            assert {status for status, _ in words} == {words[0][0]}, (operation, words)
            return None
        assert words[0][0] in DONE, (operation, words[0])
        assert len(set(words)) == 1, (operation, words)
        fresh = [answer for answer in answers if "Idempotent-Replay" not in answer.headers]
        assert len(fresh) == 1, (operation, len(fresh))
        new = Event.objects.filter(pk__gt=first).exclude(version=None)
        assert len({json.loads(event.body)["request"] for event in new}) <= 1, operation
        assert Answer.objects.filter(key__endswith=f":{key}").count() == 1, operation
        self._once_more(operation, who, args, body, key)
        self.shown.add(operation)
        return answers[0].json()

    def _once_more(self, operation: str, who: str, args: dict[str, int], body: Any, key: str) -> None:
        """The key with another body is refused; the key of somebody else is theirs; neither changes anything."""
        if self.writes[operation][0] == "post":
            other = (
                (body[0], body[1] + b" ", body[2]) if isinstance(body, tuple) else {**(body or {}), "more": 1}
            )
            before = whole_database()
            told = self.ask(who, operation, args, other, key)
            assert (told.status_code, told.json()["code"]) == (422, REUSED), (operation, told.content)
            assert whole_database() == before, operation
        theirs = self.ask(STRANGER, operation, args, body, key)
        assert "Idempotent-Replay" not in theirs.headers, operation

    def _at_once(self, who: str, operation: str, args: dict[str, int], body: Any, key: str) -> list[Any]:
        gate, answers = threading.Barrier(TIMES), []

        def one() -> None:
            try:
                gate.wait(60)
                answers.append(self.ask(who, operation, args, body, key))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one) for _ in range(TIMES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == TIMES, operation
        return answers

    def plainly(self, operation: str, who: str, body: Any = None, **args: int) -> Any:
        """Do an act once, to bring the story to where the next one begins."""
        answer = self.ask(who, operation, args, body, f"once-{operation}-{Answer.objects.count()}")
        assert answer.status_code in DONE, (operation, answer.content.decode())
        return answer.json()


def sendable(body: dict[str, Any]) -> Any:
    """Return a body of the access table; a file in it becomes its name and bytes, to be sent many times."""
    if "file" not in body:
        return body
    fields = {name: value for name, value in body.items() if name != "file"}
    return body["file"].name, body["file"].read(), fields


def values(target: int, added: str) -> dict[str, Any]:
    """Return what a clerk reports."""
    return {
        "progress": "in_progress",
        "summary": "已完成沿河路段管网铺设一点二公里，正在回填路面。",
        "next_step": "继续铺设剩余路段。",
        "added": [{"target": target, "amount": added}],
    }


def ledger(do: Replayed) -> tuple[int, int]:
    """Register, extend, split and plan; return the numbers of the problem and of the task below."""
    cast = do.cast
    inspection = do(
        "open_inspection",
        "city_clerk",
        {"object": cast.city.pk, "code": "SL1", "name": "市级督察", "level": "municipal", "type": "special"},
    )
    problem = do("register_problem", "city_clerk", entry(cast), inspection_id=inspection["id"])
    more = entry(cast)["measures"]
    more[0]["number"] = 8
    body = {"seen_version": problem["version"], "measures": more}
    do("add_measures", "city_clerk", body, problem_id=problem["id"])
    tasks = do.reader("city_clerk").get("/tasks", problem=problem["id"]).json()["items"]
    target = {"name": "管网", "unit": "公里", "amount": "6.4"}
    body = {
        "seen_version": tasks[0]["version"],
        "shares": [{"owner": cast.county_bureau.pk, "targets": [target]}],
    }
    child = do("split_task", "city_clerk", body, task_id=tasks[0]["id"])["children"][0]
    version = do.reader("city_clerk").get(f"/tasks/{child['id']}").json()["version"]
    body = {"seen_version": version, "milestones": [{"name": "完成设计", "due": "2026-12-01"}]}
    do("set_milestones", "city_clerk", body, task_id=child["id"])
    plans(do, inspection["id"])
    return problem["id"], child["id"]


def plans(do: Replayed, inspection: int) -> None:
    """Every move of a plan."""
    body = {"inspection": inspection, "organisation": do.cast.city.pk, "title": "朔岭市整改方案"}
    do("open_plan", "city_clerk", body)
    plan = do.reader("city_clerk").get("/plans").json()["items"][0]["id"]
    at = do.reader("city_clerk").get(f"/plans/{plan}/versions").json()["items"][0]
    seen = {"seen_version": at["version"]}
    at = do("submit_plan_version", "city_clerk", seen, version_id=at["id"])
    seen = {"seen_version": at["version"]}
    at = do("return_plan_version", "city_reviewer", {**seen, "reason": "缺目标"}, version_id=at["id"])
    at = do.plainly("submit_plan_version", "city_clerk", {"seen_version": at["version"]}, version_id=at["id"])
    at = do("approve_plan_version", "city_reviewer", {"seen_version": at["version"]}, version_id=at["id"])
    do("publish_plan_version", "city_reviewer", {"seen_version": at["version"]}, version_id=at["id"])
    at = do("draft_plan_version", "city_clerk", {"reason": "补充措施"}, plan_id=plan)
    seen = {"seen_version": at["version"]}
    do("withdraw_plan_version", "city_clerk", {**seen, "reason": "重新起草"}, version_id=at["id"])


def changes(do: Replayed, problem: int, task: int) -> None:
    """Every move of a request."""

    def wish(words: str) -> dict[str, Any]:
        version = do.reader("city_clerk").get(f"/tasks/{task}").json()["version"]
        new = {"field": "wording", "new": {"column": "text", "text": words}}
        return {"task": task, "change": new, "reason": "补充", "seen_version": version}

    def seen(row: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"seen_version": row["version"], **more}

    row = do("request_change", "county_clerk", wish("改造管网并恢复路面。"), problem_id=problem)
    row = do("return_change", "city_reviewer", seen(row, opinion="补材料"), change_id=row["id"])
    again = {"field": "wording", "new": {"column": "text", "text": "改造管网、恢复路面。"}}
    row = do("resubmit_change", "county_clerk", seen(row, change=again, reason="已补"), change_id=row["id"])
    do("refuse_change", "city_reviewer", seen(row, opinion="理由不足"), change_id=row["id"])
    row = do.plainly("request_change", "county_clerk", wish("再改一次。"), problem_id=problem)
    do("withdraw_change", "county_clerk", seen(row), change_id=row["id"])
    row = do.plainly("request_change", "county_clerk", wish("第三次改。"), problem_id=problem)
    do("approve_change", "city_reviewer", seen(row), change_id=row["id"])


def month(do: Replayed, problem: int, task: int) -> None:
    """Every move of a round and its reports."""
    cast = do.cast
    opened = do("open_round", "province_clerk", {"kind": "monthly", "region": cast.province.pk})
    do("catch_up_round", "province_clerk", round_id=opened["id"])
    do("remind_units", "province_clerk", {}, round_id=opened["id"])
    fill = "county_clerk"
    report, target = owed(do, opened["id"], task)
    said = {"values": values(target, "1.2")}
    row = do("save_draft", fill, {"seen_edition": 0, **said}, report_id=report)
    file: Any = ("说明.txt", "完工说明".encode(), {})
    row = do("attach_file", fill, file, report_id=report)
    row = do("remove_file", fill, report_id=report, attachment_id=row["attachments"][0]["id"])
    row = do("submit_report", fill, {"seen_version": row["version"], **said}, report_id=report)
    row = do("withdraw_report", fill, {"seen_version": row["version"]}, report_id=report)
    row = do.plainly("submit_report", fill, {"seen_version": row["version"], **said}, report_id=report)
    body = {"seen_version": row["version"], "reason": "写明安排"}
    row = do("send_back_report", "county_reviewer", body, report_id=report)
    row = do.plainly("submit_report", fill, {"seen_version": row["version"], **said}, report_id=report)
    row = do("pass_up_report", "county_reviewer", {"seen_version": row["version"]}, report_id=report)
    for who in ("county_office_reviewer", "city_reviewer"):
        row = do.plainly("pass_up_report", who, {"seen_version": row["version"]}, report_id=report)
    row = do("adopt_report", "province_reviewer", {"seen_version": row["version"]}, report_id=report)
    weekly = do.plainly("open_round", "province_clerk", {"kind": "weekly", "region": cast.province.pk})
    again, _ = owed(do, weekly["id"], task)
    version = do.reader(fill).get(f"/reports/{again}").json()["version"]
    body = {"seen_version": version, "reason": "雨季停工"}
    do("report_no_change", fill, body, report_id=again)
    after = dt.date.fromisoformat(opened["due_on"]) + dt.timedelta(days=1)
    with time_machine.travel(dt.datetime.combine(after, dt.time(4), dt.UTC), tick=True):
        version = do.reader("province_manager").get(f"/rounds/{opened['id']}").json()["version"]
        body = {"seen_version": version, "leave_unreviewed": True}
        do("close_round", "province_manager", body, round_id=opened["id"])
        version = do.reader(fill).get(f"/reports/{report}").json()["version"]
        body = {"seen_version": version, "reason": "补报"}
        do("reopen_report", "province_manager", body, report_id=report)


def owed(do: Replayed, round_: int, task: int) -> tuple[int, int]:
    """Return a report of the task and the number of its target."""
    clerk = do.reader("county_clerk")
    items = clerk.get("/reports", round=round_, task=task).json()["items"]
    whole = clerk.get(f"/reports/{items[0]['id']}").json()
    return items[0]["id"], whole["start"][0]["target"]


def imports(do: Replayed, inspection: int) -> None:
    """Workbooks, accepted and put aside."""
    where = {"kind": "ledger", "inspection": inspection, "home": do.cast.city.pk}
    file = ("清单.xlsx", workbook(HEADERS, [row(序号=900 + at) for at in range(3)]), where)
    batch = do("upload_import", "city_clerk", file)
    do("accept_import", "city_clerk", {"seen_version": batch["version"]}, import_id=batch["id"])
    file = ("清单.xlsx", workbook(HEADERS, [row(序号=950 + at) for at in range(3)]), where)
    batch = do.plainly("upload_import", "city_clerk", file)
    do("discard_import", "city_clerk", {"seen_version": batch["version"]}, import_id=batch["id"])
