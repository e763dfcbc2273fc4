"""The addresses of the API, named `api:<operation id>`."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from dugai.api.app import PARTS, api

_patterns, _app, _space = api.urls
# django-ninja adds a greeting at the root of the API; it is in no contract, so it is left out.
addresses = ([pattern for pattern in _patterns if getattr(pattern, "name", "") != "api-root"], _app, _space)
METHODS = {
    path.lstrip("/").replace("{", "<").replace("}", ">"): {
        method for operation in view.operations for method in operation.methods
    }
    for part in PARTS
    for path, view in part.router.path_operations.items()
}


def takes(path: str, method: str) -> bool:
    """Say whether there is an operation of this method at an address."""
    try:
        route = resolve(path).route
    except Resolver404:
        return False
    return method in METHODS.get(route.removeprefix("api/v1/"), ())
