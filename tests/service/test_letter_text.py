"""信访件一览表: drafted for one batch, released by two people, shown on the portal as the batch stood."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from dugai.complaints import services_handle
from dugai.disclosure import queries_figure, services_check, services_release, services_text
from dugai.disclosure.models import Snapshot
from dugai.disclosure.states import Genre, SnapshotKind
from dugai.kernel import clock
from dugai.kernel.errors import InvalidInput
from tests.cast import Cast
from tests.letters import ANSWER, make_batch, make_letter

pytestmark = pytest.mark.django_db

FIRST = dt.datetime(2026, 5, 28, 10, tzinfo=clock.SHANGHAI)


def story(cast: Cast):
    """Three letters handed over on 28 May; one is closed and one staged on 2 June."""
    with time_machine.travel(FIRST, tick=False):
        batch = make_batch(cast)
        letters = [make_letter(cast, batch, serial) for serial in (1, 2, 3)]
    with time_machine.travel(FIRST + dt.timedelta(days=5), tick=False):
        for letter in letters[:2]:
            services_handle.take_letter(actor=cast.county_clerk, letter_id=letter.pk)
            services_handle.answer_letter(actor=cast.county_clerk, letter_id=letter.pk, answer=ANSWER)
        services_handle.close_letter(actor=cast.city_reviewer, letter_id=letters[0].pk)
        services_handle.stage_letter(
            actor=cast.city_reviewer, letter_id=letters[1].pk, follow_up=dt.date(2026, 9, 1)
        )
    return batch


def test_figures_of_letters_are_those_of_their_day(cast: Cast):
    batch = story(cast)
    with time_machine.travel(FIRST + dt.timedelta(days=6), tick=False):
        for day, wanted in (
            (dt.date(2026, 5, 28), (3, 0, 0, "0%", "0%", 0, 0)),
            (dt.date(2026, 6, 2), (3, 1, 1, "33.3%", "66.7%", 2, 4)),
            (dt.date(2026, 6, 3), (3, 1, 1, "33.3%", "66.7%", 2, 4)),
        ):
            sheet = queries_figure.sheet(cast.city_clerk, cast.city, day, batch=batch.pk)
            codes = ("total", "done", "staged", "rate_a", "rate_b", "persons", "person_times")
            values = [sheet.value(f"letter_{code}") for code in codes]
            assert tuple(one.shown if one.definition.is_rate else one.numerator for one in values) == wanted
        assert [one.shown for one in values[5:]] == ["2人", "4人次"]
        assert [row.code[-1] for row in sheet.rows("letter_done")] == ["1"]
        assert [row.code[-1] for row in sheet.rows("letter_persons")] == ["1", "2"]
        assert (
            queries_figure.sheet(cast.neighbour_office_clerk, cast.neighbour).value("letter_total").value == 0
        )


def test_the_table_is_released_and_the_portal_shows_the_batch(cast: Cast):
    batch = story(cast)
    with time_machine.travel(FIRST + dt.timedelta(days=6), tick=False):
        with pytest.raises(InvalidInput, match="选一批"):
            services_text.draft_text(actor=cast.city_clerk, genre=Genre.LETTERS, region=cast.city)
        text = services_text.draft_text(
            actor=cast.city_clerk, genre=Genre.LETTERS, region=cast.city, batch=batch
        )
        assert (text.region_id, text.inspection_id) == (cast.city.pk, batch.inspection_id)
        tables = [block for block in text.body["blocks"] if block["kind"] == "table"]
        assert [len(table["rows"]) for table in tables] == [1, 3]
        text = services_text.submit_text(actor=cast.city_clerk, text_id=text.pk, seen_version=text.version)
        for row in services_check.check_text(actor=cast.city_reviewer, text_id=text.pk):
            assert row.severity != "block", row.message
        text = services_text.approve_text(
            actor=cast.city_reviewer, text_id=text.pk, seen_version=text.version, opinion="同意"
        )
        services_release.release_text(
            actor=cast.city_reviewer,
            text_id=text.pk,
            seen_version=text.version,
            channels=[{"channel": "portal", "address": ""}],
        )
    shown = Snapshot.objects.get(kind=SnapshotKind.LETTERS)
    payload = shown.payload
    assert shown.key == "JY3:990100:1"
    assert set(payload) == {
        *("schema", "inspection", "batch", "batch_name", "handed_on", "region", "region_code", "as_of"),
        *("total", "by_verdict", "by_state", "rows"),
    }
    assert payload["by_state"] == [
        {"label": "已办结", "count": 1},
        {"label": "阶段性办结", "count": 1},
        {"label": "未办结", "count": 1},
    ]
    assert payload["by_verdict"][0] == {"label": "属实", "count": 2}
    assert payload["rows"][0] == {
        "number": "D3JY202605280001",
        "region": "望渡县",
        "types": ["水", "大气"],
        "summary": "石桥村废旧塑料加工点偷排废水，气味难闻。",
        "verdict": "属实",
        "findings": ANSWER.findings,
        "handling": ANSWER.handling,
        "state": "已办结",
        "accountability": ANSWER.accountability,
    }
