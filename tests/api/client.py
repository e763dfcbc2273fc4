"""A client made from the contract alone: each operationId becomes a method; shapes are checked on the way in and out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema

SPEC = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"


class Refusal(Exception):
    """The server said no; `problem` is its problem+json."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(
            f"{problem['status']} {problem['code']}: {problem['detail']} {problem.get('fields', '')}"
        )
        self.problem = problem


def generate(spec: dict[str, Any]) -> type:
    """Return a client class for an OpenAPI document: `Client(send).get_task(task_id=3)`.

    `send(method, path, query, headers, body)` returns status, media type and bytes.
    """
    methods: dict[str, Any] = {}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            methods[operation["operationId"]] = _method(spec, path, method, operation)

    def begin(self, send: Callable[..., tuple[int, str, bytes]]) -> None:
        self.send = send

    return type("Client", (), {"__init__": begin, **methods})


def _method(spec: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Callable[..., Any]:
    parameters = {row["name"]: row for row in operation.get("parameters", [])}
    content = operation.get("requestBody", {}).get("content", {})
    body_schema = content.get("application/json", {}).get("schema")

    def call(self, body: Any = None, key: str = "", **values: Any) -> Any:
        unknown = set(values) - set(parameters)
        assert not unknown, f"{operation['operationId']} knows no {unknown}"
        for name, value in values.items():
            _check(spec, parameters[name]["schema"], value)
        if body_schema is not None:
            _check(spec, body_schema, body)
        filled = re.sub(r"{(\w+)}", lambda match: str(values[match[1]]), path)
        query = {name: value for name, value in values.items() if parameters[name]["in"] == "query"}
        headers = {"Idempotency-Key": key} if key else {}
        status, media, data = self.send(method, filled, query, headers, body)
        answer = _answer(spec, operation, status)
        assert media.split(";")[0] in answer["content"], f"{status} {media}"
        found = json.loads(data)
        _check(spec, answer["content"][media.split(";")[0]]["schema"], found)
        if status >= 400:
            raise Refusal(found)
        return found

    call.__name__ = operation["operationId"]
    return call


def _answer(spec: dict[str, Any], operation: dict[str, Any], status: int) -> dict[str, Any]:
    assert str(status) in operation["responses"], (
        f"{operation['operationId']} does not say it may answer {status}"
    )
    answer = operation["responses"][str(status)]
    if "$ref" in answer:
        return spec["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
    return answer


def _check(spec: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    validator = jsonschema.Draft202012Validator({**schema, "components": spec["components"]})
    errors = sorted(validator.iter_errors(value), key=lambda error: list(error.path))
    assert not errors, [(list(error.path), error.message) for error in errors[:3]]
