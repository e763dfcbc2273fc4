"""Months of 调度: rounds are called, filled in, sent back, adopted and closed through their room's services.

Past months were called by the first city's office over what the central inspection found, and are closed with
frozen figures. The present month was
called by the province and stands as such a month does: drafts, reports at every desk, some sent back, some
adopted, much still owed. A special round is past its date, so that somebody is late.

Planted, for whoever looks for patterns: the units of `COPIERS` hand in one another's words, and every
eleventh task reports progress month after month while its quantity never moves.
"""

from __future__ import annotations

import datetime as dt
import random
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.kernel import clock
from dugai.kernel.errors import Refused
from dugai.kernel.months import Period, PeriodKind
from dugai.ledger.states import DONE_PROGRESS, Progress, SourceClass
from dugai.management.demo.reports import COPIED, NEXT, OPINIONS, PROBLEMS, SENT_BACK, STILL, narrative
from dugai.people.models import User
from dugai.people.states import UNIT_ROLES, Role
from dugai.progress import lookups, services_report, services_review, services_round
from dugai.progress.models import Report, Round
from dugai.progress.policy import REVIEWING_ROLES
from dugai.progress.states import ReportState, RoundKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dugai.management.demo.places import Region
    from dugai.people.models import Organisation

WHY = "the demo turns its own rounds"
AT_ONCE = 50
MOST_NOW = 260
"""Reports of the present month that somebody has touched; the others are owed, as early in a month."""
STUCK_EVERY = 11
COPIERS = ("农业农村", "水务")
"""Lines whose county bureaus copy from one another."""


class Months:
    """Turns rounds with the people of the demo; every choice is drawn from the seed."""

    def __init__(
        self, users: Mapping[str, User], city: Region, seed: int, tell: Callable[[str, int, int], None]
    ) -> None:
        self.users, self.city, self.tell = users, city, tell
        self.random = random.Random(seed)  # noqa: S311  a demo needs repeatable, not secret, numbers
        self.clerks: dict[int, User] = {}
        self.reviewers: dict[int, User] = {}
        people = User.objects.select_related("organisation__parent").filter(is_active=True).order_by("pk")
        for user in people:
            if user.role in UNIT_ROLES | {Role.OFFICE_CLERK}:
                self.clerks.setdefault(user.organisation_id, user)
            if user.role in REVIEWING_ROLES | {Role.UNIT_REVIEWER}:
                self.reviewers.setdefault(user.organisation_id, user)

    def past(self, day: dt.date, done: int, total: int) -> Round | None:
        """Turn the whole month that contains `day` in the city, and close it; None when nothing is owed."""
        month = Period.of(PeriodKind.MONTH, day)
        with clock.standing_at(_at(month.start.replace(day=3), 9)):
            round_ = _called(
                actor=self.users["shi-jingban"],
                kind=RoundKind.MONTHLY,
                region=self.city.organisation,
                day=day,
                title=f"{month.label}中央督察整改调度",
                filters={"source_class": SourceClass.CENTRAL},
            )
        if round_ is None:
            return None
        reports = self._owed(round_)
        for at in range(0, len(reports), AT_ONCE):
            with transaction.atomic():
                for report in reports[at : at + AT_ONCE]:
                    self._past_report(report, round_)
            self.tell("rounds", done + at, total)
        closed = _at(max(round_.adopt_by, round_.due_on + dt.timedelta(days=3)), 17)
        with clock.standing_at(closed):
            round_.refresh_from_db()
            return services_round.close_round(
                actor=self.users["shi-shenhe"], round_id=round_.pk, seen_version=round_.version
            )

    def present(self, today: dt.date) -> Round:
        """Call this month's round over the province and let part of it happen."""
        month = Period.of(PeriodKind.MONTH, today)
        opened = min(month.start + dt.timedelta(days=2), today)
        with clock.standing_at(_at(opened, 9)):
            round_ = services_round.open_round(
                actor=self.users["sheng-jingban"],
                kind=RoundKind.MONTHLY,
                region=self.users["sheng-lingdao"].organisation,
            )
        while round_.total and round_.state == "opening":
            round_ = services_round.lay_out_round(actor=self.users["sheng-jingban"], round_id=round_.pk)
        reports = self._owed(round_)
        if len(reports) > MOST_NOW:
            reports = sorted(self.random.sample(reports, MOST_NOW), key=lambda report: report.pk)
        days = max(0, (min(today, round_.due_on) - opened).days)
        for at in range(0, len(reports), AT_ONCE):
            with transaction.atomic():
                for report in reports[at : at + AT_ONCE]:
                    day = opened + dt.timedelta(days=self.random.randint(0, days))
                    with clock.standing_at(_at(day, self.random.randint(10, 17))):  # laid out at nine
                        self._present_report(report)
        return round_

    def special(self, today: dt.date) -> Round | None:
        """Call a special round whose last day was two days ago; some came late, some are missing."""
        day = today - dt.timedelta(days=12)
        with clock.standing_at(_at(day, 10)):
            round_ = _called(
                actor=self.users["shi-jingban"],
                kind=RoundKind.SPECIAL,
                region=self.city.organisation,
                title="涉水问题专项调度",
                filters={"sector": "水务"},
                instruction="请逐项说明截至目前的实物工作量，没有进展的写明原因。",
            )
        for number, report in enumerate(self._owed(round_) if round_ else ()):
            moment = _at(today - dt.timedelta(days=1 if number % 5 == 0 else 4), 15)
            if number % 3:
                with clock.standing_at(moment), transaction.atomic():
                    self._submit(report)
        return round_

    def _owed(self, round_: Round) -> list[Report]:
        rows = Report.objects.unscoped(WHY).filter(round=round_, state=ReportState.OWED)
        return list(rows.select_related("task", "owner__parent", "round__caller__parent").order_by("pk"))

    def _past_report(self, report: Report, round_: Round) -> None:
        lot = self.random.random()
        if lot < 0.04:
            return
        days = self.random.randint(5, 22)
        moment = _at(round_.starts_on + dt.timedelta(days=days), self.random.randint(8, 17))
        late = _at(round_.due_on + dt.timedelta(days=1), 10)
        with clock.standing_at(late if lot < 0.08 else moment):
            if not self._submit(report):
                return
        if lot > 0.95:
            with clock.standing_at(moment + dt.timedelta(hours=4)):
                self._send_back(report)
            with clock.standing_at(moment + dt.timedelta(days=1)):
                self._submit(report, better=True)
        with clock.standing_at(max(moment + dt.timedelta(days=2), late)):
            self._approve(report, 9)

    def _present_report(self, report: Report) -> None:
        lot = self.random.random()
        if lot < 0.40:
            return
        if lot < 0.50:
            self._draft(report)
            return
        if not self._submit(report) or lot < 0.70:
            return
        if lot < 0.76:
            self._send_back(report)
            return
        self._approve(report, 1 if lot < 0.88 else 9)

    def _submit(self, report: Report, *, better: bool = False) -> bool:
        clerk = self.clerks.get(report.owner_id)
        if clerk is None:
            return False
        services_report.submit_report(
            actor=clerk, report_id=report.pk, values=self._values(report, better=better)
        )
        return True

    def _draft(self, report: Report) -> None:
        clerk = self.clerks.get(report.owner_id)
        if clerk is not None:
            values = {**self._values(report), "next_step": ""}
            services_report.save_draft(actor=clerk, report_id=report.pk, seen_edition=0, values=values)

    def _send_back(self, report: Report) -> None:
        reviewer = self._desk(report)
        if reviewer is not None:
            reason = self.random.choice(SENT_BACK)
            services_review.send_back_report(actor=reviewer, report_id=report.pk, reason=reason)

    def _approve(self, report: Report, most: int) -> None:
        for _ in range(most):
            reviewer = self._desk(report)
            if reviewer is None:
                return
            opinion = self.random.choice(OPINIONS)
            done = services_review.approve_report(actor=reviewer, report_id=report.pk, opinion=opinion)
            if done.state == ReportState.ADOPTED:
                return

    def _desk(self, report: Report) -> User | None:
        """Return somebody at the desk where the report lies, and never who handed it in."""
        at, reporter = Report.objects.unscoped(WHY).values_list("at_desk_of", "reporter").get(pk=report.pk)
        found = self.reviewers.get(at) if at else None
        return found if found is not None and found.pk != reporter else None

    def _values(self, report: Report, *, better: bool = False) -> dict[str, str]:
        """Return what a clerk types: further than last time, and never against the rules of the form."""
        baseline = lookups.baseline_of(report, None)
        progress = Progress(report.task.progress)
        finished = progress in DONE_PROGRESS
        stuck = _mark(report) % STUCK_EVERY == 0 and not finished
        values: dict[str, str] = {}
        moved = False
        for line in baseline.lines:
            left = max(Decimal(0), line.amount - line.before)
            added = left if finished else Decimal(int(left * self.random.randint(5, 30) / 100))
            added = Decimal(0) if stuck or progress is Progress.NOT_STARTED else added
            moved = moved or line.before + added > 0
            values[f"added_{line.target}"] = str(added)
        if stuck or (progress is Progress.NOT_STARTED and (moved or self.random.random() < 0.3)):
            progress = Progress.IN_PROGRESS
        return {
            **values,
            "progress": progress,
            "percent": "" if finished else str(self.random.randint(10, 80)),
            "summary": self._words(report, better=better, stuck=stuck),
            "difficulty": self.random.choice(PROBLEMS),
            "next_step": "" if finished else self.random.choice(NEXT),
            "funds_added": str(self.random.randint(0, 400)) if not stuck else "",
        }

    def _words(self, report: Report, *, better: bool, stuck: bool) -> str:
        owner: Organisation = report.owner
        if owner.line in COPIERS and _mark(report) % 2:
            return COPIED
        if stuck:
            return STILL
        return narrative(self.random, report.task.title, clock.today(), better=better)


def _called(**values: Any) -> Round | None:
    """Call a round, or none where the filters leave nothing to ask about."""
    try:
        return services_round.open_round(**values)
    except Refused as refusal:
        if refusal.code != "nothing_owed":
            raise
        return None


def _mark(report: Report) -> int:
    """Return a number that a task keeps in every build from one seed, unlike its id."""
    return zlib.crc32(report.task.code.encode())


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, 20), clock.SHANGHAI)
