"""Addresses of the pages that belong to the API: one's own tokens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_tokens

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/tokens/", views_tokens.my_tokens, name="my_tokens"),
    path("account/tokens/new/", views_tokens.new_token, name="new_token"),
    path("account/tokens/<int:token_id>/revoke/", views_tokens.revoke_token, name="revoke_token"),
]
