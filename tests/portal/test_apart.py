"""The portal is another program (D14, P08): its own file or role, its own process, nothing of the staff's."""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
import time
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection
from django.test import Client

from dugai.cli import portal as command
from dugai.disclosure.models import Snapshot, SnapshotFile
from dugai.kernel import clock, dropbox
from dugai.management import portal as office
from tests.portal.conftest import a_problem, show
from tests.portal.running import running

pytestmark = pytest.mark.django_db
SECRET = "柳汀河撤回的字句"


def fill() -> None:
    show("problem", "JY3-01", a_problem(), title="柳汀河水质反弹", region="990101")
    show("problem", "JY3-02", a_problem("JY3-02", text=SECRET), title=SECRET, region="990101")
    SnapshotFile.objects.create(
        release="990000ZGB-2026-001",
        name="picture-1.jpg",
        media_type="image/jpeg",
        size=9,
        sha256="0" * 64,
        data=b"withdrawn",
    )


def withdraw() -> None:
    Snapshot.objects.filter(key="JY3-02").update(withdrawn_at=clock.now(), payload={}, title="", words="")
    SnapshotFile.objects.update(withdrawn_at=clock.now(), data=b"")


def test_the_file_holds_what_stands_and_nothing_else(db, tmp_path):
    fill()
    place = tmp_path / "portal.sqlite3"
    assert office.write_file(place) == 3
    assert office.write_file(place) == 0
    with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as reader:
        tables = {row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        assert tables == set(office.READABLE)
        with pytest.raises(sqlite3.OperationalError):
            reader.execute("DELETE FROM dugai_snapshot")
    assert SECRET.encode() in place.read_bytes()
    withdraw()
    assert office.write_file(place) == 2
    data = place.read_bytes()
    assert SECRET.encode() not in data
    assert b"withdrawn\x00" not in data.replace(b"withdrawn_at", b"")
    assert place.stat().st_mode & 0o077 == 0


def test_its_settings_know_no_secret_and_no_session():
    from dugai.settings import portal as own  # noqa: PLC0415  as its process loads it

    assert own.INSTALLED_APPS == []
    assert own.MIDDLEWARE == ["dugai.portal.gate.Gate"]
    assert not {
        name for name in dir(own) if name.startswith(("SESSION", "CSRF", "AUTH", "DUGAI", "OIDC", "MAIL"))
    }


def test_the_environment_of_its_process_is_its_own(monkeypatch, tmp_path):
    for name in (
        "DUGAI_SECRET_KEY",
        "DUGAI_DATABASE_URL",
        "DUGAI_DATA",
        "DJANGO_SETTINGS_MODULE",
        "AWS_SECRET_ACCESS_KEY",
    ):
        monkeypatch.setenv(name, "of the staff")
    told = command.environment(tmp_path)
    assert "of the staff" not in told.values()
    assert (told["DUGAI_PORTAL"], told["DJANGO_SETTINGS_MODULE"]) == (str(tmp_path), "dugai.settings.portal")


def test_the_real_process_serves_the_file_alone(db, settings, tmp_path):
    """P08 on SQLite, and P12 by the clock: started from a folder carried elsewhere, with nothing beside it."""
    fill()
    place = office.prepare()
    office.write_file(place / office.FILE)
    carried = tmp_path / "elsewhere"
    place.rename(carried)
    with running(carried) as portal:
        code, page, headers = portal.ask("/problems/JY3-02/")
        assert (code, SECRET in page) == (200, True)
        assert "Set-Cookie" not in headers
        opened = [
            str(link.readlink())
            for pid in _group(portal.group)
            for link in Path(f"/proc/{pid}/fd").iterdir()
            if link.exists()
        ]
        assert [name for name in opened if ".sqlite3" in name and not name.startswith(str(carried))] == []
        withdraw()
        office.write_file(carried / office.FILE)
        gone = time.monotonic()
        while portal.ask("/problems/JY3-02/")[0] != 404:
            assert time.monotonic() - gone < 60
            time.sleep(0.2)
        assert SECRET not in "".join(
            portal.ask(path)[1] for path in ("/problems/", "/sitemap.xml", "/feed.xml")
        )


def _group(leader: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(place.read_text().rpartition(")")[2].split()[2]) == leader:
                found.append(int(place.parent.name))
    return found


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_role_reads_the_snapshots_and_no_other_table(db, portal: Client):
    """P08 on PostgreSQL: every table is tried as the role itself."""
    import psycopg  # noqa: PLC0415  only where there is a server

    show("problem", "JY3-01", a_problem(), title="柳汀河水质反弹", region="990101")
    role, word = f"portal_{secrets.token_hex(4)}", secrets.token_hex(12)
    told = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{word}'")
        for statement in office.grants(role, database=told["NAME"]):
            cursor.execute(statement)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        refused, readable = set(), set()
        cursor.execute(f"SET LOCAL ROLE {role}")
        for table in tables:
            for statement in (f"SELECT 1 FROM {table} LIMIT 1", f"DELETE FROM {table}"):
                cursor.execute("SAVEPOINT tried")
                try:
                    cursor.execute(statement)
                except ProgrammingError as trouble:
                    why = type(trouble.__cause__)
                    refused.add((table, statement.split()[0], why is psycopg.errors.InsufficientPrivilege))
                    cursor.execute("ROLLBACK TO SAVEPOINT tried")
                else:
                    readable.add((table, statement.split()[0]))
        cursor.execute("RESET ROLE")
    assert readable == {(table, "SELECT") for table in office.READABLE}
    assert len(refused) == 2 * len(tables) - 2
    assert all(privilege for _, _, privilege in refused)
    assert len(tables) > 60


def test_grant_speaks_of_two_tables():
    statements = office.grants('x"y', database="dugai")
    assert 'GRANT SELECT ON dugai_snapshot, dugai_snapshotfile TO "x""y"' in statements
    assert not any("INSERT" in statement or "UPDATE" in statement for statement in statements)


def test_prepare_keeps_what_is_there(db, settings):
    place = office.prepare()
    told = json.loads((place / "portal.json").read_text())
    assert "SECRET" not in json.dumps(told)
    (place / "portal.json").write_text('{"DUGAI_PORTAL_NAME": "自己的名字"}')
    assert office.prepare() == place
    assert json.loads((place / "portal.json").read_text()) == {"DUGAI_PORTAL_NAME": "自己的名字"}
    assert not list(place.glob("*.key"))


def test_the_public_half_follows_the_key_of_the_office(db, settings):
    """A restored site may have another key: what the portal seals must be what the office can open."""
    place = office.prepare() / "portal.json"
    old = json.loads(place.read_text())
    place.write_text(json.dumps({**old, "DUGAI_PORTAL_NAME": "自己的名字"}))
    (Path(settings.DATA) / dropbox.KEY_FILE).unlink()
    office.prepare()
    told = json.loads(place.read_text())
    assert told["DUGAI_PORTAL_NAME"] == "自己的名字"
    assert told["DUGAI_PORTAL_KEY"] == dropbox.public_half(office.private_key()) != old["DUGAI_PORTAL_KEY"]
    assert place.stat().st_mode & 0o077 == 0
