"""Every address, as every person: what the access table says is what happens (S01, S35)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import Cast, make_problem, task_of
from tests.web import access


@dataclass
class World:
    """A made world for building addresses; rooms add what they need as attributes."""

    cast: Cast
    problem: Any
    task: Any


def make_world(cast: Cast) -> World:
    """Register one problem of 朔岭市 with a task of 望渡县住建局."""
    problem = make_problem(cast)
    return World(cast, problem, task_of(problem))


def names(resolver: Any, prefix: str = "") -> set[str]:
    """Return the names of all addresses; an address without a name is returned as its pattern."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            found |= names(entry, inner)
        elif isinstance(entry, URLPattern):
            found.add(prefix + entry.name if entry.name else f"unnamed {entry.pattern}")
    return found


def pages() -> set[str]:
    """Return the addresses of pages; the API has its own table."""
    return {name for name in names(get_resolver()) if not name.startswith("api")}


def test_every_address_is_in_the_table():
    assert pages() == set(access.table())


def outcome(response: Any) -> access.Expectation:
    """Return what a response means in the words of the table."""
    if response.status_code == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL)):
        return access.SIGN_IN
    return response.status_code


@pytest.mark.timeout(2400)
@pytest.mark.django_db
def test_everyone_gets_what_the_table_says(cast: Cast):
    world = make_world(cast)
    lines = access.table()
    wrong = []
    for person in ("anonymous", *access.PEOPLE):
        client = Client(raise_request_exception=False)
        if person != "anonymous":
            client.force_login(cast.users[person])
        for name, line in sorted(lines.items()):
            expected = line.anonymous if person == "anonymous" else line.expects(person)
            response = getattr(client, line.method)(reverse(name, kwargs=line.args(world)))
            if response.streaming:
                list(response)  # a download holds its file open until it has been read
            if outcome(response) != expected:
                wrong.append(f"{name} as {person}: {outcome(response)}, not {expected}")
    assert not wrong, "\n".join(wrong)
