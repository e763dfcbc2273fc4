"""Eight processes that append to one journal at the same moment (C08).

Started by test_journal_processes.py as `python tests/concurrency/appender.py APPENDS`. Loads Django
once, then forks; each process waits for the others, appends, and says what it did in one line.
"""

from __future__ import annotations

import os
import sys
import traceback

import django

PROCESSES = 8
SEQUENCE_EVERY = 25


def append(number: int, appends: int) -> None:
    """Append events without pause: most about one shared row, some as changes of a row all of them change."""
    from django.db import transaction  # noqa: PLC0415  after Django is set up

    from dugai.journal import sequencing, services  # noqa: PLC0415  the same
    from dugai.ledger.models import Problem  # noqa: PLC0415  the same
    from dugai.people.models import User  # noqa: PLC0415  the same

    clerk = User.objects.select_related("organisation").get(username="city_clerk")
    rows = Problem.objects.unscoped("eight processes write one row")
    for at in range(appends):
        with transaction.atomic():
            problem = rows.select_for_update().get()
            if at % 2:
                before, after = services.change(problem, note=f"{number}-{at}")
                services.record(
                    actor=clerk, kind="problem.edited", subject=problem, before=before, after=after
                )
            else:
                services.record(actor=clerk, kind="problem.read", subject=problem, changed=False)
        if at % SEQUENCE_EVERY == number:
            sequencing.append_pending(50)
            sequencing.sign_head()


def main() -> None:
    """Fork the processes and let them begin together."""
    django.setup()
    appends = int(sys.argv[1])
    gate, opened = os.pipe()
    for number in range(PROCESSES):
        if os.fork() == 0:
            os.close(opened)
            os.read(gate, 1)  # nobody writes: all read the end of the pipe at one moment
            try:
                append(number, appends)
                word = f"{number} done\n"
            except Exception:  # noqa: BLE001  whatever it was, the test must hear of it
                traceback.print_exc()
                word = f"{number} failed\n"
            os.write(1, word.encode())
            os._exit(0)
    os.close(opened)
    for _ in range(PROCESSES):
        os.wait()


if __name__ == "__main__":
    main()
