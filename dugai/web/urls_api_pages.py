"""Addresses of the pages that belong to the API: one's own tokens and webhooks."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dugai.web import views_tokens, views_webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/tokens/", views_tokens.my_tokens, name="my_tokens"),
    path("account/tokens/new/", views_tokens.new_token, name="new_token"),
    path("account/tokens/<int:token_id>/revoke/", views_tokens.revoke_token, name="revoke_token"),
    path("account/webhooks/", views_webhooks.my_webhooks, name="my_webhooks"),
    path("account/webhooks/new/", views_webhooks.new_webhook, name="new_webhook"),
    path("account/webhooks/<int:webhook_id>/", views_webhooks.webhook_page, name="webhook"),
    path("account/webhooks/<int:webhook_id>/switch/", views_webhooks.switch_webhook, name="switch_webhook"),
    path("account/webhooks/<int:webhook_id>/test/", views_webhooks.test_webhook, name="test_webhook"),
    path(
        "account/webhooks/<int:webhook_id>/deliveries/<int:job_id>/retry/",
        views_webhooks.retry_push,
        name="retry_push",
    ),
]
