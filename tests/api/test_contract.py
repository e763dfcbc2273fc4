"""The committed contract is what the code says, and each operation keeps the house's promises (S03, S35)."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver
from pydantic import BaseModel

from dugai.api import contract
from dugai.api.app import api
from tests.api.client import SPEC

SCRIPT = SPEC.parents[2] / "scripts" / "openapi.py"


def committed():
    return json.loads(SPEC.read_text(encoding="utf-8"))


def operations():
    for path, methods in committed()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_contract_is_committed():
    spec = importlib.util.spec_from_file_location("openapi_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert SPEC.read_text(encoding="utf-8") == script.text(), "run scripts/openapi.py and read the diff"


def test_it_is_openapi_three_one():
    found = committed()
    assert found["openapi"].startswith("3.1")
    assert found == contract.document(api)


def test_every_route_is_in_the_contract_and_every_operation_has_a_route():
    routes = set()
    for entry in get_resolver().url_patterns:
        if str(entry.pattern) == "api/v1/":
            for pattern in entry.url_patterns:
                path = str(pattern.pattern).replace("<", "{").replace(">", "}")
                routes.add(f"/api/v1/{path}")
    assert routes == {path for path, _, _ in operations()}


def test_every_operation_names_its_scope_and_its_refusals():
    for path, method, operation in operations():
        (security,) = operation["security"]
        assert set(security) == {"Bearer"}
        assert security["Bearer"] in (
            [["read"]] if method == "get" else [["ledger"], ["report"], ["review"], ["intake"]]
        )
        assert {"401", "403", "404", "422"} <= set(operation["responses"]), path
        assert operation["operationId"].isidentifier()
        keyed = any(row["name"] == "Idempotency-Key" for row in operation["parameters"])
        assert keyed == (method != "get")


def test_nothing_that_comes_in_may_bring_more_than_it_names():
    spec = committed()
    for path, method, operation in operations():
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media == "application/json":
                name = content["schema"]["$ref"].rsplit("/", 1)[-1]
                assert spec["components"]["schemas"][name]["additionalProperties"] is False, (method, path)


def test_every_list_is_capped_and_goes_on_by_cursor():
    for path, _, operation in operations():
        names = {row["name"]: row for row in operation["parameters"]}
        assert "offset" not in names
        assert "page" not in names
        if operation["operationId"].startswith("list_"):
            assert names["limit"]["schema"]["maximum"] == 100, path
            assert "cursor" in names


def test_no_two_shapes_share_a_name():
    """The contract knows a shape by its name alone: of two with one name the later would be believed."""
    places: dict[str, set[str]] = {}
    for shape in below(BaseModel):
        if shape.__module__.startswith("dugai.api"):
            places.setdefault(shape.__name__, set()).add(shape.__module__)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)
