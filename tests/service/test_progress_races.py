"""Two people at the same moment: exactly one wins, nothing is lost, numbers have no gap."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from dugai.journal.models import Event
from dugai.kernel.errors import DomainError
from dugai.progress import services_report, services_review, services_round, tallies
from dugai.progress.models import ReceiptCounter, Report, Round
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.rounds import JUNE_1, MAY_18, WHY, fresh, open_may, report_of, submit, typed, walk_up

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 6


def at_once(*acts) -> list[str]:
    """Do all acts at the same moment, each in a thread and connection of its own; return `done` or the refusal."""
    barrier = threading.Barrier(len(acts))

    def one(act) -> str:
        try:
            barrier.wait(timeout=20)
            act()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def several(cast: Cast, n: int = PAIRS) -> tuple[Round, list[Report]]:
    """Open a round with `n` tasks of 望渡县住建局."""
    inspection = make_inspection(cast)
    tasks = [task_of(make_problem(cast, inspection, number)) for number in range(1, n + 1)]
    round_ = open_may(cast)
    return round_, [report_of(round_, task) for task in tasks]


@time_machine.travel(MAY_18, tick=True)
def test_submitting_twice_at_once_is_one_submission(cast: Cast):
    round_, reports = several(cast)
    for report in reports:
        seen, values = fresh(report), typed(fresh(report))

        def act(who, seen=seen, values=values):
            services_report.submit_report(
                actor=who, report_id=seen.pk, seen_version=seen.version, values=values
            )

        found = at_once(lambda: act(cast.county_clerk), lambda: act(cast.county_reviewer))
        assert sorted(found) in (["conflict", "done"], ["done", "move_refused"])
        assert Event.objects.filter(kind="report.submitted", subject_id=report.pk).count() == 1
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


@time_machine.travel(MAY_18, tick=True)
def test_receipt_numbers_have_no_gap_and_no_double(cast: Cast):
    round_, reports = several(cast, 8)
    values = {report.pk: typed(fresh(report)) for report in reports}
    values[reports[3].pk]["summary"] = ""  # refused: it must not use up a number

    def hand_in(report):
        return lambda: services_report.submit_report(
            actor=cast.county_clerk, report_id=report.pk, values=values[report.pk]
        )

    found = at_once(*(hand_in(report) for report in reports))
    assert sorted(found) == ["done"] * 7 + ["entry_refused"]
    numbers = (
        Report.objects.unscoped(WHY)
        .filter(round=round_)
        .exclude(receipt="")
        .values_list("receipt", flat=True)
    )
    assert sorted(numbers) == [f"JY-990121-260518-{number:04d}" for number in range(1, 8)]
    assert ReceiptCounter.objects.get().last == 7


@time_machine.travel(MAY_18, tick=True)
def test_adopt_against_send_back_has_one_winner(cast: Cast):
    round_, reports = several(cast)
    for report in reports:
        ready = walk_up(
            cast,
            submit(cast.county_clerk, report),
            "county_reviewer",
            "county_office_reviewer",
            "city_reviewer",
        )

        def adopt(seen=ready):
            services_review.adopt_report(
                actor=cast.province_reviewer, report_id=seen.pk, seen_version=seen.version
            )

        def send_back(seen=ready):
            services_review.send_back_report(
                actor=cast.province_manager, report_id=seen.pk, seen_version=seen.version, reason="照片不清"
            )

        found = at_once(adopt, send_back)
        assert sorted(found) in (["conflict", "done"], ["done", "move_refused"])
        after = fresh(report)
        assert after.state == ("adopted" if found[0] == "done" else "returned")
        assert (after.task.targets.get().done > 0) == (after.state == "adopted")
        assert after.version == ready.version + 1
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


def test_a_report_is_in_before_closing_or_missed(cast: Cast):
    with time_machine.travel(MAY_18, tick=True):
        round_, reports = several(cast, 3)
    with time_machine.travel(JUNE_1, tick=True):
        values = {report.pk: typed(fresh(report)) for report in reports}
        seen = Round.objects.unscoped(WHY).get(pk=round_.pk)

        def hand_in(report):
            return lambda: services_report.submit_report(
                actor=cast.county_clerk, report_id=report.pk, values=values[report.pk]
            )

        def close():
            services_round.close_round(
                actor=cast.province_manager,
                round_id=seen.pk,
                seen_version=seen.version,
                leave_unreviewed=True,
            )

        *handed, closed = at_once(*(hand_in(report) for report in reports), close)
    assert closed == "done"
    assert set(handed) <= {"done", "round_closed"}
    states = [fresh(report).state for report in reports]
    assert states == ["submitted" if word == "done" else "missed" for word in handed]
    figures = Round.objects.unscoped(WHY).get(pk=round_.pk).figures
    assert figures["counts"]["submitted"] == handed.count("done")
    assert tallies.stored(round_.pk) == tallies.recount(round_.pk)


@time_machine.travel(MAY_18, tick=True)
def test_two_drafts_from_the_same_edition_keep_one_and_show_both(cast: Cast):
    _, (report,) = several(cast, 1)
    kept = {}

    def save(who, words):
        try:
            services_report.save_draft(
                actor=who, report_id=report.pk, seen_edition=0, values={"summary": words}
            )
            kept["won"] = words
        except services_report.DraftConflict as conflict:
            kept["theirs"], kept["mine"] = conflict.theirs["summary"], conflict.mine["summary"]
            raise

    found = at_once(lambda: save(cast.county_clerk, "甲写的"), lambda: save(cast.county_reviewer, "乙写的"))
    assert sorted(found) == ["done", "draft_conflict"]
    assert kept["theirs"] == kept["won"]
    assert {kept["theirs"], kept["mine"]} == {"甲写的", "乙写的"}


@time_machine.travel(MAY_18, tick=True)
def test_two_offices_open_the_same_month_once(cast: Cast):
    make_problem(cast)
    found = at_once(lambda: open_may(cast), lambda: open_may(cast, actor=cast.province_manager))
    assert sorted(found) == ["done", "round_taken"]
    assert Report.objects.unscoped(WHY).count() == 1
