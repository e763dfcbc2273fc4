"""Every write of the API ten times at once under one key: one effect, ten equal answers (C05).

The operations come from the contract. Those of the month are sent in their order; one the month does
not know is tried as the access table has it, so that a new operation is held too.
"""

from __future__ import annotations

import pytest

from dugai.ledger.models import Inspection
from tests.api import access_table, replays
from tests.api.world import api_of, entry, make_whole_world
from tests.cast import make_cast, make_inspection


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_write_happens_once_however_often_it_is_sent():
    do = replays.Replayed(make_cast())
    problem, task = replays.ledger(do)
    replays.changes(do, problem, task)
    replays.month(do, problem, task)
    replays.imports(do, Inspection.objects.get().pk)
    missing = set(do.writes) - do.shown
    if missing:
        world = make_whole_world(do.cast)
        for name in sorted(missing):
            line = access_table.TABLE[name]
            for person in sorted(line.may):
                do(name, person, replays.sendable(line.send(world)), refusable=True, **line.args(world))
                break
    assert len(do.shown) > 30


@pytest.mark.django_db
def test_a_long_answer_is_repeated_whole(cast):
    body = entry(cast)
    first = body["measures"][0]
    body["measures"] = [{**first, "number": number, "text": "改造管网。" * 60} for number in range(1, 51)]
    address = f"/inspections/{make_inspection(cast).pk}/problems"
    office = api_of(cast.city_clerk)
    answers = [office.post(address, body, key="long") for _ in range(2)]
    assert len(answers[0].content) > 64 * 1024
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replay"] == "true"
