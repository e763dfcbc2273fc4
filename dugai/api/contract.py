"""The OpenAPI document: what django-ninja derives from the shapes, and what holds for every operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dugai.kernel import problems

if TYPE_CHECKING:
    from ninja import NinjaAPI

PREFIX = "api/v1/"
READING = (401, 403, 404, 422, 429, 503)
WRITING = (400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 503)
PROBLEM = {
    "type": "object",
    "description": "一次被拒绝的请求（RFC 9457）。code 供程序判断，不会改；detail 是给人看的话。",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "additionalProperties": False,
}
KEY_SHAPE: dict[str, Any] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 50,
    "pattern": "^[A-Za-z0-9._~-]+$",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "同一令牌用同一个值重复提交，只生效一次，得到同样的回答；七天有效。",
    "schema": KEY_SHAPE,
}


def document(api: NinjaAPI) -> dict[str, Any]:
    """Return the whole contract as plain values, the same for every process."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    found["components"]["schemas"] = dict(sorted(found["components"]["schemas"].items()))
    found["components"]["schemas"]["Problem"] = PROBLEM
    found["components"]["responses"] = {
        f"Problem{status}": {"description": problems.TITLES[status], "content": _content()}
        for status in sorted({*READING, *WRITING, 405})
    }
    found["components"]["securitySchemes"] = {"Bearer": {"type": "http", "scheme": "bearer"}}
    scopes = _scopes(api)
    found = _plain(found)
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation, scopes[operation["operationId"]])
    found["info"]["title"] = api.title
    return found


def _content() -> dict[str, Any]:
    return {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _scopes(api: NinjaAPI) -> dict[str, str]:
    """Return {operation id: the scope its token needs}."""
    return {
        str(operation.operation_id): operation.auth_callbacks[0].scope.value  # type: ignore[attr-defined]
        for router in api._get_bound_routers()  # noqa: SLF001  the one list of operations with their settings
        for view in router.path_operations.values()
        for operation in view.operations
    }


def _plain(node: Any) -> Any:
    """Leave out the titles pydantic makes up from names; a property called title is no such title."""
    if isinstance(node, dict):
        return {
            name: _plain(value)
            for name, value in node.items()
            if name != "title" or not isinstance(value, str)
        }
    return [_plain(value) for value in node] if isinstance(node, list | tuple) else node


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter: it may be absent, and is never null."""
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    return {**choices[0], **rest}


def _complete(method: str, operation: dict[str, Any], scope: str) -> None:
    operation["security"] = [{"Bearer": [scope]}]
    operation["responses"] = {str(status): answer for status, answer in operation["responses"].items()}
    for status in READING if method == "get" else WRITING:
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])
    if method != "get":
        operation["parameters"] = [*operation.get("parameters", []), KEY]
