"""SQLite under several threads: nobody waits inside the library, and a failed cursor lets go at once.

A connection of SQLite has a mutex, and the library holds it while its busy handler sleeps. A cursor whose
statement failed keeps that statement; when an exception holds the cursor in a cycle, whichever thread happens
to collect the cycle resets the statement and so waits for that mutex. If the collecting thread is the one
inside the transaction for which the other waits, both stand still until the busy timeout ends (20 s, then
again). So

- the wait for the write lock is ours, between two short tries, with the mutex free;
- a statement that failed is given back by the thread that ran it, before the error travels.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base as django_base

from dugai.kernel.sqlite import BUSY_SECONDS

TRY_MILLISECONDS = 50
"""How long one try may wait inside the library."""
LONGEST_PAUSE = 0.025
PATIENCE = {"seconds": float(BUSY_SECONDS)}
"""How long a statement waits for the lock in all; tests of the waiting itself make it shorter."""
BUSY = "database is locked"
NOTHING = "SELECT 1 WHERE 0"

Driver = django_base.DatabaseWrapper.Database


class Cursor(django_base.SQLiteCursorWrapper):
    """A cursor that waits outside the library and keeps no statement that failed."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a statement; outside a transaction, try again while another connection writes.

        A busy answer outside a transaction means that nothing was done, so the statement may be sent again.
        Inside one there is nothing to wait for: our transactions take the write lock when they begin.
        """
        waited = 0.0
        while True:
            try:
                return super().execute(query, params)
            except Driver.Error as error:
                self._let_go()
                busy = isinstance(error, Driver.OperationalError) and str(error) == BUSY
                if not busy or self.connection.in_transaction or waited >= PATIENCE["seconds"]:
                    raise
            # Slept time is summed, not read from a clock: clocks are set, and tests make them stand still.
            pause = random.uniform(0.001, LONGEST_PAUSE)  # noqa: S311  only so that two do not stay in step
            time.sleep(pause)
            waited += pause + TRY_MILLISECONDS / 1000

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run a statement for each row."""
        try:
            return super().executemany(query, param_list)
        except Driver.Error:
            self._let_go()
            raise

    def _let_go(self) -> None:
        """Give the failed statement back to its connection; a statement without rows ends as it runs."""
        with suppress(Driver.Error):
            super().execute(NOTHING)


class DatabaseWrapper(django_base.DatabaseWrapper):
    """Django's connection to SQLite with our cursor."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection under the full timeout, then leave the waiting to the cursor."""
        made = super().get_new_connection(conn_params)
        made.execute(f"PRAGMA busy_timeout={TRY_MILLISECONDS}")
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        """Return our cursor."""
        del name
        return self.connection.cursor(factory=Cursor)
