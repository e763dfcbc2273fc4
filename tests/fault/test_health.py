"""What monitors are told, also while the database is gone (F08), and the guard of the free space."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from dugai.files import services as files
from dugai.files import store
from dugai.jobs.models import Job
from dugai.journal import sequencing
from dugai.kernel import clock
from dugai.kernel.errors import Refused
from dugai.upkeep import child, services, tally
from tests.cast import make_cast
from tests.fault.clusters import Cluster, free_port
from tests.fault.databases import empty_postgres

PATIENCE = 60


@pytest.fixture
def monitor(settings) -> Client:
    settings.MONITORS = ["127.0.0.0/8"]
    return Client()


@pytest.mark.django_db(transaction=True)
def test_a_healthy_installation_is_alive_and_ready(monitor: Client):
    make_cast()
    sequencing.append_all()
    sequencing.sign_head()
    assert monitor.get("/healthz").content == b"ok\n"
    ready = monitor.get("/readyz")
    assert ready.json() == {
        "ready": True,
        "checks": dict.fromkeys(("database", "disk", "files", "migrations", "journal"), "ok"),
    }
    assert ready.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_is_named(monitor: Client, settings, tmp_path: Path):
    make_cast()
    sequencing.append_all()
    sequencing.sign_head()
    settings.SPACE_LEAST = 1 << 60
    settings.FILES_ROOT = tmp_path / "no folder"
    settings.FILES_ROOT.write_text("a file where the folder should be")
    (tmp_path / "journal.key").write_bytes(os.urandom(32))
    found = monitor.get("/readyz")
    assert found.status_code == 503
    wrong = {name: text for name, text in found.json()["checks"].items() if text != "ok"}
    assert set(wrong) == {"disk", "files", "journal"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_others_find_nothing_there(address: str, settings):
    settings.MONITORS = ["192.0.2.7"]
    assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_measures_are_prometheus_text_and_count(monitor: Client):
    cast = make_cast()
    tally._counts.clear()
    monitor.get("/healthz")
    monitor.get("/no-such-page-7")
    Job.objects.create(kind="x", run_after=clock.now(), created_at=clock.now())
    services.note_run(
        actor=cast.system_admin, kind="drill", by="测试", started_at=clock.now(), holds=True, summary="好"
    )
    page = monitor.get("/metrics").content.decode()
    for line in page.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) dugai_\w+ .+|dugai_\w+(\{(\w+="[^"]*",?)+\})? -?[0-9.e+]+', line
        ), line
    assert 'dugai_requests_total{route="healthz",method="GET",status="200"} 1.0' in page
    assert 'dugai_requests_total{route="unknown",method="GET",status="404"} 1.0' in page
    assert "no-such-page" not in page
    assert "dugai_hours_since_verified_restore 0.0" in page
    assert "dugai_hours_since_scrub -1.0" in page
    assert 'dugai_jobs{state="ready"} 1.0' in page
    assert "dugai_wal_bytes" in page
    assert 'dugai_free_bytes{place="data"}' in page


def test_counts_of_ended_processes_are_kept(tmp_path: Path):
    folder = Path(django_settings.DATA) / "run"
    folder.mkdir()
    key = json.dumps(["requests", "today", "GET", "200"])
    tally._counts.clear()
    (folder / "999999999.json").write_text(json.dumps({key: 5}))
    assert tally.total()["requests", "today", "GET", "200"] == 5
    assert not (folder / "999999999.json").exists()
    tally.count("today", "GET", 200, 0.01)
    assert tally.total()["requests", "today", "GET", "200"] == 6


@pytest.mark.django_db
@pytest.mark.parametrize(("least", "share"), [(1 << 60, 0.0), (0, 1.1)])
def test_uploads_stop_before_the_disk_is_full(settings, least: int, share: float):
    cast = make_cast()
    settings.SPACE_LEAST, settings.SPACE_SHARE = least, share
    with pytest.raises(Refused, match="存储空间快满了") as refusal:
        files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO(b"x"))
    assert refusal.value.code == "disk_nearly_full"
    assert not list(store.root().glob("*/*/*"))


def ask(port: int, path: str) -> tuple[int, str]:
    """Return status and text; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()
    except OSError:
        return 0, ""


def until(port: int, path: str, status: int) -> str:
    """Ask until the answer has this status; the cap is generous and decides nothing but a hang."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found, text = ask(port, path)
        if found == status:
            return text
        time.sleep(0.2)
    pytest.fail(f"{path} never answered {status}")


@contextlib.contextmanager
def serving(folder: Path, values: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve an installation with one web process, as `dugai up` does."""
    port = free_port()
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("DUGAI_", "DJANGO_"))
    }
    environment |= {
        **values,
        "DUGAI_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "dugai.settings.production",
    }
    words = [sys.executable, "-m", "gunicorn", "dugai.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    words += ["--worker-class", "gthread", "--threads", "4", "--log-level", "critical"]
    with subprocess.Popen(words, env=environment, cwd=django_settings.PACKAGE.parent) as server:
        try:
            yield port, server
        finally:
            server.terminate()


@pytest.mark.slow
def test_a_stopped_database_turns_readiness_red_and_back_without_a_restart(tmp_path: Path):
    cluster = Cluster.make()
    try:
        cluster.start()
        values = {
            "DUGAI_DATABASE_URL": empty_postgres("dugai_health", cluster.url()),
            "DUGAI_SECRET_KEY": "k7" + os.urandom(40).hex(),
        }
        child.settle(tmp_path, values, {"migrate": True}, lambda *step: None)
        (tmp_path / "static").mkdir()
        with serving(tmp_path, values) as (port, server):
            assert json.loads(until(port, "/readyz", 200))["ready"]
            pid = server.pid
            cluster.stop()
            red = json.loads(until(port, "/readyz", 503))
            assert red["checks"]["database"] != "ok"
            assert red["checks"]["files"] == "ok"
            assert ask(port, "/healthz") == (200, "ok\n")
            cluster.start()
            assert json.loads(until(port, "/readyz", 200))["ready"]
            assert (server.pid, server.poll()) == (pid, None)
    finally:
        cluster.remove()
