"""What holds for every test: no network, the engine that was asked for, Debian's Chromium for the pages."""

import os
import sys
from pathlib import Path

import pytest

import socket_guard

GUARD = Path(__file__).parent / "guard"
CHROMIUM = "/usr/bin/chromium"
BROWSER_FIXTURES = frozenset({"browser", "browser_type", "context", "new_context", "page"})

socket_guard.install()
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH")]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a page is a browser test, whether it says so or not."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.fixture(scope="session", autouse=True)
def _the_database_is_on_this_machine() -> None:
    """The driver of PostgreSQL opens its sockets below Python, where the guard cannot see them."""
    from django.conf import settings  # noqa: PLC0415  # Django is set up only when the session begins

    for database in settings.DATABASES.values():
        host = str(database.get("HOST", ""))
        assert host.startswith("/") or socket_guard.is_local(host), host


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium, which resolves no name but this machine's and calls nobody by itself."""
    # Playwright runs a loop of its own in this thread, and Django would refuse the test's own queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-sync",
            "--no-first-run",
            "--no-pings",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """A desktop in a Chinese office."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    """Each test has a file store and a journal key of its own."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.DATA = tmp_path


@pytest.fixture
def cast(db):
    """江源省 and its people."""
    from tests.cast import make_cast  # noqa: PLC0415  # models load after Django is set up

    return make_cast()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """PostgreSQL drops no database that somebody is in: whoever is left is named and shown out."""
    from django.db import connection  # noqa: PLC0415  # Django is set up only when the session begins

    yield
    if connection.vendor != "postgresql":
        return
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pid, backend_type, state, left(query, 200), pg_terminate_backend(pid) {others}"
        )
        for left in cursor.fetchall():
            sys.stderr.write(f"still in the test database: {left}\n")


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_the_guards() -> None:
    """A test with real transactions ends with a flush, which the guards would refuse."""
    from django.db import connection, transaction  # noqa: PLC0415  # Django is set up only when the session begins
    from django.test import TransactionTestCase  # noqa: PLC0415  # the same

    from dugai.journal import guards  # noqa: PLC0415  # the same

    operations = type(connection.ops)
    sql_flush, flush = operations.sql_flush, TransactionTestCase._fixture_teardown

    def with_the_anchor(self, style, tables, **options):  # the one table Django does not manage
        return sql_flush(self, style, [*tables, guards.ANCHOR] if tables else tables, **options)

    def teardown(self: TransactionTestCase) -> None:
        with transaction.atomic():  # hundreds of triggers wait for the disk once, not each for itself
            guards.remove()
        flush(self)
        with transaction.atomic():
            guards.install()

    operations.sql_flush = with_the_anchor
    TransactionTestCase._fixture_teardown = teardown
