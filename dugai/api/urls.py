"""The addresses of the API, named `api:<operation id>`."""

from __future__ import annotations

from dugai.api.app import api

_patterns, _app, _space = api.urls
# django-ninja adds a greeting at the root of the API; it is in no contract, so it is left out.
addresses = ([pattern for pattern in _patterns if getattr(pattern, "name", "") != "api-root"], _app, _space)
