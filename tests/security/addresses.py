"""All addresses of the house with arguments that resolve, for tests that go round every door."""

from __future__ import annotations

from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

SAMPLES: dict[str, Any] = {
    "int": 999999999,
    "str": "x",
    "slug": "x",
    "uuid": "00000000-0000-7000-8000-000000000000",
}


def _patterns(resolver: Any, prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += _patterns(entry, where)
        elif isinstance(entry, URLPattern):
            found.append((entry.name or where, where))
    return found


def paths() -> dict[str, str]:
    """Return name → path for every address, its arguments replaced by samples of their kind."""
    found = {}
    for name, pattern in _patterns(get_resolver()):
        path = pattern
        while "<" in path:
            before, _, rest = path.partition("<")
            inside, _, after = rest.partition(">")
            kind = inside.partition(":")[0] if ":" in inside else "str"
            path = f"{before}{SAMPLES.get(kind, 'x')}{after}"
        found[f"{name} {pattern}"] = "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").lstrip(
            "/"
        )
    return found
