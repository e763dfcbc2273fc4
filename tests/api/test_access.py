"""Every operation as every person: out of sight is 404, a refused write leaves the database as it was (S01, S02)."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.apps import apps
from django.db import transaction

from dugai.api import contract
from dugai.api.app import api as house
from dugai.journal.models import Event, Pending
from tests.api import access_table
from tests.api.world import api_of, make_whole_world
from tests.web.access import PEOPLE

pytestmark = pytest.mark.django_db
UNRECORDED = {"Answer", "ApiToken", "Anchor"}


def operations():
    found = contract.document(house)["paths"]
    return {
        operation["operationId"]: (method, path)
        for path, methods in found.items()
        for method, operation in methods.items()
    }


def digest() -> str:
    """Return one number for everything the database holds, but for answers and the last use of tokens.

    A 403 leaves a security event that names the person and the address; it changes no row of the work.
    """
    noted = list(Event.objects.filter(kind="access.refused").values_list("pk", flat=True))
    total = hashlib.sha256()
    for model in sorted(apps.get_app_config("dugai").get_models(), key=lambda one: one.__name__):
        if model.__name__ not in UNRECORDED:
            rows = model._base_manager.order_by("pk")
            manager = rows.unscoped("a test counts everything") if hasattr(rows, "unscoped") else rows
            if model in {Event, Pending}:
                manager = manager.exclude(pk__in=noted)
            total.update(repr(list(manager.values_list())).encode())
    return total.hexdigest()


def ask(api, method: str, path: str, args, send):
    address = "/" + path.removeprefix("/api/v1/").format(**args)
    if method == "get":
        return api.get(address, **send)
    if "file" in send:
        return api.client.post(f"/api/v1{address}", send, HTTP_AUTHORIZATION=f"Bearer {api.secret}")
    call = getattr(api.client, method)
    body = {"data": json.dumps(send), "content_type": "application/json"}
    return call(f"/api/v1{address}", HTTP_AUTHORIZATION=f"Bearer {api.secret}", **body)


def test_every_operation_is_in_the_table():
    assert set(operations()) == set(access_table.TABLE)


@pytest.mark.timeout(2400)
@pytest.mark.slow
def test_everyone_gets_what_the_table_says(cast):
    world = make_whole_world(cast)
    wrong = []
    programs = {person: api_of(cast.users[person]) for person in PEOPLE if person != "public"}
    before = digest()
    for name, (method, path) in operations().items():
        line = access_table.TABLE[name]
        for person, api in programs.items():
            mark = transaction.savepoint()
            answer = ask(api, method, path, line.args(world), line.send(world))
            if answer.status_code not in line.expects(person):
                wrong.append(f"{name} as {person}: {answer.status_code} {answer.content.decode()[:200]}")
            if (
                answer.status_code < 400
            ):  # what was refused stays, so that anything it left behind shows below
                transaction.savepoint_rollback(mark)
        if method != "get" and digest() != before:
            wrong.append(f"{name}: somebody was refused, and something changed")
    assert not wrong, "\n".join(wrong)


def test_lists_hold_nothing_out_of_sight(cast):
    world = make_whole_world(cast)
    lists = {"problems": world.problem, "tasks": world.task, "reports": world.report, "changes": world.change}
    for person in ("neighbour_clerk", "other_city_reviewer", "system_admin", "audit_admin"):
        api = api_of(cast.users[person])
        for name in lists:
            assert api.get(f"/{name}").json() == {"items": [], "next": None}, (person, name)
    api = api_of(cast.county_clerk)
    for name, row in lists.items():
        assert row.pk in {item["id"] for item in api.get(f"/{name}").json()["items"]}, name


def test_a_target_of_another_task_is_not_written(cast):
    world = make_whole_world(cast)
    line = access_table.TABLE["submit_report"]
    body = line.send(world)
    body["values"]["added"] = [{"target": world.sent.task.targets.get().pk, "amount": "3"}]
    method, path = operations()["submit_report"]
    answer = ask(api_of(cast.county_clerk), method, path, line.args(world), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "entry_invalid")
