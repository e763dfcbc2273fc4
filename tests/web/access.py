"""The access table: what each person gets at each address. An address without a line fails the tests.

A line is written once, beside its room, in a module `tests/web/access_<room>.py` with a dict `ACCESS`
from the name of an address to `line(...)`. `everyone` is the expectation of all who are signed in and
not named; `anonymous` defaults to being sent to the sign-in page.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEES, FORBIDDEN, HIDDEN, SIGN_IN, MOVED, WRONG_METHOD = 200, 403, 404, "sign-in", 302, 405
Expectation = int | str
PEOPLE = (
    "county_clerk",
    "county_reviewer",
    "county_office_clerk",
    "city_clerk",
    "city_reviewer",
    "other_city_reviewer",
    "neighbour_clerk",
    "province_clerk",
    "province_manager",
    "verifier",
    "leader",
    "supervisor",
    "discipline",
    "public",
    "system_admin",
    "security_admin",
    "audit_admin",
)


@dataclass(frozen=True)
class Line:
    """One address: how to build its arguments from a made world, and what each person gets."""

    args: Callable[[Any], dict[str, Any]]
    everyone: Expectation
    anonymous: Expectation
    people: Mapping[str, Expectation] = field(default_factory=dict)
    method: str = "get"

    def expects(self, person: str) -> Expectation:
        """Return what `person` gets."""
        return self.people.get(person, self.everyone)


def line(
    everyone: Expectation,
    args: Callable[[Any], dict[str, Any]] = lambda world: {},
    anonymous: Expectation = SIGN_IN,
    method: str = "get",
    **people: Expectation,
) -> Line:
    """Write one line of the table; `args` gets the `World` of test_access.py."""
    unknown = set(people) - set(PEOPLE)
    assert not unknown, f"not in the cast: {unknown}"
    return Line(args, everyone, anonymous, people, method)


def table() -> dict[str, Line]:
    """Gather the lines of all rooms."""
    found: dict[str, Line] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("access_"):
            lines: dict[str, Line] = importlib.import_module(f"tests.web.{module.name}").ACCESS
            double = set(found) & set(lines)
            assert not double, f"two lines for {double}"
            found |= lines
    return found
