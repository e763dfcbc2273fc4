"""Whom a keeper may give work: its own region and below; those who oversee may also stand above (S02, S06)."""

from __future__ import annotations

from typing import Any

import pytest

from dugai.journal.models import Event
from dugai.kernel.errors import Refused
from dugai.ledger import services_change, services_edit, services_entry
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.models import Participation, Problem, Task
from dugai.people.models import Organisation
from tests.cast import Cast, deadline, make_inspection, make_problem, task_of

pytestmark = pytest.mark.django_db
OVERSEE = ("lead", "supervising", "accepting")
WORK = ("owner", "responsible", "cooperating")
WITHIN = ("county", "county_office", "county_bureau")
ABOVE = ("city", "city_bureau", "city_office", "province", "province_bureau")
BESIDE = ("neighbour", "neighbour_bureau", "neighbour_office", "other_city", "other_city_office")


def unit(cast: Cast, name: str) -> Organisation:
    codes = {"other_city": "990200", "other_city_office": "990200ZG"}
    found: Organisation = Organisation.objects.get(code=codes[name]) if name in codes else cast.__dict__[name]
    return found


def measure(cast: Cast, part: str, place: Organisation, number: int = 1) -> NewMeasure:
    owner = place if part == "owner" else cast.county_bureau
    parts = {} if part == "owner" else {part: (place,)}
    columns = {"text": "改造管网。", "deadline": deadline()}
    return NewMeasure(number=number, columns=columns, parts=parts, tasks=(NewTask(owner=owner),))


def register(cast: Cast, inspection: Any, part: str, place: Organisation, number: int = 1) -> None:
    whole = {} if part in {"owner", "lead"} else {part: (place,)}
    entry = NewProblem(
        number=number,
        home=cast.county,
        lead=place if part == "lead" else cast.county_bureau,
        columns={
            "title": "管网",
            "text": "管网缺口大。",
            "kind": "report",
            "source": "central_inspection",
            "source_class": "central",
            "deadline": deadline(),
        },
        parts=whole,
        measures=(measure(cast, part, place, number),),
    )
    services_entry.register_problems(
        actor=cast.county_office_clerk, inspection_id=inspection.pk, problems=[entry]
    )


def counts() -> tuple[int, ...]:
    why = "a test counts everything"
    rows = Problem.objects.unscoped(why).count(), Task.objects.unscoped(why).count()
    return (*rows, Participation.objects.count(), Event.objects.count())


@pytest.mark.parametrize("part", [*WORK, *OVERSEE])
@pytest.mark.parametrize("place", [*WITHIN, *ABOVE, *BESIDE])
def test_a_county_office_reaches_its_county_and_who_oversees_it(cast: Cast, part: str, place: str):
    inspection, chosen = make_inspection(cast), unit(cast, place)
    allowed = place in WITHIN or (place in ABOVE and part in OVERSEE)
    before = counts()
    if allowed:
        register(cast, inspection, part, chosen)
        assert counts()[0] == before[0] + 1
        return
    with pytest.raises(Refused, match=chosen.name) as refusal:
        register(cast, inspection, part, chosen)
    assert refusal.value.code == "unit_out_of_reach"
    assert counts() == before


@pytest.mark.parametrize("part", [*WORK, *OVERSEE])
def test_further_measures_and_parts_keep_to_the_same_range(cast: Cast, part: str):
    inspection = make_inspection(cast)
    register(cast, inspection, "lead", cast.county_bureau)
    problem = Problem.objects.unscoped("a test looks at its own row").get()
    before = counts()
    with pytest.raises(Refused, match="雁回县住建局"):
        services_entry.add_measures(
            actor=cast.county_office_clerk,
            problem_id=problem.pk,
            seen_version=problem.version,
            measures=[measure(cast, part, cast.neighbour_bureau, 2)],
        )
    if part != "owner":
        with pytest.raises(Refused, match="雁回县住建局"):
            services_edit.add_part(
                actor=cast.county_office_clerk,
                problem_id=problem.pk,
                seen_version=problem.version,
                organisation=cast.neighbour_bureau,
                part=part,
            )
    assert counts() == before


def test_a_change_of_owner_is_not_a_way_around(cast: Cast):
    inspection = make_inspection(cast)
    problem = make_problem(cast, inspection, home=cast.county)
    task = task_of(problem)
    request = services_change.request_change(
        actor=cast.county_clerk,
        problem_id=problem.pk,
        task_id=task.pk,
        field="owner",
        new={"organisation": cast.neighbour_bureau.pk},
        reason="职责调整",
        seen_version=task.version,
    )
    approve = {"change_id": request.pk, "seen_version": request.version}
    before = counts()
    with pytest.raises(Refused, match="雁回县住建局"):
        services_change.approve_change(actor=cast.county_office_reviewer, **approve)
    assert counts() == before
    services_change.approve_change(actor=cast.city_reviewer, **approve)
    task.refresh_from_db()
    assert task.owner == cast.neighbour_bureau


def test_the_sentence_says_what_to_do(cast: Cast):
    inspection = make_inspection(cast)
    with pytest.raises(Refused) as work:
        register(cast, inspection, "owner", cast.neighbour_bureau)
    assert str(work.value.message) == (
        "雁回县住建局不在望渡县之下，不能由您交办任务。请换成望渡县或它下面的单位，或请上级整改办登记。"
    )
    with pytest.raises(Refused) as lead:
        register(cast, inspection, "lead", cast.neighbour_bureau)
    assert lead.value.message == "雁回县住建局既不在望渡县之下，也不属于它的上级地区。请换一个单位。"
