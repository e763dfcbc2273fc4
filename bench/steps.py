"""The steps of one measurement, in order; each leaves its figures in `result`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import floors, load, records
from bench.browser import WARM_UPS, Browser, once, summed, timed
from bench.measure import WORDS, as_json
from bench.server import peak_memory, processor_ms, serving
from dugai.kernel import planner
from dugai.ledger import paging, queries_list, search, tallies
from dugai.ledger.listing import Ask
from dugai.ledger.models import Measure, Problem, Task
from dugai.progress import services_review, services_round
from dugai.progress.models import Report
from dugai.progress.states import RoundState

WHY = "a measurement looks at the whole"
DEEP = 99
SIZE = 50
PROGRESS = "in_progress"


class Steps:
    """One engine at one size. `rounds` of `each` requests after warm-ups, as the peers were measured."""

    def __init__(self, size: int, shared: Path | None, rounds: int, each: int) -> None:
        self.size, self.shared, self.rounds, self.each = size, shared, rounds, each
        self.result: dict[str, Any] = {"engine": connection.vendor, "size": size}
        self.nation: load.Nation
        self.round: Any
        self.problem: int

    def prepare(self) -> None:
        """Make the tables and gather the static files."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.nation = load.make_nation()

    def load(self) -> None:
        """Register the records; wall clock and the processor time of this process both count."""
        source = records.shared(self.size, self.shared) if self.shared else records.own(self.size)
        rows = list(source) if self.size <= 100_000 else source
        before = time.process_time()
        count, seconds = load.load(self.nation, rows)
        self.result["load"] = {
            "records": count,
            "seconds": round(seconds, 2),
            "cpu": round(time.process_time() - before, 2),
        }
        tallies.fold()
        self.problem = Problem.objects.unscoped(WHY).order_by("pk")[0].pk
        self._analyse()

    def open_round(self) -> None:
        """Call a round over the whole nation and lay it out."""
        start = time.perf_counter()
        actor = self.nation.national
        round_ = services_round.open_round(actor=actor, kind="monthly", region=self.nation.root)
        while round_.state == RoundState.OPENING:
            round_ = services_round.lay_out_round(actor=actor, round_id=round_.pk)
        self.round = round_
        seconds = round(time.perf_counter() - start, 2)
        self.result["round_opened"] = {"reports": round_.total, "seconds": seconds}
        self._analyse()

    def pages(self) -> None:
        """Time each page over HTTP beside its floor."""
        plain = floors.statements(
            region=self.nation.provinces[0].pk, problem=self.problem, round_id=self.round.pk, words=WORDS
        )
        found: dict[str, Any] = {}
        with serving() as (port, child):
            browser = Browser(port)
            browser.sign_in("national", load.PASSWORD)
            for name, path in self.addresses().items():
                browser.get(path)
                before = processor_ms(child.pid)
                timing = timed(lambda path=path: browser.get(path), rounds=self.rounds, each=self.each)  # type: ignore[misc]
                spent = (processor_ms(child.pid) - before) / (self.rounds * (self.each + WARM_UPS))
                low = floors.floor(*plain[name], rounds=self.rounds, each=2)
                found[name] = {
                    **as_json(timing),
                    "cpu": round(spent, 2),
                    "bytes": len(browser.get(path)),
                    "floor": round(low.median, 2),
                }
            self.result["web_peak_mib"] = round(peak_memory(child.pid))
        self.result["pages"] = found
        self.result["search_found"] = self._search_found()

    def addresses(self) -> dict[str, str]:
        """Return the address of each page, as the national office asks for it."""
        region = self.nation.provinces[0].pk
        return {
            "list": f"{reverse('tasks')}?region={region}&lamp=overdue,behind&progress={PROGRESS}&sort=due",
            "page100": f"{reverse('tasks')}?sort=due&after={self._hundredth()}",
            "cockpit": reverse("today"),
            "board": reverse("board"),
            "problem": reverse("problem", args=[self.problem]),
            "round": reverse("round", args=[self.round.pk]),
            "search": f"{reverse('tasks')}?{urlencode({'q': WORDS})}",
        }

    def count_queries(self) -> None:
        """Count the statements of each page in this process, as signed in."""
        client = Client(headers={"host": "127.0.0.1"})
        client.post("/sign-in/", {"username": "national", "password": load.PASSWORD, "next": ""})
        for name, path in self.addresses().items():
            client.get(path)
            with CaptureQueriesContext(connection) as caught:
                client.get(path)
            self.result["pages"][name]["queries"] = len(caught)

    def writes(self, count: int) -> None:
        """Time handing in and adopting over HTTP; the desks between are walked in this process."""
        bureau = self.nation.bureaus[0].pk
        rows = Report.objects.unscoped(WHY).filter(
            round=self.round, owner=bureau, task__progress__in=("not_started", PROGRESS)
        )
        reports = list(rows.order_by("pk").values_list("pk", flat=True)[:count])
        floors.make_scratch()
        with serving() as (port, _):
            clerk, office = Browser(port), Browser(port)
            clerk.sign_in("clerk", load.PASSWORD)
            office.sign_in("national", load.PASSWORD)
            handed = [self._hand_in(clerk, pk) for pk in reports]
            for pk in reports:
                for reviewer in (self.nation.municipal, self.nation.provincial):
                    services_review.pass_up_report(actor=reviewer, report_id=pk)
            adopted = [self._adopt(office, pk) for pk in reports]
        low = timed(floors.single_write, rounds=3, each=10).median
        for name, taken in (("submit", handed), ("adopt", adopted)):
            rounds = min(self.rounds, len(taken))
            medians = [statistics.median(taken[at::rounds]) for at in range(rounds)]
            self.result["pages"][name] = {**as_json(summed(medians, taken)), "floor": round(low, 2)}

    def _hand_in(self, browser: Browser, report: int) -> float:
        path = reverse("report", args=[report])
        page = browser.get(path)
        values = {
            "act": "submit",
            "progress": PROGRESS,
            "percent": "40",
            "summary": "本月完成管网改造 1.2 公里，泵站土建完成。",
            "next_step": "下月完成剩余管段。",
            "seen_version": "1",
            "seen_edition": "0",
        }
        return once(lambda: browser.post(path, page, values))

    def _adopt(self, browser: Browser, report: int) -> float:
        page = browser.get(reverse("report", args=[report]))
        version = Report.objects.unscoped(WHY).values_list("version", flat=True).get(pk=report)
        path = reverse("report_review", args=[report])
        return once(
            lambda: browser.post(path, page, {"act": "approve", "seen_version": str(version), "text": ""})
        )

    def _hundredth(self) -> str:
        """Return the place where page 100 begins."""
        viewer = self.nation.national
        ask = Ask.read({"sort": "due"})
        rows = queries_list.tasks(viewer, ask, queries_list.ground(viewer, ask))
        wanted = paging.runs(ask.shown_lamps, ask.sort, None, backwards=False)
        return str(paging.read(rows, wanted, ask.sort, DEEP * SIZE)[-1])

    def _search_found(self) -> dict[str, Any]:
        """Count what the search finds, and what plain LIKE finds in the same texts."""
        timing = timed(lambda: search.find(self.nation.national, WORDS), rounds=3, each=3)
        found = search.count(self.nation.national, WORDS, cap=10_000_000)
        like = 0
        for model, columns in (
            (Problem, ("title", "text", "goal")),
            (Measure, ("text",)),
            (Task, ("title", "text")),
        ):
            marks = " OR ".join(f"{column} LIKE %s" for column in columns)
            sql = f"SELECT COUNT(*) FROM {model._meta.db_table} WHERE {marks}"  # noqa: S608
            like += floors.fetch(sql, [f"%{WORDS}%"] * len(columns))[0][0]
        capped = timed(lambda: search.count(self.nation.national, WORDS), rounds=3, each=3)
        return {
            "found": found,
            "like": like,
            "find_ms": round(timing.median, 2),
            "count_ms": round(capped.median, 2),
        }

    def _analyse(self) -> None:
        """What autovacuum and the nightly housekeeping do by themselves, done at once so that runs are alike."""
        if connection.vendor == "sqlite":
            planner.refresh()
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("VACUUM ANALYZE")
                cursor.execute("RESET statement_timeout")
