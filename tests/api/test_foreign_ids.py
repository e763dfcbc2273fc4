"""Every row number that a body can carry, replaced by one out of the sender's sight: nothing moves (S02).

The places are read from the contract: an integer that may be as large as any row's number is one. What
stands there instead is chosen by the name of the field; a name that nobody has seen gets a number that
does not exist, so that a new field is held too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from dugai.api.shapes import LARGEST
from dugai.people.models import Organisation
from tests.api import access_table
from tests.api.client import SPEC
from tests.api.test_access import ask, digest
from tests.api.world import api_of, make_whole_world
from tests.cast import make_problem, task_of

pytestmark = pytest.mark.django_db
CONTRACT = json.loads(SPEC.read_text(encoding="utf-8"))
SCHEMAS = CONTRACT["components"]["schemas"]
NEVER = 9_000_000
ACTORS = ("county_clerk", "county_office_clerk", "city_clerk", "city_reviewer", "county_reviewer")
UNITS = {"object", "home", "lead", "owner", "organisation", "region", "units", "parts"}
KINDS = {
    **dict.fromkeys(UNITS, "units"),
    "task": "task",
    "measure": "measure",
    "target": "target",
    "met": "milestone",
}
Step = str | int
EXPLAINED = {
    (
        "request_change",
        "change",
        "new",
        "organisation",
    ): "a wish: whoever approves must reach the unit (test_ledger_reach.py)",
    (
        "save_draft",
        "values",
        "added",
        0,
        "target",
    ): "words that are being typed; submit_report reads and refuses them",
    ("save_draft", "values", "met", 0): "the same",
}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    return SCHEMAS[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema


def options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the shapes a value may have."""
    schema = resolved(schema)
    found = [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, [])]
    return [resolved(one) for one in found] or [schema]


def places(schema: dict[str, Any], steps: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield the path of every row number in a body."""
    for shape in options(schema):
        if shape.get("type") == "integer" and shape.get("maximum") == LARGEST:
            yield steps
        for name, inner in shape.get("properties", {}).items():
            yield from places(inner, (*steps, name))
        if isinstance(shape.get("additionalProperties"), dict):
            name = resolved(shape.get("propertyNames", {})).get("enum", ["cooperating"])[0]
            yield from places(shape["additionalProperties"], (*steps, name))
        if "items" in shape:
            yield from places(shape["items"], (*steps, 0))


def inside(shape: dict[str, Any], steps: tuple[Step, ...]) -> dict[str, Any] | None:
    """Return the schema one step further, if the place at the end of `steps` lies there."""
    head, rest = steps[0], steps[1:]
    inner = shape.get("properties", {}).get(head) or shape.get("items") or shape.get("additionalProperties")
    return inner if isinstance(inner, dict) and rest in places(inner) else None


def made(schema: dict[str, Any], steps: tuple[Step, ...], value: int) -> Any:
    """Make the least body of a shape that has `value` at `steps`."""
    for shape in options(schema):
        if not steps:
            if shape.get("type") == "integer":
                return value
            continue
        head, rest = steps[0], steps[1:]
        inner = inside(shape, steps)
        if inner is not None:
            if isinstance(head, int):
                return [made(inner, rest, value)]
            others = {
                name: least(shape["properties"][name]) for name in shape.get("required", []) if name != head
            }
            return {**others, head: made(inner, rest, value)}
    raise AssertionError(steps)


def least(schema: dict[str, Any]) -> Any:
    """Return the simplest value of a shape."""
    shape = options(schema)[0]
    if "const" in shape:
        return shape["const"]
    if "enum" in shape:
        return shape["enum"][0]
    if shape.get("type") == "object":
        return {name: least(shape["properties"][name]) for name in shape.get("required", [])}
    simple: dict[str, Any] = {
        "integer": shape.get("minimum", 1),
        "boolean": False,
        "array": [],
        "string": "补",
    }
    return shape.get("examples", [simple[shape["type"]]])[0]


def put(body: Any, schema: dict[str, Any], steps: tuple[Step, ...], value: int) -> Any:
    """Return a body with `value` at `steps`; what the body has on the way stays, what it lacks is made."""
    if not steps:
        return value
    head, rest = steps[0], steps[1:]
    inner = next(found for shape in options(schema) if (found := inside(shape, steps)) is not None)
    stays = head != "change" and (bool(body) if head == 0 else isinstance(body, dict) and head in body)
    new = put(body[head], inner, rest, value) if stays else made(inner, rest, value)
    return [new, *(body or [])[1:]] if head == 0 else {**(body or {}), head: new}


def test_a_foreign_row_in_a_body_moves_nothing(cast):
    world = make_whole_world(cast)
    far = make_problem(cast, world.inspection, number=9, owners=(cast.neighbour_bureau,), home=cast.neighbour)
    foreign = {
        "units": [Organisation.objects.get(code=code).pk for code in ("990200", "990200ZG")],
        "task": [task_of(far).pk],
        "measure": [task_of(far).measure_id],
        "target": [task_of(far).targets.get().pk],
    }
    tried, wrong = [], []
    for path, methods in CONTRACT["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            name = operation["operationId"]
            for schema in (one["schema"] for one in content.values()):
                for steps in dict.fromkeys(places(schema)):
                    line = access_table.TABLE[name]
                    person = next((one for one in ACTORS if one in (line.may or line.sees)), min(line.sees))
                    field = next((step for step in reversed(steps) if step in KINDS), "")
                    for instead in [*foreign.get(KINDS.get(str(field), ""), []), NEVER]:
                        mark, api = transaction.savepoint(), api_of(cast.users[person])
                        before = digest()
                        body = put(line.send(world), schema, steps, instead)
                        answer = ask(api, method, path, line.args(world), body)
                        tried.append((name, steps))
                        if (name, *steps) in EXPLAINED:
                            transaction.savepoint_rollback(mark)
                            continue
                        if answer.status_code not in {403, 404, 409, 422} or digest() != before:
                            wrong.append(
                                f"{name} {steps} {instead} {person}: {answer.status_code} {answer.content.decode()[:200]}"
                            )
                        transaction.savepoint_rollback(mark)
    assert len(set(tried)) >= 25, sorted(set(tried))
    assert wrong == [], "\n".join(wrong)
