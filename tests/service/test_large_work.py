"""Large imports and large rounds are a worker's: the page waits, the effect happens once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dugai.jobs.models import Job
from dugai.journal.models import Event
from dugai.ledger.models import Problem
from dugai.management.handlers import HANDLERS, WITHOUT_TRANSACTION
from dugai.management.working import run_one
from dugai.people.models import Deputy
from dugai.progress.models import Report, Round
from dugai.progress.states import RoundState
from dugai.staging import services_large
from dugai.staging.models import ImportBatch
from tests.cast import Cast, make_inspection, make_problem
from tests.service.test_ledger_import import HEADERS, row
from tests.sheets import workbook
from tests.web.test_ledger_pages import as_, words

pytestmark = pytest.mark.django_db
KINDS = ("imports.read", "imports.accept", "rounds.lay_out", "rounds.close")
MAY = dt.datetime(2026, 5, 4, 1, 0, tzinfo=dt.UTC)


def work() -> list[str]:
    """Run what waits; return the states the jobs ended in."""
    states = []
    while (job := run_one({kind: HANDLERS[kind] for kind in KINDS})) is not None:
        job.refresh_from_db()
        states.append(job.state)
    return states


def upload(cast: Cast, client, data: bytes):
    inspection = make_inspection(cast)
    form = {"inspection": inspection.pk, "home": "朔岭市", "lead": "朔岭市住建局", "issued": "2026-01-10"}
    file = SimpleUploadedFile("清单.xlsx", data)
    return client.post(reverse("ledger_imports"), {**form, "file": file})


def sheet(count: int) -> bytes:
    return workbook(HEADERS, [row(序号=n, 措施序号=n) for n in range(1, count + 1)])


def test_a_large_workbook_is_read_and_written_by_a_worker(cast: Cast, settings):
    settings.IMPORT_ROWS_IN_REQUEST = 3
    client = as_(cast.city_clerk)
    page = upload(cast, client, sheet(5))
    batch = ImportBatch.objects.get()
    assert page["Location"] == reverse("ledger_import", args=[batch.pk])
    assert batch.state == "reading"
    progress = reverse("ledger_import_progress", args=[batch.pk])
    waiting = client.get(page["Location"])
    assert "正在读取" in words(waiting)
    assert f'hx-get="{progress}"' in waiting.content.decode()
    assert "正在读取" in words(client.get(progress))
    assert work() == ["done"]
    assert client.get(progress)["HX-Redirect"] == page["Location"]
    batch.refresh_from_db()
    assert (batch.state, batch.rows_read, batch.rows_good) == ("staged", 5, 5)
    decide = reverse("ledger_import_decide", args=[batch.pk])
    assert client.post(decide, {"move": "accept", "seen_version": 99}).status_code == 409
    client.post(decide, {"move": "accept", "seen_version": batch.version})
    client.post(decide, {"move": "accept", "seen_version": batch.version})
    assert "正在入账" in words(client.get(page["Location"]))
    assert Job.objects.filter(kind="imports.accept").count() == 1
    assert work() == ["done"]
    assert Problem.objects.unscoped("test").count() == 5
    assert "已入账" in words(client.get(page["Location"]))


def test_both_jobs_have_one_effect_however_often_they_run(cast: Cast, settings):
    settings.IMPORT_ROWS_IN_REQUEST = 3
    client = as_(cast.city_clerk)
    upload(cast, client, sheet(5))
    job = Job.objects.get(kind="imports.read")
    assert work() == ["done"]
    Job.objects.filter(pk=job.pk).update(state="ready")
    assert work() == ["done"]
    batch = ImportBatch.objects.get()
    assert batch.rows.count() == 5
    services_large.accept_later(actor=cast.city_clerk, batch_id=batch.pk, seen_version=batch.version)
    assert work() == ["done"]
    Job.objects.filter(kind="imports.accept").update(state="ready")
    assert work() == ["done"]
    assert Problem.objects.unscoped("test").count() == 5
    assert Event.objects.filter(kind="import.accepted").count() == 1


def test_what_cannot_be_read_says_so_on_its_page(cast: Cast, settings):
    settings.IMPORT_ROWS_IN_REQUEST = 3
    client = as_(cast.city_clerk)
    page = upload(cast, client, workbook(["甲", "乙"], [["一", "二"]] * 5))
    assert work() == ["done"]
    assert ImportBatch.objects.get().state == "failed"
    said = words(client.get(page["Location"]))
    assert ("这个文件读不了" in said, "没有找到标题行" in said) == (True, True)


def test_a_small_workbook_is_read_at_once(cast: Cast, settings):
    settings.IMPORT_ROWS_IN_REQUEST = 30
    upload(cast, as_(cast.city_clerk), sheet(5))
    assert ImportBatch.objects.get().state == "staged"
    assert not Job.objects.exists()


def test_what_became_stale_is_refused_on_the_page_and_writes_nothing(cast: Cast, settings):
    settings.IMPORT_ROWS_IN_REQUEST = 3
    client = as_(cast.city_clerk)
    page = upload(cast, client, sheet(5))
    work()
    batch = ImportBatch.objects.get()
    services_large.accept_later(actor=cast.city_clerk, batch_id=batch.pk, seen_version=batch.version)
    inspection = Problem.inspection.field.related_model.objects.get()
    make_problem(cast, inspection, number=1)
    before = Problem.objects.unscoped("test").count()
    assert work() == ["done"]
    assert Problem.objects.unscoped("test").count() == before
    said = words(client.get(page["Location"]))
    assert ("没有入账" in said, "已由别人录入" in said) == (True, True)


def open_form() -> dict[str, str]:
    return {"kind": "monthly", "day": "2026-05-04", "act": "open"}


def test_a_large_round_is_laid_out_and_closed_by_a_worker(cast: Cast, settings):
    settings.ROUND_TASKS_IN_REQUEST = 1
    with time_machine.travel(MAY, tick=False):
        make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau))
        client = as_(cast.city_reviewer)
        opened = client.post(reverse("round_new"), {**open_form(), "region": cast.city.pk})
        round_ = Round.objects.unscoped("test").get()
        assert opened["Location"] == reverse("round", args=[round_.pk])
        assert round_.state == RoundState.OPENING
        progress = reverse("round_progress", args=[round_.pk])
        assert "正在展开" in words(client.get(opened["Location"]))
        assert "正在展开" in words(client.get(progress))
        assert work() == ["done"]
        round_.refresh_from_db()
        assert (round_.state, round_.total) == (RoundState.OPEN, 2)
        assert Report.objects.unscoped("test").count() == 2
        assert client.get(progress)["HX-Redirect"] == opened["Location"]
    with time_machine.travel(MAY + dt.timedelta(days=40), tick=False):
        client = as_(cast.city_reviewer)
        address = reverse("round_close", args=[round_.pk])
        early = client.post(address, {"seen_version": round_.version + 9})
        assert early.status_code == 422
        client.post(address, {"seen_version": round_.version})
        assert "正在关账" in words(client.get(address))
        round_.refresh_from_db()
        assert round_.state == RoundState.OPEN
        assert work() == ["done"]
        round_.refresh_from_db()
        assert round_.state == RoundState.CLOSED
        assert client.get(progress)["HX-Redirect"] == reverse("round_figures", args=[round_.pk])
        Job.objects.update(state="ready")
        assert set(work()) == {"done"}
    assert Event.objects.filter(kind="round.closed").count() == 1
    assert Event.objects.filter(kind="report.owed").count() == 2


def test_a_deputy_stays_named_when_a_worker_acts(cast: Cast, settings):
    settings.ROUND_TASKS_IN_REQUEST = 1
    with time_machine.travel(MAY, tick=False):
        make_problem(cast, owners=(cast.county_bureau, cast.neighbour_bureau))
        principal = cast.city_reviewer
        principal.principal_of = cast.city_clerk
        from dugai.progress import services_round_later  # noqa: PLC0415  this test alone asks the service

        services_round_later.call_round(
            actor=principal, in_request=1, kind="monthly", region=cast.city, day=dt.date(2026, 5, 4)
        )
        assert work() == ["done"]
    event = Event.objects.get(kind="round.opened")
    assert event.actor_id == cast.city_clerk.pk
    assert re.search(rf'"for":{principal.pk}\b', event.body)
    assert not Deputy.objects.exists()


def test_these_jobs_open_their_own_transactions():
    assert set(KINDS) <= WITHOUT_TRANSACTION
