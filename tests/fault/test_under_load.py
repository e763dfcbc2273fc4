"""A minute of an office's traffic on PostgreSQL, as the product really serves it (L01 in its small form).

`dugai up` runs beside the test; twelve people send twenty requests a second over HTTP: lists and
details, boards, search, drafts, hand-ins, downloads, files of 5 MB. Held afterwards against the
database: no answer of 500 or above, no acknowledged write missing. How fast it was is printed only.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from dugai.files.models import StoredFile
from dugai.files.store import digest_of
from dugai.ledger.models import Problem
from dugai.management import verification
from dugai.people.models import User
from dugai.progress import services_round
from dugai.progress.models import Report, ReportDraft
from tests.api.world import secret_of
from tests.cast import make_cast
from tests.fault.errands import WHY, event
from tests.fault.house import Answer, House, multipart
from tests.web.ledger_sample import make_ledger

SECONDS = int(os.environ.get("DUGAI_TEST_LOAD_SECONDS", "60"))
RATE = int(os.environ.get("DUGAI_TEST_LOAD_RATE", "20"))
PEOPLE = 12
PROBLEMS = 60
MIX = {
    "list": 35,
    "detail": 20,
    "board": 15,
    "search": 10,
    "draft": 10,
    "move": 5,
    "download": 3,
    "upload": 2,
}
UPLOAD = 5 * 1024 * 1024
LISTS = ("problems", "tasks", "measures", "rounds", "today")
WORDS = ("污水", "垃圾", "矿山", "河", "整治")


@dataclass
class Log:
    """What the clients saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in MIX})
    statuses: list[tuple[str, int]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    acknowledged: list[tuple[str, Callable[[], bool]]] = field(default_factory=list)


class Person:
    """One client with a session for pages, a token for programs and a report of their own."""

    def __init__(self, house: House, log: Log, clerk: User, cookie: str, report: Report, seed: int) -> None:
        self.house, self.log, self.cookie, self.report = house, log, cookie, report
        self.draw, self.secret = random.Random(seed), secret_of(clerk)
        self.version, self.edition, self.handed_in, self.files = report.version, 0, False, 0
        self.target = report.task.targets.get().pk
        self.problems = list(Problem.objects.visible_to(clerk).values_list("pk", flat=True))
        self.attached: list[int] = []

    def work(self, begin: float, numbers: range) -> None:
        """Send the requests of one's own numbers, each not before its moment."""
        try:
            for number in numbers:
                time.sleep(max(0.0, begin + number / RATE - time.monotonic()))
                self.step(self.draw.choices(list(MIX), list(MIX.values()))[0])
        finally:
            connections.close_all()

    def step(self, kind: str) -> None:
        """Do one thing and note what came of it."""
        started = time.monotonic()
        answer = getattr(self, kind)()
        self.log.seconds[kind].append(time.monotonic() - started)
        self.log.statuses.append((kind, answer.status))
        if answer.status >= 400:
            self.log.bad.append(f"{kind}: {answer.status} {answer.body[:300]!r}")

    def page(self, name: str, query: str = "", **args: Any) -> Answer:
        """Fetch a page as the browser does."""
        return self.house.ask("GET", reverse(name, kwargs=args) + query, Cookie=f"sessionid={self.cookie}")

    def list(self) -> Answer:
        """A list."""
        return self.page(self.draw.choice(LISTS))

    def detail(self) -> Answer:
        """A problem."""
        return self.page("problem", problem_id=self.draw.choice(self.problems))

    def board(self) -> Answer:
        """The cockpit."""
        return self.page("board")

    def search(self) -> Answer:
        """A search."""
        return self.house.ask("GET", "/api/v1/problems?q=" + encoded(self.draw.choice(WORDS)), self.secret)

    def draft(self) -> Answer:
        """A draft, or a page while the report is with the reviewer."""
        if self.handed_in:
            return self.page("report", report_id=self.report.pk)
        words = f"草稿 {secrets.token_hex(8)}，已完成沿河路段管网铺设。"
        body = {"seen_edition": self.edition, "values": {**self.values(), "summary": words}}
        answer = self.write("draft", body)
        if answer.status == 200:
            found = answer.json()
            self.edition, self.version = found["draft"]["edition"], found["version"]
            pk, edition = self.report.pk, self.edition
            self.acknowledge("draft", lambda: ReportDraft.objects.get(report=pk).edition >= edition)
        return answer

    def move(self) -> Answer:
        """Hand in, or take back."""
        name = "withdraw" if self.handed_in else "submit"
        more = {} if self.handed_in else {"values": self.values()}
        answer = self.write(name, {"seen_version": self.version, **more})
        if answer.status == 200:
            found = answer.json()
            self.version, self.handed_in = found["version"], not self.handed_in
            self.edition = found["draft"]["edition"] if found["draft"] else 0
            self.acknowledge(name, event("report", self.report.pk, self.version))
        return answer

    def upload(self) -> Answer:
        """A file of 5 MB while the report is with the unit."""
        if self.handed_in or self.files >= 19:
            return self.page("report", report_id=self.report.pk)
        name = f"{secrets.token_hex(8)}.txt"
        body, media = multipart(name, (name.encode() + b" ") * (UPLOAD // (len(name) + 1)))
        answer = self.write("attachments", body, Content_Type=media)
        if answer.status == 201:
            self.files += 1
            found = answer.json()
            self.version = found["version"]
            self.attached = [row["id"] for row in found["attachments"]]
            self.acknowledge("upload", lambda: stored(name))
        return answer

    def download(self) -> Answer:
        """A file of one's own, or the report when it has none yet."""
        if not self.attached:
            return self.page("report", report_id=self.report.pk)
        where = {"report_id": self.report.pk, "attachment_id": self.draw.choice(self.attached)}
        return self.page("report_file", **where)

    def write(self, name: str, body: Any, **headers: str) -> Answer:
        """Send a write with a key of its own."""
        path = f"/api/v1/reports/{self.report.pk}/{name}"
        return self.house.ask("POST", path, self.secret, body, secrets.token_hex(12), **headers)

    def values(self) -> dict[str, Any]:
        """Return what is reported."""
        return {
            "progress": "in_progress",
            "summary": "已完成沿河路段管网铺设，正在回填路面。",
            "next_step": "继续铺设剩余路段。",
            "added": [{"target": self.target, "amount": "0.1"}],
        }

    def acknowledge(self, what: str, there: Callable[[], bool]) -> None:
        """Note a write that was answered with success, and how to see it in the database."""
        self.log.acknowledged.append((what, there))


def encoded(word: str) -> str:
    """Return a word as it stands in an address."""
    return "".join(f"%{byte:02X}" for byte in word.encode())


def stored(name: str) -> bool:
    """Say whether an upload has its row and its whole file."""
    row = StoredFile.objects.filter(name=name).first()
    return row is not None and digest_of(row.blob_id) == row.blob_id


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1800)
@pytest.mark.django_db(transaction=True)
def test_a_minute_of_traffic_loses_nothing(tmp_path: Path, settings, capsys):
    settings.DATA, settings.FILES_ROOT = tmp_path, tmp_path / "files"
    settings.SECRET_KEY = secrets.token_urlsafe(64)
    cast = make_cast()
    make_ledger(cast, PROBLEMS)
    round_ = services_round.open_round(actor=cast.city_clerk, kind="monthly", region=cast.city)
    mine = Report.objects.unscoped(WHY).select_related("task").filter(round=round_, owner=cast.county_bureau)
    reports = list(mine.order_by("pk")[:PEOPLE])
    assert len(reports) == PEOPLE
    browser = Client()
    browser.force_login(cast.county_clerk)
    cookie, secret = browser.cookies["sessionid"].value, secret_of(cast.county_clerk)
    log, house = Log(), House(tmp_path, pages=True, DUGAI_SECRET_KEY=settings.SECRET_KEY)
    seed = random.randrange(1 << 32)
    try:
        house.start(cold=True)
        house.wait(secret)
        people = [
            Person(house, log, cast.county_clerk, cookie, report, seed + number)
            for number, report in enumerate(reports)
        ]
        begin = time.monotonic()
        threads = [
            threading.Thread(target=person.work, args=(begin, range(number, SECONDS * RATE, PEOPLE)))
            for number, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begin
    finally:
        house.kill()
        house.close()
    with capsys.disabled():
        print(  # noqa: T201  what was measured is for whoever reads the log of the run
            f"\nL01: {len(log.statuses)} requests in {took:.0f} s, seed {seed}; {told(log)}"
        )
    assert log.bad == [], log.bad[:10]
    assert len(log.statuses) == SECONDS * RATE
    kinds = Counter(what for what, _ in log.acknowledged)
    assert set(kinds) >= {"draft", "submit", "withdraw", "upload"}, kinds
    assert [what for what, there in log.acknowledged if not there()] == []
    assert verification.verify(("journal", "rows", "tallies", "files")).findings == []


def told(log: Log) -> str:
    """Say how long requests took, in milliseconds: the middle one and the slowest twentieth."""
    words = []
    for kind, seconds in log.seconds.items():
        ordered = sorted(seconds)
        if ordered:
            middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
            words.append(f"{kind} {len(ordered)}: p50 {middle * 1000:.0f}, p95 {late * 1000:.0f} ms")
    return "; ".join(words)
