"""Whatever people do in whatever order: evidence is accepted by another unit alone, and nothing is ever lost."""

from __future__ import annotations

import io
import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dugai.evidence import queries, services
from dugai.evidence.models import Evidence
from dugai.evidence.services import Claim
from dugai.evidence.states import EVIDENCE_MOVES, LIVE, EvidenceState
from dugai.files import services as files
from dugai.journal.models import Event
from dugai.kernel.errors import DomainError
from tests.cast import Cast, make_problem
from tests.pictures import photo

EXAMPLES = int(os.environ.get("DUGAI_TEST_MACHINE_EXAMPLES", "0"))
PEOPLE = (
    "county_clerk",
    "county_reviewer",
    "city_clerk",
    "city_reviewer",
    "verifier",
    "neighbour_clerk",
    "leader",
)
ACTS = ("accept", "send_back", "revoke")


class EvidenceMachine(RuleBasedStateMachine):
    """A few pieces of evidence and everyone who might touch them."""

    cast: Cast
    accepted = 0

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.problem = make_problem(self.cast)
        self.pieces: list[int] = []
        self.states: dict[int, str] = {}

    def try_(self, service, **values) -> object:
        try:
            return service(**values)
        except DomainError:
            return None

    def stored(self, person) -> int:
        data = io.BytesIO(photo(str(len(self.pieces)), size=(64, 64), place=None))
        return files.store_file(actor=person, name="a.jpg", stream=data).pk

    def pick(self, at: int) -> int:
        return self.pieces[at % len(self.pieces)] if self.pieces else 0

    @rule(who=st.sampled_from(PEOPLE), phase=st.sampled_from(("before", "after", "document")))
    def add(self, who: str, phase: str) -> None:
        person = self.cast.users[who]
        made = self.try_(
            services.add_evidence,
            actor=person,
            problem_id=self.problem.pk,
            file_id=self.stored(person),
            claim=Claim("photos", phase),
        )
        assert (made is not None) == (
            who in {"county_clerk", "county_reviewer", "city_clerk", "city_reviewer"}
        )
        if isinstance(made, Evidence):
            self.pieces.append(made.pk)

    @rule(who=st.sampled_from(PEOPLE), at=st.integers(0, 9), act=st.sampled_from(ACTS))
    def review(self, who: str, at: int, act: str) -> None:
        person = self.cast.users[who]
        self.try_(services.review_evidence, actor=person, evidence_id=self.pick(at), act=act, opinion="看过")

    @rule(who=st.sampled_from(PEOPLE), at=st.integers(0, 9))
    def withdraw(self, who: str, at: int) -> None:
        person = self.cast.users[who]
        self.try_(services.withdraw_evidence, actor=person, evidence_id=self.pick(at), reason="传错了")

    @rule(who=st.sampled_from(PEOPLE), at=st.integers(0, 9))
    def replace(self, who: str, at: int) -> None:
        person = self.cast.users[who]
        made = self.try_(
            services.replace_evidence,
            actor=person,
            evidence_id=self.pick(at),
            file_id=self.stored(person),
        )
        if isinstance(made, Evidence):
            self.pieces.append(made.pk)

    @rule(at=st.integers(0, 9), other=st.integers(0, 9))
    def pair(self, at: int, other: int) -> None:
        self.try_(
            services.pair_evidence,
            actor=self.cast.county_clerk,
            evidence_id=self.pick(at),
            other_id=self.pick(other),
        )

    @rule()
    def one_whole_way(self) -> None:
        """Sent back, replaced, accepted: the walk that must be possible at any time."""
        clerk, verifier = self.cast.county_clerk, self.cast.verifier
        made = services.add_evidence(
            actor=clerk, problem_id=self.problem.pk, file_id=self.stored(clerk), claim=Claim("plan")
        )
        services.review_evidence(actor=verifier, evidence_id=made.pk, act="send_back", opinion="缺章")
        new = services.replace_evidence(actor=clerk, evidence_id=made.pk, file_id=self.stored(clerk))
        services.review_evidence(actor=verifier, evidence_id=new.pk, act="accept")
        self.pieces += [made.pk, new.pk]

    @invariant()
    def every_step_is_in_the_table_and_nothing_is_lost(self) -> None:
        rows = {row.pk: row for row in Evidence.objects.unscoped("a test")}
        assert set(rows) == set(getattr(self, "pieces", []))
        for pk, row in rows.items():
            old = self.states.get(pk, "pending")
            ways = {old} | {move.target for move in EVIDENCE_MOVES.allowed(EvidenceState(old))}
            assert row.state in ways, f"{old} to {row.state}"
            self.states[pk] = row.state
            if row.state == EvidenceState.ACCEPTED:
                EvidenceMachine.accepted += 1
                assert row.reviewing_unit_id != row.organisation_id
                assert row.reviewer_id != row.added_by_id
            count = Event.objects.filter(
                subject_type="evidence", subject_id=pk, version__isnull=False
            ).count()
            assert count == row.version

    @invariant()
    def the_checklist_holds_every_live_piece_once(self) -> None:
        if not hasattr(self, "problem"):
            return
        found = queries.checklist(self.cast.verifier, self.problem)
        listed = [one.pk for state in found.slots for one in state.items] + [one.pk for one in found.others]
        live = Evidence.objects.unscoped("a test").filter(state__in=LIVE)
        assert sorted(listed) == sorted(live.values_list("pk", flat=True))


@pytest.mark.django_db
def test_evidence_moves_by_its_table(cast: Cast):
    EvidenceMachine.cast = cast
    run_state_machine_as_test(
        EvidenceMachine,
        settings=settings(
            max_examples=EXAMPLES or 8,
            stateful_step_count=12,
            deadline=None,
            derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert EvidenceMachine.accepted > 0  # the machine came all the way, not only to refusals
