"""One report, two actors, any order of acts: model and database agree and every invariant holds (C11)."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dugai.journal.models import Event
from dugai.kernel.errors import DomainError
from dugai.progress import services_report, services_review, services_round, tallies
from dugai.progress.models import Report, Round
from dugai.progress.states import REPORT_MOVES, ReportState
from tests.cast import Cast, make_problem
from tests.rounds import JUNE_1, MAY_18, MAY_26, WHY, fresh, open_may, report_of, typed

EXAMPLES = int(os.environ.get("DUGAI_TEST_MACHINE_EXAMPLES", "30"))
STEPS = 20
DAYS = (MAY_18, MAY_26, JUNE_1)


class Machine(RuleBasedStateMachine):
    """The unit's clerk against the reviewers, with time passing and the books being closed in between."""

    cast: Cast
    adopted = 0

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day = MAY_18
        with time_machine.travel(self.day, tick=False):
            make_problem(self.cast)
            self.round = open_may(self.cast)
        self.report = report_of(self.round)
        self.state = ReportState.OWED
        self.accepted = 1  # the event that laid the report out
        self.closed = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def act(self, move: str, do) -> bool:
        """Try an act; the model moves with it or, when it is refused, nothing moves."""
        before = fresh(self.report)
        with time_machine.travel(self.day, tick=False):
            try:
                with transaction.atomic():
                    do(before)
            except DomainError:
                assert fresh(self.report).version == before.version
                return False
        after = fresh(self.report)
        if after.version != before.version or move == "save_draft":
            assert not self.closed or before.exception or move == "reopen"
            self.state = REPORT_MOVES.next(self.state, move)
        self.accepted += after.version - before.version
        Machine.adopted += move == "adopt"
        return True

    @rule(day=st.sampled_from(DAYS))
    def time_passes(self, day):
        self.day = max(self.day, day)

    @rule(text=st.sampled_from(["写到一半", "", "又写"]))
    def clerk_drafts(self, text):
        self.act(
            "save_draft",
            lambda seen: services_report.save_draft(
                actor=self.cast.county_clerk,
                report_id=seen.pk,
                seen_edition=getattr(getattr(seen, "draft", None), "edition", 0),
                values={"summary": text},
            ),
        )

    @rule(
        added=st.sampled_from(["0", "1.5", "-9", "两"]),
        who=st.sampled_from(["county_clerk", "neighbour_clerk"]),
    )
    def clerk_submits(self, added, who):
        self.act(
            "submit",
            lambda seen: services_report.submit_report(
                actor=self.cast.users[who],
                report_id=seen.pk,
                seen_version=seen.version,
                values=typed(seen, added),
            ),
        )

    @precondition(lambda self: self.state in {ReportState.OWED, ReportState.DRAFT, ReportState.RETURNED})
    @rule()
    def a_good_report_goes_all_the_way(self):
        """Without this the walk rarely gets past the first desk."""
        self.clerk_submits(added="1.5", who="county_clerk")
        self.everyone_approves()

    @rule()
    def clerk_withdraws(self):
        self.act(
            "withdraw",
            lambda seen: services_report.withdraw_report(actor=self.cast.county_clerk, report_id=seen.pk),
        )

    @rule(
        who=st.sampled_from(
            ["county_reviewer", "county_office_reviewer", "city_reviewer", "province_reviewer"]
        )
    )
    def one_reviewer_approves(self, who):
        self.reviewer_approves(who)

    def reviewer_approves(self, who):
        """Approve as one reviewer; the province adopts, the others pass up."""
        last = who == "province_reviewer"
        self.act(
            "adopt" if last else "pass_up",
            lambda seen: services_review.approve_report(
                actor=self.cast.users[who], report_id=seen.pk, seen_version=seen.version
            ),
        )

    @precondition(lambda self: self.state == ReportState.SUBMITTED)
    @rule()
    def everyone_approves(self):
        for who in ("county_reviewer", "county_office_reviewer", "city_reviewer", "province_reviewer"):
            self.reviewer_approves(who)

    @rule(
        who=st.sampled_from(["county_reviewer", "city_reviewer", "province_reviewer"]),
        why=st.sampled_from(["改", " "]),
    )
    def reviewer_sends_back(self, who, why):
        self.act(
            "send_back",
            lambda seen: services_review.send_back_report(
                actor=self.cast.users[who], report_id=seen.pk, seen_version=seen.version, reason=why
            ),
        )

    @precondition(lambda self: not self.closed)
    @rule(leave=st.booleans())
    def manager_closes(self, leave):
        round_ = Round.objects.unscoped(WHY).get(pk=self.round.pk)
        before = fresh(self.report)
        with time_machine.travel(self.day, tick=False), suppress(DomainError), transaction.atomic():
            services_round.close_round(
                actor=self.cast.province_manager,
                round_id=round_.pk,
                seen_version=round_.version,
                leave_unreviewed=leave,
            )
            self.closed = True
            self.figures = Round.objects.unscoped(WHY).get(pk=round_.pk).figures
            if before.state in {"owed", "draft", "returned"}:
                self.state = ReportState.MISSED
            self.accepted += fresh(self.report).version - before.version

    @precondition(lambda self: self.closed)
    @rule()
    def manager_reopens(self):
        self.act(
            "reopen",
            lambda seen: services_round.reopen_report(
                actor=self.cast.province_manager, report_id=seen.pk, seen_version=seen.version, reason="停电"
            ),
        )

    @invariant()
    def model_and_database_agree(self):
        report = fresh(self.report)
        events = Event.objects.filter(subject_type="report", subject_id=report.pk).count()
        assert (report.state, report.version, events) == (self.state, self.accepted, self.accepted)
        assert (report.at_desk_of_id is not None) == (report.state == ReportState.SUBMITTED)
        assert report.state != ReportState.ADOPTED or report.reviewer_id != report.reporter_id
        assert report.reporter_id is None or bool(report.receipt)

    @invariant()
    def boards_equal_a_recount(self):
        assert tallies.stored(self.round.pk) == tallies.recount(self.round.pk)
        assert Report.objects.unscoped(WHY).filter(round=self.round).count() == 1

    @invariant()
    def closing_is_final(self):
        if self.closed:
            round_ = Round.objects.unscoped(WHY).get(pk=self.round.pk)
            assert (round_.state, round_.figures) == ("closed", self.figures)

    @invariant()
    def the_task_holds_what_was_adopted(self):
        report = fresh(self.report)
        done = report.task.targets.get().done
        if report.state == ReportState.ADOPTED:
            assert str(done.normalize()) == str(type(done)(report.quantities[0]["total"]).normalize())
        elif not Event.objects.filter(kind="report.adopted").exists():
            assert done == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_a_report_never_leaves_its_table(cast: Cast):
    Machine.cast = cast
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="DUGAI_TEST_MACHINE_EXAMPLES" not in os.environ,  # few examples: always the same ones
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Machine.adopted > 0  # the machine came all the way, not only to refusals
