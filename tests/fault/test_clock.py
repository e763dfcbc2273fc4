"""A clock that is wrong for a while: a day back, a day on, on 29 February, over the end of a year (F11).

Each flow begins at a true moment, goes on while the clock is wrong, and ends when it is right again.
The order of events does not suffer, nothing is locked or open for ever, and no month comes twice.
"""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
import time_machine
from django.test import Client

from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.journal import sequencing
from dugai.journal.models import DailyRoot, Event, Leaf
from dugai.kernel import clock
from dugai.kernel.errors import Conflict, Refused, TooMany
from dugai.ledger import standing, tallies
from dugai.ledger.models import Task
from dugai.management import schedule, verification, working
from dugai.people import sealed, secrets, services_signin
from dugai.people.models import User
from dugai.progress import services_report
from dugai.progress.models import Report, Round
from tests.cast import PASSWORD, Cast, make_inspection, make_problem
from tests.rounds import WHY, fresh, open_may, report_of, typed

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
LOCAL = dt.timezone(dt.timedelta(hours=8))


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    """Return a moment in Shanghai."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=LOCAL)


TRUE = at(2027, 12, 20)
WRONG = {
    "an hour back": (TRUE, TRUE - HOUR),
    "an hour on": (TRUE, TRUE + HOUR),
    "a day back": (TRUE, TRUE - DAY),
    "a day on": (TRUE, TRUE + DAY),
    "on 29 February": (TRUE, at(2028, 2, 29)),
    "from 29 February": (at(2028, 2, 29), at(2028, 3, 1)),
    "over the year's end": (at(2027, 12, 31, 23, 59), at(2028, 1, 1, 0, 1)),
    "back over the year's end": (at(2028, 1, 1, 0, 1), at(2027, 12, 31, 23, 59)),
    "standing still": (TRUE, TRUE),
}
moments = pytest.mark.parametrize(("true", "wrong"), WRONG.values(), ids=WRONG)


@moments
def test_the_journal_keeps_the_order_in_which_things_happened(cast: Cast, true, wrong):
    inspection = make_inspection(cast)
    for number, moment in enumerate((true, wrong, true, wrong, true), start=1):
        with time_machine.travel(moment, tick=False):
            make_problem(cast, inspection, number)
            sequencing.append_all()
            sequencing.sign_head()
            sequencing.seal_day()
    told = (
        Event.objects.filter(kind="problem.registered")
        .order_by("leaf__index")
        .values_list("subject_id", flat=True)
    )
    assert list(told) == sorted(told)
    assert list(Leaf.objects.order_by("index").values_list("event_id", flat=True)) == sorted(
        Event.objects.values_list("pk", flat=True)
    )
    assert DailyRoot.objects.count() == len({clock.local(true).date(), clock.local(wrong).date()})
    assert verification.verify(("journal", "rows", "tallies")).findings == []


@moments
def test_the_colours_of_a_day_are_those_of_the_day(cast: Cast, true, wrong):
    inspection = make_inspection(cast)
    for number, when in enumerate(
        ("2027年12月20日前", "2027年12月底前", "2028年2月29日前", "2028年3月底前"), start=1
    ):
        make_problem(cast, inspection, number, when=when)

    def colours(moment: dt.datetime) -> list[tuple[int, str]]:
        standing.roll_day(clock.local(moment).date())
        assert tallies.stored() == tallies.recount()
        return list(Task.objects.unscoped(WHY).order_by("pk").values_list("pk", "lamp"))

    first = colours(true)
    colours(wrong)
    assert colours(true) == first


@moments
def test_no_month_comes_twice_and_none_is_left_out(cast: Cast, true, wrong):
    make_problem(cast)
    opened, refused = [], []
    for moment in (true, wrong, true):
        with time_machine.travel(moment, tick=False):
            try:
                opened.append(open_may(cast, day=clock.today()).period)
            except Refused as refusal:
                refused.append(refusal.code)
    months = {f"{clock.local(moment):%Y-%m}" for moment in (true, wrong)}
    assert sorted(opened) == sorted(months)
    assert refused == ["round_taken"] * (3 - len(months))
    assert Round.objects.unscoped(WHY).count() == len(months)
    for row in Round.objects.unscoped(WHY):
        assert row.starts_on <= row.due_on <= row.adopt_by


@moments
def test_numbers_go_on_without_a_gap(cast: Cast, true, wrong):
    inspection = make_inspection(cast)
    for number in range(1, 4):
        make_problem(cast, inspection, number)
    with time_machine.travel(true, tick=False):
        round_ = open_may(cast, day=clock.today())
    reports = list(Report.objects.unscoped(WHY).filter(round=round_).order_by("pk"))
    for moment, report in zip((true, wrong, true), reports, strict=True):
        with time_machine.travel(moment, tick=False):
            services_report.submit_report(
                actor=cast.county_clerk, report_id=report.pk, values=typed(fresh(report))
            )
    drawn = [fresh(report).receipt for report in reports]
    days = [f"{clock.local(moment):%y%m%d}" for moment in (true, wrong, true)]
    last = "0002" if days[0] != days[1] else "0003"
    middle = "0001" if days[0] != days[1] else "0002"
    assert [receipt.split("-", 2)[2] for receipt in drawn] == [
        f"{days[0]}-0001", f"{days[1]}-{middle}", f"{days[2]}-{last}"
    ]  # fmt: skip
    assert report_of(round_).submitted_at is not None


@moments
def test_no_lease_is_for_ever_and_a_lost_one_finishes_nothing(true, wrong):
    with time_machine.travel(wrong, tick=False):  # taken while the clock was wrong
        jobs.enqueue(actor=None, kind="work")
        first = jobs.claim(kinds=["work"])
        assert first is not None
    with time_machine.travel(true + 3 * jobs.LEASE, tick=False):
        second = jobs.claim(kinds=["work"])
        assert second is not None
        assert second.fence == first.fence + 1
        with pytest.raises(Conflict):
            jobs.finish(first)
        jobs.finish(second)
    assert Job.objects.get().state == Job.State.DONE


@moments
def test_a_failed_job_is_tried_again(true, wrong):
    done = []

    def handler(job: Job) -> dict[str, object]:
        if job.attempts == 1:
            raise ValueError("第一次不成")
        done.append(job.pk)
        return {}

    with time_machine.travel(wrong, tick=False):
        jobs.enqueue(actor=None, kind="work")
        working.run_one({"work": handler})
    with time_machine.travel(max(true, wrong) + dt.timedelta(minutes=1), tick=False):
        working.run_one({"work": handler})
    assert len(done) == 1
    assert Job.objects.get().state == Job.State.DONE


@moments
def test_each_moment_of_the_timetable_comes_once(true, wrong):
    with time_machine.travel(true, tick=False):
        assert "roll_day" in schedule.tick(clock.now())
    with time_machine.travel(wrong, tick=False):
        again = schedule.tick(clock.now())
        assert ("roll_day" in again) == (clock.local(wrong).date() > clock.local(true).date())
    with time_machine.travel(true, tick=False):
        assert schedule.tick(clock.now()) == []
    later = max(true, wrong) + DAY
    with time_machine.travel(later, tick=False):
        assert "roll_day" in schedule.tick(clock.now())


@moments
def test_nobody_is_locked_out_for_ever(cast: Cast, true, wrong):
    def attempt(password: str) -> str:
        try:
            services_signin.try_password(username="county_clerk", password=password, address="10.1.1.1")
        except TooMany:
            return "wait"
        except Refused:
            return "wrong"
        return "in"

    with time_machine.travel(wrong, tick=False) as clockwork:
        for _ in range(5):
            assert attempt("wrong") == "wrong"
            clockwork.shift(10)
        assert attempt(PASSWORD) == "wait"
    with time_machine.travel(true + dt.timedelta(minutes=20), tick=False):
        assert attempt(PASSWORD) == "in"


@moments
def test_no_session_is_for_ever(cast: Cast, true, wrong):
    def is_in() -> bool:
        return client.get("/account/").status_code == 200

    client = Client()
    with time_machine.travel(wrong, tick=False):
        answer = client.post("/sign-in/", {"username": "county_clerk", "password": PASSWORD})
        assert answer.status_code == 302
        assert is_in()
    with time_machine.travel(true, tick=False):
        assert is_in() == (
            abs(wrong - true) < dt.timedelta(minutes=30) and wrong - true < dt.timedelta(minutes=1)
        )
    with time_machine.travel(true + dt.timedelta(hours=12, minutes=1), tick=False):
        assert not is_in()


@moments
def test_a_code_is_used_once_and_codes_work_again(cast: Cast, true, wrong):
    secret = secrets.new_totp_secret()
    clerk = cast.county_clerk
    User.objects.filter(pk=clerk.pk).update(totp_secret=sealed.seal(secret))

    def use(moment: dt.datetime, code: str = "") -> bool:
        with time_machine.travel(moment, tick=False):
            return services_signin.use_code(user=clerk, code=code or pyotp.TOTP(secret).at(moment))

    code = pyotp.TOTP(secret).at(wrong)
    assert use(wrong)
    assert not use(wrong, code)
    assert not use(wrong + dt.timedelta(seconds=20), code)
    assert use(max(true, wrong) + dt.timedelta(minutes=2))
