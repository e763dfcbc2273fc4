"""Every move of a report by two people at once, fifty times: one succeeds, one is told, one event (C01, C07)."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import OperationalError

from dugai.journal.models import Event
from dugai.progress import services_report, services_review, services_round, tallies
from dugai.progress.models import ReceiptCounter, Report, Round
from dugai.progress.states import REPORT_MOVES
from tests.cast import Cast, make_cast, make_inspection, make_problem
from tests.concurrency.together import Together, one_winner
from tests.rounds import JUNE_1, MAY_18, WHY, fresh, open_may, report_of, typed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.django_db(transaction=True)]
PAIRS = int(os.environ.get("DUGAI_TEST_PAIRS", "50"))
NUMBERS = int(os.environ.get("DUGAI_TEST_NUMBERS", "50"))
THREADS = 32
WAY = ("county_reviewer", "county_office_reviewer", "city_reviewer")


class Act:
    """The acts on one report, each with the version its page had shown."""

    def __init__(self, cast: Cast, report: Report) -> None:
        self.cast, self.report = cast, report

    def seen(self) -> dict[str, Any]:
        """Return the report and the version it has now."""
        return {"report_id": self.report.pk, "seen_version": fresh(self.report).version}

    def submit(self) -> Callable[[], Any]:
        """Hand in."""
        seen, values = self.seen(), typed(fresh(self.report))
        return lambda: services_report.submit_report(actor=self.cast.county_clerk, values=values, **seen)

    def save_draft(self) -> Callable[[], Any]:
        """Begin a draft."""
        pk = self.report.pk
        return lambda: services_report.save_draft(
            actor=self.cast.county_clerk,
            report_id=pk,
            seen_edition=0,
            values={"summary": secrets.token_hex(8)},
        )

    def withdraw(self) -> Callable[[], Any]:
        """Take back."""
        seen = self.seen()
        return lambda: services_report.withdraw_report(actor=self.cast.county_clerk, **seen)

    def send_back(self) -> Callable[[], Any]:
        """Send back to the unit."""
        seen = self.seen()
        return lambda: services_review.send_back_report(
            actor=self.cast.county_reviewer, reason="写明安排", **seen
        )

    def pass_up(self, who: str = WAY[0]) -> Callable[[], Any]:
        """Pass to the next office."""
        seen = self.seen()
        return lambda: services_review.approve_report(actor=self.cast.users[who], **seen)

    def adopt(self) -> Callable[[], Any]:
        """Adopt."""
        seen = self.seen()
        return lambda: services_review.adopt_report(actor=self.cast.province_reviewer, **seen)

    def reopen(self) -> Callable[[], Any]:
        """Let the unit report again."""
        seen = self.seen()
        return lambda: services_round.reopen_report(actor=self.cast.province_manager, reason="补报", **seen)


def close(cast: Cast, round_: Round) -> None:
    """Close the books, from the version a page had shown."""
    services_round.close_round(
        actor=cast.province_manager, round_id=round_.pk, seen_version=round_.version, leave_unreviewed=True
    )


def until_heard(act: Callable[[], Any]) -> Any:
    """Do an act; when the database lets nobody in (a page says 503, come again), come again."""
    while True:
        try:
            return act()
        except OperationalError as busy:
            if "locked" not in str(busy) and "lock timeout" not in str(busy):
                raise


def events(report: Report) -> int:
    """Count the events of a report."""
    return Event.objects.filter(subject_type="report", subject_id=report.pk).exclude(version=None).count()


@time_machine.travel(MAY_18, tick=True)
def test_each_move_of_a_report_happens_once():
    cast = make_cast()
    inspection = make_inspection(cast)
    for number in range(1, PAIRS + 1):
        make_problem(cast, inspection, number)
    round_ = open_may(cast)
    done = Counter[str]()
    with Together(2) as two:

        def pair(name: str) -> None:
            row, count = fresh(act.report), events(act.report)
            move = getattr(act, name)
            outcomes = two(move(), move())
            assert one_winner(outcomes) or (name == "save_draft" and "DraftConflict" in outcomes), (
                name,
                outcomes,
            )
            assert "done" in outcomes
            assert fresh(act.report).version == row.version + 1, name
            assert events(act.report) == count + 1, name
            done[name] += 1

        reports = list(Report.objects.unscoped(WHY).filter(round=round_).order_by("pk"))
        for report in reports:
            act = Act(cast, report)
            pair("save_draft")
            pair("submit")
            pair("withdraw")
            act.submit()()
            pair("send_back")
            act.submit()()
            pair("pass_up")
            for who in WAY[1:]:
                act.pass_up(who)()
            pair("adopt")
        with time_machine.travel(JUNE_1, tick=True):
            close(cast, Round.objects.unscoped(WHY).get(pk=round_.pk))
            for report in reports:
                act = Act(cast, report)
                pair("reopen")
    assert done == dict.fromkeys({move.name for move in REPORT_MOVES if not move.by_system}, PAIRS)
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


@time_machine.travel(MAY_18, tick=True)
def test_a_round_is_opened_and_closed_once():
    cast = make_cast()
    make_problem(cast)
    with Together(2) as two:
        for week in range(PAIRS):
            day = MAY_18.date().replace(month=1 + week % 12, year=2020 + week // 12)
            outcomes = two(*[lambda day=day: open_may(cast, day=day)] * 2)
            assert one_winner(outcomes), outcomes
            row = Round.objects.unscoped(WHY).latest("pk")

            def close(row: Round = row) -> None:
                services_round.close_round(
                    actor=cast.province_manager,
                    round_id=row.pk,
                    seen_version=row.version,
                    leave_unreviewed=True,
                )

            assert one_winner(two(close, close))
    assert Round.objects.unscoped(WHY).filter(state="closed").count() == PAIRS
    assert Event.objects.filter(kind="round.closed").count() == PAIRS


@time_machine.travel(MAY_18, tick=True)
def test_hundreds_of_receipt_numbers_have_no_gap_and_no_double():
    """C07: 32 people draw number after number, by handing in and taking back without pause."""
    cast = make_cast()
    inspection = make_inspection(cast)
    for number in range(1, THREADS + 1):
        make_problem(cast, inspection, number)
    round_ = open_may(cast)
    reports = list(Report.objects.unscoped(WHY).filter(round=round_).order_by("pk"))
    drawn: list[str] = []

    def work(report: Report) -> Callable[[], None]:
        values = typed(fresh(report))

        def run() -> None:
            for _ in range(NUMBERS):
                row = until_heard(
                    lambda: services_report.submit_report(
                        actor=cast.county_clerk, report_id=report.pk, values=values
                    )
                )
                drawn.append(row.receipt)
                until_heard(
                    lambda: services_report.withdraw_report(actor=cast.county_clerk, report_id=report.pk)
                )

        return run

    with Together(THREADS) as crowd:
        assert crowd(*[work(report) for report in reports]) == ["done"] * THREADS
    assert sorted(drawn) == [f"JY-990121-260518-{number:04d}" for number in range(1, THREADS * NUMBERS + 1)]
    assert ReceiptCounter.objects.get().last == THREADS * NUMBERS
    assert report_of(round_).receipt
