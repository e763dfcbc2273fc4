"""What the events say, told again from the first to the last, is what the rows are now (T03).

The verifier compares each row with the digest of state in its last event. This is the other way: the
`after` of every event of a subject laid one over the other, and each `before` held against what the
events before it had said.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.db import connection

from dugai.journal import guards, verifying
from dugai.journal.models import Event, Recorded
from dugai.kernel import canonical
from dugai.management import verification
from dugai.progress import services_round
from dugai.progress.models import Report, Round
from tests.api.world import make_whole_world
from tests.cast import Cast, make_inspection, make_problem
from tests.rounds import JUNE_1, MAY_18, MAY_26, WHY, fresh, open_may, report_of, submit, walk_up

SUMMED_UP = {("plan_version", "snapshot"): "the event counts the rows; the digest of state holds their words"}


def told(model: type[Recorded]) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """Lay the events of each subject of a kind over one another; return the rows, and where a `before` is not so."""
    kind = model.subject_type
    names = {field.attname: field.name for field in model._meta.concrete_fields}

    def plain(values: dict[str, Any]) -> dict[str, Any]:
        found = {names.get(name, name): value for name, value in values.items()}
        return {name: value for name, value in found.items() if (kind, name) not in SUMMED_UP}

    rows: dict[int, dict[str, Any]] = {}
    wrong = []
    for event in (
        Event.objects.filter(subject_type=kind).exclude(version=None).order_by("subject_id", "version")
    ):
        body = json.loads(event.body)
        row = rows.setdefault(event.subject_id, {})
        wrong += [
            f"{kind} {event.subject_id} version {event.version}: {name} was {row[name]!r}, not {value!r}"
            for name, value in plain(body["before"]).items()
            if name in row and row[name] != value
        ]
        row.update(plain(body["after"]))
    return rows, wrong


def hold_against_rows() -> Counter[str]:
    """Compare every told column with the row; return how many were compared, by kind."""
    compared = Counter[str]()
    wrong: list[str] = []
    for model in guards.recorded_models():
        kind = model.subject_type
        rows, broken = told(model)
        wrong += broken
        found = {row.pk: row for row in model._base_manager.all()}
        assert set(rows) == set(found), kind
        fields = {field.name: field for field in model._meta.concrete_fields}
        for pk, row in rows.items():
            for name in set(row) & set(fields):
                now = canonical.plain(getattr(found[pk], fields[name].attname))
                compared[kind] += 1
                if now != row[name]:
                    wrong.append(f"{kind} {pk}: {name} is {now!r}, the events say {row[name]!r}")
    assert wrong == [], "\n".join(wrong[:20])
    return compared


def a_month(cast: Cast) -> None:
    """A round with a report adopted, one sent back and handed in again, one missed, and the books closed."""
    inspection = make_inspection(cast, "JY9")
    owners = (cast.county_bureau, cast.neighbour_bureau, cast.county_bureau, cast.city_bureau)
    for number, owner in enumerate(owners, start=1):
        make_problem(cast, inspection, number, owners=(owner,))
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        first = report_of(round_)
        submit(cast.county_clerk, first)
        walk_up(cast, fresh(first))
    with time_machine.travel(MAY_26, tick=False):
        submit(
            cast.neighbour_clerk, Report.objects.unscoped(WHY).get(round=round_, owner=cast.neighbour_bureau)
        )
    with time_machine.travel(JUNE_1, tick=False):
        services_round.close_round(
            actor=cast.province_manager,
            round_id=round_.pk,
            seen_version=Round.objects.unscoped(WHY).get(pk=round_.pk).version,
            leave_unreviewed=True,
        )


@pytest.mark.django_db
def test_the_events_of_a_month_give_every_row_as_it_is(cast: Cast):
    make_whole_world(cast)
    a_month(cast)
    compared = hold_against_rows()
    assert set(compared) >= {
        "problem",
        "measure",
        "task",
        "report",
        "round",
        "plan_version",
        "change_request",
    }
    assert compared.total() > 400
    assert verification.verify(("journal", "rows", "tallies")).findings == []


@pytest.mark.django_db
def test_a_row_that_the_events_do_not_speak_of_so_is_named(cast: Cast):
    """The replay itself sees a row that was changed behind the events' back."""
    problem = make_problem(cast)
    connection.check_constraints()  # PostgreSQL drops no trigger of a table with open constraints
    with guards.lifted():
        type(problem)._base_manager.filter(pk=problem.pk).update(title="别的题目")
    with pytest.raises(AssertionError, match="title is '别的题目'"):
        hold_against_rows()
    assert verifying.verify_rows().findings != []
