"""Threads that write one SQLite file: who waits for the lock hinders nobody, not even a collector of garbage."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from dugai.kernel.sqlite_engine import base

WAIT = 60


@pytest.fixture(autouse=True)
def _only_sqlite(transactional_db) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the engine is SQLite's")


class Neighbour(threading.Thread):
    """Another person with a connection of their own."""

    def __init__(self, *acts: Callable[[], None]) -> None:
        super().__init__()
        self.acts, self.told = acts, list[str]()

    def run(self) -> None:
        try:
            for act in self.acts:
                act()
        except OperationalError as refusal:
            self.told.append(str(refusal))
        else:
            self.told.append("done")
        finally:
            connection.close()


def tell_of_waiting(monkeypatch: pytest.MonkeyPatch, waiting: threading.Event) -> None:
    """Set an event when somebody pauses before the next try."""
    pause_for = time.sleep

    def pause(seconds: float) -> None:
        waiting.set()
        pause_for(seconds)

    monkeypatch.setattr(base.time, "sleep", pause)


def write() -> None:
    """Take the write lock and give it back."""
    with transaction.atomic():
        pass


def test_a_failed_cursor_is_collected_while_its_connection_waits(monkeypatch: pytest.MonkeyPatch):
    kept: list[BaseException] = []
    begins = threading.Event()

    def fail() -> None:
        monkeypatch.setitem(base.PATIENCE, "seconds", 0.0)
        with pytest.raises(OperationalError, match="locked") as busy:
            write()
        kept.append(busy.value)  # with its traceback, and so with the cursor
        monkeypatch.setitem(base.PATIENCE, "seconds", WAIT)
        begins.set()

    neighbour = Neighbour(fail, write)
    with transaction.atomic():
        neighbour.start()
        assert begins.wait(WAIT)
        time.sleep(0.5)  # time to begin to wait; with less the test would only see less
        kept.clear()
        gc.collect()
        assert neighbour.is_alive(), "the collector had to wait until the neighbour gave up"
    neighbour.join(WAIT)
    assert neighbour.told == ["done"]


def test_patience_ends_with_the_sentence_of_the_library(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(base.PATIENCE, "seconds", 0.2)
    neighbour = Neighbour(write)
    with transaction.atomic():
        neighbour.start()
        neighbour.join(WAIT)
    assert neighbour.told == [base.BUSY]


def test_a_single_statement_waits_too(monkeypatch: pytest.MonkeyPatch):
    waiting = threading.Event()
    tell_of_waiting(monkeypatch, waiting)

    def alone() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE neighbours_own (id integer)")
            cursor.execute("DROP TABLE neighbours_own")

    neighbour = Neighbour(alone)
    with transaction.atomic():
        neighbour.start()
        assert waiting.wait(WAIT)
    neighbour.join(WAIT)
    assert neighbour.told == ["done"]


def test_a_cursor_that_failed_can_be_used_again():
    with connection.cursor() as cursor:
        with pytest.raises(OperationalError, match="no such table"):
            cursor.execute("SELECT * FROM nowhere")
        cursor.execute("SELECT 7")
        assert cursor.fetchall() == [(7,)]
        with pytest.raises(OperationalError, match="no such table"):
            cursor.executemany("INSERT INTO nowhere VALUES (%s)", [(1,), (2,)])
        cursor.execute("SELECT 8")
        assert cursor.fetchall() == [(8,)]
