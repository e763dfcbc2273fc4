"""An error anywhere gives a generic page with the id of the request, and nothing half-done stays (S29)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.api import access_table
from tests.api.test_access import ask, operations
from tests.api.world import api_of, make_whole_world
from tests.cast import Cast
from tests.digest import whole_database
from tests.security.addresses import paths
from tests.security.injector import SECRET

pytestmark = pytest.mark.django_db
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
WRITES = ("INSERT", "UPDATE", "DELETE")
HOUSE = ("django_session", "dugai_apitoken", "dugai_usersession")


def says_nothing_but_the_id(response: Any, where: str) -> None:
    text = response.content.decode()
    assert response.status_code == 500, (where, response.status_code, text[:300])
    assert ID.search(text), (where, text[:300])
    for word in (SECRET, "Traceback", "RuntimeError", ".py", "SELECT", "INSERT"):
        assert word not in text, (where, word)


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_view_that_breaks_shows_the_generic_page(cast: Cast, settings, method: str):
    token = api_of(cast.province_manager).secret
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.security.injector.BreakInView"]
    client = Client(raise_request_exception=False)
    client.force_login(cast.province_manager)
    getattr(client, method)("/")  # the first request of a session may note its time
    before = work()
    broken = 0
    for name, path in paths().items():
        api = path.startswith("/api/")
        headers = {"Authorization": f"Bearer {token}"} if api else {}
        response = getattr(client, method)(path, headers=headers)
        says_nothing_but_the_id(response, name)
        assert ("problem+json" in response["Content-Type"]) == api, name
        broken += 1
    assert broken == len(paths()) > 100
    if method == "post":
        assert work() == before


def work() -> str:
    """Hash the database but for the time a token was last used, which is noted outside the write."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dugai_apitoken SET last_used_at = NULL")
    return whole_database()


class BreakAtWrite:
    """Raises in place of the `at`-th statement that writes to a table of the work; 0 counts only."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.count = at, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        word = sql.lstrip().upper()
        if word.startswith(WRITES) and not any(table in sql for table in HOUSE):
            self.count += 1
            if self.count == self.at:
                raise RuntimeError(SECRET)
        return execute(sql, params, many, context)


def test_a_write_that_breaks_half_way_leaves_nothing(cast: Cast):
    """Each operation that writes is broken at each of its statements in turn: first, half way, last."""
    world = make_whole_world(cast)
    programs = {person: api_of(user) for person, user in cast.users.items() if person != "public"}
    tried = 0
    for name, (method, path) in operations().items():
        line = access_table.TABLE[name]
        if method == "get" or not line.may:
            continue
        person = min(line.may - {"public"})
        api = programs[person]
        mark = transaction.savepoint()
        counter = BreakAtWrite()
        with connection.execute_wrapper(counter):
            answer = ask(api, method, path, line.args(world), line.send(world))
        assert answer.status_code < 400, (name, answer.content.decode())
        transaction.savepoint_rollback(mark)
        before = work()
        steps = {1, (counter.count + 1) // 2, counter.count} if counter.count else set()
        for at in sorted(steps):
            breaker = BreakAtWrite(at)
            with connection.execute_wrapper(breaker):
                answer = ask(api, method, path, line.args(world), line.send(world))
            says_nothing_but_the_id(answer, f"{name} at statement {at} of {counter.count}")
            assert work() == before, (name, at)
            tried += 1
    assert tried > 50
