"""The board of a round reads roll-ups and never the reports, and says the same as counting them would."""

from __future__ import annotations

from collections import Counter

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dugai.progress import queries_round, services_review
from dugai.progress.models import Report, Round
from tests.cast import Cast, make_inspection, make_problem, task_of
from tests.rounds import MAY_18, MAY_26, open_may, report_of, submit

pytestmark = pytest.mark.django_db
PEOPLE = (
    "province_clerk",
    "city_reviewer",
    "county_office_reviewer",
    "county_clerk",
    "leader",
    "supervisor",
    "verifier",
)
REPORTS = 'FROM "dugai_report"'


def begun(cast: Cast) -> Round:
    """Open a round in which reports are owed, typed, handed in, late and sent back."""
    inspection = make_inspection(cast)
    bureaus = (cast.county_bureau, cast.neighbour_bureau, cast.city_bureau)
    problems = [make_problem(cast, inspection, n, owners=(bureaus[n % 3],)) for n in range(1, 8)]
    with time_machine.travel(MAY_18, tick=False):
        round_ = open_may(cast)
        submit(cast.county_clerk, report_of(round_, task_of(problems[2])))
    with time_machine.travel(MAY_26, tick=False):
        submit(cast.neighbour_clerk, report_of(round_, task_of(problems[0])))
        back = submit(cast.neighbour_clerk, report_of(round_, task_of(problems[3])))
        services_review.send_back_report(actor=cast.city_reviewer, report_id=back.pk, reason="请写清数量")
    return round_


def counted(viewer, round_: Round, show: str, at) -> list[tuple[int, int]]:
    """Count the same from the reports the viewer sees."""
    seen = (
        Report.objects.visible_to(viewer)
        .filter(queries_round.SHOWN[show], round=round_)
        .select_related("owner")
    )
    found = Counter(row.owner_id for row in seen if at is None or row.owner.is_within(at))
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


@pytest.mark.parametrize("person", PEOPLE)
def test_the_units_behind_a_number_are_those_of_its_reports(cast: Cast, person: str):
    round_, viewer = begun(cast), cast.users[person]
    for at in (None, cast.city, cast.county, cast.county_bureau):
        for show in queries_round.SHOWN:
            named = queries_round.named_units(viewer, round_, show, at)
            assert [(row.unit.pk, row.n) for row in named] == counted(viewer, round_, show, at), (show, at)


@pytest.mark.parametrize("person", ["province_clerk", "city_reviewer", "supervisor"])
def test_the_board_of_an_office_opens_no_report(cast: Cast, person: str):
    round_, viewer = begun(cast), cast.users[person]
    with CaptureQueriesContext(connection) as seen:
        assert queries_round.board(viewer, round_)
        assert queries_round.named_units(viewer, round_, "missing")
        assert queries_round.named_units(viewer, round_, "late")
    assert [query["sql"] for query in seen.captured_queries if REPORTS in query["sql"]] == []
