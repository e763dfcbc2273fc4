"""Every service refused at its policy has done nothing yet when it refuses, and nothing after (S05).

A transaction would hide an effect that came before the check, since it is rolled back with it. So the database is
looked at twice: when the refusal is made, inside the transaction, and when it has reached the caller.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

import dugai
from dugai.kernel import clock, errors
from dugai.ledger import services_entry
from dugai.ledger.entries import NewMeasure, NewProblem, NewTask
from dugai.ledger.models import Participation
from dugai.people import services as people
from dugai.people import services_organisation, services_token
from tests.api.world import make_whole_world
from tests.cast import Cast, deadline
from tests.digest import whole_database
from tests.indicators import aim
from tests.security.refused_calls import CALLS, WITHOUT
from tests.web import access_disclosure

pytestmark = pytest.mark.django_db
ROOMS = Path(dugai.__file__).parent


def services() -> dict[str, Any]:
    """Return every public function with an actor in a module of services, by name."""
    found: dict[str, Any] = {}
    for path in sorted(ROOMS.glob("*/services*.py")):
        module = importlib.import_module(f"dugai.{path.parent.name}.{path.stem}")
        for name, function in vars(module).items():
            if (
                inspect.isfunction(function)
                and not name.startswith("_")
                and inspect.unwrap(function).__module__ == module.__name__
                and "actor" in inspect.signature(function).parameters
            ):
                assert name not in found, f"two services called {name}"
                found[name] = function
    return found


def test_every_service_is_called_or_says_why_not():
    assert not CALLS.keys() & WITHOUT.keys()
    assert set(services()) == CALLS.keys() | WITHOUT.keys()


def fill(cast: Cast) -> Any:
    """Make the world of the API, and what else the calls name."""
    world: Any = make_whole_world(cast)
    world.new_problem = NewProblem(
        number=30,
        home=cast.county,
        lead=cast.county_bureau,
        columns={"title": "新", "text": "新的问题。", "deadline": deadline()},
        measures=(
            NewMeasure(
                number=1,
                columns={"text": "改", "deadline": deadline()},
                tasks=(NewTask(owner=cast.county_bureau),),
            ),
        ),
    )
    world.site = services_entry.add_site(
        actor=cast.city_clerk, problem_id=world.problem.pk, region=cast.county, name="柳汀河口"
    )
    world.part = Participation.objects.exclude(part="lead").filter(problem=world.problem).first()
    world.group = services_organisation.add_group(
        actor=cast.system_admin, organisation_id=cast.county_bureau.pk, name="整改专组", kind="working"
    )
    world.member = services_organisation.add_member(
        actor=cast.system_admin, group_id=world.group.pk, user=cast.county_clerk, position="member"
    )
    today = clock.today()
    world.deputy = people.appoint_deputy(
        actor=cast.county_clerk,
        principal=cast.county_clerk,
        deputy=cast.county_reviewer,
        starts_on=today,
        ends_on=today + dt.timedelta(days=3),
        reason="外出",
    )
    world.token, _ = services_token.make_token(
        actor=cast.county_clerk, label="报表", scopes=["read"], expires_on=today + dt.timedelta(days=9)
    )
    access_disclosure.a_draft(world)
    access_disclosure.a_finding(world)
    access_disclosure.a_release(world)
    world.target = aim(cast.city_clerk, cast.county, "pm25", "2026年", high="30")
    world.reading.refresh_from_db()
    for name in ("problem", "task", "report", "sent", "change", "plan_version", "round", "batch"):
        getattr(world, name).refresh_from_db()
    return world


@pytest.fixture
def refusals(monkeypatch) -> list[str]:
    """What the database was each time a refusal was made."""
    seen: list[str] = []
    make = errors.DomainError.__init__

    def watched(self: errors.DomainError, *args: Any, **values: Any) -> None:
        make(self, *args, **values)
        seen.append(whole_database())

    monkeypatch.setattr(errors.DomainError, "__init__", watched)
    return seen


def test_a_refused_service_has_done_nothing(cast: Cast, refusals: list[str]):
    world, known, wrong = fill(cast), services(), []
    before = whole_database()
    for name, (people_, values) in CALLS.items():
        for person in people_:
            refusals.clear()
            try:
                answer = known[name](actor=cast.users[person], **values(world))
            except errors.DomainError as refusal:
                if refusal.status not in {403, 404, 422}:
                    wrong.append(f"{name} as {person}: refused for another reason, {refusal.message}")
            else:
                if name != "review_batch" or any(verdict.done for verdict in answer):
                    wrong.append(f"{name} as {person}: was not refused")
            if not refusals or set(refusals) != {before}:
                wrong.append(f"{name} as {person}: something was written before the refusal")
            if whole_database() != before:
                pytest.fail(f"{name} as {person}: something was written")
    assert not wrong, "\n".join(wrong)


def test_the_watch_sees_an_effect_before_the_check(cast: Cast, refusals: list[str]):
    before = whole_database()
    type(cast.county_clerk).objects.filter(pk=cast.county_clerk.pk).update(last_login=clock.now())
    with pytest.raises(errors.Refused):
        errors.require(False, "不行")
    assert refusals != [before]
