"""Keeping the record of operations: the actor is the installation's account, `by` who asked (D17)."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import socket
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dugai.journal.services import record
from dugai.kernel import clock
from dugai.people import services as people
from dugai.people.models import Organisation, User
from dugai.people.states import Role
from dugai.upkeep.models import UpkeepRun
from dugai.upkeep.states import RunKind

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "system.upkeep"
EVENTS: Mapping[str, str] = {
    RunKind.BACKUP: "upkeep.backed_up",
    RunKind.RESTORE: "upkeep.restored",
    RunKind.DRILL: "upkeep.drilled",
    RunKind.SCRUB: "upkeep.scrubbed",
    RunKind.REPAIR: "upkeep.repaired",
    RunKind.MOVE: "upkeep.moved",
    RunKind.VERIFY: "upkeep.verified",
    RunKind.READMIT: "upkeep.readmitted",
    RunKind.REINDEX: "upkeep.reindexed",
}


def operator() -> str:
    """Return who runs this process: the scheduler, or a user of the operating system."""
    try:
        return os.environ.get("DUGAI_OPERATOR") or getpass.getuser()
    except (KeyError, OSError):  # a container may run a user that has no name
        return f"uid {os.getuid()}"


@transaction.atomic
def system_account(*, actor: User | None = None) -> User | None:
    """Return the account that operations act under, making it at first use; None in an empty installation.

    Nobody can sign in to it: it has no password, and a role that is given none.
    """
    found = User.objects.select_related("organisation").filter(username=ACCOUNT).first()
    top = Organisation.objects.filter(parent=None).order_by("pk").first()
    if found or top is None:
        return found
    return people.add_user(
        actor=actor,
        username=ACCOUNT,
        name="系统运维",
        organisation=top,
        role=Role.SERVICE,
        must_change_password=False,
    )


@transaction.atomic
def note_run(
    *,
    actor: User | None,
    kind: str,
    by: str,
    started_at: dt.datetime,
    holds: bool,
    summary: str,
    result: dict[str, Any] | None = None,
    reason: str = "",
) -> UpkeepRun:
    """Keep one finished operation and its event."""
    run = UpkeepRun(
        kind=kind,
        by=by[:100],
        host=socket.gethostname()[:200],
        started_at=started_at,
        finished_at=clock.now(),
        holds=holds,
        summary=summary[:500],
        result=result or {},
    )
    run.save(force_insert=True)
    after = {"by": run.by, "host": run.host, "holds": holds, "summary": run.summary}
    record(actor=actor, kind=EVENTS[kind], subject=run, after=after, reason=reason)
    return run
