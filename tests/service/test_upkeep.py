"""The installation looks after itself by the clock, the doctor sees whether it did, the index can be made anew."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dugai.files import services as files
from dugai.jobs import services as jobs
from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.kernel import clock
from dugai.kernel.errors import DomainError
from dugai.ledger import search
from dugai.management import examine, schedule, working
from dugai.upkeep import backup, rules, scrubbing, services, services_readmit
from dugai.upkeep.models import UpkeepRun
from tests.cast import Cast, make_problem

FIRST = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def work() -> list[Job]:
    """Run every waiting job."""
    return list(iter(working.run_one, None))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_timetable_backs_up_drills_scrubs_and_verifies(cast: Cast, settings, tmp_path: Path):
    files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(b"x"))
    settings.BACKUP_TO = str(tmp_path / "backups")
    kinds = ("upkeep.backup", "upkeep.drill", "upkeep.scrub", "upkeep.verify")
    assert set(kinds) <= {entry.kind for entry in schedule.TIMETABLE}
    for kind in kinds:
        jobs.enqueue(actor=None, kind=kind)
        (done,) = work()
        done.refresh_from_db()
        assert (done.state, done.message) == (Job.State.DONE, ""), kind
    runs = {run.kind: run for run in UpkeepRun.objects.all()}
    assert set(runs) == {"backup", "drill", "scrub", "verify"}
    assert all(run.holds and run.by == "定时任务" for run in runs.values())
    jobs.enqueue(actor=None, kind="upkeep.scrub")
    (again,) = work()
    again.refresh_from_db()
    assert again.result == {"skipped": "本周已巡检"}


@pytest.mark.django_db
def test_without_a_folder_nothing_is_backed_up_and_the_doctor_minds(cast: Cast):
    for kind in ("upkeep.backup", "upkeep.drill"):
        jobs.enqueue(actor=None, kind=kind)
    for job in work():
        job.refresh_from_db()
        assert "DUGAI_BACKUP_TO" in job.result["skipped"]
    said = {finding.subject: finding.verdict for finding in examine.operations()}
    assert said == dict.fromkeys(("备份", "恢复演练", "文件巡检"), examine.MIND)


@pytest.mark.django_db
def test_the_doctor_names_a_failed_drill_a_shrunken_backup_and_damaged_files(cast: Cast):
    note = {"actor": None, "by": "测试", "started_at": clock.now()}
    services.note_run(kind="backup", holds=True, summary="一", result={"rows": 1000}, **note)
    services.note_run(kind="backup", holds=True, summary="二", result={"rows": 700}, **note)
    services.note_run(kind="drill", holds=False, summary="根不同", **note)
    sha256 = files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(b"x")).blob_id
    (Path(files.settings.FILES_ROOT) / sha256[:2] / sha256[2:4] / sha256).unlink()
    scrubbing.scrub(by="测试")
    wrong = [finding.subject for finding in examine.operations() if finding.verdict == examine.WRONG]
    assert wrong == ["恢复演练", "文件巡检", "备份", "文件"]


@pytest.mark.django_db
def test_a_slice_of_the_scrub_ends_without_a_record(cast: Cast):
    files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(b"x"))
    assert not scrubbing.scrub(by="测试", until=0.0).finished
    assert scrubbing.is_open()
    assert not UpkeepRun.objects.exists()
    assert scrubbing.scrub(by="测试").finished
    assert not scrubbing.is_open()


@pytest.mark.django_db
def test_a_pass_that_ended_does_not_bring_the_timetable_forward(cast: Cast):
    files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(b"x"))
    now = dt.datetime(2026, 5, 18, 4, 0, 30, tzinfo=dt.UTC)
    assert "scrub" in schedule.tick(now)
    while working.run_one():
        pass
    assert UpkeepRun.objects.filter(kind="scrub").count() == 1
    for seconds in (5, 10, 300):
        assert "scrub" not in schedule.tick(now + dt.timedelta(seconds=seconds))
    assert "scrub" in schedule.tick(now + dt.timedelta(minutes=10))
    while working.run_one():
        pass
    assert UpkeepRun.objects.filter(kind="scrub").count() == 1  # this week's pass is over


@pytest.mark.django_db
def test_the_index_is_made_anew(cast: Cast):
    make_problem(cast)
    whole = search.find(cast.province_clerk, "污水")
    assert whole[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dugai_search")
    assert search.find(cast.province_clerk, "污水") == ([], None)
    told: list[tuple[str, int, int]] = []
    assert search.rebuild(lambda *step: told.append(step)) >= len(whole[0])
    assert search.find(cast.province_clerk, "污水") == whole
    assert told[-1] == ("重建检索", 1, 1)


@pytest.mark.django_db
def test_operations_have_an_actor_with_a_name_whom_nobody_can_be(cast: Cast):
    account = services.system_account()
    assert account == services.system_account()
    assert not account.has_usable_password()
    assert Event.objects.filter(kind="user.added", subject_id=account.pk).count() == 1


MOMENTS = st.lists(st.integers(0, 3 * 365 * 24 * 60), unique=True).map(
    lambda minutes: [FIRST + dt.timedelta(minutes=minute) for minute in minutes]
)


@given(MOMENTS)
def test_the_newest_backup_is_kept_and_never_too_many(moments: list[dt.datetime]):
    kept = rules.kept(moments)
    assert kept <= set(moments)
    assert not moments or max(moments) in kept
    assert len(kept) <= rules.HOURLY + rules.DAILY + rules.MONTHLY


def test_a_year_of_hourly_backups_keeps_hours_days_and_months():
    first = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    kept = sorted(rules.kept(first + dt.timedelta(hours=hour) for hour in range(365 * 24)))
    gaps = [later - earlier for earlier, later in itertools.pairwise(kept)]
    assert gaps[-1] == dt.timedelta(hours=1)
    assert gaps[0] >= dt.timedelta(days=28)
    assert 12 + 29 + 23 - 2 <= len(kept) <= 12 + 30 + 24


@pytest.mark.django_db(transaction=True)
def test_old_backups_and_their_files_are_forgotten(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rules, "STEPS", ())  # the newest alone
    files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(b"x"))
    with clock.standing_at(clock.now() - dt.timedelta(days=2)):
        first, _ = backup.create(tmp_path, by="测试")
    (tmp_path / "pool" / "aa" / "bb").mkdir(parents=True)
    (tmp_path / "pool" / "aa" / "bb" / "unlisted").touch()
    second, _ = backup.create(tmp_path, by="测试", prune=True)
    assert not first.exists()
    assert backup.finished(tmp_path) == [second]
    assert [place.name[:2] for place in (tmp_path / "pool").glob("*/*/*")] == ["2d"]


@pytest.mark.django_db
def test_an_administrator_is_let_in_again_by_two_named_people(cast: Cast):
    given = {"actor": services.system_account(), "by": "李四", "reason": "口令遗失"}
    password, run = services_readmit.readmit(username="security_admin", witness="王五", **given)
    cast.security_admin.refresh_from_db()
    assert cast.security_admin.check_password(password)
    assert cast.security_admin.must_change_password
    event = json.loads(Event.objects.get(kind="upkeep.readmitted", subject_id=run.pk).body)
    assert (event["reason"], event["after"]["by"]) == ("口令遗失", "李四")
    assert "王五" in event["after"]["summary"]
    for username, witness in (
        ("county_clerk", "王五"),
        ("nobody", "王五"),
        ("audit_admin", "李四"),
        ("audit_admin", " "),
    ):
        with pytest.raises(DomainError):
            services_readmit.readmit(username=username, witness=witness, **given)
