"""An office moves to PostgreSQL by the command, keeps everything, and can be killed on the way (F17)."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from dugai.files import services as files
from dugai.upkeep import backup, moving, restoring
from tests.cast import make_cast, make_problem
from tests.fault.clusters import Cluster
from tests.fault.databases import empty_postgres

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The folder of a real office on SQLite, made by a restore."""
    if connection.vendor != "sqlite":
        pytest.skip("the office that moves is on SQLite, whatever the tests run on")
    cast = make_cast()
    make_problem(cast)
    files.store_file(actor=cast.county_clerk, name="记录.txt", stream=io.BytesIO("验收记录".encode()))
    folder, _ = backup.create(tmp_path / "backups", by="测试")
    done = restoring.restore(folder, tmp_path / "office", by="测试")
    assert done.findings == []
    return tmp_path / "office"


def dugai(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product on an office."""
    return subprocess.run(
        [sys.executable, "-m", "dugai.cli", *words, "--data", str(folder)],
        env=ours(), capture_output=True, text=True, check=False,
    )  # fmt: skip


def killed(folder: Path, url: str, stage: str) -> int:
    """Begin the move and let it die when it comes to a stage; return its exit code."""
    script = (
        "import os, sys, django; django.setup()\n"
        "from dugai.upkeep import moving\n"
        "def die(stage, done, total):\n"
        "    if stage == sys.argv[2]: os._exit(137)\n"
        "moving.move(sys.argv[1], by='测试', tell=die)\n"
    )
    environment = {
        **ours(),
        "DUGAI_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "dugai.settings.production",
    }
    return subprocess.run([sys.executable, "-c", script, url, stage], env=environment, check=False).returncode


def ours() -> dict[str, str]:
    """Return an environment without the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUGAI_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": f"{settings.PACKAGE.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}


def test_nothing_is_lost_and_the_old_file_stays_behind(office: Path, postgres: Cluster):
    url = empty_postgres("dugai_moved", postgres.url())
    for stage in ("搬运数据", "逐项核对"):
        assert killed(office, url, stage) == 137
    moved = dugai(office, "move-to-postgres", "--to", url, "--json")
    assert moved.returncode == 0, moved.stderr + moved.stdout
    said = json.loads(moved.stdout)
    assert said["holds"]
    assert said["indexed"] > 0
    assert not (office / "dugai.sqlite3").exists()
    assert (office / moving.LEFT).stat().st_mode & 0o777 == 0o400
    assert json.loads((office / "site.json").read_text(encoding="utf-8"))["DUGAI_DATABASE_URL"] == url
    with psycopg.connect(url) as session:
        with pytest.raises(psycopg.errors.RaiseException, match="guard"), session.transaction():
            session.execute("DELETE FROM dugai_event")
        with pytest.raises(psycopg.errors.RaiseException, match="guard"), session.transaction():
            session.execute("UPDATE dugai_problem SET title = 'x'")
        last = session.execute("SELECT max(id) FROM dugai_event").fetchone()
        after = session.execute("SELECT nextval(pg_get_serial_sequence('dugai_event', 'id'))").fetchone()
        assert after[0] == last[0] + 1
        kinds = session.execute("SELECT kind, holds FROM dugai_upkeeprun ORDER BY id").fetchall()
        assert kinds == [("restore", True), ("move", True)]
    verified = dugai(office, "verify", "--json")
    assert verified.returncode == 0, verified.stdout
    again = dugai(office, "move-to-postgres", "--to", url)
    assert again.returncode == 3
    assert "不是 SQLite" in again.stderr


def test_a_target_with_something_in_it_is_refused(office: Path, postgres: Cluster):
    url = empty_postgres("dugai_taken", postgres.url())
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("CREATE TABLE somebody_else (id int)")
    moved = dugai(office, "move-to-postgres", "--to", url, "--json")
    assert moved.returncode == 3
    assert json.loads(moved.stdout)["refused"] == "target_not_empty"
    assert (office / "dugai.sqlite3").exists()


def test_a_moved_office_does_not_start_on_its_old_file(office: Path):
    (office / moving.MOVED).write_text(json.dumps({"to": "127.0.0.1/x", "at": "2026-11-01", "root": ""}))
    started = dugai(office, "up", "--port", "0")
    assert started.returncode == 3
    assert "已于 2026-11-01 迁到 PostgreSQL" in started.stderr
