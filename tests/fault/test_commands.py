"""The operators' commands as they are typed: what they print, and the codes they end with."""

from __future__ import annotations

import io
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dugai.cli import entry
from dugai.files import services as files
from dugai.files import store
from dugai.upkeep import databases
from tests.cast import make_cast, make_problem
from tests.fault.databases import empty_postgres

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Type a command with --json; get its exit code and what it printed."""
    monkeypatch.setenv("DUGAI_DATA", str(tmp_path))
    monkeypatch.setenv("DUGAI_OPERATOR", "李四")

    def run(*words: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = entry.main([*map(str, words), "--json"])
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, said

    return run


def test_from_backup_to_restore(typed, tmp_path: Path):
    cast = make_cast()
    make_problem(cast)
    stream = io.BytesIO("验收记录".encode())
    sha256 = files.store_file(actor=cast.county_clerk, name="记录.txt", stream=stream).blob_id
    to = tmp_path / "backups"
    code, said = typed("backup", "verify", to)
    assert (code, said["refused"]) == (3, "backup_unfinished")
    code, said = typed("backup", "create", "--to", to, "--prune")
    assert (code, said["holds"], said["files"], said["new_files"]) == (0, True, 1, 1)
    code, said = typed("backup", "verify", to)
    assert (code, said["files"], said["findings"]) == (0, 1, [])
    code, said = typed("backup", "drill", to)
    assert (code, said["findings"]) == (0, [])
    assert typed("scrub", "--rate", 0)[0] == 0
    (store.root() / store.key_of(sha256)).write_bytes(b"rot")
    code, said = typed("scrub")
    assert (code, said["findings"]) == (1, [f"文件 {sha256} 内容已损坏"])
    code, said = typed("repair", "files", "--from", to)
    assert (code, said["repaired"]) == (0, 1)
    assert typed("search", "rebuild")[1]["documents"] > 0
    assert typed("verify", "journal", "files")[0] == 0
    code, said = typed("backup", "restore", to, "--into", tmp_path / "new", "--yes-host", "another machine")
    assert (code, said["refused"]) == (3, "host_not_named")
    assert not (tmp_path / "new").exists()
    more = []
    if connection.vendor == "postgresql":
        more = ["--database", empty_postgres("dugai_typed", databases.url_of(connection.settings_dict))]
    words = ["backup", "restore", to, "--into", tmp_path / "new", "--yes-host", socket.gethostname()]
    code, said = typed(*words, *more)
    assert (code, said["findings"]) == (0, [])
    assert typed(*words, *more)[1]["refused"] == "target_not_empty"


def test_moving_an_office_that_is_none_is_refused(typed):
    if connection.vendor == "sqlite":
        code, said = typed("move-to-postgres", "--to", "mysql://nobody@127.0.0.1/x")
        assert (code, said["refused"]) == (3, "address")
    else:
        code, said = typed("move-to-postgres", "--to", "postgresql://nobody@127.0.0.1/x")
        assert (code, said["refused"]) == (3, "not_sqlite")
