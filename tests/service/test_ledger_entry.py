"""A problem is registered, seen by the right people, split downwards; every row has its event."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from dugai.journal.models import Anchor, Event
from dugai.kernel.errors import Conflict, NotVisible, Refused
from dugai.ledger import queries, services_entry, services_task, tallies
from dugai.ledger.entries import NewTarget, NewTask
from dugai.ledger.models import Problem, Task
from dugai.ledger.sight import Unscoped
from tests.cast import Cast, make_problem, task_of

pytestmark = pytest.mark.django_db


def test_a_registered_problem_leaves_an_event_for_every_row(cast: Cast):
    problem = make_problem(cast)
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert [kind for kind in kinds if not kind.startswith(("organisation", "user"))] == [
        "inspection.opened",
        "problem.registered",
        "participation.set",
        "participation.set",
        "participation.set",
        "measure.added",
        "task.assigned",
        "target.set",
    ]
    anchor = Anchor.objects.get(subject_type="problem", subject_id=problem.pk)
    assert anchor.version == 1


def test_a_neighbour_sees_neither_problem_nor_task(cast: Cast):
    problem = make_problem(cast)
    with pytest.raises(NotVisible):
        queries.get_problem(cast.neighbour_clerk, problem.pk)
    with pytest.raises(NotVisible):
        queries.get_task(cast.neighbour_clerk, task_of(problem).pk)
    assert Problem.objects.visible_to(cast.neighbour_clerk).count() == 0
    assert Task.objects.visible_to(cast.neighbour_office_clerk).count() == 0


def test_those_concerned_see_it(cast: Cast):
    problem = make_problem(cast)
    task = task_of(problem)
    for person in (
        "province_clerk",
        "city_reviewer",
        "county_office_clerk",
        "county_clerk",
        "verifier",
        "leader",
        "supervisor",
    ):
        assert queries.get_task(cast.users[person], task.pk) == task, person
    for person in ("province_clerk", "city_reviewer", "county_clerk", "city_bureau_clerk", "verifier"):
        assert queries.get_problem(cast.users[person], problem.pk) == problem, person


def test_administrators_and_the_public_see_no_business(cast: Cast):
    make_problem(cast)
    for person in ("system_admin", "security_admin", "audit_admin", "public"):
        assert Task.objects.visible_to(cast.users[person]).count() == 0


def test_an_unscoped_query_is_refused(cast: Cast):
    make_problem(cast)
    with pytest.raises(Unscoped):
        list(Task.objects.all())
    with pytest.raises(Unscoped):
        Problem.objects.count()


def test_a_task_is_split_and_its_quantity_conserved(cast: Cast):
    problem = make_problem(cast, owners=(cast.city_bureau,))
    task = task_of(problem)
    shares = [
        NewTask(owner=cast.county_bureau, targets=(NewTarget("管网", "公里", Decimal("4.4")),)),
        NewTask(owner=cast.neighbour_bureau, targets=(NewTarget("管网", "公里", Decimal(2)),)),
    ]
    children = services_task.split_task(actor=cast.city_clerk, task_id=task.pk, seen_version=1, shares=shares)
    assert [child.code for child in children] == ["JY3-01-001-01.01", "JY3-01-001-01.02"]
    assert tallies.stored() == tallies.recount()


def test_a_split_that_loses_quantity_changes_nothing(cast: Cast):
    problem = make_problem(cast, owners=(cast.city_bureau,))
    task = task_of(problem)
    before = Event.objects.count()
    shares = [NewTask(owner=cast.county_bureau, targets=(NewTarget("管网", "公里", Decimal(4)),))]
    with pytest.raises(Refused, match=r"与总数 6\.4 差 2\.4 公里"), transaction.atomic():
        services_task.split_task(actor=cast.city_clerk, task_id=task.pk, seen_version=1, shares=shares)
    assert Event.objects.count() == before
    assert Task.objects.unscoped("test").count() == 1


def test_a_stale_version_is_a_conflict(cast: Cast):
    task = task_of(make_problem(cast, owners=(cast.city_bureau,)))
    with pytest.raises(Conflict):
        services_task.split_task(
            actor=cast.city_clerk,
            task_id=task.pk,
            seen_version=7,
            shares=[NewTask(owner=cast.county_bureau)],
            note="试",
        )


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_state_without_its_event(cast: Cast):
    task = task_of(make_problem(cast))
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE dugai_task SET progress = 'done' WHERE id = %s", [task.pk])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dugai_task SET progress = 'done', version = version + 1 WHERE id = %s", [task.pk]
        )
    task.refresh_from_db()
    assert (task.progress, task.version) == ("not_started", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement", ["UPDATE dugai_event SET kind = 'x'", "DELETE FROM dugai_event", "DELETE FROM dugai_task"]
)
def test_the_journal_only_grows(cast: Cast, statement: str):
    make_problem(cast)
    before = Event.objects.count()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == before


def test_an_office_sees_the_inspection_of_a_place_below_it(cast: Cast):
    inspection = services_entry.open_inspection(
        actor=cast.province_clerk,
        object_=cast.city,
        code="SJ7",
        name="省级例行督察",
        level="provincial",
        type="routine",
    )
    for person in ("province_clerk", "city_clerk", "county_clerk", "leader"):
        assert queries.get_inspection(cast.users[person], inspection.pk) == inspection
    for person in ("other_city_reviewer", "system_admin"):
        with pytest.raises(NotVisible):
            queries.get_inspection(cast.users[person], inspection.pk)
