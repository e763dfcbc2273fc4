"""All addresses of the house: pages, and the API under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.api import urls as api
from dugai.web import urls as web

urlpatterns: list[URLPattern | URLResolver] = [
    *web.urlpatterns,
    path("api/v1/", api.addresses),
]

handler400 = "dugai.web.errors.bad_request"
handler403 = "dugai.web.errors.permission_denied"
handler404 = "dugai.web.errors.not_found"
handler500 = "dugai.web.errors.server_error"
